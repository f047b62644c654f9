// One attempt at the face check, with a server and a camera made here.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { run } = await load("web/proof/attempt.ts");

const picture = { size: 1 };
const ok = (value) => ({ ok: true, value, status: 200 });
const bad = (name, status) => ({
	ok: false,
	problem: { name, status, title: "", detail: "" },
});
const face = { state: "face" };

function attempt(answers, over = {}) {
	const sent = [];
	const seen = [];
	const done = run({
		take: async () => picture,
		send: async () => {
			sent.push(performance.now());
			const last = answers.length - 1;
			return answers[Math.min(sent.length - 1, last)];
		},
		onSession: (session) => seen.push(session.state),
		signal: new AbortController().signal,
		...over,
	});
	return { done, sent, seen };
}

test("goes on until the server ends it", async () => {
	const passed = { state: "passed", redirect: "x" };
	const { done, sent, seen } = attempt([ok(face), ok(face), ok(passed)]);
	assert.deepEqual(await done, { kind: "ended", session: passed });
	assert.deepEqual(seen, ["face", "face", "passed"]);
	assert.equal(sent.length, 3);
});

test("sends at most 12 pictures a second, one at a time", async () => {
	let open = 0;
	let most = 0;
	const times = [];
	await run({
		take: async () => picture,
		send: async () => {
			times.push(performance.now());
			most = Math.max(most, ++open);
			await new Promise((r) => setTimeout(r, 5));
			open--;
			return ok(times.length < 8 ? face : { state: "ready" });
		},
		onSession: () => {},
		signal: new AbortController().signal,
	});
	assert.equal(most, 1);
	const span = times.at(-1) - times[0];
	assert.ok(span >= 7 * (1000 / 12) - 10, `8 pictures in ${span} ms`);
});

test("a hiccup of the network is no failure", async () => {
	const { done } = attempt([
		ok(face),
		bad("offline", 0),
		bad("busy", 503),
		ok({ state: "ready" }),
	]);
	assert.equal((await done).kind, "ended");
});

test("a network that stays away is", { timeout: 20000 }, async () => {
	const { done } = attempt([bad("offline", 0)]);
	assert.deepEqual(await done, { kind: "network" });
});

test("a refusal is told at once", async () => {
	const { done, sent } = attempt([bad("not_found", 404)]);
	const end = await done;
	assert.equal(end.kind, "problem");
	assert.equal(end.problem.name, "not_found");
	assert.equal(sent.length, 1);
});

test("a camera without pictures ends it", { timeout: 20000 }, async () => {
	const { done, sent } = attempt([ok(face)], { take: async () => null });
	assert.deepEqual(await done, { kind: "no_camera" });
	assert.equal(sent.length, 0);
});

test("stops when it is told to", async () => {
	const stop = new AbortController();
	const { done, sent } = attempt([ok(face)], { signal: stop.signal });
	setTimeout(() => stop.abort(), 150);
	assert.deepEqual(await done, { kind: "stopped" });
	assert.ok(sent.length >= 1 && sent.length <= 3);
});
