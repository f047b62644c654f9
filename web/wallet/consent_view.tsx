// Who asks what, why and until when; then share, or don't.

import { useEffect, useState } from "preact/hooks";
import { useCommon } from "../lib/common.ts";
import { Icon } from "../lib/icon.tsx";
import { duration } from "../lib/messages.ts";
import type { Locale } from "../lib/locale.tsx";
import { Mark } from "../lib/mark.tsx";
import { Busy, Note } from "../lib/page.tsx";
import { useKind } from "./card.tsx";
import { ClaimList, ClaimNames, namesOf } from "./claims.tsx";
import { once } from "./home.ts";
import { Failure, View } from "./parts.tsx";
import type { Link } from "./protocol/link.ts";
import { asProblem, Problem } from "./protocol/problem.ts";
import type { Registration } from "./protocol/registration.ts";
import { OverAsking } from "./protocol/request.ts";
import { type Consent, decline, look, share } from "./respond.ts";
import { dropLink, useHome } from "./state.tsx";
import { useWallet } from "./text.ts";

/** The purpose in the reader's language, else in English, else in any. */
export function purposeFor(
	purpose: Record<string, string>,
	locale: Locale,
): { text: string; lang: string } {
	for (const lang of [locale, "en", ...Object.keys(purpose)]) {
		const text = purpose[lang];
		if (text) return { text, lang };
	}
	return { text: "", lang: locale };
}

export function Kept(props: { seconds: number }) {
	const t = useWallet();
	if (props.seconds === 0) return <>{t("kept_not")}</>;
	return (
		<>
			{t("kept_for", { duration: duration(t.locale, props.seconds) })}
		</>
	);
}

function Who(props: { registration: Registration }) {
	const t = useWallet();
	const { name, registrar } = props.registration;
	return (
		<section class="sheet">
			<h2>{t("who")}</h2>
			<p class="who">{name}</p>
			{registrar && (
				<p class="soft small">{t("who_registered", { registrar })}</p>
			)}
		</section>
	);
}

function WhyAndUntil(props: { registration: Registration }) {
	const t = useWallet();
	const { purpose, retentionS } = props.registration;
	const { text, lang } = purposeFor(purpose, t.locale);
	return (
		<section class="sheet">
			<h2>{t("why")}</h2>
			<p lang={lang}>{text}</p>
			<h2>{t("until_when")}</h2>
			<p>
				<Kept seconds={retentionS} />
			</p>
		</section>
	);
}

function What(props: { consent: Consent }) {
	const t = useWallet();
	const kind = useKind();
	return (
		<section class="sheet">
			<h2>{t("what")}</h2>
			{props.consent.parts.map((part) => (
				<div key={part.prepared.queryId}>
					{part.prepared.shown.length > 0 ? (
						<ClaimList
							claims={part.prepared.shown}
							look={part.card.look}
						/>
					) : (
						<p>{t("what_none")}</p>
					)}
					<p class="soft small">
						{t("which_card", {
							card: kind(part.card),
							name: namesOf(part.card.claims).name,
						})}
					</p>
				</div>
			))}
			<p class="soft small">{t("also_text")}</p>
		</section>
	);
}

/** Signed with the answer, so it stands beside what is shown. */
function AgreeTo(props: { consent: Consent }) {
	const t = useWallet();
	const { transactions } = props.consent.request;
	if (transactions.length === 0) return null;
	return (
		<section class="sheet" data-transactions={transactions.length}>
			<h2>{t("agree_to")}</h2>
			{transactions.map((transaction) => (
				<p key={transaction.encoded}>{transaction.text}</p>
			))}
		</section>
	);
}

type State =
	| { name: "looking" }
	| { name: "asking"; consent: Consent; problem?: Problem }
	| { name: "sending"; consent: Consent }
	| { name: "shared"; consent: Consent }
	| { name: "declined"; consent: Consent }
	| { name: "failed"; problem: Problem };

function useConsent(link: Extract<Link, { kind: "request" }>) {
	const home = useHome();
	const [state, set] = useState<State>({ name: "looking" });
	const [round, setRound] = useState(0);
	useEffect(() => {
		let here = true;
		set({ name: "looking" });
		look(home, link).then(
			(consent) => here && set({ name: "asking", consent }),
			(error: unknown) =>
				here &&
				set({
					name: "failed",
					problem: asProblem(error, "request_invalid"),
				}),
		);
		return () => {
			here = false;
		};
	}, [link.requestUri, link.clientId, round]);
	const finish = async (
		consent: Consent,
		name: "shared" | "declined",
		act: () => Promise<{ redirectUri?: string }>,
	) => {
		set({ name: "sending", consent });
		try {
			const sent = await once("answer", act);
			if (!sent) return set({ name: "asking", consent });
			await dropLink(home);
			set(
				name === "shared"
					? { name: "shared", consent }
					: { name: "declined", consent },
			);
			// 8.2: the wallet sends the browser where the verifier waits.
			if (sent.redirectUri) location.assign(sent.redirectUri);
		} catch (error) {
			const problem = asProblem(error, "answer_refused");
			const retry = ["answer_unsure", "offline"].includes(problem.code);
			set(
				retry
					? { name: "asking", consent, problem }
					: { name: "failed", problem },
			);
		}
	};
	return {
		state,
		lookAgain: () => setRound((n) => n + 1),
		share: (consent: Consent) =>
			void finish(consent, "shared", () => share(home, consent)),
		decline: (consent: Consent) =>
			void finish(consent, "declined", () => decline(home, consent)),
	};
}

