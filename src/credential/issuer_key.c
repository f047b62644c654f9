#include "credential/issuer_key.h"

static yf_err by_chain(const struct yf_jws *jws,
		       const struct yf_issuer_rule *rule,
		       struct yf_public_key *key)
{
	struct yf_trusted_leaf leaf;
	struct yf_trusted_leaf reader;

	YF_TRY(yf_trust_verify(rule->trust, &jws->x5c, rule->eku, rule->now_s,
			       &leaf));
	/* Who trusts every root of a city trusts its relying parties' too:
	 * they may ask, and issue nothing. */
	if (!rule->eku &&
	    !yf_failed(yf_trust_verify(rule->trust, &jws->x5c, YF_EKU_READER,
				       rule->now_s, &reader)))
		return YF_FAIL(UNTRUSTED);
	YF_TRY(yf_jws_verify(jws, &leaf.key));
	*key = leaf.key;
	return YF_OK;
}

/* Tries each key that has the kid, or none; one key may stand for several. */
static yf_err by_key(const struct yf_jws *jws,
		     const struct yf_issuer_rule *rule,
		     struct yf_public_key *key)
{
	yf_err err = YF_FAIL(UNTRUSTED);

	for (size_t i = 0; i < rule->key_count; i++) {
		const struct yf_trusted_key *known = &rule->keys[i];
		if (known->kid.len && jws->kid.len &&
		    !yf_str_eq(known->kid, jws->kid))
			continue;
		err = yf_jws_verify(jws, &known->key);
		if (!yf_failed(err)) {
			*key = known->key;
			return YF_OK;
		}
	}
	return err;
}

yf_err yf_issuer_verify(const struct yf_jws *jws,
			const struct yf_issuer_rule *rule,
			struct yf_public_key *key)
{
	if (jws->x5c.count && rule->trust)
		return by_chain(jws, rule, key);
	return by_key(jws, rule, key);
}
