// The steps after the person proved who they are, as they happen.

import { useEffect, useState } from "preact/hooks";
import { Icon } from "../lib/icon.tsx";
import { Busy } from "../lib/page.tsx";
import { IdCard } from "./card.tsx";
import { once } from "./home.ts";
import { Failure, View } from "./parts.tsx";
import { asProblem, type Problem } from "./protocol/problem.ts";
import { goOn, openAttempt, type Step } from "./receive.ts";
import { useGetCard } from "./start_view.tsx";
import { goInstead, useHome } from "./state.tsx";
import type { Card } from "./store.ts";
import { useWallet } from "./text.ts";

const STEPS: Step[] = ["issuer", "token", "keys", "credentials", "verify"];

function Steps(props: { at: Step }) {
	const t = useWallet();
	const now = STEPS.indexOf(props.at);
	return (
		<ol class="steps" role="status">
			{STEPS.map((step, i) => (
				<li
					key={step}
					class={i < now ? "past" : i === now ? "now" : "next"}
					aria-current={i === now ? "step" : undefined}
				>
					{i < now && <Icon name="check" />}
					{i === now && <span class="ring" aria-hidden="true" />}
					{i > now && <span class="dot" aria-hidden="true" />}
					{t(`step_${step}`)}
					{i < now && <span class="hidden">{t("step_done")}</span>}
				</li>
			))}
		</ol>
	);
}

type State =
	| { at: Step }
	| { elsewhere: true }
	| { card: Card }
	| { problem: Problem; retry: boolean };

function useGetting(): { state: State; again: () => void } {
	const home = useHome();
	const [state, set] = useState<State>({ at: "issuer" });
	const [round, setRound] = useState(0);
	useEffect(() => {
		let here = true;
		const tell = (next: State) => here && set(next);
		const run = async () => {
			const attempt = await openAttempt(home);
			if (!attempt) return goInstead("");
			const card = await goOn(home, attempt, (at) => tell({ at }));
			void navigator.storage?.persist?.();
			tell({ card });
		};
		once("receive", async () => {
			await run();
			return true;
		}).then(
			(done) => !done && tell({ elsewhere: true }),
			async (error: unknown) => {
				const problem = asProblem(error, "server_failed");
				const retry = (await openAttempt(home).catch(() => null)) !== null;
				tell({ problem, retry });
			},
		);
		return () => {
			here = false;
		};
	}, [home, round]);
	return {
		state,
		again: () => {
			set({ at: "issuer" });
			setRound((n) => n + 1);
		},
	};
}

function Elsewhere() {
	const t = useWallet();
	const home = useHome();
	useEffect(
		() =>
			home.store.onChange(() => {
				void openAttempt(home).then((open) => {
					if (!open) goInstead("");
				});
			}),
		[home],
	);
	return <Busy text={t("getting_other_tab")} />;
}

export function GettingView() {
	const t = useWallet();
	const { state, again } = useGetting();
	const renew = useGetCard();
	if ("card" in state)
		return (
			<View title={t("got_card")} alone>
				<div class="stack">
					<IdCard card={state.card} />
					<a
						class="button primary wide"
						href="#/"
						data-action="done"
					>
						{t("done")}
					</a>
				</div>
			</View>
		);
	return (
		<View title={t("getting")} alone>
			{"at" in state && <Steps at={state.at} />}
			{"elsewhere" in state && <Elsewhere />}
			{"problem" in state && (
				<Failure problem={renew.problem ?? state.problem}>
					<button
						type="button"
						class="primary"
						aria-busy={renew.busy}
						onClick={state.retry ? again : renew.get}
					>
						{state.retry ? t("go_on") : t("start_again")}
					</button>
					<a class="button" href="#/">
						{t("to_wallet")}
					</a>
				</Failure>
			)}
		</View>
	);
}