function Refusal(props: { problem: Problem; onAgain: () => void }) {
	const t = useWallet();
	const common = useCommon();
	const home = useHome();
	const { problem } = props;
	const over = problem instanceof OverAsking ? problem : null;
	const retry = ["offline", "server_failed", "trust_expired"];
	const needsCard = ["nothing_fits", "copies_spent", "card_expired"];
	return (
		<Failure problem={problem}>
			{over && (
				<>
					<Who registration={over.registration} />
					<section class="sheet">
						<h2>{t("over_asked_list")}</h2>
						<ClaimNames
							paths={over.paths.map((path) => path.map(String))}
						/>
						<h2>{t("registered_for")}</h2>
						<ClaimNames
							paths={over.registration.permitted.flatMap((p) =>
								p.paths.map((path) => path.map(String)),
							)}
						/>
					</section>
				</>
			)}
			{retry.includes(problem.code) && (
				<button type="button" class="primary" onClick={props.onAgain}>
					{common("again")}
				</button>
			)}
			<a
				class="button"
				href="#/"
				onClick={() => {
					// Kept for when the card is there.
					if (!needsCard.includes(problem.code)) void dropLink(home);
				}}
			>
				{t("to_wallet")}
			</a>
		</Failure>
	);
}

function Done(props: { consent: Consent; shared: boolean }) {
	const t = useWallet();
	const { name } = props.consent.request.registration;
	const [joined, setJoined] = useState(false);
	useEffect(() => {
		const timer = setTimeout(() => setJoined(props.shared), 60);
		return () => clearTimeout(timer);
	}, [props.shared]);
	return (
		<div class="stack" data-state={props.shared ? "shared" : "declined"}>
			<Mark joined={joined} class="done-mark" />
			<Note kind={props.shared ? "good" : "info"}>
				<p>
					{props.shared
						? t("shared_text", { name })
						: t("declined_text", { name })}
				</p>
			</Note>
			{props.shared && (
				<section class="sheet">
					<ClaimNames
						paths={props.consent.parts.flatMap((part) =>
							part.prepared.shown.map((claim) => claim.path),
						)}
					/>
				</section>
			)}
			<a
				class="button primary wide"
				href="#/"
				data-action="done"
			>
				{t("done")}
			</a>
		</div>
	);
}

export function ConsentView(props: {
	link: Extract<Link, { kind: "request" }>;
}) {
	const t = useWallet();
	const home = useHome();
	const { state, share, decline, lookAgain } = useConsent(props.link);
	if (state.name === "looking")
		return (
			<View title={t("reading_request")}>
				<Busy text={t("reading_request")} />
			</View>
		);
	if (state.name === "failed")
		return (
			<View title={t("answer_request")}>
				<Refusal problem={state.problem} onAgain={lookAgain} />
			</View>
		);
	const { consent } = state;
	if (state.name === "shared" || state.name === "declined")
		return (
			<View title={t(state.name)} alone>
				<Done consent={consent} shared={state.name === "shared"} />
			</View>
		);
	const { registration } = consent.request;
	const busy = state.name === "sending";
	const problem = state.name === "asking" ? state.problem : undefined;
	const again = consent.sealed !== undefined;
	return (
		<View title={t("asks", { name: registration.name })}>
			<div class="consent">
				<Who registration={registration} />
				<What consent={consent} />
				<AgreeTo consent={consent} />
				<WhyAndUntil registration={registration} />
				{problem && <Failure problem={problem} />}
				<div class="choices consent-choices">
					{again ? (
						// It may have arrived: no longer a no.
						<a
							class="button"
							href="#/"
							onClick={() => void dropLink(home)}
						>
							{t("to_wallet")}
						</a>
					) : (
						<button
							type="button"
							data-action="decline"
							disabled={busy}
							onClick={() => decline(consent)}
						>
							<Icon name="cross" />
							{t("dont_share")}
						</button>
					)}
					<button
						type="button"
						data-action="share"
						disabled={busy}
						onClick={() => share(consent)}
					>
						<Icon name="check" />
						{again ? t("resend") : t("share")}
					</button>
				</div>
				<div role="status">
					{busy && <Busy text={t("sending")} />}
				</div>
			</div>
		</View>
	);
}
