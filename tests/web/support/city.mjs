// A city for the tests of the web wallet: issuer and verifier in this process,
// by the same libraries' primitives but none of our code.  `city.bend` changes
// what it sends, so that each check of the wallet can be seen to fail.
import { createServer } from "node:http";
import { createHash, randomBytes } from "node:crypto";
import { deflateSync } from "node:zlib";
import * as jose from "jose";
import { SDJwtInstance } from "@sd-jwt/core";
import { makeLeaf, makeRoot } from "./pki.mjs";

const b64u = (bytes) => Buffer.from(bytes).toString("base64url");
const sha256 = (data) => createHash("sha256").update(data).digest();
const token = () => b64u(randomBytes(24));
export const now = () => Math.floor(Date.now() / 1000);
export const VCT = "urn:yufu:id:1";
const PRE = "urn:ietf:params:oauth:grant-type:pre-authorized_code";

export const PERSON = {
	family_name: "林",
	given_name: "小舟",
	family_name_latin: "LIN",
	given_name_latin: "XIAOZHOU",
	birthdate: "1990-04-12",
	sex: 2,
	place_of_birth: { country: "CN", locality: "杭州" },
	nationalities: ["CN"],
	picture: "data:image/jpeg;base64,/9j/4AAQSkZJRg==",
	personal_administrative_number: "330106199004120028",
	document_number: "YF20261234",
	issuing_authority: "Demo City",
	issuing_country: "CN",
	date_of_issuance: "2026-01-01",
	date_of_expiry: "2027-01-01",
	assurance_level: "basic",
	age_equal_or_over: { 14: true, 16: true, 18: true, 21: true, 60: false },
};

export function sign(payload, signer, header) {
	return new jose.CompactSign(
		new TextEncoder().encode(JSON.stringify(payload)),
	)
		.setProtectedHeader({ alg: "ES256", x5c: signer.chain, ...header })
		.sign(signer.keys.privateKey);
}

const DISCLOSE = {
	_sd: Object.keys(PERSON).filter((k) => k !== "age_equal_or_over"),
	age_equal_or_over: { _sd: ["14", "16", "18", "21", "60"] },
};

export class City {
	constructor() {
		this.bend = {};
		this.pushed = new Map();
		this.codes = new Map();
		this.tokens = new Map();
		this.nonces = new Set();
		this.offers = new Map();
		this.requests = new Map();
		this.person = structuredClone(PERSON);
		this.status = new Uint8Array(1024);
		this.seen = [];
		this.nextIndex = 40;
		this.batchSize = 8;
	}

	async start(port = 0, pages) {
		this.pages = pages;
		this.issuerRoot = await makeRoot("Demo City Issuer Root");
		this.registrarRoot = await makeRoot("Demo City Registrar");
		this.issuer = await makeLeaf("Demo City Issuer", this.issuerRoot);
		this.trustSigner = await makeLeaf("Demo City Trust", this.issuerRoot);
		this.registrar = await makeLeaf("Registration", this.registrarRoot);
		this.hotel = await makeLeaf("Hotel", this.registrarRoot, {
			eku: "1.0.18013.5.1.6",
		});
		this.server = createServer((req, res) => {
			this.handle(req, res).catch((error) => {
				console.error(error);
				this.reply(res, 500, { error: "server_error" });
			});
		});
		await new Promise((done) =>
			this.server.listen(port, "127.0.0.1", done),
		);
		this.url = `http://127.0.0.1:${this.server.address().port}`;
		return this;
	}

	stop() {
		this.server.closeAllConnections?.();
		return new Promise((done) => this.server.close(done));
	}

	reply(res, status, body, headers = {}) {
		const text = typeof body === "string" ? body : JSON.stringify(body);
		res.writeHead(status, {
			"Content-Type": "application/json",
			"Cache-Control": "no-store",
			...headers,
		});
		res.end(text);
	}

