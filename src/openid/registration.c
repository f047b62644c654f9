#include "openid/registration.h"

static const yf_str typ = { "rc-rp+jwt", 9 };

static void put_grant(struct yf_json_out *out,
		      const struct yf_dcql_grant *grant)
{
	yf_json_out_object(out, NULL);
	yf_json_out_text(out, "format",
			 grant->doctype.len ? "mso_mdoc" : "dc+sd-jwt");
	yf_json_out_object(out, "meta");
	if (grant->doctype.len) {
		yf_json_out_str(out, "doctype_value", grant->doctype);
	} else {
		yf_json_out_array(out, "vct_values");
		yf_json_out_str(out, NULL, grant->vct);
		yf_json_out_close(out);
	}
	yf_json_out_close(out);
	yf_json_out_array(out, "claims");
	for (size_t i = 0; i < grant->path_count; i++) {
		yf_json_out_object(out, NULL);
		yf_claim_path_put(out, "path", &grant->paths[i]);
		yf_json_out_close(out);
	}
	yf_json_out_close(out);
	yf_json_out_close(out);
}

static yf_err encode(struct yf_arena *arena, const struct yf_registration *r,
		     yf_str *out)
{
	struct yf_json_out json = yf_json_out_new(arena, 1024);

	yf_json_out_object(&json, NULL);
	yf_json_out_str(&json, "iss", r->issuer);
	yf_json_out_str(&json, "sub", r->client_id);
	yf_json_out_str(&json, "name", r->name);
	yf_json_out_object(&json, "purpose");
	for (size_t i = 0; i < r->purpose_count; i++) {
		const char *locale = NULL;

		YF_TRY(yf_str_to_c(arena, r->purpose[i].locale, &locale));
		yf_json_out_str(&json, locale, r->purpose[i].text);
	}
	yf_json_out_close(&json);
	if (r->stated_purpose.len)
		yf_json_out_str(&json, "stated_purpose", r->stated_purpose);
	yf_json_out_int(&json, "retention_s", r->retention_s);
	yf_json_out_int(&json, "iat", r->issued_at_s);
	yf_json_out_int(&json, "exp", r->expires_s);
	yf_json_out_array(&json, "credentials");
	for (size_t i = 0; i < r->grant_count; i++)
		put_grant(&json, &r->grants[i]);
	yf_json_out_close(&json);
	yf_json_out_close(&json);
	return yf_json_out_end(&json, out);
}

yf_err yf_registration_make(struct yf_arena *arena,
			    const struct yf_signer *registrar,
			    const struct yf_registration *registration,
			    yf_str *jwt)
{
	struct yf_chain chain = { 0 };
	yf_str payload = { 0 };

	YF_TRY(encode(arena, registration, &payload));
	YF_TRY(yf_signer_chain(registrar, &chain));
	const struct yf_jws_header header = {
		.typ = typ,
		.x5c = chain.count ? &chain : NULL,
	};
	return yf_jws_sign(arena, registrar, &header, payload, jwt);
}

/* --- reading --- */

static yf_err parse_purpose(struct yf_arena *arena, const struct yf_json *texts,
			    struct yf_registration *out)
{
	if (texts->kind != YF_JSON_OBJECT || !texts->count)
		return YF_FAIL(SYNTAX);
	if (texts->count > YF_REGISTRATION_TEXTS_MAX)
		return YF_FAIL(TOO_LARGE);

	struct yf_registration_text *list =
		YF_NEW(arena, struct yf_registration_text, texts->count);
	if (!list)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < texts->count; i++) {
		if (texts->items[i].kind != YF_JSON_STRING)
			return YF_FAIL(SYNTAX);
		list[i].locale = texts->items[i].name;
		list[i].text = texts->items[i].string;
	}
	out->purpose = list;
	out->purpose_count = texts->count;
	return YF_OK;
}

/*
 * The credentials have the form of a DCQL query without ids: it becomes one
 * grant for each type.
 */
static yf_err parse_grant(struct yf_arena *arena, const struct yf_json *item,
			  struct yf_dcql_grant *out)
{
	const bool mdoc = yf_str_is(yf_json_text(item, "format"), "mso_mdoc");
	const struct yf_json *claims = NULL;
	const struct yf_json_field fields[] = {
		mdoc ? (struct yf_json_field)YF_JSON_STR("meta.doctype_value",
							 &out->doctype)
		     : (struct yf_json_field)YF_JSON_STR("meta.vct_values.0",
							 &out->vct),
		YF_JSON_ANY("claims", &claims),
		YF_JSON_END,
	};

