#include "credential/key_binding.h"

#include "credential/numeric_date.h"
#include "crypto/hash.h"

static yf_err check_claims(const struct yf_json *payload,
			   const struct yf_sdjwt *sdjwt,
			   const struct yf_vc_rule *rule)
{
	yf_str audience = { NULL, 0 };
	yf_str nonce = { NULL, 0 };
	yf_str sd_hash = { NULL, 0 };
	int64_t issued_at_s = 0;
	char expected[YF_SHA256_TEXT_LEN];
	const struct yf_json_field fields[] = {
		YF_JSON_STR("aud", &audience),
		YF_JSON_STR("nonce", &nonce),
		YF_JSON_STR("sd_hash", &sd_hash),
		YF_JSON_END,
	};

	YF_TRY(yf_json_take_fields(payload, fields));
	YF_TRY(yf_numeric_date_take(payload, "iat", &issued_at_s));
	if (!yf_json_get(payload, "iat"))
		return YF_FAIL(MISSING);
	if (!yf_str_eq(audience, rule->audience))
		return YF_FAIL(AUDIENCE);
	if (!yf_str_eq(nonce, rule->nonce))
		return YF_FAIL(NONCE);
	yf_sha256_text(sdjwt->hashed, expected);
	if (!yf_str_eq(sd_hash, (yf_str){ expected, sizeof(expected) }))
		return YF_FAIL(DIGEST);
	if (yf_numeric_date_after(issued_at_s, rule->now_s, rule->skew_s) ||
	    yf_numeric_date_after(rule->now_s, issued_at_s,
				  rule->binding_age_s + rule->skew_s))
		return YF_FAIL(HOLDER);
	return YF_OK;
}

yf_err yf_key_binding_verify(struct yf_arena *arena,
			     const struct yf_sdjwt *sdjwt,
			     const struct yf_public_key *holder,
			     const struct yf_vc_rule *rule,
			     const struct yf_json **payload)
{
	struct yf_jws jws;
	const struct yf_json *claims;

	YF_TRY(yf_jws_parse(arena, sdjwt->key_binding, &jws));
	if (!yf_str_is(jws.typ, "kb+jwt"))
		return YF_FAIL(TYP);
	const yf_err err = yf_jws_verify(&jws, holder);
	if (err.code == YF_CODE_SIGNATURE)
		return YF_FAIL(HOLDER);
	YF_TRY(err);
	YF_TRY(yf_json_parse(arena, jws.payload, &claims));
	YF_TRY(check_claims(claims, sdjwt, rule));
	*payload = claims;
	return YF_OK;
}