	async handle(req, res) {
		const url = new URL(req.url, this.url);
		const chunks = [];
		for await (const chunk of req) chunks.push(chunk);
		const body = Buffer.concat(chunks).toString();
		const path = url.pathname;
		this.seen.push(`${req.method} ${path}`);
		const call = { req, res, url, body };
		if (path.startsWith("/.well-known/")) return this.metadata(call);
		if (path === "/trust")
			return this.reply(res, 200, await this.trust(), {
				"Content-Type": "application/jwt",
			});
		if (path === "/oauth/par") return this.par(call);
		if (path === "/oauth/authorize") return this.authorize(call);
		if (path === "/oauth/token") return this.token(call);
		if (path === "/vci/nonce") return this.nonce(call);
		if (path === "/vci/credential") return this.credential(call);
		if (path.startsWith("/vci/offers/")) return this.offer(call);
		if (path.startsWith("/status/")) return this.statusList(call);
		if (path.startsWith("/vp/")) return this.vp(call);
		if (this.pages) return this.pages(call, this);
		return this.reply(res, 404, { title: "not found" });
	}

	metadata({ res, url }) {
		const base = this.url;
		const name = url.pathname.slice("/.well-known/".length);
		if (name === "openid-credential-issuer")
			return this.reply(res, 200, {
				credential_issuer: base,
				credential_endpoint: `${base}/vci/credential`,
				nonce_endpoint: `${base}/vci/nonce`,
				batch_credential_issuance: { batch_size: this.batchSize },
				display: [{ name: "Demo City", locale: "en" }],
				credential_configurations_supported: {
					id: {
						format: "dc+sd-jwt",
						scope: "id",
						vct: VCT,
						cryptographic_binding_methods_supported: ["jwk"],
						credential_signing_alg_values_supported: ["ES256"],
						proof_types_supported: {
							jwt: {
								proof_signing_alg_values_supported: ["ES256"],
							},
						},
						credential_metadata: {
							display: [{ name: "ID card", locale: "en" }],
						},
					},
				},
				...this.bend.issuerMetadata,
			});
		if (name === "oauth-authorization-server")
			return this.reply(res, 200, {
				issuer: base,
				authorization_endpoint: `${base}/oauth/authorize`,
				token_endpoint: `${base}/oauth/token`,
				pushed_authorization_request_endpoint: `${base}/oauth/par`,
				require_pushed_authorization_requests: true,
				response_types_supported: ["code"],
				grant_types_supported: ["authorization_code", PRE],
				code_challenge_methods_supported: ["S256"],
				dpop_signing_alg_values_supported: ["ES256"],
				authorization_response_iss_parameter_supported: true,
				token_endpoint_auth_methods_supported: ["none"],
				scopes_supported: ["id"],
				...this.bend.serverMetadata,
			});
		return this.reply(res, 404, { title: "not found" });
	}

	trust() {
		return sign(
			{
				iss: this.url,
				iat: now() - 10,
				exp: now() + 86400,
				issuers: [{ name: "Demo City", x5c: [this.issuerRoot.x5c] }],
				registrars: [
					{ name: "Demo City", x5c: [this.registrarRoot.x5c] },
				],
				...this.bend.trust,
			},
			this.bend.trustSigner ?? this.trustSigner,
			{ typ: "trust-list+jwt" },
		);
	}

	/** Verifies a DPoP proof; asks for a nonce of ours first, as we do. */
	async dpop(call, path, accessToken) {
		const proof = call.req.headers.dpop;
		if (!proof) return { error: "invalid_dpop_proof" };
		const { jwk } = jose.decodeProtectedHeader(proof);
		const { payload } = await jose.jwtVerify(
			proof,
			await jose.importJWK(jwk, "ES256"),
			{ typ: "dpop+jwt" },
		);
		if (payload.htm !== "POST" || payload.htu !== `${this.url}${path}`)
			return { error: "invalid_dpop_proof" };
		if (accessToken && payload.ath !== b64u(sha256(accessToken)))
			return { error: "invalid_dpop_proof" };
		if (!this.nonces.has(payload.nonce)) {
			const nonce = token();
			this.nonces.add(nonce);
			return { error: "use_dpop_nonce", nonce };
		}
		return { jkt: await jose.calculateJwkThumbprint(jwk) };
	}

