// The page at /oauth/authorize: who are you, consent, face, and the way
// without a face beside each of them.
import { useCallback, useEffect, useState } from "preact/hooks";
import { closeCamera, openCamera } from "../lib/camera.tsx";
import { useCommon } from "../lib/common.ts";
import { DemoNote } from "../lib/demo.tsx";
import { useStepFocus } from "../lib/focus.ts";
import { Mark } from "../lib/mark.tsx";
import { Busy, Frame, Note, ProblemNote, mount } from "../lib/page.tsx";
import type { Problem, Result } from "../lib/api.ts";
import * as proof from "./session.ts";
import type { Session, Trouble } from "./session.ts";
import type { End } from "./attempt.ts";
import { Consent } from "./consent.tsx";
import { Face } from "./face.tsx";
import { Identify } from "./identify.tsx";
import { digest } from "./notice.ts";
import { Place, ReasonNote, Stages } from "./parts.tsx";
import { Ready } from "./ready.tsx";
import { useText } from "./text.ts";
import type { ProofText } from "./text.ts";
import "./style.css";

/** Time to see that it went well, before the wallet takes over. */
const LINGER_MS = 1400;

function heading(t: ProofText, session: Session, failed: boolean): string {
	switch (session.state) {
	case "identify":
		return t("identify_title");
	case "consent":
		return t("consent_title");
	case "passed":
		return t("passed_title");
	case "refused":
		return t("refused_title");
	case "elsewhere":
		return t("elsewhere_title");
	default:
		return failed ? t("failed_title") : t("ready_title");
	}
}

/** The session and every way to move it on; one call at a time. */
function useSession() {
	const [session, setSession] = useState<Session | null>(null);
	const [problem, setProblem] = useState<Problem | null>(null);
	const [busy, setBusy] = useState(false);
	const send = useCallback(async (sent: Promise<Result<Session>>) => {
		setBusy(true);
		const result = await sent;
		setBusy(false);
		setProblem(result.ok ? null : result.problem);
		if (result.ok)
			setSession(result.value);
		return result.ok ? result.value : null;
	}, []);
	useEffect(() => {
		send(proof.load());
	}, [send]);
	return { session, setSession, problem, setProblem, busy, send };
}

type Held = ReturnType<typeof useSession>;

/** Camera and attempts. */
function useFace(held: Held) {
	const { setSession, setProblem, send } = held;
	const [stream, setStream] = useState<MediaStream | null>(null);
	const [opening, setOpening] = useState(false);
	const [reason, setReason] = useState<string | null>(null);
	/** The person's wish; it stays for the next attempt. */
	const [easy, setEasy] = useState(false);
	const fail = async (shown: string, told: Trouble) => {
		setReason(shown);
		await send(proof.trouble(told));
	};
	/** From the press of the button until it is known how it goes on. */
	const begin = async () => {
		setReason(null);
		const opened = await openCamera();
		if (!opened.ok) {
			const refused = opened.failure === "camera_refused";
			await fail(opened.failure, refused ? "camera_refused" : "no_camera");
			return;
		}
		/* after a reload the attempt may still run */
		const going = held.session?.state === "face";
		const now = going ? held.session : await send(proof.attempt(easy));
		if (now?.state === "face")
			setStream(opened.stream);
		else
			closeCamera(opened.stream);
	};
	const start = async () => {
		setOpening(true);
		await begin();
		setOpening(false);
	};
	const end = async (how: End) => {
		closeCamera(stream);
		setStream(null);
		if (how.kind === "ended")
			setSession(how.session);
		else if (how.kind === "no_camera")
			await fail("no_camera", "no_camera");
		else if (how.kind === "network")
			await fail("network", "network");
		else if (how.kind === "problem" && (await send(proof.load())))
			setProblem(how.problem);
	};
	return { stream, opening, reason, easy, setEasy, start, end };
}

function Lost(props: { problem: Problem }) {
	const t = useText();
	return (
		<div class="stack">
			<h1>{t("title")}</h1>
			{props.problem.status === 0 || props.problem.status >= 500 ? (
				<ProblemNote problem={props.problem} />
			) : (
				<Note kind="unsure" alert title={t("lost_title")}>
					<p>{t("lost_next")}</p>
				</Note>
			)}
			<a class="button" href="../wallet/">
				{t("lost_link")}
			</a>
		</div>
	);
}

function Passed(props: { redirect: string }) {
	const t = useText();
	const [joined, setJoined] = useState(false);
	useEffect(() => {
		const join = setTimeout(() => setJoined(true), 100);
		const go = setTimeout(() => location.assign(props.redirect), LINGER_MS);
		return () => {
			clearTimeout(join);
			clearTimeout(go);
		};
	}, [props.redirect]);
	return (
		<div class="sheet passed">
			<Mark joined={joined} class="passed-mark" />
			<p role="status">{t("passed_text")}</p>
			<a class="button primary" href={props.redirect}>
				{t("passed_go")}
			</a>
		</div>
	);
}

