// Pushed authorization requests and the authorization endpoint: every wrong parameter by its name.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { City } from './lib/city.mjs'
import { challenge, oauthError } from './lib/expect.mjs'
import { FORM_TYPE, form } from './lib/http.mjs'
import { b64u, dpop, newKey, now, randomBytes } from './lib/jose.mjs'
import { Wallet } from './lib/wallet.mjs'

let city
before(async () => { city = await new City().start() })
after(() => city.close())

test('a right request gives a request_uri of its own', async () => {
	const wallet = new Wallet(city)
	const [a, b] = [await wallet.par(), await wallet.par()]
	for (const reply of [a, b]) {
		assert.equal(reply.status, 201, reply.text)
		assert.match(reply.json.request_uri, /^urn:ietf:params:oauth:request_uri:[\w-]{20,}$/)
		assert.ok(reply.json.expires_in > 0 && reply.json.expires_in < 600)
		assert.match(reply.header('cache-control'), /no-store/)
	}
	assert.notEqual(a.json.request_uri, b.json.request_uri)
})

const WRONG_PAR = [
	['response_type missing', { response_type: undefined }, 400, 'invalid_request'],
	['response_type unknown', { response_type: 'token' }, 400, 'unsupported_response_type'],
	['response_type twice', { response_type: ['code', 'code'] }, 400, 'invalid_request'],
	['client_id missing', { client_id: undefined }, 400, 'invalid_request', 'invalid_client'],
	['client_id unknown', { client_id: 'https://stranger.example/' }, 401, 'invalid_client'],
	['client_id twice', { client_id: ['a', 'b'] }, 400, 'invalid_request'],
	['redirect_uri missing', { redirect_uri: undefined }, 400, 'invalid_request'],
	['redirect_uri of somebody else', { redirect_uri: 'https://stranger.example/' }, 400, 'invalid_request'],
	['redirect_uri longer than registered', { redirect_uri: '/more' }, 400, 'invalid_request'],
	['scope missing', { scope: undefined }, 400, 'invalid_scope', 'invalid_request'],
	['scope unknown', { scope: 'openid' }, 400, 'invalid_scope'],
	['code_challenge missing', { code_challenge: undefined }, 400, 'invalid_request'],
	['code_challenge too short', { code_challenge: 'abc' }, 400, 'invalid_request'],
	['code_challenge_method missing', { code_challenge_method: undefined }, 400, 'invalid_request'],
	['code_challenge_method plain', { code_challenge_method: 'plain' }, 400, 'invalid_request'],
	['request_uri inside', { request_uri: 'urn:x' }, 400, 'invalid_request'],
	['a state of 100000 characters', { state: 'x'.repeat(100_000) }, [400, 413], 'invalid_request'],
]
for (const [name, changes, status, ...errors] of WRONG_PAR)
	test(`par: ${name}`, async () => {
		const wallet = new Wallet(city)
		if (changes.redirect_uri === '/more') changes.redirect_uri = `${wallet.client}more`
		const reply = await wallet.par(changes)
		const want = Array.isArray(status) ? (status.includes(reply.status) ? reply.status : status[0]) : status
		// RFC 6749 5.2: invalid_client may be 401
		oauthError(reply, reply.json.error === 'invalid_client' ? 401 : want, ...errors)
	})

const WRONG_DPOP = [
	['another method', { payload: { htm: 'GET' } }],
	['another address', { payload: { htu: 'https://stranger.example/oauth/par' } }],
	['an old one', { payload: { iat: now() - 3600 } }],
	['one from the future', { payload: { iat: now() + 3600 } }],
	['no iat', { payload: { iat: undefined } }],
	['no jti', { payload: { jti: undefined } }],
	['a jti of 100000 characters', { payload: { jti: 'x'.repeat(100_000) } }],
	['typ JWT', { header: { typ: 'JWT' } }],
	['alg none', { header: { alg: 'none' } }],
	['alg HS256', { header: { alg: 'HS256' } }],
	['no jwk', { header: { jwk: undefined } }],
	['a broken signature', { breakIt: true }],
]
for (const [name, options] of WRONG_DPOP)
	test(`par, DPoP proof with ${name}`, async () => {
		const wallet = new Wallet(city)
		const reply = await wallet.par({}, wallet.dpop('/oauth/par', options))
		if (reply.status === 431) return
		oauthError(reply, 400, 'invalid_dpop_proof')
	})

