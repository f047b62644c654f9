// SD-JWT (RFC 9901) by the library of its editors, with the checks that the
// library leaves to its caller.

import { SDJwtInstance } from "@sd-jwt/core";
import type { PresentationFrame } from "@sd-jwt/types";
import { calculateJwkThumbprint, type JWK } from "jose";
import { encodeBase64url, isRecord, sha256 } from "./bytes.ts";

export type Claims = Record<string, unknown>;
export type ClaimPath = (string | number | null)[];

export interface Disclosed {
	path: string[];
	value: unknown;
}

// SD-JWT VC section 3.2.2.2: these are never selectively disclosable.
const ALWAYS_VISIBLE = [
	"iss",
	"nbf",
	"exp",
	"cnf",
	"vct",
	"vct#integrity",
	"aka_vcts",
	"status",
];
/** What every presentation carries and no person reads. */
export const MACHINERY = [...ALWAYS_VISIBLE, "iat", "sub", "_sd_alg"];

export async function hasher(
	data: string | ArrayBuffer,
	alg: string,
): Promise<Uint8Array> {
	if (alg.toLowerCase() !== "sha-256") throw new Error(`hash ${alg}`);
	return sha256(typeof data === "string" ? data : new Uint8Array(data));
}

const reader = new SDJwtInstance({ hasher, hashAlg: "sha-256" });

export interface Decoded {
	claims: Claims;
	/** Paths of what can be left out, as the library names them: a.b.0 */
	optional: string[];
}

/**
 * The claims of an SD-JWT without key binding.  Throws when a disclosure is
 * not referenced, is given twice or hides what may not be hidden.
 */
export async function decode(compact: string): Promise<Decoded> {
	if (!compact.endsWith("~")) throw new Error("has a key binding");
	const parts = compact.split("~").slice(1, -1);
	if (new Set(parts).size !== parts.length)
		throw new Error("a disclosure stands twice");
	const decoded = await reader.decode(compact);
	const optional = await reader.presentableKeys(compact);
	// RFC 9901 7.1: "If any Disclosure was not referenced by digest value
	// [...] the SD-JWT MUST be rejected."
	if (optional.length !== (decoded.disclosures ?? []).length)
		throw new Error("a disclosure is not referenced");
	for (const key of optional)
		if (ALWAYS_VISIBLE.some((name) => key.split(".")[0] === name))
			throw new Error(`${key} is selectively disclosable`);
	const claims = await reader.getClaims(compact);
	if (!isRecord(claims)) throw new Error("claims are not an object");
	return { claims, optional };
}

function frameOf(keys: string[]): PresentationFrame<Claims> {
	const frame: Record<string, unknown> = {};
	for (const key of keys) {
		const parents = key.split(".");
		const last = parents.pop() as string;
		let at = frame;
		for (const part of parents) {
			if (!isRecord(at[part])) at[part] = {};
			at = at[part] as Record<string, unknown>;
		}
		at[last] ??= true;
	}
	return frame as PresentationFrame<Claims>;
}

const startsWith = (key: string[], path: ClaimPath): boolean =>
	path.every((part, i) => {
		const name = key[i];
		if (name === undefined) return false;
		return part === null ? /^\d+$/.test(name) : String(part) === name;
	});

/** Whether `key` is needed to show `path`: a parent of it or below it. */
function belongs(key: string, path: ClaimPath): boolean {
	const parts = key.split(".");
	if (parts.length >= path.length) return startsWith(parts, path);
	return startsWith(parts, path.slice(0, parts.length));
}

/** The SD-JWT with only what `paths` need, still without key binding. */
export async function select(
	compact: string,
	paths: ClaimPath[],
): Promise<string> {
	const { optional } = await decode(compact);
	const keys = optional.filter((key) =>
		paths.some((path) => belongs(key, path)),
	);
	return reader.present(compact, frameOf(keys));
}

/** Every leaf of the claims that a person can read, in order. */
export function leaves(claims: Claims, prefix: string[] = []): Disclosed[] {
	return Object.entries(claims).flatMap(([name, value]) => {
		if (prefix.length === 0 && MACHINERY.includes(name)) return [];
		const path = [...prefix, name];
		return isRecord(value) ? leaves(value, path) : [{ path, value }];
	});
}

/** The presentation `selected` bound to this verifier and nonce (KB-JWT). */
export async function bind(
	selected: string,
	key: CryptoKey,
	binding: {
		aud: string;
		nonce: string;
		iat: number;
		transaction_data_hashes?: string[];
	},
): Promise<string> {
	const sign = async (data: string): Promise<string> =>
		encodeBase64url(
			new Uint8Array(
				await crypto.subtle.sign(
					{ name: "ECDSA", hash: "SHA-256" },
					key,
					new TextEncoder().encode(data),
				),
			),
		);
	const holder = new SDJwtInstance({
		hasher,
		hashAlg: "sha-256",
		kbSigner: sign,
		kbSignAlg: "ES256",
	});
	const { optional } = await decode(selected);
	return holder.present(selected, frameOf(optional), {
		kb: { payload: binding },
	});
}

export const thumbprint = (jwk: JWK): Promise<string> =>
	calculateJwkThumbprint(jwk, "sha256");
