// The credential endpoint: what a good batch is, and every wrong proof by its name.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { City } from './lib/city.mjs'
import { challenge, oauthError } from './lib/expect.mjs'
import { JSON_TYPE } from './lib/http.mjs'
import { b64u, decode, newKey, now, proof, randomBytes, sha256, verifiesByX5c } from './lib/jose.mjs'
import { enrol, tokenByOffer } from './lib/wallet.mjs'

let city
let person
let wallet
let token
let batch_size
before(async () => {
	city = await new City().start()
	person = await enrol(city)
	;({ wallet, token } = await tokenByOffer(city, person))
	batch_size = (await city.get('/.well-known/openid-credential-issuer')).json.batch_credential_issuance.batch_size
})
after(() => city.close())

function opened(text) {
	const parts = text.split('~')
	const { header, payload } = decode(parts[0])
	const disclosures = parts.slice(1, -1).map((part) => ({ part, value: JSON.parse(Buffer.from(part, 'base64url')) }))
	return { header, payload, disclosures, tail: parts.at(-1), jwt: parts[0] }
}

test('a batch: own keys, own salts, unpredictable status, no key binding', async () => {
	const { keys, body } = await wallet.body(batch_size)
	const reply = await wallet.credential(token, body)
	assert.equal(reply.status, 200, reply.text)
	assert.match(reply.header('cache-control'), /no-store/)
	const copies = reply.json.credentials.map(({ credential }) => opened(credential))
	assert.equal(copies.length, batch_size)
	const salts = new Set()
	const indexes = []
	copies.forEach((copy, i) => {
		assert.equal(copy.tail, '')
		assert.equal(copy.header.typ, 'dc+sd-jwt')
		assert.equal(copy.header.alg, 'ES256')
		assert.ok(verifiesByX5c(copy.jwt))
		assert.equal(copy.payload.vct, 'urn:yufu:id:1')
		assert.ok(copy.payload.exp > now())
		const { kty, crv, x, y } = copy.payload.cnf.jwk
		assert.deepEqual({ kty, crv, x, y }, { kty: 'EC', crv: 'P-256', x: keys[i].jwk.x, y: keys[i].jwk.y })
		assert.equal(copy.payload.cnf.jwk.d, undefined)
		for (const { value } of copy.disclosures) salts.add(value[0])
		indexes.push(copy.payload.status.status_list.idx)
		assert.ok(copy.payload.status.status_list.uri.startsWith(`${city.url}/status/`))
		// RFC 9901: each digest in the payload at any level belongs to the text as sent
		const digests = new Set(JSON.stringify([copy.payload, ...copy.disclosures.map(({ value }) => value)]).match(/[\w-]{43}/g))
		for (const { part } of copy.disclosures) assert.ok(digests.has(b64u(sha256(part))))
		for (const name of ['iss', 'nbf', 'exp', 'cnf', 'vct', 'status'])
			assert.ok(!copy.disclosures.some(({ value }) => value[1] === name && value.length === 3), name)
		// nothing about the person is in the clear, not even one age
		const open = ['iss', 'vct', 'iat', 'nbf', 'exp', 'cnf', 'status', '_sd', '_sd_alg', 'age_equal_or_over']
		for (const name of Object.keys(copy.payload)) assert.ok(open.includes(name), `${name} is disclosed to everybody`)
		if (copy.payload.age_equal_or_over) assert.deepEqual(Object.keys(copy.payload.age_equal_or_over), ['_sd'])
	})
	assert.equal(salts.size, copies.reduce((sum, copy) => sum + copy.disclosures.length, 0))
	assert.equal(new Set(indexes).size, batch_size)
	const steps = indexes.slice(1).map((index, i) => index - indexes[i])
	assert.ok(new Set(steps).size > 1, `status indexes in a row: ${indexes}`)
})

test('the claims are those of the register', async () => {
	const { body } = await wallet.body()
	const copy = opened((await wallet.credential(token, body)).json.credentials[0].credential)
	const claims = Object.fromEntries(copy.disclosures.filter(({ value }) => value.length === 3).map(({ value }) => value.slice(1)))
	assert.equal(claims.family_name, '鱼')
	assert.equal(claims.given_name, '小符')
	assert.equal(claims.family_name_latin, 'Yu')
	assert.equal(claims.birthdate, '1990-05-17')
	assert.equal(claims.personal_administrative_number, person.number)
	assert.equal(claims['18'], true)
	assert.equal(claims['65'], false)
	assert.ok(claims.picture.startsWith('data:image/jpeg;base64,'))
	const level = claims.assurance_level ?? copy.payload.assurance_level
	assert.equal(level, 'upgraded')
	assert.equal(copy.payload.demo, undefined)
})

