// What somebody else gets: `make install-lib` into a folder, the examples compiled and run against that alone.
import test, { before, after } from 'node:test'
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const folder = mkdtempSync(join(tmpdir(), 'yufu-lib-'))
const tree = join(folder, 'usr')
const lib = join(tree, 'lib')
const examples = join(tree, 'share/doc/yufu/examples')
const at = name => join(folder, name)
const has = program => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0
const env = {
	...process.env, LD_LIBRARY_PATH: lib, PATH: `${join(tree, 'bin')}:${process.env.PATH}`,
	PKG_CONFIG_PATH: join(lib, 'pkgconfig'), PKG_CONFIG_SYSROOT_DIR: folder,
}

function run(program, args, input) {
	const done = spawnSync(program, args, { env, cwd: folder, input, encoding: 'utf8' })
	if (done.error) throw done.error
	return done
}

function flags(...more) {
	return execFileSync('pkg-config', ['--cflags', '--libs', ...more, 'yufu'], { env, encoding: 'utf8' }).trim().split(/\s+/)
}

function compile(out, compiler, more, source = join(examples, 'gate.c')) {
	const done = run(compiler, ['-Wall', '-Wextra', '-Werror', source, ...more, '-o', at(out)])
	assert.equal(done.status, 0, done.stderr)
}

before(() => {
	execFileSync('make', ['-s', 'install-lib', `DESTDIR=${folder}`, 'PREFIX=/usr'], { stdio: ['ignore', 'ignore', 'inherit'] })
	execFileSync('install', ['-D', 'build/yufu', join(tree, 'bin/yufu')])
	execFileSync(resolve('build/release/tests/lib/make'), [folder])
	compile('gate', 'cc', flags())
})
after(() => rmSync(folder, { recursive: true, force: true }))

test('what is installed', () => {
	for (const name of ['include/yufu/verify.h', 'lib/libyufu.a', 'lib/libyufu.so', 'lib/libyufu.so.0',
		'lib/pkgconfig/yufu.pc', 'share/man/man3/yufu-verify.3'])
		assert.ok(existsSync(join(tree, name)), name)
	const version = /YF_VERSION "(.*)"/.exec(readFileSync('src/base/version.h', 'utf8'))[1]
	assert.equal(execFileSync('pkg-config', ['--modversion', 'yufu'], { env, encoding: 'utf8' }).trim(), version)
})

for (const [name, gate] of [['shared', 'gate'], ['static', 'gate-static']])
	test(`the gate, ${name}`, () => {
		if (name === 'static')
			compile(gate, 'cc', [...flags('--static').filter(flag => flag !== '-lyufu'), '-l:libyufu.a', '-lcrypto', '-lz'])
		const tally = readFileSync(at('tally'))
		const open = run(at(gate), ['root.pem', 'bundle'], tally)
		assert.match(open.stdout, /^open\n.*"age_over_18":true/, open.stderr)
		assert.equal(open.status, 0)
		tally[300] ^= 1
		const shut = run(at(gate), ['root.pem', 'bundle'], tally)
		assert.match(shut.stdout, /^shut\n\w+/)
		assert.equal(shut.status, 1)
		const wrong = run(at(gate), ['bundle', 'bundle'], tally)
		assert.equal(wrong.status, 2)
		assert.match(wrong.stderr, /\w+: /)
		assert.equal(run(at(gate), [], '').status, 2)
	})

test('the gate under valgrind', { skip: has('valgrind') ? false : 'SKIPPED: valgrind is not there' }, () => {
	const done = run('valgrind', ['-q', '--error-exitcode=9', '--leak-check=full', at('gate'), 'root.pem', 'bundle'],
		readFileSync(at('tally')))
	assert.equal(done.status, 0, done.stderr)
})

test('C++', { skip: has('c++') ? false : 'SKIPPED: no C++ compiler is there' }, () => {
	writeFileSync(at('version.cc'), '#include <cstdio>\n#include <yufu/verify.h>\nint main() { std::puts(yufu_version()); }\n')
	compile('version', 'c++', flags(), at('version.cc'))
	assert.match(run(at('version'), []).stdout, /^\d+\.\d+\.\d+\n$/)
})

test('Python', { skip: has('python3') ? false : 'SKIPPED: python3 is not there' }, () => {
	const done = run('python3', [join(examples, 'verify.py'), 'root.pem', 'card'])
	assert.equal(done.status, 0, done.stderr)
	const said = JSON.parse(done.stdout)
	assert.equal(said.verdict, 'accepted')
	assert.equal(said.claims.given_name, 'An')
	assert.equal(said.certificate.root, 'CN=Example root,C=XX')
	writeFileSync(at('nothing'), 'nothing')
	assert.equal(JSON.parse(run('python3', [join(examples, 'verify.py'), 'root.pem', 'nothing']).stdout).reason, 'syntax')
})

test('Node, by the program', () => {
	const done = run('node', [join(examples, 'verify.mjs'), 'root.pem', 'card'])
	assert.match(done.stdout, /^accepted [^]*An/, done.stderr)
	cpSync(at('card'), at('bad'))
	writeFileSync(at('bad'), readFileSync(at('bad'), 'utf8').replace(/~.*~/, '~WyJhIiwiZ2l2ZW5fbmFtZSIsIkVsc2UiXQ~'))
	const refused = run('node', [join(examples, 'verify.mjs'), 'root.pem', 'bad'])
	assert.match(refused.stdout, /^refused digest present/)
	const explained = run('yufu', ['verify', '--trust', 'root.pem', 'bad'])
	assert.match(explained.stdout, /digests +failed .*disclosure 1 \(given_name, digest [\w-]{43}\) does not match/)
	assert.equal(explained.status, 1)
})

test('yufu verify reads a tally and a bundle', () => {
	const done = run('yufu', ['verify', '--json', '--trust', 'root.pem', '--bundle', 'bundle', '--purpose', 'hotel', 'tally'])
	const said = JSON.parse(done.stdout)
	assert.equal(said.verdict, 'accepted', done.stdout)
	assert.equal(said.format, 'tally')
	assert.equal(said.tally.purpose, 'hotel')
	const other = run('yufu', ['verify', '--json', '--bundle', 'bundle', 'tally'])
	assert.equal(other.status, 2)
	assert.equal(JSON.parse(other.stdout).reason, 'untrusted')
})
