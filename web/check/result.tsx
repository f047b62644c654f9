// The answer, across the whole screen. Told apart by word, icon and mark;
// colour only underlines.
import { useEffect, useRef, useState } from "preact/hooks";
import { claimName, claimText } from "../lib/claims.ts";
import { fullName, latinName, pictureOf } from "../lib/claims.ts";
import { clockText, nowSeconds, useSecondsUntil } from "../lib/clock.ts";
import { useCommon } from "../lib/common.ts";
import { DemoNote } from "../lib/demo.tsx";
import { Icon } from "../lib/icon.tsx";
import { LevelBadge } from "../lib/level.tsx";
import { Mark } from "../lib/mark.tsx";
import { dateTime } from "../lib/messages.ts";
import { claimsOfMdoc } from "./mdoc.ts";
import { reasonOf } from "./reason.ts";
import { useText } from "./text.ts";
import type { Answer } from "./request.ts";

type Claims = Record<string, unknown>;

/** Ages that were asked: [["18", true]]. */
function ages(claims: Claims): [string, boolean][] {
	const given = claims["age_equal_or_over"];
	if (!given || typeof given !== "object")
		return [];
	return Object.entries(given).map(([age, is]) => [age, is === true]);
}

const SHOWN_ABOVE = [
	"family_name",
	"given_name",
	"family_name_latin",
	"given_name_latin",
	"picture",
	"age_equal_or_over",
	"assurance_level",
];

function Others(props: { claims: Claims }) {
	const c = useCommon();
	const names = Object.keys(props.claims).filter(
		(n) => !SHOWN_ABOVE.includes(n),
	);
	if (names.length === 0)
		return null;
	return (
		<dl class="facts">
			{names.map((n) => (
				<div key={n}>
					<dt>{claimName(c, [n])}</dt>
					<dd data-claim={n}>{claimText(c, n, props.claims[n])}</dd>
				</div>
			))}
		</dl>
	);
}

function Ages(props: { claims: Claims }) {
	const c = useCommon();
	return (
		<>
			{ages(props.claims).map(([age, is]) => (
				<p key={age} class="age" data-age={age}>
					<Icon name={is ? "check" : "cross"} />
					{c("claim_age_over", { age })}:{" "}
					<strong>{is ? c("yes") : c("no")}</strong>
				</p>
			))}
		</>
	);
}

function Person(props: { answer: Answer }) {
	const t = useText();
	const { claims, assurance_level } = props.answer;
	const picture = pictureOf(claims);
	const name = fullName(claims);
	const latin = latinName(claims);
	return (
		<div class={picture ? "person with-picture" : "person"}>
			{picture && (
				<img class="portrait" src={picture} alt={t("portrait")} />
			)}
			<div>
				{name && <p class="name">{name}</p>}
				{latin && <p class="latin">{latin}</p>}
				<Ages claims={claims} />
				<Others claims={claims} />
				{assurance_level && <LevelBadge level={assurance_level} long />}
				{picture && <p class="soft compare">{t("compare")}</p>}
			</div>
		</div>
	);
}

/** A screen at a desk is seen by others: shorter than the law lets keep. */
const SHOWN_S = 180;

interface Face {
	tone: "accepted" | "refused" | "undetermined";
	icon: "check" | "cross" | "question";
	title: string;
	text: string;
	advice: string | null;
}

function useFaceOf(answer: Answer): Face {
	const t = useText();
	const young = ages(answer.claims).find(([, is]) => !is);
	if (answer.verdict === "accepted" && young)
		return {
			tone: "refused",
			icon: "cross",
			title: t("under_age", { age: young[0] }),
			text: t("under_age_text"),
			advice: null,
		};
	if (answer.verdict === "accepted")
		return {
			tone: "accepted",
			icon: "check",
			title: t("accepted"),
			text: t("accepted_text"),
			advice: null,
		};
	const reason = reasonOf(answer.reason);
	const refused = answer.verdict === "refused";
	return {
		tone: refused ? "refused" : "undetermined",
		icon: refused ? "cross" : "question",
		title: refused ? t("refused") : t("undetermined"),
		text: t(`reason_${reason}`),
		advice: t(`reason_${reason}_next`),
	};
}

export interface ResultProps {
	answer: Answer;
	onNext: () => void;
	onErase: () => void;
}

/** The same names for both formats. */
function inOneForm(answer: Answer): Answer {
	if (answer.format !== "mso_mdoc")
		return answer;
	return { ...answer, claims: claimsOfMdoc(answer.claims) };
}

export function ResultView(props: ResultProps) {
	const t = useText();
	const [answer] = useState(() => inOneForm(props.answer));
	const face = useFaceOf(answer);
	const [until] = useState(() =>
		Math.min(answer.delete_at, nowSeconds() + SHOWN_S),
	);
	const left = useSecondsUntil(until);
	const [joined, setJoined] = useState(false);
	const heading = useRef<HTMLHeadingElement>(null);
	useEffect(() => {
		heading.current?.focus();
		const timer = setTimeout(() => setJoined(true), 60);
		return () => clearTimeout(timer);
	}, []);
	useEffect(() => {
		if (left === 0)
			props.onErase();
	}, [left === 0]);
	const fits = face.tone === "accepted" && joined;
	return (
		<section
			class={`result ${face.tone}`}
			data-verdict={answer.verdict}
			data-reason={answer.reason}
		>
			<div class="verdict" role="status">
				<Mark joined={fits} class="verdict-mark" />
				<div>
					<h1 ref={heading} tabIndex={-1}>
						<Icon name={face.icon} /> {face.title}
					</h1>
					<p>{face.text}</p>
					{face.advice && <p class="advice">{face.advice}</p>}
				</div>
			</div>
			{answer.demo && <DemoNote card />}
			{answer.verdict === "accepted" && <Person answer={answer} />}
			<div class="after">
				<button
					type="button"
					class="primary"
					data-action="next"
					onClick={props.onNext}
				>
					{t("next_guest")}
				</button>
				<span class="soft small">{t("next_hint")}</span>
				<span class="soft small times">
					{t("checked_at", {
						time: dateTime(t.locale, answer.checked_at),
					})}
					{" · "}
					{t("erased_in", { time: clockText(left) })}
				</span>
			</div>
		</section>
	);
}
