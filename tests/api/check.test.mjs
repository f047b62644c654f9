// Relying parties: what they may ask, what they get, and what a wallet may send.
import assert from 'node:assert/strict'
import http from 'node:http'
import { after, before, test } from 'node:test'
import { City } from './lib/city.mjs'
import { anyRefusal, oauthError, problem } from './lib/expect.mjs'
import { FORM_TYPE, JSON_TYPE, form } from './lib/http.mjs'
import { b64u, decode, jwe, jws, newKey, now, randomBytes, sha256, verifiesByX5c } from './lib/jose.mjs'
import { enrol, tokenByOffer } from './lib/wallet.mjs'

const VCT = 'urn:yufu:id:1'
let city
let card
let cardKey
let hotel
let cafe
before(async () => {
	city = await new City().start()
	const person = await enrol(city)
	const { wallet, token } = await tokenByOffer(city, person)
	const { keys, body } = await wallet.body()
	card = (await wallet.credential(token, body)).json.credentials[0].credential
	cardKey = keys[0]
	hotel = city.party('hotel').api_key
	cafe = city.party('cafe').api_key
})
after(() => city.close())

const key = (api_key) => ({ ...JSON_TYPE, Authorization: `Bearer ${api_key}` })
const create = (api_key, body) => city.post('/check/requests', typeof body === 'string' ? body : JSON.stringify(body), { headers: key(api_key) })
const result = async (api_key, id) => (await city.get(`/check/requests/${id}`, { headers: key(api_key) })).json
const query = (...paths) => ({ credentials: [{ id: 'id', format: 'dc+sd-jwt', meta: { vct_values: [VCT] }, claims: paths.map((path) => ({ path })) }] })

/** A request as a wallet sees it. */
async function asked(api_key, policy) {
	const made = await create(api_key, { policy })
	assert.equal(made.status, 201, made.text)
	const link = new URL(made.json.uri)
	const reply = await city.get(new URL(link.searchParams.get('request_uri')).pathname)
	assert.equal(reply.status, 200, reply.text)
	const { header, payload } = decode(reply.text)
	return { id: made.json.id, link, reply, header, payload, jwk: payload.client_metadata.jwks.keys[0] }
}

/** The presentation of the claims on `paths`; `how` makes it wrong. */
function presentation(request, paths, { aud, nonce, iat, binder, sdHash, typ, text = card } = {}) {
	const parts = text.split('~')
	const all = parts.slice(1, -1).map((part) => ({ part, value: JSON.parse(Buffer.from(part, 'base64url')) }))
	const wanted = new Set(paths.flat())
	const shown = all.filter(({ value }) => wanted.has(value[1])).map(({ part }) => part)
	const body = [parts[0], ...shown, ''].join('~')
	return body + jws({ typ: typ ?? 'kb+jwt', alg: 'ES256' }, {
		iat: iat ?? now(), aud: aud ?? request.payload.client_id, nonce: nonce ?? request.payload.nonce,
		sd_hash: sdHash ?? b64u(sha256(body)),
	}, binder ?? cardKey)
}

const envelope = (request, vp_token, changes = {}) =>
	jwe(JSON.stringify({ vp_token, ...(request.payload.state ? { state: request.payload.state } : {}), ...changes }), request.jwk)
const post = (request, parameters) =>
	city.post(new URL(request.payload.response_uri).pathname, form(parameters), { headers: FORM_TYPE })
const answer = (request, vp, changes) => post(request, { response: envelope(request, { id: [vp] }, changes) })
const pathsOf = (request) => request.payload.dcql_query.credentials[0].claims.map(({ path }) => path)

