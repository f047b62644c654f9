// Every way to ask and to answer: OpenID4VP 1.0 beside what HAIP leaves of it.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { after, before, test } from 'node:test'
import { City } from './lib/city.mjs'
import { anyRefusal, oauthError, problem } from './lib/expect.mjs'
import { FORM_TYPE, JSON_TYPE, form } from './lib/http.mjs'
import { b64u, decode, jwe, jws, newKey, now, randomBytes, sha256, verifiesByX5c } from './lib/jose.mjs'
import { enrol, tokenByOffer } from './lib/wallet.mjs'

const ORIGIN = 'https://hotel.example'
const PURPOSE = 'urn:yufu:transaction:purpose'
let city
let card
let cardKey
let hotel
before(async () => {
	city = await new City().start()
	const { wallet, token } = await tokenByOffer(city, await enrol(city))
	const { keys, body } = await wallet.body()
	card = (await wallet.credential(token, body)).json.credentials[0].credential
	cardKey = keys[0]
	const { stdout } = await promisify(execFile)(process.env.YUFU ?? 'build/yufu',
		['rp', 'add', join(city.data, 'city'), '--name', 'Hotel Example', '--policy', 'hotel', '--return-uri', `${ORIGIN}/back`, '--json'])
	hotel = JSON.parse(stdout).api_key
})
after(() => city.close())

const key = { get headers() { return { ...JSON_TYPE, Authorization: `Bearer ${hotel}` } } }
const send = (path, body) => city.post(path, JSON.stringify(body), key)
const create = (body) => send('/check/requests', { policy: 'hotel', ...body })
const view = async (id) => (await city.get(`/check/requests/${id}`, key)).json
const pathOf = (address) => new URL(address).pathname

async function made(body) {
	const reply = await create(body)
	assert.equal(reply.status, 201, reply.text)
	return reply.json
}

/** As a wallet reads it behind the link. */
async function asked(body = {}, post) {
	const request = await made(body)
	const link = new URL(request.uri)
	const path = pathOf(link.searchParams.get('request_uri'))
	const reply = post ? await city.post(path, form(post), { headers: FORM_TYPE }) : await city.get(path)
	assert.equal(reply.status, 200, reply.text)
	const { header, payload } = decode(reply.text)
	return { ...request, link, header, payload, text: reply.text, jwk: payload.client_metadata.jwks?.keys[0] }
}

function presentation(request, { aud = request.payload.client_id, changes = {}, header = {}, binder = cardKey } = {}) {
	const parts = card.split('~')
	const wanted = new Set(request.payload.dcql_query.credentials[0].claims.flatMap(({ path }) => path))
	const shown = parts.slice(1, -1).filter((part) => wanted.has(JSON.parse(Buffer.from(part, 'base64url'))[1]))
	const body = [parts[0], ...shown, ''].join('~')
	return body + jws({ typ: 'kb+jwt', alg: 'ES256', ...header },
		{ iat: now(), aud, nonce: request.payload.nonce, sd_hash: b64u(sha256(body)), ...changes }, binder)
}

const plainOf = (request, vp) => JSON.stringify({ vp_token: { id: [vp] }, ...(request.payload.state ? { state: request.payload.state } : {}) })
const post = (request, parameters) => city.post(pathOf(request.payload.response_uri), form(parameters), { headers: FORM_TYPE })
const answer = (request, how, envelope) => post(request, { response: jwe(plainOf(request, presentation(request, how)), request.jwk, envelope) })

test('a policy takes either format', async () => {
	const { payload } = await asked()
	const { credentials, credential_sets } = payload.dcql_query
	assert.deepEqual(credentials.map(({ id, format }) => [id, format]), [['id', 'dc+sd-jwt'], ['id_mdoc', 'mso_mdoc']])
	assert.deepEqual(credential_sets, [{ options: [['id'], ['id_mdoc']] }])
	for (const { path } of credentials[1].claims) assert.equal(path.length, 2)
	assert.deepEqual(payload.client_metadata.vp_formats_supported.mso_mdoc, { issuerauth_alg_values: [-7, -9], deviceauth_alg_values: [-7, -9] })
	const registered = decode(payload.verifier_info[0].data).payload.credentials
	assert.deepEqual(registered.map(({ format, meta }) => [format, meta.doctype_value ?? meta.vct_values[0]]),
		[['dc+sd-jwt', 'urn:yufu:id:1'], ['mso_mdoc', 'urn:yufu:id:1']])
})

