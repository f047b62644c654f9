#pragma once

#include "check/request.h"
#include "check/result.h"
#include "codec/url.h"

/*
 * What a wallet answers (OpenID4VP 1.0 section 8): an encrypted answer, one in
 * the clear where that was asked for, or an error.  Anything that opens with
 * the key of the request, fits it and carries its `state` is an answer and
 * closes it, with whatever verdict; anything else leaves the request open, so
 * that garbage from a stranger costs nobody his turn.
 */
struct yf_answer {
	yf_str response;                /* JWE; empty for none */
	const struct yf_json *vp_token; /* in the clear; NULL for none */
	yf_str error;                   /* empty for none */
	yf_str state;                   /* beside the last two */
};

/* Exactly one of the three: MISSING. */
YF_CHECKED yf_err yf_answer_check(const struct yf_answer *answer);

/* From the form.  DUPLICATE, SYNTAX, and those of yf_answer_check(). */
YF_CHECKED yf_err yf_answer_of_form(struct yf_arena *arena,
				    const struct yf_form *form,
				    struct yf_answer *out);

struct yf_taken {
	struct yf_result result; /* what was stored */
	/* Where the wallet sends the browser: empty but in a same-device flow,
	 * and when the answer is refused. */
	yf_str redirect_uri;
};

/*
 * Judges the answer that was posted to the link of the request, and stores
 * the result; tells the party.
 *
 * NOT_FOUND, EXPIRED, REPLAYED   of the request: nothing was stored
 * INVALID_ENCRYPTION             in the clear, or not, against the request
 * DECRYPT, SYNTAX, MISSING, ...  the answer cannot be read: nothing was stored
 * STORE, BUSY, MEMORY, CRYPTO    our side: nothing was stored, try again
 */
YF_CHECKED yf_err yf_response_take(const struct yf_env *env,
				   struct yf_arena *arena, yf_str id,
				   const struct yf_answer *answer,
				   struct yf_taken *out);

/*
 * The same for an answer that came by the Digital Credentials API and was
 * handed on by the request's own party.  INVALID_REQUEST when the request was
 * not made for it.
 */
YF_CHECKED yf_err yf_response_take_dc_api(const struct yf_env *env,
					  struct yf_arena *arena,
					  const struct yf_request *request,
					  const struct yf_answer *answer,
					  struct yf_taken *out);
