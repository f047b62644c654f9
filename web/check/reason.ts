// The server's reasons (src/base/err.def in lower case) in the words of a
// clerk: many codes, few things to do.

export type Reason =
	| "declined"
	| "expired"
	| "not_yet"
	| "revoked"
	| "suspended"
	| "altered"
	| "other_request"
	| "untrusted"
	| "not_asked"
	| "unreachable"
	| "signer"
	| "unknown";

const REASONS: Record<string, Reason> = {
	declined: "declined",
	expired: "expired",
	not_yet: "not_yet",
	revoked: "revoked",
	suspended: "suspended",
	signature: "altered",
	digest: "altered",
	algorithm: "altered",
	typ: "altered",
	key: "altered",
	decrypt: "altered",
	syntax: "altered",
	holder: "other_request",
	nonce: "other_request",
	audience: "other_request",
	replayed: "other_request",
	untrusted: "untrusted",
	not_asked: "not_asked",
	missing: "not_asked",
	signer: "signer",
	unreachable: "unreachable",
	timeout: "unreachable",
	busy: "unreachable",
	store: "unreachable",
};

export function reasonOf(code: string | null): Reason {
	return (code !== null && REASONS[code]) || "unknown";
}
