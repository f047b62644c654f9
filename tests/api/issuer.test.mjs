// The rest of OpenID4VCI 1.0 on the issuer's side: attested wallets and keys, authorization_details, encryption,
// cards that wait for an operator, refresh.
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { deflateRawSync } from 'node:zlib'
import { answerKey, attestationPop, clientAttestation, keyAttestation, openJwe, provider } from './lib/attest.mjs'
import { City } from './lib/city.mjs'
import { challenge, oauthError } from './lib/expect.mjs'
import { JSON_TYPE, form, FORM_TYPE, request } from './lib/http.mjs'
import { b64u, decode, jwe, newKey, now, proof, randomBytes } from './lib/jose.mjs'
import { PRE_AUTHORIZED, Wallet, offer } from './lib/wallet.mjs'

const PATH = '/city'
const ATTESTED = 'https://attested.example/wallet'
const PERSON = {
	family_name: 'Sample', given_name: 'Person', family_name_latin: 'Sample', given_name_latin: 'Person', birth_date: '1990-01-02', sex: 2,
	place_of_birth: { country: 'TH', locality: 'Town' }, nationality: ['TH'],
}
const LOCALES = ['en', 'zh', 'th', 'vi', 'ru']

function type(name, changes) {
	const text = (value) => Object.fromEntries(LOCALES.map((locale) => [locale, value]))
	const colors = { background: '#224466', text: '#ffffff' }
	return {
		name, number_prefix: name[0].toUpperCase(), level: 'basic', days: 3, batch_size: 4,
		display: text({ name, description: name }), colors: { basic: colors, upgraded: colors },
		mdoc: { doctype: `example.${name}`, namespace: `example.${name}` },
		claims: [{ path: ['family_name'], source: 'family_name', mdoc: { element: 'family_name' }, names: text('Name') }],
		...changes,
	}
}

let wallets
let keys
let city
let strict
let number = 1000

function prepare(ini, folder, oauth) {
	writeFileSync(join(folder, 'wallets.pem'), wallets.pem)
	writeFileSync(join(folder, 'keys.pem'), keys.pem)
	mkdirSync(join(folder, 'types'))
	for (const one of [type('slow', { approval: 'operator' }), type('vault', { key_attestations_required: { key_storage: ['iso_18045_high', 'iso_18045_moderate'] } })])
		writeFileSync(join(folder, 'types', `${one.name}.json`), JSON.stringify(one))
	return ini.replace(/^clients =.*$/m, `clients = ${ATTESTED}|${ATTESTED}/cb|attested\nwallet_roots = wallets.pem\nkey_roots = keys.pem\n${oauth}`)
}

before(async () => {
	wallets = await provider('Wallets')
	keys = await provider('Keys')
	city = new City()
	await city.serve(PATH, (ini) => prepare(ini, join(city.data, 'city'), ''))
	strict = new City()
	await strict.serve('', (ini) => prepare(ini, join(strict.data, 'city'), 'profile = haip\nencryption_required = yes\nrequest_key = 3'))
})
after(async () => { await city.close(); await strict.close() })

async function someone(where = city) {
	const person = { ...PERSON, personal_administrative_number: `N-${number++}` }
	await where.person(person)
	return { number: person.personal_administrative_number }
}

/** The offer's address holds the path; lib/wallet.mjs asks below the city's own. */
async function offered(type = 'id', where = city) {
	const made = await where.command('offer', '--person', (await someone(where)).number, '--type', type, '--vetted', 'papers seen')
	const reply = await request('GET', new URL(made.uri).searchParams.get('credential_offer_uri'))
	return reply.json.grants[PRE_AUTHORIZED]['pre-authorized_code']
}

async function tokenFor(type = 'id', changes = {}) {
	const wallet = new Wallet(city)
	const reply = await wallet.redeemOffer(await offered(type), changes)
	assert.equal(reply.status, 200, reply.text)
	return { wallet, token: reply.json.access_token, answer: reply.json }
}

/* --- metadata --- */