test('par, DPoP proof whose jwk is another key', async () => {
	const wallet = new Wallet(city)
	oauthError(await wallet.par({}, wallet.dpop('/oauth/par', { header: { jwk: newKey().jwk } })), 400, 'invalid_dpop_proof')
})

test('par, DPoP proof that shows its private key', async () => {
	const wallet = new Wallet(city)
	oauthError(await wallet.par({}, wallet.dpop('/oauth/par', { header: { jwk: wallet.key.full } })), 400, 'invalid_dpop_proof')
})

test('par, the same DPoP proof twice', async () => {
	const wallet = new Wallet(city)
	const headers = wallet.dpop('/oauth/par')
	assert.equal((await wallet.par({}, headers)).status, 201)
	oauthError(await wallet.par({}, headers), 400, 'invalid_dpop_proof')
})

test('par, a DPoP nonce that is not ours: a new one is given', async () => {
	const wallet = new Wallet(city)
	const reply = await wallet.par({}, wallet.dpop('/oauth/par', { nonce: b64u(randomBytes(40)) }))
	oauthError(reply, 400, 'use_dpop_nonce')
	const nonce = reply.header('dpop-nonce')
	assert.ok(nonce)
	assert.equal((await wallet.par({}, wallet.dpop('/oauth/par', { nonce }))).status, 201)
})

test('par, dpop_jkt of another key than the proof', async () => {
	const wallet = new Wallet(city)
	const reply = await wallet.par({ dpop_jkt: b64u(randomBytes(32)) })
	oauthError(reply, 400, 'invalid_dpop_proof', 'invalid_request')
})

test('par: another content type', async () => {
	const wallet = new Wallet(city)
	const reply = await city.post('/oauth/par', JSON.stringify(wallet.parameters()),
		{ headers: { 'Content-Type': 'application/json', ...wallet.dpop('/oauth/par') } })
	oauthError(reply, 415, 'invalid_request')
})

test('authorize: a request_uri works once', async () => {
	const wallet = new Wallet(city)
	const { request_uri } = (await wallet.par()).json
	const first = await wallet.authorize(request_uri)
	assert.ok(first.status < 400, first.text)
	const cookie = (first.headers['set-cookie'] ?? [])[0]
	assert.ok(cookie, 'a session cookie')
	for (const part of [/HttpOnly/i, /SameSite=Strict/i, /Path=\/oauth(;|$)/i]) assert.match(cookie, part)
	// A second browser must not take it over.
	const again = await new Wallet(city).authorize(request_uri, wallet.client)
	assert.ok(again.status >= 400 && again.status < 500, `${again.status}`)
	assert.equal(again.headers['set-cookie'], undefined)
})

const WRONG_AUTHORIZE = [
	['no parameter', {}],
	['no client_id', { request_uri: 'urn:ietf:params:oauth:request_uri:abc' }],
	['an unknown request_uri', { client_id: 'C', request_uri: `urn:ietf:params:oauth:request_uri:${b64u(randomBytes(32))}` }],
	['a request_uri at another server', { client_id: 'C', request_uri: 'https://stranger.example/' }],
	['request_uri twice', { client_id: 'C', request_uri: ['a', 'b'] }],
	['parameters without PAR', { client_id: 'C', response_type: 'code', redirect_uri: 'C', scope: 'id' }],
]
for (const [name, parameters] of WRONG_AUTHORIZE)
	test(`authorize: ${name} is refused here and goes nowhere`, async () => {
		const wallet = new Wallet(city)
		for (const at of Object.keys(parameters)) if (parameters[at] === 'C') parameters[at] = wallet.client
		const reply = await city.get(`/oauth/authorize?${form(parameters)}`)
		assert.ok(reply.status >= 400 && reply.status < 500, `${reply.status} ${reply.text}`)
		assert.equal(reply.header('location'), undefined)
		assert.equal(reply.headers['set-cookie'], undefined)
	})

