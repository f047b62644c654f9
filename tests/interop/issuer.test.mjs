// The libraries of the people who write the specifications, as a wallet of
// somebody else: attested, with attested keys, waiting, encrypting, refreshing.
// Both grants and the batch are in wallet.test.mjs.
import { after, before, describe, it } from "node:test";
import assert from "node:assert/strict";
import { createHash, randomBytes, webcrypto } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { City } from "../api/lib/city.mjs";
import { provider } from "../api/lib/attest.mjs";

globalThis.crypto ??= webcrypto;

const oauth2 = await import("@openid4vc/oauth2");
const { Openid4vciClient } = await import("@openid4vc/openid4vci");
const jose = await import("jose");

oauth2.setGlobalConfig({ allowInsecureUrls: true });

const binary = process.env.YUFU ?? "build/yufu";
const skip = existsSync(binary)
	? false
	: `SKIPPED interop: ${binary} is not there`;
if (skip) console.error(skip);

const CLIENT = "https://attested.example/wallet";
const REDIRECT = `${CLIENT}/cb`;
const PRE = "urn:ietf:params:oauth:grant-type:pre-authorized_code";
const now = () => Math.floor(Date.now() / 1000);

const cardType = (name, more) => {
	const text = (value) =>
		Object.fromEntries(
			["en", "zh", "th", "vi", "ru"].map((locale) => [locale, value]),
		);
	const colors = { background: "#224466", text: "#ffffff" };
	return {
		name,
		number_prefix: "T",
		level: "basic",
		batch_size: 4,
		display: text({ name, description: name }),
		colors: { basic: colors, upgraded: colors },
		claims: [
			{
				path: ["family_name"],
				source: "family_name",
				names: text("Name"),
			},
		],
		...more,
	};
};

const keys = new Map();
async function newSigner() {
	const { publicKey, privateKey } = await jose.generateKeyPair("ES256", {
		extractable: true,
	});
	const { kty, crv, x, y } = await jose.exportJWK(publicKey);
	const publicJwk = { kty, crv, x, y };
	keys.set(await jose.calculateJwkThumbprint(publicJwk), privateKey);
	return { method: "jwk", alg: "ES256", publicJwk };
}
const privateOf = async (jwk) =>
	keys.get(await jose.calculateJwkThumbprint(jwk));

// OpenID4VCI 9.2 gives a notification_id beside the credentials; 0.4.6 of the
// library refuses just that (its check is turned round), so it is taken out
// before the library looks.
const notified = [];
async function fetchDeferred(input, init) {
	const reply = await fetch(input, init);
	if (reply.status !== 200 || !String(input.url ?? input).endsWith("/deferred"))
		return reply;
	const { notification_id, ...rest } = await reply.json();
	notified.push(notification_id);
	return new Response(JSON.stringify(rest), {
		status: 200,
		headers: reply.headers,
	});
}

let city;
let wallets;
let keyProvider;
let vci;
let client;
let issuer;
let person = 0;

before(async () => {
	if (skip) return;
	wallets = await provider("Wallets");
	keyProvider = await provider("Keys");
	city = new City();
	const folder = join(city.data, "city");
	await city.serve("", (ini) => {
		writeFileSync(join(folder, "wallets.pem"), wallets.pem);
		writeFileSync(join(folder, "keys.pem"), keyProvider.pem);
		mkdirSync(join(folder, "types"));
		for (const type of [
			cardType("slow", { approval: "operator" }),
			cardType("vault", {
				key_attestations_required: {
					key_storage: ["iso_18045_high"],
				},
			}),
		])
			writeFileSync(
				join(folder, "types", `${type.name}.json`),
				JSON.stringify(type),
			);
		return ini.replace(
			/^clients =.*$/m,
			`clients = ${CLIENT}|${REDIRECT}\nprofile = haip\n` +
				"wallet_roots = wallets.pem\nkey_roots = keys.pem",
		);
	});
	// The instance that the wallet provider attests.
	const instance = await newSigner();
	const attestation = await new jose.SignJWT({
		cnf: { jwk: instance.publicJwk },
	})
		.setProtectedHeader({
			typ: "oauth-client-attestation+jwt",
			alg: "ES256",
			x5c: wallets.x5c,
		})
		.setIssuer("https://provider.example")
		.setSubject(CLIENT)
		.setIssuedAt()
		.setExpirationTime("1h")
		.sign(wallets.cryptoKey);
	const callbacks = {
		fetch: fetchDeferred,
		hash: (data) => createHash("sha256").update(data).digest(),
		generateRandom: (n) => randomBytes(n),
		signJwt: async (signer, { header, payload }) => ({
			jwt: await new jose.SignJWT(payload)
				.setProtectedHeader(header)
				.sign(await privateOf(signer.publicJwk)),
			signerJwk: signer.publicJwk,
		}),
		verifyJwt: async () => ({ verified: true }),
	};
	callbacks.clientAuthentication =
		oauth2.clientAuthenticationClientAttestationJwt({
			callbacks,
			clientAttestationJwt: attestation,
		});
	vci = new Openid4vciClient({ callbacks });
	client = new oauth2.Oauth2Client({ callbacks });
	issuer = await vci.resolveIssuerMetadata(city.url);
});
after(() => city?.close());

