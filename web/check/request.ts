// Requests of a relying party, as doc/api.md gives them.
import { call, problem, problemOf } from "../lib/api.ts";
import type { Problem, Result } from "../lib/api.ts";
import { hasBrowserWallets } from "./digital.ts";
import type { Digital } from "./digital.ts";

export interface Policy {
	name: string;
	/** By language; "en" is always there. */
	purpose: Record<string, string>;
	retention_s: number;
	claims: string[][];
}

export interface Party {
	id: string;
	name: string;
	policies: Policy[];
}

export interface Created {
	id: string;
	uri: string;
	wallet_uri: string;
	expires_in: number;
	/** Where the browser can ask a wallet itself. */
	digital?: Digital;
}

export type Verdict = "accepted" | "refused" | "undetermined";

export interface Answer {
	verdict: Verdict;
	reason: string | null;
	advice: string | null;
	claims: Record<string, unknown>;
	/** Null where nothing was shown. */
	format: "dc+sd-jwt" | "mso_mdoc" | null;
	assurance_level: string | null;
	issuer: string | null;
	/** The issuer says that the card is for demonstration only. */
	demo: boolean;
	checked_at: number;
	delete_at: number;
}

export interface Progress {
	id: string;
	state: "waiting" | "fetched" | "answered" | "expired";
	result: Answer | null;
}

export function whoAmI(key: string): Promise<Result<Party>> {
	return call("me", { bearer: key });
}

/**
 * With a request for the browser where it can ask wallets. The server makes
 * one for its own pages only: at another address of it there is the code.
 */
export async function create(
	key: string,
	policy: string,
): Promise<Result<Created>> {
	const make = (json: object) =>
		call<Created>("requests", { method: "POST", bearer: key, json });
	if (hasBrowserWallets()) {
		const { origin } = location;
		const made = await make({ policy, dc_api: true, origin });
		if (made.ok || made.problem.name !== "denied")
			return made;
	}
	return make({ policy });
}

function read(key: string, id: string, signal: AbortSignal) {
	return call<Progress>(`requests/${id}`, { bearer: key, signal });
}

export function over(progress: Progress): boolean {
	return progress.state === "answered" || progress.state === "expired";
}

/** The data of one event block of a text/event-stream. */
function eventData(block: string): string {
	return block
		.split(/\r\n|\r|\n/)
		.filter((line) => line.startsWith("data:"))
		.map((line) => line.slice(5).replace(/^ /, ""))
		.join("\n");
}

/** The first event comes at once, a sign of life every 15 s. */
const FIRST_MS = 3000;
const SILENT_MS = 40000;

/**
 * Reads server-sent events by fetch, since EventSource sends no key. Ends
 * with the stream, or where nothing comes through; throws where it breaks.
 */
async function stream(
	key: string,
	id: string,
	signal: AbortSignal,
	onProgress: (progress: Progress) => void,
): Promise<Problem | null> {
	const cut = new AbortController();
	const stop = () => cut.abort();
	let silence = setTimeout(stop, FIRST_MS);
	signal.addEventListener("abort", stop);
	if (signal.aborted)
		stop();
	try {
		const response = await fetch(`requests/${id}/events`, {
			headers: {
				Accept: "text/event-stream",
				Authorization: `Bearer ${key}`,
			},
			cache: "no-store",
			signal: cut.signal,
		});
		if (!response.ok || !response.body)
			return await problemOf(response);
		const reader = response.body.getReader();
		cut.signal.addEventListener("abort", () => {
			reader.cancel().catch(() => {});
		});
		const decoder = new TextDecoder();
		let text = "";
		for (;;) {
			const { done, value } = await reader.read();
			if (done)
				return null;
			clearTimeout(silence);
			silence = setTimeout(stop, SILENT_MS);
			text += decoder.decode(value, { stream: true });
			const blocks = text.split(/\r\n\r\n|\n\n|\r\r/);
			text = blocks.pop() ?? "";
			for (const data of blocks.map(eventData)) {
				if (data !== "")
					onProgress(JSON.parse(data) as Progress);
			}
		}
	} finally {
		clearTimeout(silence);
		signal.removeEventListener("abort", stop);
	}
}

const POLL_MS = 1000;

function sleep(ms: number): Promise<void> {
	return new Promise((done) => setTimeout(done, ms));
}

export interface Follower {
	onProgress: (progress: Progress) => void;
	/** Null when it goes well again. */
	onProblem: (problem: Problem | null) => void;
	signal: AbortSignal;
}

/**
 * Follows a request until it is over: by events, and by asking once a second
 * where events do not come through (a proxy may hold them back).
 */
export async function follow(
	key: string,
	id: string,
	to: Follower,
): Promise<void> {
	let ended = false;
	const take = (progress: Progress) => {
		ended = ended || over(progress);
		to.onProblem(null);
		to.onProgress(progress);
	};
	try {
		await stream(key, id, to.signal, take);
	} catch {
		/* broken off: asking goes on below */
	}
	while (!ended && !to.signal.aborted) {
		const result = await read(key, id, to.signal);
		if (to.signal.aborted)
			return;
		if (result.ok)
			take(result.value);
		else
			to.onProblem(result.problem);
		const gone = !result.ok && result.problem.status === 404;
		if (gone)
			return to.onProblem(problem("not_found", 404));
		if (!ended)
			await sleep(POLL_MS);
	}
}
