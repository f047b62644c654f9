// A deployment without a certificate gives no card by face and says so; the service point is offered instead.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { City } from './lib/city.mjs'
import { problem } from './lib/expect.mjs'
import { Wallet } from './lib/wallet.mjs'

const PERSON = { family_name: 'Sample', given_name: 'Ann', birth_date: '1990-01-02', personal_administrative_number: 'N-1' }

describe('closed', () => {
	let city
	before(async () => {
		city = await new City().serve('')
		await city.person(PERSON)
	})
	after(() => city.close())

	test('the operator is told at the start, with what the weights are worth', () => {
		assert.match(city.log, /Cards by face are closed: no certificate carries the face engine/)
		assert.match(city.log, /3\.8 in 100/)
	})

	test('everybody can read it', async () => {
		const reply = await city.get('/face')
		assert.equal(reply.status, 200)
		const { standing, why, certificate, fmr_max, fmr_max_group } = reply.json
		assert.deepEqual({ standing, why, certificate, fmr_max, fmr_max_group },
			{ standing: 'closed', why: 'face_uncertified', certificate: null, fmr_max: 1e-4, fmr_max_group: 1e-3 })
		assert.ok(reply.json.advice.length > 20)
		problem(await city.get('/face/certificate'), 404, 'not_found')
	})

	test('nobody is asked for a face: a number for the service point instead', async () => {
		const wallet = new Wallet(city)
		await wallet.begin()
		const first = (await wallet.proofState()).json
		assert.equal(first.face, 'closed')
		assert.equal(first.demo, false)
		const said = await wallet.proofing('identify', { number: 'N-1', name: 'Ann Sample' })
		assert.equal(said.status, 200, said.text)
		assert.equal(said.json.state, 'refused')
		assert.equal(said.json.reason, 'no_certificate')
		assert.match(said.json.service_point.number, /^[0-9A-Z]{4}-[0-9A-Z]{4}$/)
		problem(await wallet.proofing('consent', { version: 1, locale: 'en', text_sha256: 'A'.repeat(43) }), 409, 'conflict')
		problem(await wallet.proofing('attempt'), 409, 'conflict')
		const left = await wallet.proofing('cancel')
		assert.equal(new URL(left.json.redirect).searchParams.get('error'), 'access_denied')
	})

	test('the way without a face is open', async () => {
		const offer = await city.command('offer', '--person', 'N-1', '--type', 'id', '--vetted', 'passport seen')
		assert.match(offer.uri, /^openid-credential-offer:/)
	})
})

describe('[face] demo = yes', () => {
	let city
	before(async () => {
		city = await new City().serve('', (ini) => ini.replace(/^demo = no$/m, 'demo = yes'))
		await city.person(PERSON)
	})
	after(() => city.close())

	test('cards by face are open, and everything says what for', async () => {
		assert.match(city.log, /for demonstration only: no certificate/)
		assert.equal((await city.get('/face')).json.standing, 'demo')
		const wallet = new Wallet(city)
		await wallet.begin()
		const said = await wallet.proofing('identify', { number: 'N-1', name: 'Ann Sample' })
		assert.equal(said.json.state, 'consent')
		assert.equal(said.json.demo, true)
		assert.equal(said.json.face, 'demo')
	})
})
