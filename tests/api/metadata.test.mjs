// The public documents, to the letter.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { City } from './lib/city.mjs'
import { request } from './lib/http.mjs'
import { X509Certificate, decode, verifiesByX5c } from './lib/jose.mjs'

let city
before(async () => { city = await new City().start() })
after(() => city.close())

test('the issuer metadata is OpenID4VCI 1.0 section 12.2', async () => {
	const reply = await city.get('/.well-known/openid-credential-issuer')
	assert.equal(reply.status, 200)
	assert.equal(reply.type, 'application/json')
	const m = reply.json
	assert.equal(m.credential_issuer, city.url)
	assert.equal(m.credential_endpoint, `${city.url}/vci/credential`)
	assert.equal(m.nonce_endpoint, `${city.url}/vci/nonce`)
	assert.ok(m.batch_credential_issuance.batch_size >= 2)
	const id = m.credential_configurations_supported.id
	assert.equal(id.format, 'dc+sd-jwt')
	assert.equal(id.vct, 'urn:yufu:id:1')
	assert.equal(id.scope, 'id')
	assert.deepEqual(id.cryptographic_binding_methods_supported, ['jwk'])
	assert.deepEqual(id.credential_signing_alg_values_supported, ['ES256'])
	assert.deepEqual(id.proof_types_supported.jwt.proof_signing_alg_values_supported, ['ES256'])
	// final 1.0: display and claims live in credential_metadata
	assert.equal(id.claims, undefined)
	assert.equal(id.display, undefined)
	assert.ok(id.credential_metadata.display.every(({ name }) => name))
	assert.ok(id.credential_metadata.claims.every(({ path }) => Array.isArray(path) && path.length))
})

test('the authorization server metadata is RFC 8414 with what HAIP 1.0 wants', async () => {
	const reply = await city.get('/.well-known/oauth-authorization-server')
	assert.equal(reply.status, 200)
	assert.equal(reply.type, 'application/json')
	const m = reply.json
	assert.equal(m.issuer, city.url)
	assert.equal(m.pushed_authorization_request_endpoint, `${city.url}/oauth/par`)
	assert.equal(m.authorization_endpoint, `${city.url}/oauth/authorize`)
	assert.equal(m.token_endpoint, `${city.url}/oauth/token`)
	assert.equal(m.require_pushed_authorization_requests, true)
	assert.equal(m.authorization_response_iss_parameter_supported, true)
	assert.deepEqual(m.code_challenge_methods_supported, ['S256'])
	assert.deepEqual(m.response_types_supported, ['code'])
	assert.deepEqual(m.dpop_signing_alg_values_supported, ['ES256'])
	assert.ok(m.grant_types_supported.includes('authorization_code'))
	assert.ok(m.grant_types_supported.includes('urn:ietf:params:oauth:grant-type:pre-authorized_code'))
	assert.equal(m['pre-authorized_grant_anonymous_access_supported'], true)
})

test('the protected resource metadata is RFC 9728', async () => {
	const { status, type, json } = await city.get('/.well-known/oauth-protected-resource')
	assert.equal(status, 200)
	assert.equal(type, 'application/json')
	assert.equal(json.resource, city.url)
	assert.deepEqual(json.authorization_servers, [city.url])
	assert.equal(json.dpop_bound_access_tokens_required, true)
})

test('the issuer keys are named, without private members', async () => {
	const { status, json } = await city.get('/.well-known/jwt-vc-issuer')
	assert.equal(status, 200)
	assert.equal(json.issuer, city.url)
	assert.ok(json.jwks.keys.length > 0)
	for (const key of json.jwks.keys) {
		assert.equal(key.kty, 'EC')
		assert.equal(key.crv, 'P-256')
		assert.equal(key.d, undefined)
	}
})

test('the trust list is signed by a key under one of its own issuers', async () => {
	const { status, text } = await city.get('/trust')
	assert.equal(status, 200)
	const { header, payload } = decode(text.trim())
	assert.equal(header.typ, 'trust-list+jwt')
	assert.equal(header.alg, 'ES256')
	assert.ok(verifiesByX5c(text.trim()))
	assert.ok(payload.exp > payload.iat)
	for (const list of [payload.issuers, payload.registrars]) {
		assert.ok(list.length > 0)
		for (const { name, x5c } of list) {
			assert.ok(name)
			assert.equal(new X509Certificate(Buffer.from(x5c[0], 'base64')).ca, true)
		}
	}
	const roots = payload.issuers.map(({ x5c }) => new X509Certificate(Buffer.from(x5c[0], 'base64')))
	const leaf = new X509Certificate(Buffer.from(header.x5c[0], 'base64'))
	assert.ok(roots.some((root) => leaf.checkIssued(root) && leaf.verify(root.publicKey)))
	// HAIP 1.0 6.1.1: the anchor is not in the chain, the leaf is not self-signed
	assert.ok(!header.x5c.some((cert) => payload.issuers.some(({ x5c }) => x5c[0] === cert)))
})

test('there is no list of another time', async () => {
	const reply = await city.get('/status/1?time=1700000000')
	assert.equal(reply.status, 501, reply.text)
	assert.equal(reply.json.type, 'urn:yufu:problem:unsupported')
})

test('a nonce is fresh each time and never cached', async () => {
	const [a, b] = [await city.post('/vci/nonce'), await city.post('/vci/nonce')]
	assert.equal(a.status, 200)
	assert.match(a.header('cache-control'), /no-store/)
	assert.deepEqual(Object.keys(a.json), ['c_nonce'])
	assert.notEqual(a.json.c_nonce, b.json.c_nonce)
})

test('public documents may be read from any origin', async () => {
	for (const name of ['openid-credential-issuer', 'oauth-authorization-server', 'oauth-protected-resource', 'jwt-vc-issuer'])
		assert.equal((await city.get(`/.well-known/${name}`)).header('access-control-allow-origin'), '*', name)
	assert.equal((await city.get('/trust')).header('access-control-allow-origin'), '*')
})

test('health is for the operator, not for the public', async () => {
	for (const path of ['/healthz', '/readyz', '/metrics']) {
		assert.equal((await request('GET', city.operator + path)).status, 200, path)
		assert.equal((await city.get(path)).status, 404, path)
	}
})
