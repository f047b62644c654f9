// Every type of credential, in every format, and one that is made here from a file.
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { City } from './lib/city.mjs'
import { oauthError } from './lib/expect.mjs'
import { X509Certificate, decode, verifiesByX5c } from './lib/jose.mjs'
import { Wallet, offer } from './lib/wallet.mjs'

const LOCALES = ['en', 'zh', 'th', 'vi', 'ru']
const ABROAD = { number: 'DEMO-1002' } // has a residence permit and a driving licence
const LOCAL = { number: 'DEMO-1001' } // has no residence permit

/** A library card: two claims, nothing that the code knows. */
const PASS = (() => {
	const text = (value) => Object.fromEntries(LOCALES.map((locale) => [locale, value]))
	const colors = { background: '#224466', text: '#ffffff' }
	return {
		name: 'library-card', number_prefix: 'L', level: 'basic', days: 3, batch_size: 2,
		display: text({ name: 'Library card', description: 'Lends books.' }),
		colors: { basic: colors, upgraded: colors },
		claims: [
			{ path: ['reader', 'name'], source: 'family_name', names: text('Name') },
			{ path: ['reader', 'number'], source: 'document_number', mandatory: true, names: text('Number') },
			{ path: ['branch'], value: 'harbour', disclose: 'never', names: text('Branch') },
		],
	}
})()

let city
let configurations
before(async () => {
	city = new City()
	const folder = join(city.data, 'city', 'types')
	mkdirSync(folder, { recursive: true })
	writeFileSync(join(folder, 'library-card.json'), JSON.stringify(PASS))
	await city.start()
	configurations = (await city.get('/.well-known/openid-credential-issuer')).json.credential_configurations_supported
})
after(() => city.close())

