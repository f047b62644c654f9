#pragma once

#include "card/grant.h"
#include "codec/json.h"

/*
 * Issuing a batch of copies of the card to a wallet that proves possession of
 * a key for each: OpenID4VCI 1.0 section 8.
 */
enum {
	YF_BATCH_MAX = 32,
	/* Copies that one access token buys; then it is spent. */
	YF_TOKEN_COPIES_MAX = 16 * YF_BATCH_MAX,
};

struct yf_issue_ask {
	yf_str access_token;
	const struct yf_dpop *dpop;
	yf_str configuration_id;      /* ptr NULL when absent */
	yf_str identifier;            /* credential_identifier */
	const struct yf_json *proofs; /* NULL when absent */
};

struct yf_issued {
	const yf_str *credentials; /* arena memory, in order of the proofs */
	size_t count;
	yf_str notification_id;
};

/*
 * Loads token, person and evidence, checks the proofs, decides, signs, and
 * saves in one transaction: nonces and jti are spent there, so of requests
 * that come at once one wins, and nothing is signed twice into a row.
 *
 * INVALID_TOKEN, INVALID_DPOP_PROOF
 * INVALID_CREDENTIAL_REQUEST  both or none of the two names
 * UNKNOWN_CONFIGURATION, UNKNOWN_IDENTIFIER
 * INVALID_PROOF   no proof, another type, too many, the same key twice, or a
 *                 proof that is not right
 * NONCE           a proof with a c_nonce that is not ours, too old or spent
 * REQUEST_DENIED  the evidence carries no level; YF_TOKEN_COPIES_MAX copies
 *                 were issued
 */
YF_CHECKED yf_err yf_issue(const struct yf_env *env, struct yf_arena *arena,
			   const struct yf_issue_ask *ask,
			   struct yf_issued *out);

/*
 * What a wallet reports of a notification_id, OpenID4VCI 1.0 section 11;
 * saying it again changes nothing.  INVALID_NOTIFICATION_ID
 */
YF_CHECKED yf_err yf_issue_notify(const struct yf_env *env,
				  const struct yf_token *token,
				  const struct yf_dpop *dpop,
				  yf_str notification_id, yf_str event);
