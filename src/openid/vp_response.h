#pragma once

#include "crypto/jwe.h"
#include "openid/dcql.h"

/*
 * The authorization response, OpenID4VP 1.0 sections 8.1 and 8.3:
 * {vp_token:{id:[presentation]}, state}, in a JWE or as it is.
 */
enum { YF_VP_PRESENTATIONS_MAX = 8 }; /* for one credential query */

struct yf_vp_entry {
	const struct yf_dcql_credential *query;
	size_t index;                /* of it in the DCQL query */
	const yf_str *presentations; /* at least one */
	size_t count;
};

struct yf_vp_response {
	yf_str state; /* empty when absent */
	const struct yf_vp_entry *entries;
	size_t count;
};

/*
 * Reads the plain text of a response to this query.  What it presents is not
 * verified here.
 *
 * MISSING    there is no vp_token
 * SYNTAX     not JSON; vp_token is no object of arrays of texts (a text alone,
 *            as drafts had it, too)
 * NOT_ASKED  an id that the query does not have, nothing at all, or several
 *            presentations where `multiple` is false
 * DUPLICATE, TOO_LARGE, TOO_DEEP, MEMORY
 */
YF_CHECKED yf_err yf_vp_response_parse(struct yf_arena *arena,
				       const struct yf_dcql *query, yf_str text,
				       struct yf_vp_response *out);

/* The same from vp_token alone, as direct_post and the DC API send it. */
YF_CHECKED yf_err yf_vp_token_parse(struct yf_arena *arena,
				    const struct yf_dcql *query,
				    const struct yf_json *token,
				    struct yf_vp_response *out);

struct yf_vp_answer {
	yf_str id; /* of the credential query */
	yf_str presentation;
};

struct yf_vp_ask {
	const struct yf_public_key *key; /* of the request */
	yf_str key_id;
	yf_jwe_enc enc;
	yf_str state; /* empty to leave it out */
	const struct yf_vp_answer *answers;
	size_t count;
};

/* The holder's side: the JWE of parameter `response`.  MEMORY, KEY, CRYPTO */
YF_CHECKED yf_err yf_vp_response_make(struct yf_arena *arena,
				      const struct yf_vp_ask *ask, yf_str *jwe);
