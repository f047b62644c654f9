// Getting a credential: OpenID4VCI 1.0 with the authorization code flow (PAR,
// PKCE S256, DPoP, RFC 9207) or with a pre-authorized code.  Every step takes
// and gives plain data that can be kept, so that a closed tab loses nothing:
//
//	begin -> (the person at /oauth/authorize) -> redeemCode -> requestBatch
//	readOffer -> redeemPreAuthorized -> requestBatch

import {
	Oauth2Client,
	Oauth2ClientErrorResponseError,
	verifyAuthorizationResponse,
} from "@openid4vc/oauth2";
import {
	type CredentialOfferObject,
	type IssuerMetadataResult,
	Openid4vciClient,
	Openid4vciRetrieveCredentialsError,
} from "@openid4vc/openid4vci";
import { encodeBase64url, isRecord, randomBytes } from "./bytes.ts";
import { type Look, lookOf } from "./look.ts";
import { asProblem, Problem, type ProblemCode } from "./problem.ts";
import {
	callbacks,
	type HeldKey,
	type Platform,
	signerOf,
} from "./platform.ts";

/** Of a batch; an issuer may allow more. */
export const BATCH_MAX = 10;
const FORMAT = "dc+sd-jwt";
const PRE_AUTHORIZED = "urn:ietf:params:oauth:grant-type:pre-authorized_code";
type AuthorizationServer = IssuerMetadataResult["authorizationServers"][number];

export interface Issuer {
	url: string;
	metadata: IssuerMetadataResult;
	server: AuthorizationServer;
	configurationId: string;
	vct: string;
	scope?: string;
	look: Look;
	batchSize: number;
}

/** Kept from `begin` to `redeemCode`. */
export interface Authorization {
	/** The `state` parameter; names this attempt. */
	state: string;
	issuer: string;
	configurationId: string;
	codeVerifier: string;
	redirectUri: string;
}

/** Kept from the token to the credentials. */
export interface Grant {
	issuer: string;
	configurationId: string;
	accessToken: string;
	dpopNonce?: string;
	/** Seconds UTC. */
	expiresAt: number;
	/** For copies later, bound to the DPoP key; of the first grant only. */
	refreshToken?: string;
}

export interface Offer {
	issuer: string;
	configurationId: string;
	/** The issuer's own state for the authorization code flow. */
	issuerState?: string;
	preAuthorized?: {
		code: string;
		/** Absent: no transaction code is needed. */
		txCode?: { numeric: boolean; length?: number; description?: string };
	};
}

export interface Batch {
	credentials: string[];
	notificationId?: string;
	dpopNonce?: string;
}

function oauthCode(
	error: unknown,
	codes: Record<string, ProblemCode>,
	otherwise: ProblemCode,
): Problem {
	if (error instanceof Oauth2ClientErrorResponseError) {
		const { error: name, error_description } = error.errorResponse;
		return new Problem(
			codes[name] ?? otherwise,
			[name, error_description].filter(Boolean).join(": "),
			{ cause: error },
		);
	}
	return asProblem(error, otherwise);
}

function pickConfiguration(
	metadata: IssuerMetadataResult,
	wanted?: string,
): { id: string; vct: string; scope?: string; look: Look } {
	const all = metadata.credentialIssuer.credential_configurations_supported;
	for (const [id, configuration] of Object.entries(all)) {
		const c: Record<string, unknown> = configuration;
		if (wanted !== undefined && wanted !== id) continue;
		if (c.format !== FORMAT || typeof c.vct !== "string") continue;
		const scope = typeof c.scope === "string" ? c.scope : undefined;
		return { id, vct: c.vct, scope, look: lookOf(c) };
	}
	throw new Problem("issuer_unusable", "no dc+sd-jwt configuration");
}

/** Every credential of the issuer that this wallet can hold. */
export function offeredBy(issuer: Issuer): { id: string; look: Look }[] {
	const all =
		issuer.metadata.credentialIssuer.credential_configurations_supported;
	return Object.entries(all).flatMap(([id, configuration]) => {
		const c: Record<string, unknown> = configuration;
		return c.format === FORMAT && typeof c.vct === "string"
			? [{ id, look: lookOf(c) }]
			: [];
	});
}

/**
 * The metadata of issuer and authorization server.  Without
 * `configurationId` the first credential in our format is meant.
 * Throws Problem issuer_unknown, issuer_unusable or offline.
 */
