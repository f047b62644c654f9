// A demo city as a child process: start, stop, kill, and what it said.
import { spawn, execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { request } from './http.mjs'

const YUFU = process.env.YUFU ?? 'build/yufu'
const START_MS = 20_000

function freePort() {
	return new Promise((resolve, reject) => {
		const server = createServer()
		server.on('error', reject)
		server.listen(0, '127.0.0.1', () => {
			const { port } = server.address()
			server.close(() => resolve(port))
		})
	})
}

export class City {
	constructor() {
		this.data = mkdtempSync(join(tmpdir(), 'yufu-api-'))
		this.log = ''
	}

	/** The same port every time, so that the address survives a restart. */
	async start() {
		this.port ??= await freePort()
		const child = spawn(YUFU, ['demo', '--listen', `127.0.0.1:${this.port}`, '--data', join(this.data, 'city'), '--json'],
			{ stdio: ['ignore', 'pipe', 'pipe'] })
		this.child = child
		this.exited = new Promise((resolve) => child.on('exit', (code, signal) => resolve({ code, signal })))
		child.stderr.on('data', (bytes) => { this.log += bytes })
		this.info = await firstLine(child, () => this.log)
		this.url = this.info.url
		this.operator = this.info.operator_url
		return this
	}

	/** No demo: `yufu init` and `yufu serve`, below a path of the address; `change` edits yufu.ini. */
	async serve(path, change = (text) => text) {
		this.port = await freePort()
		const operatorPort = await freePort()
		this.url = `http://localhost:${this.port}${path}`
		this.operator = `http://127.0.0.1:${operatorPort}`
		const folder = join(this.data, 'city')
		await new Promise((resolve, reject) => {
			execFile(YUFU, ['init', folder, '--url', this.url], (error, _, stderr) => (error ? reject(new Error(stderr)) : resolve()))
		})
		const ini = join(folder, 'yufu.ini')
		writeFileSync(ini, change(readFileSync(ini, 'utf8').replace(/^operator_listen = .*$/m, `operator_listen = 127.0.0.1:${operatorPort}`)))
		return this.again()
	}

	/** `yufu serve` on what serve() made: after stop(), a restart. */
	async again() {
		const folder = join(this.data, 'city')
		this.child = spawn(YUFU, ['serve', folder], { stdio: ['ignore', 'ignore', 'pipe'] })
		this.child.stderr.on('data', (bytes) => { this.log += bytes })
		this.exited = new Promise((resolve) => this.child.on('exit', (code, signal) => resolve({ code, signal })))
		for (const end = Date.now() + START_MS; ;) {
			if (await this.isUp().catch(() => false)) return this
			if (Date.now() > end || this.child.exitCode !== null) throw new Error(`yufu serve: ${this.log}`)
			await new Promise((resolve) => { setTimeout(resolve, 20) })
		}
	}

	/** Asks it to end; what it did with it. */
	async stop() {
		if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill('SIGTERM')
		return this.exited
	}

	async kill() {
		this.child.kill('SIGKILL')
		return this.exited
	}

	async close() {
		await this.stop()
		rmSync(this.data, { recursive: true, force: true })
	}

	party(policy) {
		const found = this.info.parties.find((party) => party.policy === policy)
		if (!found) throw new Error(`no relying party with policy ${policy}`)
		return found
	}

	async isUp() {
		if (this.child.exitCode !== null || this.child.signalCode !== null) return false
		return (await request('GET', `${this.operator}/healthz`)).status === 200
	}

	get(path, options) { return request('GET', this.url + path, options) }
	post(path, body, options) { return request('POST', this.url + path, { body, ...options }) }

	/** An entry of the register, members as in a file of `yufu person add`. */
	person(person) {
		const file = join(this.data, 'person.json')
		writeFileSync(file, JSON.stringify(person))
		return new Promise((resolve, reject) => {
			execFile(YUFU, ['person', 'add', join(this.data, 'city'), file], (error, _, stderr) =>
				(error ? reject(new Error(stderr)) : resolve()))
		})
	}

	/** An operator's command on the data of this city; its JSON. */
	command(...args) {
		const [verb, ...rest] = args
		return new Promise((resolve, reject) => {
			execFile(YUFU, [verb, join(this.data, 'city'), ...rest, '--json'], (error, stdout, stderr) => {
				if (error) reject(new Error(`yufu ${args.join(' ')}: ${stderr || error.message}`))
				else resolve(JSON.parse(stdout))
			})
		})
	}
}

function firstLine(child, log) {
	return new Promise((resolve, reject) => {
		let text = ''
		const timer = setTimeout(() => reject(new Error(`no first line in ${START_MS} ms: ${log()}`)), START_MS)
		child.on('error', reject)
		child.on('exit', (code, signal) => reject(new Error(`ended with ${code ?? signal}: ${log()}`)))
		child.stdout.on('data', (bytes) => {
			text += bytes
			const end = text.indexOf('\n')
			if (end < 0) return
			clearTimeout(timer)
			try { resolve(JSON.parse(text.slice(0, end))) } catch (error) { reject(error) }
		})
	})
}
