// JOSE by hand, so that everything in it can be made wrong.
import { createHash, createHmac, createPrivateKey, generateKeyPairSync, randomBytes, sign, verify, createPublicKey,
	createCipheriv, diffieHellman, X509Certificate } from 'node:crypto'

export const b64u = (value) => Buffer.from(value).toString('base64url')
export const sha256 = (value) => createHash('sha256').update(value).digest()
export const now = () => Math.floor(Date.now() / 1000)

/** The JWK is cut out of DER: export({ format: 'jwk' }) of fresh keys hangs now and then in Node 20. */
export function newKey(crv = 'P-256') {
	const len = crv === 'P-384' ? 48 : 32
	const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: crv })
	const point = publicKey.export({ format: 'der', type: 'spki' }).subarray(-2 * len)
	const jwk = { kty: 'EC', crv, x: b64u(point.subarray(0, len)), y: b64u(point.subarray(len)) }
	return {
		privateKey, jwk,
		/** With the private member, to see it refused: RFC 5915 for a curve of 32 bytes. */
		get full() { return { ...jwk, d: b64u(privateKey.export({ format: 'der', type: 'sec1' }).subarray(7, 7 + len)) } },
	}
}

export function thumbprint(jwk) {
	return b64u(sha256(JSON.stringify({ crv: jwk.crv, kty: jwk.kty, x: jwk.x, y: jwk.y })))
}

/** alg none, HS256 and a broken signature are made on purpose. */
export function jws(header, payload, key, { breakIt = false } = {}) {
	const head = typeof header === 'string' ? header : b64u(JSON.stringify(header))
	const body = typeof payload === 'string' ? b64u(payload) : b64u(JSON.stringify(payload))
	const input = `${head}.${body}`
	let signature
	if (header.alg === 'none') signature = Buffer.alloc(0)
	else if (header.alg === 'HS256') signature = createHmac('sha256', JSON.stringify(key.jwk)).update(input).digest()
	else signature = sign('sha256', Buffer.from(input), { key: key.privateKey, dsaEncoding: 'ieee-p1363' })
	if (breakIt) signature[10] ^= 1
	return `${input}.${b64u(signature)}`
}

export function decode(token) {
	const [head, body] = token.split('.')
	return { header: JSON.parse(Buffer.from(head, 'base64url')), payload: JSON.parse(Buffer.from(body, 'base64url')) }
}

/** Signature of a JWS against the leaf of its own x5c: shape, not trust. */
export function verifiesByX5c(token) {
	const [head, body, signature] = token.split('.')
	const { x5c } = decode(token).header
	const leaf = new X509Certificate(Buffer.from(x5c[0], 'base64'))
	return verify('sha256', Buffer.from(`${head}.${body}`), { key: leaf.publicKey, dsaEncoding: 'ieee-p1363' },
		Buffer.from(signature, 'base64url'))
}

export function verifies(token, jwk) {
	const [head, body, signature] = token.split('.')
	return verify('sha256', Buffer.from(`${head}.${body}`),
		{ key: createPublicKey({ format: 'jwk', key: jwk }), dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'))
}

/** RFC 9449; `header` and `payload` overwrite members, undefined takes one out. */
export function dpop(key, method, url, { token, nonce, header = {}, payload = {}, ...how } = {}) {
	const claims = {
		jti: b64u(randomBytes(16)), htm: method, htu: url.split(/[?#]/)[0], iat: now(),
		...(token ? { ath: b64u(sha256(token)) } : {}), ...(nonce ? { nonce } : {}), ...payload,
	}
	return jws({ typ: 'dpop+jwt', alg: 'ES256', jwk: key.jwk, ...header }, claims, key, how)
}

/** OpenID4VCI 1.0 appendix F.1 */
export function proof(key, { aud, nonce, iss, header = {}, payload = {}, ...how }) {
	return jws({ typ: 'openid4vci-proof+jwt', alg: 'ES256', jwk: key.jwk, ...header },
		{ aud, iat: now(), ...(nonce ? { nonce } : {}), ...(iss ? { iss } : {}), ...payload }, key, how)
}

const uint32 = (value) => { const out = Buffer.alloc(4); out.writeUInt32BE(value); return out }
const counted = (bytes) => Buffer.concat([uint32(bytes.length), bytes])

/** ECDH-ES with A128GCM, RFC 7518 4.6 */
export function jwe(plain, jwk, { kid = jwk.kid, header = {} } = {}) {
	const ephemeral = newKey()
	const head = b64u(JSON.stringify({ alg: 'ECDH-ES', enc: 'A128GCM', ...(kid ? { kid } : {}), epk: ephemeral.jwk, ...header }))
	const { kty, crv, x, y } = jwk
	const z = diffieHellman({ privateKey: ephemeral.privateKey, publicKey: createPublicKey({ format: 'jwk', key: { kty, crv, x, y } }) })
	const info = Buffer.concat([counted(Buffer.from('A128GCM')), counted(Buffer.alloc(0)), counted(Buffer.alloc(0)), uint32(128)])
	const key = sha256(Buffer.concat([uint32(1), z, info])).subarray(0, 16)
	const iv = randomBytes(12)
	const cipher = createCipheriv('aes-128-gcm', key, iv)
	cipher.setAAD(Buffer.from(head))
	const text = Buffer.concat([cipher.update(plain), cipher.final()])
	return `${head}..${b64u(iv)}.${b64u(text)}.${b64u(cipher.getAuthTag())}`
}

export { createPrivateKey, randomBytes, X509Certificate }
