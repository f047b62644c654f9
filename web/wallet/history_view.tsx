// What was shown to whom, and what was not.

import { Icon, type IconName } from "../lib/icon.tsx";
import { dateTime } from "../lib/messages.ts";
import { ClaimNames } from "./claims.tsx";
import { Kept, purposeFor } from "./consent_view.tsx";
import { AskFirst, View, When } from "./parts.tsx";
import { useHistory, useHome } from "./state.tsx";
import type { Entry, Outcome } from "./store.ts";
import { useWallet } from "./text.ts";

const ICONS: Record<Outcome, IconName> = {
	shared: "check",
	declined: "cross",
	refused: "cross",
	failed: "question",
	unsure: "question",
	sending: "clock",
};

function Line(props: { entry: Entry }) {
	const t = useWallet();
	const home = useHome();
	const { entry } = props;
	const purpose = purposeFor(entry.purpose, t.locale);
	return (
		<li>
			<details class="entry">
				<summary>
					<Icon name={ICONS[entry.outcome]} class={entry.outcome} />
					<span class="entry-what">
						<strong>{entry.who}</strong>
						<span>{t(`outcome_${entry.outcome}`)}</span>
						<span class="soft small">
							{dateTime(t.locale, entry.at)}
						</span>
					</span>
				</summary>
				<div class="entry-more">
					{entry.reason && (
						<p>{t.find(`fail_${entry.reason}`) ?? entry.reason}</p>
					)}
					<h2>{t("seen_claims")}</h2>
					<ClaimNames paths={entry.claims} />
					<h2>{t("why")}</h2>
					<p lang={purpose.lang}>{purpose.text}</p>
					<h2>{t("until_when")}</h2>
					<p>
						<Kept seconds={entry.retentionS} />
					</p>
					<p class="soft small">
						{t("who_registered", { registrar: entry.registrar })}
					</p>
					<button
						type="button"
						class="plain"
						onClick={() =>
							void home.store.change((tables) =>
								tables.remove("history", entry.id),
							)
						}
					>
						{t("delete_entry")}
					</button>
				</div>
			</details>
		</li>
	);
}

function DeleteAll(props: { entries: Entry[] }) {
	const t = useWallet();
	const home = useHome();
	return (
		<AskFirst
			label={t("delete_history")}
			question={t("delete_history_sure")}
			yes={t("delete_yes")}
			no={t("keep")}
			onYes={() =>
				void home.store.change((tables) => {
					for (const entry of props.entries)
						tables.remove("history", entry.id);
				})
			}
		/>
	);
}

export function HistoryView() {
	const t = useWallet();
	const entries = useHistory();
	return (
		<View title={t("history")}>
			<p class="soft">{t("history_text")}</p>
			<When loaded={entries}>
				{(all) =>
					all.length === 0 ? (
						<p>{t("history_none")}</p>
					) : (
						<>
							<ul class="entries">
								{all.map((entry) => (
									<Line key={entry.id} entry={entry} />
								))}
							</ul>
							<DeleteAll entries={all} />
						</>
					)
				}
			</When>
		</View>
	);
}
