// Showing a card as a tally, without a network: which elements for what
// purpose, and which copy.

import { makeTally, signerOf, verifyTally } from "../lib/tally.ts";
import { type Home, now } from "./home.ts";
import { decodeBase64url } from "./protocol/bytes.ts";
import type { HeldKey } from "./protocol/platform.ts";
import { Problem } from "./protocol/problem.ts";
import type { Claims } from "./protocol/sdjwt.ts";
import type { Card, Copy } from "./store.ts";

/** What each purpose needs, and no more. */
export const PURPOSES = {
	hotel: [
		"family_name",
		"given_name",
		"assurance_level",
		"age_over_18",
		"portrait_hash",
	],
	cafe: ["assurance_level", "age_over_18"],
	parcel: ["family_name", "given_name", "assurance_level"],
	age: ["age_over_18"],
} as const;

export type Purpose = keyof typeof PURPOSES;
/* What the issuer says of the match behind the card nobody can hide here. */
const ALWAYS = ["demo"];

/**
 * Throws when a fresh tally credential would not be accepted where it is
 * shown: another key, a wrong signature, a time that is past.
 */
export async function checkTally(
	credential: string,
	key: HeldKey,
	roots: string[],
	at: number,
): Promise<void> {
	const issuerSigned = decodeBase64url(credential);
	const text = await makeTally({
		issuerSigned,
		elements: [...PURPOSES.hotel],
		key: key.privateKey,
		now: at,
		purpose: "hotel",
	});
	await verifyTally(text, {
		roots,
		signers: [signerOf(issuerSigned)],
		now: at,
		standing: async () => "valid",
	});
}

/** What a purpose would show, as far as the card says it. */
export function shownFor(purpose: Purpose, claims: Claims): [string, unknown][] {
	const ages = claims.age_equal_or_over as Record<string, unknown> | undefined;
	return PURPOSES[purpose].map((name) => {
		if (name === "age_over_18") return [name, ages?.["18"]];
		if (name === "portrait_hash") return [name, claims.picture !== undefined];
		return [name, claims[name]];
	});
}

/**
 * Takes the copy that was shown longest ago, and marks it: two who scan on
 * different days do not see the same key while there are others.
 */
export async function takeTally(home: Home, card: Card): Promise<Copy> {
	let taken: Copy | undefined;
	await home.store.change(async (tables) => {
		const fresh = await tables.get("cards", card.id);
		const copies = fresh?.tallies ?? [];
		taken = [...copies].sort((a, b) => (a.usedAt ?? 0) - (b.usedAt ?? 0))[0];
		if (!fresh || !taken) throw new Problem("nothing_fits");
		taken.usedAt = now();
		tables.put("cards", fresh);
	});
	if (!taken) throw new Problem("nothing_fits");
	return taken;
}

/** The text of the QR code, good from now for a minute. */
export async function drawTally(
	home: Home,
	copy: Copy,
	purpose: Purpose,
): Promise<string> {
	const [key] = await home.store.keys([copy.id]);
	if (!key) throw new Problem("storage_failed", "a key is missing");
	return makeTally({
		issuerSigned: decodeBase64url(copy.credential),
		elements: [...PURPOSES[purpose], ...ALWAYS],
		key: key.privateKey,
		now: now(),
		purpose,
	});
}
