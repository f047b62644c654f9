// An independent wallet against a running server: the libraries of the people
// who write the specifications, and none of our code.  It starts a demo city
// of its own (build/yufu, or YUFU); or the environment says where one is:
//
//	YUFU_URL        the server, e.g. http://localhost:8080
//	YUFU_OFFER      openid-credential-offer://… with a transaction code
//	YUFU_TX_CODE    the code
//	YUFU_HOTEL_KEY  API key of a relying party with the policy "hotel"
import { after, before, describe, it } from "node:test";
import assert from "node:assert/strict";
import {
	createHash,
	randomBytes,
	webcrypto,
	X509Certificate,
} from "node:crypto";
import { existsSync } from "node:fs";

globalThis.crypto ??= webcrypto;

const oauth2 = await import("@openid4vc/oauth2");
const { Openid4vciClient } = await import("@openid4vc/openid4vci");
const { Openid4vpClient } = await import("@openid4vc/openid4vp");
const { SDJwtVcInstance } = await import("@sd-jwt/sd-jwt-vc");
const { DcqlQuery } = await import("dcql");
const jose = await import("jose");

oauth2.setGlobalConfig({ allowInsecureUrls: true });

const b64u = (bytes) => Buffer.from(bytes).toString("base64url");
const sha256 = (data) => createHash("sha256").update(data).digest();
const VCT = "urn:yufu:id:1";
const binary = process.env.YUFU ?? "build/yufu";
const skip =
	process.env.YUFU_URL || existsSync(binary)
		? false
		: `SKIPPED interop: ${binary} is not there and YUFU_URL is not set`;
if (skip) console.error(skip);

/** Where the server is, an offer and a relying party's key. */
async function findCity() {
	const { YUFU_URL, YUFU_OFFER, YUFU_TX_CODE, YUFU_HOTEL_KEY } = process.env;
	if (YUFU_URL)
		return {
			base: YUFU_URL.replace(/\/$/, ""),
			offer: YUFU_OFFER,
			txCode: city.txCode,
			apiKey: YUFU_HOTEL_KEY,
			close: () => {},
		};
	const { City } = await import("../api/lib/city.mjs");
	const { enrol, offer } = await import("../api/lib/wallet.mjs");
	const city = await new City().start();
	const made = await offer(city, await enrol(city), { txCode: true });
	return {
		base: city.url,
		offer: made.uri,
		txCode: made.tx_code,
		apiKey: city.party("hotel").api_key,
		// Somebody of the demo who has both.
		offerOf: (type) =>
			offer(city, { number: "DEMO-1002" }, { type, txCode: true }),
		close: () => city.close(),
	};
}

const city = skip ? undefined : await findCity();
const base = city?.base;
const CLIENT_ID = `${base}/wallet/`;

class Holder {
	keys = new Map();

	async key() {
		const { publicKey, privateKey } = await jose.generateKeyPair("ES256", {
			extractable: true,
		});
		const { kty, crv, x, y } = await jose.exportJWK(publicKey);
		const publicJwk = { kty, crv, x, y };
		const id = await jose.calculateJwkThumbprint(publicJwk);
		this.keys.set(id, privateKey);
		return { method: "jwk", alg: "ES256", publicJwk };
	}

	async privateKey(jwk) {
		return this.keys.get(await jose.calculateJwkThumbprint(jwk));
	}

	callbacks() {
		return {
			fetch,
			hash: (data) => sha256(data),
			generateRandom: (n) => randomBytes(n),
			clientAuthentication: oauth2.clientAuthenticationNone({
				clientId: CLIENT_ID,
			}),
			signJwt: async (signer, { header, payload }) => ({
				jwt: await new jose.SignJWT(payload)
					.setProtectedHeader(header)
					.sign(await this.privateKey(signer.publicJwk)),
				signerJwk: signer.publicJwk,
			}),
			verifyJwt: async (signer, { compact }) => {
				const leaf = new X509Certificate(
					Buffer.from(signer.x5c[0], "base64"),
				);
				await jose.compactVerify(compact, leaf.publicKey);
				return {
					verified: true,
					signerJwk: leaf.publicKey.export({ format: "jwk" }),
				};
			},
			encryptJwe: async ({ publicJwk, alg, enc, apv }, data) => {
				const sealer = new jose.CompactEncrypt(
					new TextEncoder().encode(data),
				).setProtectedHeader({ alg, enc, kid: publicJwk.kid });
				if (apv)
					sealer.setKeyManagementParameters({
						apv: new Uint8Array(Buffer.from(apv, "base64url")),
					});
				return {
					encryptionJwk: publicJwk,
					jwe: await sealer.encrypt(
						await jose.importJWK(publicJwk, alg),
					),
				};
			},
			decryptJwe: () => ({ decrypted: false }),
			getX509CertificateMetadata: () => ({
				sanDnsNames: [],
				sanUriNames: [],
			}),
		};
	}
}

