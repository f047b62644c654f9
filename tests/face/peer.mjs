// The networks of face-api under tfjs-wasm, on one thread: the peer that the
// C engine is compared with.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { buildSync } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const root = dirname(require.resolve('@vladmandic/face-api/package.json'));
export const samples = [1, 2, 3, 4, 5, 6].map((n) => join(root, 'demo', `sample${n}.jpg`));

function bundle() {
	const folder = mkdtempSync(join(tmpdir(), 'yufu-peer-'));
	const outfile = join(folder, 'peer.cjs');
	buildSync({
		entryPoints: [join(here, 'peer.cjs')],
		alias: { '@tensorflow/tfjs': join(here, 'tfjs.mjs') },
		mainFields: ['module', 'main'],
		platform: 'node',
		format: 'cjs',
		bundle: true,
		logLevel: 'error',
		outfile,
	});
	const loaded = require(outfile);
	rmSync(folder, { recursive: true });
	return loaded;
}

export async function peer() {
	const { tf, wasm, face } = bundle();
	const home = dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json'));
	wasm.setWasmPaths(join(home, 'dist') + '/');
	wasm.setThreadsCount(1);
	await tf.setBackend('wasm');
	await tf.ready();
	const models = join(root, 'model');
	await face.nets.tinyFaceDetector.loadFromDisk(models);
	await face.nets.faceLandmark68Net.loadFromDisk(models);
	await face.nets.faceRecognitionNet.loadFromDisk(models);
	return { tf, face };
}

export function pixels(tf, file, height, width) {
	return tf.tensor3d(new Uint8Array(readFileSync(file)), [height, width, 3], 'int32');
}
