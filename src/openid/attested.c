#include "openid/attested.h"

yf_err yf_attested_verify(struct yf_arena *arena, yf_str jwt,
			  const struct yf_attested_rule *rule,
			  struct yf_jws *out)
{
	struct yf_trusted_leaf leaf;

	YF_TRY(yf_jws_parse(arena, jwt, out));
	if (!yf_str_is(out->typ, rule->typ))
		return YF_FAIL(TYP);
	if (!out->x5c.count)
		return YF_FAIL(MISSING);
	YF_TRY(yf_trust_verify(rule->roots, &out->x5c, NULL, rule->now_s,
			       &leaf));
	return yf_jws_verify(out, &leaf.key);
}
