// The registration certificate of a verifier (doc/api.md, "What a wallet sees
// of a request"): who it is, for what purpose it asks, how long it keeps the
// answer, and which claims it may ask at all.

import { isRecord, sha256Base64url } from "./bytes.ts";
import { READER } from "./certificate.ts";
import { verifySigned } from "./jws.ts";
import { Problem } from "./problem.ts";
import type { ClaimPath } from "./sdjwt.ts";
import type { Party } from "./trust.ts";

interface Permitted {
	format: string;
	/** vct_values of an SD-JWT VC, doctype_value of an mdoc. */
	types: string[];
	paths: ClaimPath[];
}

export interface Registration {
	name: string;
	/** By language; the person reads the one of the page. */
	purpose: Record<string, string>;
	retentionS: number;
	/** Who registered it, as the trust list names it. */
	registrar: string;
	/** Seconds UTC. */
	exp: number;
	permitted: Permitted[];
}

const TEXT_LEN_MAX = 2000;

function isPath(value: unknown): value is ClaimPath {
	return (
		Array.isArray(value) &&
		value.length > 0 &&
		value.every(
			(p) =>
				p === null ||
				typeof p === "string" ||
				(Number.isSafeInteger(p) && p >= 0),
		)
	);
}

function typesOf(meta: unknown): string[] {
	if (!isRecord(meta)) return [];
	if (typeof meta.doctype_value === "string") return [meta.doctype_value];
	const values = Array.isArray(meta.vct_values) ? meta.vct_values : [];
	return values.filter((v): v is string => typeof v === "string");
}

function parsePermitted(value: unknown): Permitted {
	if (!isRecord(value) || typeof value.format !== "string")
		throw new Error("a permission has no format");
	const types = typesOf(value.meta);
	if (types.length === 0 || !Array.isArray(value.claims))
		throw new Error("a permission has no type or claims");
	return {
		format: value.format,
		types,
		paths: value.claims.map((claim: unknown) => {
			if (!isRecord(claim) || !isPath(claim.path))
				throw new Error("a permission has no path");
			return claim.path;
		}),
	};
}

function parsePurpose(value: unknown): Record<string, string> {
	if (!isRecord(value)) throw new Error("no purpose");
	const texts = Object.entries(value).filter(
		(e): e is [string, string] =>
			typeof e[1] === "string" &&
			e[1].trim() !== "" &&
			e[1].length <= TEXT_LEN_MAX,
	);
	if (texts.length === 0) throw new Error("no purpose");
	return Object.fromEntries(texts);
}

function parse(
	payload: Record<string, unknown>,
	registrar: string,
): Registration {
	const { name, retention_s, exp, credentials } = payload;
	if (typeof name !== "string" || !name.trim() || name.length > 200)
		throw new Error("no name");
	if (!Number.isSafeInteger(retention_s) || (retention_s as number) < 0)
		throw new Error("no retention");
	if (typeof exp !== "number") throw new Error("no exp");
	if (!Array.isArray(credentials)) throw new Error("no credentials");
	return {
		name,
		purpose: parsePurpose(payload.purpose),
		retentionS: retention_s as number,
		registrar,
		exp,
		permitted: credentials.map(parsePermitted),
	};
}

async function readFrom(
	data: string,
	clientId: string,
	registrar: Party,
	now: number,
): Promise<Registration> {
	const { payload, leaf } = await verifySigned(data, {
		typ: "rc-rp+jwt",
		roots: registrar.roots,
		now,
		rootMaySign: true,
	});
	// Who is registered has a certificate under the same root: with it one
	// could register oneself, for anything.
	const own = `x509_hash:${await sha256Base64url(leaf.der)}`;
	if (leaf.usages.includes(READER) || own === clientId)
		throw new Error("signed by a relying party");
	if (payload.sub !== clientId) throw new Error("of another");
	return parse(payload, registrar.name);
}

/**
 * The registration of `clientId` in `verifier_info`, by one of `registrars`.
 * Throws Problem requester_unregistered.
 */
export async function readRegistration(
	verifierInfo: unknown,
	clientId: string,
	registrars: Party[],
	now: number,
): Promise<Registration> {
	const infos = Array.isArray(verifierInfo) ? verifierInfo : [];
	const reasons: string[] = [];
	for (const info of infos) {
		if (!isRecord(info) || info.format !== "jwt") continue;
		if (typeof info.data !== "string") continue;
		for (const registrar of registrars)
			try {
				return await readFrom(info.data, clientId, registrar, now);
			} catch (error) {
				reasons.push(error instanceof Error ? error.message : "");
			}
	}
	throw new Problem("requester_unregistered", reasons.join("; ") || "none");
}

const covers = (permitted: ClaimPath, asked: ClaimPath): boolean =>
	permitted.length <= asked.length &&
	permitted.every((part, i) => part === null || part === asked[i]);

export interface AskedCredential {
	id: string;
	format: string;
	meta: unknown;
	claims?: { path: ClaimPath }[];
}

/**
 * Paths that `asked` wants and the registration does not name; a type that
 * it does not name at all counts with everything asked of it.
 */
export function overAsked(
	asked: AskedCredential[],
	registration: Registration,
): ClaimPath[] {
	return asked.flatMap((credential) => {
		const types = typesOf(credential.meta);
		const permitted = registration.permitted.filter(
			(p) =>
				p.format === credential.format &&
				types.length > 0 &&
				types.every((type) => p.types.includes(type)),
		);
		const paths = credential.claims?.map((claim) => claim.path) ?? [];
		if (permitted.length === 0)
			return paths.length > 0 ? paths : [[credential.format]];
		return paths.filter(
			(path) =>
				!permitted.some((p) => p.paths.some((may) => covers(may, path))),
		);
	});
}
