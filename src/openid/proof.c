#include "openid/proof.h"

static bool is_within(const struct yf_proof_rule *rule, int64_t issued_at_s)
{
	return issued_at_s >= 0 && issued_at_s <= rule->now_s + rule->skew_s &&
	       issued_at_s >= rule->now_s - rule->age_s - rule->skew_s;
}

/* OpenID4VCI 1.0 F.1: exactly one of kid, jwk and x5c; here it is jwk. */
static yf_err check_header(const struct yf_jws *jws)
{
	if (!yf_str_is(jws->typ, "openid4vci-proof+jwt") || !jws->has_jwk ||
	    yf_json_get(jws->header, "kid") || yf_json_get(jws->header, "x5c"))
		return YF_FAIL(INVALID_PROOF);
	return yf_jws_verify(jws, &jws->jwk);
}

static yf_err take_claims(struct yf_arena *arena, const struct yf_jws *jws,
			  const struct yf_proof_rule *rule,
			  struct yf_proof *out)
{
	yf_str audience = { NULL, 0 };
	const struct yf_json_field fields[] = {
		YF_JSON_STR("aud", &audience),
		YF_JSON_NUM("iat", &out->issued_at_s),
		YF_JSON_STR_OPT("nonce", &out->nonce),
		YF_JSON_STR_OPT("iss", &out->client_id),
		YF_JSON_END,
	};

	YF_TRY(yf_json_decode(arena, jws->payload, fields));
	if (!yf_str_eq(audience, rule->issuer) ||
	    !is_within(rule, out->issued_at_s) ||
	    (out->client_id.len && rule->client_id.len &&
	     !yf_str_eq(out->client_id, rule->client_id)))
		return YF_FAIL(INVALID_PROOF);
	return YF_OK;
}

static yf_err check(struct yf_arena *arena, yf_str jwt,
		    const struct yf_proof_rule *rule, struct yf_proof *out)
{
	struct yf_jws jws;

	YF_TRY(yf_jws_parse(arena, jwt, &jws));
	YF_TRY(check_header(&jws));
	YF_TRY(take_claims(arena, &jws, rule, out));
	const struct yf_json *attestation =
		yf_json_get(jws.header, "key_attestation");
	if (attestation && attestation->kind != YF_JSON_STRING)
		return YF_FAIL(INVALID_PROOF);
	if (attestation)
		out->key_attestation = attestation->string;
	out->key = jws.jwk;
	return YF_OK;
}

yf_err yf_proof_check(struct yf_arena *arena, yf_str jwt,
		      const struct yf_proof_rule *rule, struct yf_proof *out)
{
	struct yf_proof proof = { 0 };
	yf_err err = check(arena, jwt, rule, &proof);

	if (yf_failed(err)) {
		/* One error for the wire; where it was found goes to the log.
		 */
		if (yf_err_kind(err) != YF_KIND_INTERNAL)
			err.code = YF_CODE_INVALID_PROOF;
		return err;
	}
	*out = proof;
	return YF_OK;
}

yf_err yf_proof_make(struct yf_arena *arena, const struct yf_signer *signer,
		     const struct yf_proof_ask *ask, yf_str *out)
{
	struct yf_public_key key;
	yf_str payload;

	YF_TRY(yf_signer_public_key(signer, &key));
	const struct yf_jws_header header = {
		.typ = YF_STR("openid4vci-proof+jwt"),
		.jwk = &key,
	};
	struct yf_json_out json = yf_json_out_new(arena, 256);
	yf_json_out_object(&json, NULL);
	if (ask->client_id.len)
		yf_json_out_str(&json, "iss", ask->client_id);
	yf_json_out_str(&json, "aud", ask->issuer);
	yf_json_out_int(&json, "iat", ask->now_s);
	if (ask->nonce.len)
		yf_json_out_str(&json, "nonce", ask->nonce);
	yf_json_out_close(&json);
	YF_TRY(yf_json_out_end(&json, &payload));
	return yf_jws_sign(arena, signer, &header, payload, out);
}
