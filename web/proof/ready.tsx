import { Icon } from "../lib/icon.tsx";
import { Busy, Note, ProblemNote } from "../lib/page.tsx";
import { useCommon } from "../lib/common.ts";
import type { Problem } from "../lib/api.ts";
import { Place, ReasonNote } from "./parts.tsx";
import { useText } from "./text.ts";
import type { Session } from "./session.ts";

export interface ReadyProps {
	session: Session;
	/** Of this attempt or the last one; ours ("camera_busy") or the server's. */
	reason: string | null;
	problem: Problem | null;
	busy: boolean;
	opening: boolean;
	/** Fewer moves, more time. */
	easy: boolean;
	onEasy: (easy: boolean) => void;
	onStart: () => void;
	onOther: () => void;
}

function Advice() {
	const t = useText();
	return (
		<ul class="advice">
			<li>{t("ready_light")}</li>
			<li>{t("ready_clear")}</li>
			<li>{t("ready_hold")}</li>
		</ul>
	);
}

function Easy(props: ReadyProps) {
	const t = useText();
	return (
		<label class="easy">
			<input
				type="checkbox"
				data-action="easy"
				checked={props.easy}
				disabled={props.busy}
				aria-describedby="easy-hint"
				onChange={(e) => props.onEasy(e.currentTarget.checked)}
			/>
			<span>
				{t("easy")}
				<span id="easy-hint" class="soft small">
					{t("easy_hint")}
				</span>
			</span>
		</label>
	);
}

function Start(props: ReadyProps) {
	const t = useText();
	const c = useCommon();
	return (
		<div class="row">
			<button
				type="button"
				class="primary"
				data-action="start"
				disabled={props.busy || !isSecureContext}
				onClick={props.onStart}
			>
				<Icon name="camera" />
				{props.reason ? c("again") : t("start")}
			</button>
			{props.opening && <Busy text={t("camera_starting")} />}
		</div>
	);
}

/** Before the first attempt: what will happen. */
function First(props: ReadyProps) {
	const t = useText();
	return (
		<div class="sheet stack">
			<p>{t("ready_what")}</p>
			<Advice />
			<Easy {...props} />
			<Start {...props} />
		</div>
	);
}

/** After a failure: why, another try, and beside it the service point. */
function Again(props: ReadyProps & { reason: string }) {
	const t = useText();
	const c = useCommon();
	return (
		<div class="stack">
			{!props.opening && (
				<div class="no-paper">
					<ReasonNote reason={props.reason} />
				</div>
			)}
			<div class="ways">
				<section class="sheet stack no-paper">
					<h2>
						<Icon name="camera" /> {c("again")}
					</h2>
					<Advice />
					<Easy {...props} />
					<p class="soft">
						{t("tries_left", { n: props.session.tries_left })}
					</p>
					<Start {...props} />
				</section>
				<Place
					session={props.session}
					busy={props.busy}
					onAsk={props.onOther}
				/>
			</div>
		</div>
	);
}

export function Ready(props: ReadyProps) {
	const t = useText();
	return (
		<div class="stack">
			{!isSecureContext && (
				<Note kind="bad" title={t("insecure")}>
					<p>{t("insecure_next")}</p>
				</Note>
			)}
			{props.problem && <ProblemNote problem={props.problem} />}
			{props.reason ? (
				<Again {...props} reason={props.reason} />
			) : (
				<First {...props} />
			)}
		</div>
	);
}
