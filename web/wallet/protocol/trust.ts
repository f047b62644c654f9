// The trust list of the city that this wallet belongs to (doc/api.md,
// GET /trust): whose credentials and whose requests count.  It is pinned at
// first use: later lists count only when they are signed under the same
// anchor, or under an issuer's root that the list before named.

import { decodeProtectedHeader } from "jose";
import { isRecord } from "./bytes.ts";
import { asProblem, Problem } from "./problem.ts";
import { JwsError, verifySigned } from "./jws.ts";

export interface Party {
	name: string;
	/** Base64 DER. */
	roots: string[];
}

export interface TrustList {
	jws: string;
	/** Base64 DER: under which certificates the next list may be signed. */
	anchors: string[];
	issuers: Party[];
	registrars: Party[];
	iat: number;
	exp: number;
}

const roots = (parties: Party[]): string[] => parties.flatMap((p) => p.roots);

export const issuerRoots = (list: TrustList): string[] => roots(list.issuers);
export const registrarRoots = (list: TrustList): string[] =>
	roots(list.registrars);

function parseParties(value: unknown): Party[] {
	if (!Array.isArray(value)) throw new Error("parties are missing");
	return value.map((party: unknown) => {
		if (!isRecord(party) || typeof party.name !== "string")
			throw new Error("a party has no name");
		const x5c = party.x5c;
		if (!Array.isArray(x5c) || !x5c.every((c) => typeof c === "string"))
			throw new Error("a party has no certificate");
		return { name: party.name, roots: x5c as string[] };
	});
}

function anchorOf(jws: string): string {
	const x5c = decodeProtectedHeader(jws).x5c;
	const last = x5c?.[x5c.length - 1];
	if (typeof last !== "string") throw new Error("no x5c");
	return last;
}

/**
 * Verifies a list.  Without `pinned` its own last certificate becomes the
 * anchor (trust on first use, over TLS); with it, the list must be under the
 * pinned anchors and not older than the pinned list.
 * Throws Problem trust_invalid, trust_changed or trust_expired.
 */
export async function verifyTrustList(
	jws: string,
	now: number,
	pinned?: TrustList,
): Promise<TrustList> {
	const list = await parse(jws, now, undefined);
	if (!pinned) return list;
	try {
		await parse(jws, now, pinned.anchors);
	} catch (error) {
		throw new Problem("trust_changed", "another signer", { cause: error });
	}
	if (list.iat < pinned.iat)
		throw new Problem("trust_changed", "older than the one before");
	return list;
}

async function parse(
	jws: string,
	now: number,
	anchors: string[] | undefined,
): Promise<TrustList> {
	try {
		const own = anchorOf(jws);
		const { payload } = await verifySigned(jws, {
			typ: "trust-list+jwt",
			roots: anchors ?? [own],
			now,
			rootMaySign: true,
		});
		if (typeof payload.iat !== "number" || typeof payload.exp !== "number")
			throw new Error("times are missing");
		const issuers = parseParties(payload.issuers);
		const registrars = parseParties(payload.registrars);
		return {
			jws,
			anchors: [own, ...roots(issuers)],
			issuers,
			registrars,
			iat: payload.iat,
			exp: payload.exp,
		};
	} catch (error) {
		if (error instanceof JwsError && error.message === "expired")
			throw new Problem("trust_expired");
		throw asProblem(error, "trust_invalid");
	}
}

/** Throws trust_expired when `list` may not be used for a decision any more. */
export function checkFresh(list: TrustList, now: number): void {
	if (list.exp <= now) throw new Problem("trust_expired");
}
