#pragma once

#include "card/grant.h"
#include "card/type.h"
#include "codec/json.h"

/*
 * Issuing a batch of copies of the card to a wallet that proves possession of
 * a key for each: OpenID4VCI 1.0 section 8.
 */
enum {
	YF_BATCH_MAX = YF_TYPE_BATCH_MAX,
	/* Copies that one access token buys; then it is spent. */
	YF_TOKEN_COPIES_MAX = 16 * YF_BATCH_MAX,
};

struct yf_issue_ask {
	yf_str access_token;
	const struct yf_dpop *dpop;
	yf_str configuration_id;      /* ptr NULL when absent */
	yf_str identifier;            /* credential_identifier */
	const struct yf_json *proofs; /* NULL when absent */
	/* Beside NO_DATA: what is not there.  May be NULL. */
	yf_str *detail;
};

struct yf_issued {
	const yf_str *credentials; /* arena memory, in order of the proofs */
	size_t count;
	yf_str notification_id;
};

/*
 * For any type (card/type.h) in any of its formats.  Of more proofs than the
 * type has copies in a batch, the first are served.
 *
 * Loads token, person and evidence, checks the proofs, decides, signs, and
 * saves in one transaction: nonces and jti are spent there, so of requests
 * that come at once one wins, and nothing is signed twice into a row.
 *
 * INVALID_TOKEN, INVALID_DPOP_PROOF
 * INVALID_CREDENTIAL_REQUEST  both or none of the two names
 * UNKNOWN_CONFIGURATION, UNKNOWN_IDENTIFIER   also one of another type than
 *                 the token's
 * INVALID_PROOF   no proof, another type, too many, the same key twice, or a
 *                 proof that is not right
 * NONCE           a proof with a c_nonce that is not ours, too old or spent
 * REQUEST_DENIED  the evidence carries not the level of the type;
 *                 YF_TOKEN_COPIES_MAX copies were issued
 * NO_DATA         the register lacks what the type says: see `detail`
 * OVER            the document that it shows has ended
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
