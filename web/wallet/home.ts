// Where this wallet lives, and what it therefore is: a public client of the
// server it came from (doc/api.md, "Issuing").

import {
	setUp,
	type HeldKey,
	type Platform,
	protocolFetch,
} from "./protocol/platform.ts";
import { checkFresh, type TrustList, verifyTrustList } from "./protocol/trust.ts";
import { asProblem, Problem } from "./protocol/problem.ts";
import type { Store } from "./store.ts";

export interface Home {
	store: Store;
	/** `<url>/wallet/`: client_id and redirect_uri. */
	wallet: string;
	/** `<url>`, without a slash at its end. */
	issuer: string;
}

export const now = (): number => Math.floor(Date.now() / 1000);

const fetcher = protocolFetch((input, init) => fetch(input, init));

export function homeAt(store: Store, address: string): Home {
	const wallet = new URL("./", address);
	wallet.search = "";
	wallet.hash = "";
	setUp(wallet);
	return {
		store,
		wallet: wallet.href,
		issuer: new URL("..", wallet).href.replace(/\/$/, ""),
	};
}

export const platformOf = (home: Home, keys: HeldKey[] = []): Platform => ({
	fetch: fetcher,
	now,
	keys,
	clientId: home.wallet,
});

async function fetchTrust(home: Home): Promise<string> {
	const response = await fetcher(`${home.issuer}/trust`);
	if (!response.ok)
		throw new Problem("server_failed", `trust ${response.status}`);
	return (await response.text()).trim();
}

/**
 * The trust list: today's when there is a network, else the one of last time
 * while it is valid.  Throws Problem trust_* or offline.
 */
export async function loadTrust(home: Home): Promise<TrustList> {
	const pinned = await home.store.trust();
	let jws: string;
	try {
		jws = await fetchTrust(home);
	} catch (error) {
		if (!pinned) throw asProblem(error, "offline");
		checkFresh(pinned, now());
		return pinned;
	}
	if (jws === pinned?.jws) {
		checkFresh(pinned, now());
		return pinned;
	}
	const list = await verifyTrustList(jws, now(), pinned);
	await home.store.change((tables) =>
		tables.put("settings", { name: "trust", value: list }),
	);
	return list;
}

/**
 * Runs `work` unless the same is already being done, in this tab or another;
 * then gives undefined.  A second click, a second tab and a reload while it
 * runs do nothing twice.
 */
export async function once<T>(
	name: string,
	work: () => Promise<T>,
): Promise<T | undefined> {
	return navigator.locks.request(
		`yufu-${name}`,
		{ ifAvailable: true },
		async (lock) => (lock ? work() : undefined),
	);
}