test('a request object is OpenID4VP 1.0 and HAIP 1.0', async () => {
	const request = await asked(hotel, 'hotel')
	const { payload, header, reply, link } = request
	assert.equal(reply.type, 'application/oauth-authz-req+jwt')
	assert.equal(header.typ, 'oauth-authz-req+jwt')
	assert.equal(header.alg, 'ES256')
	assert.ok(verifiesByX5c(reply.text))
	assert.equal(payload.client_id, `x509_hash:${b64u(sha256(Buffer.from(header.x5c[0], 'base64')))}`)
	assert.equal(link.searchParams.get('client_id'), payload.client_id)
	assert.equal(link.protocol, 'openid4vp:')
	assert.equal(payload.aud, 'https://self-issued.me/v2')
	assert.equal(payload.response_type, 'vp_token')
	assert.equal(payload.response_mode, 'direct_post.jwt')
	assert.equal(payload.redirect_uri, undefined)
	assert.ok(payload.response_uri.startsWith(city.url))
	assert.ok(Buffer.from(payload.nonce, 'base64url').length >= 16)
	assert.deepEqual([...payload.client_metadata.encrypted_response_enc_values_supported].sort(), ['A128GCM', 'A256GCM'])
	assert.ok(payload.client_metadata.vp_formats_supported['dc+sd-jwt'])
	assert.equal(request.jwk.alg, 'ECDH-ES')
	assert.equal(request.jwk.use, 'enc')
	assert.ok(request.jwk.kid)
	assert.equal(request.jwk.d, undefined)
	const [info] = payload.verifier_info
	assert.equal(info.format, 'jwt')
	const registration = decode(info.data)
	assert.equal(registration.header.typ, 'rc-rp+jwt')
	assert.ok(verifiesByX5c(info.data))
	assert.equal(registration.payload.sub, payload.client_id)
	assert.ok(registration.payload.purpose.en)
})

test('keys and nonces are of one request; it can be read twice', async () => {
	const [a, b] = [await asked(hotel, 'hotel'), await asked(hotel, 'hotel')]
	assert.notEqual(a.payload.nonce, b.payload.nonce)
	assert.notEqual(a.jwk.x, b.jwk.x)
	const again = await city.get(new URL(a.link.searchParams.get('request_uri')).pathname)
	assert.equal(decode(again.text).payload.nonce, a.payload.nonce)
})

test('accepted: the hotel reads what was shown, and nothing else', async () => {
	const request = await asked(hotel, 'hotel')
	assert.equal((await result(hotel, request.id)).state, 'fetched')
	const reply = await answer(request, presentation(request, pathsOf(request)))
	assert.equal(reply.status, 200, reply.text)
	assert.equal(reply.type, 'application/json')
	const got = await result(hotel, request.id)
	assert.equal(got.state, 'answered')
	assert.equal(got.result.verdict, 'accepted', JSON.stringify(got.result))
	assert.deepEqual(Object.keys(got.result.claims).sort(), pathsOf(request).map(([name]) => name).sort())
	assert.ok(got.result.checked_at <= now())
	assert.ok(got.result.delete_at > now())
})

test('shown too much: the party is given what it asked for', async () => {
	const request = await asked(hotel, 'hotel')
	await answer(request, presentation(request, [...pathsOf(request), ['birthdate'], ['personal_administrative_number']]))
	const got = await result(hotel, request.id)
	assert.equal(got.result.verdict, 'accepted', JSON.stringify(got.result))
	assert.equal(got.result.claims.birthdate, undefined)
	assert.equal(got.result.claims.personal_administrative_number, undefined)
})

test('the café learns "over 18" and nothing else', async () => {
	const request = await asked(cafe, 'cafe')
	assert.deepEqual(pathsOf(request), [['age_equal_or_over', '18']])
	assert.equal((await answer(request, presentation(request, pathsOf(request)))).status, 200)
	const got = await result(cafe, request.id)
	assert.equal(got.result.verdict, 'accepted', JSON.stringify(got.result))
	assert.deepEqual(got.result.claims, { age_equal_or_over: { 18: true } })
})

const other = newKey()
const WRONG_ANSWER = [
	['another nonce', { nonce: b64u(randomBytes(16)) }, 'nonce'],
	['another audience', { aud: 'x509_hash:somebody' }, 'audience'],
	['a key binding by another key', { binder: other }, 'holder', 'signature'],
	['an old key binding', { iat: now() - 365 * 86400 }, 'holder', 'expired'],
	['a key binding from the future', { iat: now() + 365 * 86400 }, 'holder', 'not_yet'],
	['another sd_hash', { sdHash: b64u(randomBytes(32)) }, 'holder', 'digest', 'signature'],
	['a key binding of typ JWT', { typ: 'JWT' }, 'typ', 'holder'],
]
for (const [name, how, ...reasons] of WRONG_ANSWER)
	test(`refused: ${name}`, async () => {
		const request = await asked(hotel, 'hotel')
		await answer(request, presentation(request, pathsOf(request), how))
		const got = await result(hotel, request.id)
		assert.equal(got.result?.verdict, 'refused', JSON.stringify(got))
		assert.ok(reasons.includes(got.result.reason), got.result.reason)
		assert.deepEqual(got.result.claims ?? {}, {})
		assert.ok(got.result.advice)
	})

