// The wallet modules of the OpenID Foundation's conformance plans (and what they leave out), our own scripts, against
// `yufu wallet` as a black box: one row each.  The verifier is Node with jose; the cards are those of a demo city.
import { after, before, describe, it } from 'node:test'
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const YUFU = process.env.YUFU ?? 'build/yufu'
const skip = existsSync(YUFU) ? false : `SKIPPED conformance: ${YUFU} is not there`
if (skip) console.error(skip)

const VCT = 'urn:yufu:id:1'
const sdJwt = (claims, more = {}) => ({ id: 'id', format: 'dc+sd-jwt', meta: { vct_values: [VCT] }, ...(claims ? { claims: claims.map((c) => (Array.isArray(c) ? { path: c } : c)) } : {}), ...more })
const mdoc = (claims, more = {}) => ({ id: 'mdoc', format: 'mso_mdoc', meta: { doctype_value: VCT_MDOC }, claims: claims.map((path) => ({ path })), ...more })
const name = { credentials: [sdJwt([['family_name']])] }
const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
let VCT_MDOC

describe('yufu wallet', { skip }, () => {
	let city, verifier, dir, trust, namespace

	const run = (args, { input = '' } = {}) => new Promise((resolve) => {
		const child = execFile(YUFU, ['wallet', ...args, '--dir', join(dir, 'wallet'), '--json'], { timeout: 60_000 }, (error, stdout, stderr) =>
			resolve({ code: error ? error.code : 0, stderr, json: stdout ? JSON.parse(stdout) : undefined }))
		child.stdin.end(input)
	})
	const present = (link, ...more) => run(['present', link, '--trust', trust, '--yes', '--reuse', ...more])

	before(async () => {
		const { City } = await import('../api/lib/city.mjs')
		const { offer } = await import('../api/lib/wallet.mjs')
		const { Verifier } = await import('./lib/verifier.mjs')
		dir = mkdtempSync(join(tmpdir(), 'yufu-wallet-'))
		city = await new City().start()
		verifier = await new Verifier().start()
		trust = join(dir, 'trust.pem')
		writeFileSync(trust, readFileSync(join(city.data, 'city', 'keys', 'issuer-root.pem'), 'utf8') + verifier.pem())
		const made = await offer(city, { number: 'DEMO-1002' }, { type: 'id', txCode: true })
		const got = await run(['receive', made.uri, '--tx-code', made.tx_code, '--home', city.url, '--copies', '3'])
		assert.equal(got.code, 0, got.stderr)
		const document = got.json.received.find((held) => held.format === 'mso_mdoc')
		VCT_MDOC = document.type
		const shown = await run(['show', document.id])
		;[namespace] = Object.keys(shown.json.claims)
	})
	after(async () => {
		verifier?.close()
		await city?.close()
		if (dir) rmSync(dir, { recursive: true, force: true })
	})

	async function happy(ask, ...more) {
		const asked = await verifier.ask(ask)
		const got = await present(asked.link, ...more)
		assert.equal(got.code, 0, got.stderr)
		const answer = await verifier.answer(asked.id)
		assert.equal(answer.state, verifier.asked.get(asked.id).claims.state)
		return { asked, got, answer }
	}

	async function refused(ask, error, told, ...more) {
		const asked = await verifier.ask(ask)
		const got = await present(asked.link, ...more)
		assert.equal(got.code, 1, `exit ${got.code}: ${got.stderr}`)
		assert.equal(got.json.error, error, got.stderr)
		assert.match(got.stderr, /\n {6}\S/, 'it says what to do next')
		const answer = await verifier.answer(asked.id)
		assert.equal(answer?.vp_token, undefined)
		assert.equal(answer?.response, undefined)
		assert.equal(answer?.error, told)
		return got
	}

	// --- what must work ---

	it('happy flow: x509_hash, direct_post.jwt, SD-JWT', async () => {
		const { asked, got, answer } = await happy({ query: name })
		assert.equal(answer.encrypted, true)
		assert.equal(answer.header.alg, 'ECDH-ES')
		assert.equal(answer.header.kid, 'enc')
		assert.deepEqual(Object.keys(answer.vp_token), ['id'])
		const opened = await verifier.open(answer.vp_token.id[0], asked)
		assert.deepEqual(Object.keys(opened.claims), ['family_name'])
		assert.equal(got.json.verifier.name, 'Test verifier')
		assert.equal(got.json.verifier.purpose, 'to test wallets')
		assert.match(got.json.redirect_uri, /response_code=1$/)
	})

	it('alternate happy flow: x509_san_dns, A128GCM only, no state', async () => {
		const clientId = 'x509_san_dns:localhost'
		const { asked, answer } = await happy({ query: name, clientId, payload: (p) => {
			delete p.state
			delete p.client_metadata.encrypted_response_enc_values_supported
			return p
		} })
		assert.equal(answer.header.enc, 'A128GCM')
		await verifier.open(answer.vp_token.id[0], { ...asked, audience: clientId })
	})

	it('happy flow: direct_post without encryption', async () => {
		const { asked, answer } = await happy({ query: name, payload: (p) => ({ ...p, response_mode: 'direct_post' }) })
		assert.equal(answer.encrypted, false)
		await verifier.open(answer.vp_token.id[0], asked)
	})

	it('happy flow: an mdoc', async () => {
		const query = { credentials: [mdoc([[namespace, 'family_name']])] }
		const { got, answer } = await happy({ query })
		assert.equal(answer.vp_token.mdoc.length, 1)
		const response = Buffer.from(answer.vp_token.mdoc[0], 'base64url')
		assert.ok(response.includes('family_name') && response.includes('deviceSignature'))
		assert.ok(!response.includes('given_name') && !response.includes('birth_date'))
		assert.deepEqual(Object.keys(got.json.presentations[0].claims[namespace]), ['family_name'])
	})

	it('fewer claims: the first claim set that can be met, in the order of preference', async () => {
		const claims = [{ id: 'a', path: ['no_such_claim'] }, { id: 'b', path: ['family_name'] }, { id: 'c', path: ['given_name'] }]
		const query = { credentials: [sdJwt(claims, { claim_sets: [['a', 'b'], ['c'], ['b']] })] }
		const { asked, answer } = await happy({ query })
		const { claims: shown } = await verifier.open(answer.vp_token.id[0], asked)
		assert.deepEqual(Object.keys(shown), ['given_name'])
	})

	it('no claims: nothing that can be withheld is shown', async () => {
		const { asked, answer } = await happy({ query: { credentials: [sdJwt()] } })
		const { claims } = await verifier.open(answer.vp_token.id[0], asked)
		assert.deepEqual(claims, {})
	})

	it('optional credential set: answered without what is not required', async () => {
		const query = { credentials: [sdJwt([['family_name']]), sdJwt([['given_name']], { id: 'other', meta: { vct_values: ['urn:example:none'] } })],
			credential_sets: [{ options: [['id']] }, { options: [['other']], required: false }] }
		const { answer } = await happy({ query })
		assert.deepEqual(Object.keys(answer.vp_token), ['id'])
	})

	it('credential sets: the second option where the first is not held', async () => {
		const query = { credentials: [sdJwt([['given_name']], { id: 'other', meta: { vct_values: ['urn:example:none'] } }), sdJwt([['family_name']])],
			credential_sets: [{ options: [['other'], ['id']] }] }
		assert.deepEqual(Object.keys((await happy({ query })).answer.vp_token), ['id'])
	})

	it('either format: two queries, both answered', async () => {
		const query = { credentials: [sdJwt([['family_name']]), mdoc([[namespace, 'family_name']])] }
		assert.deepEqual(Object.keys((await happy({ query })).answer.vp_token).sort(), ['id', 'mdoc'])
	})

	it('values: a match is shown', async () => {
		const { asked, answer } = await happy({ query: { credentials: [sdJwt([{ path: ['assurance_level'], values: ['basic', 'upgraded'] }])] } })
		const { claims } = await verifier.open(answer.vp_token.id[0], asked)
		assert.ok(['basic', 'upgraded'].includes(claims.assurance_level))
	})

	it('ignores unusable encryption keys when another can be used', async () => {
		const payload = (p) => {
			const [key] = p.client_metadata.jwks.keys
			p.client_metadata.jwks.keys = [{ kty: 'RSA', n: 'AQAB', e: 'AQAB', kid: 'rsa', alg: 'RSA-OAEP' }, { ...key, kid: 'es', alg: 'ES256' },
				{ ...key, crv: 'P-521', kid: 'big' }, { ...key, kid: 'noalg', alg: undefined }, { ...key, x: 'AAAA', kid: 'short' }, key]
			return p
		}
		const { answer } = await happy({ query: name, payload })
		assert.equal(answer.header.kid, 'enc')
	})

	it('request_uri_method post: wallet_metadata and a fresh wallet_nonce', async () => {
		const { asked } = await happy({ query: name, post: true })
		const { method, parameters } = verifier.asked.get(asked.id)
		assert.equal(method, 'POST')
		assert.ok(Buffer.from(parameters.wallet_nonce, 'base64url').length >= 16)
		const metadata = JSON.parse(parameters.wallet_metadata)
		assert.ok(metadata.vp_formats_supported['dc+sd-jwt'] && metadata.vp_formats_supported.mso_mdoc)
	})

	it('transaction data of a type that it knows: hashed as received, in the key binding', async () => {
		const data = encode({ type: 'urn:yufu:transaction:purpose', credential_ids: ['id'], text: 'Open the account' })
		const { asked, got, answer } = await happy({ query: name, payload: (p) => ({ ...p, transaction_data: [data] }) })
		const { binding } = await verifier.open(answer.vp_token.id[0], asked)
		assert.deepEqual(binding.transaction_data_hashes, [createHash('sha256').update(data).digest('base64url')])
		assert.match(got.stderr, /Open the account/)
	})

	it('a person who says no: access_denied, and nothing shown', async () => {
		const asked = await verifier.ask({ query: name })
		const got = await run(['present', asked.link, '--trust', trust, '--reuse'], { input: 'n\n' })
		assert.equal(got.code, 1)
		assert.equal(got.json.sent, false)
		assert.match(got.stderr, /Test verifier[^]*registered[^]*to test wallets[^]*family_name/)
		assert.deepEqual(await verifier.answer(asked.id), { error: 'access_denied', state: asked.state, vp_token: undefined, encrypted: false })
	})

	it('a terminal is not a place for a stranger\'s escape sequences', async () => {
		const registered = [{ ...name.credentials[0] }]
		const asked = await verifier.ask({ query: name, registered })
		verifier.asked.get(asked.id).claims.verifier_info[0].data = await verifier.registration(verifier.clientId, registered, { name: 'Bank\u001b[2J\u202eknaB' })
		const got = await present(asked.link)
		assert.equal(got.code, 0, got.stderr)
		assert.match(got.stderr, /Bank\?\[2J\?knaB/)
	})

	it('keys and cards are for the owner\'s eyes', async () => {
		const list = await run(['list'])
		const [{ id }] = list.json.credentials
		assert.equal(statSync(join(dir, 'wallet')).mode & 0o777, 0o700)
		for (const suffix of ['pem', 'json']) assert.equal(statSync(join(dir, 'wallet', `${id}.${suffix}`)).mode & 0o777, 0o600)
	})

	// --- what must be refused: name, what is wrong, the wallet's reason, what the verifier is told (undefined: nothing) ---

	const change = (more) => ({ payload: (p) => ({ ...p, ...more }) })
	const drop = (member) => ({ payload: (p) => { delete p[member]; return p } })
	const rows = [
		['client identifier prefix that is not known', () => ({ clientId: 'did:web:localhost' }), 'invalid_client'],
		['client identifier of another certificate', () => ({ clientId: `x509_hash:${'A'.repeat(43)}` }), 'invalid_client'],
		['x509_san_dns of a name that is not in the certificate', () => ({ clientId: 'x509_san_dns:verifier.example' }), 'invalid_client'],
		['request object signature', () => ({ text: (t) => `${t.slice(0, -6)}${t.slice(-6) === 'AAAAAA' ? 'BBBBBB' : 'AAAAAA'}` }), 'signature'],
		['request object that is not signed', () => ({ header: (h) => ({ ...h, alg: 'none' }) }), 'algorithm'],
		['request object of another typ', () => ({ header: (h) => ({ ...h, typ: 'JWT' }) }), 'typ'],
		['request object without a certificate', () => ({ header: ({ x5c, ...h }) => h }), 'untrusted'],
		['mismatched client_id outside and inside', () => ({ linkClientId: `x509_hash:${'A'.repeat(43)}` }), 'invalid_client'],
		['missing nonce', () => drop('nonce'), 'missing', 'invalid_request'],
		['a nonce that can be guessed', () => change({ nonce: 'abc' }), 'nonce', 'invalid_request'],
		['redirect_uri with direct_post', () => change({ redirect_uri: 'https://verifier.example/' }), 'invalid_request', 'invalid_request'],
		['no response_uri', () => drop('response_uri'), 'missing'],
		['response_uri that is not the client\'s', () => ({ clientId: 'x509_san_dns:localhost', payload: (p) => ({ ...p, response_uri: p.response_uri.replace('localhost', '127.0.0.1') }) }), 'invalid_client'],
		['response_uri without TLS', () => change({ response_uri: 'http://verifier.example/' }), 'unsupported'],
		['aud of another wallet', () => change({ aud: 'https://wallet.example' }), 'invalid_request', 'invalid_request'],
		['expired', () => change({ exp: Math.floor(Date.now() / 1000) - 3600 }), 'expired', 'invalid_request'],
		['made in the future', () => change({ iat: Math.floor(Date.now() / 1000) + 3600 }), 'not_yet', 'invalid_request'],
		['response_type code', () => change({ response_type: 'code' }), 'invalid_request', 'invalid_request'],
		['wrong expected_origins: a request of the Digital Credentials API by another way', () => change({ response_mode: 'dc_api.jwt', expected_origins: ['https://other.example'] }), 'invalid_request', 'invalid_request'],
		['scope in the place of a query', () => change({ scope: 'id' }), 'invalid_scope', 'invalid_scope'],
		['multisigned, one signature invalid', () => ({ text: (t) => {
			const [protectedHeader, payload, signature] = t.split('.')
			return JSON.stringify({ payload, signatures: [{ protected: protectedHeader, signature }, { protected: protectedHeader, signature: signature.replace(/^./, (c) => (c === 'A' ? 'B' : 'A')) }] })
		} }), 'syntax'],
		['unknown transaction_data type', () => change({ transaction_data: [encode({ type: 'urn:example:payment', credential_ids: ['id'] })] }), 'unsupported', 'invalid_transaction_data'],
		['transaction_data for a credential that is not asked', () => change({ transaction_data: [encode({ type: 'urn:yufu:transaction:purpose', credential_ids: ['x'], text: 'a' })] }), 'syntax', 'invalid_transaction_data'],
		['no encryption key that can be used', () => change({ client_metadata: { jwks: { keys: [{ kty: 'RSA', n: 'AQAB', e: 'AQAB', kid: 'r', alg: 'RSA-OAEP' }] } } }), 'invalid_encryption', 'invalid_request'],
		['no enc that can be used', () => ({ payload: (p) => { p.client_metadata.encrypted_response_enc_values_supported = ['A192CBC-HS384']; return p } }), 'invalid_encryption', 'invalid_request'],
		['wallet_nonce that is not the one sent', () => ({ post: true, ...change({ wallet_nonce: 'AAAAAAAAAAAAAAAAAAAAAAAA' }) }), 'nonce', 'invalid_request'],
		['wallet_nonce where none was sent', () => change({ wallet_nonce: 'AAAAAAAAAAAAAAAAAAAAAAAA' }), 'nonce', 'invalid_request'],
		['a request_uri that leads elsewhere', () => ({ redirect: true }), 'denied'],
		['another content type', () => ({ type: 'application/jwt' }), 'media_type'],
		['formats that it does not take itself', () => ({ payload: (p) => { p.client_metadata.vp_formats_supported = { mso_mdoc: {} }; return p } }), 'unsupported', 'vp_formats_not_supported'],
		['a format that is not known', () => ({ query: { credentials: [{ id: 'a', format: 'ldp_vc', meta: {} }] }, registered: [] }), 'unsupported', 'vp_formats_not_supported'],
		['an empty DCQL query', () => ({ query: { credentials: [] }, registered: [] }), 'syntax', 'invalid_request'],
		['not registered', () => ({ registered: null }), 'missing', 'access_denied'],
		['asks for more than registered', () => ({ registered: [sdJwt([['given_name']])] }), 'over_asked', 'access_denied'],
		['required credential that is not held', () => ({ query: { credentials: [sdJwt([['family_name']], { meta: { vct_values: ['urn:example:none'] } })] } }), 'not_asked', 'access_denied'],
		['required claim that is not there', () => ({ query: { credentials: [sdJwt([['no_such_claim']])] } }), 'not_asked', 'access_denied'],
		['values that do not match', () => ({ query: { credentials: [sdJwt([{ path: ['family_name'], values: ['Nobody'] }])] } }), 'not_asked', 'access_denied'],
		['trusted_authorities that did not issue it', () => ({ query: { credentials: [sdJwt([['family_name']], { trusted_authorities: [{ type: 'aki', values: ['AAAA'] }] })] } }), 'not_asked', 'access_denied'],
	]
	for (const [what, wrong, reason, told] of rows)
		it(`refuses: ${what}`, () => refused({ query: name, ...wrong() }, reason, told))

	it('a person may let an unregistered verifier ask, knowingly', async () => {
		const { got } = await happy({ query: name, registered: null }, '--unregistered')
		assert.equal(got.json.verifier.registered, false)
		assert.match(got.stderr, /NOT REGISTERED/)
	})

	it('a person may let one ask for more, knowingly', async () => {
		const { got } = await happy({ query: name, registered: [sdJwt([['given_name']])] }, '--over-asking')
		assert.equal(got.json.verifier.over_asking, true)
		assert.match(got.stderr, /ASKS FOR MORE/)
	})

	it('a stranger\'s root is not believed', async () => {
		const { Verifier } = await import('./lib/verifier.mjs')
		const stranger = await new Verifier().start()
		try {
			const asked = await stranger.ask({ query: name })
			const got = await present(asked.link)
			assert.equal(got.json.error, 'untrusted')
			assert.equal(await stranger.answer(asked.id), undefined)
		} finally { stranger.close() }
	})

	it('copies are for one use each: refused when none is fresh', async () => {
		const held = (await run(['list'])).json.credentials.find((c) => c.format === 'dc+sd-jwt' && c.shown)
		const asked = await verifier.ask({ query: name })
		const got = await run(['present', asked.link, '--trust', trust, '--yes', '--only', held.id])
		assert.equal(got.json.error, 'replayed')
	})

	it('two processes do not share a folder', async () => {
		const asked = await verifier.ask({ query: name })
		const first = execFile(YUFU, ['wallet', 'present', asked.link, '--trust', trust, '--reuse', '--dir', join(dir, 'wallet')], { timeout: 30_000 })
		await new Promise((resolve) => {
			first.stderr.on('data', (text) => { if (/y\/N/.test(text)) resolve() })
			first.on('exit', resolve)
		})
		assert.equal((await run(['list'])).json.error, 'busy')
		const ended = new Promise((resolve) => { first.on('exit', resolve) })
		assert.equal(first.exitCode, null)
		first.stdin.end('n\n')
		assert.equal(await ended, 1)
	})

	it('a verifier that is not there is no refusal: exit 2', async () => {
		const got = await present(`openid4vp://?client_id=${encodeURIComponent(verifier.clientId)}&request_uri=${encodeURIComponent('http://127.0.0.1:1/')}`)
		assert.equal(got.code, 2)
		assert.equal(got.json.error, 'unreachable')
	})

	it('remove forgets a card and its keys', async () => {
		const { json } = await run(['list'])
		const { card } = json.credentials.find((c) => c.format === 'mso_mdoc')
		assert.equal((await run(['remove', card])).json.removed, 3)
		assert.equal((await run(['show', card])).json.error, 'not_found')
		assert.equal((await run(['list'])).json.credentials.length, json.credentials.length - 3)
	})
})
