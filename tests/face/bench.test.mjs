// `yufu face bench`: lists, figures, the report, and what it refuses to say.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync, copyFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

const faces = 'build/release/tests/bench/face_faces';
const pairs = '../shared/faces';
const folder = mkdtempSync(join(tmpdir(), 'yufu-face-bench-'));
const at = (name) => join(folder, name);
const list = (text, name = 'list.csv') => (writeFileSync(at(name), text), at(name));

// Six faces of six people, two pictures of each with the same pixels.
before(() => {
	const made = spawnSync('make', ['-s', faces, 'build/yufu', 'build/face.model'], { encoding: 'utf8' });
	assert.equal(made.status, 0, made.stderr);
	const cut = spawnSync(faces, [folder], { encoding: 'utf8' });
	assert.equal(cut.status, 0, cut.stderr);
	for (let i = 0; i < 6; i++)
		for (const k of [1, 2]) copyFileSync(at(`${i}.jpg`), at(`person_${i}_${k}.jpg`));
	writeFileSync(at('text.jpg'), 'not a picture');
});
after(() => rmSync(folder, { recursive: true }));

function bench(...args) {
	const run = spawnSync('build/yufu', ['face', 'bench', ...args, '--root', folder], { encoding: 'utf8' });
	return { ...run, json: run.stdout ? JSON.parse(run.stdout) : undefined };
}

const all = () => {
	let text = 'fold,b,same,a\n';
	for (let i = 0; i < 6; i++) text += `${i % 2},person_${i}_2.jpg,1,person_${i}_1.jpg\n`;
	for (let i = 0; i < 6; i++) text += `${i % 2},person_${(i + 1) % 6}_2.jpg,0,person_${i}_1.jpg\n`;
	return list(text, 'all.csv');
};

test('columns in any order, folds, times, and nothing that six people cannot say', () => {
	const { status, json, stderr } = bench(all());
	assert.equal(status, 0, stderr);
	assert.equal(json.kind, 'yufu-face-report');
	assert.match(json.engine.model_sha256, /^[0-9a-f]{64}$/);
	assert.match(json.engine.version, /\+turbojpeg/);
	assert.deepEqual(
		[json.counts.people, json.counts.pictures, json.counts.genuine, json.counts.impostors],
		[6, 12, 6, 6],
	);
	assert.equal(json.accuracy.folds, 2);
	assert.equal(json.accuracy.value, 1);
	assert.equal(json.eer, 0);
	assert.deepEqual(json.limits, []);
	for (const claim of json.claims) assert.equal(claim.fmr.value, undefined);
	assert.ok(json.cost.picture_p50_ms > 0 && json.cost.match_ns > 0);
	assert.ok(json.cost.worker_peak_bytes > 1 << 20);
	assert.ok(!/person_/.test(JSON.stringify(json)), 'no name of a picture in the report');
});

test('--cross compares all pairs of different people, each once', () => {
	const { status, json, stderr } = bench(all(), '--cross');
	assert.equal(status, 0, stderr);
	assert.equal(json.counts.cross, true);
	assert.equal(json.counts.impostors, (12 * 10) / 2);
	assert.equal(json.counts.genuine, 6);
});

test('--cross does not trust names that contradict the list', () => {
	const path = list('same,a,b\n1,person_0_1.jpg,person_0_2.jpg\n1,person_0_1.jpg,person_1_1.jpg\n');
	assert.equal(bench(path).status, 0);
	const { status, stderr, stdout } = bench(path, '--cross');
	assert.equal(status, 2);
	assert.equal(stdout, '');
	assert.match(stderr, /list\.csv: line 3, column same: contradicts the names/);
});

test('a failure to extract is a non-match, named, counted with its reason', () => {
	const { status, json, stderr } = bench(
		list('same,a,b\n1,person_0_1.jpg,person_0_2.jpg\n1,person_0_1.jpg,text.jpg\n0,person_0_1.jpg,person_3_1.jpg\n0,text.jpg,person_3_1.jpg\n'),
	);
	assert.equal(status, 0, stderr);
	assert.match(stderr, /text\.jpg: .*counted as a failure to extract/);
	assert.equal(json.failure_to_extract.errors, 1);
	assert.equal(json.reasons.unreadable, 1);
	assert.equal(json.counts.genuine_failed, 1);
	assert.equal(json.counts.genuine, 2);
	assert.equal(json.counts.impostors, 1, 'a failure does not make an FMR look better');
	assert.equal(json.accuracy.value, 0.75);
	assert.equal(json.claims[0].fnmr.errors, 1);
});

test('groups by person or by image; the same limits for everybody', () => {
	const person = list('person,group\nperson_0,east\nperson_1,east\nperson_2,east\nperson_3,west\nnobody,west\n', 'g.csv');
	const first = bench(all(), '--cross', '--groups', person);
	assert.equal(first.status, 0, first.stderr);
	assert.deepEqual(
		first.json.groups.map((g) => [g.name, g.people, g.pictures, g.genuine, g.impostors]),
		[['east', 3, 6, 3, 12], ['west', 1, 2, 1, 0]],
	);
	const image = list('group,image\n"a, b",person_0_1.jpg\n"a, b",person_1_1.jpg\n', 'g.csv');
	const second = bench(all(), '--cross', '--groups', image);
	assert.equal(second.status, 0, second.stderr);
	assert.deepEqual(
		second.json.groups.map((g) => [g.name, g.people, g.pictures, g.genuine, g.impostors]),
		[['a, b', 2, 2, 0, 1]],
	);
});