	async par(call) {
		const { res, body } = call;
		const form = Object.fromEntries(new URLSearchParams(body));
		const dpop = await this.dpop(call, "/oauth/par");
		if (dpop.error)
			return this.reply(res, 400, { error: dpop.error }, {
				...(dpop.nonce ? { "DPoP-Nonce": dpop.nonce } : {}),
			});
		if (form.code_challenge_method !== "S256" || !form.code_challenge)
			return this.reply(res, 400, { error: "invalid_request" });
		const uri = `urn:ietf:params:oauth:request_uri:${token()}`;
		this.pushed.set(uri, { ...form, jkt: dpop.jkt });
		return this.reply(res, 201, { request_uri: uri, expires_in: 60 });
	}

	authorize({ res, url }) {
		const pushed = this.pushed.get(url.searchParams.get("request_uri"));
		if (!pushed) return this.reply(res, 400, { error: "invalid_request" });
		const code = token();
		this.codes.set(code, pushed);
		const back = new URL(pushed.redirect_uri);
		const params = {
			code,
			state: pushed.state,
			iss: this.url,
			...this.bend.authorizationResponse,
		};
		for (const [name, value] of Object.entries(params))
			if (value !== null) back.searchParams.set(name, value);
		return this.reply(res, 302, "", { Location: back.href });
	}

	checkCode(form, jkt) {
		const pushed = this.codes.get(form.code);
		this.codes.delete(form.code);
		if (!pushed || pushed.jkt !== jkt) return false;
		if (pushed.redirect_uri !== form.redirect_uri) return false;
		return pushed.code_challenge === b64u(sha256(form.code_verifier));
	}

	checkPreAuthorized(form) {
		const code = form["pre-authorized_code"];
		const offer = this.offers.get(code);
		if (!offer || offer.txCode !== (form.tx_code ?? undefined))
			return false;
		this.offers.delete(code);
		return true;
	}

	async token(call) {
		const { res, body } = call;
		const form = Object.fromEntries(new URLSearchParams(body));
		const dpop = await this.dpop(call, "/oauth/token");
		if (dpop.error)
			return this.reply(res, 400, { error: dpop.error }, {
				...(dpop.nonce ? { "DPoP-Nonce": dpop.nonce } : {}),
			});
		const good =
			form.grant_type === "authorization_code"
				? this.checkCode(form, dpop.jkt)
				: this.checkPreAuthorized(form);
		if (!good) return this.reply(res, 400, { error: "invalid_grant" });
		const access = token();
		this.tokens.set(access, dpop.jkt);
		return this.reply(res, 200, {
			access_token: access,
			token_type: "DPoP",
			expires_in: 300,
			...this.bend.token,
		});
	}

	nonce({ res }) {
		const nonce = token();
		this.nonces.add(nonce);
		return this.reply(res, 200, { c_nonce: nonce });
	}

	async credential(call) {
		const { req, res, body } = call;
		const [scheme, access] = (req.headers.authorization ?? "").split(" ");
		const jkt = scheme === "DPoP" && this.tokens.get(access);
		if (!jkt)
			return this.reply(res, 401, "", {
				"WWW-Authenticate": 'DPoP error="invalid_token"',
			});
		const dpop = await this.dpop(call, "/vci/credential", access);
		if (dpop.error)
			return this.reply(res, 401, "", {
				"WWW-Authenticate": `DPoP error="${dpop.error}"`,
				...(dpop.nonce ? { "DPoP-Nonce": dpop.nonce } : {}),
			});
		if (this.bend.credentialError)
			return this.reply(res, 400, { error: this.bend.credentialError });
		const { proofs, credential_configuration_id } = JSON.parse(body);
		if (credential_configuration_id !== "id")
			return this.reply(res, 400, {
				error: "unknown_credential_configuration",
			});
		if (this.bend.staleNonce) {
			this.bend.staleNonce = false;
			return this.reply(res, 400, { error: "invalid_nonce" });
		}
		const keys = await Promise.all(
			proofs.jwt.map((proof) => this.checkProof(proof)),
		);
		const credentials = await Promise.all(
			keys.map(async (jwk) => ({ credential: await this.issue(jwk) })),
		);
		return this.reply(res, 200, { credentials });
	}