test('the verdict goes to the wallet as well', async () => {
	const good = await answer(await asked())
	assert.equal(good.status, 200, good.text)
	assert.deepEqual(good.json, { verdict: 'accepted' })
	const bad = await answer(await asked(), { changes: { nonce: 'x' } })
	oauthError(bad, 400, 'invalid_request')
	assert.equal(bad.json.verdict, 'refused')
	assert.equal(bad.json.reason, 'nonce')
	assert.ok(bad.json.error_description)
})

const WRONG = [
	['bound a year ago', { changes: { iat: now() - 365 * 86400 } }, 'holder'],
	['bound in a year', { changes: { iat: now() + 365 * 86400 } }, 'holder'],
	['another audience', { aud: 'x509_hash:x' }, 'audience'],
	['another nonce', { changes: { nonce: b64u(randomBytes(16)) } }, 'nonce'],
	['another sd_hash', { changes: { sd_hash: b64u(randomBytes(32)) } }, 'digest'],
	['typ JWT', { header: { typ: 'JWT' } }, 'typ'],
	['alg none', { header: { alg: 'none' } }, 'algorithm'],
	['alg HS256 with the public key', { header: { alg: 'HS256' } }, 'algorithm'],
	['another key', { binder: newKey() }, 'holder'],
	['no aud', { changes: { aud: undefined } }, 'missing'],
	['hashes of nothing that was asked', { changes: { transaction_data_hashes: ['x'] } }, 'holder'],
]
for (const [name, how, reason] of WRONG)
	test(`refused: ${name}`, async () => {
		const request = await asked()
		const reply = await answer(request, how)
		assert.equal(reply.json.reason, reason, reply.text)
		const { result } = await view(request.id)
		assert.equal(result.verdict, 'refused')
		assert.equal(result.reason, reason)
		assert.deepEqual(result.claims, {})
	})

test('the envelope: kid of another key, apu and apv, both enc', async () => {
	const request = await asked()
	oauthError(await answer(request, {}, { kid: 'another' }), 400, 'invalid_request')
	assert.equal((await view(request.id)).state, 'fetched')
	// They change the key that is derived: given to one side only, it does not open.
	oauthError(await answer(request, {}, { header: { apu: b64u('a'), apv: b64u('b') } }), 400, 'invalid_request')
	assert.equal((await answer(request)).status, 200)
	oauthError(await answer(request), 400, 'invalid_request')
})

test('an error is told in the clear', async () => {
	for (const [error, verdict, reason] of [
		['access_denied', 'refused', 'declined'],
		['vp_formats_not_supported', 'undetermined', 'vp_formats_not_supported'],
		['invalid_transaction_data', 'undetermined', 'invalid_transaction_data'],
		['wallet_unavailable', 'undetermined', 'wallet_unavailable'],
	]) {
		const request = await asked()
		const reply = await post(request, { error, error_description: 'why', state: request.payload.state })
		assert.deepEqual(reply.json, { verdict, reason }, reply.text)
		const { result } = await view(request.id)
		assert.equal(result.verdict, verdict)
		assert.equal(result.reason, reason)
	}
})

test('by the name of the server', async () => {
	const request = await asked({ client_id_prefix: 'x509_san_dns' })
	assert.ok(verifiesByX5c(request.text))
	const host = new URL(request.payload.response_uri).hostname
	if (/^[\d.]+$/.test(host)) return
	assert.equal(request.payload.client_id, `x509_san_dns:${host}`)
	assert.equal(request.link.searchParams.get('client_id'), request.payload.client_id)
	assert.equal(decode(request.payload.verifier_info[0].data).payload.sub, request.payload.client_id)
	assert.deepEqual((await answer(request)).json, { verdict: 'accepted' })
})

test('request_uri by POST: the nonce comes back, unknown metadata is ignored', async () => {
	const request = await asked({ request_uri_method: 'post' }, { wallet_nonce: 'n-1', wallet_metadata: '{"x":1,"vp_formats_supported":{"mso_mdoc":{}}}' })
	assert.equal(request.link.searchParams.get('request_uri_method'), 'post')
	assert.equal(request.payload.wallet_nonce, 'n-1')
	const path = pathOf(request.link.searchParams.get('request_uri'))
	for (const wallet_metadata of ['{"vp_formats_supported":{"ldp_vc":{}}}', '{"client_id_prefixes_supported":["decentralized_identifier"]}'])
		problem(await city.post(path, form({ wallet_metadata }), { headers: FORM_TYPE }), 400, 'unsupported')
	for (const wallet_metadata of ['{', '[]', '"x"'])
		problem(await city.post(path, form({ wallet_metadata }), { headers: FORM_TYPE }), 400, 'syntax')
	assert.deepEqual((await answer(request)).json, { verdict: 'accepted' })
})

