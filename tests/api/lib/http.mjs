// One HTTP request, told plainly: no redirects, no retries, the body as bytes.
import http from 'node:http'
import net from 'node:net'

const agent = new http.Agent({ keepAlive: true, maxSockets: 64 })

export function request(method, url, { headers = {}, body, timeout = 30_000 } = {}) {
	return new Promise((resolve, reject) => {
		const bytes = body === undefined ? undefined : Buffer.isBuffer(body) ? body : Buffer.from(String(body))
		const all = { ...headers }
		if (bytes) all['Content-Length'] = bytes.length
		else if (method === 'POST') all['Content-Length'] = 0
		const call = http.request(url, { method, headers: all, agent, timeout, family: 4 }, (response) => {
			const parts = []
			response.on('data', (part) => parts.push(part))
			response.on('error', reject)
			response.on('end', () => resolve(new Reply(response, Buffer.concat(parts))))
		})
		call.on('timeout', () => call.destroy(new Error(`no answer in ${timeout} ms: ${method} ${url}`)))
		call.on('error', reject)
		call.end(bytes)
	})
}

class Reply {
	constructor(response, bytes) {
		this.status = response.statusCode
		this.headers = response.headers
		this.rawHeaders = response.rawHeaders
		this.bytes = bytes
	}

	get text() { return this.bytes.toString('utf8') }
	get json() { return JSON.parse(this.text) }
	get type() { return (this.headers['content-type'] ?? '').split(';')[0].trim() }
	header(name) { return this.headers[name.toLowerCase()] }
}

/** Bytes as they are on a socket; what came back until it was closed or silent. */
export function raw(port, bytes, { wait = 3000 } = {}) {
	return new Promise((resolve) => {
		const socket = net.connect(port, '127.0.0.1')
		let got = Buffer.alloc(0)
		const done = () => { socket.destroy(); resolve(got.toString('latin1')) }
		socket.setTimeout(wait, done)
		socket.on('data', (part) => { got = Buffer.concat([got, part]) })
		socket.on('close', done)
		socket.on('error', done)
		socket.write(bytes)
	})
}

export const JSON_TYPE = { 'Content-Type': 'application/json' }
export const FORM_TYPE = { 'Content-Type': 'application/x-www-form-urlencoded' }

/** Parameters as a form; an array value is sent as often as it has items, undefined is left out. */
export function form(parameters) {
	const pairs = new URLSearchParams()
	for (const [name, value] of Object.entries(parameters))
		for (const one of Array.isArray(value) ? value : [value])
			if (one !== undefined) pairs.append(name, one)
	return pairs.toString()
}
