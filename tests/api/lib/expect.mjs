// What every refusal must look like, whoever sends it.
import assert from 'node:assert/strict'

/** RFC 6749 5.2: JSON, no-store, a name of the specification, ASCII text. */
export function oauthError(reply, status, ...errors) {
	const said = `${reply.status} ${reply.text.slice(0, 300)}`
	assert.equal(reply.type, 'application/json', said)
	assert.ok(errors.includes(reply.json.error), `wanted ${errors.join(' or ')}, got ${said}`)
	assert.equal(reply.status, status, said)
	assert.match(reply.header('cache-control') ?? '', /no-store/)
	if (reply.json.error_description !== undefined)
		assert.match(reply.json.error_description, /^[\x20-\x21\x23-\x5b\x5d-\x7e]*$/)
}

/** RFC 9457 with a stable type, and what to do next. */
export function problem(reply, status, name) {
	const said = `${reply.status} ${reply.text.slice(0, 300)}`
	assert.equal(reply.type, 'application/problem+json', said)
	assert.equal(reply.status, status, said)
	assert.equal(reply.json.status, status, said)
	assert.match(reply.json.type, /^urn:yufu:problem:[a-z][a-z0-9_]*$/, said)
	if (name) assert.equal(reply.json.type, `urn:yufu:problem:${name}`, said)
	assert.ok(reply.json.title, said)
	assert.ok(reply.json.detail, said)
}

/** RFC 6750 3, RFC 9449 7.1 */
export function challenge(reply, error) {
	const said = `${reply.status} ${reply.text.slice(0, 300)} ${reply.header('www-authenticate')}`
	assert.equal(reply.status, 401, said)
	const header = reply.header('www-authenticate') ?? ''
	assert.match(header, /^DPoP\b/, said)
	if (error) assert.match(header, new RegExp(`error="${error}"`), said)
	assert.match(header, /algs="[^"]*ES256/, said)
}

/** Some refusal with a proper body: what garbage must get everywhere. */
export function anyRefusal(reply) {
	const said = `${reply.status} ${reply.type} ${reply.text.slice(0, 300)}`
	assert.ok(reply.status >= 400 && reply.status < 500, said)
	if (reply.type === 'application/problem+json') problem(reply, reply.status)
	else oauthError(reply, reply.status, reply.json.error)
}