	async checkProof(proof) {
		const { jwk } = jose.decodeProtectedHeader(proof);
		const { payload } = await jose.jwtVerify(
			proof,
			await jose.importJWK(jwk, "ES256"),
			{ typ: "openid4vci-proof+jwt", audience: this.url },
		);
		if (!this.nonces.has(payload.nonce)) throw new Error("nonce");
		return jwk;
	}

	issue(jwk) {
		const signer = this.bend.credentialSigner ?? this.issuer;
		const sdjwt = new SDJwtInstance({
			hasher: (data) => sha256(data),
			hashAlg: "sha-256",
			saltGenerator: () => b64u(randomBytes(16)),
			signAlg: "ES256",
			signer: async (data) =>
				b64u(
					new Uint8Array(
						await crypto.subtle.sign(
							{ name: "ECDSA", hash: "SHA-256" },
							signer.keys.privateKey,
							new TextEncoder().encode(data),
						),
					),
				),
		});
		const idx = this.nextIndex++;
		return sdjwt
			.issue(
				{
					iss: this.url,
					vct: VCT,
					iat: now() - 5,
					exp: now() + 30 * 86400,
					cnf: { jwk },
					status: {
						status_list: { idx, uri: `${this.url}/status/1` },
					},
					...this.person,
					...this.bend.credential,
				},
				this.bend.frame ?? DISCLOSE,
				{ header: { typ: "dc+sd-jwt", x5c: signer.chain, ...this.bend.credentialHeader } },
			)
			.then((text) => this.bend.credentialText?.(text) ?? text);
	}

	/** An offer; `txCode` undefined: none is asked. */
	makeOffer(txCode) {
		const code = token();
		this.offers.set(code, { txCode });
		const id = token();
		this.offers.set(id, {
			credential_issuer: this.url,
			credential_configuration_ids: ["id"],
			grants: {
				[PRE]: {
					"pre-authorized_code": code,
					...(txCode
						? {
								tx_code: {
									input_mode: "numeric",
									length: txCode.length,
									description: "From the letter",
								},
							}
						: {}),
				},
			},
		});
		const uri = encodeURIComponent(`${this.url}/vci/offers/${id}`);
		return `openid-credential-offer://?credential_offer_uri=${uri}`;
	}

	offer({ res, url }) {
		const offer = this.offers.get(url.pathname.split("/").pop());
		if (!offer) return this.reply(res, 404, { title: "gone" });
		return this.reply(res, 200, offer);
	}

	setStatus(idx, value) {
		const shift = (idx % 4) * 2;
		const at = Math.floor(idx / 4);
		this.status[at] = (this.status[at] & ~(3 << shift)) | (value << shift);
	}

	async statusList({ res }) {
		const jws = await sign(
			{
				sub: `${this.url}/status/1`,
				iat: now() - 5,
				exp: now() + 3600,
				ttl: 300,
				status_list: { bits: 2, lst: b64u(deflateSync(this.status)) },
				...this.bend.status,
			},
			this.bend.statusSigner ?? this.issuer,
			{ typ: "statuslist+jwt" },
		);
		return this.reply(res, 200, jws, {
			"Content-Type": "application/statuslist+jwt",
		});
	}

	clientId(party = this.hotel) {
		return `x509_hash:${b64u(sha256(party.der))}`;
	}

	registration(claims, extra = {}) {
		return sign(
			{
				iss: this.url,
				sub: this.clientId(),
				name: "Harbour Hotel",
				purpose: {
					en: "Guest registration as the law requires.",
					zh: "依法办理住宿登记。",
				},
				retention_s: 30 * 86400,
				iat: now() - 60,
				exp: now() + 86400,
				credentials: [
					{
						format: "dc+sd-jwt",
						meta: { vct_values: [VCT] },
						claims: claims.map((path) => ({ path })),
					},
				],
				...extra,
				...this.bend.registration,
			},
			this.bend.registrarSigner ?? this.registrar,
			{ typ: "rc-rp+jwt", ...this.bend.registrationHeader },
		);
	}

