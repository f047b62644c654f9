// The camera with its oval and ring while an attempt runs.
import { useEffect, useRef } from "preact/hooks";
import { useCalm } from "../lib/calm.ts";
import { CameraView, captureFrame, newFrame } from "../lib/camera.tsx";
import { useStepFocus } from "../lib/focus.ts";
import { Progress, PromptView } from "./prompt.tsx";
import { useText } from "./text.ts";
import { run } from "./attempt.ts";
import type { End } from "./attempt.ts";
import { frame } from "./session.ts";
import type { Prompt, Session } from "./session.ts";

/* In the 400x300 field that lies over the picture. */
const OVAL = { cx: 200, cy: 150, rx: 80, ry: 112 };

const OVAL_PATH =
	`M${OVAL.cx} ${OVAL.cy - OVAL.ry}` +
	`a${OVAL.rx} ${OVAL.ry} 0 0 1 0 ${2 * OVAL.ry}` +
	`a${OVAL.rx} ${OVAL.ry} 0 0 1 0 ${-2 * OVAL.ry}Z`;

interface Span {
	key: string;
	whole_ms: number;
}

/** What is left of the prompt's time, 0 to 1: the ring around the oval. */
function useShare(prompt: Prompt | null): number {
	const span = useRef<Span>({ key: "", whole_ms: 1 });
	if (!prompt)
		return 1;
	const key = `${prompt.index} ${prompt.kind}`;
	if (span.current.key !== key)
		span.current = { key, whole_ms: Math.max(1, prompt.left_ms) };
	return Math.max(0, Math.min(1, prompt.left_ms / span.current.whole_ms));
}

function Oval(props: { share: number; found: boolean }) {
	return (
		<svg
			class="oval"
			viewBox="0 0 400 300"
			preserveAspectRatio="xMidYMid slice"
			aria-hidden="true"
			focusable="false"
		>
			<path
				class="oval-shade"
				fill-rule="evenodd"
				d={`M-400-400h1200v1100h-1200Z${OVAL_PATH}`}
			/>
			<path class="oval-track" d={OVAL_PATH} pathLength={1} />
			<path
				class={props.found ? "oval-ring found" : "oval-ring"}
				d={OVAL_PATH}
				pathLength={1}
				stroke-dasharray={`${props.share} 1`}
			/>
		</svg>
	);
}

export interface FaceProps {
	session: Session;
	stream: MediaStream;
	onSession: (session: Session) => void;
	onEnd: (end: End) => void;
}

/** Runs from when it is shown until the attempt ends or it is taken away. */
export function Face(props: FaceProps) {
	const t = useText();
	const video = useRef<HTMLVideoElement>(null);
	const heading = useStepFocus<HTMLHeadingElement>(null);
	const { session } = props;
	const share = useShare(session.prompt);
	const about = `${session.prompt?.index} ${session.prompt?.kind}`;
	const word = useCalm(about, session.hint);
	const hint = word ? t.find(`hint_${word}`) : null;

	useEffect(() => {
		const stop = new AbortController();
		const take = async () => {
			if (!video.current || !(await newFrame(video.current, 1000)))
				return null;
			return captureFrame(video.current);
		};
		run({
			take,
			send: (picture) => frame(picture, stop.signal),
			onSession: props.onSession,
			signal: stop.signal,
		}).then((end) => {
			if (end.kind !== "stopped")
				props.onEnd(end);
		});
		return () => stop.abort();
	}, [props.stream]);

	return (
		<div class="face">
			<h1 ref={heading} tabIndex={-1} class="hidden">
				{t("face_title")}
			</h1>
			<PromptView prompt={session.prompt} />
			<div class="viewfinder">
				<CameraView
					stream={props.stream}
					label={t("camera_label")}
					mirrored
					videoRef={video}
				/>
				<Oval share={share} found={session.box !== null} />
				{session.prompt && (
					<p class="countdown number" aria-hidden="true">
						{t("seconds_left", {
							n: Math.ceil(session.prompt.left_ms / 1000),
						})}
					</p>
				)}
				<p class="hint" role="status" data-hint={word}>
					{hint}
				</p>
			</div>
			{session.prompt && <Progress prompt={session.prompt} />}
		</div>
	);
}
