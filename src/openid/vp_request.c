#include "openid/vp_request.h"

#include "codec/url.h"

/* Section 5.8: the wallet is found statically. */
static const char audience[] = "https://self-issued.me/v2";

enum { ES256_COSE = -7, ESP256_COSE = -9 };

/* --- who asks --- */

static bool after_prefix(yf_str client_id, const char *prefix, yf_str *rest)
{
	if (!yf_str_starts(client_id, yf_str_of(prefix)))
		return false;
	*rest = yf_str_skip(client_id, strlen(prefix));
	return true;
}

static bool names_host(const struct yf_cert *leaf, yf_str host)
{
	for (size_t i = 0; i < leaf->san_dns_count; i++)
		if (yf_str_eq_nocase(leaf->san_dns[i], host))
			return true;
	return false;
}

static yf_err check_client(struct yf_arena *arena, const struct yf_jws *jws,
			   const struct yf_vp_request_rule *rule,
			   struct yf_vp_request *out)
{
	struct yf_cert leaf;
	yf_str own;
	yf_str rest;

	/* 5.10: "The Wallet MUST ignore" the outer one unless it is the same */
	if (!yf_str_eq(out->client_id, rule->client_id))
		return YF_FAIL(INVALID_CLIENT);
	YF_TRY(yf_cert_parse(arena, jws->x5c.certs[0], &leaf));
	out->name = leaf.common_name;
	if (after_prefix(out->client_id, YF_X509_SAN_DNS_PREFIX, &rest))
		return names_host(&leaf, rest) ? YF_OK
					       : YF_FAIL(INVALID_CLIENT);
	YF_TRY(yf_client_id_of(arena, jws->x5c.certs[0], &own));
	return yf_str_eq(out->client_id, own) ? YF_OK : YF_FAIL(INVALID_CLIENT);
}

/*
 * 5.9.3, x509_san_dns: "the FQDN value in the response_uri MUST match the
 * Client Identifier without the prefix".
 */
static yf_err check_address(const struct yf_vp_request *request)
{
	struct yf_url url;
	yf_str host;

	YF_TRY(yf_url_parse(request->response_uri, &url));
	if (!yf_str_eq_nocase(url.scheme, YF_STR("https")) &&
	    !yf_url_is_loopback(&url))
		return YF_FAIL(UNSUPPORTED);
	if (after_prefix(request->client_id, YF_X509_SAN_DNS_PREFIX, &host) &&
	    !yf_str_eq_nocase(url.host, host))
		return YF_FAIL(INVALID_CLIENT);
	return YF_OK;
}

/* --- what it says --- */

static yf_err check_fixed(const struct yf_json *payload,
			  struct yf_vp_request *out)
{
	yf_str type = { 0 };
	yf_str mode = { 0 };
	yf_str aud = { 0 };
	const struct yf_json_field fields[] = {
		YF_JSON_STR("response_type", &type),
		YF_JSON_STR("response_mode", &mode),
		YF_JSON_STR("aud", &aud),
		YF_JSON_END,
	};

	YF_TRY(yf_json_take_fields(payload, fields));
	if (yf_json_get(payload, "scope"))
		return YF_FAIL(INVALID_SCOPE);
	out->encrypted = yf_str_is(mode, "direct_post.jwt");
	/* 8.2: response_uri "MUST NOT be present" beside a redirect_uri */
	if (!yf_str_is(type, "vp_token") ||
	    (!out->encrypted && !yf_str_is(mode, "direct_post")) ||
	    !yf_str_is(aud, audience) || yf_json_get(payload, "redirect_uri"))
		return YF_FAIL(INVALID_REQUEST);
	return YF_OK;
}

static bool is_url_safe(yf_str text)
{
	for (size_t i = 0; i < text.len; i++) {
		const char c = text.ptr[i];
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		      (c >= '0' && c <= '9') || c == '-' || c == '_' ||
		      c == '.' || c == '~'))
			return false;
	}
	return true;
}

