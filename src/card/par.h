#pragma once

#include "card/client_auth.h"
#include "card/handle.h"
#include "env/env.h"
#include "openid/dpop.h"

/*
 * Pushed authorization requests, RFC 9126, as HAIP 1.0 section 4 wants them.
 */
enum { YF_PAR_LIFE_S = 90 };

struct yf_par_ask {
	yf_str client_id;
	yf_str response_type;
	yf_str redirect_uri;
	yf_str scope;
	yf_str details; /* authorization_details; ptr NULL when absent */
	yf_str state;
	yf_str code_challenge;
	yf_str code_challenge_method;
	yf_str dpop_jkt; /* parameter of RFC 9449 10; empty when absent */
	const struct yf_client_auth *auth; /* NULL: a public client */
};

/*
 * `dpop` is the proof of the request or NULL (RFC 9449 10.1 lets a client
 * send dpop_jkt instead); when both name a key it must be the same.
 *
 * What is asked for is named by scope, by authorization_details or by both:
 * then they name the same card.
 *
 * INVALID_CLIENT, INVALID_REQUEST, INVALID_SCOPE, INVALID_DETAILS,
 * UNSUPPORTED_RESPONSE_TYPE, INVALID_DPOP_PROOF (used before)
 */
YF_CHECKED yf_err yf_par_push(const struct yf_env *env, struct yf_arena *arena,
			      const struct yf_par_ask *ask,
			      const struct yf_dpop *dpop, yf_str *request_uri);

/* What was pushed; arena memory. */
struct yf_par {
	struct yf_handle handle;
	yf_str client_id;
	yf_str redirect_uri;
	yf_str state;
	yf_str code_challenge;
	yf_str dpop_jkt;
	yf_str type;    /* card/type.h */
	yf_str details; /* card/details.h */
};

/*
 * Takes it, once.
 *
 * INVALID_REQUEST  unknown, used, expired, or of another client
 */
YF_CHECKED yf_err yf_par_take(const struct yf_env *env, struct yf_arena *arena,
			      yf_str client_id, yf_str request_uri,
			      struct yf_par *out);

/* Is this the request_uri of that handle?  Pure. */
bool yf_par_is(yf_str request_uri, const struct yf_handle *handle);