test('a model that is not what its digest says is not measured', () => {
	const model = readFileSync('build/face.model');
	model[model.length - 100] ^= 1;
	const path = join(folder, 'edited.model');
	writeFileSync(path, model);
	const { status, stdout, stderr } = bench(all(), '--model', path);
	assert.equal(status, 2);
	assert.equal(stdout, '');
	assert.match(stderr, /model file is damaged/);
});

test('a list leads nowhere but below --root, and waits for nobody', () => {
	for (const name of ['../a_1.jpg', 'person_0_1.jpg/../../a_1.jpg', '..']) {
		const { status, stderr } = bench(list(`same,a,b\n0,person_0_1.jpg,${name}\n`));
		assert.equal(status, 2);
		assert.match(stderr, /line 2, column b: is no file name below --root/);
	}
	assert.equal(spawnSync('mkfifo', [at('pipe_1.jpg')]).status, 0);
	const run = spawnSync('build/yufu', ['face', 'bench', list('same,a,b\n0,person_0_1.jpg,pipe_1.jpg\n'), '--root', folder],
		{ encoding: 'utf8', timeout: 60000 });
	assert.equal(run.signal, null);
	assert.equal(run.status, 2);
	assert.match(run.stderr, /pipe_1\.jpg/);
	assert.match(bench(list('same,a,b\n0,person_0_1.jpg,none_1.jpg\n')).stderr, /none_1\.jpg: there is no such file/);
});

test("a vendor's engine that finds nobody: all failures, no rate", () => {
	const made = spawnSync('make', ['-s', 'build/engines/null.so'], { encoding: 'utf8' });
	assert.equal(made.status, 0, made.stderr);
	const { status, json, stderr } = bench(all(), '--cross', '--engine', 'build/engines/null.so');
	assert.equal(status, 0, stderr);
	assert.notEqual(json.engine.id, 'org.yufu.ref');
	assert.equal(json.failure_to_extract.value, 1);
	assert.equal(json.reasons.none, 12);
	assert.equal(json.counts.genuine_failed, 6);
	assert.equal(json.counts.impostors, 0);
	assert.equal(json.eer, undefined);
	for (const claim of json.claims) assert.equal(claim.reached, false);
});

for (const [name, text, words] of [
	['no header', '', /list\.csv: line \d+: there is no header/],
	['a header without b', 'same,a\n', /line 1, column b: is missing in the header/],
	['a column twice', 'same,a,b,a\n', /line 1, column a: is there twice/],
	['no pairs', 'same,a,b\n', /there are no pairs/],
	['another word for same', 'same,a,b\n1,x,y\nyes,x,y\n', /line 3, column same: is neither 0 nor 1/],
	['a missing field', 'same,a,b\n1,x\n', /line 2, column b: is missing/],
	['an empty field', 'same,a,b\n1,,x\n', /line 2, column a: is empty/],
	['an open quote', 'same,a,b\n1,"x,y\n', /line 2: not well-formed CSV/],
	['an empty fold', 'same,a,b,fold\n1,x,y,\n', /line 2, column fold: is empty/],
])
	test(`${name} is told with line and column`, () => {
		const { status, stdout, stderr } = bench(list(text));
		assert.equal(status, 2);
		assert.equal(stdout, '');
		assert.match(stderr, words);
	});

for (const [name, text, words] of [
	['no group column', 'person,grupo\n', /the header must be person,group or image,group/],
	['both columns', 'person,image,group\n', /the header must be/],
	['a person in two groups', 'person,group\nperson_0,a\nperson_0,b\n', /line 3, column person: is in another group/],
	['nobody of the list', 'person,group\nother,a\n', /names nobody of the list/],
])
	test(`groups: ${name}`, () => {
		const { status, stderr } = bench(all(), '--groups', list(text, 'g.csv'));
		assert.equal(status, 2);
		assert.match(stderr, words);
	});

test('a file that is not there ends the run by its name', () => {
	const gone = bench(list('same,a,b\n1,person_0_1.jpg,gone.jpg\n'));
	assert.equal(gone.status, 2);
	assert.equal(gone.stdout, '');
	assert.match(gone.stderr, /gone\.jpg: /);
	assert.match(bench('absent.csv').stderr, /absent\.csv: /);
	assert.match(bench(all(), '--jobs', '0').stderr, /--jobs is 1 to 16/);
	assert.match(bench(all(), '--what').stderr, /usage: yufu face bench/);
	const rootless = spawnSync('build/yufu', ['face', 'bench', all()], { encoding: 'utf8' });
	assert.equal(rootless.status, 2);
	assert.match(rootless.stderr, /--root DIR/);
});

