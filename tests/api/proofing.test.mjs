// The login step: right and wrong faces, no face, every call out of order, pictures that are none.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { City } from './lib/city.mjs'
import { Camera, pictures } from './lib/camera.mjs'
import { anyRefusal, oauthError, problem } from './lib/expect.mjs'
import { request } from './lib/http.mjs'
import { b64u, sha256 } from './lib/jose.mjs'
import { Wallet, enrol } from './lib/wallet.mjs'

const NUMBER = /^[0-9A-Z]{4}-[0-9A-Z]{4}$/
const CONSENT = { version: 1, locale: 'en', text_sha256: b64u(sha256('x')) }
let city
let ids
let person
before(async () => {
	city = await new City().start()
	ids = await pictures(city)
	person = await enrol(city, ids[0])
})
after(() => city.close())

async function started() {
	const wallet = new Wallet(city)
	await wallet.begin()
	return wallet
}

test('a right face gives a code, and the code gives a token once', async () => {
	const wallet = new Wallet(city)
	const code = await wallet.code(person, ids[0])
	const thief = new Wallet(city)
	thief.verifier = wallet.verifier
	thief.state = wallet.state
	// bound to the key of the pushed request (RFC 9449 10)
	oauthError(await thief.redeem({ code }), 400, 'invalid_grant')
	const first = await wallet.redeem({ code })
	assert.equal(first.status, 200, first.text)
	assert.equal(first.json.token_type.toLowerCase(), 'dpop')
	const { body } = await wallet.body(2)
	const reply = await wallet.credential(first.json.access_token, body)
	assert.equal(reply.status, 200, reply.text)
	const level = reply.json.credentials[0].credential.split('~').slice(1, -1)
		.map((part) => JSON.parse(Buffer.from(part, 'base64url'))).find((value) => value[1] === 'assurance_level')?.[2]
		?? JSON.parse(Buffer.from(reply.json.credentials[0].credential.split('.')[1], 'base64url')).assurance_level
	assert.equal(level, 'basic')
	// signed for everybody to see, whatever the holder discloses
	assert.equal(JSON.parse(Buffer.from(reply.json.credentials[0].credential.split('.')[1], 'base64url')).demo, true)
	oauthError(await wallet.redeem({ code }), 400, 'invalid_grant')
})

const levelOf = (credential) => credential.split('~').slice(1, -1)
	.map((part) => JSON.parse(Buffer.from(part, 'base64url'))).find((value) => value[1] === 'assurance_level')[2]

test('a face alone gets a basic card, also of somebody who was vetted', async () => {
	const vetted = await enrol(city, ids[0])
	const made = await city.command('offer', '--person', vetted.number, '--vetted', 'seen at the desk')
	const desk = new Wallet(city)
	const reference = new URL(made.uri).searchParams.get('credential_offer_uri')
	const object = (await request('GET', reference)).json
	const [grant] = Object.values(object.grants)
	const offered = await desk.redeemOffer(grant['pre-authorized_code'])
	const upgraded = await desk.credential(offered.json.access_token, (await desk.body()).body)
	assert.equal(levelOf(upgraded.json.credentials[0].credential), 'upgraded')
	const other = new Wallet(city)
	const token = await other.redeem({ code: await other.code(vetted, ids[0]) })
	const basic = await other.credential(token.json.access_token, (await other.body()).body)
	assert.equal(levelOf(basic.json.credentials[0].credential), 'basic')
})

const WRONG_REDEEM = [
	['another code_verifier', { code_verifier: 'x'.repeat(43) }],
	['a code_verifier too short', { code_verifier: 'x' }],
	['another redirect_uri', { redirect_uri: 'https://stranger.example/' }],
	['another client', { client_id: 'https://stranger.example/' }],
]
test('a code with wrong company is refused', async (t) => {
	for (const [name, changes] of WRONG_REDEEM)
		await t.test(name, async () => {
			const wallet = new Wallet(city)
			const code = await wallet.code(person, ids[0])
			const reply = await wallet.redeem({ code, ...changes })
			oauthError(reply, reply.status === 401 ? 401 : 400, 'invalid_grant', ...(changes.client_id ? ['invalid_client'] : []))
		})
})

test('no face: the page says so, another try and a service point are there', async () => {
	const wallet = await started()
	await wallet.identify(person)
	const blank = await city.get(`/demo/head.jpg?picture=${ids[0]}`)
	assert.equal(blank.status, 200)
	const end = await wallet.attempt(await covered())
	assert.equal(end.state, 'ready')
	assert.ok(['no_face', 'too_dark'].includes(end.reason), end.reason)
	assert.match(end.service_point.number, NUMBER)
	assert.ok(end.service_point.expires_at > Date.now() / 1000)
	const kept = (await wallet.proofState()).json
	assert.deepEqual(kept.service_point, end.service_point)
	// it is no fault of the person: a right face still gets the card
	const passed = await wallet.face(ids[0])
	assert.equal(passed.state, 'passed', JSON.stringify(passed))
})

