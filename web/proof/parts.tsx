// Small parts of the proofing page.
import { dateTime } from "../lib/messages.ts";
import { Icon } from "../lib/icon.tsx";
import { Mark } from "../lib/mark.tsx";
import { Note } from "../lib/page.tsx";
import { useText } from "./text.ts";
import type { ProofText } from "./text.ts";
import type { ServicePoint, Session, Stage } from "./session.ts";

const STAGES = ["identify", "consent", "face"] as const;

function stageIndex(state: Stage): number {
	if (state === "identify")
		return 0;
	return state === "consent" ? 1 : 2;
}

/** Where the person is, out of three. */
export function Stages(props: { state: Stage }) {
	const t = useText();
	const at = stageIndex(props.state);
	return (
		<ol class="stages no-paper" aria-label={t("stages")}>
			{STAGES.map((s, i) => (
				<li
					key={s}
					class={i < at ? "done" : ""}
					aria-current={i === at ? "step" : undefined}
				>
					<span class="dot" aria-hidden="true">
						{i < at ? <Icon name="check" /> : i + 1}
					</span>
					{t(`stage_${s}`)}
				</li>
			))}
		</ol>
	);
}

/** Why the last attempt failed and what helps, in plain words. */
export function ReasonNote(props: { reason: string; last?: boolean }) {
	const t = useText();
	const { what, next } = reasonText(t, props.reason);
	/* The city's doing: no tries were spent. */
	const closed = props.reason === "no_certificate";
	return (
		<Note kind={closed ? "unsure" : "bad"} alert title={what}>
			<p data-reason={props.reason}>
				{props.last && !closed ? t("refused_text") : next}
			</p>
		</Note>
	);
}

function reasonText(t: ProofText, reason: string) {
	return {
		what: t.find(`reason_${reason}`) ?? t("reason_unknown"),
		next: t.find(`reason_${reason}_next`) ?? t("reason_unknown_next"),
	};
}

function Slip(props: { point: ServicePoint; controller: string }) {
	const t = useText();
	return (
		<div class="slip on-paper">
			<Mark joined class="slip-mark" />
			<p>{props.controller}</p>
			<p>{t("place_number")}</p>
			<p class="slip-number">{props.point.number}</p>
			<p>{until(t, props.point)}</p>
			<p>{t("place_bring")}</p>
		</div>
	);
}

function until(t: ProofText, point: ServicePoint): string {
	return t("place_until", { time: dateTime(t.locale, point.expires_at) });
}

/** The way without a face: a number to take to a service point. */
export function Place(props: {
	session: Session;
	busy: boolean;
	onAsk: () => void;
}) {
	const t = useText();
	const point = props.session.service_point;
	return (
		<section class="sheet place" aria-labelledby="place-title">
			<div class="no-paper stack">
				<h2 id="place-title">
					<Icon name="place" /> {t("place_title")}
				</h2>
				<p>{t("place_text")}</p>
				{point ? (
					<div>
						<p class="soft">{t("place_number")}</p>
						<p class="place-number number" data-service-point>
							{point.number}
						</p>
						<p class="soft small">{until(t, point)}</p>
						<p>{t("place_bring")}</p>
						<button type="button" onClick={() => print()}>
							<Icon name="print" />
							{t("place_print")}
						</button>
					</div>
				) : (
					<button
						type="button"
						disabled={props.busy}
						onClick={props.onAsk}
					>
						{t("place_get")}
					</button>
				)}
			</div>
			{point && <Slip point={point} controller={props.session.controller} />}
		</section>
	);
}