export async function loadIssuer(
	platform: Platform,
	url: string,
	configurationId?: string,
): Promise<Issuer> {
	try {
		const client = new Openid4vciClient({ callbacks: callbacks(platform) });
		const metadata = await client.resolveIssuerMetadata(url);
		// 12.2.4: the identifier must be byte-identical to the one asked for.
		if (metadata.credentialIssuer.credential_issuer !== url)
			throw new Problem("issuer_unusable", "another credential_issuer");
		const server = metadata.authorizationServers[0];
		if (!server) throw new Problem("issuer_unusable", "no server");
		const picked = pickConfiguration(metadata, configurationId);
		const size =
			metadata.credentialIssuer.batch_credential_issuance?.batch_size;
		return {
			url,
			metadata,
			server,
			configurationId: picked.id,
			vct: picked.vct,
			look: picked.look,
			scope: picked.scope,
			batchSize: Math.max(1, Math.min(size ?? 1, BATCH_MAX)),
		};
	} catch (error) {
		throw asProblem(error, "issuer_unknown");
	}
}

function requireHaip(server: AuthorizationServer): void {
	if (!server.pushed_authorization_request_endpoint)
		throw new Problem("issuer_unusable", "no PAR");
	if (!server.code_challenge_methods_supported?.includes("S256"))
		throw new Problem("issuer_unusable", "no PKCE S256");
	if (!server.dpop_signing_alg_values_supported?.includes("ES256"))
		throw new Problem("issuer_unusable", "no DPoP with ES256");
}

/**
 * Pushes the authorization request.  Keep `authorization` before the browser
 * goes to `url`.  `platform.keys` holds `dpop`.
 */
export async function begin(
	platform: Platform,
	issuer: Issuer,
	dpop: HeldKey,
	redirectUri: string,
	issuerState?: string,
): Promise<{ url: string; authorization: Authorization }> {
	requireHaip(issuer.server);
	const state = encodeBase64url(randomBytes(24));
	const codeVerifier = encodeBase64url(randomBytes(48));
	const client = new Oauth2Client({ callbacks: callbacks(platform) });
	try {
		const { authorizationRequestUrl, pkce } =
			await client.createAuthorizationRequestUrl({
				authorizationServerMetadata: issuer.server,
				clientId: platform.clientId,
				redirectUri,
				scope: issuer.scope,
				state,
				pkceCodeVerifier: codeVerifier,
				resource: issuer.url,
				dpop: { signer: signerOf(dpop) },
				additionalRequestPayload: issuerState
					? { issuer_state: issuerState }
					: undefined,
			});
		if (pkce?.codeChallengeMethod !== "S256")
			throw new Problem("issuer_unusable", "no PKCE S256");
		return {
			url: authorizationRequestUrl,
			authorization: {
				state,
				issuer: issuer.url,
				configurationId: issuer.configurationId,
				codeVerifier,
				redirectUri,
			},
		};
	} catch (error) {
		throw oauthCode(error, {}, "server_failed");
	}
}

/** What stands in the address after the person came back; null: nothing. */
export function readReturn(
	url: URL,
): { state: string; params: Record<string, string> } | null {
	const params = Object.fromEntries(url.searchParams);
	if (!params.code && !params.error) return null;
	if (!params.state) return null;
	return { state: params.state, params };
}

/**
 * The code of an authorization response that belongs to `authorization`.
 * Throws return_mixed_up (RFC 9207: another server answered) or
 * proofing_stopped.
 */
export function checkReturn(
	issuer: Issuer,
	authorization: Authorization,
	params: Record<string, string>,
): string {
	if (params.state !== authorization.state)
		throw new Problem("return_unexpected");
	// RFC 9207 2.4: compare with the issuer the request was sent to, and
	// reject a response without iss where the server announces it.
	if (params.iss === undefined)
		throw new Problem("return_mixed_up", "no iss");
	try {
		verifyAuthorizationResponse({
			authorizationServerMetadata: issuer.server,
			authorizationResponse: params as { code: string },
		});
	} catch (error) {
		throw new Problem("return_mixed_up", params.iss, { cause: error });
	}
	if (params.iss !== issuer.server.issuer)
		throw new Problem("return_mixed_up", params.iss);
	if (params.error !== undefined)
		throw new Problem("proofing_stopped", params.error);
	if (!params.code) throw new Problem("return_unexpected");
	return params.code;
}

interface TokenAnswer {
	accessTokenResponse: {
		access_token: string;
		token_type: string;
		expires_in?: number;
		refresh_token?: string;
	};
	dpop?: { nonce?: string };
}