test('another person is refused after three tries, with the other way', async () => {
	const wallet = await started()
	await wallet.identify(person)
	const tries = []
	let end
	for (let i = 0; i < 3; i++) {
		end = await wallet.face(ids[1])
		assert.equal(end.reason, 'not_matched', JSON.stringify(end))
		assert.match(end.service_point.number, NUMBER)
		assert.equal(end.redirect, null)
		tries.push(end.tries_left)
	}
	assert.deepEqual(tries, [2, 1, 0])
	assert.equal(end.state, 'refused')
	const again = await wallet.proofing('attempt')
	assert.ok(again.status >= 400 || again.json.state === 'refused', again.text)
	const wrongFace = await wallet.proofing('frame', await new Camera(ids[0]).frame(city), { 'Content-Type': 'image/jpeg' })
	assert.ok(wrongFace.status >= 400, 'a right face comes too late')
})

test('a held picture does not pass', async () => {
	const wallet = await started()
	await wallet.identify(person)
	const still = await new Camera(ids[0]).frame(city)
	const end = await wallet.attempt({ frame: async () => still })
	assert.equal(end.state, 'ready')
	assert.ok(end.reason, 'a reason')
	assert.equal(end.redirect, null)
})

test('number and name must belong together, and it is not said which was wrong', async () => {
	const other = await enrol(city, ids[1], { family_name: '李', given_name: '四', family_name_latin: 'Li', given_name_latin: 'Si' })
	const wrong = [
		{ number: person.number, name: other.name },
		{ number: '110101199003070000', name: person.name },
		{ number: 'x', name: person.name },
		{ number: person.number, name: 'nobody' },
	]
	const wallet = await started()
	const texts = new Set()
	for (const pair of wrong) {
		const reply = await wallet.proofing('identify', pair)
		problem(reply, 403, 'not_matched')
		texts.add(JSON.stringify([reply.json.title, reply.json.detail]))
	}
	assert.equal(texts.size, 1)
	// the fifth says that it was the last
	problem(await wallet.proofing('identify', wrong[0]), 429, 'too_many')
	const late = await wallet.proofing('identify', { number: person.number, name: person.name })
	assert.ok(late.status >= 400, 'the sixth try')
})

test('a name in Latin script does too', async () => {
	const wallet = await started()
	const reply = await wallet.proofing('identify', { number: person.number, name: 'Yu Xiaofu' })
	assert.equal(reply.status, 200, reply.text)
	assert.equal(reply.json.state, 'consent')
})

const OUT_OF_ORDER = [
	['consent before identify', 'consent', CONSENT],
	['attempt before identify', 'attempt', {}],
	['frame before identify', 'frame', Buffer.from('x'), { 'Content-Type': 'image/jpeg' }],
]
for (const [name, verb, body, headers] of OUT_OF_ORDER)
	test(`out of order: ${name}`, async () => {
		const reply = await (await started()).proofing(verb, body, headers)
		anyRefusal(reply)
	})

test('no camera without consent', async () => {
	const wallet = await started()
	await wallet.proofing('identify', { number: person.number, name: person.name })
	anyRefusal(await wallet.proofing('attempt'))
	for (const wrong of [{ ...CONSENT, version: 999 }, { ...CONSENT, text_sha256: 'x' }, { version: 1 }, {}])
		anyRefusal(await wallet.proofing('consent', wrong))
	assert.equal((await wallet.proofState()).json.state, 'consent')
})

test('without the cookie there is no session', async () => {
	const wallet = await started()
	const own = wallet.cookie
	for (const cookie of [undefined, 'x=y', own.slice(0, -3) + 'AAA']) {
		wallet.cookie = cookie
		anyRefusal(await wallet.proofState())
		anyRefusal(await wallet.proofing('identify', { number: person.number, name: person.name }))
	}
	wallet.cookie = own
	assert.equal((await wallet.proofState()).json.state, 'identify')
})

for (const reason of ['no_camera', 'camera_refused', 'network', 'declined'])
	test(`trouble: ${reason} shows the other way`, async () => {
		const wallet = await started()
		await wallet.identify(person)
		const reply = await wallet.proofing('trouble', { reason })
		assert.equal(reply.status, 200, reply.text)
		assert.match(reply.json.service_point.number, NUMBER)
		if (reason === 'declined') assert.equal(reply.json.state, 'elsewhere')
		else assert.equal(reply.json.reason, reason)
	})