test('direct_post: in the clear where that was asked, and only there', async () => {
	const request = await asked({ response_mode: 'direct_post' })
	assert.equal(request.payload.response_mode, 'direct_post')
	assert.equal(request.payload.client_metadata.jwks, undefined)
	const vp_token = JSON.stringify({ id: [presentation(request)] })
	oauthError(await post(request, { vp_token, state: 'x' }), 400, 'invalid_request')
	oauthError(await post(request, { vp_token: 'x', state: request.payload.state }), 400, 'invalid_request')
	assert.deepEqual((await post(request, { vp_token, state: request.payload.state })).json, { verdict: 'accepted' })
	const secret = await asked()
	const reply = await post(secret, { vp_token: JSON.stringify({ id: [presentation(secret)] }), state: secret.payload.state })
	oauthError(reply, 400, 'invalid_request')
	assert.equal(reply.json.reason, 'invalid_encryption')
})

// --- queries of its own

async function queried(change, claims = [{ path: ['family_name'] }]) {
	const credential = { id: 'id', format: 'dc+sd-jwt', meta: { vct_values: ['urn:yufu:id:1'] }, claims, ...change }
	return asked({ policy: undefined, dcql_query: { credentials: [credential] }, purpose: 'to check in' })
}
const unbound = (vp) => vp.slice(0, vp.lastIndexOf('~') + 1)
const answerWith = (request, vps) =>
	post(request, { response: jwe(JSON.stringify({ vp_token: { id: vps }, state: request.payload.state }), request.jwk) })

test('without holder binding only where the query says so', async () => {
	const free = await queried({ require_cryptographic_holder_binding: false })
	assert.deepEqual((await answerWith(free, [unbound(presentation(free))])).json, { verdict: 'accepted' })
	assert.equal((await view(free.id)).result.holder_bound, false)
	const wrong = await queried({ require_cryptographic_holder_binding: false })
	assert.equal((await answerWith(wrong, [presentation(wrong, { changes: { nonce: 'x' } })])).json.reason, 'nonce')
	const bound = await queried({})
	assert.equal((await answerWith(bound, [unbound(presentation(bound))])).json.reason, 'holder')
})

test('several of one kind only where the query says so', async () => {
	const many = await queried({ multiple: true })
	assert.deepEqual((await answerWith(many, [presentation(many), presentation(many)])).json, { verdict: 'accepted' })
	assert.equal((await view(many.id)).result.credentials.length, 2)
	const one = await queried({})
	assert.equal((await answerWith(one, [presentation(one), presentation(one)])).json.reason, 'not_asked')
})

test('values, claim_sets and authorities are compared here again', async () => {
	for (const [change, claims, reason] of [
		[{}, [{ path: ['family_name'], values: ['Nobody'] }], 'not_asked'],
		[{ claim_sets: [['a'], ['b']] }, [{ id: 'a', path: ['family_name'], values: ['Nobody'] }, { id: 'b', path: ['given_name'] }], undefined],
		[{ trusted_authorities: [{ type: 'aki', values: [b64u(randomBytes(20))] }] }, undefined, 'not_asked'],
	]) {
		const request = await queried(change, claims)
		const reply = await answerWith(request, [presentation(request)])
		assert.equal(reply.json.reason, reason, reply.text)
	}
})

// --- the same device

test('only the session that started gets the result', async () => {
	const request = await asked({ same_device: true, return_uri: `${ORIGIN}/back` })
	const reply = await answer(request)
	assert.equal(reply.json.verdict, 'accepted')
	const back = new URL(reply.json.redirect_uri)
	assert.equal(back.origin + back.pathname, `${ORIGIN}/back`)
	const response_code = back.searchParams.get('response_code')
	assert.ok(Buffer.from(response_code, 'base64url').length >= 16)
	const withheld = await view(request.id)
	assert.deepEqual([withheld.state, withheld.result, withheld.withheld], ['answered', null, true])
	const path = `/check/requests/${request.id}/result`
	const other = await made({ same_device: true, return_uri: `${ORIGIN}/back` })
	problem(await send(path, { session: other.session, response_code }), 403, 'denied')
	problem(await send(path, { session: request.session, response_code: b64u(randomBytes(32)) }), 403, 'denied')
	problem(await send(path, { session: request.session }), 400, 'missing')
	const released = await send(path, { session: request.session, response_code })
	assert.equal(released.status, 200, released.text)
	assert.equal(released.json.result.verdict, 'accepted')
	problem(await send(`/check/requests/${other.id}/result`, { session: other.session, response_code }), 403, 'denied')
})

