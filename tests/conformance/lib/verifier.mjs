// A verifier of others for tests: its own certificates and HTTP server, jose for every signature and encryption, and
// whatever a test wants wrong in its request.
import { createHash, randomBytes, webcrypto } from 'node:crypto'
import { createServer } from 'node:http'

globalThis.crypto ??= webcrypto
const jose = await import('jose')
const { makeLeaf, makeRoot } = await import('../../web/support/pki.mjs')

const READER = '1.0.18013.5.1.6'
const REQUEST_TYPE = 'application/oauth-authz-req+jwt'
const sha256 = (data) => createHash('sha256').update(data).digest('base64url')
const now = () => Math.floor(Date.now() / 1000)

async function jwkOf(key, more) {
	const { kty, crv, x, y } = await jose.exportJWK(key)
	return { kty, crv, x, y, ...more }
}

export class Verifier {
	async start() {
		this.root = await makeRoot('Test registrar root')
		this.registrar = await makeLeaf('Test registrar', this.root)
		this.party = await makeLeaf('Test verifier', this.root, { eku: READER, dns: 'localhost' })
		this.clientId = `x509_hash:${sha256(this.party.der)}`
		this.encryption = await jose.generateKeyPair('ECDH-ES', { crv: 'P-256', extractable: true })
		this.asked = new Map()
		this.server = createServer((request, response) => {
			let body = ''
			request.on('data', (bytes) => { body += bytes })
			request.on('end', () => this.serve(request, body, response).catch((error) => {
				this.failure = error
				response.writeHead(500).end()
			}))
		})
		await new Promise((resolve) => { this.server.listen(0, '127.0.0.1', resolve) })
		this.port = this.server.address().port
		this.url = `http://localhost:${this.port}`
		return this
	}

	close() { this.server.close() }

	pem() {
		return `-----BEGIN CERTIFICATE-----\n${this.root.x5c.replace(/(.{64})/g, '$1\n').trim()}\n-----END CERTIFICATE-----\n`
	}

	/** Who may ask what, as a registrar says. */
	async registration(clientId, credentials, change = {}) {
		const payload = {
			iss: 'https://registrar.example', sub: clientId, name: 'Test verifier', purpose: { en: 'to test wallets' },
			retention_s: 3600, iat: now() - 10, exp: now() + 600,
			credentials: credentials.map(({ format, meta, claims }) => ({ format, meta, claims: (claims ?? []).map(({ path }) => ({ path })) })),
			...change,
		}
		return new jose.SignJWT(payload)
			.setProtectedHeader({ alg: 'ES256', typ: 'rc-rp+jwt', x5c: this.registrar.chain })
			.sign(this.registrar.keys.privateKey)
	}

	/**
	 * A request; gives what the wallet is told to open.
	 *	query        dcql_query
	 *	payload      (claims) => claims: what to change in the object
	 *	header       the same for its header
	 *	text         (jws) => body: what to change in the signed text
	 *	clientId     inside; outside it is linkClientId, or the same
	 *	registered   credentials that the registration names; null: none
	 *	post         by POST with wallet_nonce
	 */
	async ask({ query, payload = (p) => p, header = (h) => h, text = (t) => t, clientId = this.clientId, linkClientId = clientId,
		registered = query.credentials, post = false, redirect = false, type = REQUEST_TYPE, state = randomBytes(16).toString('base64url') }) {
		const id = randomBytes(8).toString('hex')
		const nonce = randomBytes(24).toString('base64url')
		const jwk = await jwkOf(this.encryption.publicKey, { kid: 'enc', use: 'enc', alg: 'ECDH-ES' })
		const claims = {
			aud: 'https://self-issued.me/v2', client_id: clientId, response_type: 'vp_token', response_mode: 'direct_post.jwt',
			response_uri: `${this.url}/response/${id}`, nonce, state, iat: now(), exp: now() + 300, dcql_query: query,
			client_metadata: {
				jwks: { keys: [jwk] }, encrypted_response_enc_values_supported: ['A128GCM', 'A256GCM'],
				vp_formats_supported: {
					'dc+sd-jwt': { 'sd-jwt_alg_values': ['ES256'], 'kb-jwt_alg_values': ['ES256'] },
					mso_mdoc: { issuerauth_alg_values: [-7], deviceauth_alg_values: [-7] },
				},
			},
			...(registered ? { verifier_info: [{ format: 'jwt', data: await this.registration(clientId, registered) }] } : {}),
		}
		this.asked.set(id, { claims: payload(claims), header: header({ alg: 'ES256', typ: 'oauth-authz-req+jwt', x5c: this.party.chain }), text, redirect, type })
		const link = new URLSearchParams({ client_id: linkClientId, request_uri: `${this.url}/request/${id}` })
		if (post) link.set('request_uri_method', 'post')
		return { id, nonce, state, link: `openid4vp://?${link}` }
	}

