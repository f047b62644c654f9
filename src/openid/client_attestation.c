#include "openid/client_attestation.h"

/* NumericDates before 0 or past any calendar are mistakes. */
static bool is_past(int64_t at_s, const struct yf_client_attestation_rule *rule)
{
	return at_s <= rule->now_s - rule->skew_s;
}

static bool is_future(int64_t at_s,
		      const struct yf_client_attestation_rule *rule)
{
	return at_s > rule->now_s + rule->skew_s;
}

static yf_err check_attestation(struct yf_arena *arena, yf_str text,
				const struct yf_client_attestation_rule *rule,
				struct yf_client_attestation *out)
{
	const struct yf_attested_rule attested = {
		.typ = YF_ATTESTATION_TYP,
		.roots = rule->roots,
		.now_s = rule->now_s,
		.skew_s = rule->skew_s,
	};
	const struct yf_json *jwk = NULL;
	int64_t expires_s = 0;
	int64_t not_before_s = 0;
	int64_t issued_at_s = 0;
	struct yf_jws jws;
	const struct yf_json_field fields[] = {
		YF_JSON_STR("sub", &out->client_id),
		YF_JSON_NUM("exp", &expires_s),
		YF_JSON_ANY("cnf.jwk", &jwk),
		YF_JSON_NUM_OPT("nbf", &not_before_s),
		YF_JSON_NUM_OPT("iat", &issued_at_s),
		YF_JSON_END,
	};

	YF_TRY(yf_attested_verify(arena, text, &attested, &jws));
	YF_TRY(yf_json_decode(arena, jws.payload, fields));
	if (!out->client_id.len)
		return YF_FAIL(MISSING);
	if (is_past(expires_s, rule))
		return YF_FAIL(EXPIRED);
	if (is_future(not_before_s, rule) || is_future(issued_at_s, rule))
		return YF_FAIL(NOT_YET);
	return yf_jwk_parse(jwk, &out->key);
}

/* A string, or as JWT allows an array that has it. */
static bool is_audience(const struct yf_json *aud, yf_str issuer)
{
	if (!aud)
		return false;
	if (aud->kind == YF_JSON_STRING)
		return yf_str_eq(aud->string, issuer);
	if (aud->kind != YF_JSON_ARRAY)
		return false;
	for (size_t i = 0; i < aud->count; i++)
		if (aud->items[i].kind == YF_JSON_STRING &&
		    yf_str_eq(aud->items[i].string, issuer))
			return true;
	return false;
}

static yf_err check_pop(struct yf_arena *arena, yf_str text,
			const struct yf_client_attestation_rule *rule,
			struct yf_client_attestation *out)
{
	const struct yf_json *aud = NULL;
	yf_str issuer = { NULL, 0 };
	yf_str nonce = { NULL, 0 };
	int64_t issued_at_s = 0;
	int64_t expires_s = INT64_MAX;
	struct yf_jws jws;
	/* "nonce" is what earlier drafts called the challenge. */
	const struct yf_json_field fields[] = {
		YF_JSON_ANY("aud", &aud),
		YF_JSON_STR("jti", &out->jti),
		YF_JSON_NUM("iat", &issued_at_s),
		YF_JSON_STR_OPT("challenge", &out->challenge),
		YF_JSON_STR_OPT("nonce", &nonce),
		YF_JSON_STR_OPT("iss", &issuer),
		YF_JSON_NUM_OPT("exp", &expires_s),
		YF_JSON_END,
	};

	YF_TRY(yf_jws_parse(arena, text, &jws));
	if (!yf_str_is(jws.typ, YF_ATTESTATION_POP_TYP))
		return YF_FAIL(TYP);
	YF_TRY(yf_jws_verify(&jws, &out->key));
	YF_TRY(yf_json_decode(arena, jws.payload, fields));
	if (!is_audience(aud, rule->issuer))
		return YF_FAIL(AUDIENCE);
	if (!out->jti.len || out->jti.len > YF_ATTESTATION_JTI_MAX)
		return YF_FAIL(RANGE);
	if (issuer.ptr && !yf_str_eq(issuer, out->client_id))
		return YF_FAIL(HOLDER);
	if (is_future(issued_at_s, rule) || issued_at_s < 0)
		return YF_FAIL(NOT_YET);
	if (issued_at_s < rule->now_s - rule->age_s - rule->skew_s ||
	    is_past(expires_s, rule))
		return YF_FAIL(EXPIRED);
	if (!out->challenge.len)
		out->challenge = nonce;
	return YF_OK;
}

yf_err yf_client_attestation_check(
	struct yf_arena *arena, yf_str attestation, yf_str pop,
	const struct yf_client_attestation_rule *rule,
	struct yf_client_attestation *out)
{
	struct yf_client_attestation made = { 0 };

	if (attestation.len + pop.len > YF_ATTESTATION_LEN_MAX)
		return YF_FAIL(INVALID_ATTESTATION);
	yf_err err = check_attestation(arena, attestation, rule, &made);
	if (!yf_failed(err))
		err = check_pop(arena, pop, rule, &made);
	if (yf_failed(err)) {
		if (yf_err_kind(err) != YF_KIND_INTERNAL)
			err.code = YF_CODE_INVALID_ATTESTATION;
		return err;
	}
	*out = made;
	return YF_OK;
}
