// `yufu face certifier`, `certify` and `certificate`: what an operator who measured does next.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'

const YUFU = process.env.YUFU ?? 'build/yufu'
const folder = mkdtempSync(join(tmpdir(), 'yufu-certificate-'))
after(() => rmSync(folder, { recursive: true }))
const at = (name) => join(folder, name)

function yufu(...words) {
	return new Promise((resolve) => {
		execFile(YUFU, ['face', ...words], (error, stdout, stderr) => resolve({ code: error ? error.code : 0, stdout, stderr }))
	})
}

const rate = (errors, trials) => ({ errors, trials, at_most: Math.min(1, (errors + 1) / trials * 1.2), value: errors / trials })

export function report(changes = {}) {
	const limit = (target, score, errors, group) => ({
		target, score, fmr: rate(errors, 10_000_000), fnmr: rate(20, 1200), groups: [
			{ fmr: rate(group, 500_000), fnmr: rate(9, 600) }, { fmr: rate(Math.floor(group / 3), 600_000), fnmr: rate(9, 600) }],
		worst_over_best: 0, worst_over_all: 0,
	})
	return {
		kind: 'yufu-face-report', form: 1, software: 'yufu 0.1.0', measured: 1790000000, data: 'a town, by agreement', list: 'pairs.csv',
		engine: { id: 'org.yufu.ref', version: '2+turbojpeg2', model_sha256: 'ab'.repeat(32) },
		counts: { people: 1200, pictures: 2400, genuine: 1200, impostors: 10_000_000, genuine_failed: 1, cross: true },
		failure_to_extract: rate(1, 2400), reasons: { none: 1 },
		groups: [{ name: 'north', people: 600, pictures: 1200, genuine: 600, impostors: 500_000 },
			{ name: 'south', people: 600, pictures: 1200, genuine: 600, impostors: 600_000 }],
		limits: [limit(0.01, 0.41, 99_000, 9000), limit(0.001, 0.52, 9900, 900), limit(0.0001, 0.6, 990, 100)], claims: [],
		cost: { picture_p50_ms: 12, picture_p99_ms: 30, match_ns: 4, worker_peak_bytes: 1e7, jobs: 1 }, ...changes,
	}
}

test('a report becomes a certificate that is shown in words', async () => {
	assert.equal((await yufu('certifier', at('own'), '--name', 'Test City')).code, 0)
	assert.equal(statSync(at('own/root.key')).mode & 0o777, 0o600)
	const twice = await yufu('certifier', at('own'))
	assert.equal(twice.code, 2)
	assert.match(twice.stderr, /exists already/)
	writeFileSync(at('report.json'), JSON.stringify(report()))
	const made = await yufu('certify', at('report.json'), '--key', at('own/certifier.key'), '--cert', at('own/certifier.pem'),
		'--days', '90', '--out', at('city.jwt'))
	assert.equal(made.code, 0, made.stderr)
	const shown = await yufu('certificate', at('city.jwt'), '--trust', at('own/root.pem'))
	assert.equal(shown.code, 0, shown.stderr)
	for (const words of [/^believed/, /measured by the operator itself/, /org\.yufu\.ref, version 2\+turbojpeg2/,
		/measured by Test City/, /a town, by agreement/, /10000000 impostor pairs, 2 groups/, /from score 0\.6: .*worst group 0\.0002 .*\[north\]/])
		assert.match(shown.stdout, words)
	const json = JSON.parse((await yufu('certificate', at('city.jwt'), '--trust', at('own/root.pem'), '--json')).stdout)
	assert.equal(json.believed, true)
	assert.equal(json.by_operator, true)
	assert.equal(json.exp - json.iat, 90 * 86400)
	assert.deepEqual(json.report.limits, report().limits)
})

test('without a root, or with another one, it is shown and not believed', async () => {
	assert.equal((await yufu('certifier', at('other'))).code, 0)
	for (const trust of [[], ['--trust', at('other/root.pem')]]) {
		const shown = await yufu('certificate', at('city.jwt'), ...trust)
		assert.equal(shown.code, 1)
		assert.match(shown.stdout, /^not to be believed: .*\[face\] certifiers/)
	}
})

test('a certificate that was altered is not even shown', async () => {
	const [head, body, signature] = readFileSync(at('city.jwt'), 'utf8').trim().split('.')
	const claims = JSON.parse(Buffer.from(body, 'base64url'))
	claims.report.limits[2].score = 0.1
	claims.report.limits[1].score = 0.1
	claims.report.limits[0].score = 0.1
	writeFileSync(at('altered.jwt'), `${head}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${signature}`)
	const shown = await yufu('certificate', at('altered.jwt'), '--trust', at('own/root.pem'))
	assert.equal(shown.code, 2)
	assert.equal(shown.stdout, '')
	assert.match(shown.stderr, /a signature does not verify/)
})

for (const [name, changes, words] of [
	['no word of the data', { data: '' }, /--data TEXT/],
	['no limits', { limits: [] }, /too few impostor pairs/],
	['too few impostors', { limits: [{ ...report().limits[2], fmr: rate(20, 299_999) }] }, /too few impostor pairs/],
	['more errors than trials', { failure_to_extract: { errors: 3, trials: 2, at_most: 1 } }, /outside its permitted range/],
	['no report', { kind: 'something' }, /not well formed/]])
	test(`not certified: ${name}`, async () => {
		writeFileSync(at('bad.json'), JSON.stringify(report(changes)))
		const made = await yufu('certify', at('bad.json'), '--key', at('own/certifier.key'), '--cert', at('own/certifier.pem'))
		assert.equal(made.code, 2)
		assert.equal(made.stdout, '')
		assert.match(made.stderr, words)
	})

test('a key that is not that of the certificate, and files that are not there', async () => {
	const wrong = await yufu('certify', at('report.json'), '--key', at('other/certifier.key'), '--cert', at('own/certifier.pem'))
	assert.equal(wrong.code, 2)
	const missing = await yufu('certify', at('nothing.json'), '--key', at('own/certifier.key'), '--cert', at('own/certifier.pem'))
	assert.equal(missing.code, 2)
	assert.match(missing.stderr, /nothing\.json/)
	const no_key = await yufu('certify', at('report.json'))
	assert.equal(no_key.code, 2)
	assert.match(no_key.stderr, /yufu face certifier/)
})
