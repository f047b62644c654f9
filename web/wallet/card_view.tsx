// One card with everything on it, its status and its removal.

import { useEffect, useState } from "preact/hooks";
import { dateTime } from "../lib/messages.ts";
import { DemoNote } from "../lib/demo.tsx";
import { Note } from "../lib/page.tsx";
import { ClaimList } from "./claims.tsx";
import { IdCard, standingOf, useKind } from "./card.tsx";
import { once } from "./home.ts";
import { AskFirst, Failure, View, When } from "./parts.tsx";
import { leaves } from "./protocol/sdjwt.ts";
import { refresh, removeCard, unused } from "./respond.ts";
import { useGetCard } from "./start_view.tsx";
import { goInstead, useCards, useHome } from "./state.tsx";
import type { Card } from "./store.ts";
import { useWallet } from "./text.ts";

const NOTE = {
	valid: "good",
	suspended: "unsure",
	revoked: "bad",
	expired: "bad",
} as const;

function Status(props: { card: Card }) {
	const t = useWallet();
	const home = useHome();
	const { card } = props;
	const [checking, setChecking] = useState(false);
	const [unknown, setUnknown] = useState(false);
	const check = () => {
		if (checking) return;
		setChecking(true);
		void once("status", () => refresh(home, card.id)).then((value) => {
			setUnknown(value === "unknown");
			setChecking(false);
		});
	};
	useEffect(() => {
		if (navigator.onLine) check();
	}, [card.id]);
	const standing = standingOf(card);
	const next = t.find(`standing_${standing}_next`);
	const at = card.standing?.checkedAt;
	return (
		<section class="stack" aria-live="polite">
			<Note kind={NOTE[standing]} title={t(`standing_${standing}`)}>
				{next && <p>{next}</p>}
				<p class="small">
					{checking
						? t("checking")
						: at
							? t("checked_at", { time: dateTime(t.locale, at) })
							: t("never_checked")}
				</p>
				{unknown && <p class="small">{t("standing_unknown")}</p>}
			</Note>
			<button type="button" aria-busy={checking} onClick={check}>
				{t("check_now")}
			</button>
		</section>
	);
}

function Copies(props: { card: Card }) {
	const t = useWallet();
	const { get, busy, problem } = useGetCard({
		issuer: props.card.issuer,
		configurationId: props.card.configurationId,
	});
	const left = unused(props.card).length;
	const spent = left === 0;
	return (
		<section class="sheet stack">
			<p>
				<strong>
					{spent ? t("copies_none") : t("copies_left", { n: left })}
				</strong>
			</p>
			<p class="small soft">{t("copies_why")}</p>
			{problem && <Failure problem={problem} />}
			<button
				type="button"
				class={spent ? "primary" : undefined}
				aria-busy={busy}
				onClick={get}
			>
				{t("renew")}
			</button>
			<p class="small soft">{t("renew_text")}</p>
		</section>
	);
}

function Removal(props: { card: Card }) {
	const t = useWallet();
	const home = useHome();
	return (
		<AskFirst
			label={t("remove_card")}
			question={t("remove_sure")}
			text={t("remove_text")}
			yes={t("remove_yes")}
			no={t("keep")}
			onYes={() =>
				void removeCard(home, props.card).then(() => goInstead(""))
			}
		/>
	);
}

export function CardView(props: { id: string }) {
	const t = useWallet();
	const cards = useCards();
	const kind = useKind();
	const shown =
		cards.state === "ready"
			? cards.value.find((c) => c.id === props.id)
			: undefined;
	return (
		<View title={shown ? kind(shown) : t("card_title")}>
			<When loaded={cards}>
				{(all) => {
					const card = all.find((c) => c.id === props.id);
					if (!card) return <p>{t("removed")}</p>;
					return (
						<div class="stack">
							<IdCard card={card} />
							{card.claims.demo === true && <DemoNote card />}
							{card.tallies && (
								<a
									class="button primary wide"
									href={`#/tally/${card.id}`}
									data-action="tally"
								>
									{t("tally_title")}
								</a>
							)}
							<Status card={card} />
							<section class="sheet">
								<h2>{t("what_it_says")}</h2>
								<ClaimList claims={leaves(card.claims)} look={card.look} />
							</section>
							<Copies card={card} />
							<Removal card={card} />
						</div>
					);
				}}
			</When>
		</View>
	);
}
