#pragma once

#include "http/exchange.h"

/* POST /oauth/par (RFC 9126), GET /oauth/authorize, POST /oauth/token. */
YF_CHECKED yf_err yf_par_post(const struct yf_env *env, struct yf_exchange *x,
			      struct yf_reply *reply);
YF_CHECKED yf_err yf_authorize_get(const struct yf_env *env,
				   struct yf_exchange *x,
				   struct yf_reply *reply);
YF_CHECKED yf_err yf_token_post(const struct yf_env *env, struct yf_exchange *x,
				struct yf_reply *reply);
