// The W3C Digital Credentials API: the browser asks a wallet on this device,
// or one nearby that it knows. Where it cannot, the code on the screen does.
import { call } from "../lib/api.ts";
import type { Result } from "../lib/api.ts";
import type { Progress } from "./request.ts";

/** What navigator.credentials.get() takes as `digital`. */
export interface Digital {
	requests: { protocol: string; data: object }[];
}

interface DigitalCredential {
	protocol: string;
	data: unknown;
}

export function hasBrowserWallets(): boolean {
	return (
		"DigitalCredential" in window &&
		typeof navigator.credentials?.get === "function"
	);
}

/** Null when the person closed the dialogue or no wallet had an answer. */
async function askBrowser(
	digital: Digital,
	signal: AbortSignal,
): Promise<DigitalCredential | null> {
	const options = { digital, mediation: "required", signal };
	try {
		const got: unknown = await navigator.credentials.get(
			options as CredentialRequestOptions,
		);
		return got as DigitalCredential | null;
	} catch {
		return null;
	}
}

/**
 * Asks and hands the answer on to the server, which judges it. Null when
 * there was none: the request stays open for the code.
 */
export async function answerByBrowser(
	key: string,
	id: string,
	digital: Digital,
	signal: AbortSignal,
): Promise<Result<Progress> | null> {
	const got = await askBrowser(digital, signal);
	if (!got)
		return null;
	const data: unknown =
		typeof got.data === "string" ? JSON.parse(got.data) : got.data;
	return call(`requests/${id}/dc_api`, {
		method: "POST",
		bearer: key,
		json: { protocol: got.protocol, data },
	});
}