test('metadata says what is offered, below a path', async () => {
	const origin = city.url.slice(0, -PATH.length)
	const server = (await request('GET', `${origin}/.well-known/oauth-authorization-server${PATH}`)).json
	assert.deepEqual(server.token_endpoint_auth_methods_supported, ['attest_jwt_client_auth', 'none'])
	assert.deepEqual(server.client_attestation_signing_alg_values_supported, ['ES256'])
	assert.deepEqual(server.client_attestation_pop_signing_alg_values_supported, ['ES256'])
	assert.equal(server.challenge_endpoint, `${city.url}/oauth/challenge`)
	assert.ok(server.grant_types_supported.includes('refresh_token'))
	assert.deepEqual(server.authorization_details_types_supported, ['openid_credential'])
	const issuer = (await request('GET', `${origin}/.well-known/openid-credential-issuer${PATH}`)).json
	assert.equal(issuer.deferred_credential_endpoint, `${city.url}/vci/deferred`)
	const { credential_request_encryption: asked, credential_response_encryption: given } = issuer
	assert.equal(asked.jwks.keys.length, 1)
	assert.ok(asked.jwks.keys[0].kid)
	assert.equal(asked.jwks.keys[0].alg, 'ECDH-ES')
	assert.equal(asked.jwks.keys[0].d, undefined)
	assert.deepEqual(asked.enc_values_supported, ['A128GCM', 'A256GCM'])
	assert.deepEqual(asked.zip_values_supported, ['DEF'])
	assert.equal(asked.encryption_required, false)
	assert.deepEqual(given.alg_values_supported, ['ECDH-ES'])
	assert.equal(given.encryption_required, false)
	const { id, vault } = issuer.credential_configurations_supported
	assert.equal(id.proof_types_supported.jwt.key_attestations_required, undefined)
	for (const one of ['jwt', 'attestation'])
		assert.deepEqual(vault.proof_types_supported[one].key_attestations_required, { key_storage: ['iso_18045_high', 'iso_18045_moderate'] })
	const haip = (await strict.get('/.well-known/oauth-authorization-server')).json
	assert.deepEqual(haip.token_endpoint_auth_methods_supported, ['attest_jwt_client_auth'])
	assert.equal(haip['pre-authorized_grant_anonymous_access_supported'], false)
	const theirs = (await strict.get('/.well-known/openid-credential-issuer')).json
	assert.equal(theirs.credential_request_encryption.encryption_required, true)
	assert.equal(theirs.credential_response_encryption.encryption_required, true)
})

/* --- attested wallets --- */

const headersOf = (attestation, pop) => ({ 'OAuth-Client-Attestation': attestation, 'OAuth-Client-Attestation-PoP': pop })

function attested(where = city, { client = ATTESTED, attestation = {}, pop = {}, key = newKey(), popKey = key, by = wallets } = {}) {
	return headersOf(clientAttestation(by, client, key, attestation), attestationPop(popKey, where.url, pop))
}

const pushed = { client_id: ATTESTED, redirect_uri: `${ATTESTED}/cb` }
const push = (headers, where = city) => {
	const wallet = new Wallet(where)
	return wallet.par(pushed, { ...wallet.dpop('/oauth/par'), ...headers })
}

test('an attested wallet may push', async () => assert.equal((await push(attested())).status, 201))
test('a list of audiences that has us is right', async () =>
	assert.equal((await push(attested(city, { pop: { payload: { aud: ['https://x.example', city.url] } } }))).status, 201))