function grantOf(
	platform: Platform,
	issuer: Issuer,
	answer: TokenAnswer,
): Grant {
	const { access_token, token_type, expires_in, refresh_token } =
		answer.accessTokenResponse;
	// RFC 9449 5: an unsuspecting downgrade to Bearer would take the
	// protection away that we asked for.
	if (token_type.toLowerCase() !== "dpop")
		throw new Problem("server_unusual", `token_type ${token_type}`);
	return {
		issuer: issuer.url,
		configurationId: issuer.configurationId,
		accessToken: access_token,
		dpopNonce: answer.dpop?.nonce,
		expiresAt: platform.now() + (expires_in ?? 300),
		...(refresh_token ? { refreshToken: refresh_token } : {}),
	};
}

/** Throws code_lost when the code was used or is too old: begin again. */
export async function redeemCode(
	platform: Platform,
	issuer: Issuer,
	dpop: HeldKey,
	authorization: Authorization,
	code: string,
): Promise<Grant> {
	const client = new Oauth2Client({ callbacks: callbacks(platform) });
	try {
		const answer = await client.retrieveAuthorizationCodeAccessToken({
			authorizationServerMetadata: issuer.server,
			authorizationCode: code,
			pkceCodeVerifier: authorization.codeVerifier,
			redirectUri: authorization.redirectUri,
			resource: issuer.url,
			dpop: { signer: signerOf(dpop) },
		});
		return grantOf(platform, issuer, answer);
	} catch (error) {
		throw oauthCode(error, { invalid_grant: "code_lost" }, "server_failed");
	}
}

/**
 * Another token for the card of `refreshToken`.  Throws grant_expired when the
 * issuer gives no more copies of it: the person has to get it again.
 */
export async function redeemRefresh(
	platform: Platform,
	issuer: Issuer,
	dpop: HeldKey,
	refreshToken: string,
): Promise<Grant> {
	const client = new Oauth2Client({ callbacks: callbacks(platform) });
	try {
		const answer = await client.retrieveRefreshTokenAccessToken({
			authorizationServerMetadata: issuer.server,
			refreshToken,
			resource: issuer.url,
			dpop: { signer: signerOf(dpop) },
		});
		return grantOf(platform, issuer, answer);
	} catch (error) {
		throw oauthCode(
			error,
			{ invalid_grant: "grant_expired" },
			"server_failed",
		);
	}
}

function txCodeOf(
	value: unknown,
): { numeric: boolean; length?: number; description?: string } | undefined {
	if (!isRecord(value)) return undefined;
	return {
		numeric: value.input_mode !== "text",
		length: typeof value.length === "number" ? value.length : undefined,
		description:
			typeof value.description === "string"
				? value.description
				: undefined,
	};
}

function offerOf(offer: CredentialOfferObject): Offer {
	const [configurationId] = offer.credential_configuration_ids;
	if (!configurationId) throw new Problem("offer_invalid", "offers nothing");
	const code = offer.grants?.authorization_code;
	const pre = offer.grants?.[PRE_AUTHORIZED];
	return {
		issuer: offer.credential_issuer,
		configurationId,
		issuerState: code?.issuer_state,
		preAuthorized: pre && {
			code: pre["pre-authorized_code"],
			txCode: txCodeOf(pre.tx_code),
		},
	};
}

/** Reads `credential_offer` or fetches `credential_offer_uri` of a link. */
export async function readOffer(
	platform: Platform,
	link: string,
): Promise<Offer> {
	const client = new Openid4vciClient({ callbacks: callbacks(platform) });
	try {
		return offerOf(await client.resolveCredentialOffer(link));
	} catch (error) {
		const status = (error as { response?: Response }).response?.status;
		if (status === 404 || status === 410) throw new Problem("offer_used");
		throw asProblem(error, "offer_invalid");
	}
}

/** Throws tx_code_wrong: try again while the issuer allows it. */
export async function redeemPreAuthorized(
	platform: Platform,
	issuer: Issuer,
	dpop: HeldKey,
	offer: Offer,
	txCode?: string,
): Promise<Grant> {
	const pre = offer.preAuthorized;
	if (!pre) throw new Problem("offer_invalid", "no pre-authorized code");
	const client = new Oauth2Client({ callbacks: callbacks(platform) });
	try {
		const answer = await client.retrievePreAuthorizedCodeAccessToken({
			authorizationServerMetadata: issuer.server,
			preAuthorizedCode: pre.code,
			txCode,
			resource: issuer.url,
			dpop: { signer: signerOf(dpop) },
		});
		return grantOf(platform, issuer, answer);
	} catch (error) {
		// OpenID4VCI 6.3: invalid_grant is a wrong transaction code as well
		// as a wrong, used or expired pre-authorized code.
		const grant = pre.txCode ? "tx_code_wrong" : "offer_used";
		throw oauthCode(error, { invalid_grant: grant }, "server_failed");
	}
}

