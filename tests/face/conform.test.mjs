// `yufu face conform` on our engine, on the example, on one that sees nobody, and on those that break a rule each: every
// one of them fails the row that is meant for it, and none of them hurts the program that asks.
import { test, before } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';

const stray = '/tmp/yufu-hostile-engine';

before(() => {
	const made = spawnSync('make', ['-s', 'build/yufu', 'build/face.model', 'build/demo/.done', 'engines'], { encoding: 'utf8' });
	assert.equal(made.status, 0, made.stderr);
	rmSync(stray, { force: true });
});

function conform(...args) {
	const run = spawnSync('build/yufu', ['face', 'conform', ...args, '--json'], { encoding: 'utf8', timeout: 300000 });
	assert.ok(run.stdout, run.stderr);
	const json = JSON.parse(run.stdout);
	return { status: run.status, passed: json.passed, rows: Object.fromEntries(json.checks.map((row) => [row.name, row])) };
}

test('our own engine keeps every rule', () => {
	const { status, rows } = conform();
	for (const row of Object.values(rows)) assert.equal(row.state, 'pass', `${row.name}: ${row.why}`);
	assert.equal(status, 0);
	assert.ok(Object.keys(rows).length >= 20);
});

for (const name of ['null', 'example'])
	test(`${name} keeps every rule; what it does not have is skipped`, () => {
		const { status, passed, rows } = conform(`build/engines/${name}.so`);
		for (const row of Object.values(rows)) assert.notEqual(row.state, 'fail', `${row.name}: ${row.why}`);
		assert.equal(status, 0);
		assert.equal(passed, true);
		assert.equal(rows.challenge_empty.state, 'skip');
		assert.equal(rows.no_calls.state, 'pass');
		assert.equal(rows.match.state, name === 'null' ? 'skip' : 'pass');
	});

for (const [name, row, why] of [
	['hangs', 'images', /did not come back/],
	['crashes', 'images', /crashed, after open/],
	['writes', 'images', /wrote beside/],
	['nan', 'bad_templates', /no number/],
	['infinite', 'images', /numbers that do not fit/],
	['allocates', 'no_calls', /system call that is not allowed/],
	['socket', 'loads', /system call that is not allowed/],
	['opens_file', 'opens', /system call that is not allowed/],
	['kills', 'opens', /system call that is not allowed/],
	['starves', 'opens', /system call that is not allowed/],
	['random', 'same_runs', /other bytes/],
	['long', 'enrolment', /a template of 17 bytes, where 16/],
	['ghost', 'enrolment', /answers 1 with a template/],
	['keeps', 'state_untouched', /something is kept/],
	['passes', 'challenge_repeated', /passes/],
	['abi', 'loads', /of this ABI/],
	['size', 'loads', /table/],
	['search', 'loads', /exports "vendor_search_gallery"/],
	['short_struct', 'short_structs', /shorter struct|crashed/],
])
	test(`one that ${name} fails ${row}`, () => {
		const { status, passed, rows } = conform(`build/engines/hostile_${name}.so`, '--deadline', name === 'hangs' ? '100' : '3000');
		assert.equal(rows[row].state, 'fail');
		assert.match(rows[row].why, why);
		assert.equal(passed, false);
		assert.equal(status, 1);
	});

test('a name without a folder is a file here', () => {
	const check = spawnSync('../yufu', ['face', 'check', '../demo/sample1.jpg', '--engine', 'null.so'], { cwd: 'build/engines', encoding: 'utf8' });
	assert.match(check.stdout, /"engine":"org\.example\.null/, check.stderr);
});

test('nothing was written', () => assert.equal(existsSync(stray), false));

test('a file that is no engine, and wrong use', () => {
	assert.equal(conform('Makefile').rows.loads.state, 'fail');
	assert.match(conform('absent.so').rows.loads.why, /cannot be read/);
	const wrong = spawnSync('build/yufu', ['face', 'conform', 'a', 'b'], { encoding: 'utf8' });
	assert.equal(wrong.status, 2);
	assert.match(wrong.stderr, /yufu face conform/);
	assert.equal(spawnSync('build/yufu', ['face', 'conform', '--pictures', 'absent']).status, 2);
});
