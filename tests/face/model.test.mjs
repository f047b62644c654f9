// Models of others: brought by people, checked, agreed to, packed, made current.
import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after, test } from 'node:test'
import { City } from '../api/lib/city.mjs'

const YUFU = resolve(process.env.YUFU ?? 'build/yufu')
const MODEL = resolve('../shared/models/MobileFaceNet.onnx')
const SIDECAR = resolve('models/mobilefacenet.ini')
const skip = existsSync(MODEL) ? false : 'SKIPPED: ../shared/models/MobileFaceNet.onnx is not here'
const folder = mkdtempSync(join(tmpdir(), 'yufu-model-'))
after(() => rmSync(folder, { recursive: true }))
const models = join(folder, 'a', 'models')
const here = join(folder, 'here')
mkdirSync(here)

function yufu(...words) {
	return new Promise((resolve) => {
		const child = execFile(YUFU, ['face', ...words], { cwd: here }, (error, stdout, stderr) =>
			resolve({ code: error ? error.code : 0, stdout, stderr }))
		child.stdin.end()
	})
}
const model = (verb, ...words) => yufu('model', verb, ...words, '--models', models)
const list = async () => JSON.parse((await model('list', '--json')).stdout)

test('what is not here is named: file, address, SHA-256', async () => {
	for (const [name, file, digest] of [['MobileFaceNet', 'MobileFaceNet.onnx', 'b7120c09'], ['SFace', 'face_recognition_sface_2021dec.onnx', '0ba9fbfa']]) {
		const said = await model('install', name)
		assert.equal(said.code, 2)
		for (const words of [file, 'https://github.com/', digest, models]) assert.ok(said.stderr.includes(words), said.stderr)
	}
	assert.ok(!existsSync(models), 'nothing was made')
})

test('a file that is none, or not the one of its name', async () => {
	const wrong = join(here, 'MobileFaceNet.onnx')
	writeFileSync(wrong, 'not a model')
	const said = await model('install', 'MobileFaceNet', '--accept-licence')
	assert.equal(said.code, 2)
	assert.match(said.stderr, /expected b7120c09.*this is/)
	assert.match((await model('install', wrong, '--accept-licence')).stderr, /expected b7120c09/)
	rmSync(wrong)
	const other = join(here, 'other.onnx')
	writeFileSync(other, 'not a model')
	assert.match((await model('install', other, '--accept-licence')).stderr, /--sidecar/)
	const broken = await model('install', other, '--accept-licence', '--sidecar', SIDECAR)
	assert.equal(broken.code, 2)
	assert.match(broken.stderr, /other\.onnx/)
	assert.match((await model('install', join(here, 'nothing.onnx'))).stderr, /nothing\.onnx/)
	assert.ok(!existsSync(models), 'nothing was made')
})

test('the list says what the own weights are worth', async () => {
	const said = await model('list')
	assert.equal(said.code, 0)
	assert.match(said.stdout, /\* reference/)
	assert.match(said.stderr, /3\.8 in 100/)
	assert.deepEqual((await list()).installed, [])
	assert.equal((await list()).reference_is_current, true)
})

test('without agreement there is no model', { skip }, async () => {
	const said = await model('install', MODEL)
	assert.equal(said.code, 1)
	for (const words of [/Apache-2\.0/, /MS-Celeb-1M/, /withdrawn/, /--accept-licence/]) assert.match(said.stderr, words)
	assert.ok(!existsSync(models), 'nothing was made')
})

test('agreed to, it is packed and current, and commands use it', { skip }, async () => {
	const own = JSON.parse((await yufu('check', resolve('build/demo/sample4.jpg'), '--models', models)).stdout)
	copyFileSync(MODEL, join(here, 'MobileFaceNet.onnx'))
	const said = await model('install', 'MobileFaceNet', '--accept-licence', '--json')
	assert.equal(said.code, 0, said.stderr)
	assert.equal(JSON.parse(said.stdout).name, 'MobileFaceNet')
	assert.deepEqual(readdirSync(models).sort(), ['MobileFaceNet.model', 'current'])
	const [installed] = (await list()).installed
	assert.equal(installed.current, true)
	assert.match(installed.provenance, /gathered without asking/)
	const check = (...words) => yufu('check', resolve('build/demo/sample4.jpg'), '--models', models, ...words)
	const now = JSON.parse((await check()).stdout)
	assert.notEqual(now.engine, own.engine)
	assert.equal(JSON.parse((await check('--model', 'reference')).stdout).engine, own.engine)
	assert.equal(JSON.parse((await check('--model', 'MobileFaceNet')).stdout).engine, now.engine)
	assert.equal(JSON.parse((await check('--model', join(models, 'MobileFaceNet.model'))).stdout).engine, now.engine)
	const nobody = await check('--model', 'Nobody')
	assert.equal(nobody.code, 2)
	assert.match(nobody.stderr, /Nobody/)
})

