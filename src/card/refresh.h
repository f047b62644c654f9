#pragma once

#include "card/grant.h"

/*
 * Refresh tokens (RFC 6749 section 6), so that a batch that is spent or about
 * to expire is renewed without the person's doing (OpenID4VCI 1.0 13.5).
 *
 * One comes with the access token of a code and is bound to the DPoP key of
 * that request.  It is not rotated: FAPI 2.0 5.3.2.1 forbids it where tokens
 * are bound to their sender, for a reply that is lost would lock the holder
 * out.  What it stands for is judged anew at every use.
 */

/* What one is put for; beside the access token of the same code. */
struct yf_refresh {
	struct yf_handle handle;
	struct yf_person_ref person;
	yf_str type;
	yf_str client_id; /* empty: of a pre-authorized code */
	yf_str jkt;
	yf_str details;
	yf_bytes grant_hash;
	int64_t expires_s;
};

/* Inside the transaction of the code. */
YF_CHECKED yf_err yf_refresh_put(struct yf_tx *tx,
				 const struct yf_refresh *refresh);

struct yf_refresh_ask {
	yf_str token;
	yf_str client_id;
	yf_str scope;   /* ptr NULL when absent */
	yf_str details; /* authorization_details; ptr NULL when absent */
	const struct yf_client_auth *auth; /* NULL: a public client */
};

/*
 * An access token for it; `out->refresh` stays empty.
 *
 * INVALID_REQUEST     no token
 * INVALID_GRANT       unknown, expired, of another client or key; a card of
 *                     its code is suspended or revoked; the evidence carries
 *                     the card no more
 * INVALID_SCOPE, INVALID_DETAILS  more than it stands for
 * INVALID_DPOP_PROOF  its jti was used
 */
YF_CHECKED yf_err yf_refresh_exchange(const struct yf_env *env,
				      struct yf_arena *arena,
				      const struct yf_refresh_ask *ask,
				      const struct yf_dpop *dpop,
				      struct yf_token_made *out);

/* Inside the transaction of the act that ends them. */
YF_CHECKED yf_err yf_refresh_end(struct yf_tx *tx, yf_bytes grant_hash);
