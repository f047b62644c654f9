// How a card looks, as its issuer's metadata says (OpenID4VCI 1.0 section
// 12.2.4).  It comes from outside: only what is understood is taken, and what
// is shown of it are texts and two colours.

import { isRecord } from "./bytes.ts";

/** Texts by language tag. */
export type Texts = Record<string, string>;

export interface Colors {
	background: string;
	text: string;
}

export interface Look {
	names: Texts;
	descriptions: Texts;
	/** Of the claims, in the issuer's order. */
	claims: { path: string[]; names: Texts }[];
	/** By the value of the claim assurance_level; "" is any other. */
	colors: Record<string, Colors>;
}

const TEXT_MAX = 200;
const ITEMS_MAX = 128;

const textOf = (value: unknown): string | undefined =>
	typeof value === "string" && value !== "" && value.length <= TEXT_MAX
		? value
		: undefined;

const listOf = (value: unknown): Record<string, unknown>[] =>
	Array.isArray(value) ? value.filter(isRecord).slice(0, ITEMS_MAX) : [];

/** `member` of each display entry, by its locale; "" is one without. */
function textsOf(display: unknown, member: string): Texts {
	const texts: Texts = {};
	for (const entry of listOf(display)) {
		const text = textOf(entry[member]);
		const locale = textOf(entry.locale) ?? "";
		if (text) texts[locale] ??= text;
	}
	return texts;
}

function colorsOf(entry: Record<string, unknown>): Colors | undefined {
	const background = textOf(entry.background_color);
	const text = textOf(entry.text_color);
	const color = /^#[0-9a-fA-F]{6}$/;
	if (!background || !color.test(background)) return undefined;
	if (!text || !color.test(text)) return undefined;
	return { background, text };
}

function allColors(metadata: Record<string, unknown>): Look["colors"] {
	const colors: Look["colors"] = {};
	const [first] = listOf(metadata.display);
	const plain = first && colorsOf(first);
	if (plain) colors[""] = plain;
	const levels = isRecord(metadata.levels) ? metadata.levels : {};
	for (const [level, entry] of Object.entries(levels).slice(0, ITEMS_MAX)) {
		const own = isRecord(entry) ? colorsOf(entry) : undefined;
		if (own) colors[level] = own;
	}
	return colors;
}

/** From a credential configuration; what it does not say stays empty. */
export function lookOf(configuration: unknown): Look {
	const metadata =
		isRecord(configuration) && isRecord(configuration.credential_metadata)
			? configuration.credential_metadata
			: {};
	return {
		names: textsOf(metadata.display, "name"),
		descriptions: textsOf(metadata.display, "description"),
		claims: listOf(metadata.claims).flatMap(({ path, display }) => {
			if (!Array.isArray(path) || path.length === 0) return [];
			if (!path.every((step) => typeof step === "string")) return [];
			return [{ path, names: textsOf(display, "name") }];
		}),
		colors: allColors(metadata),
	};
}

/** In that language, else in English, else in any. */
export function inLocale(texts: Texts, locale: string): string | undefined {
	const own = Object.keys(texts).find(
		(tag) => tag === locale || tag.split("-")[0] === locale,
	);
	return (
		(own !== undefined ? texts[own] : undefined) ??
		texts.en ??
		Object.values(texts)[0]
	);
}

export const colorsAt = (look: Look, level: unknown): Colors | undefined =>
	(typeof level === "string" ? look.colors[level] : undefined) ??
	look.colors[""];
