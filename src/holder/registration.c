#include "holder/registration.h"

#include "crypto/jws.h"

static yf_str find_jwt(const struct yf_json *info)
{
	if (!info || info->kind != YF_JSON_ARRAY)
		return (yf_str){ 0 };
	for (size_t i = 0; i < info->count; i++)
		if (yf_str_is(yf_json_text(&info->items[i], "format"), "jwt"))
			return yf_json_text(&info->items[i], "data");
	return (yf_str){ 0 };
}

static yf_err take_paths(struct yf_arena *arena, const struct yf_json *claims,
			 struct yf_dcql_grant *grant)
{
	struct yf_claim_path *paths;

	if (!claims)
		return YF_OK;
	if (claims->kind != YF_JSON_ARRAY)
		return YF_FAIL(SYNTAX);
	paths = YF_NEW(arena, struct yf_claim_path, claims->count);
	if (!paths)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < claims->count; i++) {
		const struct yf_json *path =
			yf_json_get(&claims->items[i], "path");
		if (!path)
			return YF_FAIL(MISSING);
		YF_TRY(yf_claim_path_parse(arena, path, &paths[i]));
	}
	grant->paths = paths;
	grant->path_count = claims->count;
	return YF_OK;
}

/* One credential of the certificate: a grant for each type it names. */
static yf_err take_credential(struct yf_arena *arena,
			      const struct yf_json *credential,
			      struct yf_registration *out)
{
	const struct yf_json *vcts =
		yf_json_get(yf_json_get(credential, "meta"), "vct_values");
	struct yf_dcql_grant grant = { 0 };

	if (!yf_str_is(yf_json_text(credential, "format"), "dc+sd-jwt"))
		return YF_OK;
	if (!vcts || vcts->kind != YF_JSON_ARRAY)
		return YF_FAIL(SYNTAX);
	YF_TRY(take_paths(arena, yf_json_get(credential, "claims"), &grant));
	for (size_t i = 0; i < vcts->count; i++) {
		if (vcts->items[i].kind != YF_JSON_STRING)
			return YF_FAIL(SYNTAX);
		if (out->grant_count == YF_REQUEST_GRANTS_MAX)
			return YF_FAIL(TOO_LARGE);
		grant.vct = vcts->items[i].string;
		out->grants[out->grant_count++] = grant;
	}
	return YF_OK;
}

static yf_err check_payload(struct yf_arena *arena, yf_str payload,
			    const struct yf_request_rule *rule,
			    struct yf_registration *out)
{
	yf_str subject = { 0 };
	int64_t issued_at_s = 0;
	int64_t expires_s = 0;
	const struct yf_json *credentials = NULL;
	const struct yf_json_field fields[] = {
		YF_JSON_STR("sub", &subject),
		YF_JSON_STR("name", &out->name),
		YF_JSON_ANY("purpose", &out->purpose),
		YF_JSON_NUM("retention_s", &out->retention_s),
		YF_JSON_NUM("iat", &issued_at_s),
		YF_JSON_NUM("exp", &expires_s),
		YF_JSON_ANY("credentials", &credentials),
		YF_JSON_END,
	};

	YF_TRY(yf_json_decode(arena, payload, fields));
	if (!yf_str_eq(subject, rule->client_id))
		return YF_FAIL(CONFLICT);
	if (issued_at_s > rule->now_s + rule->skew_s)
		return YF_FAIL(NOT_YET);
	if (expires_s <= rule->now_s - rule->skew_s)
		return YF_FAIL(EXPIRED);
	if (out->purpose->kind != YF_JSON_OBJECT ||
	    credentials->kind != YF_JSON_ARRAY)
		return YF_FAIL(SYNTAX);
	for (size_t i = 0; i < credentials->count; i++)
		YF_TRY(take_credential(arena, &credentials->items[i], out));
	return YF_OK;
}

yf_err yf_registration_verify(struct yf_arena *arena,
			      const struct yf_json *verifier_info,
			      const struct yf_request_rule *rule,
			      struct yf_registration *out)
{
	const yf_str text = find_jwt(verifier_info);
	struct yf_registration got = { 0 };
	struct yf_trusted_leaf leaf;
	struct yf_jws jws;

	if (!text.len)
		return YF_FAIL(MISSING);
	YF_TRY(yf_jws_parse(arena, text, &jws));
	if (!yf_str_is(jws.typ, "rc-rp+jwt"))
		return YF_FAIL(TYP);
	if (jws.x5c.count == 0)
		return YF_FAIL(UNTRUSTED);
	YF_TRY(yf_trust_verify(rule->registrars, &jws.x5c, NULL, rule->now_s,
			       &leaf));
	YF_TRY(yf_jws_verify(&jws, &leaf.key));
	YF_TRY(check_payload(arena, jws.payload, rule, &got));
	*out = got;
	return YF_OK;
}
