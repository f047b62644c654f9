// The web wallet's protocol code against a city that can be bent: each check
// is seen to hold, and to fail when what it looks at is wrong.
import { after, before, beforeEach, describe, it } from "node:test";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { City, now, PERSON, sign, VCT } from "./support/city.mjs";
import { makeLeaf, makeRoot } from "./support/pki.mjs";

const p = (await import("./support/protocol.mjs")).default;

let city;
let stranger;
let reader;
let agreer;
before(async () => {
	city = await new City().start();
	reader = await makeLeaf("Bank", city.registrarRoot, {
		eku: "1.0.18013.5.1.6",
	});
	agreer = await makeLeaf("Old Desk", city.registrarRoot, { usage: 16 });
	const root = await makeRoot("Stranger Root");
	stranger = await makeLeaf("Stranger", root);
	p.allowScheme(new URL(city.url));
});
after(() => city.stop());
beforeEach(() => {
	city.bend = {};
});

const platform = (keys = []) => ({
	fetch: p.protocolFetch(fetch),
	now,
	keys,
	clientId: `${city.url}/wallet/`,
});
const loadTrust = async (pinned) => {
	const answer = await fetch(`${city.url}/trust`);
	return p.verifyTrustList(await answer.text(), now(), pinned);
};
const fails = (promise, code, detail = /(?:)/) =>
	assert.rejects(promise, (error) => {
		assert.equal(error.code, code, error.stack);
		assert.match(error.detail, detail);
		return true;
	});

async function authorize() {
	const dpop = await p.newKey();
	const issuer = await p.loadIssuer(platform([dpop]), city.url);
	const { url, authorization } = await p.begin(
		platform([dpop]),
		issuer,
		dpop,
		`${city.url}/wallet/`,
	);
	const answer = await fetch(url, { redirect: "manual" });
	const back = new URL(answer.headers.get("Location"));
	return { dpop, issuer, authorization, back };
}

async function receive(count = 3) {
	const { dpop, issuer, authorization, back } = await authorize();
	const { params } = p.readReturn(back);
	const code = p.checkReturn(issuer, authorization, params);
	const grant = await p.redeemCode(
		platform([dpop]),
		issuer,
		dpop,
		authorization,
		code,
	);
	const keys = await Promise.all(Array.from({ length: count }, p.newKey));
	const batch = await p.requestBatch(
		platform([dpop, ...keys]),
		issuer,
		dpop,
		grant,
		keys,
	);
	return { dpop, issuer, keys, batch, grant };
}

const verify = async (credential, key, more = {}) =>
	p.verifyCredential(credential, {
		roots: p.issuerRoots(await loadTrust()),
		vct: VCT,
		holder: key.publicJwk,
		credentialIssuer: city.url,
		now: now(),
		...more,
	});

describe("issuing", () => {
	it("gets a batch by PAR, PKCE, DPoP with nonces and proofs", async () => {
		const { keys, batch } = await receive(3);
		assert.equal(batch.credentials.length, 3);
		for (const [i, credential] of batch.credentials.entries()) {
			const verified = await verify(credential, keys[i]);
			assert.equal(verified.claims.family_name, PERSON.family_name);
			assert.equal(verified.claims.age_equal_or_over["18"], true);
		}
		assert.equal(keys[0].privateKey.extractable, false);
	});

	it("asks again with a fresh nonce when it was stale", async () => {
		city.bend.staleNonce = true;
		const { batch } = await receive(1);
		assert.equal(batch.credentials.length, 1);
	});

	it("never asks for more than the issuer's batch size", async () => {
		const issuer = await p.loadIssuer(platform(), city.url);
		assert.equal(issuer.batchSize, 8);
		city.bend.issuerMetadata = {
			batch_credential_issuance: { batch_size: 500 },
		};
		const large = await p.loadIssuer(platform(), city.url);
		assert.equal(large.batchSize, p.BATCH_MAX);
	});

	const returns = [
		["another issuer", { iss: "https://evil.example" }, "return_mixed_up"],
		["no iss", { iss: null }, "return_mixed_up"],
		["another state", { state: "x" }, "return_unexpected"],
		[
			"a refusal",
			{ code: null, error: "access_denied" },
			"proofing_stopped",
		],
	];
	for (const [name, bend, code] of returns)
		it(`refuses a return with ${name}`, async () => {
			city.bend.authorizationResponse = bend;
			const { issuer, authorization, back } = await authorize();
			const { params } = p.readReturn(back);
			await fails(
				(async () => p.checkReturn(issuer, authorization, params))(),
				code,
			);
		});

	it("says that a used code must be begun again", async () => {
		const { dpop, issuer, authorization, back } = await authorize();
		const code = back.searchParams.get("code");
		const redeem = () =>
			p.redeemCode(platform([dpop]), issuer, dpop, authorization, code);
		await redeem();
		await fails(redeem(), "code_lost");
	});

	const servers = [
		["pushed_authorization_request_endpoint", undefined],
		["code_challenge_methods_supported", ["plain"]],
		["dpop_signing_alg_values_supported", ["RS256"]],
	];
	for (const [name, value] of servers)
		it(`refuses a server without ${name}`, async () => {
			city.bend.serverMetadata = {
				[name]: value,
				require_pushed_authorization_requests: false,
			};
			await fails(authorize(), "issuer_unusable");
		});

	it("refuses a downgrade to Bearer", async () => {
		city.bend.token = { token_type: "Bearer" };
		await fails(receive(1), "server_unusual");
	});

	it("refuses metadata of another issuer", async () => {
		city.bend.issuerMetadata = { credential_issuer: "https://a.example" };
		await fails(p.loadIssuer(platform(), city.url), "issuer_unknown");
	});

	it("names the error of the credential endpoint", async () => {
		city.bend.credentialError = "credential_request_denied";
		await fails(receive(1), "credential_refused");
	});

	it("says offline when nobody answers", async () => {
		await fails(
			p.loadIssuer(platform(), "http://127.0.0.1:9"),
			"offline",
		);
	});
});

