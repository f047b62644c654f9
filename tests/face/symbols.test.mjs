// The program has no function of the face engine that searches, guesses about people or takes a stream; and an engine
// exports its one symbol.  (tests/unit/face_api_test.c asks the same of the declarations in include/yufu/face.h.)
import { test, before } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';

const words = /identify|identification|search|gallery|emotion|mood|(^|_)age($|_)|gender|(^|_)sex($|_)|ethnic|(^|_)race($|_)|stream|video|watchlist|one_to_many/;
const ofFaces = /^(yufu_|yf_(face|engine|host|reference|conform|lab|liveness|quality|net|plan|match|template|wire|look|detect))/;

before(() => {
	const made = spawnSync('make', ['-s', 'build/yufu', 'engines'], { encoding: 'utf8' });
	assert.equal(made.status, 0, made.stderr);
});

function symbols(...args) {
	const { stdout, status, stderr } = spawnSync('nm', args, { encoding: 'utf8', maxBuffer: 1 << 26 });
	assert.equal(status, 0, stderr);
	return stdout.split('\n').filter(Boolean).map((line) => line.split(' ').pop());
}

test('nothing in the program searches a face or guesses about one', () => {
	const ours = symbols('--defined-only', 'build/release/yufu').filter((name) => ofFaces.test(name));
	assert.ok(ours.length > 50, `only ${ours.length} functions of the face engine are seen`);
	assert.ok(ours.includes('yf_face_pool_match'));
	assert.deepEqual(ours.filter((name) => words.test(name)), []);
});

test('the example exports its one symbol', () => {
	const exported = symbols('-D', '--defined-only', 'build/engines/example.so').filter((name) => !/^_(init|fini)$/.test(name));
	assert.deepEqual(exported, ['yufu_face_engine_v1']);
});
