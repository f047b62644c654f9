// The first view: the card, or how to get one.

import { useEffect, useState } from "preact/hooks";
import { Icon } from "../lib/icon.tsx";
import { Mark } from "../lib/mark.tsx";
import { Frame, Note } from "../lib/page.tsx";
import { IdCard } from "./card.tsx";
import { now, once } from "./home.ts";
import { Failure, Footer, When } from "./parts.tsx";
import { asProblem, type Problem } from "./protocol/problem.ts";
import { forget, openAttempt, start, type Wanted } from "./receive.ts";
import { refresh } from "./respond.ts";
import {
	dropLink,
	keptLink,
	useCards,
	useHome,
	useOnline,
	useStored,
} from "./state.tsx";
import type { Attempt, Card } from "./store.ts";
import { useWallet } from "./text.ts";

/** Starts getting a card; the browser leaves for the issuer's page. */
export function useGetCard(wanted?: Wanted) {
	const home = useHome();
	const [busy, setBusy] = useState(false);
	const [problem, setProblem] = useState<Problem | null>(null);
	const get = () => {
		if (busy) return;
		setBusy(true);
		setProblem(null);
		once("begin", () => start(home, wanted)).then(
			(url) => {
				if (url) location.assign(url);
				else setBusy(false);
			},
			(error: unknown) => {
				setProblem(asProblem(error, "server_failed"));
				setBusy(false);
			},
		);
	};
	return { get, busy, problem };
}

function GetCard() {
	const t = useWallet();
	const { get, busy, problem } = useGetCard();
	return (
		<section class="stack">
			<div class="idcard basic empty" aria-hidden="true">
				<Mark class="idcard-empty-mark" />
			</div>
			<p>{t("hello_text")}</p>
			{problem && <Failure problem={problem} />}
			<button
				type="button"
				class="primary wide"
				data-action="get-card"
				aria-busy={busy}
				onClick={get}
			>
				{busy ? <span class="ring" aria-hidden="true" /> : <Icon name="card" />}
				{t("get_card")}
			</button>
			<p class="soft small">{t("get_card_how")}</p>
			<a class="button" href="#/scan">
				<Icon name="scan" />
				{t("have_offer")}
			</a>
			<a class="button" href="#/get" data-action="other-card">
				<Icon name="card" />
				{t("other_card")}
			</a>
		</section>
	);
}

function Cards(props: { cards: Card[] }) {
	const t = useWallet();
	useFreshStatus(props.cards);
	return (
		<div class="stack">
			{props.cards.map((card) => (
				<a
					key={card.id}
					class="card-link"
					href={`#/card/${card.id}`}
				>
					<IdCard card={card} />
					<span class="card-more">
						{t("details")}
						<Icon name="right" />
					</span>
				</a>
			))}
			<a
				class="button primary wide"
				href="#/scan"
				data-action="scan"
			>
				<Icon name="scan" />
				{t("answer_request")}
			</a>
			<a class="button wide" href="#/get" data-action="other-card">
				<Icon name="card" />
				{t("other_card")}
			</a>
		</div>
	);
}

function Unfinished(props: { attempt: Attempt }) {
	const t = useWallet();
	const home = useHome();
	return (
		<Note kind="info" title={t("going_on")}>
			<p>{t("going_on_text")}</p>
			<div class="row">
				<a class="button" href="#/getting" data-action="go-on">
					{t("go_on")}
				</a>
				<button
					type="button"
					class="plain"
					onClick={() => void forget(home, props.attempt)}
				>
					{t("give_up")}
				</button>
			</div>
		</Note>
	);
}

function Waiting() {
	const t = useWallet();
	const home = useHome();
	return (
		<Note kind="info" title={t("waiting")}>
			<p>{t("waiting_text")}</p>
			<div class="row">
				<a class="button" href="#/link" data-action="look">
					{t("look_at_it")}
				</a>
				<button
					type="button"
					class="plain"
					onClick={() => void dropLink(home)}
				>
					{t("discard")}
				</button>
			</div>
		</Note>
	);
}

/** Whether all that the person has to do for it is done. */
const canGoOn = (attempt: Attempt): boolean =>
	Boolean(
		attempt.code ||
			attempt.grant ||
			(attempt.offer && !attempt.offer.preAuthorized?.txCode),
	);

const STATUS_OLD_S = 3600;

/** Looks up the status of each card whose last look is too long ago. */
function useFreshStatus(cards: Card[]): void {
	const home = useHome();
	useEffect(() => {
		if (!navigator.onLine) return;
		const old = cards.filter(
			(card) => (card.standing?.checkedAt ?? 0) + STATUS_OLD_S < now(),
		);
		void once("status", async () => {
			for (const card of old) await refresh(home, card.id);
		});
	}, [cards.map((card) => card.id).join()]);
}

export function StartView() {
	const t = useWallet();
	const online = useOnline();
	const cards = useCards();
	const attempt = useStored(openAttempt);
	const link = useStored(keptLink);
	const open = attempt.state === "ready" ? attempt.value : null;
	const some = cards.state === "ready" && cards.value.length > 0;
	return (
		<Frame title={t("title")} footer={<Footer />}>
			<h1 class={some ? "hidden" : undefined}>{t("hello")}</h1>
			<div class="stack">
				{!online && <Note kind="unsure">{t("offline")}</Note>}
				{open && canGoOn(open) && <Unfinished attempt={open} />}
				{link.state === "ready" && link.value && <Waiting />}
				<When loaded={cards}>
					{(all) =>
						all.length > 0 ? <Cards cards={all} /> : <GetCard />
					}
				</When>
			</div>
		</Frame>
	);
}