test('the status list says valid', async () => {
	const { body } = await wallet.body()
	const copy = opened((await wallet.credential(token, body)).json.credentials[0].credential)
	const { uri, idx } = copy.payload.status.status_list
	const reply = await city.get(uri.slice(city.url.length))
	assert.equal(reply.status, 200)
	assert.equal(reply.type, 'application/statuslist+jwt')
	const list = decode(reply.text.trim())
	assert.equal(list.header.typ, 'statuslist+jwt')
	assert.ok(verifiesByX5c(reply.text.trim()))
	assert.equal(list.payload.sub, uri)
	assert.equal(list.payload.status_list.bits, 2)
	const { inflateSync } = await import('node:zlib')
	const bytes = inflateSync(Buffer.from(list.payload.status_list.lst, 'base64url'))
	assert.equal((bytes[idx >> 2] >> ((idx & 3) * 2)) & 3, 0)
})

// Each: what to change in the body; `c` holds aud, nonce and a key.
const WRONG_BODY = [
	['no proofs', () => ({ proofs: undefined }), 'invalid_proof', 'invalid_credential_request'],
	['proofs empty', () => ({ proofs: {} }), 'invalid_proof', 'invalid_credential_request'],
	['proofs.jwt empty', () => ({ proofs: { jwt: [] } }), 'invalid_proof', 'invalid_credential_request'],
	['proofs.jwt a text', (c) => ({ proofs: { jwt: proof(c.key, c) } }), 'invalid_proof', 'invalid_credential_request'],
	['a number among the proofs', () => ({ proofs: { jwt: [1] } }), 'invalid_proof', 'invalid_credential_request'],
	['another proof type', () => ({ proofs: { di_vp: [{}] } }), 'invalid_proof', 'invalid_credential_request'],
	['two proof types', (c) => ({ proofs: { jwt: [proof(c.key, c)], attestation: ['x'] } }), 'invalid_proof', 'invalid_credential_request'],
	['proof as drafts had it', (c) => ({ proofs: undefined, proof: { proof_type: 'jwt', jwt: proof(c.key, c) } }), 'invalid_proof', 'invalid_credential_request'],
	['neither configuration nor identifier', () => ({ credential_configuration_id: undefined }), 'invalid_credential_request'],
	['both configuration and identifier', () => ({ credential_identifier: 'id' }), 'invalid_credential_request'],
	['an unknown configuration', () => ({ credential_configuration_id: 'passport' }), 'unknown_credential_configuration'],
	['an unknown identifier', () => ({ credential_configuration_id: undefined, credential_identifier: 'x' }), 'unknown_credential_identifier'],
	['proof for somebody else', (c) => jwts(c, { aud: 'https://stranger.example' }), 'invalid_proof'],
	['proof with two audiences', (c) => jwts(c, { payload: { aud: [c.aud, 'https://stranger.example'] } }), 'invalid_proof'],
	['proof without aud', (c) => jwts(c, { payload: { aud: undefined } }), 'invalid_proof'],
	['proof without nonce', (c) => jwts(c, { nonce: undefined }), 'invalid_nonce', 'invalid_proof'],
	['proof with a nonce of our own making', (c) => jwts(c, { nonce: b64u(randomBytes(40)) }), 'invalid_nonce'],
	['proof with an empty nonce', (c) => jwts(c, { payload: { nonce: '' } }), 'invalid_nonce', 'invalid_proof'],
	['proof of typ JWT', (c) => jwts(c, { header: { typ: 'JWT' } }), 'invalid_proof'],
	['proof without typ', (c) => jwts(c, { header: { typ: undefined } }), 'invalid_proof'],
	['proof with alg none', (c) => jwts(c, { header: { alg: 'none' } }), 'invalid_proof'],
	['proof with alg HS256', (c) => jwts(c, { header: { alg: 'HS256' } }), 'invalid_proof'],
	['proof with alg ES384', (c) => jwts(c, { header: { alg: 'ES384' } }), 'invalid_proof'],
	['proof with a private jwk', (c) => jwts(c, { header: { jwk: c.key.full } }), 'invalid_proof'],
	['proof with another key in jwk', (c) => jwts(c, { header: { jwk: newKey().jwk } }), 'invalid_proof'],
	['proof with kid instead of jwk', (c) => jwts(c, { header: { jwk: undefined, kid: 'did:x:1' } }), 'invalid_proof'],
	['proof with kid beside jwk', (c) => jwts(c, { header: { kid: 'k' } }), 'invalid_proof'],
	['proof with a key that is no point', (c) => jwts(c, { header: { jwk: { ...c.key.jwk, y: b64u(Buffer.alloc(32, 1)) } } }), 'invalid_proof'],
	['proof with crit', (c) => jwts(c, { header: { crit: ['x'], x: 1 } }), 'invalid_proof'],
	['proof with a broken signature', (c) => jwts(c, { breakIt: true }), 'invalid_proof'],
	['an old proof', (c) => jwts(c, { payload: { iat: now() - 3600 } }), 'invalid_proof'],
	['a proof from the future', (c) => jwts(c, { payload: { iat: now() + 3600 } }), 'invalid_proof'],
	['a proof without iat', (c) => jwts(c, { payload: { iat: undefined } }), 'invalid_proof'],
	['a proof that is no JWS', () => ({ proofs: { jwt: ['a.b'] } }), 'invalid_proof'],
	['the same key twice', (c) => ({ proofs: { jwt: [proof(c.key, c), proof(c.key, c)] } }), 'invalid_proof'],
	['one good proof, one bad', (c) => ({ proofs: { jwt: [proof(newKey(), c), proof(c.key, { ...c, breakIt: true })] } }), 'invalid_proof'],
	['over batch_size', (c) => ({ proofs: { jwt: Array.from({ length: batch_size + 1 }, () => proof(newKey(), c)) } }), 'invalid_proof', 'invalid_credential_request'],
	['response encryption that is not offered', () => ({ credential_response_encryption: { jwk: newKey('P-384').jwk, enc: 'A128CBC-HS256' } }), 'invalid_encryption_parameters'],
]
const jwts = (c, changes) => ({ proofs: { jwt: [proof(c.key, { ...c, ...changes })] } })