const WRONG = [
	['none where it is due', () => ({}), 401, 'invalid_client'],
	['no proof beside it', () => ({ ...attested(), 'OAuth-Client-Attestation-PoP': undefined })],
	['no attestation beside the proof', () => ({ ...attested(), 'OAuth-Client-Attestation': undefined })],
	['of another client', () => attested(city, { client: 'https://other.example' }), 401, 'invalid_client'],
	['without sub', () => attested(city, { attestation: { payload: { sub: undefined } } })],
	['without exp', () => attested(city, { attestation: { payload: { exp: undefined } } })],
	['exp in the past', () => attested(city, { attestation: { payload: { exp: now() - 600 } } })],
	['not yet', () => attested(city, { attestation: { payload: { nbf: now() + 600 } } })],
	['without cnf', () => attested(city, { attestation: { payload: { cnf: undefined } } })],
	['a private member in cnf', () => { const key = newKey(); return attested(city, { key, attestation: { payload: { cnf: { jwk: key.full } } } }) }],
	['typ JWT', () => attested(city, { attestation: { header: { typ: 'JWT' } } })],
	['alg none', () => attested(city, { attestation: { header: { alg: 'none' } } })],
	['without x5c', () => attested(city, { attestation: { header: { x5c: undefined } } })],
	['the root in x5c', () => attested(city, { attestation: { header: { x5c: [...wallets.x5c, wallets.rootDer] } } })],
	['of a provider of keys, not of wallets', () => attested(city, { by: keys })],
	['a broken signature', () => attested(city, { attestation: { breakIt: true } })],
	['no JWS', () => headersOf('a.b', 'c.d')],
	['a proof of typ JWT', () => attested(city, { pop: { header: { typ: 'JWT' } } })],
	['a proof for somebody else', () => attested(city, { pop: { payload: { aud: 'https://other.example' } } })],
	['a proof without jti', () => attested(city, { pop: { payload: { jti: undefined } } })],
	['a proof without iat', () => attested(city, { pop: { payload: { iat: undefined } } })],
	['an old proof', () => attested(city, { pop: { payload: { iat: now() - 3600 } } })],
	['a proof from the future', () => attested(city, { pop: { payload: { iat: now() + 3600 } } })],
	['a proof that expired', () => attested(city, { pop: { payload: { exp: now() - 600 } } })],
	['a proof of another client', () => attested(city, { pop: { payload: { iss: 'https://other.example' } } })],
	['a proof with a broken signature', () => attested(city, { pop: { breakIt: true } })],
	['a proof of another key', () => attested(city, { popKey: newKey() })],
	['a challenge that is not ours', () => attested(city, { pop: { payload: { challenge: b64u(randomBytes(40)) } } }), 400, 'use_attestation_challenge'],
]
for (const [name, make, status = 400, error = 'invalid_client_attestation'] of WRONG)
	test(`client attestation: ${name}`, async () => {
		const headers = Object.fromEntries(Object.entries(make()).filter(([, value]) => value !== undefined))
		const reply = await push(headers)
		oauthError(reply, status, error)
		if (error === 'use_attestation_challenge') {
			const fresh = reply.header('oauth-client-attestation-challenge')
			assert.equal((await push(attested(city, { pop: { payload: { challenge: fresh } } }))).status, 201)
		}
	})

test('client attestation: a challenge of the endpoint is right, a c_nonce is not', async () => {
	const { attestation_challenge } = (await city.post('/oauth/challenge')).json
	assert.equal((await push(attested(city, { pop: { payload: { challenge: attestation_challenge } } }))).status, 201)
	const c_nonce = await new Wallet(city).nonce()
	oauthError(await push(attested(city, { pop: { payload: { challenge: c_nonce } } })), 400, 'use_attestation_challenge')
})

test('client attestation: a proof is for one request, of fifty at once', async () => {
	const headers = attested()
	const replies = await Promise.all(Array.from({ length: 50 }, () => push(headers)))
	assert.equal(replies.filter(({ status }) => status === 201).length, 1)
	for (const reply of replies) if (reply.status !== 201) oauthError(reply, 400, 'invalid_client_attestation')
})

test('the HAIP profile: an offer is redeemed by attested wallets only', async () => {
	const code = await offered('id', strict)
	const wallet = new Wallet(strict)
	oauthError(await wallet.redeemOffer(code), 401, 'invalid_client')
	oauthError(await wallet.par(), 401, 'invalid_client')
	const reply = await wallet.redeemOffer(code, {}, { ...wallet.dpop('/oauth/token'), ...attested(strict) })
	assert.equal(reply.status, 200, reply.text)
})

/* --- authorization_details --- */

const detail = (id, more = {}) => ({ type: 'openid_credential', credential_configuration_id: id, ...more })
const details = (...all) => ({ authorization_details: JSON.stringify(all) })

