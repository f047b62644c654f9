#include "credential/issuer_key.h"
#include "credential/numeric_date.h"
#include "credential/status_token.h"

/* Token Status List (draft 20) section 5.1: the list as a signed JWT. */

yf_err yf_status_token_make(struct yf_arena *arena,
			    const struct yf_signer *signer,
			    const struct yf_status_token *token, yf_str *jwt)
{
	struct yf_chain chain = { .count = 0 };
	yf_str lst, payload;

	YF_TRY(yf_signer_chain(signer, &chain));
	YF_TRY(yf_status_list_encode(arena, &token->list, &lst));
	struct yf_json_out out = yf_json_out_new(arena, lst.len + 256);
	yf_json_out_object(&out, NULL);
	yf_json_out_str(&out, "sub", token->uri);
	yf_json_out_int(&out, "iat", token->issued_at_s);
	if (token->expires_s)
		yf_json_out_int(&out, "exp", token->expires_s);
	if (token->ttl_s)
		yf_json_out_int(&out, "ttl", token->ttl_s);
	yf_json_out_object(&out, "status_list");
	yf_json_out_int(&out, "bits", token->list.bits);
	yf_json_out_str(&out, "lst", lst);
	if (token->aggregation_uri.len)
		yf_json_out_str(&out, "aggregation_uri",
				token->aggregation_uri);
	yf_json_out_close(&out);
	yf_json_out_close(&out);
	YF_TRY(yf_json_out_end(&out, &payload));

	const struct yf_jws_header header = {
		.typ = YF_STR("statuslist+jwt"),
		.x5c = &chain,
	};
	return yf_jws_sign(arena, signer, &header, payload, jwt);
}

yf_err yf_status_token_check(const struct yf_status_token *token,
			     const struct yf_status_rule *rule)
{
	if (!yf_str_eq(token->uri, rule->uri))
		return YF_FAIL(AUDIENCE);
	/* Without exp a list would say "valid" for ever. */
	int64_t until_s = token->expires_s;
	if (!until_s)
		until_s = token->issued_at_s + (token->ttl_s > YF_STATUS_AGE_S
							? token->ttl_s
							: YF_STATUS_AGE_S);
	if (!yf_numeric_date_after(until_s, rule->now_s, -rule->skew_s))
		return YF_FAIL(EXPIRED);
	if (yf_numeric_date_after(token->issued_at_s, rule->now_s,
				  rule->skew_s))
		return YF_FAIL(NOT_YET);
	return YF_OK;
}

static yf_err take_claims(struct yf_arena *arena, yf_str payload,
			  const struct yf_status_rule *rule,
			  struct yf_status_token *out)
{
	const struct yf_json *claims;
	int64_t bits = 0;
	yf_str lst = { NULL, 0 };
	const struct yf_json_field fields[] = {
		YF_JSON_STR("sub", &out->uri),
		YF_JSON_NUM("status_list.bits", &bits),
		YF_JSON_STR("status_list.lst", &lst),
		YF_JSON_END,
	};

	YF_TRY(yf_json_parse(arena, payload, &claims));
	YF_TRY(yf_json_take_fields(claims, fields));
	if (!yf_json_get(claims, "iat"))
		return YF_FAIL(MISSING);
	YF_TRY(yf_numeric_date_take(claims, "iat", &out->issued_at_s));
	YF_TRY(yf_numeric_date_take(claims, "exp", &out->expires_s));
	YF_TRY(yf_numeric_date_take(claims, "ttl", &out->ttl_s));
	YF_TRY(yf_status_token_check(out, rule));
	if (bits < 1 || bits > 8)
		return YF_FAIL(RANGE);
	return yf_status_list_decode(arena, (unsigned)bits, lst, rule->len_max,
				     &out->list);
}

yf_err yf_status_token_verify(struct yf_arena *arena, yf_str jwt,
			      const struct yf_status_rule *rule,
			      struct yf_status_token *out)
{
	const struct yf_issuer_rule issuer = {
		.trust = rule->trust,
		.eku = rule->eku,
		.keys = rule->keys,
		.key_count = rule->key_count,
		.now_s = rule->now_s,
	};
	struct yf_status_token token = { 0 };
	struct yf_public_key key;
	struct yf_jws jws;

	YF_TRY(yf_jws_parse(arena, jwt, &jws));
	if (!yf_str_is(jws.typ, "statuslist+jwt"))
		return YF_FAIL(TYP);
	YF_TRY(yf_issuer_verify(&jws, &issuer, &key));
	YF_TRY(take_claims(arena, jws.payload, rule, &token));
	*out = token;
	return YF_OK;
}