describe("credential offers", () => {
	const redeem = async (link, txCode) => {
		const offer = await p.readOffer(platform(), link);
		const dpop = await p.newKey();
		const issuer = await p.loadIssuer(
			platform([dpop]),
			offer.issuer,
			offer.configurationId,
		);
		const grant = await p.redeemPreAuthorized(
			platform([dpop]),
			issuer,
			dpop,
			offer,
			txCode,
		);
		return { offer, grant };
	};

	it("are redeemed with their transaction code", async () => {
		const { offer, grant } = await redeem(
			city.makeOffer("48213"),
			"48213",
		);
		assert.deepEqual(offer.preAuthorized.txCode, {
			numeric: true,
			length: 5,
			description: "From the letter",
		});
		assert.ok(grant.accessToken);
	});

	it("are redeemed without one where none is asked", async () => {
		const { offer } = await redeem(city.makeOffer());
		assert.equal(offer.preAuthorized.txCode, undefined);
	});

	it("tell a wrong transaction code", () =>
		fails(redeem(city.makeOffer("48213"), "11111"), "tx_code_wrong"));

	it("tell that they were used", async () => {
		const link = city.makeOffer();
		await redeem(link);
		await fails(redeem(link), "offer_used");
		await fails(
			p.readOffer(platform(), link.replace(/.{8}$/, "AAAAAAAA")),
			"offer_used",
		);
	});
});

describe("a credential is kept only when", () => {
	const cases = [
		["its signer is under a trusted root", () => ({ credentialSigner: stranger }), /trusted root/],
		["it is bound to our key", () => ({ credential: { cnf: {} } }), /not bound/],
		["it has the type", () => ({ credential: { vct: "urn:yufu:id:2" } }), /type is/],
		["it is not expired", () => ({ credential: { exp: now() - 4000 } }), /expired/],
		["it has begun", () => ({ credential: { nbf: now() + 4000 } }), /not yet/],
		["its header type is right", () => ({ credentialHeader: { typ: "vc+sd-jwt" } }), /typ is/],
		["it is of its issuer", () => ({ credential: { iss: "https://a.example" } }), /issuer is/],
		["its status is readable", () => ({ credential: { status: { status_list: { idx: -1, uri: "x" } } } }), /status/],
		["nothing in it was changed", () => ({ credentialText: (t) => t.replace(/.(?=\.[\w-]+~)/, (c) => (c === "A" ? "B" : "A")) }), /signature/],
		["each disclosure is referenced", () => ({ credentialText: (t) => `${t}${Buffer.from('["c2FsdA","family_name","X"]').toString("base64url")}~` }), /referenced/],
		["no disclosure stands twice", () => ({ credentialText: (t) => `${t}${t.split("~")[1]}~` }), /twice/],
		["it has no key binding", () => ({ credentialText: (t) => `${t}eyJhbGciOiJFUzI1NiJ9.e30.AAAA` }), /key binding/],
	];
	for (const [name, bend, detail] of cases)
		it(name, async () => {
			const good = await receive(1);
			await verify(good.batch.credentials[0], good.keys[0]);
			city.bend = bend();
			const bad = await receive(1);
			await fails(
				verify(bad.batch.credentials[0], bad.keys[0]),
				"credential_untrusted",
				detail,
			);
		});

	it("it is bound to this key and not another of ours", async () => {
		const { batch, keys } = await receive(2);
		await fails(
			verify(batch.credentials[0], keys[1]),
			"credential_untrusted",
		);
	});
});

