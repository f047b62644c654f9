// What a face match is worth in this city, and the banner where it is worth
// nothing outside a demonstration.
import { useEffect, useState } from "preact/hooks";
import { call } from "./api.ts";
import { useCommon } from "./common.ts";
import { Note } from "./page.tsx";

/** GET /face, as doc/api.md gives it. */
export interface FaceFigures {
	standing: "closed" | "demo" | "certified";
	fmr_max: number;
	fmr_max_group: number;
	certificate: {
		by: string;
		by_operator: boolean;
		data: string;
		expires_at: number;
		fmr: number;
		fmr_group: number;
	} | null;
}

/** Null until it is known, and when the server does not say. */
export function useFaceFigures(address: string): FaceFigures | null {
	const [figures, setFigures] = useState<FaceFigures | null>(null);
	useEffect(() => {
		call<FaceFigures>(address).then((result) => {
			if (result.ok)
				setFigures(result.value);
		});
	}, [address]);
	return figures;
}

/** On every page that shows or uses an uncertified match. */
export function DemoNote(props: { card?: boolean }) {
	const c = useCommon();
	return (
		<div class="demo-note" data-demo>
			<Note kind="demo" title={c("demo_match")}>
				<p>{c(props.card ? "demo_card_text" : "demo_match_text")}</p>
			</Note>
		</div>
	);
}
