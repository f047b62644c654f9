// Tally (doc/tally.md): a card in a QR code, signed by its device over a
// window of a minute and a purpose.  Made by the wallet and verified by the
// check page, both without a network; the same rules as
// src/credential/tally.h.

import {
	ChainError,
	type Leaf,
	verifyChain,
} from "../wallet/protocol/certificate.ts";
import { encodeBase64url, sha256 } from "../wallet/protocol/bytes.ts";
import type { StatusReference } from "../wallet/protocol/credential.ts";
import type { Standing } from "../wallet/protocol/status.ts";
import { decodeBase45, encodeBase45 } from "./base45.ts";
import {
	array,
	bstr,
	bytesOf,
	concat,
	embed,
	embedded,
	get,
	int,
	intOf,
	type Item,
	map,
	NULL,
	read,
	textOf,
	tstr,
} from "./cbor.ts";

type Bytes = Uint8Array<ArrayBuffer>;

export const PREFIX = "YF1:";
export const WINDOW_S = 60;
export const REFRESH_S = 30;
export const SKEW_S = 30;
export const DOC_TYPE = "urn:yufu:id:tally:1";
const TEXT_MAX = 4296;
const BYTES_MAX = 16384;
const SIGNER_LEN = 8;
const DOCUMENT_SIGNER = "1.0.18013.5.1.2";
const ES256 = { name: "ECDSA", hash: "SHA-256" };
const PURPOSE = /^[a-z0-9_-]{1,32}$/;

const transcript = (window: number, purpose: string): Bytes =>
	array(
		NULL,
		NULL,
		array(tstr("yufu-tally-1"), int(window), tstr(purpose)),
	);

/** What a COSE_Sign1 is over. */
const toBeSigned = (protectedBytes: Bytes, payload: Bytes): Bytes =>
	array(
		tstr("Signature1"),
		bstr(protectedBytes),
		bstr(new Uint8Array(0)),
		bstr(payload),
	);

const deviceAuthentication = (
	window: number,
	purpose: string,
	docType: Bytes,
	nameSpaces: Bytes,
): Bytes =>
	embed(
		array(
			tstr("DeviceAuthentication"),
			transcript(window, purpose),
			docType,
			nameSpaces,
		),
	);

async function pipe(
	bytes: Bytes,
	through: CompressionStream | DecompressionStream,
	max: number,
): Promise<Bytes> {
	const reader = new Blob([bytes]).stream().pipeThrough(through).getReader();
	let out: Bytes = new Uint8Array(0);
	for (;;) {
		const { done, value } = await reader.read();
		if (done) return out;
		out = concat(out, value as Bytes);
		if (out.length > max) {
			await reader.cancel();
			throw new Error("too long");
		}
	}
}

/** The elements of an mdoc, each with its name space and its own bytes. */
function itemsOf(issuerSigned: Item): { space: string; item: Item; raw: Bytes }[] {
	return (get(issuerSigned, "nameSpaces")?.entries ?? []).flatMap(
		([space, items]) =>
			items.items.map((outer) => ({
				space: textOf(space),
				item: read(embedded(outer)),
				raw: outer.raw,
			})),
	);
}

const nameOf = (item: Item): string => textOf(get(item, "elementIdentifier"));

// --- making ---

export interface Showing {
	/** IssuerSigned as it was issued. */
	issuerSigned: Bytes;
	elements: string[];
	key: CryptoKey;
	/** Seconds UTC: the window begins here. */
	now: number;
	purpose: string;
}

function chosen(issuerSigned: Item, wanted: string[]): Bytes {
	const spaces = new Map<string, Bytes[]>();
	for (const { space, item, raw } of itemsOf(issuerSigned))
		if (wanted.includes(nameOf(item)))
			spaces.set(space, [...(spaces.get(space) ?? []), raw]);
	if (spaces.size === 0) throw new Error("none of the elements is there");
	return map(
		...[...spaces].map(
			([space, raws]): [Bytes, Bytes] => [tstr(space), array(...raws)],
		),
	);
}