async function offerOf(type) {
	const number = `N-${person++}`;
	await city.person({
		family_name: "Sample",
		given_name: "Person",
		birth_date: "1990-01-02",
		sex: 2,
		personal_administrative_number: number,
	});
	const made = await city.command(
		"offer",
		"--person",
		number,
		"--type",
		type,
		"--vetted",
		"papers seen",
	);
	return vci.resolveCredentialOffer(made.uri);
}

async function token(type) {
	const dpop = { signer: await newSigner() };
	const offer = await offerOf(type);
	const { accessTokenResponse } =
		await vci.retrievePreAuthorizedCodeAccessTokenFromOffer({
			credentialOffer: offer,
			issuerMetadata: issuer,
			dpop,
		});
	assert.ok(offer.grants[PRE]);
	return { dpop, answer: accessTokenResponse };
}

async function proofOf(type, more = {}) {
	const { c_nonce } = await vci.requestNonce({ issuerMetadata: issuer });
	const signer = more.signer ?? (await newSigner());
	const { jwt } = await vci.createCredentialRequestJwtProof({
		issuerMetadata: issuer,
		credentialConfigurationId: type,
		signer,
		nonce: c_nonce,
		issuedAt: new Date(),
		keyAttestationJwt: more.keyAttestationJwt,
	});
	return { signer, jwt };
}

const ask = (type, got, proofs) =>
	vci.retrieveCredentials({
		issuerMetadata: issuer,
		credentialConfigurationId: type,
		accessToken: got.answer.access_token,
		dpop: got.dpop,
		proofs,
	});

const boundTo = (answer) =>
	answer.credentials.map(
		({ credential }) =>
			jose.decodeJwt(credential.split("~")[0]).cnf.jwk.x,
	);

function attestKeys(signers, more) {
	return new jose.SignJWT({
		attested_keys: signers.map(({ publicJwk }) => publicJwk),
		key_storage: ["iso_18045_high"],
		...more,
	})
		.setProtectedHeader({
			typ: "key-attestation+jwt",
			alg: "ES256",
			x5c: keyProvider.x5c,
		})
		.setIssuedAt()
		.setExpirationTime("1h")
		.sign(keyProvider.cryptoKey);
}

