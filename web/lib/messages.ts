// The message catalogue. Every text a person reads comes from
// lib/messages/<area>/<locale>.ts. English names the keys; a key that another
// language lacks, or has too many, is a compile error, and so is a {name}
// that the caller does not fill in.
//
//	const useText = catalogue<typeof en>({ en, zh, th, vi, ru });
//	const t = useText();          // in a component
//	t("tries", { n: 3 })
import { useMemo } from "preact/hooks";
import { LOCALE_TAGS, useLocale } from "./locale.tsx";
import type { Locale } from "./locale.tsx";

/** What another language must give: the keys of the English file. */
export type Translation<En> = Readonly<Record<keyof En, string>>;

type Names<S extends string> = S extends `${string}{${infer N}}${infer Rest}`
	? N | Names<Rest>
	: never;
/* A text written in several pieces is just `string` to the compiler; that
 * its names are filled in is then left to tests/web/messages.test.mjs. */
type Values<N extends string> = Record<N, string | number>;
type Args<S extends string> = string extends S
	? [Values<string>?]
	: [Names<S>] extends [never]
		? []
		: [Values<Names<S>>];

export interface Text<En extends Record<string, string>> {
	<K extends keyof En & string>(key: K, ...args: Args<En[K]>): string;
	/** For keys made from data: the text, or null where we have none. */
	find(key: string): string | null;
	locale: Locale;
}

export function fill(
	text: string,
	values: Record<string, string | number> | undefined,
): string {
	if (!values)
		return text;
	return text.replace(/\{(\w+)\}/g, (all, name: string) =>
		Object.hasOwn(values, name) ? String(values[name]) : all,
	);
}

/** The catalogue's texts in one language, for code outside components. */
export function textOf<En extends Record<string, string>>(
	parts: Record<Locale, Translation<En>>,
	locale: Locale,
): Text<En> {
	const part = parts[locale];
	const text = (key: string, values?: Record<string, string | number>) =>
		fill(part[key] ?? key, values);
	const find = (key: string) =>
		Object.hasOwn(part, key) ? (part[key] ?? null) : null;
	return Object.assign(text, { find, locale }) as Text<En>;
}

/** A hook that gives the texts in the language of the page. */
export function catalogue<En extends Record<string, string>>(
	parts: Record<Locale, Translation<En>>,
): () => Text<En> {
	return function useText() {
		const { locale } = useLocale();
		return useMemo(() => textOf(parts, locale), [locale]);
	};
}

/** A moment, in the reader's language and time zone. */
export function dateTime(locale: Locale, seconds: number): string {
	return new Intl.DateTimeFormat(LOCALE_TAGS[locale], {
		dateStyle: "long",
		timeStyle: "short",
	}).format(new Date(seconds * 1000));
}

/**
 * A birth date as precise as the register has it: YYYY, YYYY-MM or
 * YYYY-MM-DD. Anything else is shown as it came.
 */
export function birthDate(locale: Locale, text: string): string {
	const m = /^(\d{4})(?:-(\d\d))?(?:-(\d\d))?$/.exec(text);
	if (!m)
		return text;
	const date = new Date(
		Date.UTC(Number(m[1]), Number(m[2] ?? 1) - 1, Number(m[3] ?? 1)),
	);
	return new Intl.DateTimeFormat(`${LOCALE_TAGS[locale]}-u-ca-gregory`, {
		timeZone: "UTC",
		year: "numeric",
		...(m[2] ? { month: "long" as const } : {}),
		...(m[3] ? { day: "numeric" as const } : {}),
	}).format(date);
}

/** A length of time in its largest whole unit: "90 days", "2 часа". */
export function duration(locale: Locale, seconds: number): string {
	const units = [
		["year", 31536000],
		["day", 86400],
		["hour", 3600],
		["minute", 60],
	] as const;
	const found = units.find(([, s]) => seconds >= s && seconds % s === 0);
	const [unit, size] = found ?? (["second", 1] as const);
	return new Intl.NumberFormat(LOCALE_TAGS[locale], {
		style: "unit",
		unit,
		unitDisplay: "long",
	}).format(seconds / size);
}
