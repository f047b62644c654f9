#include "holder/metadata.h"

#include "codec/url.h"

yf_err yf_well_known(struct yf_arena *arena, yf_str identifier,
		     const char *name, yf_str *out)
{
	struct yf_url url;
	yf_str origin;

	YF_TRY(yf_url_parse(identifier, &url));
	YF_TRY(yf_url_origin(arena, &url, &origin));
	if (url.path.len && url.path.ptr[url.path.len - 1] == '/')
		url.path.len--;
	return yf_str_format(arena, out, "%.*s/.well-known/%s%.*s",
			     YF_ARG(origin), name, YF_ARG(url.path));
}

static bool lists(const struct yf_json *array, const char *want)
{
	if (!array || array->kind != YF_JSON_ARRAY)
		return false;
	for (size_t i = 0; i < array->count; i++)
		if (array->items[i].kind == YF_JSON_STRING &&
		    yf_str_is(array->items[i].string, want))
			return true;
	return false;
}

/* A256GCM before A128GCM; A128GCM is what every peer has. */
static bool choose_enc(const struct yf_json *values, yf_jwe_enc *out)
{
	*out = lists(values, "A256GCM") ? YF_JWE_A256GCM : YF_JWE_A128GCM;
	return *out == YF_JWE_A256GCM || lists(values, "A128GCM");
}

static bool choose_key(const struct yf_json *jwks,
		       struct yf_issuer_encryption *out)
{
	const struct yf_json *keys = yf_json_get(jwks, "keys");

	if (!keys || keys->kind != YF_JSON_ARRAY)
		return false;
	for (size_t i = 0; i < keys->count; i++) {
		out->key_id = yf_json_text(&keys->items[i], "kid");
		if (out->key_id.len &&
		    yf_str_is(yf_json_text(&keys->items[i], "alg"),
			      "ECDH-ES") &&
		    !yf_failed(yf_jwk_parse(&keys->items[i], &out->key)))
			return true;
	}
	return false;
}

static bool is_required(const struct yf_json *encryption)
{
	const struct yf_json *required =
		yf_json_get(encryption, "encryption_required");

	return required && required->kind == YF_JSON_BOOL && required->boolean;
}

static yf_err take_encryption(const struct yf_json *tree,
			      struct yf_issuer_encryption *out)
{
	const struct yf_json *request =
		yf_json_get(tree, "credential_request_encryption");
	const struct yf_json *response =
		yf_json_get(tree, "credential_response_encryption");

	out->required = is_required(request) || is_required(response);
	out->usable =
		choose_key(yf_json_get(request, "jwks"), out) &&
		choose_enc(yf_json_get(request, "enc_values_supported"),
			   &out->request_enc) &&
		choose_enc(yf_json_get(response, "enc_values_supported"),
			   &out->response_enc) &&
		lists(yf_json_get(response, "alg_values_supported"), "ECDH-ES");
	return out->required && !out->usable ? YF_FAIL(UNSUPPORTED) : YF_OK;
}

yf_err yf_issuer_metadata_take(const struct yf_json *tree, yf_str issuer,
			       struct yf_issuer_metadata *out)
{
	struct yf_issuer_metadata got = { .batch_size = 1 };
	int64_t batch_size = 0;
	const struct yf_json_field fields[] = {
		YF_JSON_STR("credential_issuer", &got.issuer),
		YF_JSON_STR("credential_endpoint", &got.credential_endpoint),
		YF_JSON_STR_OPT("nonce_endpoint", &got.nonce_endpoint),
		YF_JSON_STR_OPT("deferred_credential_endpoint",
				&got.deferred_endpoint),
		YF_JSON_STR_OPT("notification_endpoint",
				&got.notification_endpoint),
		YF_JSON_STR_OPT("authorization_servers.0",
				&got.authorization_server),
		YF_JSON_ANY_OPT("authorization_servers",
				&got.authorization_servers),
		YF_JSON_NUM_OPT("batch_credential_issuance.batch_size",
				&batch_size),
		YF_JSON_ANY("credential_configurations_supported",
			    &got.configurations),
		YF_JSON_END,
	};

