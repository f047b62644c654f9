// An issuer whose address has a path: well-known documents by insertion, everything else below the path.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { City } from './lib/city.mjs'
import { oauthError } from './lib/expect.mjs'
import { request } from './lib/http.mjs'
import { Wallet } from './lib/wallet.mjs'

const PATH = '/some/city'
let city
let origin
before(async () => {
	city = await new City().serve(PATH)
	origin = city.url.slice(0, -PATH.length)
})
after(() => city.close())

for (const [name, member] of [['openid-credential-issuer', 'credential_issuer'], ['oauth-authorization-server', 'issuer'],
	['oauth-protected-resource', 'resource'], ['jwt-vc-issuer', 'issuer']])
	test(`${name} is inserted before the path`, async () => {
		const reply = await request('GET', `${origin}/.well-known/${name}${PATH}`)
		assert.equal(reply.status, 200, reply.text)
		assert.equal(reply.json[member], city.url)
		for (const value of Object.values(reply.json))
			if (typeof value === 'string' && value.startsWith('http')) assert.ok(value.startsWith(city.url), value)
		assert.equal((await request('GET', `${origin}/.well-known/${name}`)).status, 404)
	})

test('the addresses of the metadata answer', async () => {
	assert.equal((await city.get('/trust')).status, 200)
	assert.equal((await city.post('/vci/nonce')).status, 200)
	assert.equal((await city.get('/nothing')).status, 404)
	assert.equal((await request('GET', `${city.url}more/trust`)).status, 404)
	const wallet = new Wallet(city)
	const pushed = await wallet.par()
	assert.equal(pushed.status, 201, pushed.text)
	const page = await wallet.authorize(pushed.json.request_uri)
	assert.equal(page.status, 200)
	assert.match(page.headers['set-cookie'][0], new RegExp(`Path=${PATH}/oauth(;|$)`))
	assert.equal((await wallet.proofState()).json.state, 'identify')
})

test('a DPoP proof is for the address with the path', async () => {
	const wallet = new Wallet(city)
	oauthError(await wallet.par({}, wallet.dpop('/oauth/par', { payload: { htu: `${origin}/oauth/par` } })), 400, 'invalid_dpop_proof')
})

test('no demo addresses in a city that is none', async () => {
	for (const path of ['/demo/info', '/demo/pictures', '/demo/head.jpg?picture=1'])
		assert.equal((await city.get(path)).status, 404, path)
	const enrolled = await city.post('/desk/enrol', '{}', { headers: { 'Content-Type': 'application/json' } })
	assert.ok([404, 405].includes(enrolled.status), `${enrolled.status}`)
})

test('a folder without its slash leads below the path', async () => {
	const reply = await city.get('/wallet')
	assert.equal(reply.status, 308)
	assert.equal(reply.header('location'), `${PATH}/wallet/`)
})