/** The roots of /trust, after its own signature was verified. */
async function trust() {
	const answer = await fetch(`${base}/trust`);
	const jws = (await answer.text()).trim();
	const { x5c, typ } = jose.decodeProtectedHeader(jws);
	assert.equal(typ, "trust-list+jwt");
	const leaf = new X509Certificate(Buffer.from(x5c[0], "base64"));
	const { payload } = await jose.compactVerify(jws, leaf.publicKey);
	return JSON.parse(new TextDecoder().decode(payload));
}

/** The leaf's key, once its chain was followed to one of `parties`. */
function leafOf(x5c, parties) {
	const chain = x5c.map((c) => new X509Certificate(Buffer.from(c, "base64")));
	for (let i = 0; i + 1 < chain.length; i++)
		assert.ok(chain[i].verify(chain[i + 1].publicKey), `link ${i}`);
	const last = chain.at(-1);
	const roots = parties.flatMap((p) =>
		p.x5c.map((c) => new X509Certificate(Buffer.from(c, "base64"))),
	);
	assert.ok(
		roots.some((r) => last.checkIssued(r) && last.verify(r.publicKey)),
		"the chain ends at a root of /trust",
	);
	return chain[0];
}

const sdjwt = (issuers, more = {}) =>
	new SDJwtVcInstance({
		hasher: (data) => sha256(data),
		hashAlg: "sha-256",
		verifier: async (data, signature) => {
			const header = JSON.parse(
				Buffer.from(data.split(".")[0], "base64url"),
			);
			const key = leafOf(header.x5c, issuers).publicKey;
			await jose.compactVerify(`${data}.${signature}`, key);
			return true;
		},
		statusListFetcher: async (uri) => {
			const answer = await fetch(uri, {
				headers: { Accept: "application/statuslist+jwt" },
			});
			assert.match(
				answer.headers.get("content-type"),
				/^application\/statuslist\+jwt/,
			);
			return (await answer.text()).trim();
		},
		statusVerifier: async (data, signature) => {
			const header = JSON.parse(
				Buffer.from(data.split(".")[0], "base64url"),
			);
			const key = leafOf(header.x5c, issuers).publicKey;
			await jose.compactVerify(`${data}.${signature}`, key);
			return true;
		},
		...more,
	});

const errorOf = async (promise) => {
	try {
		await promise;
	} catch (error) {
		return (
			error.errorResponse?.error ??
			error.response?.credentialErrorResponseResult?.data?.error ??
			error
		);
	}
	return undefined;
};

const holder = new Holder();
const vci = new Openid4vciClient({ callbacks: holder.callbacks() });
const client = new oauth2.Oauth2Client({ callbacks: holder.callbacks() });
const state = {};

before(async () => {
	if (skip) return;
	state.trust = await trust();
	state.issuer = await vci.resolveIssuerMetadata(base);
	state.dpop = { signer: await holder.key() };
});
after(() => city?.close());

