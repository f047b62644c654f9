// What is good in a portrait and what is not, before it is entered.
import { useEffect, useState } from "preact/hooks";
import { Busy, Note, ProblemNote } from "../lib/page.tsx";
import type { Result } from "../lib/api.ts";
import { judge } from "./enrol.ts";
import type { Judgement } from "./enrol.ts";
import { useText } from "./text.ts";

/** What is said to be good, unless one of these words is there. */
const FINE = {
	fine_eyes: ["inter_eye_distance", "head_size", "crop"],
	fine_light: [
		"under_exposure",
		"over_exposure",
		"dynamic_range",
		"illumination_uniformity",
	],
	fine_sharp: ["sharpness", "compression_artifacts"],
	fine_pose: ["head_pose", "eyes_open", "mouth_closed"],
	fine_plain: ["background_uniformity"],
	fine_colour: ["natural_colour"],
} as const;

function useJudgement(picture: Blob | null) {
	const [result, setResult] = useState<Result<Judgement> | null>(null);
	useEffect(() => {
		const stop = new AbortController();
		setResult(null);
		if (picture)
			judge(picture, stop.signal).then((r) => {
				if (!stop.signal.aborted)
					setResult(r);
			});
		return () => stop.abort();
	}, [picture]);
	return result;
}

function Findings(props: { found: Judgement }) {
	const t = useText();
	const { answer, mend } = props.found;
	if (answer === "none" || answer === "many")
		return (
			<Note kind="bad" alert title={t("judged_bad")}>
				<p data-judged={answer}>{t(`judged_${answer}`)}</p>
			</Note>
		);
	const fine = (Object.keys(FINE) as (keyof typeof FINE)[])
		.filter((key) => !FINE[key].some((word) => mend.includes(word)))
		.map((key) => t(key));
	const list = new Intl.ListFormat(t.locale).format(fine);
	const usable = answer === "face";
	const title = !usable
		? t("judged_bad")
		: mend.length
			? t("judged_usable")
			: t("judged_good");
	return (
		<Note
			kind={!usable ? "bad" : mend.length ? "unsure" : "good"}
			title={title}
		>
			{mend.length > 0 && (
				<ul data-judged={answer}>
					{mend.map((word) => (
						<li key={word} data-mend={word}>
							{t.find(`mend_${word}`) ?? word}
						</li>
					))}
				</ul>
			)}
			{fine.length > 0 && <p>{t("judged_fine", { list })}</p>}
		</Note>
	);
}

export function JudgementView(props: { picture: Blob | null }) {
	const t = useText();
	const result = useJudgement(props.picture);
	if (!props.picture)
		return null;
	return (
		<div aria-live="polite">
			{!result && <Busy text={t("judging")} />}
			{result?.ok && <Findings found={result.value} />}
			{result && !result.ok && result.problem.name === "image" && (
				<Note kind="bad" title={t("judged_bad")}>
					<p>{t("judged_unread")}</p>
				</Note>
			)}
			{result && !result.ok && result.problem.name !== "image" && (
				<ProblemNote problem={result.problem} />
			)}
		</div>
	);
}