for (const [name, change, error] of [
	['beside no scope', () => ({ scope: undefined, ...details(detail('id')) })],
	['beside the scope of the same card', () => details(detail('id'), detail('id_mso_mdoc'))],
	['with our location', () => ({ scope: undefined, ...details(detail('id', { locations: [city.url] })) })],
	['with claims', () => ({ scope: undefined, ...details(detail('id', { claims: [{ path: ['family_name'] }] })) })],
	['of another type', () => details({ type: 'payment', credential_configuration_id: 'id' }), 'invalid_authorization_details'],
	['of an unknown configuration', () => details(detail('passport')), 'invalid_authorization_details'],
	['of another card than the scope', () => details(detail('vault')), 'invalid_authorization_details'],
	['of two cards', () => ({ scope: undefined, ...details(detail('id'), detail('vault')) }), 'invalid_authorization_details'],
	['with another location', () => details(detail('id', { locations: ['https://x.example'] })), 'invalid_authorization_details'],
	['with an unknown member', () => details(detail('id', { format: 'dc+sd-jwt' })), 'invalid_authorization_details'],
	['without a configuration', () => details({ type: 'openid_credential' }), 'invalid_authorization_details'],
	['with empty claims', () => details(detail('id', { claims: [] })), 'invalid_authorization_details'],
	['an object', () => ({ authorization_details: '{}' }), 'invalid_authorization_details'],
	['an empty list', () => ({ authorization_details: '[]' }), 'invalid_authorization_details'],
	['no JSON', () => ({ authorization_details: '[{' }), 'invalid_authorization_details'],
	['too deep', () => ({ authorization_details: '['.repeat(4000) }), 'invalid_authorization_details'],
	['neither they nor a scope', () => ({ scope: undefined }), 'invalid_scope'],
])
	test(`authorization_details: ${name}`, async () => {
		const reply = await new Wallet(city).par(change())
		if (error) oauthError(reply, 400, error)
		else assert.equal(reply.status, 201, reply.text)
	})

test('a token by authorization_details names identifiers, and they are what is asked with', async () => {
	const { wallet, token, answer } = await tokenFor('id', details(detail('id')))
	assert.equal(answer.authorization_details.length, 1)
	const [{ credential_configuration_id, credential_identifiers, type: kind }] = answer.authorization_details
	assert.equal(kind, 'openid_credential')
	assert.equal(credential_configuration_id, 'id')
	assert.equal(credential_identifiers.length, 1)
	const { body } = await wallet.body()
	oauthError(await wallet.credential(token, body), 400, 'invalid_credential_request')
	const by = (identifier) => ({ ...body, credential_configuration_id: undefined, credential_identifier: identifier })
	oauthError(await wallet.credential(token, by('card:id_mso_mdoc')), 400, 'unknown_credential_identifier')
	oauthError(await wallet.credential(token, by('id')), 400, 'unknown_credential_identifier')
	assert.equal((await wallet.credential(token, by(credential_identifiers[0]))).status, 200)
	oauthError(await new Wallet(city).redeemOffer(await offered('id'), details(detail('vault'))), 400, 'invalid_authorization_details')
})

/* --- attested keys --- */

const high = { payload: { key_storage: ['iso_18045_high'] } }

async function vault() {
	const made = await tokenFor('vault')
	const nonce = await made.wallet.nonce()
	const own = Array.from({ length: 3 }, () => newKey())
	const ask = (proofs) => made.wallet.credential(made.token, { credential_configuration_id: 'vault', proofs })
	const send = async (proofs) => made.wallet.credential(made.token, JSON.stringify({ credential_configuration_id: 'vault', proofs }))
	return { ...made, nonce, own, ask, send, c: { aud: city.url, nonce } }
}

const boundTo = (reply) => reply.json.credentials.map(({ credential }) => decode(credential.split('~')[0]).payload.cnf.jwk.x)

test('key attestation: each attested key gets a copy, by either proof', async () => {
	const a = await vault()
	const alone = await a.send({ attestation: [keyAttestation(keys, a.own, { payload: { ...high.payload, nonce: a.nonce } })] })
	assert.equal(alone.status, 200, alone.text)
	assert.deepEqual(boundTo(alone), a.own.map(({ jwk }) => jwk.x))
	const b = await vault()
	const header = { key_attestation: keyAttestation(keys, b.own, high) }
	const inside = await b.send({ jwt: [proof(b.own[1], { ...b.c, header })] })
	assert.equal(inside.status, 200, inside.text)
	assert.deepEqual(boundTo(inside).sort(), b.own.map(({ jwk }) => jwk.x).sort())
})