describe("issuing", { skip }, () => {
	it("metadata is that of the final texts", () => {
		const { credentialIssuer, authorizationServers } = state.issuer;
		const [server] = authorizationServers;
		assert.equal(credentialIssuer.credential_issuer, base);
		assert.equal(server.issuer, base);
		assert.deepEqual(server.code_challenge_methods_supported, ["S256"]);
		assert.equal(
			server.authorization_response_iss_parameter_supported,
			true,
		);
		assert.ok(server.dpop_signing_alg_values_supported.includes("ES256"));
		const configuration =
			credentialIssuer.credential_configurations_supported.id;
		assert.equal(configuration.format, "dc+sd-jwt");
		assert.equal(configuration.vct, VCT);
	});

	it("PAR gives an address, and wants PKCE", async () => {
		const { authorizationRequestUrl } =
			await client.createAuthorizationRequestUrl({
				authorizationServerMetadata: state.issuer.authorizationServers[0],
				clientId: CLIENT_ID,
				redirectUri: CLIENT_ID,
				scope: "id",
				state: b64u(randomBytes(16)),
				dpop: state.dpop,
			});
		const page = await fetch(authorizationRequestUrl, {
			redirect: "manual",
		});
		assert.ok(page.status === 200 || page.status === 302, page.status);
		const server = { ...state.issuer.authorizationServers[0] };
		delete server.code_challenge_methods_supported;
		const error = await errorOf(
			client.createAuthorizationRequestUrl({
				authorizationServerMetadata: server,
				clientId: CLIENT_ID,
				redirectUri: CLIENT_ID,
				scope: "id",
				state: b64u(randomBytes(16)),
				dpop: state.dpop,
			}),
		);
		assert.equal(error, "invalid_request");
	});

	it("a wrong transaction code is invalid_grant", async () => {
		const offer = await vci.resolveCredentialOffer(city.offer);
		state.offer = offer;
		const wrong = city.txCode.replace(/\d/g, (d) => (Number(d) + 1) % 10);
		const error = await errorOf(
			vci.retrievePreAuthorizedCodeAccessTokenFromOffer({
				credentialOffer: offer,
				issuerMetadata: state.issuer,
				txCode: wrong,
				dpop: state.dpop,
			}),
		);
		assert.equal(error, "invalid_grant");
	});

	const redeem = () =>
		vci.retrievePreAuthorizedCodeAccessTokenFromOffer({
			credentialOffer: state.offer,
			issuerMetadata: state.issuer,
			txCode: city.txCode,
			dpop: state.dpop,
		});

	it("the right one is a DPoP token", async () => {
		const { accessTokenResponse, dpop } = await redeem();
		assert.equal(accessTokenResponse.token_type.toLowerCase(), "dpop");
		state.token = accessTokenResponse.access_token;
		state.dpopNonce = dpop?.nonce;
	});

	const proof = async (nonce) => {
		const signer = await holder.key();
		const { jwt } = await vci.createCredentialRequestJwtProof({
			issuerMetadata: state.issuer,
			credentialConfigurationId: "id",
			signer,
			nonce,
			clientId: CLIENT_ID,
			issuedAt: new Date(),
		});
		return { jwt, jwk: signer.publicJwk };
	};
	const request = (jwts) =>
		vci.retrieveCredentials({
			issuerMetadata: state.issuer,
			credentialConfigurationId: "id",
			accessToken: state.token,
			dpop: { ...state.dpop, nonce: state.dpopNonce },
			proofs: { jwt: jwts },
		});

	it("a made-up nonce is invalid_nonce", async () => {
		const { jwt } = await proof(b64u(randomBytes(16)));
		assert.equal(await errorOf(request([jwt])), "invalid_nonce");
	});

	it("a batch is bound to its keys, signed and not revoked", async () => {
		const { c_nonce } = await vci.requestNonce({
			issuerMetadata: state.issuer,
		});
		const proofs = await Promise.all([
			proof(c_nonce),
			proof(c_nonce),
			proof(c_nonce),
			proof(c_nonce),
		]);
		const { credentialResponse } = await request(proofs.map((p) => p.jwt));
		const { credentials } = credentialResponse;
		assert.equal(credentials.length, proofs.length);
		state.held = [];
		const reader = sdjwt(state.trust.issuers);
		for (const [i, { credential }] of credentials.entries()) {
			const { payload, header } = await reader.verify(credential);
			assert.equal(header.typ, "dc+sd-jwt");
			assert.equal(payload.vct, VCT);
			assert.equal(
				await jose.calculateJwkThumbprint(payload.cnf.jwk),
				await jose.calculateJwkThumbprint(proofs[i].jwk),
			);
			state.held.push({ credential, jwk: proofs[i].jwk, payload });
		}
		const places = state.held.map((h) => h.payload.status.status_list.idx);
		assert.equal(new Set(places).size, places.length);
	});

	it("a code that comes twice is refused", async () =>
		assert.equal(await errorOf(redeem()), "invalid_grant"));
});

