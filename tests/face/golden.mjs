// node tests/face/golden.mjs GOLDEN MODEL FOLDER
//
// Every network of the engine, with every kernel that this processor has,
// against face-api under tfjs-wasm on identical pixels.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { peer, pixels, samples } from './peer.mjs';

const [golden, model, folder] = process.argv.slice(2);
const limits = { detect128: 1e-4, detect416: 1e-4, points: 1e-5, describe: 1e-5 };
const { tf, face } = await peer();

const nets = {
	detect128: async (image) => (await face.nets.tinyFaceDetector.forward(image, 128)).data(),
	detect416: async (image) => (await face.nets.tinyFaceDetector.forward(image, 416)).data(),
	points: async (image) => (await face.nets.faceLandmark68Net.forward(image)).data(),
	describe: async (image) => face.nets.faceRecognitionNet.computeFaceDescriptor(image),
};
const sides = { detect128: 128, detect416: 416, points: 112, describe: 150 };

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
		if (theirs.length !== ours.length || ours.length === 0)
			throw new Error(`${net}: ${ours.length} numbers, the peer has ${theirs.length}`);
		for (let k = 0; k < ours.length; k++) {
			const apart = Math.abs(ours[k] - theirs[k]);
			if (!(apart <= most)) most = apart; // NaN counts
		}
	}
	return most;
}

let failed = false;
for (const kernel of ['portable', 'avx2', 'avx512']) {
	const run = spawnSync(golden, [model, kernel, join(folder, kernel), ...samples], { encoding: 'utf8' });
	if (run.status === 3) {
		console.error(`SKIPPED ${kernel}: this processor does not have it`);
		continue;
	}
	if (run.status !== 0) throw new Error(run.stderr);
	const count = run.stdout.trim().split('\n').length;
	for (const net of Object.keys(nets)) {
		const value = await furthest(kernel, count, net);
		failed ||= !(value <= limits[net]);
		console.log(JSON.stringify({
			what: `face ${net} ${kernel} against tfjs-wasm, furthest number`,
			pictures: count, value, limit: limits[net], ratio: value / limits[net],
		}));
	}
}
process.exit(failed ? 1 : 0);