test('--report writes four files that agree with what was printed', () => {
	const out = at('report');
	const { status, json, stderr } = bench(all(), '--cross', '--report', out, '--data', 'cut from <demo> pictures');
	assert.equal(status, 0, stderr);
	assert.deepEqual(readdirSync(out).sort(), ['det.csv', 'det.svg', 'index.html', 'report.json']);
	assert.deepEqual(JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')), json);
	assert.equal(json.data, 'cut from <demo> pictures');
	const page = readFileSync(join(out, 'index.html'), 'utf8');
	assert.match(page, /cut from &lt;demo> pictures/);
	assert.match(page, /not stated: it needs 3,000 pairs of different people, there are 60/);
	assert.doesNotMatch(page, /(src|href)=|url\(|@import|person_/, 'no request, no name');
	const [head, ...rows] = readFileSync(join(out, 'det.csv'), 'utf8').trim().split('\n');
	assert.equal(head, 'group,score,false_matches,impostors,fmr,false_non_matches,genuine,fnmr');
	let last;
	for (const row of rows) {
		const [, score, matches, impostors, fmr, , , fnmr] = row.split(',').map(Number);
		assert.equal(impostors, 60);
		assert.equal(row.split(',')[4] === '', matches < 30, 'an FMR that thirty pairs carry, or none');
		if (matches >= 30) assert.ok(Math.abs(fmr - matches / 60) < 1e-5);
		if (last) assert.ok(score >= last.score && matches <= last.matches && fnmr >= last.fnmr);
		last = { score, matches, fnmr };
	}
	assert.ok(rows.length > 5);
	assert.match(readFileSync(join(out, 'det.svg'), 'utf8'), /^<svg [^]*<\/svg>\n$/);
});

test('the same run again gives the same figures', () => {
	const figures = ({ json }) => JSON.stringify([json.limits, json.claims, json.groups, json.eer, json.accuracy]);
	assert.equal(figures(bench(all(), '--cross', '--jobs', '1')), figures(bench(all(), '--cross', '--jobs', '4')));
});

test('Ctrl-C leaves nothing half written', async () => {
	const out = at('stopped');
	let text = 'same,a,b\n';
	mkdirSync(at('many'));
	for (let i = 0; i < 400; i++) {
		copyFileSync(at(`${i % 6}.jpg`), at(`many/p${i}_1.jpg`));
		text += `0,many/p${i}_1.jpg,many/p${(i + 1) % 400}_1.jpg\n`;
	}
	const child = spawn('build/yufu', ['face', 'bench', list(text), '--root', folder, '--report', out], { stdio: ['ignore', 'pipe', 'ignore'] });
	let printed = '';
	child.stdout.on('data', (data) => (printed += data));
	setTimeout(() => child.kill('SIGINT'), 300);
	const signal = await new Promise((resolve) => child.on('exit', (_, why) => resolve(why)));
	assert.equal(signal, 'SIGINT');
	assert.equal(printed, '');
	assert.ok(!existsSync(out));
});

test('the development pairs: every figure hangs together', (t) => {
	if (!existsSync(join(pairs, 'pairs.csv'))) return t.skip(`SKIPPED: ${pairs} is not there`);
	const images = readdirSync(join(pairs, 'images'));
	const people = [...new Set(images.map((name) => name.replace(/_[^_]*$/, '')))].sort();
	const groups = list(`person,group\n${people.map((p, i) => `${p},${i % 2 ? 'odd' : 'even'}`).join('\n')}\n`, 'split.csv');
	const run = spawnSync('build/yufu', ['face', 'bench', join(pairs, 'pairs.csv'), '--root', join(pairs, 'images'),
		'--cross', '--groups', groups], { encoding: 'utf8' });
	assert.equal(run.status, 0, run.stderr);
	const json = JSON.parse(run.stdout);
	t.diagnostic(`accuracy ${json.accuracy.value} (limit chosen on the list), EER ${json.eer}, ` +
		json.limits.map((l) => `FNMR ${l.fnmr.value} at FMR ${l.target}`).join(', '));
	assert.ok(json.accuracy.value >= 0.985);
	const size = new Map();
	for (const name of images) size.set(name.replace(/_[^_]*$/, ''), (size.get(name.replace(/_[^_]*$/, '')) ?? 0) + 1);
	let cross = images.length ** 2;
	for (const n of size.values()) cross -= n * n;
	assert.equal(json.counts.impostors + 0, json.failure_to_extract.errors ? json.counts.impostors : cross / 2);
	assert.deepEqual(json.limits.map((l) => l.target), [1e-2, 3e-3, 1e-3].filter((f) => f * json.counts.impostors >= 30));
	for (const limit of json.limits) {
		assert.ok(limit.fmr.value <= limit.target);
		assert.ok(limit.fmr.low <= limit.fmr.value && limit.fmr.value <= limit.fmr.high);
		assert.ok(limit.fnmr.low <= limit.fnmr.value && limit.fnmr.value <= limit.fnmr.high);
		for (const { fmr } of limit.groups)
			assert.equal(fmr.value !== undefined, fmr.errors >= 30 || fmr.trials * limit.target >= 30);
	}
});
