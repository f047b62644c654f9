// The mark: a fish in two halves that fit. Apart while something is open,
// joined when a check is accepted.

const UPPER =
	"M8 40C20 23 37 13 57 13c19 0 33 8 45 19L124 14c-4 9-7 17-8 26H90" +
	"c-3 0-4-2-4-5a6 6 0 0 0-12 0c0 3-1 5-4 5H50c-3 0-4 2-4 5a6 6 0 0 1-12 0" +
	"c0-3-1-5-4-5Z";
const LOWER =
	"M8 40C20 57 37 67 57 67c19 0 33-8 45-19l22 18c-4-9-7-17-8-26H90" +
	"c-3 0-4-2-4-5a6 6 0 0 0-12 0c0 3-1 5-4 5H50c-3 0-4 2-4 5a6 6 0 0 1-12 0" +
	"c0-3-1-5-4-5Z";

export function Mark(props: { joined?: boolean; class?: string }) {
	const state = props.joined ? "mark joined" : "mark";
	return (
		<svg
			class={props.class ? `${state} ${props.class}` : state}
			viewBox="0 0 132 80"
			aria-hidden="true"
			focusable="false"
		>
			<g class="mark-upper">
				<path d={UPPER} />
				<circle class="mark-eye" cx="32" cy="29" r="3.6" />
				<path class="mark-line" d="M52 19c4 5 5 10 4 15" />
			</g>
			<g class="mark-lower">
				<path d={LOWER} />
				<path class="mark-line" d="M56 46c1 5 0 9-4 14" />
			</g>
		</svg>
	);
}
