// Token Status List (draft 20, JWT form): is the credential still valid?
// Three answers: what the list says, or that we could not tell.

import { decodeBase64url, isRecord } from "./bytes.ts";
import type { StatusReference } from "./credential.ts";
import { verifySigned } from "./jws.ts";

export type Standing = "valid" | "suspended" | "revoked" | "unknown";

const LIST_BYTES_MAX = 33554432;

/** Byte number `upTo` of what `bytes` inflates to. */
async function byteAt(
	bytes: Uint8Array<ArrayBuffer>,
	upTo: number,
): Promise<number> {
	// RFC 1950 "zlib", which the web platform calls "deflate".
	const stream = new Blob([bytes])
		.stream()
		.pipeThrough(new DecompressionStream("deflate"));
	const reader = stream.getReader();
	for (let at = 0; ; ) {
		const { done, value } = await reader.read();
		if (done) throw new Error("index beyond the list");
		if (at + value.length > LIST_BYTES_MAX) throw new Error("list too long");
		const found = value[upTo - at];
		if (found !== undefined) {
			await reader.cancel();
			return found;
		}
		at += value.length;
	}
}

/** Value number `idx` of a list: the first stands in the lowest bits. */
export async function statusValue(
	list: Record<string, unknown>,
	idx: number,
): Promise<number> {
	const { bits, lst } = list;
	if (typeof bits !== "number" || ![1, 2, 4, 8].includes(bits))
		throw new Error("bits");
	if (typeof lst !== "string") throw new Error("lst");
	const perByte = 8 / bits;
	const byte = await byteAt(
		decodeBase64url(lst),
		Math.floor(idx / perByte),
	);
	return (byte >> ((idx % perByte) * bits)) & ((1 << bits) - 1);
}

/**
 * What the list token `jws`, fetched from `reference.uri`, says.
 * Throws when the token does not count (signature, times, another list).
 */
export async function readStatus(
	jws: string,
	reference: StatusReference,
	roots: string[],
	now: number,
): Promise<Standing> {
	const { payload } = await verifySigned(jws, {
		typ: "statuslist+jwt",
		roots,
		now,
	});
	if (payload.sub !== reference.uri) throw new Error("another list");
	if (!isRecord(payload.status_list)) throw new Error("no list");
	const value = await statusValue(payload.status_list, reference.idx);
	if (value === 0) return "valid";
	if (value === 1) return "revoked";
	return value === 2 ? "suspended" : "unknown";
}

/** The same with fetching; "unknown" when it cannot be had or counts not. */
export async function checkStatus(
	reference: StatusReference,
	roots: string[],
	now: number,
	fetcher: typeof fetch,
): Promise<Standing> {
	try {
		const response = await fetcher(reference.uri, {
			headers: { Accept: "application/statuslist+jwt" },
		});
		if (!response.ok) return "unknown";
		return await readStatus(await response.text(), reference, roots, now);
	} catch {
		return "unknown";
	}
}
