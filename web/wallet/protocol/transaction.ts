// transaction_data (OpenID4VP 1.0 section 8.4): what the person agrees to
// beside what is shown. The key binding signs a hash of it.

import { decodeBase64url, isRecord, sha256Base64url } from "./bytes.ts";
import { Problem } from "./problem.ts";

/** The one type we know: a text that the person reads. */
const PURPOSE = "urn:yufu:transaction:purpose";
const COUNT_MAX = 8;
const TEXT_LEN_MAX = 300;

export interface Transaction {
	/** As received: what is hashed. */
	encoded: string;
	text: string;
	/** Any of these credentials will do. */
	credentialIds: string[];
}

const wrong = (what: string) =>
	new Problem("request_invalid", `transaction_data: ${what}`);

function readObject(encoded: string): Record<string, unknown> {
	let value: unknown;
	try {
		value = JSON.parse(new TextDecoder().decode(decodeBase64url(encoded)));
	} catch {
		throw wrong("not readable");
	}
	if (!isRecord(value)) throw wrong("no object");
	return value;
}

function parseOne(encoded: unknown, queryIds: string[]): Transaction {
	if (typeof encoded !== "string") throw wrong("no text");
	const { type, text, credential_ids, transaction_data_hashes_alg } =
		readObject(encoded);
	// 8.4: a wallet refuses what it does not recognize.
	if (type !== PURPOSE) throw wrong("unknown type");
	if (typeof text !== "string" || !text.trim() || [...text].length > TEXT_LEN_MAX)
		throw wrong("no text to read");
	if (
		!Array.isArray(credential_ids) ||
		credential_ids.length === 0 ||
		!credential_ids.every((id) => queryIds.includes(id as string))
	)
		throw wrong("credential_ids");
	const hashes = transaction_data_hashes_alg ?? ["sha-256"];
	if (!Array.isArray(hashes) || !hashes.includes("sha-256"))
		throw wrong("no hash we have");
	return { encoded, text, credentialIds: credential_ids as string[] };
}

/** Throws Problem request_invalid; no transactions where there are none. */
export function parseTransactions(
	value: unknown,
	queryIds: string[],
): Transaction[] {
	if (value === undefined) return [];
	if (!Array.isArray(value) || value.length === 0 || value.length > COUNT_MAX)
		throw wrong("no list");
	return value.map((item) => parseOne(item, queryIds));
}

/** What the key binding of the answer to `queryId` says of them. */
export async function transactionHashes(
	transactions: Transaction[],
	queryId: string,
): Promise<{ transaction_data_hashes?: string[] }> {
	const own = transactions.filter((t) => t.credentialIds.includes(queryId));
	if (own.length === 0) return {};
	const encoder = new TextEncoder();
	return {
		transaction_data_hashes: await Promise.all(
			own.map((t) => sha256Base64url(encoder.encode(t.encoded))),
		),
	};
}