test('who says no goes back as well; a refusal is not withheld', async () => {
	const ask = { same_device: true, return_uri: `${ORIGIN}/back` }
	const request = await asked(ask)
	const reply = await post(request, { error: 'access_denied', state: request.payload.state })
	assert.ok(reply.json.redirect_uri.startsWith(`${ORIGIN}/back?response_code=`))
	assert.equal((await view(request.id)).result.reason, 'declined')
	const bad = await asked(ask)
	assert.equal((await answer(bad, { changes: { nonce: 'x' } })).json.redirect_uri, undefined)
	assert.equal((await view(bad.id)).result.reason, 'nonce')
})

// --- the Digital Credentials API

const viaBrowser = (ask, protocol, data) => send(`/check/requests/${ask.id}/dc_api`, { protocol, data })

test('requests for the browser, signed and not', async () => {
	const { digital } = await made({ dc_api: true, origin: ORIGIN })
	assert.deepEqual(digital.requests.map(({ protocol }) => protocol), ['openid4vp-v1-signed', 'openid4vp-v1-unsigned'])
	const [signed, unsigned] = digital.requests
	assert.ok(verifiesByX5c(signed.data.request))
	const { header, payload } = decode(signed.data.request)
	assert.equal(header.typ, 'oauth-authz-req+jwt')
	assert.deepEqual(payload.expected_origins, [ORIGIN])
	assert.equal(payload.response_mode, 'dc_api.jwt')
	for (const name of ['response_uri', 'redirect_uri', 'state']) assert.equal(payload[name], undefined)
	for (const name of ['client_id', 'expected_origins', 'response_uri', 'state', 'aud']) assert.equal(unsigned.data[name], undefined)
	assert.equal(unsigned.data.nonce, payload.nonce)
})

test('bound to the page that asked', async () => {
	for (const [audience, verdict, reason] of [
		[`origin:${ORIGIN}`, 'accepted', null], ['origin:https://evil.example', 'refused', 'audience'],
		[ORIGIN, 'refused', 'audience'], [null, 'refused', 'audience'],
	]) {
		const ask = await made({ dc_api: true, origin: ORIGIN })
		const { payload } = decode(ask.digital.requests[0].data.request)
		const request = { payload, jwk: payload.client_metadata.jwks.keys[0] }
		const response = jwe(plainOf(request, presentation(request, audience ? { aud: audience } : {})), request.jwk)
		const reply = await viaBrowser(ask, 'openid4vp-v1-signed', { response })
		assert.equal(reply.status, 200, reply.text)
		assert.equal(reply.json.result.verdict, verdict)
		assert.equal(reply.json.result.reason, reason)
		anyRefusal(await viaBrowser(ask, 'openid4vp-v1-signed', { response }))
	}
})

test('what the browser may not hand on', async () => {
	const ask = await made({ dc_api: true, origin: ORIGIN })
	for (const [protocol, data] of [
		['openid4vp', { response: 'x' }], ['org-iso-mdoc', { response: 'x' }], ['openid4vp-v1-signed', {}], ['openid4vp-v1-signed', 'x'],
		['openid4vp-v1-signed', { response: 'x' }], ['openid4vp-v1-unsigned', { vp_token: {} }], ['openid4vp-v1-signed', { response: 'x', error: 'y' }],
	])
		anyRefusal(await viaBrowser(ask, protocol, data))
	assert.equal((await view(ask.id)).state, 'waiting')
	const said = await viaBrowser(ask, 'openid4vp-v1-unsigned', { error: 'access_denied' })
	assert.equal(said.json.result.reason, 'declined')
	anyRefusal(await viaBrowser(await made({}), 'openid4vp-v1-signed', { response: 'x' }))
})

