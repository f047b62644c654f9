// What the protocol libraries ask of the device: keys, hashes, randomness and
// the network.

import {
	type CallbackContext,
	clientAuthenticationNone,
	HashAlgorithm,
	type Jwk,
	type JwtSigner,
	setGlobalConfig,
} from "@openid4vc/oauth2";
import { CompactEncrypt, importJWK, type JWK, SignJWT } from "jose";
import { config } from "zod";
import { randomBytes, sha256 } from "./bytes.ts";
import { Problem } from "./problem.ts";
import { thumbprint } from "./sdjwt.ts";

const ANSWER_WITHIN_MS = 30000;

/** A key pair of ours.  The private key cannot be exported. */
export interface HeldKey {
	/** RFC 7638 thumbprint, base64url. */
	id: string;
	publicJwk: JWK;
	privateKey: CryptoKey;
}

export async function newKey(): Promise<HeldKey> {
	const pair = await crypto.subtle.generateKey(
		{ name: "ECDSA", namedCurve: "P-256" },
		false,
		["sign", "verify"],
	);
	const { kty, crv, x, y } = await crypto.subtle.exportKey(
		"jwk",
		pair.publicKey,
	);
	const publicJwk: JWK = { kty, crv, x, y };
	return {
		id: await thumbprint(publicJwk),
		publicJwk,
		privateKey: pair.privateKey,
	};
}

export const signerOf = (
	key: HeldKey,
): { method: "jwk"; alg: string; publicJwk: Jwk } => ({
	method: "jwk",
	alg: "ES256",
	publicJwk: key.publicJwk as Jwk,
});

/**
 * A fetch that sends no cookies and no referrer, follows no redirect (a
 * protocol endpoint has none) and gives up in time.
 */
export function protocolFetch(base: typeof fetch): typeof fetch {
	return async (input, init) => {
		try {
			return await base(input, {
				...init,
				credentials: "omit",
				redirect: "error",
				referrerPolicy: "no-referrer",
				cache: "no-store",
				signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
			});
		} catch (error) {
			throw new Problem("offline", String(input).split("?")[0], {
				cause: error,
			});
		}
	};
}

export const isLocal = (url: URL): boolean =>
	["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);

/**
 * Sets the libraries up, once: https, or a demo on this very machine; and no
 * code made at run time, which the page's Content-Security-Policy forbids.
 */
export function setUp(base: URL): void {
	config({ jitless: true });
	setGlobalConfig({
		allowInsecureUrls: base.protocol === "http:" && isLocal(base),
	});
}

function sign(keys: HeldKey[]): CallbackContext["signJwt"] {
	return async (signer: JwtSigner, { header, payload }) => {
		if (signer.method !== "jwk") throw new Error("signer without a key");
		const id = await thumbprint(signer.publicJwk as JWK);
		const key = keys.find((k) => k.id === id);
		if (!key) throw new Problem("storage_failed", "a key is missing");
		const jwt = await new SignJWT(payload)
			.setProtectedHeader({ ...header, alg: "ES256" })
			.sign(key.privateKey);
		return { jwt, signerJwk: signer.publicJwk };
	};
}

const encrypt: CallbackContext["encryptJwe"] = async (encryptor, data) => {
	if (encryptor.method !== "jwk") throw new Error("encryptor without a key");
	const { publicJwk, alg, enc } = encryptor;
	// OpenID4VP 1.0 asks for neither apu nor apv, so we send none: one thing
	// less that two sides can read differently.
	const jwe = new CompactEncrypt(
		new TextEncoder().encode(data),
	).setProtectedHeader({
		alg,
		enc,
		...(publicJwk.kid ? { kid: publicJwk.kid } : {}),
	});
	const key = await importJWK(publicJwk as JWK, alg);
	return { encryptionJwk: publicJwk, jwe: await jwe.encrypt(key) };
};

export interface Platform {
	fetch: typeof fetch;
	/** Seconds UTC. */
	now: () => number;
	keys: HeldKey[];
	/** Ours at this issuer: a public client. */
	clientId: string;
	/** Verifies what comes with an x5c; see request.ts. */
	verifyJwt?: CallbackContext["verifyJwt"];
}

export function callbacks(platform: Platform): CallbackContext {
	return {
		fetch: platform.fetch as CallbackContext["fetch"],
		hash: async (data, alg) => {
			if (alg !== HashAlgorithm.Sha256) throw new Error(`hash ${alg}`);
			return sha256(data);
		},
		generateRandom: randomBytes,
		signJwt: sign(platform.keys),
		encryptJwe: encrypt,
		decryptJwe: () => ({ decrypted: false }),
		verifyJwt: platform.verifyJwt ?? (() => ({ verified: false })),
		clientAuthentication: clientAuthenticationNone({
			clientId: platform.clientId,
		}),
	};
}