for (const [name, change, ...errors] of WRONG_BODY)
	test(`credential: ${name}`, async () => {
		const c = { key: newKey(), aud: city.url, nonce: await wallet.nonce() }
		const body = { credential_configuration_id: 'id', proofs: { jwt: [proof(c.key, c)] }, ...change(c) }
		oauthError(await wallet.credential(token, body), 400, ...errors)
	})

test('a c_nonce is for one request', async () => {
	const nonce = await wallet.nonce()
	assert.equal((await wallet.credential(token, (await wallet.body(1, { nonce })).body)).status, 200)
	oauthError(await wallet.credential(token, (await wallet.body(1, { nonce })).body), 400, 'invalid_nonce')
})

test('a c_nonce is still good after a request that failed for another reason', async () => {
	const nonce = await wallet.nonce()
	const { body } = await wallet.body(1, { nonce, breakIt: true })
	oauthError(await wallet.credential(token, body), 400, 'invalid_proof')
	assert.equal((await wallet.credential(token, (await wallet.body(1, { nonce })).body)).status, 200)
})

const WRONG_GATE = [
	['no ath', { token: undefined }, 'invalid_dpop_proof'],
	['ath of another token', { payload: { ath: b64u(sha256('other')) } }, 'invalid_dpop_proof'],
	['another method', { payload: { htm: 'GET' } }, 'invalid_dpop_proof'],
	['another address', { payload: { htu: 'https://stranger.example/vci/credential' } }, 'invalid_dpop_proof'],
	['an old iat', { payload: { iat: now() - 3600 } }, 'invalid_dpop_proof'],
	['a broken signature', { breakIt: true }, 'invalid_dpop_proof'],
	['a nonce that is not ours', { nonce: 'abc' }, 'use_dpop_nonce'],
]
for (const [name, options, error] of WRONG_GATE)
	test(`credential, DPoP proof with ${name}`, async () => {
		const { body } = await wallet.body()
		const reply = await wallet.credential(token, body,
			{ Authorization: `DPoP ${token}`, ...wallet.dpop('/vci/credential', { token, ...options }) })
		challenge(reply, error)
		if (error === 'use_dpop_nonce') assert.ok(reply.header('dpop-nonce'))
	})

test('credential: the token as Bearer', async () => {
	const { body } = await wallet.body()
	challenge(await wallet.credential(token, body, { Authorization: `Bearer ${token}`, ...wallet.dpop('/vci/credential', { token }) }))
})

test('credential: the same DPoP proof twice', async () => {
	const headers = { Authorization: `DPoP ${token}`, ...wallet.dpop('/vci/credential', { token }) }
	assert.equal((await wallet.credential(token, (await wallet.body()).body, headers)).status, 200)
	challenge(await wallet.credential(token, (await wallet.body()).body, headers), 'invalid_dpop_proof')
})

test('credential: duplicate members, depth, other types', async () => {
	const { body } = await wallet.body()
	const text = JSON.stringify(body)
	const twice = `{"credential_configuration_id":"id",${text.slice(1)}`
	oauthError(await wallet.credential(token, twice), 400, 'invalid_credential_request', 'invalid_request')
	oauthError(await wallet.credential(token, '['.repeat(100)), 400, 'invalid_credential_request', 'invalid_request')
	oauthError(await wallet.credential(token, '"text"'), 400, 'invalid_credential_request', 'invalid_request')
	const reply = await city.post('/vci/credential', text, {
		headers: { ...JSON_TYPE, 'Content-Type': 'text/plain', Authorization: `DPoP ${token}`, ...wallet.dpop('/vci/credential', { token }) },
	})
	assert.ok([400, 415].includes(reply.status), `${reply.status}`)
})


test('the city is still up', async () => assert.ok(await city.isUp()))