function leafOf(auth: Item | undefined): Bytes {
	const chain = get(auth?.items[1], 33);
	return bytesOf(chain?.major === 4 ? chain.items[0] : chain);
}

/** The text for the QR code (alphanumeric). */
export async function makeTally(showing: Showing): Promise<string> {
	const { now, purpose } = showing;
	const source = read(showing.issuerSigned);
	const auth = get(source, "issuerAuth");
	const [head, , payload, signature] = auth?.items ?? [];
	if (!head || !payload || !signature) throw new Error("not IssuerSigned");
	const docType = tstr(textOf(get(read(embedded(read(bytesOf(payload)))), "docType")));
	const protectedBytes = map([int(1), int(-7)]);
	const nameSpaces = embed(map());
	const signed = await crypto.subtle.sign(
		ES256,
		showing.key,
		toBeSigned(
			protectedBytes,
			deviceAuthentication(now, purpose, docType, nameSpaces),
		),
	);
	const device = array(
		bstr(protectedBytes), map(), NULL, bstr(new Uint8Array(signed)),
	);
	const document = map(
		[tstr("docType"), docType],
		[tstr("deviceSigned"), map(
			[tstr("deviceAuth"), map([tstr("deviceSignature"), device])],
			[tstr("nameSpaces"), nameSpaces],
		)],
		[tstr("issuerSigned"), map(
			[tstr("issuerAuth"), array(head.raw, map(), payload.raw, signature.raw)],
			[tstr("nameSpaces"), chosen(source, showing.elements)],
		)],
	);
	const signer = (await sha256(leafOf(auth))).slice(0, SIGNER_LEN);
	const tally = array(
		int(1), int(now), tstr(purpose), bstr(signer),
		map(
			[tstr("status"), int(0)],
			[tstr("version"), tstr("1.0")],
			[tstr("documents"), array(document)],
		),
	);
	const packed = await pipe(tally, new CompressionStream("deflate"), BYTES_MAX);
	const text = PREFIX + encodeBase45(packed);
	if (text.length > TEXT_MAX) throw new Error("too long for a QR code");
	return text;
}

/** The certificate that signed it, base64 DER: what a verifier looks up. */
export function signerOf(issuerSigned: Bytes): string {
	return toBase64(leafOf(get(read(issuerSigned), "issuerAuth")));
}

// --- verifying ---

export type Reason =
	| "syntax" | "unsupported" | "audience" | "not_yet" | "expired" | "signer"
	| "untrusted" | "algorithm" | "signature" | "digest" | "holder" | "missing"
	| "not_asked" | "revoked" | "suspended" | "unreachable";

const OPEN: Reason[] = ["signer", "unreachable"];

/** Why it is not accepted; undetermined when something was not at hand. */
export class Refusal extends Error {
	constructor(readonly reason: Reason, detail?: string) {
		super(detail ? `${reason}: ${detail}` : reason);
	}
	get undetermined(): boolean {
		return OPEN.includes(this.reason);
	}
}

export interface Rule {
	/** Base64 DER. */
	roots: string[];
	/** Leaves of document signers at hand, base64 DER. */
	signers: string[];
	/** Seconds UTC. */
	now: number;
	skew?: number;
	/** Accepted ones; all when absent. */
	purposes?: string[];
	docTypes?: string[];
	/** What the lists at hand say. */
	standing: (reference: StatusReference) => Promise<Standing>;
}

export type Value = string | number | boolean | Bytes | null;

export interface Verified {
	purpose: string;
	/** Seconds UTC. */
	window: number;
	docType: string;
	elements: Record<string, Value>;
	/** Of this device key, window and purpose: seen again, it is a copy. */
	id: string;
}

interface Wire {
	window: number;
	purpose: string;
	signer: Bytes;
	response: Item;
}

const toBase64 = (bytes: Bytes): string =>
	btoa(String.fromCharCode(...bytes));

