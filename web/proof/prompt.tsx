// The prompt: what to do now, in words and as a head that does it.
import { Icon } from "../lib/icon.tsx";
import { useText } from "./text.ts";
import type { Move, Prompt } from "./session.ts";

/**
 * A head as in a mirror, like the camera picture below it: the person's left
 * is on the left.
 */
function Head(props: { move: Move }) {
	return (
		<svg
			class={`head ${props.move}`}
			viewBox="0 0 100 100"
			aria-hidden="true"
			focusable="false"
		>
			<g class="head-all">
				<path
					class="head-shape"
					d="M50 12c19 0 29 13 29 33S66 88 50 88 21 65 21 45 31 12 50 12Z"
				/>
				<g class="head-features">
					<circle cx="39" cy="44" r="3.2" />
					<circle cx="61" cy="44" r="3.2" />
					<path class="head-nose" d="M50 47v11l-4 2" />
					<ellipse class="head-mouth" cx="50" cy="71" rx="9" ry="2" />
				</g>
			</g>
		</svg>
	);
}

function Arrow(props: { move: Move }) {
	if (props.move === "turn_left")
		return <Icon name="left" class="arrow" />;
	if (props.move === "turn_right")
		return <Icon name="right" class="arrow" />;
	return null;
}

/** Big words; said at once by a screen reader. */
export function PromptView(props: { prompt: Prompt | null }) {
	const t = useText();
	const kind = props.prompt?.kind ?? "neutral";
	return (
		<div class="prompt">
			<Head move={kind} key={kind} />
			<p
				class="prompt-words"
				data-prompt={props.prompt?.kind}
				data-index={props.prompt?.index}
				role="alert"
			>
				<span>{t(`prompt_${kind}`)}</span>
				<Arrow move={kind} />
			</p>
		</div>
	);
}

/** Done, being done, to do. */
export function Progress(props: { prompt: Prompt }) {
	const t = useText();
	const { index, count } = props.prompt;
	const n = Math.min(index + 1, count);
	return (
		<p class="progress">
			<span class="hidden">{t("step", { n, count })}</span>
			{Array.from({ length: count }, (_, i) => (
				<span
					key={i}
					aria-hidden="true"
					class={i < index ? "done" : i === index ? "now" : ""}
				/>
			))}
		</p>
	);
}
