// The check page asks the wallets of the browser (W3C Digital Credentials API), which stands in here: chromium knows the
// interface and has no wallet behind it.  What it hands back is made as a wallet makes it, over what the page gave.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { City } from '../api/lib/city.mjs'
import { b64u, decode, jwe, jws, now, sha256 } from '../api/lib/jose.mjs'
import { enrol, tokenByOffer } from '../api/lib/wallet.mjs'
import { TABLET, openBrowser, openWindow, shoot, violations } from './lib/people.mjs'

let city, browser, card, cardKey
before(async () => {
	city = await new City().start()
	browser = await openBrowser()
	const { wallet, token } = await tokenByOffer(city, await enrol(city))
	const { keys, body } = await wallet.body()
	card = (await wallet.credential(token, body)).json.credentials[0].credential
	cardKey = keys[0]
})
after(async () => {
	await browser?.close()
	await city?.close()
})

/** A wallet: signed requests, SD-JWT, bound to the origin that the browser says. */
function answer(digital, origin) {
	const [{ protocol, data }] = digital.requests
	const { payload } = decode(data.request)
	const parts = card.split('~')
	const wanted = new Set(payload.dcql_query.credentials[0].claims.flatMap(({ path }) => path))
	const shown = parts.slice(1, -1).filter((part) => wanted.has(JSON.parse(Buffer.from(part, 'base64url'))[1]))
	const text = [parts[0], ...shown, ''].join('~')
	const bound = text + jws({ typ: 'kb+jwt', alg: 'ES256' },
		{ iat: now(), aud: `origin:${origin}`, nonce: payload.nonce, sd_hash: b64u(sha256(text)) }, cardKey)
	const response = jwe(JSON.stringify({ vp_token: { id: [bound] } }), payload.client_metadata.jwks.keys[0])
	return { protocol, data: { response } }
}

async function desk(how) {
	const page = await openWindow(browser, { viewport: TABLET })
	if (how) {
		await page.exposeFunction('askWallet', (digital) => (how === 'none' ? null : answer(digital, how === 'right' ? city.url : how)))
		await page.addInitScript(() => {
			window.DigitalCredential = class {}
			navigator.credentials.get = async ({ digital }) => {
				const got = await window.askWallet(digital)
				if (!got) throw new DOMException('closed', 'NotAllowedError')
				return got
			}
		})
	} else await page.addInitScript(() => { delete window.DigitalCredential })
	await page.goto(`${city.url}/check/#key=${city.party('hotel').api_key}`)
	await page.click('[data-policy=hotel]')
	await page.waitForSelector('[data-request-state=waiting]')
	return page
}

test('a browser without it shows the code alone', async () => {
	const page = await desk()
	assert.equal(await page.locator('[data-action=browser-wallet]').count(), 0)
	assert.ok(await page.locator('.code svg, .code canvas, .code img').count())
	await shoot(page, 'check-code-alone')
	await page.context().close()
})

test('a browser with it offers both ways, and the answer is judged as any', async () => {
	const page = await desk('right')
	await page.waitForSelector('[data-action=browser-wallet]')
	await shoot(page, 'check-both-ways')
	assert.deepEqual(await violations(page), [])
	await page.click('[data-action=browser-wallet]')
	await page.waitForSelector('[data-verdict=accepted]')
	await shoot(page, 'check-by-browser')
	assert.deepEqual(page.errors, [])
	assert.deepEqual(page.outside, [])
	await page.context().close()
})

test('an answer made for another page is refused', async () => {
	const page = await desk('https://evil.example')
	await page.click('[data-action=browser-wallet]')
	await page.waitForSelector('[data-verdict=refused][data-reason=audience]')
	await page.context().close()
})

test('nobody answers: the code is still there', async () => {
	const page = await desk('none')
	await page.click('[data-action=browser-wallet]')
	await page.waitForSelector('[data-action=browser-wallet]:not([disabled])')
	assert.equal(await page.locator('.asking .note').count() > 0, true)
	assert.equal(await page.getAttribute('[data-request-state]', 'data-request-state'), 'waiting')
	await shoot(page, 'check-no-wallet')
	assert.deepEqual(await violations(page), [])
	await page.context().close()
})
