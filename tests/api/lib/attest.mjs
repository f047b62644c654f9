// A wallet provider: a root, a leaf, and what it attests; right or wrong.  And JWE both ways.
import { X509CertificateGenerator, BasicConstraintsExtension, KeyUsagesExtension, KeyUsageFlags } from '@peculiar/x509'
import { KeyObject, createDecipheriv, createPublicKey, diffieHellman, webcrypto } from 'node:crypto'
import { inflateRawSync } from 'node:zlib'
import { b64u, jws, newKey, now, randomBytes, sha256 } from './jose.mjs'

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const DAY_MS = 86_400_000

async function pair() {
	return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
}

const times = () => ({ notBefore: new Date(Date.now() - DAY_MS), notAfter: new Date(Date.now() + 300 * DAY_MS) })

/** `pem` is what an operator is given; `leaf.privateKey` and `x5c` sign. */
export async function provider(name = 'Wallet provider') {
	const rootKeys = await pair()
	const leafKeys = await pair()
	const root = await X509CertificateGenerator.createSelfSigned({
		serialNumber: '01', name: `CN=${name} root`, keys: rootKeys, signingAlgorithm: ALGORITHM, ...times(),
		extensions: [new BasicConstraintsExtension(true, 0, true), new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true)],
	}, webcrypto)
	const leaf = await X509CertificateGenerator.create({
		serialNumber: '02', subject: `CN=${name}`, issuer: root.subject, publicKey: leafKeys.publicKey,
		signingKey: rootKeys.privateKey, signingAlgorithm: ALGORITHM, ...times(),
		extensions: [new BasicConstraintsExtension(false, undefined, true), new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true)],
	}, webcrypto)
	return {
		pem: root.toString('pem'),
		rootDer: Buffer.from(root.rawData).toString('base64'),
		x5c: [Buffer.from(leaf.rawData).toString('base64')],
		key: { privateKey: KeyObject.from(leafKeys.privateKey) },
		cryptoKey: leafKeys.privateKey,
	}
}

export function clientAttestation(by, clientId, key, { header = {}, payload = {}, ...how } = {}) {
	return jws({ typ: 'oauth-client-attestation+jwt', alg: 'ES256', x5c: by.x5c, ...header },
		{ iss: 'https://provider.example', sub: clientId, iat: now(), exp: now() + 3600, cnf: { jwk: key.jwk }, ...payload }, by.key, how)
}

export function attestationPop(key, aud, { header = {}, payload = {}, ...how } = {}) {
	return jws({ typ: 'oauth-client-attestation-pop+jwt', alg: 'ES256', ...header },
		{ aud, jti: b64u(randomBytes(16)), iat: now(), ...payload }, key, how)
}

export function keyAttestation(by, keys, { header = {}, payload = {}, ...how } = {}) {
	return jws({ typ: 'key-attestation+jwt', alg: 'ES256', x5c: by.x5c, ...header },
		{ iat: now(), exp: now() + 3600, attested_keys: keys.map(({ jwk }) => jwk), ...payload }, by.key, how)
}

const uint32 = (value) => { const out = Buffer.alloc(4); out.writeUInt32BE(value); return out }
const counted = (bytes) => Buffer.concat([uint32(bytes.length), bytes])

/** What a JWE for `key` says; unpacked when it is. */
export function openJwe(text, key) {
	const [head, empty, iv, body, tag] = text.trim().split('.')
	if (empty) throw new Error('a key part that is not empty')
	const header = JSON.parse(Buffer.from(head, 'base64url'))
	const length = { A128GCM: 16, A256GCM: 32 }[header.enc]
	const z = diffieHellman({ privateKey: key.privateKey, publicKey: createPublicKey({ format: 'jwk', key: header.epk }) })
	const info = Buffer.concat([counted(Buffer.from(header.enc)), counted(Buffer.alloc(0)), counted(Buffer.alloc(0)), uint32(length * 8)])
	const secret = sha256(Buffer.concat([uint32(1), z, info])).subarray(0, length)
	const cipher = createDecipheriv(`aes-${length * 8}-gcm`, secret, Buffer.from(iv, 'base64url'))
	cipher.setAAD(Buffer.from(head))
	cipher.setAuthTag(Buffer.from(tag, 'base64url'))
	const plain = Buffer.concat([cipher.update(Buffer.from(body, 'base64url')), cipher.final()])
	return { header, json: JSON.parse(header.zip ? inflateRawSync(plain) : plain) }
}

/** A key for answers, as credential_response_encryption has it. */
export function answerKey() {
	const key = newKey()
	return { ...key, privateKey: key.privateKey, jwk: { ...key.jwk, alg: 'ECDH-ES', kid: b64u(randomBytes(6)), use: 'enc' } }
}
