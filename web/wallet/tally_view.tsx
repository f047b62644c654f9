// The card as a code that works without a network: choose what for, see what
// is in it, then show it.  Drawn anew every half minute.

import { useEffect, useState } from "preact/hooks";
import { claimName, claimText } from "../lib/claims.ts";
import { useCommon } from "../lib/common.ts";
import { Icon } from "../lib/icon.tsx";
import { Busy, Note } from "../lib/page.tsx";
import { Qr } from "../lib/qr.tsx";
import { REFRESH_S } from "../lib/tally.ts";
import { IdCard } from "./card.tsx";
import { Failure, View, When } from "./parts.tsx";
import { asProblem, type Problem } from "./protocol/problem.ts";
import { drawTally, PURPOSES, type Purpose, shownFor, takeTally } from "./showing.ts";
import { useCards, useHome } from "./state.tsx";
import type { Card, Copy } from "./store.ts";
import { useWallet } from "./text.ts";

const NAMES = Object.keys(PURPOSES) as Purpose[];

function Contents(props: { card: Card; purpose: Purpose }) {
	const c = useCommon();
	const text = (name: string, value: unknown) => {
		if (name === "age_over_18" || name === "portrait_hash")
			return value === true ? c("yes") : c("no");
		return claimText(c, name, value);
	};
	const label = (name: string) =>
		claimName(c, name === "age_over_18" ? ["age_equal_or_over", "18"] : [name]);
	return (
		<dl class="tally-facts" data-tally-contents>
			{shownFor(props.purpose, props.card.claims).map(([name, value]) => (
				<div key={name}>
					<dt>{label(name)}</dt>
					<dd data-claim={name}>{text(name, value)}</dd>
				</div>
			))}
		</dl>
	);
}

/** The text of the code, new every REFRESH_S; null until the first. */
function useTally(card: Card, purpose: Purpose) {
	const home = useHome();
	const [text, setText] = useState<string | null>(null);
	const [problem, setProblem] = useState<Problem | null>(null);
	useEffect(() => {
		let gone = false;
		let copy: Copy | undefined;
		const draw = async () => {
			try {
				copy ??= await takeTally(home, card);
				const drawn = await drawTally(home, copy, purpose);
				if (!gone) setText(drawn);
			} catch (error) {
				if (!gone) setProblem(asProblem(error, "storage_failed"));
			}
		};
		void draw();
		const timer = setInterval(() => void draw(), REFRESH_S * 1000);
		return () => {
			gone = true;
			clearInterval(timer);
		};
	}, [card.id, purpose]);
	return { text, problem };
}

function Code(props: { card: Card; purpose: Purpose; onBack: () => void }) {
	const t = useWallet();
	const c = useCommon();
	const { text, problem } = useTally(props.card, props.purpose);
	if (problem) return <Failure problem={problem} />;
	return (
		<section class="sheet stack">
			<h2>{t(`tally_for_${props.purpose}`)}</h2>
			{text === null ? (
				<Busy text={c("loading")} />
			) : (
				<div class="tally-code" data-tally={text}>
					<Qr text={text} label={t("tally_code")} />
				</div>
			)}
			<p class="small">{t("tally_hint")}</p>
			<p class="small soft">{t("tally_warning")}</p>
			<button type="button" onClick={props.onBack}>
				{c("back")}
			</button>
		</section>
	);
}

function Choose(props: { card: Card; onShow: (purpose: Purpose) => void }) {
	const t = useWallet();
	const [purpose, setPurpose] = useState<Purpose>("hotel");
	return (
		<form
			class="sheet stack"
			onSubmit={(event) => {
				event.preventDefault();
				props.onShow(purpose);
			}}
		>
			<p>{t("tally_text")}</p>
			<fieldset class="stack">
				<legend>{t("tally_what_for")}</legend>
				{NAMES.map((name) => (
					<label key={name} class="row">
						<input
							type="radio"
							name="purpose"
							value={name}
							checked={name === purpose}
							onChange={() => setPurpose(name)}
						/>
						{t(`tally_for_${name}`)}
					</label>
				))}
			</fieldset>
			<h2>{t("tally_contents")}</h2>
			<Contents card={props.card} purpose={purpose} />
			<button type="submit" class="primary" data-action="tally-show">
				<Icon name="scan" />
				{t("tally_show")}
			</button>
		</form>
	);
}

export function TallyView(props: { id: string }) {
	const t = useWallet();
	const cards = useCards();
	const [purpose, setPurpose] = useState<Purpose | null>(null);
	return (
		<View title={t("tally_title")}>
			<When loaded={cards}>
				{(all) => {
					const card = all.find((c) => c.id === props.id);
					if (!card) return <p>{t("removed")}</p>;
					if (!card.tallies?.length)
						return <Note kind="unsure">{t("tally_none")}</Note>;
					if (purpose)
						return (
							<Code
								card={card}
								purpose={purpose}
								onBack={() => setPurpose(null)}
							/>
						);
					return (
						<div class="stack">
							<IdCard card={card} />
							<Choose card={card} onShow={setPurpose} />
						</div>
					);
				}}
			</When>
		</View>
	);
}
