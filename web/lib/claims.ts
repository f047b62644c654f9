// Names and values of claims in a person's language.
import type { Text } from "./messages.ts";
import { birthDate } from "./messages.ts";
import { LOCALE_TAGS } from "./locale.tsx";
import type { en } from "./messages/common/en.ts";

export type CommonText = Text<typeof en>;

/** The name of a claim path: ["age_equal_or_over", "18"] is "18 or older". */
export function claimName(c: CommonText, path: readonly unknown[]): string {
	const [first, second] = path.map(String);
	if (first === "age_equal_or_over" && second)
		return c("claim_age_over", { age: second });
	return c.find(`claim_${first}`) ?? String(first);
}

/** An ISO 3166-1 alpha-2 code as the name of the country. */
export function countryName(c: CommonText, code: string): string {
	try {
		const tag = LOCALE_TAGS[c.locale];
		const names = new Intl.DisplayNames([tag], { type: "region" });
		return names.of(code) ?? code;
	} catch {
		return code;
	}
}

function place(c: CommonText, value: object): string {
	const { locality, region, country } = value as Record<string, unknown>;
	const parts = [locality, region].filter((p) => typeof p === "string");
	if (typeof country === "string")
		parts.push(countryName(c, country));
	return parts.join(", ");
}

const DATES = ["birthdate", "date_of_issuance", "date_of_expiry"];
const COUNTRIES = ["nationalities", "issuing_country"];

/** The value of a claim as text; pictures and ages are shown otherwise. */
export function claimText(c: CommonText, name: string, value: unknown): string {
	if (typeof value === "boolean")
		return value ? c("yes") : c("no");
	if (Array.isArray(value))
		return value.map((v) => claimText(c, name, v)).join(", ");
	if (name === "place_of_birth" && value && typeof value === "object")
		return place(c, value);
	const text = typeof value === "string" ? value : JSON.stringify(value);
	if (DATES.includes(name))
		return birthDate(c.locale, text);
	if (COUNTRIES.includes(name))
		return countryName(c, text);
	if (name === "sex")
		return c.find(`sex_${text}`) ?? text;
	if (name === "assurance_level")
		return c.find(`level_${text}`) ?? text;
	return text;
}

/** Family name before given name in the name's own script. */
export function fullName(claims: Record<string, unknown>): string {
	const family = String(claims["family_name"] ?? "");
	const given = String(claims["given_name"] ?? "");
	const han = /^\p{Script=Han}+$/u;
	const joint = han.test(family) && han.test(given) ? "" : " ";
	return [family, given].filter((n) => n !== "").join(joint);
}

export function latinName(claims: Record<string, unknown>): string {
	const family = String(claims["family_name_latin"] ?? "");
	const given = String(claims["given_name_latin"] ?? "");
	return [family, given].filter((n) => n !== "").join(" ");
}

/** Only a JPEG or PNG in a data URL is shown: nothing is ever fetched. */
export function pictureOf(claims: Record<string, unknown>): string | null {
	const picture = claims["picture"];
	if (typeof picture !== "string")
		return null;
	return /^data:image\/(jpeg|png);base64,/.test(picture) ? picture : null;
}