test('refused: no key binding at all', async () => {
	const request = await asked(hotel, 'hotel')
	const bound = presentation(request, pathsOf(request))
	await answer(request, bound.slice(0, bound.lastIndexOf('~') + 1))
	assert.equal((await result(hotel, request.id)).result.reason, 'holder')
})

test('refused: a claim is missing', async () => {
	const request = await asked(hotel, 'hotel')
	await answer(request, presentation(request, pathsOf(request).slice(1)))
	assert.equal((await result(hotel, request.id)).result.reason, 'not_asked')
})

test('refused: a disclosure of our own making', async () => {
	const request = await asked(hotel, 'hotel')
	const forged = b64u(JSON.stringify([b64u(randomBytes(16)), 'family_name', 'Somebody']))
	const parts = card.split('~')
	const text = [parts[0], forged, ...parts.slice(1, -1).filter((part) => JSON.parse(Buffer.from(part, 'base64url'))[1] !== 'family_name'), ''].join('~')
	await answer(request, presentation(request, pathsOf(request), { text }))
	assert.equal((await result(hotel, request.id)).result.reason, 'digest')
})

test('refused: a card of our own making', async () => {
	const request = await asked(hotel, 'hotel')
	const [head, body] = card.split('~')[0].split('.')
	const payload = JSON.parse(Buffer.from(body, 'base64url'))
	const header = JSON.parse(Buffer.from(head, 'base64url'))
	const text = `${jws(header, payload, other)}~${card.split('~').slice(1).join('~')}`
	await answer(request, presentation(request, pathsOf(request), { text }))
	assert.ok(['signature', 'untrusted'].includes((await result(hotel, request.id)).result.reason))
})

test('an answer is taken once', async () => {
	const request = await asked(hotel, 'hotel')
	const response = envelope(request, { id: [presentation(request, pathsOf(request))] })
	assert.equal((await post(request, { response })).status, 200)
	const before = await result(hotel, request.id)
	oauthError(await post(request, { response }), 400, 'invalid_request')
	oauthError(await post(request, { error: 'access_denied', state: request.payload.state }), 400, 'invalid_request')
	assert.deepEqual(await result(hotel, request.id), before)
})

test('fifty answers at once: one is taken', async () => {
	const request = await asked(hotel, 'hotel')
	const replies = await Promise.all(Array.from({ length: 50 }, () => answer(request, presentation(request, pathsOf(request)))))
	assert.equal(replies.filter(({ status }) => status === 200).length, 1)
	for (const reply of replies.filter(({ status }) => status !== 200)) oauthError(reply, 400, 'invalid_request')
	assert.equal((await result(hotel, request.id)).result.verdict, 'accepted')
})

test('garbage does not spend the request', async (t) => {
	const request = await asked(hotel, 'hotel')
	const stranger = { ...newKey().jwk, kid: request.jwk.kid }
	const good = envelope(request, { id: [presentation(request, pathsOf(request))] })
	const garbage = [
		['nothing', {}],
		['an empty response', { response: '' }],
		['text', { response: 'hello' }],
		['five empty parts', { response: '....' }],
		['twice', { response: [good, good] }],
		['response and error', { response: good, error: 'access_denied' }],
		['encrypted to another key', { response: jwe('{}', stranger) }],
		['another alg', { response: jwe('{}', request.jwk, { header: { alg: 'RSA-OAEP' } }) }],
		['another enc', { response: jwe('{}', request.jwk, { header: { enc: 'A128CBC-HS256' } }) }],
		['zip', { response: jwe('{}', request.jwk, { header: { zip: 'DEF' } }) }],
		['a flipped bit', { response: good.slice(0, -4) + (good.at(-4) === 'A' ? 'B' : 'A') + good.slice(-3) }],
		['a vp_token in the clear', { vp_token: '{}' }],
		['another state', { error: 'access_denied', state: 'x' }],
	]
	for (const [name, parameters] of garbage)
		await t.test(name, async () => {
			const reply = await post(request, parameters)
			assert.equal(reply.status, 400, `${reply.status} ${reply.text}`)
			assert.notEqual((await result(hotel, request.id)).state, 'answered')
		})
	assert.equal((await post(request, { response: good })).status, 200)
	assert.equal((await result(hotel, request.id)).result.verdict, 'accepted')
})

