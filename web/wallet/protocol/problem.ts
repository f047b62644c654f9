// Everything that can go wrong between the wallet and the world, as a code
// that the pages have a title and an advice for in every language.  `detail`
// is for the technical part of the page and for tests; it never holds a
// claim, a key or a token.

export type ProblemCode =
	// the network and the server
	| "offline"
	| "server_failed"
	| "server_unusual"
	// getting a card
	| "issuer_unknown"
	| "issuer_unusable"
	| "offer_invalid"
	| "offer_used"
	| "tx_code_wrong"
	| "return_unexpected"
	| "return_mixed_up"
	| "proofing_stopped"
	| "code_lost"
	| "grant_expired"
	| "credential_refused"
	| "credential_deferred"
	| "credential_untrusted"
	// trust
	| "trust_invalid"
	| "trust_changed"
	| "trust_expired"
	// a verifier's request
	| "link_unknown"
	| "request_gone"
	| "request_invalid"
	| "request_expired"
	| "requester_untrusted"
	| "requester_unregistered"
	| "over_asked"
	| "nothing_fits"
	| "copies_spent"
	| "card_expired"
	| "answer_refused"
	| "answer_unsure"
	// the device
	| "storage_failed";

export class Problem extends Error {
	constructor(
		readonly code: ProblemCode,
		readonly detail = "",
		options?: ErrorOptions,
	) {
		super(detail ? `${code}: ${detail}` : code, options);
		this.name = "Problem";
	}
}

/** The problem that `error` is, or `otherwise` with it as the cause. */
export function asProblem(error: unknown, otherwise: ProblemCode): Problem {
	for (let e: unknown = error; e instanceof Error; e = e.cause)
		if (e instanceof Problem) return e;
	const detail = error instanceof Error ? error.message : String(error);
	return new Problem(otherwise, detail.slice(0, 400), { cause: error });
}