const attest = (v, how = {}, by = keys) => keyAttestation(by, v.own, { ...how, payload: { ...high.payload, nonce: v.nonce, ...how.payload } })
for (const [name, proofs, error = 'invalid_proof'] of [
	['none where it is wanted', (v) => ({ jwt: [proof(v.own[0], v.c)] })],
	['of nobody we know', (v) => ({ attestation: [attest(v, {}, wallets)] })],
	['a broken signature', (v) => ({ attestation: [attest(v, { breakIt: true })] })],
	['typ of a draft', (v) => ({ attestation: [attest(v, { header: { typ: 'keyattestation+jwt' } })] })],
	['no x5c', (v) => ({ attestation: [attest(v, { header: { x5c: undefined } })] })],
	['expired', (v) => ({ attestation: [attest(v, { payload: { exp: now() - 600 } })] })],
	['without iat', (v) => ({ attestation: [attest(v, { payload: { iat: undefined } })] })],
	['no keys', (v) => ({ attestation: [attest(v, { payload: { attested_keys: [] } })] })],
	['a key twice', (v) => ({ attestation: [attest(v, { payload: { attested_keys: [v.own[0].jwk, v.own[0].jwk] } })] })],
	['a private key', (v) => ({ attestation: [attest(v, { payload: { attested_keys: [v.own[0].full] } })] })],
	['33 keys', (v) => ({ attestation: [attest(v, { payload: { attested_keys: Array.from({ length: 33 }, () => newKey().jwk) } })] })],
	['keys kept too carelessly', (v) => ({ attestation: [attest(v, { payload: { key_storage: ['iso_18045_basic'] } })] })],
	['no word on how they are kept', (v) => ({ attestation: [attest(v, { payload: { key_storage: undefined } })] })],
	['without nonce', (v) => ({ attestation: [attest(v, { payload: { nonce: undefined } })] })],
	['a nonce of its own making', (v) => ({ attestation: [attest(v, { payload: { nonce: b64u(randomBytes(40)) } })] }), 'invalid_nonce'],
	['two of them', (v) => ({ attestation: [attest(v), attest(v)] })],
	['in a proof of a key that it does not name', (v) => ({ jwt: [proof(newKey(), { ...v.c, header: { key_attestation: attest(v) } })] })],
	['in a proof, without exp', (v) => ({ jwt: [proof(v.own[0], { ...v.c, header: { key_attestation: attest(v, { payload: { exp: undefined } }) } })] })],
	['in a proof, a number', (v) => ({ jwt: [proof(v.own[0], { ...v.c, header: { key_attestation: 7 } })] })],
])
	test(`key attestation: ${name}`, async () => {
		const v = await vault()
		oauthError(await v.send(proofs(v)), 400, error)
	})

test('key attestation: its nonce is spent', async () => {
	const v = await vault()
	assert.equal((await v.send({ attestation: [attest(v)] })).status, 200)
	oauthError(await v.send({ attestation: [attest(v)] }), 400, 'invalid_nonce')
})

/* --- encryption --- */

const JWT_TYPE = { 'Content-Type': 'application/jwt' }
async function requestKey(where = city) {
	const origin = new URL(where.url).origin
	const path = new URL(where.url).pathname.replace(/^\/$/, '')
	return (await request('GET', `${origin}/.well-known/openid-credential-issuer${path}`)).json.credential_request_encryption.jwks.keys[0]
}

async function secret(change = {}, { type = 'id', where = '/vci/credential', how = {}, made, body } = {}) {
	const { wallet, token } = made ?? await tokenFor(type)
	const answer = answerKey()
	const asked = body ?? (await wallet.body()).body
	const text = JSON.stringify({ ...asked, ...(body ? {} : { credential_configuration_id: type }),
		credential_response_encryption: { jwk: answer.jwk, enc: 'A256GCM' }, ...change })
	const sealed = how.raw ?? jwe(how.zip ? deflateRawSync(how.bomb ?? text) : text, await requestKey(),
		{ ...(how.kid === undefined ? {} : { kid: how.kid }), header: { ...(how.zip ? { zip: how.zip } : {}), ...how.header } })
	const reply = await city.post(where, sealed,
		{ headers: { ...JWT_TYPE, Authorization: `DPoP ${token}`, ...wallet.dpop(where, { token }) } })
	return { reply, answer, wallet, token }
}

