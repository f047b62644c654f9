// What this wallet keeps and whom it trusts; installing and erasing it.

import { dateTime } from "../lib/messages.ts";
import { install, useInstallable } from "./install.ts";
import { AskFirst, View, When } from "./parts.tsx";
import type { Party, TrustList } from "./protocol/trust.ts";
import { goInstead, useHome, useStored } from "./state.tsx";
import { useWallet } from "./text.ts";

function Install() {
	const t = useWallet();
	const offered = useInstallable();
	if (!offered) return null;
	return (
		<section class="sheet stack">
			<h2>{t("install")}</h2>
			<p>{t("install_text")}</p>
			<button type="button" onClick={() => void install()}>
				{t("install_now")}
			</button>
		</section>
	);
}

function Names(props: { title: string; parties: Party[] }) {
	return (
		<>
			<h3>{props.title}</h3>
			<ul class="names">
				{props.parties.map((party) => (
					<li key={party.name}>{party.name}</li>
				))}
			</ul>
		</>
	);
}

function Trust(props: { list: TrustList | undefined }) {
	const t = useWallet();
	const { list } = props;
	return (
		<section class="sheet">
			<h2>{t("trust")}</h2>
			{!list && <p>{t("trust_none")}</p>}
			{list && (
				<>
					<Names title={t("trust_issuers")} parties={list.issuers} />
					<Names
						title={t("trust_registrars")}
						parties={list.registrars}
					/>
					<p class="soft small">
						{t("trust_until", {
							date: dateTime(t.locale, list.exp),
						})}
					</p>
				</>
			)}
		</section>
	);
}

function Erase() {
	const t = useWallet();
	const home = useHome();
	return (
		<AskFirst
			label={t("erase")}
			question={t("erase_sure")}
			text={t("erase_text")}
			yes={t("erase_yes")}
			no={t("keep")}
			onYes={() => void home.store.clear().then(() => goInstead(""))}
		/>
	);
}

export function SettingsView() {
	const t = useWallet();
	const trust = useStored(({ store }) => store.trust());
	return (
		<View title={t("settings")}>
			<div class="stack">
				<Install />
				<section class="sheet">
					<h2>{t("storage")}</h2>
					<p>{t("storage_text")}</p>
				</section>
				<When loaded={trust}>{(list) => <Trust list={list} />}</When>
				<Erase />
			</div>
		</View>
	);
}