	YF_TRY(yf_json_take_fields(tree, fields));
	if (!yf_str_eq(got.issuer, issuer))
		return YF_FAIL(CONFLICT);
	if (got.configurations->kind != YF_JSON_OBJECT)
		return YF_FAIL(SYNTAX);
	if (yf_json_get(tree, "batch_credential_issuance")) {
		if (batch_size < 2)
			return YF_FAIL(RANGE);
		got.batch_size = batch_size;
	}
	YF_TRY(take_encryption(tree, &got.encryption));
	if (!got.authorization_server.len)
		got.authorization_server = got.issuer;
	*out = got;
	return YF_OK;
}

yf_err yf_server_metadata_take(const struct yf_json *tree, yf_str issuer,
			       struct yf_server_metadata *out)
{
	struct yf_server_metadata got = { 0 };
	bool gives_iss = false;
	const struct yf_json_field fields[] = {
		YF_JSON_STR("issuer", &got.issuer),
		YF_JSON_STR("token_endpoint", &got.token_endpoint),
		YF_JSON_STR_OPT("authorization_endpoint",
				&got.authorize_endpoint),
		YF_JSON_STR_OPT("pushed_authorization_request_endpoint",
				&got.par_endpoint),
		YF_JSON_FLAG_OPT(
			"authorization_response_iss_parameter_supported",
			&gives_iss),
		YF_JSON_FLAG_OPT(
			"pre-authorized_grant_anonymous_access_supported",
			&got.anonymous),
		YF_JSON_END,
	};

	YF_TRY(yf_json_take_fields(tree, fields));
	if (!yf_str_eq(got.issuer, issuer))
		return YF_FAIL(CONFLICT);
	if (got.authorize_endpoint.len &&
	    (!got.par_endpoint.len || !gives_iss ||
	     !lists(yf_json_get(tree, "code_challenge_methods_supported"),
		    "S256") ||
	     !lists(yf_json_get(tree, "dpop_signing_alg_values_supported"),
		    "ES256")))
		return YF_FAIL(UNSUPPORTED);
	*out = got;
	return YF_OK;
}

/* The type, and that it is bound to keys in the way of its format. */
static yf_err take_type(const struct yf_json *at, struct yf_configuration *out)
{
	const struct yf_json *methods =
		yf_json_get(at, "cryptographic_binding_methods_supported");
	const yf_str format = yf_json_text(at, "format");

	if (yf_str_is(format, "dc+sd-jwt")) {
		out->format = YF_DCQL_SD_JWT;
		out->type = yf_json_text(at, "vct");
	} else if (yf_str_is(format, "mso_mdoc")) {
		out->format = YF_DCQL_MDOC;
		out->type = yf_json_text(at, "doctype");
	}
	if (!out->type.len ||
	    !lists(methods, out->format == YF_DCQL_MDOC ? "cose_key" : "jwk"))
		return YF_FAIL(UNSUPPORTED);
	return YF_OK;
}

yf_err yf_configuration_find(const struct yf_issuer_metadata *from, yf_str id,
			     struct yf_configuration *out)
{
	const struct yf_json *at = yf_json_get_str(from->configurations, id);
	const struct yf_json *algs = NULL;
	const struct yf_json *attested = NULL;
	struct yf_configuration got = { .id = id };
	const struct yf_json_field fields[] = {
		YF_JSON_STR_OPT("scope", &got.scope),
		YF_JSON_ANY_OPT(
			"proof_types_supported.jwt.proof_signing_alg_values_"
			"supported",
			&algs),
		YF_JSON_ANY_OPT(
			"proof_types_supported.jwt.key_attestations_required",
			&attested),
		YF_JSON_END,
	};

	if (!at)
		return YF_FAIL(UNKNOWN_CONFIGURATION);
	YF_TRY(yf_json_take_fields(at, fields));
	YF_TRY(take_type(at, &got));
	if (!lists(algs, "ES256") || attested)
		return YF_FAIL(UNSUPPORTED);
	*out = got;
	return YF_OK;
}
