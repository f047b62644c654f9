import { useState } from "preact/hooks";
import { useCommon } from "./common.ts";
import { Icon } from "./icon.tsx";

/** Copies a text and says so. */
export function CopyButton(props: { text: string; label?: string }) {
	const c = useCommon();
	const [done, setDone] = useState(false);
	const copy = async () => {
		try {
			await navigator.clipboard.writeText(props.text);
			setDone(true);
		} catch {
			/* not permitted here: the text is on the page to be marked */
			setDone(false);
		}
	};
	return (
		<button type="button" class="copy" onClick={copy}>
			<Icon name={done ? "check" : "copy"} />
			<span role="status">
				{done ? c("copied") : (props.label ?? c("copy"))}
			</span>
		</button>
	);
}
