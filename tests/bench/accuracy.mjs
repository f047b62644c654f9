// node tests/bench/accuracy.mjs NAME REPORT.json
//
// One line of figures of a report of `yufu face bench` over the development
// pairs.  They are few: the floors only catch an engine that broke.
import { readFileSync } from 'node:fs';

const [name, path] = process.argv.slice(2);
const report = JSON.parse(readFileSync(path, 'utf8'));
const at = (target) => report.limits.find((limit) => Math.abs(limit.target / target - 1) < 1e-6);
const floor = { accuracy: 0.985, fnmr_at_1e3: 0.05 };
const row = {
	what: `face accuracy, development pairs, ${name}`,
	engine: `${report.engine.id}/${report.engine.version}`, model: report.engine.model_sha256.slice(0, 16),
	pairs: report.counts.genuine, impostors: report.counts.impostors,
	failures_to_extract: report.failure_to_extract.errors,
	accuracy: report.accuracy.value, // the limit is chosen on the list
	eer: report.eer,
	fnmr_at_1e2: at(1e-2)?.fnmr, fnmr_at_1e3: at(1e-3)?.fnmr,
	claims: Object.fromEntries(report.claims.map((claim) => [`1e${claim.log10_fmr}`, claim.verdict])),
	floor,
};
console.log(JSON.stringify(row));
const good = row.accuracy >= floor.accuracy && row.fnmr_at_1e3 && row.fnmr_at_1e3.value <= floor.fnmr_at_1e3;
process.exit(good ? 0 : 1);
