// What everybody fetches: status lists, the trust list, the bundle; and keys that change while the server runs.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { City } from './lib/city.mjs'
import { problem } from './lib/expect.mjs'
import { request } from './lib/http.mjs'
import { decode, verifiesByX5c } from './lib/jose.mjs'
import { enrol, tokenByOffer } from './lib/wallet.mjs'

const JWT = 'application/statuslist+jwt'
const CWT = 'application/statuslist+cwt'
const YUFU = process.env.YUFU ?? 'build/yufu'

let city
let person
before(async () => {
	city = await new City().start()
	person = await enrol(city)
})
after(() => city.close())

const folder = () => join(city.data, 'city')

function yufu(...args) {
	return new Promise((resolve) => {
		execFile(YUFU, args, (error, stdout, stderr) => resolve({ code: error ? error.code : 0, stdout, stderr }))
	})
}

async function card() {
	const { wallet, token } = await tokenByOffer(city, person)
	const { body } = await wallet.body(1)
	const reply = await wallet.credential(token, body)
	assert.equal(reply.status, 200, reply.text)
	return reply.json.credentials[0].credential
}

const statusOf = (text) => decode(text.split('~')[0]).payload.status.status_list

test('a status list by Accept, with what caches need, and in gzip', async () => {
	const { uri } = statusOf(await card())
	const plain = await request('GET', uri)
	assert.equal(plain.status, 200)
	assert.equal(plain.type, JWT)
	assert.ok(verifiesByX5c(plain.text))
	assert.equal(plain.header('access-control-allow-origin'), '*')
	assert.match(plain.header('vary'), /Accept/)
	assert.equal(plain.header('content-encoding'), undefined)
	const [, age] = /^public, max-age=(\d+)$/.exec(plain.header('cache-control'))
	const { payload } = decode(plain.text)
	assert.ok(Number(age) <= payload.ttl)
	assert.equal(payload.status_list.bits, 2)
	assert.equal(payload.status_list.aggregation_uri, `${city.url}/status`)
	assert.equal(Date.parse(plain.header('last-modified')) / 1000, payload.iat)

	// signed once: the same bytes, and 304 for who has them
	const again = await request('GET', uri)
	assert.equal(again.text, plain.text)
	const none = await request('GET', uri, { headers: { 'If-None-Match': `W/${plain.header('etag')}, "x"` } })
	assert.equal(none.status, 304)
	assert.equal(none.bytes.length, 0)
	const since = await request('GET', uri, { headers: { 'If-Modified-Since': plain.header('last-modified') } })
	assert.equal(since.status, 304)
	assert.equal((await request('GET', uri, { headers: { 'If-None-Match': '"other"' } })).status, 200)

	const zipped = await request('GET', uri, { headers: { 'Accept-Encoding': 'br, gzip' } })
	assert.equal(zipped.header('content-encoding'), 'gzip')
	assert.notEqual(zipped.header('etag'), plain.header('etag'))
	assert.equal(gunzipSync(zipped.bytes).toString(), plain.text)
	const refused = await request('GET', uri, { headers: { 'Accept-Encoding': 'gzip;q=0' } })
	assert.equal(refused.header('content-encoding'), undefined)

	const cwt = await request('GET', uri, { headers: { Accept: `${JWT};q=0.5, ${CWT}` } })
	assert.equal(cwt.type, CWT)
	assert.equal(cwt.bytes[0], 0xd2) // tag 18
	assert.equal((await request('GET', uri, { headers: { Accept: '*/*' } })).type, JWT)

	const head = await request('HEAD', uri)
	assert.equal(head.status, 200)
	assert.equal(head.bytes.length, 0)
	assert.equal(head.header('etag'), plain.header('etag'))
	assert.equal((await request('GET', `${uri}?time=1700000000`)).status, 501)
	problem(await city.get('/status/999999'), 404, 'not_found')
})

test('all lists are found from the metadata', async () => {
	const { uri } = statusOf(await card())
	const { json } = await city.get('/.well-known/oauth-authorization-server')
	const lists = await request('GET', json.status_list_aggregation_endpoint)
	assert.equal(lists.type, 'application/json')
	assert.ok(lists.json.status_lists.includes(uri))
})

