// What all pages share: the frame around them and a few small parts.
import { render } from "preact";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { LOCALES, LOCALE_NAMES, LOCALE_TAGS } from "./locale.tsx";
import { LocaleProvider, useLocale } from "./locale.tsx";
import type { Locale } from "./locale.tsx";
import { useCommon } from "./common.ts";
import { Icon } from "./icon.tsx";
import { Mark } from "./mark.tsx";
import type { Problem } from "./api.ts";
import "./style.css";

/** Puts a page into `<div id="app">`. */
export function mount(Page: () => preact.JSX.Element): void {
	const root = document.getElementById("app");
	if (!root)
		throw new Error("the page has no #app");
	render(
		<LocaleProvider>
			<Page />
		</LocaleProvider>,
		root,
	);
}

function LocaleSwitch() {
	const t = useCommon();
	const { locale, setLocale } = useLocale();
	return (
		<label class="locale">
			<span class="hidden">{t("language")}</span>
			<Icon name="globe" />
			<select
				value={locale}
				onChange={(e) => setLocale(e.currentTarget.value as Locale)}
			>
				{LOCALES.map((l) => (
					<option key={l} value={l} lang={LOCALE_TAGS[l]}>
						{LOCALE_NAMES[l]}
					</option>
				))}
			</select>
		</label>
	);
}

export interface FrameProps {
	/** Of the browser's window and of the header. */
	title: string;
	children: ComponentChildren;
	/** Wide pages: the desk's and the clerk's. */
	wide?: boolean;
	/** Instead of the title in the header. */
	header?: ComponentChildren;
	footer?: ComponentChildren;
}

/** Header with mark, title and language, the page in `main`, a footer. */
export function Frame(props: FrameProps) {
	const t = useCommon();
	useEffect(() => {
		document.title = `${props.title} · ${t("yufu")}`;
	}, [props.title, t]);
	return (
		<div class={props.wide ? "frame wide" : "frame"}>
			<header class="top">
				<Mark joined class="top-mark" />
				<span class="top-title">{props.header ?? props.title}</span>
				<LocaleSwitch />
			</header>
			<main id="main">{props.children}</main>
			{props.footer && <footer>{props.footer}</footer>}
		</div>
	);
}

export type NoteKind = "info" | "good" | "bad" | "unsure" | "demo";

const NOTE_ICONS = {
	info: "info",
	good: "check",
	bad: "cross",
	unsure: "question",
	demo: "flask",
} as const;

/** A framed remark; told apart by icon and words, never by colour alone. */
export function Note(props: {
	kind: NoteKind;
	title?: string;
	children?: ComponentChildren;
	/** Said aloud by a screen reader when it appears. */
	alert?: boolean;
}) {
	return (
		<div
			class={`note ${props.kind}`}
			role={props.alert ? "alert" : undefined}
		>
			<Icon name={NOTE_ICONS[props.kind]} />
			<div>
				{props.title && <p class="note-title">{props.title}</p>}
				{props.children}
			</div>
		</div>
	);
}

/** What went wrong in a call, and what to do next. */
export function ProblemNote(props: { problem: Problem }) {
	const t = useCommon();
	const { name, title, detail } = props.problem;
	const what = t.find(`problem_${name}`);
	const next = t.find(`problem_${name}_next`);
	return (
		<Note
			kind="bad"
			alert
			title={what ?? (title || t("problem_unknown"))}
		>
			<p>{next ?? (detail || t("problem_unknown_next"))}</p>
		</Note>
	);
}

/** Words for what is going on; the turning ring is for the eye only. */
export function Busy(props: { text: string }) {
	return (
		<p class="busy" role="status">
			<span class="ring" aria-hidden="true" />
			{props.text}
		</p>
	);
}
