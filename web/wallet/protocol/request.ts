// A verifier's request (OpenID4VP 1.0 section 5 with HAIP 1.0): fetched,
// verified against the trust list and its registration, ready to be shown.

import { Openid4vpClient } from "@openid4vc/openid4vp";
import type { CallbackContext } from "@openid4vc/oauth2";
import { DcqlQuery } from "dcql";
import { compactVerify, type JWK } from "jose";
import { encodeBase64url, isRecord, randomBytes } from "./bytes.ts";
import { ChainError, verifyChain } from "./certificate.ts";
import { checkTimes, JwsError } from "./jws.ts";
import type { Link } from "./link.ts";
import { callbacks, isLocal, type Platform } from "./platform.ts";
import { asProblem, Problem } from "./problem.ts";
import {
	overAsked,
	readRegistration,
	type Registration,
} from "./registration.ts";
import type { ClaimPath } from "./sdjwt.ts";
import { parseTransactions, type Transaction } from "./transaction.ts";
import { registrarRoots, type TrustList } from "./trust.ts";

const SELF_ISSUED = "https://self-issued.me/v2";
const REQUEST_LEN_MAX = 262144;
const ENC_VALUES = ["A256GCM", "A128GCM"];

export interface VerifiedRequest {
	clientId: string;
	nonce: string;
	state?: string;
	responseUri: string;
	query: DcqlQuery.Output;
	registration: Registration;
	/** What the person agrees to beside it. */
	transactions: Transaction[];
	/** The key that the answer is encrypted to. */
	encryptionKey: JWK;
	/** What the library verified; it makes the answer from it. */
	payload: Record<string, unknown>;
	/** Seconds UTC, where the request says so. */
	exp?: number;
}

/** A request that must not be answered, yet whose sender is known. */
export class OverAsking extends Problem {
	constructor(
		readonly registration: Registration,
		readonly paths: ClaimPath[],
	) {
		super("over_asked", paths.map((p) => p.join(".")).join(", "));
	}
}

type RequestLink = Extract<Link, { kind: "request" }>;

function checkUri(text: unknown, what: string): string {
	if (typeof text !== "string") throw new Problem("request_invalid", what);
	const url = new URL(text);
	if (url.protocol !== "https:" && !isLocal(url))
		throw new Problem("request_invalid", `${what} is not https`);
	if (url.hash) throw new Problem("request_invalid", `${what} fragment`);
	return text;
}

/** Fetches the request object; once, since it may count as read then. */
export async function fetchRequest(
	platform: Platform,
	link: RequestLink,
): Promise<{ jwt: string; walletNonce?: string }> {
	const uri = checkUri(link.requestUri, "request_uri");
	const walletNonce = link.post
		? encodeBase64url(randomBytes(24))
		: undefined;
	const headers: Record<string, string> = {
		Accept: "application/oauth-authz-req+jwt",
	};
	const init: RequestInit = { headers };
	if (walletNonce) {
		init.method = "POST";
		headers["Content-Type"] = "application/x-www-form-urlencoded";
		init.body = new URLSearchParams({
			wallet_nonce: walletNonce,
			wallet_metadata: JSON.stringify(WALLET_METADATA),
		}).toString();
	}
	const response = await platform.fetch(uri, init);
	if (response.status === 404 || response.status === 410)
		throw new Problem("request_gone", `status ${response.status}`);
	if (!response.ok)
		throw new Problem("server_failed", `status ${response.status}`);
	const jwt = (await response.text()).trim();
	if (jwt.length > REQUEST_LEN_MAX)
		throw new Problem("request_invalid", "too long");
	return { jwt, walletNonce };
}

const WALLET_METADATA = {
	vp_formats_supported: {
		"dc+sd-jwt": {
			"sd-jwt_alg_values": ["ES256"],
			"kb-jwt_alg_values": ["ES256"],
		},
	},
	client_id_prefixes_supported: ["x509_hash"],
	request_object_signing_alg_values_supported: ["ES256"],
	response_types_supported: ["vp_token"],
	response_modes_supported: ["direct_post.jwt"],
};

function verifier(
	trust: TrustList,
	now: number,
): CallbackContext["verifyJwt"] {
	return async (signer, { header, compact }) => {
		if (signer.method !== "x5c" || header.alg !== "ES256")
			throw new Problem("request_invalid", "not ES256 with x5c");
		const leaf = await verifyChain(
			signer.x5c,
			registrarRoots(trust),
			new Date(now * 1000),
		).catch((error: unknown) => {
			if (!(error instanceof ChainError)) throw error;
			throw new Problem("requester_untrusted", error.message);
		});
		await compactVerify(compact, leaf.key, { algorithms: ["ES256"] });
		const { kty, crv, x, y } = await crypto.subtle.exportKey(
			"jwk",
			leaf.key,
		);
		return {
			verified: true,
			signerJwk: { kty: String(kty), crv, x, y },
		};
	};
}