test('the library of the editors makes the answer for the browser', async () => {
	const { Openid4vpClient } = await import('@openid4vc/openid4vp')
	const { setGlobalConfig } = await import('@openid4vc/oauth2')
	setGlobalConfig({ allowInsecureUrls: true })
	const callbacks = {
		hash: (data) => sha256(data), generateRandom: (n) => randomBytes(n), fetch, decryptJwe: () => ({ decrypted: false }),
		verifyJwt: async (signer, { compact }) => ({ verified: verifiesByX5c(compact), signerJwk: {} }),
		encryptJwe: async ({ publicJwk, enc }, data) => ({ encryptionJwk: publicJwk, jwe: jwe(data, publicJwk, { header: { enc } }) }),
		getX509CertificateMetadata: () => ({ sanDnsNames: [], sanUriNames: [] }),
	}
	for (const at of [0, 1]) {
		const ask = await made({ dc_api: true, origin: ORIGIN })
		const { protocol, data } = ask.digital.requests[at]
		const client = new Openid4vpClient({ callbacks })
		const resolved = await client.resolveOpenId4vpAuthorizationRequest({ authorizationRequestPayload: data, origin: ORIGIN })
		const payload = resolved.authorizationRequestPayload
		const vp_token = { id: [presentation({ payload }, { aud: `origin:${ORIGIN}` })] }
		const answered = await client.createOpenid4vpAuthorizationResponse({
			authorizationRequestPayload: payload, authorizationResponsePayload: { vp_token }, origin: ORIGIN,
			jarm: { encryption: {}, serverMetadata: { authorization_encryption_alg_values_supported: ['ECDH-ES'], authorization_encryption_enc_values_supported: ['A128GCM'] } },
		})
		const reply = await viaBrowser(ask, protocol, { response: answered.jarm.responseJwt })
		assert.equal(reply.json.result?.verdict, 'accepted', reply.text)
		await assert.rejects(client.resolveOpenId4vpAuthorizationRequest({ authorizationRequestPayload: ask.digital.requests[0].data, origin: 'https://evil.example' }))
	}
})

// --- what is agreed to

test('transaction data: signed over the string as received', async () => {
	const request = await asked({ transaction_data: [{ type: PURPOSE, text: 'Room 12, two nights' }] })
	assert.equal(request.payload.dcql_query.credentials.length, 1)
	const [encoded] = request.payload.transaction_data
	assert.deepEqual(JSON.parse(Buffer.from(encoded, 'base64url')), { type: PURPOSE, credential_ids: ['id'], text: 'Room 12, two nights' })
	const reply = await answer(request, { changes: { transaction_data_hashes: [b64u(sha256(encoded))] } })
	assert.deepEqual(reply.json, { verdict: 'accepted' }, reply.text)
	assert.deepEqual((await view(request.id)).result.transaction_data, [{ type: PURPOSE, text: 'Room 12, two nights', credential_id: 'id' }])
})

test('transaction data: unsigned, or over the content', async () => {
	for (const [hash, reason] of [[() => undefined, 'not_asked'], [(encoded) => [b64u(sha256(Buffer.from(encoded, 'base64url')))], 'holder']]) {
		const request = await asked({ transaction_data: [{ type: PURPOSE, text: 'x' }] })
		const reply = await answer(request, { changes: { transaction_data_hashes: hash(request.payload.transaction_data[0]) } })
		assert.equal(reply.json.reason, reason, reply.text)
	}
})

const WRONG_CREATE = [
	['a prefix that is none', { client_id_prefix: 'did' }, 400, 'unsupported'],
	['a mode that is none', { response_mode: 'fragment' }, 400, 'unsupported'],
	['an address that is not registered', { same_device: true, return_uri: 'https://evil.example/' }, 403, 'denied'],
	['no address to come back to', { same_device: true }, 400, 'missing'],
	['a page that is not registered', { dc_api: true, origin: 'https://evil.example' }, 403, 'denied'],
	['no page', { dc_api: true }, 400, 'missing'],
	['both ways', { dc_api: true, origin: ORIGIN, same_device: true, return_uri: `${ORIGIN}/back` }, 400, 'syntax'],
	['a transaction of an unknown type', { transaction_data: [{ type: 'payment', text: 'x' }] }, 400, 'unsupported'],
	['a transaction for an mdoc', { transaction_data: [{ type: PURPOSE, text: 'x', credential_ids: ['id_mdoc'] }] }, 400, 'syntax'],
]
for (const [name, body, status, type] of WRONG_CREATE)
	test(`create: ${name}`, async () => problem(await create(body), status, type))

test('the city is still up', async () => assert.ok(await city.isUp()))
