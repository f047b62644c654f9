// Which language a page speaks: the one chosen here before, else the first of
// the browser's that we have, else English.
import { createContext } from "preact";
import type { ComponentChildren } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";

export const LOCALES = ["zh", "en", "th", "vi", "ru"] as const;
export type Locale = (typeof LOCALES)[number];

/** Each language in itself: somebody looking for theirs cannot read ours. */
export const LOCALE_NAMES: Record<Locale, string> = {
	zh: "中文",
	en: "English",
	th: "ไทย",
	vi: "Tiếng Việt",
	ru: "Русский",
};

/** BCP 47 tags for `lang`: they choose glyphs and the reader's voice. */
export const LOCALE_TAGS: Record<Locale, string> = {
	zh: "zh-Hans",
	en: "en",
	th: "th",
	vi: "vi",
	ru: "ru",
};

const KEY = "yufu.locale";

function isLocale(s: string | null): s is Locale {
	return s !== null && (LOCALES as readonly string[]).includes(s);
}

/** Storage may be forbidden by the browser; then the choice is not kept. */
function remembered(): Locale | null {
	try {
		const s = localStorage.getItem(KEY);
		return isLocale(s) ? s : null;
	} catch {
		return null;
	}
}

function remember(locale: Locale): void {
	try {
		localStorage.setItem(KEY, locale);
	} catch {
		/* not kept: the switcher is on every page */
	}
}

export function pickLocale(): Locale {
	const before = remembered();
	if (before)
		return before;
	for (const tag of navigator.languages) {
		const s = tag.toLowerCase().split("-")[0] ?? "";
		if (isLocale(s))
			return s;
	}
	return "en";
}

interface LocaleState {
	locale: Locale;
	setLocale: (locale: Locale) => void;
}

const LocaleContext = createContext<LocaleState>({
	locale: "en",
	setLocale: () => {},
});

/** Around each page; sets `<html lang>` too. */
export function LocaleProvider(props: { children: ComponentChildren }) {
	const [locale, set] = useState<Locale>(pickLocale);
	useEffect(() => {
		document.documentElement.lang = LOCALE_TAGS[locale];
	}, [locale]);
	const setLocale = (next: Locale) => {
		remember(next);
		set(next);
	};
	return (
		<LocaleContext.Provider value={{ locale, setLocale }}>
			{props.children}
		</LocaleContext.Provider>
	);
}

export function useLocale(): LocaleState {
	return useContext(LocaleContext);
}
