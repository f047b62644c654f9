// The code on the screen, and what has become of it.
import { useEffect, useState } from "preact/hooks";
import { claimName } from "../lib/claims.ts";
import { clockText, nowSeconds, useSecondsUntil } from "../lib/clock.ts";
import { useCommon } from "../lib/common.ts";
import { CopyButton } from "../lib/copy.tsx";
import { useStepFocus } from "../lib/focus.ts";
import { Icon } from "../lib/icon.tsx";
import { duration } from "../lib/messages.ts";
import { Note } from "../lib/page.tsx";
import { Qr } from "../lib/qr.tsx";
import type { Problem } from "../lib/api.ts";
import { answerByBrowser } from "./digital.ts";
import type { Digital } from "./digital.ts";
import { follow } from "./request.ts";
import type { Created, Policy, Progress } from "./request.ts";
import { useText } from "./text.ts";
import type { CheckText } from "./text.ts";

export function policyName(t: CheckText, name: string): string {
	return t.find(`policy_${name}`) ?? name;
}

/** The purpose in the page's language, else in English, else any. */
export function purposeOf(t: CheckText, policy: Policy): string {
	const { purpose } = policy;
	return (
		purpose[t.locale] ??
		purpose["en"] ??
		Object.values(purpose)[0] ??
		policy.name
	);
}

/** What is asked, why, and how long it is kept. */
export function PolicyFacts(props: { policy: Policy }) {
	const t = useText();
	const c = useCommon();
	const { policy } = props;
	const time = duration(t.locale, policy.retention_s);
	return (
		<div class="policy-facts">
			<p>{purposeOf(t, policy)}</p>
			<p class="soft">
				{t("asks")}:{" "}
				{policy.claims.map((p) => claimName(c, p)).join(" · ")}
			</p>
			<p class="soft">
				{policy.retention_s === 0
					? t("keep_none")
					: t("keep_for", { time })}
			</p>
		</div>
	);
}

/** Follows the request for as long as the code is shown. */
function useProgress(
	keyText: string,
	id: string,
	onOver: (progress: Progress) => void,
) {
	const [progress, setProgress] = useState<Progress | null>(null);
	const [problem, setProblem] = useState<Problem | null>(null);
	useEffect(() => {
		const stop = new AbortController();
		follow(keyText, id, {
			signal: stop.signal,
			onProblem: (p) => !stop.signal.aborted && setProblem(p),
			onProgress: (p) => {
				if (stop.signal.aborted)
					return;
				setProgress(p);
				if (p.state === "answered" || p.state === "expired")
					onOver(p);
			},
		});
		return () => stop.abort();
	}, [keyText, id]);
	return { state: progress?.state ?? "waiting", problem };
}

function Steps(props: { state: Progress["state"] }) {
	const t = useText();
	const steps = ["waiting", "fetched", "answered"] as const;
	const at = steps.findIndex((s) => s === props.state);
	return (
		<ol class="steps" data-request-state={props.state}>
			{steps.map((s, i) => (
				<li
					key={s}
					class={i < at ? "done" : ""}
					aria-current={i === at ? "step" : undefined}
				>
					{i < at ? (
						<Icon name="check" />
					) : (
						<span class={i === at ? "ring" : "circle"} />
					)}
					{t(`state_${s}`)}
				</li>
			))}
		</ol>
	);
}

/** The browser asks; the answer itself comes the way it always comes. */
function BrowserWallet(props: {
	keyText: string;
	id: string;
	digital: Digital;
}) {
	const t = useText();
	const [asking, setAsking] = useState(false);
	const [none, setNone] = useState(false);
	const [stop] = useState(() => new AbortController());
	useEffect(() => () => stop.abort(), [stop]);
	const ask = async () => {
		setAsking(true);
		setNone(false);
		const { keyText, id, digital } = props;
		const answer = await answerByBrowser(
			keyText,
			id,
			digital,
			stop.signal,
		);
		if (stop.signal.aborted)
			return;
		setAsking(false);
		setNone(!answer?.ok);
	};
	return (
		<>
			<button
				type="button"
				data-action="browser-wallet"
				disabled={asking}
				onClick={ask}
			>
				<Icon name="card" />
				{t("browser_ask")}
			</button>
			<div role="status">
				{none && (
					<Note kind="info">
						<p>{t("browser_none")}</p>
					</Note>
				)}
			</div>
		</>
	);
}

export interface AskingProps {
	keyText: string;
	policy: Policy;
	created: Created;
	onOver: (progress: Progress) => void;
	onCancel: () => void;
}

export function Asking(props: AskingProps) {
	const t = useText();
	const c = useCommon();
	const { created, policy } = props;
	const [until] = useState(() => nowSeconds() + created.expires_in);
	const left = useSecondsUntil(until);
	const { state, problem } = useProgress(
		props.keyText,
		created.id,
		props.onOver,
	);
	const heading = useStepFocus<HTMLHeadingElement>(created.id);
	return (
		<div class="asking">
			<div class="code">
				<Qr text={created.uri} label={t("qr_label")} />
			</div>
			<div class="stack">
				<h1 ref={heading} tabIndex={-1}>
					{t("qr_title")}
				</h1>
				<div>
					<h2>{policyName(t, policy.name)}</h2>
					<PolicyFacts policy={policy} />
				</div>
				<div class="sheet">
					<Steps state={state} />
					<p class="hidden" role="status">
						{state === "expired" ? "" : t(`state_${state}`)}
					</p>
					<p class="soft small left">
						<Icon name="clock" />
						{t("left", { time: clockText(left) })}
					</p>
				</div>
				{problem && (
					<Note kind="unsure">
						<p>{t("slow")}</p>
					</Note>
				)}
				{created.digital && (
					<BrowserWallet
						keyText={props.keyText}
						id={created.id}
						digital={created.digital}
					/>
				)}
				<div class="row">
					<a
						class="button"
						href={created.wallet_uri}
						target="_blank"
						rel="noopener"
						data-wallet-uri
					>
						<Icon name="card" />
						{t("open_here")}
					</a>
					<CopyButton
						text={created.wallet_uri}
						label={t("copy_link")}
					/>
					<button type="button" class="plain" onClick={props.onCancel}>
						{c("cancel")}
					</button>
				</div>
			</div>
		</div>
	);
}
