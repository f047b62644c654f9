#pragma once

#include "http/exchange.h"

/* OpenID4VCI 1.0 sections 7, 8, 4.1.3, 11, and the status list. */
YF_CHECKED yf_err yf_nonce_post(const struct yf_env *env, struct yf_exchange *x,
				struct yf_reply *reply);
YF_CHECKED yf_err yf_credential_post(const struct yf_env *env,
				     struct yf_exchange *x,
				     struct yf_reply *reply);
YF_CHECKED yf_err yf_offer_get(const struct yf_env *env, struct yf_exchange *x,
			       struct yf_reply *reply);
YF_CHECKED yf_err yf_notification_post(const struct yf_env *env,
				       struct yf_exchange *x,
				       struct yf_reply *reply);
YF_CHECKED yf_err yf_status_get(const struct yf_env *env, struct yf_exchange *x,
				struct yf_reply *reply);
