// Claims as a person reads them.

import { useCommon } from "../lib/common.ts";
import { birthDate } from "../lib/messages.ts";
import { LOCALE_TAGS } from "../lib/locale.tsx";
import type { Locale } from "../lib/locale.tsx";
import { isRecord } from "./protocol/bytes.ts";
import { inLocale, type Look } from "./protocol/look.ts";
import type { Claims, Disclosed } from "./protocol/sdjwt.ts";
import { useWallet } from "./text.ts";

const ORDER = [
	"picture",
	"family_name",
	"given_name",
	"family_name_latin",
	"given_name_latin",
	"birthdate",
	"age_equal_or_over",
	"sex",
	"place_of_birth",
	"nationalities",
	"personal_administrative_number",
	"document_number",
	"assurance_level",
	"demo",
	"issuing_authority",
	"issuing_country",
	"date_of_issuance",
	"date_of_expiry",
];

export interface Row {
	key: string;
	label: string;
	/** Text, or the address of a picture. */
	value: string;
	picture?: boolean;
	number?: boolean;
}

/** A portrait's data URL when it is one of a picture, else undefined. */
export const portraitOf = (value: unknown): string | undefined =>
	typeof value === "string" &&
	/^data:image\/(jpeg|png);base64,[A-Za-z0-9+/]+=*$/.test(value)
		? value
		: undefined;

function country(locale: Locale, code: unknown): string {
	const text = String(code);
	try {
		const names = new Intl.DisplayNames(LOCALE_TAGS[locale], {
			type: "region",
		});
		return names.of(text) ?? text;
	} catch {
		return text;
	}
}

/** ISO 18013-5 DrivingPrivileges: the categories of vehicles. */
function categories(value: unknown): string {
	if (!Array.isArray(value)) return JSON.stringify(value);
	return value
		.map((one: unknown) =>
			isRecord(one) && typeof one.vehicle_category_code === "string"
				? one.vehicle_category_code
				: JSON.stringify(one),
		)
		.join(", ");
}

function valueOf(
	name: string,
	value: unknown,
	locale: Locale,
	t: ReturnType<typeof useCommon>,
): string {
	if (value === true) return t("yes");
	if (value === false) return t("no");
	if (name === "sex") return t.find(`sex_${String(value)}`) ?? String(value);
	if (name === "assurance_level")
		return t.find(`level_${String(value)}`) ?? String(value);
	if (name === "issuing_country" || name === "country")
		return country(locale, value);
	if (name === "nationalities")
		return (Array.isArray(value) ? value : [value])
			.map((code) => country(locale, code))
			.join(", ");
	if (/^(birthdate|date_of_|issue_date|expiry_date)/.test(name))
		return birthDate(locale, String(value));
	if (name === "driving_privileges") return categories(value);
	return typeof value === "string" ? value : JSON.stringify(value);
}

/** The issuer's word for it, ours for what it does not name. */
function labelOf(
	name: string,
	locale: Locale,
	t: ReturnType<typeof useCommon>,
	look?: Look,
): string {
	const own = look?.claims.find(
		({ path }) => path.length === 1 && path[0] === name,
	);
	return (
		(own && inLocale(own.names, locale)) ?? t.find(`claim_${name}`) ?? name
	);
}

function rowOf(
	claims: Disclosed[],
	locale: Locale,
	t: ReturnType<typeof useCommon>,
	look?: Look,
): Row[] {
	const name = claims[0]?.path[0] ?? "";
	const label = labelOf(name, locale, t, look);
	if (name === "age_equal_or_over")
		return claims.map((claim) => ({
			key: claim.path.join("."),
			label: t("claim_age_over", { age: claim.path[1] ?? "" }),
			value: valueOf(name, claim.value, locale, t),
		}));
	if (name === "picture") {
		const picture = portraitOf(claims[0]?.value);
		if (picture) return [{ key: name, label, value: picture, picture: true }];
	}
	const value = claims
		.map((claim) =>
			valueOf(claim.path.at(-1) ?? name, claim.value, locale, t),
		)
		.join(", ");
	return [{ key: name, label, value, number: /number$/.test(name) }];
}

const place = (name: string): number => {
	const at = ORDER.indexOf(name);
	return at < 0 ? ORDER.length : at;
};

function rowsOf(
	claims: Disclosed[],
	locale: Locale,
	t: ReturnType<typeof useCommon>,
	look?: Look,
): Row[] {
	const names = [...new Set(claims.map((claim) => claim.path[0] ?? ""))];
	names.sort((a, b) => place(a) - place(b));
	return names.flatMap((name) =>
		rowOf(
			claims.filter((claim) => claim.path[0] === name),
			locale,
			t,
			look,
		),
	);
}

/** Each claim with its value. */
export function ClaimList(props: { claims: Disclosed[]; look?: Look }) {
	const common = useCommon();
	const t = useWallet();
	return (
		<dl class="claims">
			{rowsOf(props.claims, common.locale, common, props.look).map((row) => (
				<div key={row.key}>
					<dt>{row.label}</dt>
					<dd class={row.number ? "number" : undefined}>
						{row.picture ? (
							<img
								class="claim-picture"
								src={row.value}
								alt={t("portrait_alt")}
							/>
						) : (
							row.value
						)}
					</dd>
				</div>
			))}
		</dl>
	);
}

/** Names only, where the values are not kept or not ours to show. */
export function ClaimNames(props: { paths: string[][] }) {
	const common = useCommon();
	const name = (path: string[]) =>
		path[0] === "age_equal_or_over" && path[1]
			? common("claim_age_over", { age: path[1] })
			: (common.find(`claim_${path[0] ?? ""}`) ?? path.join("."));
	const sorted = [...props.paths].sort(
		(a, b) => place(a[0] ?? "") - place(b[0] ?? ""),
	);
	const names = [...new Set(sorted.map(name))];
	return (
		<ul class="names">
			{names.map((text) => (
				<li key={text}>{text}</li>
			))}
		</ul>
	);
}

const text = (value: unknown): string =>
	typeof value === "string" ? value : "";

/** The name on the card, and its Latin form where that is another. */
export function namesOf(claims: Claims): { name: string; latin: string } {
	const join = (a: unknown, b: unknown, compact: boolean) =>
		[text(a), text(b)].filter(Boolean).join(compact ? "" : " ");
	const { family_name, given_name } = claims;
	const han = /^\p{Script=Han}/u.test(text(family_name) || text(given_name));
	const name = join(family_name, given_name, han);
	const latin = join(
		claims.family_name_latin,
		claims.given_name_latin,
		false,
	);
	return { name, latin: latin === name ? "" : latin };
}