function encryptionKey(metadata: unknown): JWK {
	const jwks = isRecord(metadata) ? metadata.jwks : undefined;
	const keys = isRecord(jwks) && Array.isArray(jwks.keys) ? jwks.keys : [];
	const key = keys.find(
		(k) =>
			isRecord(k) &&
			k.kty === "EC" &&
			k.crv === "P-256" &&
			(k.alg === undefined || k.alg === "ECDH-ES") &&
			k.use !== "sig",
	) as JWK | undefined;
	if (!key) throw new Problem("request_invalid", "no encryption key");
	if (!key.kid) throw new Problem("request_invalid", "key without kid");
	return key;
}

function checkMetadata(metadata: unknown): void {
	const m = isRecord(metadata) ? metadata : {};
	const encs = m.encrypted_response_enc_values_supported ?? ["A128GCM"];
	if (!Array.isArray(encs) || !encs.some((e) => ENC_VALUES.includes(e)))
		throw new Problem("request_invalid", "no encryption we have");
}

function checkPayload(p: Record<string, unknown>, now: number): void {
	const wrong = (what: string) => new Problem("request_invalid", what);
	// OpenID4VP 5.8: static discovery.
	if (p.aud !== SELF_ISSUED) throw wrong("aud");
	if (p.response_type !== "vp_token") throw wrong("response_type");
	if (p.response_mode !== "direct_post.jwt") throw wrong("response_mode");
	// 8.2: "If the redirect_uri [...] parameter is present when the Response
	// Mode is direct_post, the Wallet MUST return an invalid_request".
	if (p.redirect_uri !== undefined) throw wrong("redirect_uri");
	if (typeof p.nonce !== "string" || !/^[\w.~-]{22,512}$/.test(p.nonce))
		throw wrong("nonce");
	if (p.state !== undefined && typeof p.state !== "string")
		throw wrong("state");
	if (p.scope !== undefined) throw wrong("scope");
	try {
		checkTimes(p, now);
	} catch (error) {
		if (error instanceof JwsError && error.message === "expired")
			throw new Problem("request_expired");
		throw asProblem(error, "request_invalid");
	}
}

function parseQuery(value: unknown): DcqlQuery.Output {
	try {
		const query = DcqlQuery.parse(value as DcqlQuery.Input);
		DcqlQuery.validate(query);
		return query;
	} catch (error) {
		throw new Problem("request_invalid", "dcql_query", { cause: error });
	}
}

async function resolve(
	platform: Platform,
	link: RequestLink,
	jwt: string,
	trust: TrustList,
): Promise<Record<string, unknown>> {
	const verifyJwt = verifier(trust, platform.now());
	const client = new Openid4vpClient({
		callbacks: {
			...callbacks({ ...platform, verifyJwt }),
			// The library asks for it with every x509 prefix; only
			// x509_san_* use what it gives.
			getX509CertificateMetadata: () => ({
				sanDnsNames: [],
				sanUriNames: [],
			}),
		},
	});
	const resolved = await client.resolveOpenId4vpAuthorizationRequest({
		authorizationRequestPayload: {
			client_id: link.clientId,
			request: jwt,
		},
	});
	if (resolved.client.prefix !== "x509_hash" || !resolved.jar)
		throw new Problem("request_invalid", "client_id is not x509_hash");
	if (resolved.jar.jwt.header.typ !== "oauth-authz-req+jwt")
		throw new Problem("request_invalid", "typ");
	return resolved.jar.jwt.payload;
}

/**
 * Verifies the request object `jwt` that `link` led to.  Throws Problem
 * request_invalid, request_expired, requester_untrusted,
 * requester_unregistered, or OverAsking.
 */
export async function verifyRequest(
	platform: Platform,
	link: RequestLink,
	fetched: { jwt: string; walletNonce?: string },
	trust: TrustList,
): Promise<VerifiedRequest> {
	const now = platform.now();
	let payload: Record<string, unknown>;
	try {
		payload = await resolve(platform, link, fetched.jwt, trust);
	} catch (error) {
		if (error instanceof Error && /'exp' is in the past/.test(error.message))
			throw new Problem("request_expired");
		throw asProblem(error, "request_invalid");
	}
	checkPayload(payload, now);
	if (payload.wallet_nonce !== fetched.walletNonce)
		throw new Problem("request_invalid", "wallet_nonce");
	checkMetadata(payload.client_metadata);
	const query = parseQuery(payload.dcql_query);
	const registration = await readRegistration(
		payload.verifier_info,
		link.clientId,
		trust.registrars,
		now,
	);
	const extra = overAsked(query.credentials as never, registration);
	if (extra.length > 0) throw new OverAsking(registration, extra);
	return {
		clientId: link.clientId,
		nonce: payload.nonce as string,
		state: payload.state as string | undefined,
		responseUri: checkUri(payload.response_uri, "response_uri"),
		query,
		registration,
		transactions: parseTransactions(
			payload.transaction_data,
			query.credentials
				.filter((c) => c.format === "dc+sd-jwt")
				.map((c) => c.id),
		),
		encryptionKey: encryptionKey(payload.client_metadata),
		payload,
		exp: typeof payload.exp === "number" ? payload.exp : undefined,
	};
}