test('encryption: request and answer, packed and not, both enc', async () => {
	for (const enc of ['A128GCM', 'A256GCM'])
		for (const zip of [undefined, 'DEF']) {
			const answer = answerKey()
			const { reply } = await secret({ credential_response_encryption: { jwk: answer.jwk, enc, zip } }, { how: { zip } })
			assert.equal(reply.status, 200, reply.text)
			assert.equal(reply.type, 'application/jwt')
			assert.match(reply.header('cache-control'), /no-store/)
			const opened = openJwe(reply.text, answer)
			assert.deepEqual([opened.header.alg, opened.header.enc, opened.header.kid, opened.header.zip], ['ECDH-ES', enc, answer.jwk.kid, zip])
			assert.equal(opened.json.credentials.length, 1)
		}
})

test('encryption: of the request alone', async () => {
	const { reply } = await secret({ credential_response_encryption: undefined })
	assert.equal(reply.status, 200, reply.text)
	assert.equal(reply.type, 'application/json')
})

for (const [name, change, how] of [
	['no alg in the key', () => { const k = answerKey(); return { credential_response_encryption: { jwk: { ...k.jwk, alg: undefined }, enc: 'A128GCM' } } }],
	['another alg', () => ({ credential_response_encryption: { jwk: { ...answerKey().jwk, alg: 'ECDH-ES+A128KW' }, enc: 'A128GCM' } })],
	['another enc', () => ({ credential_response_encryption: { jwk: answerKey().jwk, enc: 'A128CBC-HS256' } })],
	['another zip', () => ({ credential_response_encryption: { jwk: answerKey().jwk, enc: 'A128GCM', zip: 'GZIP' } })],
	['no enc', () => ({ credential_response_encryption: { jwk: answerKey().jwk } })],
	['no key', () => ({ credential_response_encryption: { enc: 'A128GCM' } })],
	['a text', () => ({ credential_response_encryption: 'A128GCM' })],
	['a private key', () => { const k = newKey(); return { credential_response_encryption: { jwk: { ...k.full, alg: 'ECDH-ES' }, enc: 'A128GCM' } } }],
	['a request to another kid', () => ({}), { kid: 'other' }],
	['a request without kid', () => ({}), { kid: '' }],
	['a request that is no JWE', () => ({}), { raw: 'a.b.c' }],
	['a request packed as GZIP', () => ({}), { zip: 'GZIP' }],
	['a zip bomb', () => ({}), { zip: 'DEF', bomb: Buffer.alloc(64 * 1024 * 1024) }],
	['a request said to be packed that is not', () => ({}), { header: { zip: 'DEF' } }],
	['alg dir', () => ({}), { header: { alg: 'dir' } }],
])
	test(`encryption: ${name}`, async () => oauthError((await secret(change(), { how })).reply, 400, 'invalid_encryption_parameters'))

test('encryption: a key that came in the clear is refused, for anybody could have put it there', async () => {
	const { wallet, token } = await tokenFor()
	const { body } = await wallet.body()
	oauthError(await wallet.credential(token, { ...body, credential_response_encryption: { jwk: answerKey().jwk, enc: 'A128GCM' } }
		&& JSON.stringify({ ...body, credential_response_encryption: { jwk: answerKey().jwk, enc: 'A128GCM' } })), 400, 'invalid_encryption_parameters')
})

test('encryption: required means required, and the key before the newest still opens', async () => {
	const code = await offered('id', strict)
	const wallet = new Wallet(strict)
	const { access_token: token } = (await wallet.redeemOffer(code, {}, { ...wallet.dpop('/oauth/token'), ...attested(strict) })).json
	const { body } = await wallet.body()
	oauthError(await wallet.credential(token, body), 400, 'invalid_encryption_parameters')
	const key = await requestKey(strict)
	assert.equal(key.kid, 'request-3')
	const send = async (jwk, asked) => strict.post('/vci/credential', jwe(JSON.stringify(asked), jwk),
		{ headers: { ...JWT_TYPE, Authorization: `DPoP ${token}`, ...wallet.dpop('/vci/credential', { token }) } })
	oauthError(await send(key, body), 400, 'invalid_encryption_parameters')
	const answer = answerKey()
	const full = { ...body, credential_response_encryption: { jwk: answer.jwk, enc: 'A128GCM' } }
	assert.equal((await send(key, full)).status, 200)

	// Rotated: who read the metadata before is still understood, who read it two keys ago is not.
	const ini = join(strict.data, 'city', 'yufu.ini')
	for (const [next, status] of [[4, 200], [5, 400]]) {
		await strict.stop()
		writeFileSync(ini, readFileSync(ini, 'utf8').replace(/^request_key = .*$/m, `request_key = ${next}`))
		await strict.again()
		assert.equal((await requestKey(strict)).kid, `request-${next}`)
		const { body: fresh } = await wallet.body()
		const reply = await send(key, { ...fresh, credential_response_encryption: { jwk: answer.jwk, enc: 'A128GCM' } })
		if (status === 200) assert.equal(reply.status, 200, reply.text)
		else oauthError(reply, 400, 'invalid_encryption_parameters')
	}
})

