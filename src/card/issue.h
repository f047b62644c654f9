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
	yf_str encryption; /* of the answer, to be kept while it waits */
	/* Beside NO_DATA: what is not there.  May be NULL. */
	yf_str *detail;
};

struct yf_issued {
	const yf_str *credentials; /* arena memory, in order of the proofs */
	size_t count;
	yf_str notification_id;
	/* Set when it waits for an operator: there are no credentials yet. */
	yf_str transaction_id;
	/* Of a card that waited: yf_issue_ask.encryption as it was. */
	yf_str encryption;
};

/*
 * For any type (card/type.h) in any of its formats.  A key of a `jwt` proof,
 * or each key of a key attestation, gets a copy; of more keys than the type has
 * copies in a batch, the first are served.
 *
 * Of a type that wants approval nothing is issued: the request is kept, and
 * yf_issue_deferred() gives the card later.
 *
 * Loads token, person and evidence, checks the proofs, decides, signs, and
 * saves in one transaction: nonces and jti are spent there, so of requests
 * that come at once one wins, and nothing is signed twice into a row.
 *
 * INVALID_TOKEN, INVALID_DPOP_PROOF
 * INVALID_CREDENTIAL_REQUEST  both or none of the two names
 * UNKNOWN_CONFIGURATION, UNKNOWN_IDENTIFIER   also one of another type than
 *                 the token's
 * INVALID_PROOF   no proof, another type, too many, the same key twice, a
 *                 proof or key attestation that is not right, or none of the
 *                 latter where the type wants it
 * NONCE           a proof with a c_nonce that is not ours, too old or spent
 * REQUEST_DENIED  the evidence carries not the level of the type;
 *                 YF_TOKEN_COPIES_MAX copies were issued
 * NO_DATA         the register lacks what the type says: see `detail`
 * OVER            the document that it shows has ended
 */
YF_CHECKED yf_err yf_issue(const struct yf_env *env, struct yf_arena *arena,
			   const struct yf_issue_ask *ask,
			   struct yf_issued *out);

struct yf_deferred_ask {
	yf_str access_token; /* of the same person, client and key */
	const struct yf_dpop *dpop;
	yf_str transaction_id;
	yf_str *detail; /* beside REQUEST_DENIED and NO_DATA; may be NULL */
};

/*
 * The card that was approved, once; or transaction_id again while it waits
 * (`encryption` is set either way).  All is judged again that may have changed:
 * evidence, register, end of the document.
 *
 * INVALID_TRANSACTION_ID  unknown, another's, expired or delivered
 * REQUEST_DENIED          refused, with the operator's reason in `detail`
 * and the codes of yf_issue() but those of proofs and names
 */
YF_CHECKED yf_err yf_issue_deferred(const struct yf_env *env,
				    struct yf_arena *arena,
				    const struct yf_deferred_ask *ask,
				    struct yf_issued *out);

/*
 * What a wallet reports of a notification_id, OpenID4VCI 1.0 section 11;
 * saying it again changes nothing.  INVALID_NOTIFICATION_ID
 */
YF_CHECKED yf_err yf_issue_notify(const struct yf_env *env,
				  const struct yf_token *token,
				  const struct yf_dpop *dpop,
				  yf_str notification_id, yf_str event);