static yf_err check_times(const struct yf_vp_request_rule *rule,
			  const struct yf_vp_request *request)
{
	if (request->expires_s &&
	    rule->now_s - rule->skew_s >= request->expires_s)
		return YF_FAIL(EXPIRED);
	if (rule->now_s + rule->skew_s < request->issued_at_s)
		return YF_FAIL(NOT_YET);
	return YF_OK;
}

/* 8.3: the alg of the key is that of the JWE, its kid is copied. */
static yf_err take_key(const struct yf_json *metadata,
		       struct yf_vp_request *out)
{
	const struct yf_json *keys =
		yf_json_get(yf_json_get(metadata, "jwks"), "keys");

	if (!keys || keys->kind != YF_JSON_ARRAY)
		return YF_FAIL(INVALID_ENCRYPTION);
	for (size_t i = 0; i < keys->count; i++) {
		const struct yf_json *key = &keys->items[i];

		out->key_id = yf_json_text(key, "kid");
		if (out->key_id.len &&
		    yf_str_is(yf_json_text(key, "alg"), "ECDH-ES") &&
		    !yf_str_is(yf_json_text(key, "use"), "sig") &&
		    !yf_failed(yf_jwk_parse(key, &out->key)))
			return YF_OK;
	}
	return YF_FAIL(INVALID_ENCRYPTION);
}

static bool lists_text(const struct yf_json *array, const char *want)
{
	if (!array || array->kind != YF_JSON_ARRAY)
		return false;
	for (size_t i = 0; i < array->count; i++)
		if (array->items[i].kind == YF_JSON_STRING &&
		    yf_str_is(array->items[i].string, want))
			return true;
	return false;
}

/* Absent means A128GCM (section 5.1). */
static yf_err take_enc(const struct yf_json *metadata,
		       struct yf_vp_request *out)
{
	const struct yf_json *values = yf_json_get(
		metadata, "encrypted_response_enc_values_supported");

	out->enc =
		lists_text(values, "A256GCM") ? YF_JWE_A256GCM : YF_JWE_A128GCM;
	return !values || out->enc == YF_JWE_A256GCM ||
			       lists_text(values, "A128GCM")
		       ? YF_OK
		       : YF_FAIL(INVALID_ENCRYPTION);
}

static yf_err take_metadata(const struct yf_json *payload,
			    struct yf_vp_request *out)
{
	const struct yf_json *metadata =
		yf_json_get(payload, "client_metadata");

	out->formats = yf_json_get(metadata, "vp_formats_supported");
	if (!out->encrypted)
		return YF_OK;
	YF_TRY(take_key(metadata, out));
	return take_enc(metadata, out);
}

static yf_err read_payload(const struct yf_json *payload,
			   const struct yf_vp_request_rule *rule,
			   struct yf_vp_request *out)
{
	yf_str wallet_nonce = { 0 };
	const struct yf_json_field fields[] = {
		YF_JSON_STR("nonce", &out->nonce),
		YF_JSON_STR_OPT("wallet_nonce", &wallet_nonce),
		YF_JSON_NUM_OPT("iat", &out->issued_at_s),
		YF_JSON_NUM_OPT("exp", &out->expires_s),
		YF_JSON_ANY("dcql_query", &out->query),
		YF_JSON_ANY_OPT("transaction_data", &out->transaction_data),
		YF_JSON_ANY_OPT("verifier_info", &out->verifier_info),
		YF_JSON_END,
	};

	YF_TRY(check_fixed(payload, out));
	YF_TRY(yf_json_take_fields(payload, fields));
	if (out->nonce.len < YF_NONCE_LEN_MIN || !is_url_safe(out->nonce) ||
	    !yf_str_eq(wallet_nonce, rule->wallet_nonce))
		return YF_FAIL(NONCE);
	YF_TRY(check_times(rule, out));
	return take_metadata(payload, out);
}

/* What is needed to know whom a refusal may be told. */
static yf_err read_address(const struct yf_json *payload,
			   struct yf_vp_request *out)
{
	const struct yf_json_field fields[] = {
		YF_JSON_STR("response_uri", &out->response_uri),
		YF_JSON_STR_OPT("state", &out->state),
		YF_JSON_END,
	};