function Ended(props: { held: Held }) {
	const t = useText();
	const { session, busy, send } = props.held;
	if (!session)
		return null;
	const leave = async () => {
		const left = await send(proof.cancel());
		if (left?.redirect)
			location.assign(left.redirect);
	};
	const refused = session.state === "refused";
	return (
		<div class="stack">
			{refused && (
				<div class="no-paper">
					<ReasonNote reason={session.reason ?? "unknown"} last />
				</div>
			)}
			<Place
				session={session}
				busy={busy}
				onAsk={() => send(proof.trouble("declined"))}
			/>
			<button type="button" disabled={busy} onClick={leave}>
				{t("to_wallet")}
			</button>
		</div>
	);
}

function Body(props: { held: Held; face: ReturnType<typeof useFace> }) {
	const t = useText();
	const { held, face } = props;
	const { session, problem, busy, send } = held;
	if (!session)
		return null;
	const other = () => send(proof.trouble("declined"));
	const agree = async (text: string) => {
		const hash = await digest(text);
		if (hash) {
			const version = session.notice.version;
			await send(proof.consent(version, t.locale, hash));
		}
	};
	switch (session.state) {
	case "identify":
		return (
			<Identify
				controller={session.controller}
				problem={problem}
				busy={busy}
				onSend={(number, name) => send(proof.identify(number, name))}
			/>
		);
	case "consent":
		return (
			<Consent
				session={session}
				problem={problem}
				busy={busy}
				onAgree={agree}
				onOther={other}
			/>
		);
	case "passed":
		return session.redirect ? <Passed redirect={session.redirect} /> : null;
	case "refused":
	case "elsewhere":
		return <Ended held={held} />;
	default:
		return (
			<Ready
				session={session}
				reason={face.reason ?? session.reason}
				problem={problem}
				busy={busy || face.opening}
				opening={face.opening}
				easy={face.easy}
				onEasy={face.setEasy}
				onStart={face.start}
				onOther={other}
			/>
		);
	}
}

/** On every open step: the other way, where no bigger button is, and out. */
function Leave(props: { held: Held; first: boolean }) {
	const t = useText();
	const { session, busy, send } = props.held;
	const open = ["identify", "consent", "ready", "face"];
	if (!session || !open.includes(session.state))
		return null;
	const leave = async () => {
		const left = await send(proof.cancel());
		if (left?.redirect)
			location.assign(left.redirect);
	};
	return (
		<p class="leave no-paper">
			{(session.state === "identify" || props.first) && (
				<button
					type="button"
					class="plain"
					data-action="other"
					disabled={busy}
					onClick={() => send(proof.trouble("declined"))}
				>
					{t("another_way")}
				</button>
			)}
			<button
				type="button"
				class="plain"
				data-action="cancel"
				disabled={busy}
				onClick={leave}
			>
				{t("give_up")}
			</button>
		</p>
	);
}

function Opened(props: { held: Held; session: Session }) {
	const t = useText();
	const { held, session } = props;
	const face = useFace(held);
	const failed = (face.reason ?? session.reason) !== null;
	const title = useStepFocus<HTMLHeadingElement>(
		`${session.state} ${face.stream !== null} ${failed}`,
	);
	if (face.stream && session.state === "face")
		return (
			<Face
				session={session}
				stream={face.stream}
				onSession={held.setSession}
				onEnd={face.end}
			/>
		);
	return (
		<>
			{session.state !== "elsewhere" &&
				session.reason !== "no_certificate" && (
					<Stages state={session.state} />
				)}
			<h1 ref={title} tabIndex={-1} class="no-paper">
				{heading(t, session, failed)}
			</h1>
			{session.state === "consent" && <p>{t("consent_intro")}</p>}
			<Body held={held} face={face} />
			<Leave held={held} first={session.state === "ready" && !failed} />
		</>
	);
}

function Page() {
	const t = useText();
	const c = useCommon();
	const held = useSession();
	const { session, problem } = held;
	return (
		<Frame title={t("title")} header={session?.controller}>
			<div data-state={session?.state ?? "none"}>
				{session?.demo && (
					<div class="banner no-paper">
						<DemoNote />
					</div>
				)}
				{session?.face === "closed" && session.state === "identify" && (
					<div class="banner no-paper" data-closed>
						<Note kind="unsure" title={t("closed_match")}>
							<p>{t("closed_match_text")}</p>
						</Note>
					</div>
				)}
				{session && <Opened held={held} session={session} />}
				{!session && problem && <Lost problem={problem} />}
				{!session && !problem && <Busy text={c("loading")} />}
			</div>
		</Frame>
	);
}

mount(Page);
