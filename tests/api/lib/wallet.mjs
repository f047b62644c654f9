// A wallet that can do every step of OpenID4VCI by itself, right or wrong.
import assert from 'node:assert/strict'
import { Camera, pictures } from './camera.mjs'
import { FORM_TYPE, JSON_TYPE, form } from './http.mjs'
import { b64u, dpop, newKey, proof, randomBytes, sha256 } from './jose.mjs'

export const PRE_AUTHORIZED = 'urn:ietf:params:oauth:grant-type:pre-authorized_code'
const FRAME_GAP_MS = 90

export class Wallet {
	constructor(city) {
		this.city = city
		this.key = newKey()
		this.client = `${city.url}/wallet/`
		this.verifier = b64u(randomBytes(32))
		this.state = b64u(randomBytes(12))
	}

	dpop(path, options = {}) {
		const { key = this.key, ...rest } = options
		return { DPoP: dpop(key, 'POST', this.city.url + path, rest) }
	}

	parameters(changes = {}) {
		return {
			response_type: 'code', client_id: this.client, redirect_uri: this.client, scope: 'id', state: this.state,
			code_challenge: b64u(sha256(this.verifier)), code_challenge_method: 'S256', ...changes,
		}
	}

	par(changes, headers = this.dpop('/oauth/par')) {
		return this.city.post('/oauth/par', form(this.parameters(changes)), { headers: { ...FORM_TYPE, ...headers } })
	}

	/** The authorization endpoint; keeps its cookie. */
	async authorize(request_uri, client_id = this.client) {
		const reply = await this.city.get(`/oauth/authorize?${form({ client_id, request_uri })}`)
		const cookies = reply.headers['set-cookie'] ?? []
		if (cookies.length) this.cookie = cookies.map((cookie) => cookie.split(';')[0]).join('; ')
		return reply
	}

	async begin() {
		const pushed = await this.par()
		assert.equal(pushed.status, 201, pushed.text)
		const page = await this.authorize(pushed.json.request_uri)
		assert.ok(page.status < 400, page.text)
		return pushed.json.request_uri
	}

	proofing(verb, body = {}, headers = JSON_TYPE) {
		const bytes = Buffer.isBuffer(body) ? body : JSON.stringify(body)
		return this.city.post(`/oauth/proof/${verb}`, bytes, { headers: { ...headers, Cookie: this.cookie ?? '' } })
	}

	proofState() {
		return this.city.get('/oauth/proof/state', { headers: { Cookie: this.cookie ?? '' } })
	}

	/** Up to the camera. */
	async identify(person) {
		const said = await this.proofing('identify', { number: person.number, name: person.name })
		assert.equal(said.status, 200, said.text)
		const agreed = await this.proofing('consent', {
			version: said.json.notice.version, locale: 'en', text_sha256: b64u(sha256('the notice as shown')),
		})
		assert.equal(agreed.status, 200, agreed.text)
		assert.equal(agreed.json.state, 'ready')
		return agreed.json
	}

	/** One attempt; `camera.frame(city)` gives the pictures. The last state object. */
	async attempt(camera) {
		let reply = await this.proofing('attempt')
		assert.equal(reply.status, 200, reply.text)
		while (reply.json.state === 'face') {
			const next = Date.now() + FRAME_GAP_MS
			camera.show?.(reply.json.prompt.kind)
			const next_reply = await this.proofing('frame', await camera.frame(this.city), { 'Content-Type': 'image/jpeg' })
			// busy with others: the next picture, then
			if (next_reply.status !== 503) {
				reply = next_reply
				assert.equal(reply.status, 200, reply.text)
			}
			if (next > Date.now()) await new Promise((resolve) => { setTimeout(resolve, next - Date.now()) })
		}
		return reply.json
	}

	/** Attempts until one does not fail for the slowness of this machine. */
	async face(picture) {
		let end
		for (let i = 0; i < 4; i++) {
			end = await this.attempt(new Camera(picture))
			if (!(end.state === 'ready' && ['too_few', 'too_slow'].includes(end.reason))) break
		}
		return end
	}