describe("certificate chains", () => {
	const at = new Date();
	let root;
	before(async () => {
		root = await makeRoot("R");
	});
	const leafOf = async (options) => (await makeLeaf("L", root, options)).chain;
	const bad = [
		["an expired leaf", () => leafOf({ from: -100, days: 10 })],
		["a leaf from tomorrow", () => leafOf({ from: 1 })],
		["a leaf that is a CA", () => leafOf({ ca: true })],
		["an unknown critical extension", () => leafOf({ critical: "1.2.3.4" })],
		["a wrong issuer name", () => leafOf({ issuerName: "Q" })],
		["the root itself as leaf", () => [root.x5c]],
		["nothing", () => []],
		["garbage", () => ["AAAA"]],
		["not base64", () => ["%%%"]],
	];
	for (const [name, chain] of bad)
		it(`refuse ${name}`, async () => {
			const x5c = await chain();
			await assert.rejects(p.verifyChain(x5c, [root.x5c], at));
		});

	it("hold through an intermediate, with and without the root", async () => {
		const middle = await makeLeaf("M", root, { ca: true, path: 0 });
		const leaf = await makeLeaf("L", middle);
		await p.verifyChain(leaf.chain, [root.x5c], at);
		await p.verifyChain([...leaf.chain, root.x5c], [root.x5c], at);
		await assert.rejects(
			p.verifyChain([leaf.x5c], [root.x5c], at),
			/no trusted root/,
		);
	});

	it("refuse an intermediate that is no CA, or a path too long", async () => {
		const plain = await makeLeaf("M", root);
		const under = await makeLeaf("L", plain);
		await assert.rejects(
			p.verifyChain(under.chain, [root.x5c], at),
			/not a CA/,
		);
		const one = await makeLeaf("M1", root, { ca: true, path: 0 });
		const two = await makeLeaf("M2", one, { ca: true, path: 0 });
		const deep = await makeLeaf("L", two);
		await assert.rejects(
			p.verifyChain(deep.chain, [root.x5c], at),
			/path too long/,
		);
	});

	it("refuse a root of the same name with another key", async () => {
		const twin = await makeRoot("R");
		const chain = await leafOf();
		await p.verifyChain(chain, [root.x5c], at);
		await assert.rejects(p.verifyChain(chain, [twin.x5c], at));
	});
});

describe("the trust list", () => {
	it("is pinned at first use", async () => {
		const first = await loadTrust();
		assert.equal(first.issuers[0].name, "Demo City");
		city.bend.trustSigner = await makeLeaf("New", city.issuerRoot);
		await loadTrust(first);
		city.bend.trustSigner = stranger;
		await loadTrust();
		await fails(loadTrust(first), "trust_changed");
	});

	it("never goes back to an older one", async () => {
		const first = await loadTrust();
		city.bend.trust = { iat: now() - 5000 };
		await fails(loadTrust(first), "trust_changed");
	});

	it("ends", async () => {
		const first = await loadTrust();
		p.checkFresh(first, now());
		assert.throws(() => p.checkFresh(first, first.exp));
		city.bend.trust = { exp: now() - 1000 };
		await fails(loadTrust(), "trust_expired");
	});

	const broken = [{ issuers: undefined }, { registrars: [{}] }, { exp: "1" }];
	for (const trust of broken)
		it(`is refused with ${JSON.stringify(trust)}`, async () => {
			city.bend.trust = trust;
			await fails(loadTrust(), "trust_invalid");
		});
});

const HOTEL = [["family_name"], ["document_number"], ["picture"]];

async function read(request, outer) {
	const link = p.readLink(request.link);
	if (outer) link.clientId = outer;
	const fetched = await p.fetchRequest(platform(), link);
	return p.verifyRequest(platform(), link, fetched, await loadTrust());
}

