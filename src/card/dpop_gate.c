#include "card/dpop_gate.h"

#include "card/nonce.h"
#include "http/reply.h"

enum { PROOF_AGE_S = 300, SKEW_S = 60 };

yf_err yf_address_of(const struct yf_env *env, const struct yf_exchange *x,
		     yf_str *out)
{
	return yf_str_format(x->arena, out, "%.*s%.*s",
			     YF_ARG(env->settings.url), YF_ARG(x->path));
}

static yf_err offer_nonce(const struct yf_env *env, struct yf_exchange *x,
			  struct yf_reply *reply)
{
	yf_str nonce;

	YF_TRY(yf_nonce_make(env, x->arena, YF_NONCE_DPOP, &nonce));
	return yf_reply_header(x, reply, "DPoP-Nonce", nonce);
}

yf_err yf_dpop_gate(const struct yf_env *env, struct yf_exchange *x,
		    yf_str token, struct yf_reply *reply, struct yf_dpop *out)
{
	struct yf_dpop_rule rule = {
		.method = yf_str_of(yf_method_name(x->method)),
		.access_token = token,
		.now_s = yf_env_now_s(env),
		.age_s = PROOF_AGE_S,
		.skew_s = SKEW_S,
	};
	struct yf_dpop dpop;
	yf_str proof;

	/* RFC 9449 4.3: "There is not more than one DPoP HTTP request header
	 * field." */
	if (yf_failed(yf_exchange_header_once(x, "DPoP", &proof)) || !proof.len)
		return YF_FAIL(INVALID_DPOP_PROOF);
	YF_TRY(yf_address_of(env, x, &rule.url));
	YF_TRY(yf_dpop_check(x->arena, proof, &rule, &dpop));
	if (dpop.nonce.len &&
	    yf_failed(yf_nonce_check(env, YF_NONCE_DPOP, dpop.nonce))) {
		YF_TRY(offer_nonce(env, x, reply));
		return YF_FAIL(USE_DPOP_NONCE);
	}
	*out = dpop;
	return YF_OK;
}

yf_err yf_dpop_spend(struct yf_tx *tx, const struct yf_dpop *dpop,
		     int64_t now_s)
{
	/* A proof of a fast clock is good for longer: it counts from iat. */
	const int64_t from_s =
		dpop->issued_at_s > now_s ? dpop->issued_at_s : now_s;
	const yf_err err =
		yf_spend(tx, "jti", dpop->jti, from_s + PROOF_AGE_S + SKEW_S);
	return err.code == YF_CODE_REPLAYED ? YF_FAIL(INVALID_DPOP_PROOF) : err;
}