/* --- cards that wait --- */

const waiting = async () => (await city.command('approve', '--list')).waiting

/** A request that waits: the newest of the list is its own. */
async function wait() {
	const made = await tokenFor('slow')
	const before = new Set((await waiting()).map(({ id }) => id))
	const { body, keys: own } = await made.wallet.body(2)
	const reply = await made.wallet.credential(made.token, JSON.stringify({ ...body, credential_configuration_id: 'slow' }))
	assert.equal(reply.status, 202, reply.text)
	assert.ok(reply.json.interval > 0)
	assert.deepEqual(Object.keys(reply.json).sort(), ['interval', 'transaction_id'])
	const [{ id, type: kind }] = (await waiting()).filter((one) => !before.has(one.id))
	assert.equal(kind, 'slow')
	return { ...made, own, id, transaction_id: reply.json.transaction_id }
}

const ask = ({ wallet, token }, body) => city.post('/vci/deferred', JSON.stringify(body),
	{ headers: { ...JSON_TYPE, Authorization: `DPoP ${token}`, ...wallet.dpop('/vci/deferred', { token }) } })

test('deferred: waits, survives a restart, is approved, delivered once of fifty, and gone', async () => {
	const w = await wait()
	const { transaction_id } = w
	const again = await ask(w, { transaction_id })
	assert.equal(again.status, 202)
	assert.equal(again.json.transaction_id, transaction_id)
	await city.stop()
	await city.again()
	await city.command('approve', w.id)
	assert.ok(!(await waiting()).some(({ id }) => id === w.id))
	await assert.rejects(city.command('approve', w.id), /changed or exists/)
	const replies = await Promise.all(Array.from({ length: 50 }, () => ask(w, { transaction_id })))
	const good = replies.filter(({ status }) => status === 200)
	assert.equal(good.length, 1, replies.map(({ text }) => text.slice(0, 80)).join('\n'))
	assert.deepEqual(boundTo(good[0]), w.own.map(({ jwk }) => jwk.x))
	assert.ok(good[0].json.notification_id)
	for (const reply of replies) if (reply.status !== 200) oauthError(reply, 400, 'invalid_transaction_id')
	oauthError(await ask(w, { transaction_id }), 400, 'invalid_transaction_id')
})

test('deferred: refused, with the reason', async () => {
	const w = await wait()
	await city.command('approve', w.id, '--refuse', 'the papers do not match')
	const reply = await ask(w, { transaction_id: w.transaction_id })
	oauthError(reply, 400, 'credential_request_denied')
	assert.match(reply.json.error_description, /papers do not match/)
	await assert.rejects(city.command('approve', '0192-no-such-id'), /no such record/)
})

test('deferred: what is not ours to ask for', async () => {
	const w = await wait()
	const other = await tokenFor('slow')
	oauthError(await ask(other, { transaction_id: w.transaction_id }), 400, 'invalid_transaction_id')
	oauthError(await ask(w, { transaction_id: b64u(randomBytes(32)) }), 400, 'invalid_transaction_id')
	oauthError(await ask(w, {}), 400, 'invalid_transaction_id')
	oauthError(await ask(w, { transaction_id: 7 }), 400, 'invalid_credential_request')
	challenge(await ask({ wallet: w.wallet, token: 'x' }, { transaction_id: w.transaction_id }), 'invalid_token')
	const reply = await city.post('/vci/deferred', '{', { headers: { ...JSON_TYPE, Authorization: `DPoP ${w.token}`, ...w.wallet.dpop('/vci/deferred', { token: w.token }) } })
	oauthError(reply, 400, 'invalid_credential_request')
})

