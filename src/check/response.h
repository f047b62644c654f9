#pragma once

#include "check/request.h"
#include "check/result.h"
#include "codec/url.h"

/*
 * What a wallet sends to /vp/{id}/response (OpenID4VP 1.0 section 8.2): an
 * encrypted answer, or an error.  Anything that opens with the key of the
 * request, fits it and carries its `state` is an answer and closes it, with
 * whatever verdict; anything else leaves the request open, so that garbage
 * from a stranger costs nobody his turn.
 */
struct yf_answer {
	yf_str response; /* JWE; empty for none */
	yf_str error;    /* empty for none */
	yf_str state;    /* beside an error */
};

/* From the form.  DUPLICATE, and MISSING when neither is there. */
YF_CHECKED yf_err yf_answer_of_form(const struct yf_form *form,
				    struct yf_answer *out);

/*
 * Judges the answer and stores the result; tells the party.
 *
 * out        what was stored
 *
 * NOT_FOUND, EXPIRED, REPLAYED   of the request: nothing was stored
 * DECRYPT, SYNTAX, MISSING, ...  the answer cannot be read: nothing was stored
 * STORE, BUSY, MEMORY, CRYPTO    our side: nothing was stored, try again
 */
YF_CHECKED yf_err yf_response_take(const struct yf_env *env,
				   struct yf_arena *arena, yf_str id,
				   const struct yf_answer *answer,
				   struct yf_result *out);