const WRONG_PLAIN = [
	['not JSON', 'hello'],
	['an array', '[]'],
	['no vp_token', '{}'],
	['vp_token a text', '{"vp_token":"x"}'],
	['a presentation that is no array', '{"vp_token":{"id":"x"}}'],
	['an empty array', '{"vp_token":{"id":[]}}'],
	['another id', '{"vp_token":{"passport":["x"]}}'],
	['a member twice', '{"vp_token":{},"vp_token":{}}'],
	['a depth bomb', '['.repeat(1000)],
	['a presentation that is none', '{"vp_token":{"id":["x"]}}'],
]
for (const [name, plain] of WRONG_PLAIN)
	test(`an answer whose plain text is ${name}`, async () => {
		const request = await asked(hotel, 'hotel')
		const reply = await post(request, { response: jwe(plain, request.jwk) })
		assert.equal(reply.status, 400, `${reply.status} ${reply.text}`)
		const got = await result(hotel, request.id)
		assert.notEqual(got.result?.verdict, 'accepted')
	})

test('the holder says no', async () => {
	const request = await asked(hotel, 'hotel')
	const reply = await post(request, { error: 'access_denied', state: request.payload.state })
	assert.equal(reply.status, 200, reply.text)
	const got = await result(hotel, request.id)
	assert.equal(got.result.verdict, 'refused')
	assert.equal(got.result.reason, 'declined')
})

test('asking for more than is registered is refused when it is created', async () => {
	problem(await create(cafe, { dcql_query: query(['family_name']), purpose: 'to know' }), 403, 'over_asked')
	problem(await create(cafe, { dcql_query: query(['age_equal_or_over']), purpose: 'to know' }), 403, 'over_asked')
	problem(await create(hotel, { dcql_query: query(['family_name'], ['birthdate']), purpose: 'to know' }), 403, 'over_asked')
	const anything = { credentials: [{ id: 'id', format: 'dc+sd-jwt', meta: { vct_values: ['urn:other'] }, claims: [{ path: ['x'] }] }] }
	problem(await create(hotel, { dcql_query: anything, purpose: 'to know' }), 403, 'over_asked')
	problem(await create(cafe, { policy: 'hotel' }), 403, 'over_asked')
	const part = await create(hotel, { dcql_query: query(['family_name']), purpose: 'to check in' })
	assert.equal(part.status, 201, part.text)
})

const WRONG_CREATE = [
	['nothing', {}],
	['an unknown policy', { policy: 'nobody' }],
	['a policy that is a number', { policy: 1 }],
	['a query without credentials', { dcql_query: {}, purpose: 'x' }],
	['an empty query', { dcql_query: { credentials: [] }, purpose: 'x' }],
	['an id with a blank', { dcql_query: { credentials: [{ ...query(['family_name']).credentials[0], id: 'a b' }] }, purpose: 'x' }],
	['an id twice', { dcql_query: { credentials: [query(['family_name']).credentials[0], query(['family_name']).credentials[0]] }, purpose: 'x' }],
	['no meta', { dcql_query: { credentials: [{ id: 'id', format: 'dc+sd-jwt' }] }, purpose: 'x' }],
	['an empty path', { dcql_query: query([]), purpose: 'x' }],
	['a negative index', { dcql_query: query(['nationalities', -1]), purpose: 'x' }],
	['a query without a purpose', { dcql_query: query(['family_name']) }],
	['policy and query', { policy: 'hotel', dcql_query: query(['family_name']), purpose: 'x' }],
]
for (const [name, body] of WRONG_CREATE)
	test(`create: ${name}`, async () => anyRefusal(await create(hotel, body)))

