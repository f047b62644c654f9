// What one address may begin without being known, and what one token may take.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { City } from './lib/city.mjs'
import { oauthError } from './lib/expect.mjs'
import { Wallet, enrol, offer } from './lib/wallet.mjs'

let city
before(async () => { city = await new City().start() })
after(() => city.close())

test('a token gives no cards without end', async () => {
	const wallet = new Wallet(city)
	const { code } = await offer(city, await enrol(city))
	const token = (await wallet.redeemOffer(code)).json.access_token
	let copies = 0
	let reply
	for (let i = 0; i < 80; i++) {
		reply = await wallet.credential(token, (await wallet.body(8)).body)
		if (reply.status !== 200) break
		copies += reply.json.credentials.length
	}
	oauthError(reply, 400, 'credential_request_denied')
	assert.equal(copies, 512)
})

test('pushed requests of one address: so many, then later', async () => {
	const form = { headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }
	const statuses = new Set()
	let late
	for (let i = 0; i < 1200 && !late; i++) {
		const reply = await city.post('/oauth/par', 'x=y', form)
		statuses.add(reply.status)
		if (reply.status === 429) late = reply
	}
	assert.deepEqual([...statuses], [400, 429])
	assert.equal(late.header('retry-after'), '60')
	// who holds a code already is not held up by it
	assert.ok(await city.isUp())
	assert.equal((await city.post('/vci/nonce', '')).status, 200)
})