async function readWire(text: string): Promise<Wire> {
	if (!text.startsWith(PREFIX) || text.length > TEXT_MAX)
		throw new Refusal("syntax", "not a tally");
	const packed = decodeBase45(text.slice(PREFIX.length));
	const tally = read(
		await pipe(packed, new DecompressionStream("deflate"), BYTES_MAX),
	);
	const [version, window, purpose, signer, response] = tally.items;
	if (intOf(version) !== 1) throw new Refusal("unsupported", "version");
	if (tally.items.length !== 5 || window?.major !== 0 || !response)
		throw new Refusal("syntax", "members");
	const wire = {
		window: window.value,
		purpose: textOf(purpose),
		signer: bytesOf(signer),
		response,
	};
	if (!PURPOSE.test(wire.purpose) || ![0, SIGNER_LEN].includes(wire.signer.length))
		throw new Refusal("syntax", "members");
	return wire;
}

function checkWindow(wire: Wire, rule: Rule): void {
	const skew = rule.skew ?? SKEW_S;
	if (rule.purposes && !rule.purposes.includes(wire.purpose))
		throw new Refusal("audience", wire.purpose);
	if (rule.now < wire.window - skew) throw new Refusal("not_yet");
	if (rule.now >= wire.window + WINDOW_S + skew) throw new Refusal("expired");
}

async function chainOf(wire: Wire, auth: Item, rule: Rule): Promise<string[]> {
	if (wire.signer.length === 0) {
		const chain = get(auth.items[1], 33);
		const certs = chain?.major === 4 ? chain.items : [chain];
		return certs.map((cert) => toBase64(bytesOf(cert)));
	}
	for (const der of rule.signers) {
		const bytes = Uint8Array.from(atob(der), (c) => c.charCodeAt(0));
		const hash = await sha256(bytes);
		if (wire.signer.every((byte, i) => byte === hash[i])) return [der];
	}
	throw new Refusal("signer");
}

async function issuerLeaf(chain: string[], rule: Rule): Promise<Leaf> {
	try {
		const leaf = await verifyChain(chain, rule.roots, new Date(rule.now * 1000));
		if (!leaf.usages.includes(DOCUMENT_SIGNER))
			throw new ChainError("not a document signer");
		return leaf;
	} catch (error) {
		throw new Refusal("untrusted", String(error));
	}
}

/** Verifies a COSE_Sign1 over `payload`; false when it is another's. */
async function signedBy(key: CryptoKey, sign1: Item, payload: Bytes): Promise<boolean> {
	const [head, , , signature] = sign1.items;
	const protectedBytes = bytesOf(head);
	if (![-7, -9].includes(intOf(get(read(protectedBytes), 1))))
		throw new Refusal("algorithm");
	return crypto.subtle.verify(
		ES256, key, bytesOf(signature), toBeSigned(protectedBytes, payload),
	);
}

function timeOf(item: Item | undefined): number {
	const text = item?.major === 6 && item.value === 0 ? textOf(item.items[0]) : "";
	if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text))
		throw new Refusal("syntax", "a time");
	return Date.parse(text) / 1000;
}

function checkValidity(mso: Item, rule: Rule): void {
	const validity = get(mso, "validityInfo");
	if (rule.now + SKEW_S < timeOf(get(validity, "validFrom")))
		throw new Refusal("not_yet");
	if (rule.now - SKEW_S > timeOf(get(validity, "validUntil")))
		throw new Refusal("expired");
}

async function checkDigests(issuerSigned: Item, mso: Item): Promise<void> {
	if (textOf(get(mso, "digestAlgorithm")) !== "SHA-256")
		throw new Refusal("algorithm");
	for (const { space, item, raw } of itemsOf(issuerSigned)) {
		const digests = get(get(mso, "valueDigests"), space);
		const wanted = bytesOf(get(digests, intOf(get(item, "digestID"))));
		const found = await sha256(raw);
		if (wanted.length !== 32 || !wanted.every((b, i) => b === found[i]))
			throw new Refusal("digest", nameOf(item));
	}
}

