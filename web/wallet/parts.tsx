// Small parts of several views.

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useCommon } from "../lib/common.ts";
import { Icon } from "../lib/icon.tsx";
import { Busy, Frame, Note } from "../lib/page.tsx";
import type { Problem } from "./protocol/problem.ts";
import { type Loaded } from "./state.tsx";
import { useWallet } from "./text.ts";

/** What went wrong and what to do next. */
export function Failure(props: {
	problem: Problem;
	children?: ComponentChildren;
}) {
	const t = useWallet();
	const { code, detail } = props.problem;
	return (
		<div class="stack" data-problem={code}>
			<Note
				kind="bad"
				alert
				title={t.find(`fail_${code}`) ?? code}
			>
				<p>{t.find(`fail_${code}_next`)}</p>
			</Note>
			{props.children}
			{detail && (
				<details class="technical small soft">
					<summary>{t("technical")}</summary>
					<p>
						<code>{`${code}: ${detail}`}</code>
					</p>
				</details>
			)}
		</div>
	);
}

/** The view of `value`, or that it is loading or cannot be had. */
export function When<T>(props: {
	loaded: Loaded<T>;
	children: (value: T) => ComponentChildren;
}) {
	const common = useCommon();
	const { loaded } = props;
	if (loaded.state === "loading") return <Busy text={common("loading")} />;
	if (loaded.state === "failed") return <Failure problem={loaded.problem} />;
	return <>{props.children(loaded.value)}</>;
}

/** A view: its heading takes the focus when we come to it. */
export function View(props: {
	title: string;
	children: ComponentChildren;
	/** Without the way back: a step that has its own buttons. */
	alone?: boolean;
	/** The first thing of a visit: the page keeps its own start. */
	start?: boolean;
}) {
	const t = useWallet();
	const heading = useRef<HTMLHeadingElement>(null);
	useEffect(() => {
		if (!props.start) heading.current?.focus();
	}, [props.title, props.start]);
	return (
		<Frame
			title={props.title}
			header={t("title")}
			footer={<Footer />}
		>
			{!props.alone && (
				<a class="button plain back" href="#/">
					<Icon name="left" />
					{t("home")}
				</a>
			)}
			<h1 ref={heading} tabIndex={-1}>
				{props.title}
			</h1>
			{props.children}
		</Frame>
	);
}

export function Footer() {
	const t = useWallet();
	return (
		<nav class="row" aria-label={t("title")}>
			<a href="#/history">{t("history")}</a>
			<a href="#/settings">{t("settings")}</a>
		</nav>
	);
}

interface Question {
	question: string;
	text?: string;
	yes: string;
	no: string;
	onYes: () => void;
}

function Sure(props: Question & { onNo: () => void }) {
	const first = useRef<HTMLHeadingElement>(null);
	useEffect(() => first.current?.focus(), []);
	return (
		<section class="sheet stack" role="group" aria-labelledby="sure">
			<h2 id="sure" ref={first} tabIndex={-1}>
				{props.question}
			</h2>
			{props.text && <p>{props.text}</p>}
			<div class="choices">
				<button type="button" onClick={props.onNo}>
					{props.no}
				</button>
				<button type="button" class="danger" onClick={props.onYes}>
					{props.yes}
				</button>
			</div>
		</section>
	);
}

/** A button for something that cannot be undone: it asks before. */
export function AskFirst(props: Question & { label: string }) {
	const [asking, setAsking] = useState(false);
	if (!asking)
		return (
			<button
				type="button"
				class="plain"
				onClick={() => setAsking(true)}
			>
				{props.label}
			</button>
		);
	return <Sure {...props} onNo={() => setAsking(false)} />;
}