	YF_TRY(yf_json_take_fields(item, fields));
	if (claims->kind != YF_JSON_ARRAY)
		return YF_FAIL(SYNTAX);
	if (claims->count > YF_DCQL_CLAIMS_MAX)
		return YF_FAIL(TOO_LARGE);
	struct yf_claim_path *paths =
		YF_NEW(arena, struct yf_claim_path, claims->count);
	if (!paths)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < claims->count; i++) {
		const struct yf_json *path =
			yf_json_get(&claims->items[i], "path");

		if (!path)
			return YF_FAIL(MISSING);
		YF_TRY(yf_claim_path_parse(arena, path, &paths[i]));
	}
	out->paths = paths;
	out->path_count = claims->count;
	return YF_OK;
}

static yf_err parse_grants(struct yf_arena *arena, const struct yf_json *array,
			   struct yf_registration *out)
{
	if (array->kind != YF_JSON_ARRAY)
		return YF_FAIL(SYNTAX);
	if (array->count > YF_REGISTRATION_GRANTS_MAX)
		return YF_FAIL(TOO_LARGE);

	struct yf_dcql_grant *grants =
		YF_NEW(arena, struct yf_dcql_grant, array->count);
	if (!grants)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < array->count; i++)
		YF_TRY(parse_grant(arena, &array->items[i], &grants[i]));
	out->grants = grants;
	out->grant_count = array->count;
	return YF_OK;
}

static yf_err parse(struct yf_arena *arena, yf_str payload,
		    struct yf_registration *out)
{
	const struct yf_json *tree = NULL;
	const struct yf_json *purpose = NULL;
	const struct yf_json *credentials = NULL;
	const struct yf_json_field fields[] = {
		YF_JSON_STR("iss", &out->issuer),
		YF_JSON_STR("sub", &out->client_id),
		YF_JSON_STR("name", &out->name),
		YF_JSON_ANY("purpose", &purpose),
		YF_JSON_STR_OPT("stated_purpose", &out->stated_purpose),
		YF_JSON_NUM("retention_s", &out->retention_s),
		YF_JSON_NUM("iat", &out->issued_at_s),
		YF_JSON_NUM("exp", &out->expires_s),
		YF_JSON_ANY("credentials", &credentials),
		YF_JSON_END,
	};

	YF_TRY(yf_json_parse(arena, payload, &tree));
	YF_TRY(yf_json_take_fields(tree, fields));
	YF_TRY(parse_purpose(arena, purpose, out));
	return parse_grants(arena, credentials, out);
}

/*
 * Parties hold certificates of the same root as the registrar: one that signed
 * its own registration would allow itself to ask anything.
 */
static yf_err check_registrar(const struct yf_jws *jws,
			      const struct yf_registration_rule *rule,
			      struct yf_trusted_leaf *leaf)
{
	struct yf_trusted_leaf reader = { 0 };

	YF_TRY(yf_trust_verify(rule->registrars, &jws->x5c, NULL, rule->now_s,
			       leaf));
	return yf_failed(yf_trust_verify(rule->registrars, &jws->x5c,
					 YF_EKU_READER, rule->now_s, &reader))
		       ? YF_OK
		       : YF_FAIL(UNTRUSTED);
}

yf_err yf_registration_check(struct yf_arena *arena, yf_str jwt,
			     const struct yf_registration_rule *rule,
			     struct yf_registration *out)
{
	struct yf_jws jws = { 0 };
	struct yf_trusted_leaf leaf = { 0 };
	struct yf_registration parsed = { 0 };

	YF_TRY(yf_jws_parse(arena, jwt, &jws));
	if (!yf_str_eq(jws.typ, typ))
		return YF_FAIL(TYP);
	if (!jws.x5c.count)
		return YF_FAIL(UNTRUSTED);
	YF_TRY(check_registrar(&jws, rule, &leaf));
	YF_TRY(yf_jws_verify(&jws, &leaf.key));
	YF_TRY(parse(arena, jws.payload, &parsed));
	if (!yf_str_eq(parsed.client_id, rule->client_id))
		return YF_FAIL(AUDIENCE);
	if (rule->now_s - rule->skew_s >= parsed.expires_s)
		return YF_FAIL(EXPIRED);
	if (rule->now_s + rule->skew_s < parsed.issued_at_s)
		return YF_FAIL(NOT_YET);
	*out = parsed;
	return YF_OK;
}
