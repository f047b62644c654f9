// Every network of the engine, with every kernel that this processor has,
// against face-api under tfjs-wasm on identical pixels.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { peer, pixels, samples } from './peer.mjs';

const golden = 'build/release/tests/face/golden';
const model = 'build/face.model';
const folder = 'build/release/golden';
// The detector's numbers are logits up to about 20, the others below 1.
const limits = { detect128: 1e-4, detect416: 1e-4, points: 1e-5, describe: 1e-5 };
const sides = { detect128: 128, detect416: 416, points: 112, describe: 150 };
let nets, tf;

before(async () => {
	const made = spawnSync('make', ['-s', golden, model], { encoding: 'utf8' });
	assert.equal(made.status, 0, made.stderr);
	const loaded = await peer();
	const { tinyFaceDetector, faceLandmark68Net, faceRecognitionNet } = loaded.face.nets;
	tf = loaded.tf;
	nets = {
		detect128: async (image) => (await tinyFaceDetector.forward(image, 128)).data(),
		detect416: async (image) => (await tinyFaceDetector.forward(image, 416)).data(),
		points: async (image) => (await faceLandmark68Net.forward(image)).data(),
		describe: async (image) => faceRecognitionNet.computeFaceDescriptor(image),
	};
});

function floats(file) {
	const bytes = readFileSync(file);
	return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

async function furthest(kernel, count, net) {
	let most = 0;
	for (let i = 0; i < count; i++) {
		const base = join(folder, kernel, `${i}.${net}`);
		const ours = floats(`${base}.f32`);
		const theirs = await nets[net](pixels(tf, `${base}.rgb`, sides[net], sides[net]));
		assert.equal(ours.length, theirs.length);
		assert.notEqual(ours.length, 0);
		for (let k = 0; k < ours.length; k++) {
			const apart = Math.abs(ours[k] - theirs[k]);
			if (!(apart <= most)) most = apart; // NaN counts
		}
	}
	return most;
}

for (const kernel of ['portable', 'avx2', 'avx512'])
	test(`${kernel} gives the numbers of face-api`, async (t) => {
		spawnSync('mkdir', ['-p', folder]);
		const run = spawnSync(golden, [model, kernel, join(folder, kernel), ...samples], { encoding: 'utf8' });
		if (run.status === 3) return t.skip('SKIPPED: this processor does not have it');
		assert.equal(run.status, 0, run.stderr);
		const count = run.stdout.trim().split('\n').length;
		assert.equal(count, samples.length);
		for (const [net, limit] of Object.entries(limits)) {
			const value = await furthest(kernel, count, net);
			t.diagnostic(`${net}: furthest number ${value}`);
			assert.ok(value <= limit, `${net}: ${value} is over ${limit}`);
		}
	});