test('authorize: another client with our request_uri', async () => {
	const wallet = new Wallet(city)
	const { request_uri } = (await wallet.par()).json
	const reply = await wallet.authorize(request_uri, 'https://stranger.example/')
	assert.ok(reply.status >= 400 && reply.status < 500)
})

test('par: a request_uri expires', { skip: process.env.YUFU_SLOW ? false : 'SKIPPED: waits 90 s; YUFU_SLOW=1 runs it' }, async () => {
	const wallet = new Wallet(city)
	const { request_uri, expires_in } = (await wallet.par()).json
	await new Promise((resolve) => { setTimeout(resolve, (expires_in + 2) * 1000) })
	const reply = await wallet.authorize(request_uri)
	assert.ok(reply.status >= 400 && reply.status < 500)
})

const WRONG_TOKEN = [
	['grant_type missing', { grant_type: undefined, code: 'x' }, 'invalid_request'],
	['grant_type unknown', { grant_type: 'password', code: 'x' }, 'unsupported_grant_type'],
	['grant_type twice', { grant_type: ['authorization_code', 'authorization_code'], code: 'x' }, 'invalid_request'],
	['code missing', { code: undefined }, 'invalid_request'],
	['code empty', { code: '' }, 'invalid_request'],
	['code unknown', { code: b64u(randomBytes(32)) }, 'invalid_grant'],
	['code twice', { code: ['a', 'b'] }, 'invalid_request'],
	['code_verifier missing', { code: 'x', code_verifier: undefined }, 'invalid_request'],
	['redirect_uri missing', { code: 'x', redirect_uri: undefined }, 'invalid_request'],
]
for (const [name, changes, error] of WRONG_TOKEN)
	test(`token: ${name}`, async () => {
		oauthError(await new Wallet(city).redeem(changes), 400, error)
	})

test('token: no DPoP proof', async () => {
	oauthError(await new Wallet(city).redeem({ code: b64u(randomBytes(32)) }, {}), 400, 'invalid_dpop_proof')
})

test('token: two DPoP proofs in one request', async () => {
	const wallet = new Wallet(city)
	const url = `${city.url}/oauth/token`
	const proofs = [dpop(wallet.key, 'POST', url), dpop(wallet.key, 'POST', url)]
	const reply = await city.post('/oauth/token', form({ grant_type: 'authorization_code', code: 'x' }),
		{ headers: { ...FORM_TYPE, DPoP: proofs } })
	oauthError(reply, 400, 'invalid_dpop_proof', 'invalid_request')
})

test('credential endpoint: no token, a bearer token, a token that nobody has', async () => {
	const wallet = new Wallet(city)
	const body = JSON.stringify({ credential_configuration_id: 'id' })
	const at = (headers) => city.post('/vci/credential', body, { headers: { 'Content-Type': 'application/json', ...headers } })
	challenge(await at({}))
	challenge(await at({ Authorization: 'Bearer abc' }))
	challenge(await at({ Authorization: 'DPoP abc', ...wallet.dpop('/vci/credential', { token: 'abc' }) }), 'invalid_token')
	challenge(await at({ Authorization: 'DPoP abc' }))
})

test('credential endpoint: a token in the query is no token', async () => {
	const reply = await city.post('/vci/credential?access_token=abc', '{}', { headers: { 'Content-Type': 'application/json' } })
	assert.ok(reply.status === 401 || reply.status === 400, `${reply.status}`)
})

test('the city is still up', async () => assert.ok(await city.isUp()))