	YF_TRY(yf_json_take_fields(payload, fields));
	return check_address(out);
}

yf_err yf_vp_request_read(struct yf_arena *arena, yf_str jwt,
			  const struct yf_vp_request_rule *rule,
			  struct yf_vp_refusal *refusal,
			  struct yf_vp_request *out)
{
	struct yf_jws jws = { 0 };
	struct yf_trusted_leaf leaf = { 0 };
	struct yf_vp_request request = { 0 };
	const struct yf_json *payload = NULL;

	*refusal = (struct yf_vp_refusal){ 0 };
	YF_TRY(yf_jws_parse(arena, jwt, &jws));
	if (!yf_str_is(jws.typ, "oauth-authz-req+jwt"))
		return YF_FAIL(TYP);
	if (!jws.x5c.count)
		return YF_FAIL(UNTRUSTED);
	YF_TRY(yf_trust_verify(rule->parties, &jws.x5c, rule->eku, rule->now_s,
			       &leaf));
	YF_TRY(yf_jws_verify(&jws, &leaf.key));
	YF_TRY(yf_json_parse(arena, jws.payload, &payload));
	request.client_id = yf_json_text(payload, "client_id");
	YF_TRY(check_client(arena, &jws, rule, &request));
	YF_TRY(read_address(payload, &request));
	refusal->response_uri = request.response_uri;
	refusal->state = request.state;
	const yf_err err = read_payload(payload, rule, &request);
	if (yf_failed(err)) {
		refusal->error = yf_vp_error_name(err);
		return err;
	}
	*out = request;
	return YF_OK;
}

/* --- formats --- */

/* A list of algorithms that is not there allows all of them. */
static bool allows_jose(const struct yf_json *format, const char *name)
{
	const struct yf_json *list = yf_json_get(format, name);

	return !list || lists_text(list, "ES256");
}

static bool allows_cose(const struct yf_json *format, const char *name)
{
	const struct yf_json *list = yf_json_get(format, name);

	if (!list)
		return true;
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].kind == YF_JSON_INT &&
		    (list->items[i].integer == ES256_COSE ||
		     list->items[i].integer == ESP256_COSE))
			return true;
	return false;
}

static bool understands(const struct yf_json *formats, yf_dcql_format format)
{
	const struct yf_json *entry = yf_json_get(
		formats, format == YF_DCQL_MDOC ? "mso_mdoc" : "dc+sd-jwt");

	if (!entry)
		return false;
	return format == YF_DCQL_MDOC
		       ? allows_cose(entry, "issuerauth_alg_values") &&
				 allows_cose(entry, "deviceauth_alg_values")
		       : allows_jose(entry, "sd-jwt_alg_values") &&
				 allows_jose(entry, "kb-jwt_alg_values");
}

yf_err yf_vp_request_formats(const struct yf_vp_request *request,
			     const struct yf_dcql *query)
{
	for (size_t i = 0; request->formats && i < query->credential_count; i++)
		if (!understands(request->formats,
				 query->credentials[i].format))
			return YF_FAIL(UNSUPPORTED);
	return YF_OK;
}

const char *yf_vp_error_name(yf_err err)
{
	static const struct {
		yf_code code;
		const char *name;
	} names[] = {
		{ YF_CODE_INVALID_CLIENT, "invalid_client" },
		{ YF_CODE_INVALID_SCOPE, "invalid_scope" },
		{ YF_CODE_UNTRUSTED, "invalid_client" },
		{ YF_CODE_AUDIENCE, "invalid_client" },
		{ YF_CODE_OVER_ASKED, "access_denied" },
		{ YF_CODE_NOT_ASKED, "access_denied" },
		{ YF_CODE_DENIED, "access_denied" },
	};

	for (size_t i = 0; i < YF_COUNT(names); i++)
		if (names[i].code == err.code)
			return names[i].name;
	return "invalid_request";
}