describe("a wallet of somebody else, in the HAIP profile", { skip }, () => {
	it("pushes its request, attested", async () => {
		const { authorizationRequestUrl } =
			await client.createAuthorizationRequestUrl({
				authorizationServerMetadata: issuer.authorizationServers[0],
				clientId: CLIENT,
				redirectUri: REDIRECT,
				scope: "id",
				state: randomBytes(16).toString("base64url"),
				dpop: { signer: await newSigner() },
			});
		const page = await fetch(authorizationRequestUrl, {
			redirect: "manual",
		});
		assert.equal(page.status, 200);
	});

	it("pushes authorization_details instead of a scope", async () => {
		const { authorizationRequestUrl } =
			await client.createAuthorizationRequestUrl({
				authorizationServerMetadata: issuer.authorizationServers[0],
				clientId: CLIENT,
				redirectUri: REDIRECT,
				state: randomBytes(16).toString("base64url"),
				dpop: { signer: await newSigner() },
				additionalRequestPayload: {
					authorization_details: JSON.stringify([
						{
							type: "openid_credential",
							credential_configuration_id: "id",
						},
					]),
				},
			});
		assert.ok(authorizationRequestUrl.includes("request_uri="));
	});

	it("gets a card, and more copies with its refresh token", async () => {
		const got = await token("id");
		const first = await proofOf("id");
		const { credentialResponse } = await ask("id", got, {
			jwt: [first.jwt],
		});
		assert.deepEqual(boundTo(credentialResponse), [
			first.signer.publicJwk.x,
		]);
		const { accessTokenResponse } =
			await client.retrieveRefreshTokenAccessToken({
				authorizationServerMetadata: issuer.authorizationServers[0],
				refreshToken: got.answer.refresh_token,
				dpop: got.dpop,
			});
		const later = await proofOf("id");
		const again = await ask(
			"id",
			{ dpop: got.dpop, answer: accessTokenResponse },
			{ jwt: [later.jwt] },
		);
		assert.deepEqual(boundTo(again.credentialResponse), [
			later.signer.publicJwk.x,
		]);
	});

	it("gets a copy for each attested key, by either proof", async () => {
		const signers = await Promise.all([1, 2, 3].map(newSigner));
		const wanted = signers.map(({ publicJwk }) => publicJwk.x).sort();
		const { jwt } = await proofOf("vault", {
			signer: signers[0],
			keyAttestationJwt: await attestKeys(signers),
		});
		const inside = await ask("vault", await token("vault"), { jwt: [jwt] });
		assert.deepEqual(boundTo(inside.credentialResponse).sort(), wanted);
		const { c_nonce } = await vci.requestNonce({ issuerMetadata: issuer });
		const alone = await ask("vault", await token("vault"), {
			attestation: [await attestKeys(signers, { nonce: c_nonce })],
		});
		assert.deepEqual(boundTo(alone.credentialResponse).sort(), wanted);
	});

	it("waits for an operator and gets the card then", async () => {
		const got = await token("slow");
		const { jwt, signer } = await proofOf("slow");
		const { credentialResponse, response } = await ask("slow", got, {
			jwt: [jwt],
		});
		assert.equal(response.status, 202);
		const { transaction_id } = credentialResponse;
		const later = () =>
			vci.retrieveDeferredCredentials({
				issuerMetadata: issuer,
				transactionId: transaction_id,
				accessToken: got.answer.access_token,
				dpop: got.dpop,
			});
		const waiting = (await later()).deferredCredentialResponse;
		assert.equal(waiting.transaction_id, transaction_id);
		const [{ id }] = (await city.command("approve", "--list")).waiting;
		await city.command("approve", id);
		const done = (await later()).deferredCredentialResponse;
		assert.deepEqual(boundTo(done), [signer.publicJwk.x]);
		assert.equal(typeof notified.at(-1), "string");
		await assert.rejects(later());
	});

	it("encrypts what it asks and opens the answer with jose", async () => {
		const got = await token("id");
		const { jwt, signer } = await proofOf("id");
		const { credential_request_encryption: wanted } =
			issuer.credentialIssuer;
		const [jwk] = wanted.jwks.keys;
		const answerKeys = await jose.generateKeyPair("ECDH-ES", {
			crv: "P-256",
			extractable: true,
		});
		const { kty, crv, x, y } = await jose.exportJWK(answerKeys.publicKey);
		const body = {
			credential_configuration_id: "id",
			proofs: { jwt: [jwt] },
			credential_response_encryption: {
				jwk: { kty, crv, x, y, alg: "ECDH-ES", kid: "mine" },
				enc: "A256GCM",
			},
		};
		const sealed = await new jose.CompactEncrypt(
			new TextEncoder().encode(JSON.stringify(body)),
		)
			.setProtectedHeader({
				alg: jwk.alg,
				enc: wanted.enc_values_supported[0],
				kid: jwk.kid,
			})
			.encrypt(await jose.importJWK(jwk, jwk.alg));
		const url = issuer.credentialIssuer.credential_endpoint;
		const { access_token } = got.answer;
		const dpop = await new jose.SignJWT({
			htm: "POST",
			htu: url,
			jti: randomBytes(16).toString("base64url"),
			iat: now(),
			ath: createHash("sha256").update(access_token).digest("base64url"),
		})
			.setProtectedHeader({
				typ: "dpop+jwt",
				alg: "ES256",
				jwk: got.dpop.signer.publicJwk,
			})
			.sign(await privateOf(got.dpop.signer.publicJwk));
		const reply = await fetch(url, {
			method: "POST",
			headers: {
				"Content-Type": "application/jwt",
				Authorization: `DPoP ${access_token}`,
				DPoP: dpop,
			},
			body: sealed,
		});
		assert.equal(reply.status, 200);
		assert.equal(reply.headers.get("content-type"), "application/jwt");
		const { plaintext, protectedHeader } = await jose.compactDecrypt(
			await reply.text(),
			answerKeys.privateKey,
		);
		assert.equal(protectedHeader.kid, "mine");
		const answer = JSON.parse(new TextDecoder().decode(plaintext));
		assert.deepEqual(boundTo(answer), [signer.publicJwk.x]);
	});
});
