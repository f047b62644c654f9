// X.509 chains as they stand in x5c: the leaf first, each certified by the
// next, the last by a root we were told to trust (RFC 5280 section 6, without
// policies and name constraints: a critical extension we do not know refuses
// the chain).  No revocation of certificates is checked here: leaves are
// short-lived and the trust list, which is, says which roots still count.

import {
	AuthorityKeyIdentifierExtension,
	BasicConstraintsExtension,
	ExtendedKeyUsageExtension,
	KeyUsageFlags,
	KeyUsagesExtension,
	X509Certificate,
	cryptoProvider,
} from "@peculiar/x509";
import { decodeBase64, encodeBase64url } from "./bytes.ts";

const CHAIN_LEN_MAX = 5;
const CERTIFICATE_BYTES_MAX = 8192;
const KNOWN_EXTENSIONS = new Set([
	"2.5.29.14", // subject key identifier
	"2.5.29.15", // key usage
	"2.5.29.17", // subject alternative name
	"2.5.29.19", // basic constraints
	"2.5.29.31", // CRL distribution points
	"2.5.29.32", // certificate policies
	"2.5.29.35", // authority key identifier
	"2.5.29.37", // extended key usage
]);

export class ChainError extends Error {}

/** Extended key usage of who may ask (ISO 18013-5 reader authentication). */
export const READER = "1.0.18013.5.1.6";

export interface Leaf {
	/** DER of the leaf, what x509_hash is taken over. */
	der: Uint8Array<ArrayBuffer>;
	subject: string;
	/** P-256, for verifying. */
	key: CryptoKey;
	/** Authority key identifiers of the chain, base64url (DCQL `aki`). */
	authorityKeyIds: string[];
	/** Extended key usages of the leaf, as OIDs. */
	usages: string[];
}

function parse(text: unknown): X509Certificate {
	if (typeof text !== "string") throw new ChainError("not a certificate");
	try {
		const der = decodeBase64(text);
		if (der.length > CERTIFICATE_BYTES_MAX)
			throw new ChainError("certificate too long");
		return new X509Certificate(der);
	} catch (error) {
		if (error instanceof ChainError) throw error;
		throw new ChainError("not a certificate", { cause: error });
	}
}

function sameBytes(a: ArrayBuffer, b: ArrayBuffer): boolean {
	const x = new Uint8Array(a);
	const y = new Uint8Array(b);
	return x.length === y.length && x.every((byte, i) => byte === y[i]);
}

const same = (a: X509Certificate, b: X509Certificate): boolean =>
	sameBytes(a.rawData, b.rawData);

function checkOne(certificate: X509Certificate, at: Date): void {
	if (at < certificate.notBefore || at > certificate.notAfter)
		throw new ChainError(`outside its validity: ${certificate.subject}`);
	for (const extension of certificate.extensions)
		if (extension.critical && !KNOWN_EXTENSIONS.has(extension.type))
			throw new ChainError(`unknown critical ${extension.type}`);
}

function checkIssuer(certificate: X509Certificate, below: number): void {
	const basic = certificate.getExtension(BasicConstraintsExtension);
	if (!basic?.ca) throw new ChainError(`not a CA: ${certificate.subject}`);
	if (basic.pathLength !== undefined && basic.pathLength < below)
		throw new ChainError(`path too long: ${certificate.subject}`);
	const usage = certificate.getExtension(KeyUsagesExtension);
	if (usage && !(usage.usages & KeyUsageFlags.keyCertSign))
		throw new ChainError(`may not certify: ${certificate.subject}`);
}

async function certifies(
	issuer: X509Certificate,
	certificate: X509Certificate,
): Promise<boolean> {
	if (issuer.subject !== certificate.issuer) return false;
	return certificate.verify(
		{ publicKey: issuer.publicKey, signatureOnly: true },
		crypto,
	);
}

async function findRoot(
	last: X509Certificate,
	roots: X509Certificate[],
): Promise<X509Certificate> {
	for (const root of roots)
		if (same(root, last) || (await certifies(root, last))) return root;
	throw new ChainError(`no trusted root for ${last.issuer}`);
}

async function leafKey(leaf: X509Certificate): Promise<CryptoKey> {
	try {
		return await crypto.subtle.importKey(
			"spki",
			leaf.publicKey.rawData,
			{ name: "ECDSA", namedCurve: "P-256" },
			true,
			["verify"],
		);
	} catch (error) {
		throw new ChainError("leaf key is not P-256", { cause: error });
	}
}

function keyIds(chain: X509Certificate[]): string[] {
	const ids: string[] = [];
	for (const certificate of chain) {
		const extension = certificate.getExtension(
			AuthorityKeyIdentifierExtension,
		);
		const hex = extension?.keyId?.match(/../g) ?? [];
		if (hex.length > 0)
			ids.push(
				encodeBase64url(
					Uint8Array.from(hex, (byte) => parseInt(byte, 16)),
				),
			);
	}
	return ids;
}

/**
 * The leaf of `x5c` when the chain holds at `at` and ends at one of `roots`
 * (base64 DER).  `rootMaySign`: the signer may be a root itself, as for
 * documents of a registrar; a credential's leaf never is (HAIP 1.0: not
 * self-signed).  Throws ChainError.
 */
export async function verifyChain(
	x5c: unknown,
	roots: string[],
	at: Date,
	rootMaySign = false,
): Promise<Leaf> {
	cryptoProvider.set(crypto);
	if (!Array.isArray(x5c) || x5c.length < 1 || x5c.length > CHAIN_LEN_MAX)
		throw new ChainError("x5c is missing or too long");
	const chain = x5c.map(parse);
	for (const certificate of chain) checkOne(certificate, at);
	const root = await climb(chain, roots.map(parse));
	checkOne(root, at);
	const leaf = chain[0] as X509Certificate;
	if (!rootMaySign || !same(leaf, root)) checkLeaf(leaf, root);
	return {
		der: new Uint8Array(leaf.rawData.slice(0)),
		subject: leaf.subject,
		key: await leafKey(leaf),
		usages:
			leaf
				.getExtension(ExtendedKeyUsageExtension)
				?.usages.map(String) ?? [],
		authorityKeyIds: keyIds(chain),
	};
}

/** From the leaf up: each must be a CA that certified the one below. */
async function climb(
	chain: X509Certificate[],
	roots: X509Certificate[],
): Promise<X509Certificate> {
	let below: X509Certificate | undefined;
	let depth = -1;
	for (const certificate of chain) {
		if (below) {
			checkIssuer(certificate, depth);
			if (!(await certifies(certificate, below)))
				throw new ChainError(`not certified by the next: ${depth}`);
		}
		below = certificate;
		depth++;
	}
	if (!below) throw new ChainError("the chain is empty");
	const root = await findRoot(below, roots);
	if (!same(root, below)) checkIssuer(root, depth);
	return root;
}

function checkLeaf(leaf: X509Certificate, root: X509Certificate): void {
	if (same(leaf, root) || leaf.subject === leaf.issuer)
		throw new ChainError("the leaf is self-signed");
	if (leaf.getExtension(BasicConstraintsExtension)?.ca)
		throw new ChainError("the leaf is a CA");
	const usage = leaf.getExtension(KeyUsagesExtension);
	if (usage && !(usage.usages & KeyUsageFlags.digitalSignature))
		throw new ChainError("the leaf may not sign");
}
