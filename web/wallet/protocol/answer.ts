// The answer to a request: presentations bound to it, encrypted to its key,
// posted to its response_uri (OpenID4VP 1.0 section 8), or the refusal.

import { Openid4vpClient } from "@openid4vc/openid4vp";
import { isRecord } from "./bytes.ts";
import { callbacks, type Platform } from "./platform.ts";
import { asProblem, Problem } from "./problem.ts";
import type { VerifiedRequest } from "./request.ts";
import {
	bind,
	type ClaimPath,
	decode,
	type Disclosed,
	leaves,
	select,
} from "./sdjwt.ts";
import { transactionHashes } from "./transaction.ts";

export interface Prepared {
	queryId: string;
	/** Only what is asked, without key binding. */
	selected: string;
	/** Every claim that the verifier will be able to read. */
	shown: Disclosed[];
}

/** What would be shown; nothing is signed yet. */
export async function prepare(
	queryId: string,
	credential: string,
	paths: ClaimPath[],
): Promise<Prepared> {
	const selected = await select(credential, paths);
	const { claims } = await decode(selected);
	return { queryId, selected, shown: leaves(claims) };
}

export interface Outcome {
	/** Where the verifier wants the browser to go on, if anywhere. */
	redirectUri?: string;
}

async function readOutcome(response: Response): Promise<Outcome> {
	if (!response.ok) {
		const body: unknown = await response.json().catch(() => null);
		const detail = isRecord(body)
			? [body.error ?? body.type, body.error_description ?? body.title]
			: [];
		if (response.status === 404 || response.status === 410)
			throw new Problem("request_gone", detail.filter(Boolean).join(": "));
		throw new Problem(
			"answer_refused",
			[response.status, ...detail.filter(Boolean)].join(" "),
		);
	}
	const body: unknown = await response.json().catch(() => null);
	if (isRecord(body) && typeof body.redirect_uri === "string") {
		const url = new URL(body.redirect_uri);
		if (url.protocol === "https:" || url.protocol === "http:")
			return { redirectUri: url.href };
	}
	return {};
}

export interface Signing {
	prepared: Prepared;
	key: CryptoKey;
}

/** The encrypted answer, ready to be posted. */
export async function seal(
	platform: Platform,
	request: VerifiedRequest,
	signings: Signing[],
): Promise<string> {
	const presentations: Record<string, [string]> = {};
	for (const { prepared, key } of signings)
		presentations[prepared.queryId] = [
			await bind(prepared.selected, key, {
				// 14.1.2: the full client identifier, with its prefix.
				aud: request.clientId,
				nonce: request.nonce,
				iat: platform.now(),
				...(await transactionHashes(
					request.transactions,
					prepared.queryId,
				)),
			}),
		];
	const client = new Openid4vpClient({ callbacks: callbacks(platform) });
	const answer = await client.createOpenid4vpAuthorizationResponse({
		authorizationRequestPayload: request.payload as never,
		authorizationResponsePayload: { vp_token: presentations },
		jarm: {
			encryption: { jwk: request.encryptionKey as never },
			serverMetadata: {
				authorization_encryption_alg_values_supported: ["ECDH-ES"],
				authorization_encryption_enc_values_supported: [
					"A256GCM",
					"A128GCM",
				],
			},
		} as never,
	});
	if (!answer.jarm) throw new Problem("request_invalid", "not encrypted");
	return answer.jarm.responseJwt;
}

async function post(
	platform: Platform,
	request: VerifiedRequest,
	form: Record<string, string>,
): Promise<Outcome> {
	try {
		const response = await platform.fetch(request.responseUri, {
			method: "POST",
			headers: { "Content-Type": "application/x-www-form-urlencoded" },
			body: new URLSearchParams(form).toString(),
		});
		return await readOutcome(response);
	} catch (error) {
		const problem = asProblem(error, "answer_refused");
		// Once posted, a lost connection leaves open whether it arrived.
		if (problem.code === "offline")
			throw new Problem("answer_unsure", problem.detail);
		throw problem;
	}
}

/**
 * Throws answer_refused, request_gone, or answer_unsure when the connection
 * broke and the answer may have arrived.
 */
export const send = (
	platform: Platform,
	request: VerifiedRequest,
	sealed: string,
): Promise<Outcome> => post(platform, request, { response: sealed });

/** Tells the verifier that the person does not share anything. */
export const decline = (
	platform: Platform,
	request: VerifiedRequest,
): Promise<Outcome> =>
	post(platform, request, {
		error: "access_denied",
		...(request.state === undefined ? {} : { state: request.state }),
	});
