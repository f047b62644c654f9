// kill -9 at random moments of a load: after the restart everything that was acknowledged is there.
import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { after, before, test } from 'node:test'
import { City } from './lib/city.mjs'
import { JSON_TYPE } from './lib/http.mjs'
import { Wallet, enrol, tokenByOffer } from './lib/wallet.mjs'
import { pictures } from './lib/camera.mjs'

const ROUNDS = Number(process.env.YUFU_CRASH_ROUNDS ?? 8)
let city
let portrait
before(async () => {
	city = await new City().start()
	const [id] = await pictures(city)
	portrait = (await city.get(`/demo/head.jpg?picture=${encodeURIComponent(id)}`)).bytes.toString('base64')
})
after(() => city.close())

const sleep = (ms) => new Promise((resolve) => { setTimeout(resolve, ms) })

/** Work until the city is gone; what was acknowledged goes into `kept`. */
async function load(kept, worker) {
	const { wallet, token, hotel } = worker
	for (;;) {
		try {
			const enrolled = await city.post('/desk/enrol', JSON.stringify({
				family_name: 'Load', given_name: 'Test', birth_date: '1980-01-01', sex: 0, portrait,
			}), { headers: JSON_TYPE })
			if (enrolled.status === 201) kept.people.push(enrolled.json)
			const issued = await wallet.credential(token, (await wallet.body(2)).body)
			if (issued.status === 200) kept.batches.push(issued.json)
			const asked = await city.post('/check/requests', '{"policy":"hotel"}', { headers: { ...JSON_TYPE, Authorization: `Bearer ${hotel}` } })
			if (asked.status === 201) kept.requests.push(asked.json)
			const pushed = await wallet.par()
			if (pushed.status === 201) kept.pushed.push(pushed.json)
			for (const reply of [enrolled, issued, asked, pushed]) assert.ok(reply.status < 500, reply.text)
		} catch (error) {
			if (error instanceof assert.AssertionError) throw error
			return
		}
	}
}

async function statusOf({ credential }) {
	const { uri, idx } = JSON.parse(Buffer.from(credential.split('.')[1], 'base64url')).status.status_list
	const reply = await city.get(uri.slice(city.url.length))
	assert.equal(reply.status, 200, 'the status list of an acknowledged credential')
	return { uri, idx }
}

for (let round = 1; round <= ROUNDS; round++)
	test(`round ${round} of ${ROUNDS}`, async () => {
		const person = await enrol(city)
		const workers = []
		for (let i = 0; i < 4; i++) workers.push({ ...await tokenByOffer(city, person), hotel: city.party('hotel').api_key })
		const kept = { people: [], batches: [], requests: [], pushed: [] }
		const running = workers.map((worker) => load(kept, worker))
		// at a random moment once the first act was acknowledged
		while (kept.people.length === 0) await sleep(5)
		await sleep(randomInt(0, 1500))
		await city.kill()
		await Promise.all(running)
		await city.start()
		assert.ok(await city.isUp())

		// people: number and name are found at the login step
		for (const one of kept.people) {
			const wallet = new Wallet(city)
			await wallet.begin()
			assert.equal((await wallet.identify(one)).state, 'ready')
		}
		// cards: their status entries are there, each once; the token still works
		const entries = []
		for (const batch of kept.batches) for (const copy of batch.credentials) entries.push(await statusOf(copy))
		assert.equal(new Set(entries.map(({ uri, idx }) => `${uri} ${idx}`)).size, entries.length)
		for (const { wallet, token } of workers.slice(0, 1)) {
			const reply = await wallet.credential(token, (await wallet.body()).body)
			assert.equal(reply.status, 200, reply.text)
		}
		// requests and pushed requests
		const hotel = { Authorization: `Bearer ${workers[0].hotel}` }
		for (const { id } of kept.requests)
			assert.equal((await city.get(`/check/requests/${id}`, { headers: hotel })).status, 200)
		for (const { request_uri } of kept.pushed)
			assert.ok((await new Wallet(city).authorize(request_uri)).status < 400)
		console.log(`acknowledged and found: ${kept.people.length} people, ${kept.batches.length} batches, ` +
			`${kept.requests.length} requests, ${kept.pushed.length} pushed requests`)
		assert.ok(kept.people.length + kept.batches.length > 0, 'there was a load')
	})
