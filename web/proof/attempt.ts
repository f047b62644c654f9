// One attempt at the face check: pictures go out one after the other until
// the server says that it ended. The pictures and the clock are passed in.
import type { Problem, Result } from "../lib/api.ts";
import type { Session } from "./session.ts";

/** At most 12 pictures a second (doc/api.md). */
const SPACING_MS = 90;
/** How long the network, or the camera, may be away within an attempt. */
const PATIENCE_MS = 4000;

export type End =
	| { kind: "ended"; session: Session }
	| { kind: "no_camera" }
	| { kind: "network" }
	/** The server does not take the pictures. */
	| { kind: "problem"; problem: Problem }
	| { kind: "stopped" };

export interface Attempt {
	/** The next picture; null while the camera gives none. */
	take: () => Promise<Blob | null>;
	send: (picture: Blob) => Promise<Result<Session>>;
	onSession: (session: Session) => void;
	signal: AbortSignal;
}

function sleep(ms: number): Promise<void> {
	return new Promise((done) => setTimeout(done, Math.max(0, ms)));
}

/** Whether the same call may go well a moment later. */
function passes(p: Problem): boolean {
	return p.status === 0 || p.status === 429 || p.status >= 500;
}

export async function run(attempt: Attempt): Promise<End> {
	let seen = performance.now();
	let reached = seen;
	while (!attempt.signal.aborted) {
		const begun = performance.now();
		const picture = await attempt.take();
		if (!picture) {
			if (begun - seen > PATIENCE_MS)
				return { kind: "no_camera" };
			await sleep(SPACING_MS);
			continue;
		}
		seen = begun;
		const result = await attempt.send(picture);
		if (attempt.signal.aborted)
			break;
		if (result.ok) {
			reached = performance.now();
			attempt.onSession(result.value);
			if (result.value.state !== "face")
				return { kind: "ended", session: result.value };
		} else if (!passes(result.problem)) {
			return { kind: "problem", problem: result.problem };
		} else if (performance.now() - reached > PATIENCE_MS) {
			return { kind: "network" };
		}
		const spent = performance.now() - begun;
		await sleep((result.ok ? SPACING_MS : 3 * SPACING_MS) - spent);
	}
	return { kind: "stopped" };
}
