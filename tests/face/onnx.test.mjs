// ONNX models packed by yufu against OpenCV's dnn on the same numbers: small
// ones with every operator, and MobileFaceNet where ../shared/models has it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';

const folder = 'build/release/onnx';
const plan = 'build/release/tests/face/plan';
// Debian's OpenCV and onnx belong to Debian's Python.
const python = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';
const real = '../shared/models/MobileFaceNet.onnx';
const kernels = ['portable', 'avx2', 'avx512', 'neon'];
const run = (program, ...words) => spawnSync(program, words, { encoding: 'utf8' });

before(() => {
	const made = run('make', '-s', plan, 'build/yufu');
	assert.equal(made.status, 0, made.stderr);
	mkdirSync(folder, { recursive: true });
});

function floats(file) {
	const bytes = readFileSync(file);
	return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

// The same numbers each time: no picture, but in its range.
function pixels(side, low, high) {
	const file = join(folder, `${side}.${low}.f32`);
	const values = new Float32Array(2 * 3 * side * side);
	let seed = 1;
	for (let i = 0; i < values.length; i++) {
		seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
		values[i] = low + ((high - low) * seed) / 2 ** 32;
	}
	writeFileSync(file, Buffer.from(values.buffer));
	return file;
}

function sidecar(name) {
	const file = join(folder, `${name}.ini`);
	writeFileSync(file, `[model]\nid = test.${name}/1\nname = ${name}\n[alignment]\nkind = dlib-150\n[output]\nsession_distance = 1\n`);
	return file;
}

function compare(t, model, ini, input, range, limit) {
	const packed = join(folder, 'packed.model');
	const want = join(folder, 'want.f32');
	const got = join(folder, 'got.f32');
	const peer = run(python, 'tests/face/onnx_peer.py', model, input, want);
	if (peer.status === 3) return t.skip(`SKIPPED: ${peer.stderr.trim()}`);
	assert.equal(peer.status, 0, peer.stderr);
	const pack = run('build/yufu', 'face', 'pack', model, packed, '--sidecar', ini);
	assert.equal(pack.status, 0, pack.stderr);
	const theirs = floats(want);
	const size = Math.max(...theirs.map(Math.abs));
	assert.ok(size > 0.01 && size < 1000, `a network that says something: ${size}`);
	for (const kernel of kernels) {
		const ran = run(plan, kernel, packed, input, got, '1', ...range);
		if (ran.status === 3) {
			t.diagnostic(`SKIPPED: this processor does not have ${kernel}`);
			continue;
		}
		assert.equal(ran.status, 0, ran.stderr);
		const ours = floats(got);
		assert.equal(ours.length, theirs.length);
		let most = 0;
		for (let i = 0; i < ours.length; i++) {
			const apart = Math.abs(ours[i] - theirs[i]);
			if (!(apart <= most)) most = apart; // NaN counts
		}
		t.diagnostic(`${kernel}: furthest number ${most} of ${size}`);
		assert.ok(most <= limit * Math.max(1, size), `${kernel}: ${most}`);
	}
}

for (const name of ['resnet', 'arcface', 'sface', 'mobile', 'shapes', 'wide'])
	test(`a small ${name} gives the numbers of OpenCV`, (t) => {
		const made = run(python, 'tests/face/onnx_models.py', folder);
		if (made.status === 3) return t.skip(`SKIPPED: ${made.stderr.trim()}`);
		assert.equal(made.status, 0, made.stderr);
		const input = name === 'sface' ? pixels(24, 0, 255) : pixels(24, -2, 2);
		compare(t, join(folder, `${name}.onnx`), sidecar(name), input, [], 1e-4);
	});

test('MobileFaceNet gives the numbers of OpenCV', (t) => {
	if (!existsSync(real)) return t.skip(`SKIPPED: ${real} is not there`);
	// the range of its sidecar
	const range = ['123.675', '116.28', '103.53', '58.395', '57.12', '57.375'];
	compare(t, real, 'models/mobilefacenet.ini', pixels(112, -2, 2), range, 1e-4);
});