const transaction = (change = {}) =>
	Buffer.from(
		JSON.stringify({
			type: "urn:yufu:transaction:purpose",
			credential_ids: ["id"],
			text: "Room 12",
			...change,
		}),
	).toString("base64url");

describe("a request", () => {
	it("says who asks what, why and until when", async () => {
		const verified = await read(await city.ask(HOTEL));
		assert.equal(verified.registration.name, "Harbour Hotel");
		assert.equal(verified.registration.registrar, "Demo City");
		assert.equal(verified.registration.retentionS, 30 * 86400);
		assert.ok(verified.registration.purpose.zh);
	});

	const request = (change) => () => ({ request: change });
	const bad = [
		["another signer", () => ({ requestSigner: stranger }), "requester_untrusted"],
		["another leaf of the registrar", () => ({ requestSigner: city.registrar }), "request_invalid", /hash/],
		["another typ", () => ({ requestHeader: { typ: "JWT" } }), "request_invalid", /typ/],
		["another audience", request({ aud: "https://a.example" }), "request_invalid", /aud/],
		["no nonce", request({ nonce: null }), "request_invalid", /nonce/],
		["a short nonce", request({ nonce: "abc" }), "request_invalid", /nonce/],
		["plain direct_post", request({ response_mode: "direct_post" }), "request_invalid", /response_mode/],
		["a redirect_uri", request({ redirect_uri: "https://a.example" }), "request_invalid", /redirect_uri/],
		["transaction data", request({ transaction_data: ["e30"] }), "request_invalid", /transaction/],
		["transaction data of an unknown type", request({ transaction_data: [transaction({ type: "payment" })] }), "request_invalid", /unknown type/],
		["transaction data without a text", request({ transaction_data: [transaction({ text: " " })] }), "request_invalid", /no text to read/],
		["transaction data for another credential", request({ transaction_data: [transaction({ credential_ids: ["passport"] })] }), "request_invalid", /credential_ids/],
		["transaction data with another hash", request({ transaction_data: [transaction({ transaction_data_hashes_alg: ["sha-1"] })] }), "request_invalid", /hash/],
		["no transaction data", request({ transaction_data: [] }), "request_invalid", /transaction/],
		["no query", request({ dcql_query: null }), "request_invalid", /dcql_query/],
		["a broken query", request({ dcql_query: { credentials: [] } }), "request_invalid", /dcql_query/],
		["no encryption key", request({ client_metadata: { jwks: { keys: [] } } }), "request_invalid", /encryption key/],
		["an expired time", request({ exp: 1000 }), "request_expired"],
		["a time from the future", request({ iat: 9e9 }), "request_invalid", /future/],
		["no registration", request({ verifier_info: null }), "requester_unregistered", /none/],
		["a registration of another", () => ({ registration: { sub: "x509_hash:AAAA" } }), "requester_unregistered", /of another/],
		["an expired registration", () => ({ registration: { exp: now() - 1000 } }), "requester_unregistered", /expired/],
		["a registration by a stranger", () => ({ registrarSigner: stranger }), "requester_unregistered", /trusted root/],
		["a registration by the issuer", () => ({ registrarSigner: city.issuer }), "requester_unregistered", /trusted root/],
		["a registration by the one who asks", () => ({ registrarSigner: city.hotel }), "requester_unregistered", /relying party/],
		["a registration by another who asks", () => ({ registrarSigner: reader }), "requester_unregistered", /relying party/],
		["a registration by a key for agreement", () => ({ registrarSigner: agreer }), "requester_unregistered", /may not sign/],
		["a registration without purpose", () => ({ registration: { purpose: {} } }), "requester_unregistered", /purpose/],
		["a registration without retention", () => ({ registration: { retention_s: undefined } }), "requester_unregistered", /retention/],
		["a registration of another typ", () => ({ registrationHeader: { typ: "JWT" } }), "requester_unregistered", /typ/],
		["an insecure response_uri", request({ response_uri: "http://a.example/" }), "request_invalid", /response_uri/],
		["a changed byte", () => ({ requestText: (t) => `${t.slice(0, -8)}AAAAAAAA` }), "request_invalid"],
		["a bearer of alg none", () => ({ requestText: (t) => `${Buffer.from('{"alg":"none","typ":"oauth-authz-req+jwt"}').toString("base64url")}.${t.split(".")[1]}.` }), "request_invalid"],
	];
	for (const [name, bend, code, detail] of bad)
		it(`with ${name} is ${code}`, async () => {
			city.bend = bend();
			const asked = await city.ask(HOTEL);
			await fails(read(asked), code, detail);
		});

	it("whose outer client_id differs is refused", async () => {
		const asked = await city.ask(HOTEL);
		await fails(read(asked, "x509_hash:AAAA"), "request_invalid");
	});

	it("that is gone says so", async () => {
		const asked = await city.ask(HOTEL);
		city.requests.delete(asked.id);
		await fails(read(asked), "request_gone");
	});

	it("that asks more than registered is refused and explained", async () => {
		const asked = await city.ask([...HOTEL, ["birthdate"]], HOTEL);
		await assert.rejects(read(asked), (error) => {
			assert.equal(error.code, "over_asked");
			assert.deepEqual(error.paths, [["birthdate"]]);
			assert.equal(error.registration.name, "Harbour Hotel");
			return true;
		});
	});

	it("for all ages is more than for one", async () => {
		const one = [["age_equal_or_over", "18"]];
		await read(await city.ask(one));
		await fails(
			read(await city.ask([["age_equal_or_over"]], one)),
			"over_asked",
		);
		await read(await city.ask(one, [["age_equal_or_over"]]));
	});
});

