#pragma once

#include "env/env.h"

/*
 * Nonces that cost no row until they are used: time, random bytes and an HMAC
 * over both and what they are for.  Spending one is a row in `spent`, put in
 * the transaction of the act, so that of many uses at once one wins.
 */
enum { YF_NONCE_AGE_S = 300 };

/* OpenID4VCI 1.0 section 7 and RFC 9449 section 8. */
#define YF_NONCE_CREDENTIAL "c_nonce"
#define YF_NONCE_DPOP "dpop"

/* MEMORY */
YF_CHECKED yf_err yf_nonce_make(const struct yf_env *env,
				struct yf_arena *arena, const char *kind,
				yf_str *out);

/* NONCE  not ours, for something else, or over YF_NONCE_AGE_S old */
YF_CHECKED yf_err yf_nonce_check(const struct yf_env *env, const char *kind,
				 yf_str nonce);

/*
 * Marks `what` as used; its row may be swept from expires_s on.
 * REPLAYED  it was used before
 */
YF_CHECKED yf_err yf_spend(struct yf_tx *tx, const char *kind, yf_str what,
			   int64_t expires_s);
