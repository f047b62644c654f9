// New copies of a card before the old are spent or expire, in the background:
// the person is asked nothing and sees more copies.

import {
	loadIssuer,
	notify,
	redeemRefresh,
	requestBatch,
} from "./protocol/issuing.ts";
import { type HeldKey, newKey } from "./protocol/platform.ts";
import { asProblem } from "./protocol/problem.ts";
import { type Home, now, once, platformOf } from "./home.ts";
import { requestTallies, verifyAll } from "./receive.ts";
import { unused } from "./respond.ts";
import type { Card, Copy, Renewal } from "./store.ts";

// A third of its life before it expires, or a quarter of its copies left.
const LIFE_SHARE = 3;
const COPIES_SHARE = 4;
const RETRY_S = 900;

export function isDue(card: Card, at: number): boolean {
	const { renewal } = card;
	if (!renewal) return false;
	if (renewal.triedAt !== undefined && renewal.triedAt + RETRY_S > at)
		return false;
	if (unused(card).length * COPIES_SHARE <= card.copies.length) return true;
	return (
		card.exp !== undefined &&
		(card.exp - at) * LIFE_SHARE <= card.exp - card.receivedAt
	);
}

/** The card has the copies of `fresh` now, unless it was removed meanwhile. */
async function replace(
	home: Home,
	card: Card,
	fresh: Card,
	keys: HeldKey[],
	small: { keys: HeldKey[]; tallies: Copy[] },
): Promise<boolean> {
	let there = false;
	await home.store.change(async (tables) => {
		const old = await tables.get("cards", card.id);
		there = old?.renewal !== undefined;
		if (!old?.renewal) return;
		const used = new Set(fresh.copies.map((copy) => copy.id));
		for (const key of keys) if (used.has(key.id)) tables.put("keys", key);
		for (const key of small.keys) tables.put("keys", key);
		// Where no small ones came the old ones stay.
		const tallies = small.tallies.length ? small.tallies : old.tallies;
		const gone = tallies === old.tallies ? [] : (old.tallies ?? []);
		for (const copy of [...old.copies, ...gone])
			tables.remove("keys", copy.id);
		const { refreshToken, dpopKeyId } = old.renewal;
		tables.put("cards", {
			...fresh,
			...(tallies ? { tallies } : {}),
			id: old.id,
			renewal: { refreshToken, dpopKeyId },
		});
	});
	return there;
}

async function renew(home: Home, card: Card, renewal: Renewal): Promise<void> {
	const [dpop] = await home.store.keys([renewal.dpopKeyId]);
	if (!dpop) return;
	const issuer = await loadIssuer(
		platformOf(home, [dpop]),
		card.issuer,
		card.configurationId,
	);
	const grant = await redeemRefresh(
		platformOf(home, [dpop]),
		issuer,
		dpop,
		renewal.refreshToken,
	);
	const keys = await Promise.all(
		Array.from({ length: issuer.batchSize }, newKey),
	);
	const platform = platformOf(home, [dpop, ...keys]);
	const batch = await requestBatch(platform, issuer, dpop, grant, keys);
	const fresh = await verifyAll(home, issuer, keys, batch.credentials);
	const small = await requestTallies(home, issuer, dpop, {
		...grant,
		dpopNonce: batch.dpopNonce,
	});
	const kept = await replace(home, card, fresh, keys, small);
	if (batch.notificationId)
		await notify(
			platform,
			issuer,
			dpop,
			{ ...grant, dpopNonce: batch.dpopNonce },
			batch.notificationId,
			kept ? "credential_accepted" : "credential_deleted",
		);
}

/** A token that is good for nothing any more is forgotten. */
async function failed(home: Home, id: string, ended: boolean): Promise<void> {
	await home.store.change(async (tables) => {
		const card = await tables.get("cards", id);
		if (!card?.renewal) return;
		if (ended) {
			tables.remove("keys", card.renewal.dpopKeyId);
			delete card.renewal;
		} else {
			card.renewal.triedAt = now();
		}
		tables.put("cards", card);
	});
}

async function renewDue(home: Home): Promise<void> {
	for (const card of await home.store.all("cards")) {
		if (!card.renewal || !isDue(card, now())) continue;
		try {
			await renew(home, card, card.renewal);
		} catch (error) {
			const { code } = asProblem(error, "server_failed");
			await failed(home, card.id, code === "grant_expired");
		}
	}
}

/** Renews what is due; nothing while another tab does, or without a network. */
export async function renewAll(home: Home): Promise<void> {
	if (!navigator.onLine) return;
	await once("renew", () => renewDue(home));
}
