#include "holder/request.h"

#include "codec/url.h"
#include "crypto/jws.h"
#include "holder/registration.h"

/* The members of the request object that are looked at. */
struct members {
	yf_str client_id;
	yf_str audience;
	yf_str response_type;
	yf_str response_mode;
	const struct yf_json *query;
	const struct yf_json *client_metadata;
	const struct yf_json *verifier_info;
	int64_t issued_at_s;
	int64_t expires_s;
	int64_t not_before_s;
};

static yf_err take(const struct yf_json *payload, struct members *in,
		   struct yf_request *out)
{
	const struct yf_json_field fields[] = {
		YF_JSON_STR("client_id", &in->client_id),
		YF_JSON_STR("aud", &in->audience),
		YF_JSON_STR("response_type", &in->response_type),
		YF_JSON_STR("response_mode", &in->response_mode),
		YF_JSON_STR_OPT("response_uri", &out->response_uri),
		YF_JSON_STR_OPT("nonce", &out->nonce),
		YF_JSON_STR_OPT("state", &out->state),
		YF_JSON_ANY_OPT("dcql_query", &in->query),
		YF_JSON_ANY_OPT("client_metadata", &in->client_metadata),
		YF_JSON_ANY_OPT("verifier_info", &in->verifier_info),
		YF_JSON_NUM_OPT("iat", &in->issued_at_s),
		YF_JSON_NUM_OPT("exp", &in->expires_s),
		YF_JSON_NUM_OPT("nbf", &in->not_before_s),
		YF_JSON_END,
	};

	return yf_json_take_fields(payload, fields);
}

/* The header, the chain and the signature; the leaf's hash is the client. */
static yf_err check_signature(struct yf_arena *arena, const struct yf_jws *jws,
			      const struct yf_request_rule *rule,
			      yf_str *client_id)
{
	struct yf_trusted_leaf leaf;
	yf_str hash;

	if (!yf_str_is(jws->typ, "oauth-authz-req+jwt"))
		return YF_FAIL(TYP);
	if (jws->x5c.count == 0)
		return YF_FAIL(UNTRUSTED);
	YF_TRY(yf_trust_verify(rule->registrars, &jws->x5c, YF_EKU_READER,
			       rule->now_s, &leaf));
	YF_TRY(yf_jws_verify(jws, &leaf.key));
	YF_TRY(yf_x509_hash(arena, jws->x5c.certs[0], &hash));
	return yf_str_format(arena, client_id, "x509_hash:%.*s", YF_ARG(hash));
}

static yf_err check_times(const struct members *in,
			  const struct yf_request_rule *rule)
{
	const int64_t latest = rule->now_s + rule->skew_s;

	if (in->issued_at_s > latest || in->not_before_s > latest)
		return YF_FAIL(NOT_YET);
	if (in->expires_s && in->expires_s <= rule->now_s - rule->skew_s)
		return YF_FAIL(EXPIRED);
	return YF_OK;
}

/* Section 5.2: "ASCII URL safe characters". */
static bool is_url_safe(yf_str text)
{
	for (size_t i = 0; i < text.len; i++) {
		const char c = text.ptr[i];
		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
		    !(c >= '0' && c <= '9') && !strchr("-._~", c))
			return false;
	}
	return true;
}

static yf_err check_address(yf_str text)
{
	struct yf_url url;

	if (yf_failed(yf_url_parse(text, &url)))
		return YF_FAIL(INVALID_REQUEST);
	if (!yf_str_eq_nocase(url.scheme, YF_STR("https")) &&
	    !yf_url_is_loopback(&url))
		return YF_FAIL(INVALID_REQUEST);
	return YF_OK;
}

static yf_err check_shape(const struct yf_json *payload,
			  const struct members *in,
			  const struct yf_request *request)
{
	/* Section 5.8: static discovery. */
	if (!yf_str_is(in->audience, "https://self-issued.me/v2"))
		return YF_FAIL(AUDIENCE);
	if (!yf_str_is(in->response_type, "vp_token") ||
	    !yf_str_is(in->response_mode, "direct_post.jwt"))
		return YF_FAIL(UNSUPPORTED);
	/* Section 8.2: "If the redirect_uri Authorization Request parameter is
	 * present when the Response Mode is direct_post, the Wallet MUST return
	 * an invalid_request". */
	if (yf_json_get(payload, "redirect_uri"))
		return YF_FAIL(INVALID_REQUEST);
	YF_TRY(check_address(request->response_uri));
	if (!request->nonce.len || !is_url_safe(request->nonce) ||
	    !is_url_safe(request->state))
		return YF_FAIL(INVALID_REQUEST);
	if (yf_json_get(payload, "scope") ||
	    yf_json_get(payload, "transaction_data"))
		return YF_FAIL(UNSUPPORTED);
	return in->query ? YF_OK : YF_FAIL(MISSING);
}