	/** The whole login step; the code. */
	async code(person, picture) {
		await this.begin()
		await this.identify(person)
		const end = await this.face(picture)
		assert.equal(end.state, 'passed', JSON.stringify(end))
		const answer = new URL(end.redirect)
		assert.equal(answer.origin + answer.pathname, this.client)
		assert.equal(answer.searchParams.get('state'), this.state)
		assert.equal(answer.searchParams.get('iss'), this.city.url)
		return answer.searchParams.get('code')
	}

	redeem(changes, headers = this.dpop('/oauth/token')) {
		const all = {
			grant_type: 'authorization_code', redirect_uri: this.client, client_id: this.client,
			code_verifier: this.verifier, ...changes,
		}
		return this.city.post('/oauth/token', form(all), { headers: { ...FORM_TYPE, ...headers } })
	}

	redeemOffer(code, changes = {}, headers = this.dpop('/oauth/token')) {
		const all = { grant_type: PRE_AUTHORIZED, 'pre-authorized_code': code, ...changes }
		return this.city.post('/oauth/token', form(all), { headers: { ...FORM_TYPE, ...headers } })
	}

	async nonce() {
		const reply = await this.city.post('/vci/nonce')
		assert.equal(reply.status, 200, reply.text)
		return reply.json.c_nonce
	}

	/** A body for the credential endpoint with `count` right proofs. */
	async body(count = 1, { nonce, ...how } = {}) {
		const c_nonce = nonce ?? await this.nonce()
		const keys = Array.from({ length: count }, () => newKey())
		return {
			keys,
			body: {
				credential_configuration_id: 'id',
				proofs: { jwt: keys.map((key) => proof(key, { aud: this.city.url, nonce: c_nonce, ...how })) },
			},
		}
	}

	credential(token, body, headers) {
		const own = { Authorization: `DPoP ${token}`, ...this.dpop('/vci/credential', { token }) }
		return this.city.post('/vci/credential', typeof body === 'string' ? body : JSON.stringify(body),
			{ headers: { ...JSON_TYPE, ...(headers ?? own) } })
	}
}

/** Somebody new in the register, with a sample picture as portrait. */
export async function enrol(city, picture, changes = {}) {
	const id = picture ?? (await pictures(city))[0]
	const portrait = (await city.get(`/demo/head.jpg?picture=${encodeURIComponent(id)}`)).bytes.toString('base64')
	const reply = await city.post('/desk/enrol', JSON.stringify({
		family_name: '鱼', given_name: '小符', family_name_latin: 'Yu', given_name_latin: 'Xiaofu',
		birth_date: '1990-05-17', sex: 2, portrait, ...changes,
	}), { headers: JSON_TYPE })
	assert.equal(reply.status, 201, reply.text)
	return { ...reply.json, picture: id }
}

/** An operator's offer for a person, and what is in it. */
export async function offer(city, person, { txCode = false, type = 'id' } = {}) {
	const made = await city.command('offer', '--person', person.number, '--type', type,
		'--vetted', 'papers seen at the test desk', ...(txCode ? ['--tx-code'] : []))
	const uri = new URL(made.uri)
	const reference = uri.searchParams.get('credential_offer_uri')
	assert.ok(reference, made.uri)
	const reply = await city.get(new URL(reference).pathname)
	assert.equal(reply.status, 200, reply.text)
	return { ...made, offer: reply.json, code: reply.json.grants[PRE_AUTHORIZED]['pre-authorized_code'] }
}

/** A token by an offer: the shortest way to one. */
export async function tokenByOffer(city, person) {
	const wallet = new Wallet(city)
	const { code } = await offer(city, person)
	const reply = await wallet.redeemOffer(code)
	assert.equal(reply.status, 200, reply.text)
	return { wallet, token: reply.json.access_token, code }
}