async function api(path, body) {
	const answer = await fetch(`${base}${path}`, {
		method: body ? "POST" : "GET",
		headers: {
			Authorization: `Bearer ${city.apiKey}`,
			...(body ? { "Content-Type": "application/json" } : {}),
		},
		body: body && JSON.stringify(body),
	});
	assert.ok(answer.ok, `${path}: ${answer.status}`);
	return answer.json();
}

async function ask() {
	const created = await api("/check/requests", { policy: "hotel" });
	const vp = new Openid4vpClient({ callbacks: holder.callbacks() });
	const parsed = vp.parseOpenid4vpAuthorizationRequest({
		authorizationRequest: created.uri,
	});
	const resolved = await vp.resolveOpenId4vpAuthorizationRequest({
		authorizationRequestPayload: parsed.params,
	});
	return { created, vp, resolved };
}

function frameOf(paths) {
	const frame = {};
	for (const path of paths) {
		let at = frame;
		for (const part of path.slice(0, -1)) at = at[part] ??= {};
		at[path.at(-1)] = true;
	}
	return frame;
}

async function present(held, resolved, change = {}) {
	const { authorizationRequestPayload: asked, dcql } = resolved;
	const query = DcqlQuery.parse(dcql.query);
	const result = DcqlQuery.query(query, [
		{
			credential_format: "dc+sd-jwt",
			vct: held.payload.vct,
			claims: held.payload,
			cryptographic_holder_binding: true,
		},
	]);
	assert.equal(result.can_be_satisfied, true);
	const [wanted] = query.credentials;
	const signing = await holder.privateKey(held.jwk);
	const wallet = sdjwt(state.trust.issuers, {
		kbSignAlg: "ES256",
		kbSigner: async (data) =>
			b64u(
				new Uint8Array(
					await crypto.subtle.sign(
						{ name: "ECDSA", hash: "SHA-256" },
						signing,
						new TextEncoder().encode(data),
					),
				),
			),
	});
	const presentation = await wallet.present(
		held.credential,
		frameOf(wanted.claims.map((c) => c.path)),
		{
			kb: {
				payload: {
					aud: asked.client_id,
					nonce: asked.nonce,
					iat: Math.floor(Date.now() / 1000),
					...change,
				},
			},
		},
	);
	return { [wanted.id]: [presentation] };
}

async function answer(vp, resolved, vp_token, enc = "A256GCM") {
	const made = await vp.createOpenid4vpAuthorizationResponse({
		authorizationRequestPayload: resolved.authorizationRequestPayload,
		authorizationResponsePayload: { vp_token },
		jarm: {
			encryption: {},
			serverMetadata: {
				authorization_encryption_alg_values_supported: ["ECDH-ES"],
				authorization_encryption_enc_values_supported: [enc],
			},
		},
	});
	const { response } = await vp.submitOpenid4vpAuthorizationResponse({
		authorizationRequestPayload: resolved.authorizationRequestPayload,
		authorizationResponsePayload: made.authorizationResponsePayload,
		jarm: made.jarm,
	});
	return response;
}

const onlyHere = skip || (city.offerOf ? false : "SKIPPED: no demo city");

/** A credential of that configuration, by an offer of its type. */
async function receiveTyped(type, configurationId) {
	const made = await city.offerOf(type);
	const credentialOffer = await vci.resolveCredentialOffer(made.uri);
	assert.ok(
		credentialOffer.credential_configuration_ids.includes(configurationId),
	);
	const dpop = { signer: await holder.key() };
	const { accessTokenResponse, dpop: answered } =
		await vci.retrievePreAuthorizedCodeAccessTokenFromOffer({
			credentialOffer,
			issuerMetadata: state.issuer,
			txCode: made.tx_code,
			dpop,
		});
	const { c_nonce } = await vci.requestNonce({ issuerMetadata: state.issuer });
	const signer = await holder.key();
	const { jwt } = await vci.createCredentialRequestJwtProof({
		issuerMetadata: state.issuer,
		credentialConfigurationId: configurationId,
		signer,
		nonce: c_nonce,
		clientId: CLIENT_ID,
		issuedAt: new Date(),
	});
	const { credentialResponse } = await vci.retrieveCredentials({
		issuerMetadata: state.issuer,
		credentialConfigurationId: configurationId,
		accessToken: accessTokenResponse.access_token,
		dpop: { ...dpop, nonce: answered?.nonce },
		proofs: { jwt: [jwt] },
	});
	return {
		credential: credentialResponse.credentials[0].credential,
		jwk: signer.publicJwk,
	};
}

