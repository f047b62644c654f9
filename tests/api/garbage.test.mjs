// Garbage for every address of doc/api.md: a proper refusal each time, and the process stays up.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { City } from './lib/city.mjs'
import { anyRefusal } from './lib/expect.mjs'
import { raw, request } from './lib/http.mjs'
import { randomBytes } from './lib/jose.mjs'
import { Wallet } from './lib/wallet.mjs'

const JPEG = 'image/jpeg'
const JSON_BODY = 'application/json'
const FORM = 'application/x-www-form-urlencoded'
const NONE = null

// [method, path, what it takes, who calls]
const ADDRESSES = [
	['GET', '/.well-known/openid-credential-issuer', NONE],
	['GET', '/.well-known/oauth-authorization-server', NONE],
	['GET', '/.well-known/oauth-protected-resource', NONE],
	['GET', '/.well-known/jwt-vc-issuer', NONE],
	['GET', '/status/0', NONE],
	['GET', '/trust', NONE],
	['POST', '/oauth/par', FORM],
	['GET', '/oauth/authorize', NONE],
	['POST', '/oauth/token', FORM],
	['POST', '/vci/nonce', NONE],
	['POST', '/vci/credential', JSON_BODY],
	['GET', '/vci/offers/x', NONE],
	['GET', '/oauth/proof/state', NONE, 'visitor'],
	['POST', '/oauth/proof/identify', JSON_BODY, 'visitor'],
	['POST', '/oauth/proof/consent', JSON_BODY, 'visitor'],
	['POST', '/oauth/proof/attempt', JSON_BODY, 'visitor'],
	['POST', '/oauth/proof/frame', JPEG, 'visitor'],
	['POST', '/oauth/proof/trouble', JSON_BODY, 'visitor'],
	['POST', '/oauth/proof/cancel', JSON_BODY, 'stranger'],
	['GET', '/check/me', NONE, 'hotel'],
	['POST', '/check/requests', JSON_BODY, 'hotel'],
	['GET', '/check/requests/x', NONE, 'hotel'],
	['GET', '/check/requests/x/events', NONE, 'hotel'],
	['GET', '/vp/x', NONE],
	['POST', '/vp/x/response', FORM],
	['POST', '/desk/enrol', JSON_BODY],
	['GET', '/demo/info', NONE],
	['GET', '/demo/pictures', NONE],
	['GET', '/demo/head.jpg', NONE],
]

// [name, body, content type or undefined for the right one]
const DEEP = 100_000
const BODIES = [
	['nothing', ''],
	['one byte', '\0'],
	['white space', ' \n\t '],
	['random bytes', randomBytes(500)],
	['broken UTF-8', Buffer.from([0x7b, 0x22, 0xc0, 0xaf, 0x22, 0x3a, 0x31, 0x7d])],
	['a cut object', '{"policy":"ho'],
	['an array', '[]'],
	['a text', '"x"'],
	['null', 'null'],
	['a member twice', '{"policy":"hotel","policy":"cafe","number":"1","number":"2","version":1,"version":2,"reason":"x","reason":"y","sex":1,"sex":2}'],
	['a depth bomb of arrays', '['.repeat(DEEP)],
	['a depth bomb of objects', '{"a":'.repeat(30_000)],
	['33 levels', `${'['.repeat(33)}${']'.repeat(33)}`],
	['something behind the value', '{} {}'],
	['a number that is none', '{"version":1e999999}'],
	['U+0000 in a text', '{"name":"a\\u0000b","number":"1"}'],
	['members of the wrong kind', '{"policy":[],"number":{},"name":1,"version":"1","locale":2,"text_sha256":3,"reason":true,"portrait":4,"sex":"x"}'],
	['a form with broken escapes', 'a=%&b=%zz&c=%f'],
	['a form of 100000 pairs', 'a=1&'.repeat(100_000)],
	['a parameter twice', 'client_id=a&client_id=b&grant_type=x&grant_type=y&response=1&response=2'],
	['a megabyte', Buffer.alloc(1024 * 1024, 0x61)],
	['JSON as text/plain', '{}', 'text/plain'],
	['JSON as multipart', '{}', 'multipart/form-data; boundary=x'],
	['no content type', '{}', ''],
]

let city
let visitor
before(async () => {
	city = await new City().start()
	visitor = new Wallet(city)
	await visitor.begin()
})
after(() => city.close())

function headersOf(who, type) {
	const headers = {}
	if (type) headers['Content-Type'] = type
	if (who === 'hotel') headers.Authorization = `Bearer ${city.party('hotel').api_key}`
	if (who === 'visitor') headers.Cookie = visitor.cookie
	return headers
}

