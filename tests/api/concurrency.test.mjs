// Things that may be used once, used fifty times at the same moment.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { City } from './lib/city.mjs'
import { challenge, oauthError } from './lib/expect.mjs'
import { Wallet, enrol, offer, tokenByOffer } from './lib/wallet.mjs'

const TIMES = 50
let city
let person
before(async () => {
	city = await new City().start()
	person = await enrol(city)
})
after(() => city.close())

const atOnce = (call) => Promise.all(Array.from({ length: TIMES }, (_, i) => call(i)))
const good = (replies) => replies.filter(({ status }) => status === 200 || status === 201)
const bad = (replies) => replies.filter(({ status }) => status !== 200 && status !== 201)

test('a pre-authorized code: exactly one token, or none when the second use erased it', async () => {
	const { code } = await offer(city, person)
	const wallet = new Wallet(city)
	const replies = await atOnce(() => wallet.redeemOffer(code))
	assert.equal(good(replies).length, 1)
	for (const reply of bad(replies)) oauthError(reply, 400, 'invalid_grant')
	// RFC 6749 4.1.2: it was used again, so the token is dead too
	const [{ json }] = good(replies)
	challenge(await wallet.credential(json.access_token, (await wallet.body()).body), 'invalid_token')
})

test('a c_nonce: exactly one batch', async () => {
	const { wallet, token } = await tokenByOffer(city, person)
	const nonce = await wallet.nonce()
	const bodies = await Promise.all(Array.from({ length: TIMES }, () => wallet.body(1, { nonce })))
	const replies = await atOnce((i) => wallet.credential(token, bodies[i].body))
	assert.equal(good(replies).length, 1, replies.map(({ status }) => status).join(' '))
	for (const reply of bad(replies)) oauthError(reply, 400, 'invalid_nonce')
})

test('a DPoP proof: exactly one use', async () => {
	const wallet = new Wallet(city)
	const headers = wallet.dpop('/oauth/par')
	const replies = await atOnce(() => wallet.par({}, headers))
	assert.equal(good(replies).length, 1)
	for (const reply of bad(replies)) oauthError(reply, 400, 'invalid_dpop_proof')
})

test('a request_uri: exactly one session', async () => {
	const wallet = new Wallet(city)
	const { request_uri } = (await wallet.par()).json
	const replies = await atOnce(() => new Wallet(city).authorize(request_uri, wallet.client))
	assert.equal(replies.filter(({ status }) => status < 400).length, 1)
})

test('fifty different batches at once: each is issued, no status entry twice', async () => {
	const { wallet, token } = await tokenByOffer(city, person)
	const bodies = await Promise.all(Array.from({ length: TIMES }, () => wallet.body(4)))
	const replies = await atOnce((i) => wallet.credential(token, bodies[i].body))
	assert.equal(good(replies).length, TIMES, replies.filter(({ status }) => status !== 200).map(({ text }) => text).join('\n'))
	const entries = replies.flatMap(({ json }) => json.credentials)
		.map(({ credential }) => JSON.parse(Buffer.from(credential.split('.')[1], 'base64url')).status.status_list)
		.map(({ uri, idx }) => `${uri} ${idx}`)
	assert.equal(new Set(entries).size, TIMES * 4)
})

test('twenty people enrolled at once get twenty numbers', async () => {
	const people = await Promise.all(Array.from({ length: 20 }, () => enrol(city, person.picture)))
	assert.equal(new Set(people.map(({ number }) => number)).size, 20)
})