describe("types", { skip: onlyHere }, () => {
	for (const type of ["residence-permit", "driving-licence"]) {
		it(`${type} as dc+sd-jwt`, async () => {
			const { credential, jwk } = await receiveTyped(type, type);
			const { payload } = await sdjwt(state.trust.issuers).verify(
				credential,
			);
			const configuration =
				state.issuer.credentialIssuer.credential_configurations_supported[
					type
				];
			assert.equal(payload.vct, configuration.vct);
			assert.deepEqual(payload.cnf.jwk, jwk);
			const metadata = await (await fetch(payload.vct)).json();
			assert.equal(metadata.vct, payload.vct);
			for (const { path, mandatory } of metadata.claims)
				if (mandatory) assert.ok(path[0] in payload, path.join("."));
		});

		it(`${type} as mso_mdoc`, async () => {
			const { credential } = await receiveTyped(type, `${type}_mso_mdoc`);
			const bytes = Buffer.from(credential, "base64url");
			assert.equal(b64u(bytes), credential);
			assert.ok(bytes.includes("issuerAuth"));
		});
	}
});

describe("presenting", { skip }, () => {
	it("the request is signed under a registrar, and registered", async () => {
		const { created, resolved } = await ask();
		assert.equal((await api(`/check/requests/${created.id}`)).state, "fetched");
		const { x5c, typ } = resolved.jar.jwt.header;
		assert.equal(typ, "oauth-authz-req+jwt");
		const leaf = leafOf(x5c, state.trust.registrars);
		const payload = resolved.authorizationRequestPayload;
		assert.equal(
			payload.client_id,
			`x509_hash:${b64u(sha256(leaf.raw))}`,
		);
		assert.equal(payload.aud, "https://self-issued.me/v2");
		const [info] = payload.verifier_info;
		assert.equal(info.format, "jwt");
		const header = jose.decodeProtectedHeader(info.data);
		assert.equal(header.typ, "rc-rp+jwt");
		const registration = jose.decodeJwt(info.data);
		assert.equal(registration.sub, payload.client_id);
		assert.ok(registration.purpose.en);
	});

	for (const [i, enc] of ["A256GCM", "A128GCM"].entries())
		it(`an answer in ${enc} is accepted with its claims`, async () => {
			const held = state.held[i];
			const { created, vp, resolved } = await ask();
			const token = await present(held, resolved);
			const response = await answer(vp, resolved, token, enc);
			assert.equal(response.status, 200, await response.clone().text());
			const { state: where, result } = await api(
				`/check/requests/${created.id}`,
			);
			assert.equal(where, "answered");
			assert.equal(result.verdict, "accepted", JSON.stringify(result));
			assert.equal(result.claims.family_name, held.payload.family_name);
			assert.equal(
				result.claims.document_number,
				held.payload.document_number,
			);
			assert.equal(result.claims.birthdate, undefined);
			const again = await answer(vp, resolved, token, enc);
			assert.ok(again.status >= 400, "a second answer is refused");
		});

	const wrongs = [
		["another nonce", { nonce: b64u(randomBytes(24)) }],
		["another audience", { aud: "x509_hash:AAAA" }],
		["a binding of last year", { iat: 1700000000 }],
	];
	for (const [name, change] of wrongs)
		it(`${name} is not accepted`, async () => {
			const { created, vp, resolved } = await ask();
			const token = await present(state.held[2], resolved, change);
			await answer(vp, resolved, token);
			const { result } = await api(`/check/requests/${created.id}`);
			assert.notEqual(result?.verdict, "accepted");
		});

	it("a no is a result, too", async () => {
		const { created, resolved } = await ask();
		const payload = resolved.authorizationRequestPayload;
		const response = await fetch(payload.response_uri, {
			method: "POST",
			headers: { "Content-Type": "application/x-www-form-urlencoded" },
			body: new URLSearchParams({
				error: "access_denied",
				state: payload.state,
			}).toString(),
		});
		assert.equal(response.status, 200);
		const { result } = await api(`/check/requests/${created.id}`);
		assert.equal(result.verdict, "refused");
		assert.equal(result.reason, "declined");
	});
});
