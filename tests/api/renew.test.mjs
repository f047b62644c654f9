// The web wallet's own code renews a card from a real city, with nobody there to ask.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import esbuild from 'esbuild'
import { City } from './lib/city.mjs'
import { enrol, offer } from './lib/wallet.mjs'

// What a browser has and Node has not, or another.
const browser = { onLine: true, locks: { request: (_name, _options, work) => work({}) } }
Object.defineProperty(globalThis, 'navigator', { value: browser, configurable: true })

// What the city calls the cards that it issues: the wallet forgets it.
const issued = []
const plainFetch = globalThis.fetch
globalThis.fetch = async (input, init) => {
	const reply = await plainFetch(input, init)
	if (reply.ok && String(input.url ?? input).endsWith('/vci/credential')) issued.push((await reply.clone().json()).notification_id)
	return reply
}

async function walletCode() {
	const contents = ['renew', 'receive', 'respond'].map((name) => `export * as ${name} from "./web/wallet/${name}.ts"`)
	const { outputFiles } = await esbuild.build({
		stdin: { contents: [...contents, 'export { readOffer } from "./web/wallet/protocol/issuing.ts"', 'export { readLink } from "./web/wallet/protocol/link.ts"',
			'export { homeAt, platformOf } from "./web/wallet/home.ts"', 'import "./web/wallet/protocol/strict.ts"'].join('\n'), resolveDir: process.cwd() },
		bundle: true, write: false, format: 'esm', platform: 'neutral', mainFields: ['module', 'main'],
	})
	return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`)
}

/** Tables as web/wallet/store.ts has them, in memory; a change is taken back when it throws. */
class Tables {
	rows = { keys: new Map(), cards: new Map(), attempts: new Map(), history: new Map(), settings: new Map() }
	async get(name, id) { return structuredClone(this.rows[name].get(id)) }
	async all(name) { return [...this.rows[name].values()].map((row) => structuredClone(row)) }
	async change(work) {
		const before = Object.fromEntries(Object.entries(this.rows).map(([name, rows]) => [name, new Map(rows)]))
		try {
			await work({
				get: (name, id) => this.get(name, id),
				put: (name, row) => this.rows[name].set(name === 'settings' ? row.name : row.id, structuredClone(row)),
				remove: (name, id) => this.rows[name].delete(id),
			})
		} catch (error) {
			this.rows = before
			throw error
		}
	}
	async keys(ids) { return Promise.all(ids.map((id) => this.get('keys', id))) }
	async trust() { return (await this.get('settings', 'trust'))?.value }
}

let city
let w
let person
before(async () => {
	w = await walletCode()
	city = await new City().start()
	person = await enrol(city)
})
after(() => city.close())

async function received() {
	const home = w.homeAt(new Tables(), `${city.url}/wallet/`)
	const link = await w.readOffer(w.platformOf(home), (await offer(city, person)).uri)
	await w.receive.goOn(home, await w.receive.accept(home, link), () => {})
	const [card] = await home.store.all('cards')
	return { home, card }
}

const only = async (home) => {
	const cards = await home.store.all('cards')
	assert.equal(cards.length, 1)
	return cards[0]
}
const use = (home, count) => home.store.change(async (tables) => {
	const [{ id }] = await home.store.all('cards')
	const card = await tables.get('cards', id)
	for (const copy of card.copies.slice(0, count)) copy.usedAt = 1
	tables.put('cards', card)
})

test('what is fresh is left alone', async () => {
	const { home, card } = await received()
	assert.ok(card.renewal.refreshToken)
	await w.renew.renewAll(home)
	assert.deepEqual(await only(home), card)
})

test('a card that is nearly spent gets new copies, is the same card, and leaves no key behind', async () => {
	const { home, card } = await received()
	await use(home, card.copies.length - 1)
	browser.onLine = false
	await w.renew.renewAll(home)
	assert.equal(w.respond.unused(await only(home)).length, 1)
	browser.onLine = true
	await w.renew.renewAll(home)
	const fresh = await only(home)
	assert.equal(fresh.id, card.id)
	assert.equal(w.respond.unused(fresh).length, card.copies.length)
	assert.ok(fresh.copies.every(({ id }) => !card.copies.some((old) => old.id === id)))
	assert.deepEqual(fresh.renewal, card.renewal)
	assert.deepEqual((await home.store.all('keys')).map(({ id }) => id).sort(), [...[...fresh.copies, ...(fresh.tallies ?? [])].map(({ id }) => id), card.renewal.dpopKeyId].sort())
})

test('a card near its end is due, one that failed a moment ago is not', async () => {
	const { card } = await received()
	const at = card.receivedAt
	assert.equal(w.renew.isDue(card, at), false)
	assert.equal(w.renew.isDue(card, card.exp - (card.exp - at) / 4), true)
	assert.equal(w.renew.isDue({ ...card, renewal: { ...card.renewal, triedAt: card.exp - 100 } }, card.exp - 50), false)
	assert.equal(w.renew.isDue({ ...card, renewal: undefined }, card.exp), false)
})

test('when the card is revoked the wallet stops asking', async () => {
	const { home, card } = await received()
	await city.command('status', issued.at(-1), 'revoked')
	await use(home, card.copies.length)
	await w.renew.renewAll(home)
	const left = await only(home)
	assert.equal(left.renewal, undefined)
	assert.equal((await home.store.keys([card.renewal.dpopKeyId]))[0], undefined)
})

test('a server that fails is asked again later, and the token is kept', async () => {
	const { home, card } = await received()
	await use(home, card.copies.length)
	await city.stop()
	await w.renew.renewAll(home)
	const left = await only(home)
	assert.equal(left.renewal.refreshToken, card.renewal.refreshToken)
	assert.ok(left.renewal.triedAt)
	await city.start()
})
