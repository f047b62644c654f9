// `yufu face` as scripts see it: JSON on standard output and nothing else
// there, exit codes, errors that say what to do next.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

const faces = 'build/release/tests/bench/face_faces';
const pairs = '../shared/faces';
const folder = mkdtempSync(join(tmpdir(), 'yufu-face-cli-'));
const at = (name) => join(folder, name);

before(() => {
	const made = spawnSync('make', ['-s', faces, 'build/yufu', 'build/face.model'], { encoding: 'utf8' });
	assert.equal(made.status, 0, made.stderr);
	const cut = spawnSync(faces, [folder], { encoding: 'utf8' });
	assert.equal(cut.status, 0, cut.stderr);
});
after(() => rmSync(folder, { recursive: true }));

function face(...args) {
	const run = spawnSync('build/yufu', ['face', ...args], { encoding: 'utf8' });
	return { ...run, json: run.stdout ? JSON.parse(run.stdout) : undefined };
}

test('check gives measures and 68 points', () => {
	const { status, json, stderr } = face('check', at('0.jpg'), '--json');
	assert.equal(status, 0, stderr);
	assert.equal(json.outcome, 'face');
	assert.equal(json.width, 250);
	assert.equal(json.points.length, 68);
	for (const [x, y] of json.points) assert.ok(x > 0 && x < 250 && y > 0 && y < 250);
	for (const name of ['yaw', 'pitch', 'roll', 'mouth_open', 'inter_eye_distance', 'luminance_mean', 'sharpness'])
		assert.equal(typeof json[name], 'number', name);
});

test('compare tells one person from another', () => {
	const same = face('compare', at('0.jpg'), at('0.jpg'));
	assert.equal(same.status, 0);
	assert.equal(same.json.verdict, 'same');
	assert.equal(same.json.score, 2);
	assert.match(same.json.engine, /^org\.yufu\.ref\/2\+turbojpeg2#[0-9a-f]{16}$/);
	const other = face('compare', at('0.jpg'), at('3.jpg'));
	assert.equal(other.status, 1);
	assert.equal(other.json.verdict, 'different');
	assert.ok(other.json.log10_fmr > other.json.log10_fmr_max);
});

test('a group is not one person', () => {
	const group = 'node_modules/@vladmandic/face-api/demo/sample6.jpg';
	const seen = face('check', group);
	assert.equal(seen.status, 1);
	assert.equal(seen.json.outcome, 'many');
	const { status, json } = face('compare', group, group);
	assert.equal(status, 1);
	assert.equal(json.verdict, 'unusable');
	assert.equal(json.score, undefined);
});

const bomb = Buffer.from('ffd8ffc0001108ffffffff03012200021101031101ffda000c03010002110311003f00', 'hex');
for (const [name, bytes, words] of [
	['text named .jpg', Buffer.from('not a picture\n'), 'baseline or progressive JPEG'],
	['65535 x 65535', bomb, 'at most 4096x4096'],
	['nothing', Buffer.alloc(0), 'baseline or progressive JPEG'],
	['five megabytes', Buffer.alloc(5 << 20), 'send less'],
])
	test(`${name} is refused with advice`, () => {
		writeFileSync(at('bad.jpg'), bytes);
		const { status, stdout, stderr } = face('check', at('bad.jpg'));
		assert.equal(status, 2);
		assert.equal(stdout, '');
		assert.match(stderr, new RegExp(words));
	});

test('wrong use and a wrong model say so', () => {
	for (const args of [[], ['look'], ['check'], ['check', 'a', 'b'], ['check', '--what', 'a']]) {
		const { status, stderr } = face(...args);
		assert.equal(status, 2);
		assert.match(stderr, /usage: yufu face/);
	}
	assert.match(face('check', at('0.jpg'), '--model', 'Makefile').stderr, /build face\.model again with make/);
	assert.equal(face('check', at('0.jpg'), '--model', 'absent').status, 2);
});
