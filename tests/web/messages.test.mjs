// The compiler holds every language to the same keys. Here: to the same
// {names} to fill in, and to having said something.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { load } from "./load.mjs";

const MESSAGES = "web/lib/messages";
const LOCALES = ["zh", "th", "vi", "ru"];

const names = (text) =>
	[...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort();

const areas = readdirSync(MESSAGES, { withFileTypes: true })
	.filter((entry) => entry.isDirectory())
	.map((entry) => entry.name);

test("there are areas", () => assert.ok(areas.includes("common")));

for (const area of areas) {
	const { en } = await load(`${MESSAGES}/${area}/en.ts`);
	for (const locale of LOCALES) {
		const part = (await load(`${MESSAGES}/${area}/${locale}.ts`))[locale];
		test(`${area} ${locale}`, () => {
			assert.deepEqual(
				Object.keys(part).sort(),
				Object.keys(en).sort(),
			);
			for (const [key, text] of Object.entries(en)) {
				assert.notEqual(part[key].trim(), "", key);
				assert.deepEqual(names(part[key]), names(text), key);
			}
		});
	}
}

const SCRIPTS = { zh: /\p{Script=Han}/u, th: /\p{Script=Thai}/u };
SCRIPTS.ru = /\p{Script=Cyrillic}/u;

/* A name that is written in Latin letters everywhere. */
const LATIN = new Set(["yufu"]);

for (const [locale, script] of Object.entries(SCRIPTS)) {
	for (const area of areas) {
		const part = (await load(`${MESSAGES}/${area}/${locale}.ts`))[locale];
		test(`${area} ${locale} is in its own script`, () => {
			for (const [key, text] of Object.entries(part))
				assert.ok(script.test(text) || LATIN.has(key), key);
		});
	}
}

test("fill leaves what it does not know", async () => {
	const { fill } = await load("web/lib/messages.ts");
	assert.equal(fill("{a} of {b}", { a: 1 }), "1 of {b}");
	assert.equal(fill("{a}", { a: "{a}" }), "{a}");
	assert.equal(fill("{toString}", {}), "{toString}");
});

test("durations and dates keep the register's precision", async () => {
	const { birthDate, duration } = await load("web/lib/messages.ts");
	assert.equal(duration("en", 3650 * 86400), "10 years");
	assert.equal(duration("en", 90 * 86400), "90 days");
	assert.equal(duration("en", 0), "0 seconds");
	assert.equal(birthDate("en", "1990"), "1990");
	assert.equal(birthDate("en", "1990-05"), "May 1990");
	assert.equal(birthDate("en", "1990-05-20"), "May 20, 1990");
	assert.equal(birthDate("th", "1990"), "1990");
	assert.equal(birthDate("en", "not a date"), "not a date");
});