async function proofs(
	platform: Platform,
	client: Openid4vciClient,
	issuer: Issuer,
	keys: HeldKey[],
): Promise<string[]> {
	const { c_nonce } = await client.requestNonce({
		issuerMetadata: issuer.metadata,
	});
	return Promise.all(
		keys.map(async (key) => {
			const { jwt } = await client.createCredentialRequestJwtProof({
				issuerMetadata: issuer.metadata,
				credentialConfigurationId: issuer.configurationId,
				signer: signerOf(key),
				nonce: c_nonce,
				clientId: platform.clientId,
				issuedAt: new Date(platform.now() * 1000),
			});
			return jwt;
		}),
	);
}

function batchProblem(error: unknown): Problem {
	if (!(error instanceof Openid4vciRetrieveCredentialsError))
		return asProblem(error, "server_failed");
	const { response, credentialErrorResponseResult } = error.response;
	const parsed = credentialErrorResponseResult;
	const name = parsed?.success ? parsed.data.error : undefined;
	if (response.status === 401) return new Problem("grant_expired", name);
	if (name) return new Problem("credential_refused", name);
	return new Problem("server_failed", `status ${response.status}`);
}

const isNonceError = (error: unknown): boolean =>
	error instanceof Openid4vciRetrieveCredentialsError &&
	error.response.credentialErrorResponseResult?.success === true &&
	error.response.credentialErrorResponseResult.data.error ===
		"invalid_nonce";

function batchOf(answer: unknown, dpopNonce: string | undefined): Batch {
	if (!isRecord(answer)) throw new Problem("server_unusual", "no answer");
	if (answer.transaction_id !== undefined)
		throw new Problem("credential_deferred");
	const { credentials, notification_id } = answer;
	if (!Array.isArray(credentials) || credentials.length === 0)
		throw new Problem("server_unusual", "no credentials");
	return {
		credentials: credentials.map((c: unknown) => {
			if (!isRecord(c) || typeof c.credential !== "string")
				throw new Problem("server_unusual", "not a credential");
			return c.credential;
		}),
		notificationId:
			typeof notification_id === "string" ? notification_id : undefined,
		dpopNonce,
	};
}

/**
 * Asks for one credential per key of `keys`, each proved with its key; a
 * stale nonce is answered with a fresh one, once.
 */
export async function requestBatch(
	platform: Platform,
	issuer: Issuer,
	dpop: HeldKey,
	grant: Grant,
	keys: HeldKey[],
): Promise<Batch> {
	const client = new Openid4vciClient({ callbacks: callbacks(platform) });
	const ask = async () =>
		client.retrieveCredentials({
			issuerMetadata: issuer.metadata,
			credentialConfigurationId: issuer.configurationId,
			accessToken: grant.accessToken,
			dpop: { signer: signerOf(dpop), nonce: grant.dpopNonce },
			proofs: { jwt: await proofs(platform, client, issuer, keys) as [string] },
		});
	try {
		const answer = await ask().catch((error: unknown) => {
			if (isNonceError(error)) return ask();
			throw error;
		});
		return batchOf(answer.credentialResponse, answer.dpop?.nonce);
	} catch (error) {
		throw batchProblem(error);
	}
}

/** Tells the issuer, where it wants to know; never fails. */
export async function notify(
	platform: Platform,
	issuer: Issuer,
	dpop: HeldKey,
	grant: Grant,
	notificationId: string,
	event: "credential_accepted" | "credential_failure" | "credential_deleted",
): Promise<void> {
	if (!issuer.metadata.credentialIssuer.notification_endpoint) return;
	const client = new Openid4vciClient({ callbacks: callbacks(platform) });
	try {
		await client.sendNotification({
			issuerMetadata: issuer.metadata,
			accessToken: grant.accessToken,
			dpop: { signer: signerOf(dpop), nonce: grant.dpopNonce },
			notification: { notificationId, event },
		});
	} catch {
		// A courtesy: the credential is ours whether or not it arrives.
	}
}