	/** A request for `paths`; `registered`: what the registration allows. */
	async ask(paths, registered = paths, extra) {
		const id = token();
		const pair = await jose.generateKeyPair("ECDH-ES", { crv: "P-256" });
		const jwk = await jose.exportJWK(pair.publicKey);
		const request = {
			id,
			nonce: token(),
			state: token(),
			key: pair.privateKey,
			jwk: { ...jwk, kid: id, alg: "ECDH-ES", use: "enc" },
			claims: paths.map((path) => ({ path })),
			registration: await this.registration(registered, extra),
		};
		this.requests.set(id, request);
		const uri = `${this.url}/vp/${id}`;
		request.link = `openid4vp://?client_id=${encodeURIComponent(this.clientId())}&request_uri=${encodeURIComponent(uri)}`;
		return request;
	}

	requestObject(request) {
		const payload = {
			iss: this.clientId(),
			aud: "https://self-issued.me/v2",
			iat: now(),
			exp: now() + 300,
			client_id: this.clientId(),
			response_type: "vp_token",
			response_mode: "direct_post.jwt",
			response_uri: `${this.url}/vp/${request.id}/response`,
			nonce: request.nonce,
			state: request.state,
			dcql_query: {
				credentials: [
					{
						id: "id",
						format: "dc+sd-jwt",
						meta: { vct_values: [VCT] },
						claims: request.claims,
					},
				],
			},
			client_metadata: {
				jwks: { keys: [request.jwk] },
				encrypted_response_enc_values_supported: ["A128GCM", "A256GCM"],
				vp_formats_supported: {
					"dc+sd-jwt": {
						"sd-jwt_alg_values": ["ES256"],
						"kb-jwt_alg_values": ["ES256"],
					},
				},
			},
			verifier_info: [{ format: "jwt", data: request.registration }],
			...this.bend.request,
		};
		for (const [name, value] of Object.entries(payload))
			if (value === null) delete payload[name];
		return sign(payload, this.bend.requestSigner ?? this.hotel, {
			typ: "oauth-authz-req+jwt",
			...this.bend.requestHeader,
		});
	}

	async vp({ req, res, url, body }) {
		const [, , id, response] = url.pathname.split("/");
		const request = this.requests.get(id);
		if (!request) return this.reply(res, 404, { title: "gone" });
		if (!response) {
			const text = await this.requestObject(request);
			return this.reply(res, 200, this.bend.requestText?.(text) ?? text, {
				"Content-Type": "application/oauth-authz-req+jwt",
			});
		}
		if (this.bend.answerStatus)
			return this.reply(res, this.bend.answerStatus, {
				error: "invalid_request",
			});
		const form = Object.fromEntries(new URLSearchParams(body));
		request.answers = [...(request.answers ?? []), form];
		if (form.error) request.declined = form;
		else await this.readAnswer(request, form.response);
		return this.reply(res, 200, {});
	}

	async readAnswer(request, jwe) {
		const opened = await jose.compactDecrypt(jwe, request.key);
		request.header = opened.protectedHeader;
		const answer = JSON.parse(new TextDecoder().decode(opened.plaintext));
		request.answer = answer;
		const [presentation] = answer.vp_token.id;
		request.presentation = presentation;
		const reader = new SDJwtInstance({
			hasher: (data) => sha256(data),
			hashAlg: "sha-256",
		});
		request.claims_shown = await reader.getClaims(presentation);
		const parts = presentation.split("~");
		const kb = parts.pop();
		const { payload } = await jose.jwtVerify(
			kb,
			await jose.importJWK(request.claims_shown.cnf.jwk, "ES256"),
			{ typ: "kb+jwt", audience: this.clientId() },
		);
		request.bound =
			payload.nonce === request.nonce &&
			payload.sd_hash === b64u(sha256(`${parts.join("~")}~`));
		request.used = await jose.calculateJwkThumbprint(
			request.claims_shown.cnf.jwk,
		);
	}
}