	async serve(request, body, response) {
		const [, what, id] = request.url.split('/')
		const asked = this.asked.get(id)
		if (!asked) return response.writeHead(404).end()
		if (what === 'response') {
			asked.form = Object.fromEntries(new URLSearchParams(body))
			return response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify({ redirect_uri: `${this.url}/done/${id}#response_code=1` }))
		}
		if (asked.redirect && what === 'request') return response.writeHead(302, { Location: `${this.url}/moved/${id}` }).end()
		asked.method = request.method
		asked.parameters = Object.fromEntries(new URLSearchParams(body))
		const { wallet_nonce } = asked.parameters
		const claims = wallet_nonce ? { wallet_nonce, ...asked.claims } : asked.claims
		const jws = asked.header.alg === 'none'
			? `${Buffer.from(JSON.stringify(asked.header)).toString('base64url')}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.`
			: await new jose.SignJWT(claims).setProtectedHeader(asked.header).sign(this.party.keys.privateKey)
		return response.writeHead(200, { 'Content-Type': asked.type }).end(asked.text(jws))
	}

	/** What was posted; the encrypted answer opened. */
	async answer(id) {
		const { form, claims } = this.asked.get(id)
		if (!form) return undefined
		if (!form.response) return { ...form, vp_token: form.vp_token && JSON.parse(form.vp_token), encrypted: false }
		const { plaintext, protectedHeader } = await jose.compactDecrypt(form.response, this.encryption.privateKey)
		return { ...JSON.parse(new TextDecoder().decode(plaintext)), header: protectedHeader, encrypted: true, claims }
	}

	/** The claims of an SD-JWT with key binding, every hash and signature of the holder checked. */
	async open(presentation, { nonce, audience = this.clientId }) {
		const at = presentation.lastIndexOf('~')
		const [jwt, ...disclosures] = presentation.slice(0, at).split('~')
		const payload = jose.decodeJwt(jwt)
		const key = await jose.importJWK(payload.cnf.jwk, 'ES256')
		const binding = await jose.jwtVerify(presentation.slice(at + 1), key, { audience, typ: 'kb+jwt' })
		if (binding.payload.nonce !== nonce) throw new Error('nonce')
		if (binding.payload.sd_hash !== sha256(presentation.slice(0, at + 1))) throw new Error('sd_hash')
		const digests = new Set(JSON.stringify(payload).match(/[\w-]{43}/g))
		const claims = {}
		for (const disclosure of disclosures) {
			const parts = JSON.parse(Buffer.from(disclosure, 'base64url'))
			for (const digest of JSON.stringify(parts.at(-1)).match(/[\w-]{43}/g) ?? []) digests.add(digest)
			if (!digests.has(sha256(disclosure))) throw new Error(`digest of ${parts[1]}`)
			if (parts.length === 3) [, , claims[parts[1]]] = parts
		}
		return { claims, payload, binding: binding.payload }
	}
}