for (const [method, path, takes, who] of ADDRESSES) {
	if (method === 'POST')
		test(`POST ${path}`, async (t) => {
			for (const [name, body, type] of BODIES) {
				// An empty body is what the nonce endpoint wants; some bodies are right where their type is.
				if (path === '/vci/nonce' && body.length === 0) continue
				await t.test(name, async () => {
					const reply = await request('POST', city.url + path, { body, headers: headersOf(who, type ?? takes ?? JSON_BODY) })
					// {} and [] may be all that a call without parameters looks at; a picture that cannot be read may be an answer
					const harmless = reply.status === 200 && (path === '/vci/nonce' || path.startsWith('/oauth/proof/'))
					if (!harmless) anyRefusal(reply)
				})
			}
			assert.ok(await city.isUp())
		})
	test(`other methods at ${path}`, async () => {
		for (const other of ['PUT', 'DELETE', 'PATCH', 'TRACE', 'BREW', method === 'GET' ? 'POST' : 'GET']) {
			if (other === 'GET' && path === '/desk/enrol') continue // a page

			const reply = await request(other, city.url + path, { headers: headersOf(who) })
			// 415: it takes that method too, and a body
			assert.ok([400, 404, 405, 415, 501].includes(reply.status), `${other} ${path}: ${reply.status}`)
			if (reply.status === 405) assert.ok(reply.header('allow'), `${other} ${path}`)
		}
	})
	test(`garbage in the query of ${path}`, async () => {
		for (const query of ['%', '%zz', '%00', 'a=1&'.repeat(200), `a=${'x'.repeat(3000)}`, 'picture=../../etc/passwd&yaw=nan&near=1e99', 'yaw=1e309', '\u00ff']) {
			const reply = await request(method, `${city.url}${path}?${encodeURI(query).replaceAll('%25', '%')}`, { headers: headersOf(who) })
			assert.ok(reply.status < 500, `${query.slice(0, 40)}: ${reply.status} ${reply.text}`)
		}
	})
}

test('paths that are none', async () => {
	for (const path of ['/nothing', '//', '/..', '/../../etc/passwd', '/wallet/../../../etc/passwd', '/wallet/%2e%2e/%2e%2e/etc/passwd',
		'/check/requests/%00', '/check/requests/%2f', '/vp/%zz', `/vp/${'x'.repeat(4000)}`, '/status/-1', '/status/99999999999999999999',
		'/status/x', '/.well-known/openid-credential-issuer/more', '/demo/head.jpg/..', '/.git/config']) {
		const text = await raw(city.port, `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`)
		assert.match(text, /^HTTP\/1\.1 (400|404|405|413|414|431) /, `${path.slice(0, 60)}: ${text.slice(0, 100)}`)
		assert.doesNotMatch(text, /root:/, path)
	}
	assert.ok(await city.isUp())
})

const WIRE = [
	['nothing', ''],
	['a byte', '\0'],
	['random bytes', randomBytes(4000)],
	['TLS', Buffer.from([0x16, 3, 1, 0, 0x50, 1, 0, 0, 0x4c, 3, 3])],
	['half a request line', 'GET / HT'],
	['HTTP/9.9', 'GET / HTTP/9.9\r\n\r\n'],
	['two content lengths', 'POST /vci/nonce HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 5\r\n\r\nhello'],
	['length and chunked', 'POST /vci/nonce HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
	['a negative length', 'POST /vci/nonce HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n'],
	['a huge length', 'POST /oauth/par HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\nx'],
	['a long length', 'POST /oauth/par HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000000\r\n\r\nx'],
	['broken chunks', 'POST /oauth/par HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'],
	['a chunk that does not end', 'POST /oauth/par HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nx'],
	['a header without colon', 'GET /trust HTTP/1.1\r\nHost a\r\n\r\n'],
	['a NUL in a header', 'GET /trust HTTP/1.1\r\nHost: a\0b\r\n\r\n'],
	['a thousand headers', `GET /trust HTTP/1.1\r\nHost: a\r\n${'x: y\r\n'.repeat(1000)}\r\n`],
	['a header of 100000 characters', `GET /trust HTTP/1.1\r\nHost: a\r\nx: ${'y'.repeat(100_000)}\r\n\r\n`],
	['a cookie of 6000 characters', `GET /oauth/proof/state HTTP/1.1\r\nHost: a\r\nCookie: ${'a=b; '.repeat(1200)}\r\n\r\n`],
	['ten requests in one', 'GET /trust HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(10)],
]
for (const [name, bytes] of WIRE)
	test(`on the wire: ${name}`, async () => {
		const text = await raw(city.port, bytes, { wait: 1500 })
		assert.doesNotMatch(text, /^HTTP\/1\.[01] 5(?!05|01|03)/, text.slice(0, 200))
		assert.ok(await city.isUp())
	})

test('three hundred connections that say nothing do not lock others out', async () => {
	const net = await import('node:net')
	const idle = Array.from({ length: 300 }, () => {
		const socket = net.connect(city.port, '127.0.0.1')
		socket.on('error', () => {})
		socket.write('GET / HT')
		return socket
	})
	await new Promise((resolve) => { setTimeout(resolve, 300) })
	try {
		const reply = await city.get('/trust', { timeout: 5000 }).catch((error) => ({ status: error.message }))
		assert.ok(await city.isUp())
		assert.ok(reply.status === 200 || reply.status === 503 || /ECONNRESET|hang up/.test(`${reply.status}`), `${reply.status}`)
	} finally {
		for (const socket of idle) socket.destroy()
	}
	await new Promise((resolve) => { setTimeout(resolve, 300) })
	assert.equal((await city.get('/trust')).status, 200)
})
