// Which card to get: what the home issuer has, by its own names.

import { useEffect, useState } from "preact/hooks";
import { Busy } from "../lib/page.tsx";
import { platformOf } from "./home.ts";
import { Failure, View } from "./parts.tsx";
import { loadIssuer, offeredBy } from "./protocol/issuing.ts";
import { inLocale, type Look } from "./protocol/look.ts";
import { asProblem, type Problem } from "./protocol/problem.ts";
import { useGetCard } from "./start_view.tsx";
import { useHome } from "./state.tsx";
import { useWallet } from "./text.ts";

interface Choice {
	id: string;
	look: Look;
}

function useChoices() {
	const home = useHome();
	const [choices, setChoices] = useState<Choice[] | null>(null);
	const [problem, setProblem] = useState<Problem | null>(null);
	useEffect(() => {
		loadIssuer(platformOf(home), home.issuer).then(
			(issuer) => setChoices(offeredBy(issuer)),
			(error: unknown) => setProblem(asProblem(error, "issuer_unknown")),
		);
	}, [home]);
	return { choices, problem };
}

function Choose(props: { choice: Choice }) {
	const t = useWallet();
	const { id, look } = props.choice;
	const { get, busy, problem } = useGetCard({ configurationId: id });
	const description = inLocale(look.descriptions, t.locale);
	return (
		<li class="sheet stack">
			<strong>{inLocale(look.names, t.locale) ?? id}</strong>
			{description && <p class="small soft">{description}</p>}
			{problem && <Failure problem={problem} />}
			<button
				type="button"
				data-action="get-card"
				data-configuration={id}
				aria-busy={busy}
				onClick={get}
			>
				{t("get_this")}
			</button>
		</li>
	);
}

export function GetView() {
	const t = useWallet();
	const { choices, problem } = useChoices();
	return (
		<View title={t("other_card")}>
			{problem && <Failure problem={problem} />}
			{!problem && !choices && <Busy text={t("step_issuer")} />}
			{choices && (
				<ul class="choose-card">
					{choices.map((choice) => (
						<Choose key={choice.id} choice={choice} />
					))}
				</ul>
			)}
		</View>
	);
}
