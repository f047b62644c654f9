// Line icons drawn on a 24x24 field. They repeat words and are hidden from
// screen readers; an icon never stands alone.

const PATHS = {
	check: "M4 12.5l5.5 5.5L20 7",
	cross: "M6 6l12 12M18 6L6 18",
	question: "M8.5 9a3.5 3.5 0 1 1 5 3.2c-1 .5-1.5 1.2-1.5 2.3M12 18v.1",
	info: "M12 11v6M12 7v.1M12 2.5a9.5 9.5 0 1 0 .01 0",
	flask: "M9 3h6M10 3v6l-5.5 9.5A1.7 1.7 0 0 0 6 21h12a1.7 1.7 0 0 0 1.5-2.5L14 9V3M7.5 15h9",
	globe: "M12 2.5a9.5 9.5 0 1 0 .01 0M2.5 12h19M12 2.5c-6 5-6 14 0 19M12 2.5c6 5 6 14 0 19",
	camera: "M3 7.5h4l1.5-2.5h7L17 7.5h4v11.5H3ZM12 9.5a3.6 3.6 0 1 0 .01 0",
	person: "M12 3.5a4 4 0 1 0 .01 0M4 21c0-5 3.5-7.5 8-7.5s8 2.5 8 7.5",
	print: "M7 8V3h10v5M5 17H3V9h18v8h-2M7 14h10v7H7Z",
	place: "M12 21.5c-4.5-5-7-8.7-7-12a7 7 0 0 1 14 0c0 3.3-2.5 7-7 12ZM12 7a2.5 2.5 0 1 0 .01 0",
	copy: "M9 9h11v12H9ZM15 9V4H4v12h5",
	card: "M2.5 5.5h19v13h-19ZM6 15h5M6 9.5h12",
	scan: "M4 8V4h4M16 4h4v4M20 16v4h-4M8 20H4v-4M4 12h16",
	left: "M20 12H4M10 6l-6 6 6 6",
	right: "M4 12h16M14 6l6 6-6 6",
	list: "M8 6h13M8 12h13M8 18h13M3.5 6v.1M3.5 12v.1M3.5 18v.1",
	clock: "M12 2.5a9.5 9.5 0 1 0 .01 0M12 7v5.5l3.5 2",
	key: "M8 12a4 4 0 1 0 .01 0M11.5 13.5L21 4M17 8l3 3",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon(props: { name: IconName; class?: string }) {
	return (
		<svg
			class={props.class ? `icon ${props.class}` : "icon"}
			viewBox="0 0 24 24"
			aria-hidden="true"
			focusable="false"
		>
			<path d={PATHS[props.name]} />
		</svg>
	);
}