describe("an answer", () => {
	async function answer(paths) {
		const { batch, keys } = await receive(1);
		const verified = await verify(batch.credentials[0], keys[0]);
		const asked = await city.ask(paths);
		const request = await read(asked);
		const [choice] = p.match(request.query, [
			{
				id: "card",
				vct: VCT,
				claims: verified.claims,
				authorityKeyIds: verified.authorityKeyIds,
			},
		]);
		const prepared = await p.prepare(
			choice.queryId,
			batch.credentials[0],
			choice.paths,
		);
		const sealed = await p.seal(platform(), request, [
			{ prepared, key: keys[0].privateKey },
		]);
		return { asked, prepared, sealed, request, key: keys[0] };
	}

	it("shows what was asked and nothing else", async () => {
		const { asked, prepared, sealed, request, key } = await answer(HOTEL);
		await p.send(platform(), request, sealed);
		assert.equal(asked.bound, true);
		assert.equal(asked.used, key.id);
		assert.equal(asked.answer.state, asked.state);
		assert.equal(asked.header.alg, "ECDH-ES");
		assert.equal(asked.header.kid, asked.jwk.kid);
		const shown = prepared.shown.map((c) => c.path.join("."));
		assert.deepEqual(
			shown.sort(),
			["document_number", "family_name", "picture"],
		);
		for (const name of ["given_name", "birthdate"])
			assert.equal(asked.claims_shown[name], undefined);
	});

	it("signs what the person agreed to, as it was received", async () => {
		const encoded = transaction();
		city.bend = { request: { transaction_data: [encoded] } };
		const { asked, sealed, request } = await answer(HOTEL);
		assert.equal(request.transactions[0].text, "Room 12");
		await p.send(platform(), request, sealed);
		const [, body] = asked.presentation.split("~").pop().split(".");
		const binding = JSON.parse(Buffer.from(body, "base64url"));
		const hash = createHash("sha256").update(encoded).digest("base64url");
		assert.deepEqual(binding.transaction_data_hashes, [hash]);
	});

	it("to an age check tells one age only", async () => {
		const { asked, prepared, sealed, request } = await answer([
			["age_equal_or_over", "18"],
		]);
		await p.send(platform(), request, sealed);
		assert.deepEqual(asked.claims_shown.age_equal_or_over, { 18: true });
		assert.deepEqual(prepared.shown, [
			{ path: ["age_equal_or_over", "18"], value: true },
		]);
	});

	it("that is refused says why", async () => {
		const { request, sealed } = await answer(HOTEL);
		city.bend.answerStatus = 400;
		await fails(p.send(platform(), request, sealed), "answer_refused");
		city.bend.answerStatus = 404;
		await fails(p.send(platform(), request, sealed), "request_gone");
	});

	it("whose connection broke is unsure", async () => {
		const { request, sealed } = await answer(HOTEL);
		const broken = {
			...platform(),
			fetch: p.protocolFetch(async () => {
				throw new TypeError("network");
			}),
		};
		await fails(p.send(broken, request, sealed), "answer_unsure");
	});

	it("may be no", async () => {
		const asked = await city.ask(HOTEL);
		await p.decline(platform(), await read(asked));
		assert.equal(asked.declined.error, "access_denied");
		assert.equal(asked.declined.state, asked.state);
	});

	it("needs a card that fits", async () => {
		const request = await read(await city.ask(HOTEL));
		const none = async () => p.match(request.query, []);
		await fails(none(), "nothing_fits");
		const other = async () =>
			p.match(request.query, [
				{ id: "a", vct: "urn:x", claims: {}, authorityKeyIds: [] },
			]);
		await fails(other(), "nothing_fits");
	});
});

