#include "credential/issuer_key.h"

static yf_err check_chain(const struct yf_chain *chain,
			  const struct yf_issuer_rule *rule,
			  struct yf_trusted_leaf *leaf)
{
	struct yf_trusted_leaf reader;

	YF_TRY(yf_trust_verify(rule->trust, chain, rule->eku, rule->now_s,
			       leaf));
	/* Who trusts every root of a city trusts its relying parties' too:
	 * they may ask, and issue nothing. */
	if (!rule->eku &&
	    !yf_failed(yf_trust_verify(rule->trust, chain, YF_EKU_READER,
				       rule->now_s, &reader)))
		return YF_FAIL(UNTRUSTED);
	return YF_OK;
}

static yf_err by_chain(const struct yf_jws *jws,
		       const struct yf_issuer_rule *rule,
		       struct yf_public_key *key)
{
	struct yf_trusted_leaf leaf;

	YF_TRY(check_chain(&jws->x5c, rule, &leaf));
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

static yf_err by_pinned_key(const struct yf_cose_sign1 *sign1,
			    const struct yf_issuer_rule *rule,
			    struct yf_issuer *out)
{
	yf_err err = YF_FAIL(UNTRUSTED);

	for (size_t i = 0; i < rule->key_count; i++) {
		out->key = rule->keys[i].key;
		err = yf_cose_sign1_verify(sign1, sign1->payload, &out->key);
		if (!yf_failed(err))
			break;
	}
	return err;
}

yf_err yf_issuer_verify_cose(const struct yf_cose_sign1 *sign1,
			     const struct yf_issuer_rule *rule,
			     struct yf_issuer *out)
{
	struct yf_issuer issuer = { 0 };
	yf_err err = YF_FAIL(UNTRUSTED);

	if (rule->trust)
		err = check_chain(&sign1->x5chain, rule, &issuer.leaf);
	if (err.code == YF_CODE_UNTRUSTED && rule->key_count) {
		YF_TRY(by_pinned_key(sign1, rule, &issuer));
	} else {
		YF_TRY(err);
		issuer.key = issuer.leaf.key;
		issuer.has_leaf = true;
		YF_TRY(yf_cose_sign1_verify(sign1, sign1->payload,
					    &issuer.key));
	}
	*out = issuer;
	return YF_OK;
}
