// node tests/bench/onnx_bench.mjs YUFU PLAN_RUNNER MODEL.onnx SIDECAR.ini SIDE
//
// One forward pass of an ONNX model: packed by yufu, against OpenCV's dnn on one thread, in turns in one run.
// Processor time, so that other work on the machine does not decide.  Skipped loudly without the model or OpenCV.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const TURNS = 9;
const ROUNDS = 21; // passes of one turn
const FLOOR = 1.6;
const [yufu, runner, model, sidecar, side] = process.argv.slice(2);
// Debian's OpenCV and onnx belong to Debian's Python.
const python = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';

function skip(why) {
	console.error(`SKIPPED an ONNX model against OpenCV: ${why}`);
	process.exit(0);
}

function run(program, ...words) {
	const done = spawnSync(program, words, { encoding: 'utf8' });
	if (done.status === 3 && program === python) skip(done.stderr.trim());
	if (done.status !== 0) throw new Error(`${program}: ${done.stderr}`);
	return done.stdout;
}

if (!existsSync(model)) skip(`${model} is not there`);
const folder = mkdtempSync(join(tmpdir(), 'yufu-onnx-bench-'));
const packed = join(folder, 'packed.model');
const pixels = join(folder, 'pixels.f32');
const values = new Float32Array(3 * side * side);
for (let i = 0, seed = 1; i < values.length; i++) {
	seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
	values[i] = seed / 2 ** 31 - 1;
}
writeFileSync(pixels, Buffer.from(values.buffer));
run(yufu, 'face', 'pack', model, packed, '--sidecar', sidecar);

const kernel = spawnSync('grep', ['-qw', 'avx512vl', '/proc/cpuinfo']).status === 0 ? 'avx512' : 'avx2';
const ours = [];
const theirs = [];
let opencv;
for (let turn = 0; turn < TURNS; turn++) {
	const peer = JSON.parse(run(python, 'tests/face/onnx_peer.py', model, pixels, join(folder, 'theirs.f32'), String(ROUNDS)));
	opencv = peer.opencv;
	theirs.push(peer.median_us / 1000);
	ours.push(JSON.parse(run(runner, kernel, packed, pixels, join(folder, 'ours.f32'), String(ROUNDS))).median_us / 1000);
}
rmSync(folder, { recursive: true });

const median = (list) => list.slice().sort((a, b) => a - b)[list.length >> 1];
const value = median(ours);
const limit = median(theirs);
console.log(JSON.stringify({
	what: `face: forward pass of ${model.replace(/.*\//, '')}, ${kernel}, cpu ms, against OpenCV ${opencv} on one thread`,
	value, limit, ratio: limit / value, floor: FLOOR,
	best: Math.min(...ours), limit_best: Math.min(...theirs), turns: TURNS, rounds: ROUNDS,
}));
process.exit(limit / value >= FLOOR ? 0 : 1);