async function deviceKey(mso: Item): Promise<{ key: CryptoKey; point: Bytes }> {
	const cose = get(get(mso, "deviceKeyInfo"), "deviceKey");
	if (intOf(get(cose, 1)) !== 2 || intOf(get(cose, -1)) !== 1)
		throw new Refusal("syntax", "device key");
	const point = concat(bytesOf(get(cose, -2)), bytesOf(get(cose, -3)));
	const key = await crypto.subtle.importKey(
		"raw",
		concat(new Uint8Array([4]), point),
		{ name: "ECDSA", namedCurve: "P-256" },
		false,
		["verify"],
	);
	return { key, point };
}

async function checkDevice(document: Item, mso: Item, wire: Wire): Promise<Bytes> {
	const device = get(document, "deviceSigned");
	const nameSpaces = get(device, "nameSpaces");
	const signature = get(get(device, "deviceAuth"), "deviceSignature");
	const docType = get(document, "docType");
	if (!nameSpaces || !signature || !docType) throw new Refusal("holder");
	// What the device says itself is not read, so it may say nothing.
	if (read(embedded(nameSpaces)).entries.length > 0)
		throw new Refusal("holder", "device elements");
	const { key, point } = await deviceKey(mso);
	const payload = deviceAuthentication(
		wire.window, wire.purpose, docType.raw, nameSpaces.raw,
	);
	if (!(await signedBy(key, signature, payload))) throw new Refusal("holder");
	return point;
}

function valueOf(item: Item | undefined): Value {
	if (item?.major === 3) return item.text;
	if (item?.major === 2) return item.bytes;
	if (item?.major === 7 && (item.value === 20 || item.value === 21))
		return item.value === 21;
	const number = intOf(item);
	if (!Number.isNaN(number)) return number;
	return item?.major === 6 ? valueOf(item.items[0]) : null;
}

async function checkStatus(mso: Item, rule: Rule): Promise<void> {
	const status = get(mso, "status");
	if (!status) return;
	const list = get(status, "status_list");
	const reference = { uri: textOf(get(list, "uri")), idx: intOf(get(list, "idx")) };
	const standing = await rule.standing(reference);
	if (standing === "revoked" || standing === "suspended")
		throw new Refusal(standing);
	if (standing !== "valid") throw new Refusal("unreachable", reference.uri);
}

async function verify(text: string, rule: Rule): Promise<Verified> {
	const wire = await readWire(text);
	checkWindow(wire, rule);
	const documents = get(wire.response, "documents")?.items ?? [];
	const [document] = documents;
	const issuerSigned = get(document, "issuerSigned");
	const auth = get(issuerSigned, "issuerAuth");
	if (
		textOf(get(wire.response, "version")) !== "1.0" ||
		intOf(get(wire.response, "status")) !== 0 ||
		documents.length !== 1 || !document || !issuerSigned || auth?.items.length !== 4
	)
		throw new Refusal("syntax", "DeviceResponse");
	const leaf = await issuerLeaf(await chainOf(wire, auth, rule), rule);
	const payload = bytesOf(auth.items[2]);
	if (!(await signedBy(leaf.key, auth, payload))) throw new Refusal("signature");
	const mso = read(embedded(read(payload)));
	const docType = textOf(get(mso, "docType"));
	if (docType !== textOf(get(document, "docType"))) throw new Refusal("holder");
	if (rule.docTypes && !rule.docTypes.includes(docType))
		throw new Refusal("not_asked", docType);
	await checkDigests(issuerSigned, mso);
	checkValidity(mso, rule);
	const point = await checkDevice(document, mso, wire);
	const items = itemsOf(issuerSigned);
	if (items.length === 0) throw new Refusal("missing");
	await checkStatus(mso, rule);
	return {
		purpose: wire.purpose,
		window: wire.window,
		docType,
		elements: Object.fromEntries(
			items.map(({ item }) => [nameOf(item), valueOf(get(item, "elementValue"))]),
		),
		id: encodeBase64url(
			await sha256(concat(point, transcript(wire.window, wire.purpose))),
		),
	};
}

/** Throws Refusal, and nothing else. */
export async function verifyTally(text: string, rule: Rule): Promise<Verified> {
	try {
		return await verify(text, rule);
	} catch (error) {
		if (error instanceof Refusal) throw error;
		throw new Refusal("syntax", String(error));
	}
}