test('without a right API key there is nothing', async () => {
	const { json } = await create(hotel, { policy: 'hotel' })
	for (const headers of [{}, { Authorization: 'Bearer ' }, { Authorization: 'Bearer x' }, { Authorization: `Basic ${b64u('a:b')}` }, { Authorization: `Bearer ${hotel}x` }])
		for (const call of [
			() => city.get('/check/me', { headers }),
			() => city.post('/check/requests', '{"policy":"hotel"}', { headers: { ...JSON_TYPE, ...headers } }),
			() => city.get(`/check/requests/${json.id}`, { headers }),
			() => city.get(`/check/requests/${json.id}/events`, { headers }),
		]) {
			const reply = await call()
			assert.equal(reply.status, 401, reply.text)
			assert.match(reply.header('www-authenticate') ?? '', /^Bearer/)
		}
})

test("another party's request is not there", async () => {
	const { json } = await create(hotel, { policy: 'hotel' })
	problem(await city.get(`/check/requests/${json.id}`, { headers: key(cafe) }), 404, 'not_found')
	problem(await city.get(`/check/requests/${json.id}/events`, { headers: key(cafe) }), 404, 'not_found')
	problem(await city.get('/check/requests/nobody', { headers: key(hotel) }), 404, 'not_found')
	assert.equal((await city.get('/vp/nobody')).status, 404)
	assert.ok((await post({ payload: { response_uri: `${city.url}/vp/nobody/response` } }, { response: 'x' })).status >= 400)
})

test('who am I: the registration', async () => {
	const me = (await city.get('/check/me', { headers: key(hotel) })).json
	assert.ok(me.id && me.name)
	const [policy] = me.policies
	for (const locale of ['en', 'zh', 'th', 'vi', 'ru']) assert.ok(policy.purpose[locale], locale)
	assert.deepEqual(policy.claims.map(([name]) => name).sort(), ['document_number', 'family_name', 'given_name', 'picture'])
})

test('the answer arrives by itself, within a second', async () => {
	const request = await asked(hotel, 'hotel')
	const events = []
	const ended = new Promise((resolve, reject) => {
		const call = http.get(`${city.url}/check/requests/${request.id}/events`, { headers: key(hotel) }, (response) => {
			assert.equal(response.headers['content-type'].split(';')[0], 'text/event-stream')
			let text = ''
			response.on('data', (part) => {
				text += part
				for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
					const data = text.slice(0, end).split('\n').find((line) => line.startsWith('data:'))
					if (data) events.push({ at: Date.now(), ...JSON.parse(data.slice(5)) })
					text = text.slice(end + 2)
				}
			})
			response.on('end', resolve)
		})
		call.on('error', reject)
	})
	await new Promise((resolve) => { setTimeout(resolve, 300) })
	const sent = Date.now()
	assert.equal((await answer(request, presentation(request, pathsOf(request)))).status, 200)
	await ended
	const last = events.at(-1)
	assert.equal(last.state, 'answered')
	assert.equal(last.result.verdict, 'accepted')
	assert.ok(last.at - sent < 1000, `${last.at - sent} ms`)
})

test('a revoked card is refused, a suspended one until it is lifted', { skip: false }, async () => {
	const person = await enrol(city)
	const { wallet, token } = await tokenByOffer(city, person)
	const { keys, body } = await wallet.body()
	const reply = await wallet.credential(token, body)
	const text = reply.json.credentials[0].credential
	const show = async () => {
		const request = await asked(hotel, 'hotel')
		await answer(request, presentation(request, pathsOf(request), { text, binder: keys[0] }))
		return (await result(hotel, request.id)).result
	}
	assert.equal((await show()).verdict, 'accepted')
	const id = reply.json.notification_id
	if (!id) return
	await city.command('status', id, 'suspended')
	assert.equal((await show()).reason, 'suspended')
	await city.command('status', id, 'valid')
	assert.equal((await show()).verdict, 'accepted')
	await city.command('status', id, 'revoked')
	assert.equal((await show()).reason, 'revoked')
	await assert.rejects(city.command('status', id, 'valid'))
})

test('the city is still up', async () => assert.ok(await city.isUp()))
