// A certificate of the engine that runs opens cards by face; any other does not, and the city says why.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after, before, test } from 'node:test'
import { City } from './lib/city.mjs'
import { Wallet } from './lib/wallet.mjs'

const YUFU = process.env.YUFU ?? 'build/yufu'
const folder = mkdtempSync(join(tmpdir(), 'yufu-certified-'))
const at = (name) => join(folder, name)
after(() => rmSync(folder, { recursive: true }))

function yufu(...words) {
	return new Promise((done, fail) => {
		execFile(YUFU, words, (error, stdout, stderr) => (error ? fail(new Error(stderr || error.message)) : done(stdout)))
	})
}

const rate = (errors, trials) => ({ errors, trials, at_most: Math.min(1, (errors + 1) / trials * 1.2), value: errors / trials })

/** Figures that nobody measured, for the engine that this program really is. */
function figures(report, changes = {}) {
	const groups = ['north', 'south']
	return {
		...report, data: 'a town of the test', counts: { ...report.counts, people: 3, pictures: 1000, impostors: 10_000_000 },
		groups: groups.map((name) => ({ name, people: 600, pictures: 1200, genuine: 600, impostors: 500_000 })),
		limits: [{
			target: 0.0001, score: report.score, fmr: rate(900, 10_000_000), fnmr: rate(20, 1200),
			groups: groups.map(() => ({ fmr: rate(200, 500_000), fnmr: rate(9, 600) })), worst_over_best: 1, worst_over_all: 4,
		}], claims: [], ...changes,
	}
}

let report
before(async () => {
	writeFileSync(at('pairs.csv'), 'same,a,b\n1,sample4.jpg,sample4.jpg\n0,sample4.jpg,sample5.jpg\n')
	await yufu('face', 'bench', at('pairs.csv'), '--root', resolve('build/demo'), '--data', 'samples', '--report', at('bench'))
	report = JSON.parse(readFileSync(at('bench/report.json'), 'utf8'))
	report.score = -0.3
	await yufu('face', 'certifier', at('own'), '--name', 'Test City')
	await yufu('face', 'certifier', at('other'))
})

async function certify(name, content) {
	writeFileSync(at('report.json'), JSON.stringify(content))
	await yufu('face', 'certify', at('report.json'), '--key', at('own/certifier.key'), '--cert', at('own/certifier.pem'), '--days', '30',
		'--out', at(name))
}

/** `line` stands instead of the one of its key. */
async function cityWith(certificate, roots, line) {
	return new City().serve('', (ini) => {
		const text = ini.replace(/^demo = no$/m, `demo = no\ncertificate = ${at(certificate)}\ncertifiers = ${at(roots)}`)
		return line ? text.replace(new RegExp(`^${line.split(' ')[0]} = .*$`, 'm'), line) : text
	})
}

test('certified: open, with the figures for everybody', async () => {
	await certify('city.jwt', figures(report))
	const city = await cityWith('city.jwt', 'own/root.pem')
	try {
		assert.match(city.log, /Face matches are certified: from score -0\.3 on at most 90 of a million/)
		const face = (await city.get('/face')).json
		assert.equal(face.standing, 'certified')
		assert.equal(face.why, null)
		assert.equal(face.certificate.by, 'Test City')
		assert.equal(face.certificate.by_operator, true)
		assert.equal(face.certificate.score_min, -0.3)
		assert.equal(face.certificate.fmr, 9e-5)
		assert.equal(face.certificate.fmr_group, 4e-4)
		const signed = await city.get('/face/certificate')
		assert.equal(signed.type, 'application/jwt')
		assert.equal(signed.text.trim(), readFileSync(at('city.jwt'), 'utf8').trim())
		await city.person({ family_name: 'Sample', given_name: 'Ann', birth_date: '1990', personal_administrative_number: 'N-1' })
		const wallet = new Wallet(city)
		await wallet.begin()
		const said = await wallet.proofing('identify', { number: 'N-1', name: 'Ann Sample' })
		assert.equal(said.json.state, 'consent')
		assert.equal(said.json.face, 'certified')
		assert.equal(said.json.demo, false)
	} finally {
		await city.close()
	}
})

for (const [name, why, content, roots, more] of [
	['another engine', 'face_engine', (r) => figures(r, { engine: { ...r.engine, id: 'org.example.other' } })],
	['another version', 'face_version', (r) => figures(r, { engine: { ...r.engine, version: `9+${r.engine.version.split('+')[1]}` } })],
	['another decoder', 'face_decoder', (r) => figures(r, { engine: { ...r.engine, version: `${r.engine.version.split('+')[0]}+other9` } })],
	['another model', 'face_model', (r) => figures(r, { engine: { ...r.engine, model_sha256: '00'.repeat(32) } })],
	['a root that is not believed', 'face_chain', (r) => figures(r), 'other/root.pem'],
	['no groups', 'face_groups', (r) => figures(r, { groups: [], limits: figures(r).limits.map((l) => ({ ...l, groups: [] })) })],
	['a stricter limit', 'face_fmr', (r) => figures(r), undefined, 'fmr_max_millionths = 80'],
	['a stricter limit for groups', 'face_group_fmr', (r) => figures(r), undefined, 'fmr_max_group_millionths = 300']])
	test(`closed: ${name}`, async () => {
		await certify('bad.jwt', content(report))
		const city = await cityWith('bad.jwt', roots ?? 'own/root.pem', more)
		try {
			const face = (await city.get('/face')).json
			assert.equal(face.standing, 'closed')
			assert.equal(face.why, why)
			assert.ok(face.advice.length > 20)
			assert.equal(face.certificate, null)
			assert.match(city.log, /Cards by face are closed/)
		} finally {
			await city.close()
		}
	})

test('a model that was edited keeps no certificate: the server does not start', async () => {
	const model = readFileSync('build/face.model')
	model[model.length - 100] ^= 1
	writeFileSync(at('edited.model'), model)
	await yufu('init', at('edited'), '--url', 'http://localhost:18998')
	const ini = readFileSync(at('edited/yufu.ini'), 'utf8')
	writeFileSync(at('edited/yufu.ini'), ini.replace('[face]\n', `[face]\nmodel = ${at('edited.model')}\n`))
	const said = await new Promise((done) => {
		execFile(YUFU, ['serve', at('edited')], { timeout: 30000 }, (error, stdout, stderr) => done({ error, stderr }))
	})
	assert.equal(said.error?.code, 2, said.stderr)
	assert.match(said.stderr, /model file is damaged/)
})