test('each type is published in each format, in five languages', () => {
	assert.deepEqual(Object.keys(configurations), [
		'id', 'id_mso_mdoc', 'id_tally', 'residence-permit', 'residence-permit_mso_mdoc',
		'driving-licence', 'driving-licence_mso_mdoc', 'library-card',
	])
	for (const [id, c] of Object.entries(configurations)) {
		const { display, claims, levels } = c.credential_metadata
		assert.deepEqual(display.map(({ locale }) => locale).sort(), [...LOCALES].sort(), id)
		assert.ok(display.every((d) => d.name && d.description && /^#[0-9a-f]{6}$/.test(d.background_color)), id)
		assert.ok(claims.every((claim) => claim.display.length === LOCALES.length && typeof claim.mandatory === 'boolean'), id)
		assert.deepEqual(Object.keys(levels), ['basic', 'upgraded'], id)
	}
	const mdl = configurations['driving-licence_mso_mdoc']
	assert.equal(mdl.doctype, 'org.iso.18013.5.1.mDL')
	assert.deepEqual(mdl.credential_signing_alg_values_supported, [-7])
	assert.deepEqual(mdl.cryptographic_binding_methods_supported, ['cose_key'])
	assert.ok(mdl.credential_metadata.claims.some(({ path }) => path.join() === 'org.iso.18013.5.1,age_over_18'))
	assert.notEqual(configurations.id.credential_metadata.levels.basic.background_color,
		configurations.id.credential_metadata.levels.upgraded.background_color)
})

test('the type metadata stands at the vct', async () => {
	for (const c of Object.values(configurations)) {
		if (c.format !== 'dc+sd-jwt' || !c.vct.startsWith('http')) continue
		const reply = await city.get(new URL(c.vct).pathname)
		assert.equal(reply.status, 200)
		assert.equal(reply.type, 'application/json')
		assert.equal(reply.json.vct, c.vct)
		assert.deepEqual(reply.json.display.map(({ locale }) => locale).sort(), [...LOCALES].sort())
		for (const claim of reply.json.claims) assert.ok(['always', 'allowed', 'never'].includes(claim.sd))
	}
	assert.equal((await city.get('/types/id')).json.vct, 'urn:yufu:id:1')
	assert.equal((await city.get('/types/passport')).status, 404)
})

test('documents have an ETag and are not sent twice', async () => {
	for (const path of ['/.well-known/openid-credential-issuer', '/.well-known/oauth-authorization-server', '/types/id']) {
		const first = await city.get(path)
		const etag = first.header('etag')
		assert.match(etag, /^"[\w-]+"$/)
		const again = await city.get(path, { headers: { 'If-None-Match': `"x", W/${etag}` } })
		assert.equal(again.status, 304)
		assert.equal(again.bytes.length, 0)
		assert.equal((await city.get(path, { headers: { 'If-None-Match': '"x"' } })).status, 200)
	}
})

test('the issuer metadata comes signed to who asks for it', async () => {
	const path = '/.well-known/openid-credential-issuer'
	const reply = await city.get(path, { headers: { Accept: 'application/jwt' } })
	assert.equal(reply.type, 'application/jwt')
	assert.match(reply.header('vary'), /Accept/)
	const { header, payload } = decode(reply.text)
	assert.equal(header.typ, 'openidvci-issuer-metadata+jwt')
	assert.equal(header.alg, 'ES256')
	assert.ok(verifiesByX5c(reply.text))
	const leaf = new X509Certificate(Buffer.from(header.x5c[0], 'base64'))
	assert.notEqual(leaf.issuer, leaf.subject)
	assert.equal(payload.sub, city.url)
	assert.ok(Number.isInteger(payload.iat))
	const plain = (await city.get(path)).json
	const { iss, sub, iat, ...rest } = payload
	assert.deepEqual(rest, plain)
	for (const accept of ['application/json, application/jwt;q=0.5', '*/*', 'application/jwt;q=0', 'text/html'])
		assert.equal((await city.get(path, { headers: { Accept: accept } })).type, 'application/json', accept)
	assert.equal((await city.get(path, { headers: { Accept: 'application/json;q=0.5, application/jwt' } })).type, 'application/jwt')
})

/** The credential of that configuration by an offer of its type. */
async function receive(type, configuration, count = 1) {
	const wallet = new Wallet(city)
	const made = await offer(city, ABROAD, { type })
	const reply = await wallet.redeemOffer(made.code)
	assert.equal(reply.status, 200, reply.text)
	assert.equal(reply.json.scope, type)
	const { body } = await wallet.body(count)
	return wallet.credential(reply.json.access_token, { ...body, credential_configuration_id: configuration })
}

for (const type of ['id', 'residence-permit', 'driving-licence', 'library-card']) {
	test(`${type} as SD-JWT VC`, async () => {
		const reply = await receive(type, type, 2)
		assert.equal(reply.status, 200, reply.text)
		assert.equal(reply.json.credentials.length, 2)
		const [jwt, ...disclosures] = reply.json.credentials[0].credential.split('~')
		const { header, payload } = decode(jwt)
		assert.equal(header.typ, 'dc+sd-jwt')
		assert.equal(payload.vct, configurations[type].vct)
		assert.ok(verifiesByX5c(jwt))
		assert.ok(disclosures.length > 1)
	})
}

for (const type of ['id', 'residence-permit', 'driving-licence']) {
	test(`${type} as mdoc`, async () => {
		const reply = await receive(type, `${type}_mso_mdoc`, 2)
		assert.equal(reply.status, 200, reply.text)
		assert.equal(reply.json.credentials.length, 2)
		const { credential } = reply.json.credentials[0]
		assert.match(credential, /^[A-Za-z0-9_-]+$/)
		const bytes = Buffer.from(credential, 'base64url')
		assert.equal(bytes[0], 0xa2) // a map of issuerAuth and nameSpaces
		assert.ok(bytes.includes(configurations[`${type}_mso_mdoc`].doctype))
		assert.notEqual(credential, reply.json.credentials[1].credential)
	})
}

test('the made-up type says what its file says, and no more than its batch', async () => {
	const reply = await receive('library-card', 'library-card', 3)
	assert.equal(reply.status, 200, reply.text)
	assert.equal(reply.json.credentials.length, 2)
	const { payload } = decode(reply.json.credentials[0].credential.split('~')[0])
	assert.equal(payload.branch, 'harbour')
	assert.equal(payload.exp - payload.iat, 3 * 86400)
	assert.equal(reply.json.credentials[0].credential.includes('family_name'), false)
})

test('a type is asked for by its scope, and a token buys no other', async () => {
	const wallet = new Wallet(city)
	oauthError(await wallet.par({ scope: 'passport' }), 400, 'invalid_scope')
	assert.equal((await wallet.par({ scope: 'driving-licence' })).status, 201)
	oauthError(await receive('id', 'driving-licence'), 400, 'unknown_credential_configuration')
	oauthError(await receive('library-card', 'library-card_mso_mdoc'), 400, 'unknown_credential_configuration')
})

test('an offer is refused with what the register lacks', async () => {
	await assert.rejects(offer(city, LOCAL, { type: 'residence-permit' }),
		/attributes\.residence_permit\.expiry_date/)
	await assert.rejects(offer(city, LOCAL, { type: 'passport' }),
		/--type takes id residence-permit driving-licence library-card/)
})

test('a type file that is wrong stops the start, and is named with what to do', async () => {
	const broken = await new City().start()
	await broken.stop()
	const folder = join(broken.data, 'city', 'types')
	mkdirSync(folder, { recursive: true })
	const file = join(folder, 'library-card.json')
	writeFileSync(file, JSON.stringify({ ...PASS, colors: { basic: {} } }))
	await assert.rejects(broken.start(), (error) => {
		assert.match(error.message, /library-card\.json: colors: each of basic and upgraded takes/)
		return true
	})
	assert.ok(readFileSync(file))
	await broken.close()
})
