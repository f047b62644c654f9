#pragma once

#include "check/request.h"
#include "check/result.h"
#include "openid/vp_response.h"

/*
 * Judging what a wallet presented, OpenID4VP 1.0 section 8.6: format, issuer,
 * query, holder, status, sets, transactions; in both formats.
 */
struct yf_judge_ask {
	const struct yf_request *request;
	yf_str audience;     /* that key bindings must be for */
	yf_bytes transcript; /* that mdocs must be signed over */
};

/*
 * out  verdict, reason, advice, parts, transactions; its times are left
 *
 * Only our own failings are errors: MEMORY, CRYPTO, STORE, BUSY, ...
 */
YF_CHECKED yf_err yf_judge(const struct yf_env *env, struct yf_arena *arena,
			   const struct yf_judge_ask *ask,
			   const struct yf_vp_response *response,
			   struct yf_result *out);