test('deferred: the key of the first request encrypts, and the key of a later one replaces it', async () => {
	const made = await tokenFor('slow')
	const before = new Set((await waiting()).map(({ id }) => id))
	const first = await secret({}, { type: 'slow', made })
	assert.equal(first.reply.status, 202, first.reply.text)
	const { transaction_id } = openJwe(first.reply.text, first.answer).json
	const [{ id }] = (await waiting()).filter((one) => !before.has(one.id))
	const later = await ask(made, { transaction_id })
	assert.equal(later.status, 202)
	assert.equal(openJwe(later.text, first.answer).json.transaction_id, transaction_id)
	await city.command('approve', id)
	const last = await secret({}, { made, where: '/vci/deferred', body: { transaction_id } })
	assert.equal(last.reply.status, 200, last.reply.text)
	assert.equal(openJwe(last.reply.text, last.answer).json.credentials.length, 1)
	assert.throws(() => openJwe(last.reply.text, first.answer))
})

/* --- refresh --- */

const refresh = (wallet, refresh_token, changes = {}, headers = wallet.dpop('/oauth/token')) =>
	city.post('/oauth/token', form({ grant_type: 'refresh_token', refresh_token, ...changes }), { headers: { ...FORM_TYPE, ...headers } })

async function refreshed() {
	const made = await tokenFor()
	return { ...made, again: (changes, headers) => refresh(made.wallet, made.answer.refresh_token, changes, headers) }
}

test('refresh: another batch, as often as it takes, with the same token', async () => {
	const r = await refreshed()
	for (let i = 0; i < 3; i++) {
		const reply = await r.again()
		assert.equal(reply.status, 200, reply.text)
		assert.match(reply.header('cache-control'), /no-store/)
		assert.equal(reply.json.refresh_token, undefined)
		assert.equal((await r.wallet.credential(reply.json.access_token, (await r.wallet.body()).body)).status, 200)
	}
})

test('refresh: refused by name', async () => {
	const r = await refreshed()
	const other = new Wallet(city)
	oauthError(await refresh(other, r.answer.refresh_token), 400, 'invalid_grant')
	oauthError(await r.again({ refresh_token: b64u(randomBytes(32)) }), 400, 'invalid_grant')
	oauthError(await r.again({ refresh_token: undefined }), 400, 'invalid_request')
	oauthError(await r.again({ scope: 'vault' }), 400, 'invalid_scope')
	oauthError(await r.again(details(detail('vault'))), 400, 'invalid_authorization_details')
	oauthError(await r.again({}, {}), 400, 'invalid_dpop_proof')
	assert.equal((await r.again({ scope: 'id' })).status, 200)
})

test('refresh: a suspended card stops it, a revoked one ends it', async () => {
	const r = await refreshed()
	const { notification_id } = (await r.wallet.credential(r.token, (await r.wallet.body()).body)).json
	await city.command('status', notification_id, 'suspended')
	oauthError(await r.again(), 400, 'invalid_grant')
	await city.command('status', notification_id, 'valid')
	assert.equal((await r.again()).status, 200)
	await city.command('status', notification_id, 'revoked')
	oauthError(await r.again(), 400, 'invalid_grant')
})

test('refresh: a code that comes twice ends the token of its first use', async () => {
	const wallet = new Wallet(city)
	const code = await offered()
	const { refresh_token } = (await wallet.redeemOffer(code)).json
	oauthError(await wallet.redeemOffer(code), 400, 'invalid_grant')
	oauthError(await refresh(wallet, refresh_token), 400, 'invalid_grant')
})

/* --- the rest --- */

test('an access token in the query is no access token', async () => {
	const { wallet, token } = await tokenFor()
	const { body } = await wallet.body()
	const reply = await city.post(`/vci/credential?access_token=${token}`, JSON.stringify(body), { headers: { ...JSON_TYPE, ...wallet.dpop('/vci/credential', { token }) } })
	challenge(reply)
})

test('another content type is refused', async () => {
	const { wallet, token } = await tokenFor()
	const reply = await city.post('/vci/credential', '<a/>', { headers: { 'Content-Type': 'text/xml', Authorization: `DPoP ${token}`, ...wallet.dpop('/vci/credential', { token }) } })
	assert.equal(reply.status, 415)
})

test('both cities are still up', async () => {
	assert.ok(await city.isUp())
	assert.ok(await strict.isUp())
})