describe("the status", () => {
	const check = async (reference) =>
		p.checkStatus(
			reference,
			p.issuerRoots(await loadTrust()),
			now(),
			p.protocolFetch(fetch),
		);
	const ref = (idx) => ({ uri: `${city.url}/status/1`, idx });

	it("is read at its place", async () => {
		for (const [value, standing] of [
			[0, "valid"],
			[1, "revoked"],
			[2, "suspended"],
		])
			for (const idx of [0, 1, 2, 3, 41, 4095]) {
				city.setStatus(idx, value);
				assert.equal(await check(ref(idx)), standing);
				city.setStatus(idx, 0);
			}
	});

	const bad = [
		["a stranger's list", () => ({ statusSigner: stranger }), 1],
		["another list", () => ({ status: { sub: "https://a.example" } }), 1],
		["an old list", () => ({ status: { exp: now() - 1000 } }), 1],
		["an index beyond it", () => ({}), 99999],
	];
	for (const [name, bend, idx] of bad)
		it(`of ${name} is unknown`, async () => {
			city.bend = bend();
			assert.equal(await check(ref(idx)), "unknown");
		});

	it("agrees with the vectors of the draft", async () => {
		const lst = (hex) => Buffer.from(hex, "hex").toString("base64url");
		const one = { bits: 1, lst: lst("78dadbb918000217015d") };
		const bits = [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1];
		for (const [i, bit] of bits.entries())
			assert.equal(await p.statusValue(one, i), bit);
		const two = { bits: 2, lst: lst("78da3be9f2130003df0207") };
		const pairs = [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3];
		for (const [i, pair] of pairs.entries())
			assert.equal(await p.statusValue(two, i), pair);
	});
});

describe("links", () => {
	const q = "client_id=x509_hash%3AAA&request_uri=https%3A%2F%2Fa%2Fvp%2F1";
	const requests = [
		`openid4vp://?${q}`,
		`haip-vp://?${q}`,
		`  openid4vp://authorize?${q}\n`,
		`https://city.example/wallet/?${q}`,
		`https://city.example/wallet/#${q}`,
		`https://city.example/wallet/#openid4vp://?${q}`,
		`https://city.example/wallet/#${encodeURIComponent(`openid4vp://?${q}`)}`,
	];
	for (const text of requests)
		it(`of a request: ${text.trim()}`, () =>
			assert.deepEqual(p.readLink(text), {
				kind: "request",
				clientId: "x509_hash:AA",
				requestUri: "https://a/vp/1",
				post: false,
			}));
	for (const text of [
		"openid-credential-offer://?credential_offer_uri=https%3A%2F%2Fa",
		"haip-vci://?credential_offer_uri=https%3A%2F%2Fa",
		"https://city.example/wallet/?credential_offer_uri=https%3A%2F%2Fa",
	])
		it(`of an offer: ${text}`, () =>
			assert.equal(p.readLink(text).kind, "offer"));
	for (const text of [
		"",
		"hello",
		"https://a.example/",
		"javascript:alert(1)",
		"openid4vp://?client_id=a",
		`openid4vp://?${"a".repeat(9000)}`,
		"https://a/#%E0%A4%A",
	])
		it(`of nothing we know: ${text.slice(0, 40)}`, () =>
			assert.throws(() => p.readLink(text), { code: "link_unknown" }));
});

describe("signed documents", () => {
	it("with a foreign typ or alg are refused", async () => {
		const good = await sign({ a: 1 }, city.issuer, { typ: "x" });
		const roots = [city.issuerRoot.x5c];
		await p.verifySigned(good, { typ: "x", roots, now: now() });
		await assert.rejects(
			p.verifySigned(good, { typ: "y", roots, now: now() }),
		);
		await assert.rejects(
			p.verifySigned(good, { typ: "x", roots: [], now: now() }),
		);
	});
});
