// What a desk keeps of the city to check cards without a network: its trust
// list, and status lists that were looked at.  Each is verified anew whenever
// it is used, and none is believed past its own time.

import { protocolFetch } from "../wallet/protocol/platform.ts";
import type { StatusReference } from "../wallet/protocol/credential.ts";
import { readStatus, type Standing } from "../wallet/protocol/status.ts";
import {
	issuerRoots,
	type TrustList,
	verifyTrustList,
} from "../wallet/protocol/trust.ts";
import { nowSeconds } from "../lib/clock.ts";
import { decodeProtectedHeader } from "jose";

const TRUST = "yufu-check-trust";
const STATUS = "yufu-check-status ";
const CITY = new URL("..", location.href).href;
const fetcher = protocolFetch((input, init) => fetch(input, init));

export interface Lists {
	roots: string[];
	/** Leaves of document signers, base64 DER. */
	signers: string[];
	/** Seconds UTC. */
	madeAt: number;
}

async function fetchText(address: string): Promise<string | null> {
	try {
		const reply = await fetcher(address);
		return reply.ok ? (await reply.text()).trim() : null;
	} catch {
		return null;
	}
}

function kept(): TrustList | undefined {
	try {
		return JSON.parse(localStorage.getItem(TRUST) ?? "") as TrustList;
	} catch {
		return undefined;
	}
}

/**
 * The list of the city; pinned at first use, as the wallet does.  Null when
 * there is none yet, or none that still holds.
 */
export async function loadLists(): Promise<Lists | null> {
	const pinned = kept();
	const jws = (await fetchText(`${CITY}trust`)) ?? pinned?.jws;
	if (!jws) return null;
	try {
		const list = await verifyTrustList(jws, nowSeconds(), pinned);
		localStorage.setItem(TRUST, JSON.stringify(list));
		const [signer] = decodeProtectedHeader(jws).x5c ?? [];
		return {
			roots: issuerRoots(list),
			signers: typeof signer === "string" ? [signer] : [],
			madeAt: list.iat,
		};
	} catch {
		return null;
	}
}

/** What a status list says: a fresh one, else the one kept from before. */
export async function standingOf(
	reference: StatusReference,
	roots: string[],
): Promise<Standing> {
	const name = STATUS + reference.uri;
	// Only the city's own: nobody learns from us that a card was shown.
	if (!reference.uri.startsWith(CITY)) return "unknown";
	const fresh = await fetchText(reference.uri);
	if (fresh) localStorage.setItem(name, fresh);
	const jws = fresh ?? localStorage.getItem(name);
	if (!jws) return "unknown";
	try {
		return await readStatus(jws, reference, roots, nowSeconds());
	} catch {
		return "unknown";
	}
}
