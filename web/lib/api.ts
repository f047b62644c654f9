// Calls to our own server. A call never throws: it gives the value, or a
// problem that <ProblemNote> can show with what to do next.

export interface Problem {
	/** Last part of `urn:yufu:problem:NAME`, or one of ours:
	 * "offline" (not reached), "timeout", "unreadable" (not our answer). */
	name: string;
	/** HTTP status; 0 where there was no answer. */
	status: number;
	/** The server's words (English); shown where we have none of our own. */
	title: string;
	detail: string;
}

export type Result<T> =
	| { ok: true; value: T; status: number }
	| { ok: false; problem: Problem };

export interface CallOptions {
	method?: "GET" | "POST";
	/** Sent as JSON. */
	json?: unknown;
	/** Sent as it is, with its own type. */
	blob?: Blob;
	/** Bearer token (the API key of a relying party). */
	bearer?: string;
	timeout_ms?: number;
	signal?: AbortSignal;
}

export function problem(name: string, status = 0): Problem {
	return { name, status, title: "", detail: "" };
}

function headersOf(options: CallOptions): Headers {
	const headers = new Headers({ Accept: "application/json" });
	if (options.json !== undefined)
		headers.set("Content-Type", "application/json");
	else if (options.blob)
		headers.set("Content-Type", options.blob.type);
	if (options.bearer)
		headers.set("Authorization", `Bearer ${options.bearer}`);
	return headers;
}

function text(value: unknown): string {
	return typeof value === "string" ? value : "";
}

/** Understands problem details and the errors of OAuth and OpenID. */
export async function problemOf(response: Response): Promise<Problem> {
	const found = problem("unreadable", response.status);
	try {
		const body = (await response.json()) as Record<string, unknown>;
		const type = text(body["type"]);
		found.name =
			/^urn:yufu:problem:([\w-]+)$/.exec(type)?.[1] ??
			(text(body["error"]) || found.name);
		found.name = found.name.replaceAll("-", "_");
		found.title = text(body["title"]);
		found.detail =
			text(body["detail"]) ||
			text(body["advice"]) ||
			text(body["error_description"]);
	} catch {
		/* a proxy in between answered: the name stays "unreadable" */
	}
	return found;
}

/** A signal that fires at the timeout or with `outer`. */
function limited(timeout_ms: number, outer?: AbortSignal) {
	const controller = new AbortController();
	const timer = setTimeout(() => controller.abort("timeout"), timeout_ms);
	const follow = () => controller.abort(outer?.reason);
	if (outer?.aborted)
		follow();
	outer?.addEventListener("abort", follow);
	return {
		signal: controller.signal,
		timedOut: () => controller.signal.reason === "timeout",
		done: () => {
			clearTimeout(timer);
			outer?.removeEventListener("abort", follow);
		},
	};
}

/**
 * One call; `path` is relative to the page, so that a server below a path of
 * its host works too.
 */
export async function call<T>(
	path: string,
	options: CallOptions = {},
): Promise<Result<T>> {
	const limit = limited(options.timeout_ms ?? 15000, options.signal);
	const init: RequestInit = {
		method: options.method ?? "GET",
		headers: headersOf(options),
		credentials: "same-origin",
		cache: "no-store",
		signal: limit.signal,
	};
	if (options.json !== undefined)
		init.body = JSON.stringify(options.json);
	else if (options.blob)
		init.body = options.blob;
	try {
		const response = await fetch(path, init);
		if (!response.ok)
			return { ok: false, problem: await problemOf(response) };
		const value = (await response.json()) as T;
		return { ok: true, value, status: response.status };
	} catch (error) {
		if (limit.timedOut())
			return { ok: false, problem: problem("timeout") };
		if (error instanceof SyntaxError)
			return { ok: false, problem: problem("unreadable") };
		return { ok: false, problem: problem("offline") };
	} finally {
		limit.done();
	}
}
