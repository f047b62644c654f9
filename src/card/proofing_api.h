#pragma once

#include "http/exchange.h"

/* The calls of the proofing page, doc/api.md: all under /oauth/proof/. */
#define YF_PROOF_COOKIE "yufu_proof"

YF_CHECKED yf_err yf_proof_state_get(const struct yf_env *env,
				     struct yf_exchange *x,
				     struct yf_reply *reply);
YF_CHECKED yf_err yf_proof_identify_post(const struct yf_env *env,
					 struct yf_exchange *x,
					 struct yf_reply *reply);
YF_CHECKED yf_err yf_proof_consent_post(const struct yf_env *env,
					struct yf_exchange *x,
					struct yf_reply *reply);
YF_CHECKED yf_err yf_proof_attempt_post(const struct yf_env *env,
					struct yf_exchange *x,
					struct yf_reply *reply);
YF_CHECKED yf_err yf_proof_frame_post(const struct yf_env *env,
				      struct yf_exchange *x,
				      struct yf_reply *reply);
YF_CHECKED yf_err yf_proof_trouble_post(const struct yf_env *env,
					struct yf_exchange *x,
					struct yf_reply *reply);
YF_CHECKED yf_err yf_proof_cancel_post(const struct yf_env *env,
				       struct yf_exchange *x,
				       struct yf_reply *reply);
