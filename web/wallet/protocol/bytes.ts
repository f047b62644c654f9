// Bytes and texts of the wire formats.

import { base64url } from "jose";

export const encodeBase64url = (bytes: Uint8Array): string =>
	base64url.encode(bytes);

export const decodeBase64url = (text: string): Uint8Array<ArrayBuffer> =>
	new Uint8Array(base64url.decode(text));

/** Plain base64 as in x5c (RFC 7515 4.1.6); throws on anything else. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
	if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) throw new Error("not base64");
	const binary = atob(text);
	const bytes = new Uint8Array(binary.length);
	for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
	return bytes;
}

export async function sha256(
	data: Uint8Array | string,
): Promise<Uint8Array<ArrayBuffer>> {
	const bytes =
		typeof data === "string" ? new TextEncoder().encode(data) : data;
	const copy = new Uint8Array(bytes);
	return new Uint8Array(await crypto.subtle.digest("SHA-256", copy));
}

export const sha256Base64url = async (
	data: Uint8Array | string,
): Promise<string> => encodeBase64url(await sha256(data));

export const randomBytes = (length: number): Uint8Array<ArrayBuffer> =>
	crypto.getRandomValues(new Uint8Array(length));

export const isRecord = (value: unknown): value is Record<string, unknown> =>
	typeof value === "object" && value !== null && !Array.isArray(value);
