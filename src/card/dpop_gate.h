#pragma once

#include "http/exchange.h"
#include "env/env.h"
#include "openid/dpop.h"

/*
 * The DPoP proof of a request, RFC 9449: its form here, its single use in the
 * transaction of the act.
 */

/*
 * token   the access token at a resource, empty elsewhere
 *
 * INVALID_DPOP_PROOF  missing, twice, or not right for this request
 * USE_DPOP_NONCE      it carries a nonce that is not (or no longer) ours;
 *                     a fresh one is put into the reply
 */
YF_CHECKED yf_err yf_dpop_gate(const struct yf_env *env, struct yf_exchange *x,
			       yf_str token, struct yf_reply *reply,
			       struct yf_dpop *out);

/* Inside the transaction.  INVALID_DPOP_PROOF when its jti was seen. */
YF_CHECKED yf_err yf_dpop_spend(struct yf_tx *tx, const struct yf_dpop *dpop,
				int64_t now_s);

/* The address of this request as a wallet sees it.  MEMORY */
YF_CHECKED yf_err yf_address_of(const struct yf_env *env,
				const struct yf_exchange *x, yf_str *out);
