// SIGTERM under load: what was accepted is answered, then the process ends with 0.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { City } from './lib/city.mjs'
import { Wallet, enrol, tokenByOffer } from './lib/wallet.mjs'

let city
before(async () => { city = await new City().start() })
after(() => city.close())

const sleep = (ms) => new Promise((resolve) => { setTimeout(resolve, ms) })

test('no accepted request is lost', async () => {
	const person = await enrol(city)
	const { wallet, token } = await tokenByOffer(city, person)
	const bodies = await Promise.all(Array.from({ length: 60 }, () => wallet.body(4)))
	let before = 0
	let stopping = false
	const calls = bodies.map(({ body }) => wallet.credential(token, body).then(
		({ status, text }) => { before += !stopping; return { status, text } },
		(error) => ({ error: error.code ?? error.message })))
	const settled = Promise.all(calls)
	let over = false
	settled.then(() => { over = true })
	while (before === 0 && !over) await sleep(1)
	assert.ok(before > 0, JSON.stringify((over ? await settled : [])[0]))
	stopping = true
	const ended = city.stop()
	const replies = await settled
	const { code, signal } = await ended
	assert.equal(signal, null)
	assert.equal(code, 0, city.log)
	assert.ok(before < bodies.length, 'it was told to stop while requests were under way')

	const acknowledged = replies.filter(({ status }) => status === 200).map(({ text }) => JSON.parse(text))
	const refused = replies.filter(({ status }) => status === 503)
	const cut = replies.filter(({ error }) => error && error !== 'ECONNREFUSED' && error !== 'ECONNRESET')
	assert.ok(acknowledged.length > 0)
	assert.deepEqual(cut, [])
	assert.deepEqual(replies.filter(({ status }) => status && status !== 200 && status !== 503), [])
	console.log(`${acknowledged.length} answered, ${before} of them before it was told to stop, ${refused.length} told to come back, ${replies.length - acknowledged.length - refused.length} never accepted`)

	await city.start()
	for (const { credentials } of acknowledged)
		for (const { credential } of credentials) {
			const { uri } = JSON.parse(Buffer.from(credential.split('.')[1], 'base64url')).status.status_list
			assert.equal((await city.get(uri.slice(city.url.length))).status, 200)
		}
})

test('a request whose body is still coming is answered', async () => {
	const net = await import('node:net')
	const socket = net.connect(city.port, '127.0.0.1')
	let text = ''
	socket.on('data', (part) => { text += part })
	const closed = new Promise((resolve) => { socket.on('close', resolve); socket.on('error', resolve) })
	const body = 'grant_type=authorization_code&code=x'
	socket.write(`POST /oauth/token HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 10)}`)
	await sleep(200)
	const ended = city.stop()
	await sleep(300)
	socket.write(body.slice(10))
	await closed
	assert.match(text, /^HTTP\/1\.1 400 /)
	assert.match(text, /"error":"invalid_/)
	assert.equal((await ended).code, 0, city.log)
	await city.start()
})

test('new connections are refused while it stops, and it does not wait for idle ones', async () => {
	const net = await import('node:net')
	const idle = net.connect(city.port, '127.0.0.1')
	idle.on('error', () => {})
	await sleep(100)
	const began = Date.now()
	const { code } = await city.stop()
	assert.equal(code, 0, city.log)
	assert.ok(Date.now() - began < 10_000, `${Date.now() - began} ms`)
	idle.destroy()
	await assert.rejects(city.get('/trust'))
	await city.start()
	assert.ok(await city.isUp())
})

