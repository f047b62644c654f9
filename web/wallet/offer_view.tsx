// A credential offer: who offers, and the transaction code where one is asked.

import { useEffect, useState } from "preact/hooks";
import { Busy, Note } from "../lib/page.tsx";
import { once, platformOf } from "./home.ts";
import { Failure, View } from "./parts.tsx";
import { loadIssuer, type Offer, readOffer } from "./protocol/issuing.ts";
import { inLocale, type Look } from "./protocol/look.ts";
import { asProblem, type Problem } from "./protocol/problem.ts";
import {
	accept,
	forget,
	goOn,
	nameOf,
	openAttempt,
	start,
} from "./receive.ts";
import { dropLink, go, goInstead, useHome } from "./state.tsx";
import type { Attempt } from "./store.ts";
import { useWallet } from "./text.ts";

interface Shown {
	offer: Offer;
	name: string;
	look: Look;
}

const TX_CODE_MAX = 32;

function useOffer(link: string) {
	const home = useHome();
	const [shown, setShown] = useState<Shown | null>(null);
	const [problem, setProblem] = useState<Problem | null>(null);
	useEffect(() => {
		const load = async () => {
			const platform = platformOf(home);
			const offer = await readOffer(platform, link);
			const issuer = await loadIssuer(
				platform,
				offer.issuer,
				offer.configurationId,
			);
			setShown({ offer, name: nameOf(issuer), look: issuer.look });
		};
		load().catch((error: unknown) =>
			setProblem(asProblem(error, "offer_invalid")),
		);
	}, [link]);
	return { shown, problem };
}

/** Accepting: with the code, or by the issuer's own pages. */
function useAccept(offer: Offer) {
	const home = useHome();
	const [busy, setBusy] = useState(false);
	const [problem, setProblem] = useState<Problem | null>(null);
	const run = async (txCode: string | undefined) => {
		if (!offer.preAuthorized) {
			const url = await start(home, offer);
			await dropLink(home);
			location.assign(url);
			return;
		}
		const attempt: Attempt = await accept(home, offer);
		try {
			await goOn(home, attempt, () => {}, txCode);
		} catch (error) {
			// Without a token the offer stays open here, and is tried again
			// from the start.  With one the code is spent: going on is all
			// that is left, unless the attempt is over.
			if (!attempt.grant) await forget(home, attempt);
			if (!(await openAttempt(home))) throw error;
			await dropLink(home);
			goInstead("getting");
			return;
		}
		await dropLink(home);
		goInstead("");
	};
	return {
		busy,
		problem,
		take: (txCode: string | undefined) => {
			if (busy) return;
			setBusy(true);
			setProblem(null);
			once("receive", () => run(txCode))
				.catch((error: unknown) =>
					setProblem(asProblem(error, "server_failed")),
				)
				.finally(() => setBusy(false));
		},
	};
}

function TxCode(props: {
	offer: NonNullable<NonNullable<Offer["preAuthorized"]>["txCode"]>;
	value: string;
	missing: boolean;
	onInput: (value: string) => void;
}) {
	const t = useWallet();
	const { numeric, length, description } = props.offer;
	return (
		<div class="field">
			<label for="tx">{t("offer_tx")}</label>
			<small id="tx-hint">
				{description ?? t("offer_tx_hint")}
				{length !== undefined &&
					` (${t("offer_tx_length", { n: length })})`}
			</small>
			<input
				id="tx"
				class="number"
				type="text"
				inputMode={numeric ? "numeric" : "text"}
				autocomplete="one-time-code"
				maxLength={TX_CODE_MAX}
				value={props.value}
				aria-describedby="tx-hint"
				aria-invalid={props.missing}
				onInput={(e) => props.onInput(e.currentTarget.value)}
			/>
			{props.missing && (
				<small class="wrong" role="alert">
					{t("offer_tx_wrong")}
				</small>
			)}
		</div>
	);
}

function OfferForm(props: Shown) {
	const t = useWallet();
	const home = useHome();
	const { offer, name, look } = props;
	const [code, setCode] = useState("");
	const [missing, setMissing] = useState(false);
	const { busy, problem, take } = useAccept(offer);
	const wanted = offer.preAuthorized?.txCode;
	const submit = (event: Event) => {
		event.preventDefault();
		const typed = code.replace(/\s/g, "");
		setMissing(wanted !== undefined && typed === "");
		if (wanted && typed === "") return;
		take(wanted ? typed : undefined);
	};
	return (
		<form class="stack" onSubmit={submit} noValidate>
			<section class="sheet stack">
				<dl class="claims">
					<div>
						<dt>{t("offer_what")}</dt>
						<dd>
							{inLocale(look.names, t.locale) ?? offer.configurationId}
						</dd>
					</div>
					<div>
						<dt>{t("offer_by")}</dt>
						<dd>
							{name}
							<br />
							<span class="soft small">
								{new URL(offer.issuer).host}
							</span>
						</dd>
					</div>
				</dl>
				<Note kind="info">
					<p>{t("offer_unverified")}</p>
				</Note>
				{wanted && (
					<TxCode
						offer={wanted}
						value={code}
						missing={missing}
						onInput={setCode}
					/>
				)}
			</section>
			{problem && <Failure problem={problem} />}
			{busy && <Busy text={t("getting")} />}
			<div class="choices">
				<button
					type="button"
					disabled={busy}
					onClick={() => void dropLink(home).then(() => go(""))}
				>
					{t("not_now")}
				</button>
				<button
					type="submit"
					class="primary"
					data-action="accept"
					disabled={busy}
				>
					{t("accept")}
				</button>
			</div>
		</form>
	);
}

export function OfferView(props: { link: string }) {
	const t = useWallet();
	const { shown, problem } = useOffer(props.link);
	return (
		<View title={t("offer")}>
			{problem && <Failure problem={problem} />}
			{!problem && !shown && <Busy text={t("loading_offer")} />}
			{shown && <OfferForm {...shown} />}
		</View>
	);
}
