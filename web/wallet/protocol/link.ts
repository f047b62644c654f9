// What a QR code, a pasted text or an opened address holds.

import { Problem } from "./problem.ts";

export type Link =
	| { kind: "request"; clientId: string; requestUri: string; post: boolean }
	| { kind: "offer"; link: string };

const LINK_LEN_MAX = 8192;
const REQUEST_SCHEMES = ["openid4vp:", "haip-vp:", "haip:"];
const OFFER_SCHEMES = ["openid-credential-offer:", "haip-vci:"];
const WEB_SCHEMES = ["https:", "http:"];

/** Parameters of the query, and of the fragment: either may carry them. */
function parametersOf(url: URL): URLSearchParams {
	const all = new URLSearchParams(url.search);
	const fragment = url.hash.replace(/^#[?/]*/, "");
	for (const [name, value] of new URLSearchParams(fragment))
		if (!all.has(name)) all.append(name, value);
	return all;
}

/** An address of ours may wrap the link of the protocol in its fragment. */
function unwrap(url: URL): URL {
	const inner = decodeURIComponent(url.hash.slice(1));
	const scheme = /^[a-z0-9-]+:(?=\/\/)/.exec(inner)?.[0];
	if (!scheme) return url;
	if (![...REQUEST_SCHEMES, ...OFFER_SCHEMES].includes(scheme)) return url;
	return new URL(inner);
}

function readRequest(parameters: URLSearchParams): Link | null {
	const clientId = parameters.get("client_id");
	const requestUri = parameters.get("request_uri");
	if (!clientId || !requestUri) return null;
	const method = parameters.get("request_uri_method") ?? "get";
	if (method !== "get" && method !== "post")
		throw new Problem("request_invalid", "request_uri_method");
	return { kind: "request", clientId, requestUri, post: method === "post" };
}

/**
 * Reads a link of OpenID4VP (section 5.2) or OpenID4VCI (4.1.3).
 * Throws Problem link_unknown or request_invalid.
 */
export function readLink(text: string): Link {
	const trimmed = text.trim();
	if (trimmed.length > LINK_LEN_MAX) throw new Problem("link_unknown");
	try {
		const url = unwrap(new URL(trimmed));
		const parameters = parametersOf(url);
		const web = WEB_SCHEMES.includes(url.protocol);
		if (web || REQUEST_SCHEMES.includes(url.protocol)) {
			const request = readRequest(parameters);
			if (request) return request;
		}
		const isOffer =
			parameters.has("credential_offer") ||
			parameters.has("credential_offer_uri");
		if (isOffer && (web || OFFER_SCHEMES.includes(url.protocol)))
			return {
				kind: "offer",
				link: `openid-credential-offer://?${parameters}`,
			};
	} catch (error) {
		if (error instanceof Problem) throw error;
	}
	throw new Problem("link_unknown");
}
