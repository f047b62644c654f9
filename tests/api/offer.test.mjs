// Pre-authorized codes with and without a transaction code.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { City } from './lib/city.mjs'
import { oauthError, challenge } from './lib/expect.mjs'
import { Wallet, PRE_AUTHORIZED, enrol, offer } from './lib/wallet.mjs'
import { newKey } from './lib/jose.mjs'

let city
let person
before(async () => {
	city = await new City().start()
	person = await enrol(city)
})
after(() => city.close())

const other = (digits) => digits.replace(/./g, (digit) => `${(Number(digit) + 1) % 10}`)

test('an offer by reference is an offer object of section 4.1.1', async () => {
	const made = await offer(city, person, { txCode: true })
	assert.equal(made.offer.credential_issuer, city.url)
	assert.deepEqual(made.offer.credential_configuration_ids, ['id', 'id_mso_mdoc', 'id_tally'])
	const grant = made.offer.grants[PRE_AUTHORIZED]
	assert.equal(grant.tx_code.input_mode ?? 'numeric', 'numeric')
	assert.equal(grant.tx_code.length, made.tx_code.length)
	assert.match(made.tx_code, /^\d{4,8}$/)
	assert.equal(JSON.stringify(made.offer).includes(made.tx_code), false)
})

test('the right code gives a token, once', async () => {
	const wallet = new Wallet(city)
	const { code } = await offer(city, person)
	const first = await wallet.redeemOffer(code)
	assert.equal(first.status, 200, first.text)
	assert.equal(first.json.token_type.toLowerCase(), 'dpop')
	assert.ok(first.json.expires_in > 0)
	assert.equal(first.json.c_nonce, undefined)
	assert.match(first.header('cache-control'), /no-store/)
	const { body } = await wallet.body()
	assert.equal((await wallet.credential(first.json.access_token, body)).status, 200)

	// RFC 6749 4.1.2: a code that comes twice ends the tokens of its first use
	oauthError(await wallet.redeemOffer(code), 400, 'invalid_grant')
	challenge(await wallet.credential(first.json.access_token, (await wallet.body()).body), 'invalid_token')
})

test('tx_code missing where it is asked for', async () => {
	const { code, tx_code } = await offer(city, person, { txCode: true })
	oauthError(await new Wallet(city).redeemOffer(code), 400, 'invalid_request')
	// and the offer is still good
	assert.equal((await new Wallet(city).redeemOffer(code, { tx_code })).status, 200)
})

test('tx_code where none is asked for', async () => {
	const { code } = await offer(city, person)
	oauthError(await new Wallet(city).redeemOffer(code, { tx_code: '123456' }), 400, 'invalid_request')
})

test('tx_code wrong, then right', async () => {
	const { code, tx_code } = await offer(city, person, { txCode: true })
	oauthError(await new Wallet(city).redeemOffer(code, { tx_code: other(tx_code) }), 400, 'invalid_grant')
	assert.equal((await new Wallet(city).redeemOffer(code, { tx_code })).status, 200)
})

test('tx_code wrong too often: the right one comes too late', async () => {
	const { code, tx_code } = await offer(city, person, { txCode: true })
	for (let i = 0; i < 5; i++)
		oauthError(await new Wallet(city).redeemOffer(code, { tx_code: other(tx_code) }), 400, 'invalid_grant')
	oauthError(await new Wallet(city).redeemOffer(code, { tx_code }), 400, 'invalid_grant')
})

test('tries at the same moment are counted too', async () => {
	const { code, tx_code } = await offer(city, person, { txCode: true })
	const wrong = Array.from({ length: 20 }, () => new Wallet(city).redeemOffer(code, { tx_code: other(tx_code) }))
	for (const reply of await Promise.all(wrong)) oauthError(reply, 400, 'invalid_grant')
	oauthError(await new Wallet(city).redeemOffer(code, { tx_code }), 400, 'invalid_grant')
})

test('a pre-authorized code is no authorization code', async () => {
	const { code } = await offer(city, person)
	oauthError(await new Wallet(city).redeem({ code }), 400, 'invalid_grant')
})

test('pre-authorized_code missing, twice', async () => {
	oauthError(await new Wallet(city).redeemOffer(undefined), 400, 'invalid_request')
	oauthError(await new Wallet(city).redeemOffer(['a', 'b']), 400, 'invalid_request')
})

test('an offer that is not there', async () => {
	const reply = await city.get('/vci/offers/nobody')
	assert.equal(reply.status, 404)
})

test('a token is bound to its DPoP key', async () => {
	const wallet = new Wallet(city)
	const { code } = await offer(city, person)
	const token = (await wallet.redeemOffer(code)).json.access_token
	const thief = new Wallet(city)
	thief.key = newKey()
	challenge(await thief.credential(token, (await thief.body()).body), 'invalid_token')
	assert.equal((await wallet.credential(token, (await wallet.body()).body)).status, 200)
})

test('an offer without evidence is refused to the operator too', async () => {
	const fresh = await enrol(city)
	await assert.rejects(city.command('offer', '--person', fresh.number, '--type', 'id'))
	await assert.rejects(city.command('offer', '--person', '000000', '--type', 'id', '--vetted', 'x'))
	await assert.rejects(city.command('offer', '--person', fresh.number, '--type', 'passport', '--vetted', 'x'))
})