test('trouble is told a limited number of times, and costs the person nothing', async () => {
	const someone = await enrol(city, ids[0])
	for (let session = 0; session < 2; session++) {
		const wallet = await started()
		await wallet.identify(someone)
		let told = 0
		while (told < 50 && (await wallet.proofing('trouble', { reason: 'no_camera' })).status === 200) told++
		assert.equal(told, 12)
		assert.equal((await wallet.proofState()).json.state, 'refused')
	}
	const wallet = await started()
	await wallet.identify(someone)
	assert.equal((await wallet.proofing('attempt')).json.state, 'face')
})

test('the way back is told again to who did not hear it', async () => {
	const wallet = new Wallet(city)
	const code = await wallet.code(person, ids[0])
	const state = (await wallet.proofState()).json
	assert.equal(state.state, 'passed')
	assert.equal(new URL(state.redirect).searchParams.get('code'), code)
})

test('declined twice is declined once', async () => {
	const wallet = await started()
	await wallet.identify(person)
	const once = await wallet.proofing('trouble', { reason: 'declined' })
	const twice = await wallet.proofing('trouble', { reason: 'declined' })
	assert.deepEqual(twice.json, once.json)
})

test('a card that is won is not cancelled', async () => {
	const wallet = new Wallet(city)
	await wallet.code(person, ids[0])
	problem(await wallet.proofing('cancel'), 409, 'conflict')
	assert.equal((await wallet.proofState()).json.state, 'passed')
})

test('trouble: an unknown reason', async () => {
	const wallet = await started()
	await wallet.identify(person)
	anyRefusal(await wallet.proofing('trouble', { reason: 'matched' }))
	anyRefusal(await wallet.proofing('trouble', {}))
})

test('cancel goes back to the wallet with access_denied', async () => {
	const wallet = await started()
	const reply = await wallet.proofing('cancel')
	assert.equal(reply.status, 200, reply.text)
	const back = new URL(reply.json.redirect)
	assert.equal(back.origin + back.pathname, wallet.client)
	assert.equal(back.searchParams.get('error'), 'access_denied')
	assert.equal(back.searchParams.get('state'), wallet.state)
	assert.equal(back.searchParams.get('iss'), city.url)
	assert.equal(back.searchParams.get('code'), null)
})

/** A JPEG header that claims any size, and nothing behind it. */
function bomb(width, height) {
	const size = Buffer.from([0xff, 0xc0, 0, 17, 8, height >> 8, height & 255, width >> 8, width & 255, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1])
	return Buffer.concat([Buffer.from([0xff, 0xd8]), size, Buffer.from([0xff, 0xd9])])
}

test('pictures that are none: each is refused, the session lives on', async () => {
	const wallet = await started()
	await wallet.identify(person)
	assert.equal((await wallet.proofing('attempt')).json.state, 'face')
	const good = await new Camera(ids[0]).frame(city)
	const broken = Buffer.from(good)
	for (let i = 600; i < broken.length; i += 7) broken[i] ^= 0x55
	const bodies = [Buffer.from('a text named .jpg'), bomb(65535, 65535), bomb(1, 1), good.subarray(0, 500), broken,
		Buffer.alloc(0), Buffer.from([0xff, 0xd8]), Buffer.alloc(200_000, 0xff)]
	for (const body of bodies) {
		const reply = await wallet.proofing('frame', body, { 'Content-Type': 'image/jpeg' })
		assert.ok(reply.status === 200 || (reply.status >= 400 && reply.status < 500), `${reply.status} ${reply.text}`)
		if (reply.status !== 200) anyRefusal(reply)
		assert.ok(await city.isUp())
	}
	const large = await wallet.proofing('frame', Buffer.alloc(513 * 1024, 1), { 'Content-Type': 'image/jpeg' })
	problem(large, 413, 'too_large')
	anyRefusal(await wallet.proofing('frame', good, { 'Content-Type': 'text/plain' }))
	assert.equal((await wallet.proofState()).status, 200)
})

test('attempts, sessions and people are counted apart', async () => {
	const metrics = (await request('GET', `${city.operator}/metrics`)).text
	for (const word of ['attempts', 'sessions', 'people']) assert.match(metrics, new RegExp(`${word}.*\\{.*outcome=`, 's'), word)
	assert.doesNotMatch(metrics, /鱼|小符|Xiaofu/)
	assert.ok(!metrics.includes(person.number))
})

/** A camera with a cloth over it: the darkest and nearest the demo's camera can give is no face at all. */
async function covered() {
	const { readFileSync } = await import('node:fs')
	const jpeg = readFileSync(new URL('./lib/covered.jpg', import.meta.url))
	let count = 0
	// A comment behind SOI makes each file another one, as noise would.
	return { frame: async () => Buffer.concat([jpeg.subarray(0, 2), Buffer.from([0xff, 0xfe, 0, 6, count >> 8, count++ & 255, 1, 2]), jpeg.subarray(2)]) }
}
