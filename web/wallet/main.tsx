import "./protocol/strict.ts";
import { useEffect, useState } from "preact/hooks";
import { mount } from "../lib/page.tsx";
import { registerWorker } from "../lib/worker.ts";
import { CardView } from "./card_view.tsx";
import { GetView } from "./get_view.tsx";
import { GettingView } from "./getting_view.tsx";
import { HistoryView } from "./history_view.tsx";
import { listenForInstall } from "./install.ts";
import { LinkView } from "./link_view.tsx";
import { Failure, View } from "./parts.tsx";
import { readLink } from "./protocol/link.ts";
import { asProblem, type Problem } from "./protocol/problem.ts";
import { comeBack } from "./receive.ts";
import { settleHistory } from "./respond.ts";
import { ScanView } from "./scan_view.tsx";
import { SettingsView } from "./settings_view.tsx";
import { StartView } from "./start_view.tsx";
import {
	goInstead,
	HomeProvider,
	keepLink,
	useHome,
	useRoute,
} from "./state.tsx";
import type { Home } from "./home.ts";
import { TallyView } from "./tally_view.tsx";
import { useWallet } from "./text.ts";
import "./wallet.css";

function isLink(text: string): boolean {
	try {
		readLink(text);
		return true;
	} catch {
		return false;
	}
}

/**
 * What the address brings: an authorization response, a request or an offer.
 * It is taken over and removed from the address at once, so that a reload
 * does nothing twice.
 */
async function takeAddress(home: Home): Promise<void> {
	const address = location.href;
	if (isLink(address)) {
		await keepLink(home, address);
		goInstead("link");
		return;
	}
	const url = new URL(address);
	if (!url.searchParams.has("code") && !url.searchParams.has("error"))
		return;
	try {
		await comeBack(home, url);
		goInstead("getting");
	} catch (error) {
		goInstead("");
		throw error;
	}
}

function Route() {
	const [name = "", id = ""] = useRoute();
	if (name === "card") return <CardView id={id} />;
	if (name === "tally") return <TallyView id={id} />;
	if (name === "get") return <GetView />;
	if (name === "scan") return <ScanView />;
	if (name === "link") return <LinkView />;
	if (name === "getting") return <GettingView />;
	if (name === "history") return <HistoryView />;
	if (name === "settings") return <SettingsView />;
	return <StartView />;
}

function Arrival() {
	const t = useWallet();
	const home = useHome();
	const [ready, setReady] = useState(false);
	const [problem, setProblem] = useState<Problem | null>(null);
	useEffect(() => {
		const take = () =>
			takeAddress(home)
				.catch((error: unknown) =>
					setProblem(asProblem(error, "server_failed")),
				)
				.finally(() => setReady(true));
		void take();
		settleHistory(home).catch(() => {});
		const changed = () => {
			setProblem(null);
			if (isLink(location.href)) void take();
		};
		addEventListener("hashchange", changed);
		return () => removeEventListener("hashchange", changed);
	}, [home]);
	if (problem)
		return (
			<View title={t("getting")} alone>
				<Failure problem={problem}>
					<button
						type="button"
						class="primary"
						onClick={() => setProblem(null)}
					>
						{t("to_wallet")}
					</button>
				</Failure>
			</View>
		);
	return ready ? <Route /> : null;
}

listenForInstall();
registerWorker();
mount(() => (
	<HomeProvider>
		<Arrival />
	</HomeProvider>
));