test('the trust list names who may ask, and rises', async () => {
	const first = await city.get('/trust')
	assert.ok(verifiesByX5c(first.text))
	const { payload } = decode(first.text)
	assert.equal(payload.issuers[0].signers.length, 1)
	assert.ok(payload.relying_parties.length >= city.info.parties.length)
	for (const party of payload.relying_parties) {
		assert.match(party.client_ids[0], /^x509_hash:[\w-]{43}$/)
		for (const name of party.policies) assert.ok(payload.policies[name].en)
	}
	const added = await yufu('rp', 'add', folder(), '--name', 'Post Example', '--policy', 'cafe', '--json')
	const { id, client_id, api_key } = JSON.parse(added.stdout)
	let next
	for (let i = 0; i < 100; i++) {
		next = decode((await city.get('/trust')).text).payload
		if (next.sequence > payload.sequence) break
		await wait(100)
	}
	assert.ok(next.sequence > payload.sequence)
	assert.ok(next.relying_parties.some((party) => party.client_ids.includes(client_id)))

	// its API key changes, and both work for a time
	const turned = await yufu('rp', 'rotate-key', folder(), id, '--until', '3600', '--json')
	assert.equal(turned.code, 0, turned.stderr)
	for (const key of [api_key, JSON.parse(turned.stdout).api_key])
		assert.equal((await city.get('/check/me', { headers: { Authorization: `Bearer ${key}` } })).status, 200)
	const twice = await yufu('rp', 'rotate-key', folder(), id)
	assert.equal(twice.code, 2)
	assert.match(twice.stderr, /works for another/)
})

test('the bundle is one file for everybody', async () => {
	const reply = await city.get('/bundle')
	assert.equal(reply.status, 200)
	assert.equal(reply.type, 'application/yufu-bundle+cwt')
	assert.equal(reply.bytes[0], 0xd2)
	assert.match(reply.header('cache-control'), /^public, max-age=\d+$/)
	const same = await city.get('/bundle', { headers: { 'If-None-Match': reply.header('etag') } })
	assert.equal(same.status, 304)
})

// Last: it changes who signs.
test('keys rotate while the server runs, and all that was signed holds', async () => {
	const old = await card()
	const oldJwks = (await city.get('/.well-known/jwt-vc-issuer')).json.jwks
	const oldList = await request('GET', statusOf(old).uri)
	const announced = await yufu('key', 'rotate', folder(), 'issuer', '--delay', '0', '--json')
	assert.equal(announced.code, 0, announced.stderr)
	city.child.kill('SIGHUP')
	let jwks
	for (let i = 0; i < 100; i++) {
		jwks = (await city.get('/.well-known/jwt-vc-issuer'))
		if (jwks.json.jwks.keys.length === 2) break
		await wait(100)
	}
	assert.equal(jwks.json.jwks.keys.length, 2)
	const fresh = await card()
	const x5c = (text) => decode(text.split('~')[0]).header.x5c[0]
	assert.notEqual(x5c(fresh), x5c(old))
	const list = await request('GET', statusOf(fresh).uri)
	assert.notEqual(list.text, oldList.text)
	assert.equal(decode(list.text).header.x5c[0], x5c(fresh))
	const { payload } = decode((await city.get('/trust')).text)
	assert.equal(payload.issuers[0].signers.length, 2)

	// Each card under the root, and under the keys of now, with either list.
	const file = (name, text) => { writeFileSync(join(city.data, name), text); return join(city.data, name) }
	const trusts = [join(folder(), 'keys', 'issuer-root.pem'), file('jwks.json', JSON.stringify(jwks.json.jwks))]
	for (const text of [old, fresh])
		for (const trust of trusts) {
			const done = await yufu('verify', '--trust', trust, '--status', file('list', list.text), '--json', file('card', text))
			assert.equal(JSON.parse(done.stdout).verdict, 'accepted', done.stdout)
		}
	// Who kept the keys of before does not know the new one.
	const stale = await yufu('verify', '--trust', file('old.json', JSON.stringify(oldJwks)), '--status', file('list', list.text), '--json',
		file('card', fresh))
	assert.notEqual(JSON.parse(stale.stdout).verdict, 'accepted')

	const keys = JSON.parse((await yufu('key', 'list', folder(), '--json')).stdout).keys
	assert.deepEqual(keys.map(({ name, state }) => `${name} ${state}`), ['issuer retired', 'issuer-2 signs', 'registrar signs'])
	const waiting = await yufu('key', 'rotate', folder(), 'issuer')
	assert.equal(waiting.code, 0, waiting.stderr)
	const refused = await yufu('key', 'rotate', folder(), 'issuer')
	assert.equal(refused.code, 2)
	assert.match(refused.stderr, /issuer-3 is announced already/)
})