static bool has_text(const struct yf_json *array, const char *want)
{
	if (!array || array->kind != YF_JSON_ARRAY)
		return false;
	for (size_t i = 0; i < array->count; i++)
		if (array->items[i].kind == YF_JSON_STRING &&
		    yf_str_is(array->items[i].string, want))
			return true;
	return false;
}

/* Absent lists do not limit; present ones must have ES256. */
static yf_err check_formats(const struct yf_json *metadata)
{
	static const char *const lists[] = { "sd-jwt_alg_values",
					     "kb-jwt_alg_values" };
	const struct yf_json *format = yf_json_get(
		yf_json_get(metadata, "vp_formats_supported"), "dc+sd-jwt");

	if (!format)
		return YF_FAIL(UNSUPPORTED);
	for (size_t i = 0; i < YF_COUNT(lists); i++) {
		const struct yf_json *list = yf_json_get(format, lists[i]);
		if (list && !has_text(list, "ES256"))
			return YF_FAIL(UNSUPPORTED);
	}
	return YF_OK;
}

/* Keys that we cannot use are passed over, as section 8.3 wants it. */
static yf_err choose_key(const struct yf_json *metadata, struct yf_request *out)
{
	const struct yf_json *jwks = yf_json_get(metadata, "jwks");
	const struct yf_json *keys = yf_json_get(jwks, "keys");

	if (!keys || keys->kind != YF_JSON_ARRAY)
		return YF_FAIL(MISSING);
	for (size_t i = 0; i < keys->count; i++) {
		const struct yf_json *key = &keys->items[i];
		const yf_str use = yf_json_text(key, "use");
		if ((use.len && !yf_str_is(use, "enc")) ||
		    !yf_str_is(yf_json_text(key, "alg"), "ECDH-ES") ||
		    yf_failed(yf_jwk_parse(key, &out->key)))
			continue;
		out->kid = yf_json_text(key, "kid");
		return YF_OK;
	}
	return YF_FAIL(UNSUPPORTED);
}

static yf_err choose_encryption(const struct yf_json *metadata,
				struct yf_request *out)
{
	const struct yf_json *encs = yf_json_get(
		metadata, "encrypted_response_enc_values_supported");

	if (has_text(encs, "A256GCM"))
		out->enc = YF_JWE_A256GCM;
	else if (!encs || has_text(encs, "A128GCM"))
		out->enc = YF_JWE_A128GCM;
	else
		return YF_FAIL(UNSUPPORTED);
	return choose_key(metadata, out);
}

static yf_err check_registration(struct yf_arena *arena,
				 const struct members *in,
				 const struct yf_request_rule *rule,
				 struct yf_request *out)
{
	struct yf_registration registration;

	YF_TRY(yf_registration_verify(arena, in->verifier_info, rule,
				      &registration));
	YF_TRY(yf_dcql_within(&out->query, registration.grants,
			      registration.grant_count));
	out->name = registration.name;
	out->purpose = registration.purpose;
	out->retention_s = registration.retention_s;
	return YF_OK;
}

yf_err yf_request_verify(struct yf_arena *arena, yf_str text,
			 const struct yf_request_rule *rule,
			 struct yf_request *out)
{
	struct yf_request got = { 0 };
	struct members in = { 0 };
	struct yf_jws jws;
	const struct yf_json *payload;
	yf_str leaf_id;

	YF_TRY(yf_jws_parse(arena, text, &jws));
	YF_TRY(check_signature(arena, &jws, rule, &leaf_id));
	YF_TRY(yf_json_parse(arena, jws.payload, &payload));
	YF_TRY(take(payload, &in, &got));
	if (!yf_str_eq(in.client_id, leaf_id) ||
	    !yf_str_eq(in.client_id, rule->client_id))
		return YF_FAIL(CONFLICT);
	got.client_id = in.client_id;
	YF_TRY(check_times(&in, rule));
	YF_TRY(check_shape(payload, &in, &got));
	if (!in.client_metadata)
		return YF_FAIL(MISSING);
	YF_TRY(check_formats(in.client_metadata));
	YF_TRY(choose_encryption(in.client_metadata, &got));
	YF_TRY(yf_dcql_parse(arena, in.query, &got.query));
	YF_TRY(check_registration(arena, &in, rule, &got));
	*out = got;
	return YF_OK;
}
