// Following a request: events in any cut, and asking where they break off.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { follow } = await load("web/check/request.ts");

const waiting = { id: "1", state: "waiting", result: null };
const fetched = { id: "1", state: "fetched", result: null };
const answered = { id: "1", state: "answered", result: { verdict: "x" } };
const event = (o) => `event: state\ndata: ${JSON.stringify(o)}\n\n`;

function streamOf(pieces) {
	return new ReadableStream({
		start(to) {
			const bytes = pieces.map((p) =>
				typeof p === "string" ? new TextEncoder().encode(p) : p,
			);
			bytes.forEach((b) => to.enqueue(b));
			to.close();
		},
	});
}

/** Follows with a fetch made here; gives what was seen and asked. */
async function watch(answer) {
	const asked = [];
	const seen = [];
	const problems = [];
	const before = globalThis.fetch;
	globalThis.fetch = async (path, init) => {
		asked.push(path);
		const key =
			init.headers instanceof Headers
				? init.headers.get("Authorization")
				: init.headers.Authorization;
		assert.equal(key, "Bearer k");
		return answer(path, asked.length);
	};
	try {
		await follow("k", "1", {
			onProgress: (p) => seen.push(p.state),
			onProblem: (p) => problems.push(p?.name ?? null),
			signal: new AbortController().signal,
		});
	} finally {
		globalThis.fetch = before;
	}
	return { asked, seen, problems };
}

test("events, cut at every byte", async () => {
	const text = event(waiting) + ": still here\n\n" + event(answered);
	const bytes = new TextEncoder().encode(text);
	for (let i = 1; i < bytes.length; i++) {
		const { asked, seen } = await watch(
			() =>
				new Response(
					streamOf([bytes.subarray(0, i), bytes.subarray(i)]),
				),
		);
		assert.deepEqual(seen, ["waiting", "answered"], `cut at ${i}`);
		assert.equal(asked.length, 1);
	}
});

test("asks where the stream ends too early", async () => {
	const { asked, seen } = await watch((path) =>
		path.endsWith("/events")
			? new Response(streamOf([event(fetched)]))
			: Response.json(answered),
	);
	assert.deepEqual(seen, ["fetched", "answered"]);
	assert.deepEqual(asked, ["requests/1/events", "requests/1"]);
});

test("asks where events are refused, and says so", async () => {
	const { seen, problems } = await watch((path, n) => {
		if (path.endsWith("/events"))
			return new Response("", { status: 503 });
		if (n === 2)
			throw new TypeError("network");
		return Response.json(answered);
	});
	assert.deepEqual(seen, ["answered"]);
	assert.deepEqual(problems, ["offline", null]);
});

test("asks where a proxy holds the events back", { timeout: 20000 }, async () => {
	const { asked, seen } = await watch((path) =>
		path.endsWith("/events")
			? new Response(new ReadableStream({}))
			: Response.json(answered),
	);
	assert.deepEqual(seen, ["answered"]);
	assert.deepEqual(asked, ["requests/1/events", "requests/1"]);
});

test("a request that is gone ends it", async () => {
	const { seen, problems } = await watch(
		() => new Response("{}", { status: 404 }),
	);
	assert.deepEqual(seen, []);
	assert.equal(problems.at(-1), "not_found");
});
