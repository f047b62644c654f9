import { useCommon } from "./common.ts";
import { Icon } from "./icon.tsx";

/** Grey or colour, and the word; the long form says what it means. */
export function LevelBadge(props: { level: string; long?: boolean }) {
	const c = useCommon();
	const upgraded = props.level === "upgraded";
	const key = upgraded ? "upgraded" : "basic";
	return (
		<span class={`level ${key}`} data-level={props.level}>
			<Icon name={upgraded ? "check" : "card"} />
			{c(props.long ? `level_${key}_long` : `level_${key}`)}
		</span>
	);
}
