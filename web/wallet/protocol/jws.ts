// Compact JWS whose key is named by a certificate chain (x5c), the one way in
// which issuers, registrars and verifiers sign for us.

import { compactVerify, decodeProtectedHeader } from "jose";
import { isRecord } from "./bytes.ts";
import { type Leaf, verifyChain } from "./certificate.ts";

/** How far the clocks of a phone and a server may differ. */
export const SKEW_S = 120;
const JWS_LEN_MAX = 262144;

export class JwsError extends Error {}

export interface Signed {
	header: Record<string, unknown>;
	payload: Record<string, unknown>;
	leaf: Leaf;
}

export interface Expected {
	typ: string;
	roots: string[];
	/** Seconds UTC: the instant at which chain and times must hold. */
	now: number;
	/** See verifyChain. */
	rootMaySign?: boolean;
}

/**
 * Verifies form, `typ`, ES256 signature, chain, `exp`, `nbf` and `iat`.
 * Throws JwsError, ChainError or an error of jose.
 */
export async function verifySigned(
	jws: string,
	expected: Expected,
): Promise<Signed> {
	if (jws.length > JWS_LEN_MAX) throw new JwsError("too long");
	const header = decodeProtectedHeader(jws) as Record<string, unknown>;
	if (header.typ !== expected.typ)
		throw new JwsError(`typ is ${String(header.typ)}`);
	if (header.alg !== "ES256") throw new JwsError("alg is not ES256");
	const leaf = await verifyChain(
		header.x5c,
		expected.roots,
		new Date(expected.now * 1000),
		expected.rootMaySign,
	);
	const verified = await compactVerify(jws, leaf.key, {
		algorithms: ["ES256"],
	});
	const payload: unknown = JSON.parse(
		new TextDecoder("utf-8", { fatal: true }).decode(verified.payload),
	);
	if (!isRecord(payload)) throw new JwsError("payload is not an object");
	checkTimes(payload, expected.now);
	return { header, payload, leaf };
}

/** Throws JwsError when `exp`, `nbf` or `iat` does not allow use at `now`. */
export function checkTimes(
	payload: Record<string, unknown>,
	now: number,
): void {
	const { exp, nbf, iat } = payload;
	for (const time of [exp, nbf, iat])
		if (time !== undefined && typeof time !== "number")
			throw new JwsError("a time is not a number");
	if (typeof exp === "number" && exp + SKEW_S <= now)
		throw new JwsError("expired");
	if (typeof nbf === "number" && nbf - SKEW_S > now)
		throw new JwsError("not yet valid");
	if (typeof iat === "number" && iat - SKEW_S > now)
		throw new JwsError("issued in the future");
}
