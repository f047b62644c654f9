// A credential as it comes from an issuer: verified before it is kept.

import { SDJwtInstance } from "@sd-jwt/core";
import type { JWK } from "jose";
import { decodeBase64url, isRecord } from "./bytes.ts";
import { verifySigned } from "./jws.ts";
import { asProblem } from "./problem.ts";
import { type Claims, decode, hasher, thumbprint } from "./sdjwt.ts";

export interface CredentialExpectation {
	/** Roots of issuers, base64 DER. */
	roots: string[];
	vct: string;
	/** The key that we proved and that it must be bound to. */
	holder: JWK;
	credentialIssuer: string;
	/** Seconds UTC. */
	now: number;
}

export interface StatusReference {
	uri: string;
	idx: number;
}

export interface Verified {
	claims: Claims;
	/** Seconds UTC; absent when it does not expire by itself. */
	exp?: number;
	status?: StatusReference;
	issuerSubject: string;
	authorityKeyIds: string[];
}

const CREDENTIAL_LEN_MAX = 1048576;

function statusOf(claims: Claims): StatusReference | undefined {
	if (claims.status === undefined) return undefined;
	const list = isRecord(claims.status) && claims.status.status_list;
	if (
		!isRecord(list) ||
		typeof list.uri !== "string" ||
		!Number.isSafeInteger(list.idx) ||
		(list.idx as number) < 0
	)
		throw new Error("status is not a status list");
	return { uri: list.uri, idx: list.idx as number };
}

async function checkHolder(claims: Claims, holder: JWK): Promise<void> {
	const cnf = claims.cnf;
	if (!isRecord(cnf) || !isRecord(cnf.jwk))
		throw new Error("not bound to a key");
	const [bound, own] = await Promise.all([
		thumbprint(cnf.jwk as JWK),
		thumbprint(holder),
	]);
	if (bound !== own) throw new Error("bound to another key");
}

/**
 * Verifies chain, signature, times, disclosures, type and key binding of a
 * fresh SD-JWT VC.  Its status is not looked at: see status.ts.
 * Throws Problem credential_untrusted.
 */
export async function verifyCredential(
	compact: string,
	expected: CredentialExpectation,
): Promise<Verified> {
	try {
		return await verify(compact, expected);
	} catch (error) {
		throw asProblem(error, "credential_untrusted");
	}
}

async function verify(
	compact: string,
	expected: CredentialExpectation,
): Promise<Verified> {
	if (compact.length > CREDENTIAL_LEN_MAX) throw new Error("too long");
	if (!compact.endsWith("~")) throw new Error("has a key binding");
	const { leaf, payload } = await verifySigned(
		compact.slice(0, compact.indexOf("~")),
		{
			typ: "dc+sd-jwt",
			roots: expected.roots,
			now: expected.now,
		},
	);
	// Once more by the library that reads the disclosures, so that what it
	// reads is what was signed.
	const library = new SDJwtInstance({
		hasher,
		verifier: (data, signature) =>
			crypto.subtle.verify(
				{ name: "ECDSA", hash: "SHA-256" },
				leaf.key,
				decodeBase64url(signature),
				new TextEncoder().encode(data),
			),
	});
	await library.validate(compact, {
		currentDate: expected.now,
		skewSeconds: 120,
	});
	const { claims } = await decode(compact);
	if (claims.vct !== expected.vct)
		throw new Error(`type is ${String(claims.vct)}`);
	if (claims.iss !== undefined && claims.iss !== expected.credentialIssuer)
		throw new Error(`issuer is ${String(claims.iss)}`);
	await checkHolder(claims, expected.holder);
	return {
		claims,
		exp: typeof payload.exp === "number" ? payload.exp : undefined,
		status: statusOf(claims),
		issuerSubject: leaf.subject,
		authorityKeyIds: leaf.authorityKeyIds,
	};
}
