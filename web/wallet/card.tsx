// The card as a card: grey or colour, told apart at arm's length and by the
// word on it.

import { useCommon } from "../lib/common.ts";
import { birthDate } from "../lib/messages.ts";
import { Icon } from "../lib/icon.tsx";
import { Mark } from "../lib/mark.tsx";
import { namesOf, portraitOf } from "./claims.tsx";
import { colorsAt, inLocale } from "./protocol/look.ts";
import { isExpired } from "./respond.ts";
import type { Card } from "./store.ts";
import { useWallet } from "./text.ts";

export type Shown = "valid" | "suspended" | "revoked" | "expired";

export function standingOf(card: Card): Shown {
	const value = card.standing?.value;
	if (value === "revoked" || value === "suspended") return value;
	return isExpired(card) ? "expired" : "valid";
}

/** When it ends: by its own claim, or by the credential. */
export function endOf(card: Card): string | null {
	const { date_of_expiry, expiry_date } = card.claims;
	if (typeof date_of_expiry === "string") return date_of_expiry;
	if (typeof expiry_date === "string") return expiry_date;
	if (card.exp === undefined) return null;
	return new Date(card.exp * 1000).toISOString().slice(0, 10);
}

function Portrait(props: { card: Card }) {
	const t = useWallet();
	const picture = portraitOf(props.card.claims.picture);
	if (picture)
		return (
			<img class="idcard-portrait" src={picture} alt={t("portrait_alt")} />
		);
	return (
		<span class="idcard-portrait none">
			<Icon name="person" />
			<span class="hidden">{t("portrait_none")}</span>
		</span>
	);
}

/** The name of the kind of card, from its issuer. */
export function useKind(): (card: Card) => string {
	const t = useWallet();
	return (card) =>
		(card.look && inLocale(card.look.names, t.locale)) ?? t("card_title");
}

export function IdCard(props: { card: Card }) {
	const t = useWallet();
	const common = useCommon();
	const { card } = props;
	const upgraded = card.claims.assurance_level === "upgraded";
	const { name, latin } = namesOf(card.claims);
	const standing = standingOf(card);
	const end = endOf(card);
	const level = upgraded ? "upgraded" : "basic";
	const kind = useKind()(card);
	const colors = card.look && colorsAt(card.look, level);
	return (
		<article
			class={`idcard ${level}${colors ? " own" : ""}${
				card.claims.demo === true ? " for-demo" : ""
			}`}
			style={
				colors && { "--card": colors.background, "--card-text": colors.text }
			}
			data-level={level}
			data-standing={standing}
			aria-label={`${kind}, ${name}`}
		>
			<Mark joined class="idcard-mark" />
			<header>
				<span class="idcard-issuer">{card.issuerName}</span>
				<span class="idcard-level">{common(`level_${level}`)}</span>
			</header>
			<div class="idcard-body">
				<Portrait card={card} />
				<div class="idcard-text">
					<p class="idcard-kind">{kind}</p>
					<p class="idcard-name">{name}</p>
					{latin && (
						<p class="idcard-latin" lang="en">
							{latin}
						</p>
					)}
				</div>
			</div>
			<footer>
				{end
					? t("valid_until", { date: birthDate(common.locale, end) })
					: t("no_end")}
			</footer>
			{card.claims.demo === true && (
				<span class="idcard-demo" data-demo>
					{common("demo_match")}
				</span>
			)}
			{standing !== "valid" && (
				<strong class="idcard-stamp">{t(`standing_${standing}`)}</strong>
			)}
		</article>
	);
}
