// The proofing session behind /oauth/authorize, as doc/api.md gives it.
// Addresses are relative to the page, which is at <issuer>/oauth/authorize.
import { call } from "../lib/api.ts";
import type { Result } from "../lib/api.ts";

export type Stage =
	| "identify"
	| "consent"
	| "ready"
	| "face"
	| "passed"
	| "refused"
	| "elsewhere";

export type Move =
	| "neutral"
	| "turn_left"
	| "turn_right"
	| "open_mouth"
	| "come_closer";

export interface Prompt {
	kind: Move;
	index: number;
	count: number;
	left_ms: number;
	/** Fewer moves, and more time for each. */
	accessible: boolean;
}

export interface ServicePoint {
	number: string;
	expires_at: number;
}

export interface Session {
	state: Stage;
	client: string;
	controller: string;
	/** Matches are for demonstration only: face is "demo". */
	demo: boolean;
	/** What a face match is worth in this city. */
	face: "closed" | "demo" | "certified";
	notice: {
		version: number;
		retention: { frames_s: number; evidence_days: number };
	};
	tries_left: number;
	prompt: Prompt | null;
	hint: string | null;
	reason: string | null;
	service_point: ServicePoint | null;
	box: [number, number, number, number] | null;
	redirect: string | null;
}

/** What only the page can know. */
export type Trouble = "no_camera" | "camera_refused" | "network" | "declined";

export function load(): Promise<Result<Session>> {
	return call("proof/state");
}

export function identify(number: string, name: string) {
	return post("identify", { number, name });
}

export function consent(version: number, locale: string, digest: string) {
	return post("consent", { version, locale, text_sha256: digest });
}

export function attempt(accessible: boolean) {
	return post("attempt", { accessible });
}

export function trouble(reason: Trouble) {
	return post("trouble", { reason });
}

export function cancel() {
	return post("cancel", {});
}

export function frame(blob: Blob, signal: AbortSignal) {
	return call<Session>("proof/frame", {
		method: "POST",
		blob,
		signal,
		timeout_ms: 6000,
	});
}

function post(name: string, json: unknown): Promise<Result<Session>> {
	return call(`proof/${name}`, { method: "POST", json });
}
