// What the consent to the face check is bound to.
import assert from "node:assert/strict";
import { createHash, webcrypto } from "node:crypto";
import { test } from "node:test";
import { load } from "./load.mjs";

/* Node 18 has it, but not as a global. */
globalThis.crypto ??= webcrypto;

const { clauses, noticeText, digest, clientName } = await load(
	"web/proof/notice.ts",
);
const { textOf } = await load("web/lib/messages.ts");

const parts = {};
for (const locale of ["en", "zh", "th", "vi", "ru"])
	parts[locale] = (await load(`web/lib/messages/proof/${locale}.ts`))[locale];

const session = (frames_s, evidence_days) => ({
	controller: "City of A",
	client: "https://wallet.example/app/",
	notice: { version: 1, retention: { frames_s, evidence_days } },
});

test("says all that a notice must, in every language", () => {
	for (const locale of Object.keys(parts)) {
		const list = clauses(textOf(parts, locale), session(0, 3650));
		const text = noticeText(list);
		assert.equal(list.length, 7, locale);
		assert.ok(text.includes("City of A"), locale);
		assert.ok(text.includes("wallet.example"), locale);
		assert.ok(text.includes("10"), locale);
		assert.doesNotMatch(text, /\{|\}|undefined/);
	}
});

test("tells the retention that the server gives", () => {
	const text = (s) => noticeText(clauses(textOf(parts, "en"), s));
	assert.match(text(session(0, 365)), /Kept for 1 year/);
	assert.match(text(session(0, 90)), /Kept for 90 days/);
	assert.match(text(session(60, 90)), /wiped after 1 minute/);
	assert.doesNotMatch(text(session(60, 90)), /as soon as/);
});

test("the digest is base64url(SHA-256) of the text", async () => {
	for (const text of ["", "a", "告知\n内容", "x".repeat(5000)]) {
		const hash = createHash("sha256").update(text, "utf8");
		assert.equal(await digest(text), hash.digest("base64url"));
	}
});

test("a client is named by its host, or as it is", () => {
	assert.equal(clientName("https://a.example:8080/w/"), "a.example:8080");
	assert.equal(clientName("kiosk 7"), "kiosk 7");
});