test('use and remove', { skip }, async () => {
	assert.equal((await model('remove', 'MobileFaceNet')).code, 2)
	assert.equal((await model('use', 'Nobody')).code, 2)
	const packed = readFileSync(join(models, 'MobileFaceNet.model'))
	writeFileSync(join(here, 'packed.model'), packed)
	assert.equal((await model('install', join(here, 'packed.model'), '--name', 'second', '--accept-licence')).code, 0)
	packed[packed.length - 100] ^= 1
	writeFileSync(join(here, 'packed.model'), packed)
	const damaged = await model('install', join(here, 'packed.model'), '--name', 'third', '--accept-licence')
	assert.equal(damaged.code, 2)
	assert.deepEqual((await list()).installed.map(({ name, current }) => [name, current]), [['MobileFaceNet', false], ['second', true]])
	assert.equal((await model('use', 'reference')).code, 0)
	assert.equal((await model('remove', 'second')).code, 0)
	assert.equal((await list()).reference_is_current, true)
})

test('who is interrupted finds what was there', { skip }, async () => {
	for (const wait of [5, 20, 60, 120, 250]) {
		const child = spawn(YUFU, ['face', 'model', 'install', MODEL, '--models', models, '--accept-licence', '--name', `cut${wait}`],
			{ stdio: 'ignore' })
		setTimeout(() => child.kill('SIGKILL'), wait)
		await new Promise((done) => { child.on('exit', done) })
		for (const { problem, name } of (await list()).installed) assert.equal(problem, undefined, name)
	}
})

// script(1) gives the program a terminal; the answer is typed when it is asked for.
function typed(answer, ...words) {
	const line = [YUFU, 'face', 'model', 'install', ...words].map((word) => `'${word}'`).join(' ')
	return new Promise((done) => {
		const child = spawn('script', ['-qec', line, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'] })
		let said = '', asked = false
		child.stdout.on('data', (bytes) => {
			said += bytes
			if (asked || !said.includes('[y/N]')) return
			asked = true
			child.stdin.write(answer)
		})
		child.on('exit', (code) => { child.stdin.end(); done({ code, said }) })
	})
}

test('at a terminal people are asked, and only yes is yes', { skip }, async () => {
	const shelf = join(folder, 'asked')
	for (const answer of ['n\n', '\n', '\x04', 'maybe\n']) {
		const { code, said } = await typed(answer, MODEL, '--models', shelf, '--sidecar', SIDECAR)
		assert.equal(code, 1, said)
		for (const words of [/Apache-2\.0/, /withdrawn/, /\[y\/N\]/]) assert.match(said, words)
		assert.ok(!existsSync(shelf), 'nothing was made')
	}
	for (const answer of ['y\n', 'Yes\n']) {
		const { code, said } = await typed(answer, MODEL, '--models', shelf, '--sidecar', SIDECAR)
		assert.equal(code, 0, said)
		assert.deepEqual(readdirSync(shelf).sort(), ['MobileFaceNet.model', 'current'])
		rmSync(shelf, { recursive: true })
	}
})

test('yufu.ini takes the name of a model as well as a file', { skip }, async () => {
	const { code, stderr } = await model('install', MODEL, '--name', 'Mine', '--accept-licence')
	assert.equal(code, 0, stderr)
	const serve = async (word, current) => {
		const city = new City()
		try {
			await city.serve('', (text) => {
				const home = join(city.data, 'city')
				mkdirSync(join(home, 'models'))
				copyFileSync(join(models, 'Mine.model'), join(home, 'models', 'Mine.model'))
				copyFileSync(join(models, 'Mine.model'), join(home, 'beside.model'))
				if (current) writeFileSync(join(home, 'models', 'current'), `${current}\n`)
				return `${text}\n[face]\nmodel = ${word}\n`
			})
			return /Face engine and model: (\S+)/.exec(city.log)[1]
		} finally {
			await city.close()
		}
	}
	const own = await serve('reference', 'Mine')
	const mine = await serve('Mine')
	assert.notEqual(mine, own)
	assert.equal(await serve('beside.model'), mine)
	assert.equal(await serve('./beside.model'), mine)
	assert.equal(await serve('', 'Mine'), mine)
	assert.equal(await serve(''), own)
	await assert.rejects(serve('Nobody'), /\[face\] model: neither a model of models\/ nor a file/)
})
