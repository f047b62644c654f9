// How long a hint stays: long enough to be read, never past what it is about.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { calm, HOLD_MS } = await load("web/lib/calm.ts");

test("a value stays at least its time, then the latest comes", () => {
	let held = { key: "a", value: "light", since_ms: 0 };
	for (let now = 50; now < HOLD_MS; now += 50) {
		const next = calm(held, "a", now % 100 ? "still" : "nearer", now);
		assert.equal(next.held.value, "light");
		assert.equal(next.again_ms, HOLD_MS - now);
		held = next.held;
	}
	const next = calm(held, "a", "still", HOLD_MS);
	assert.equal(next.held.value, "still");
	assert.equal(next.held.since_ms, HOLD_MS);
	assert.equal(next.again_ms, null);
});

test("what changes back within its time was never seen", () => {
	const held = { key: "a", value: 1, since_ms: 0 };
	assert.equal(calm(held, "a", 2, 10).held, held);
	assert.deepEqual(calm(held, "a", 1, 20), { held, again_ms: null });
});

test("the next prompt takes its own hint along at once", () => {
	const held = { key: "0 neutral", value: "hold", since_ms: 0 };
	const next = calm(held, "0 turn_left", "do_step", 10);
	assert.deepEqual(next.held, {
		key: "0 turn_left",
		value: "do_step",
		since_ms: 10,
	});
});
