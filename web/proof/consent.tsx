import { useMemo } from "preact/hooks";
import { Icon } from "../lib/icon.tsx";
import { Note, ProblemNote } from "../lib/page.tsx";
import type { Problem } from "../lib/api.ts";
import { clauses, noticeText } from "./notice.ts";
import { useText } from "./text.ts";
import type { Session } from "./session.ts";

export interface ConsentProps {
	session: Session;
	problem: Problem | null;
	busy: boolean;
	onAgree: (text: string) => void;
	onOther: () => void;
}

/** The notice, and two answers of equal weight. */
export function Consent(props: ConsentProps) {
	const t = useText();
	const list = useMemo(() => clauses(t, props.session), [t, props.session]);
	return (
		<div class="stack">
			<dl class="sheet notice">
				{list.map((c) => (
					<div key={c.heading}>
						<dt>{c.heading}</dt>
						<dd>{c.body}</dd>
					</div>
				))}
			</dl>
			{!isSecureContext && (
				<Note kind="bad" title={t("insecure")}>
					<p>{t("insecure_next")}</p>
				</Note>
			)}
			{props.problem && <ProblemNote problem={props.problem} />}
			<div class="choices">
				<button
					type="button"
					class="primary"
					data-action="agree"
					disabled={props.busy || !isSecureContext}
					onClick={() => props.onAgree(noticeText(list))}
				>
					<Icon name="camera" />
					{t("agree")}
				</button>
				<button
					type="button"
					class="primary"
					data-action="other"
					disabled={props.busy}
					onClick={props.onOther}
				>
					<Icon name="place" />
					{t("another_way")}
				</button>
			</div>
		</div>
	);
}
