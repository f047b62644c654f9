#include "openid/request_object.h"

#include "crypto/cose.h"
#include "openid/transaction_data.h"

static const yf_str typ = { "oauth-authz-req+jwt", 19 };

/* Section 5.8: the wallet is found statically. */
static const char audience[] = "https://self-issued.me/v2";

yf_err yf_client_id_of(struct yf_arena *arena, yf_bytes leaf, yf_str *out)
{
	yf_str hash = { 0 };

	YF_TRY(yf_x509_hash(arena, leaf, &hash));
	return yf_str_format(arena, out, YF_X509_HASH_PREFIX "%.*s",
			     YF_ARG(hash));
}

yf_err yf_client_id_of_dns(struct yf_arena *arena, yf_bytes leaf, yf_str host,
			   yf_str *out)
{
	struct yf_cert cert = { 0 };

	YF_TRY(yf_cert_parse(arena, leaf, &cert));
	for (size_t i = 0; i < cert.san_dns_count; i++)
		if (yf_str_eq_nocase(cert.san_dns[i], host))
			return yf_str_format(arena, out,
					     YF_X509_SAN_DNS_PREFIX "%.*s",
					     YF_ARG(cert.san_dns[i]));
	return YF_FAIL(UNSUPPORTED);
}

const char *yf_response_mode_name(yf_response_mode mode)
{
	switch (mode) {
	case YF_MODE_DIRECT_POST_JWT:
		return "direct_post.jwt";
	case YF_MODE_DIRECT_POST:
		return "direct_post";
	case YF_MODE_DC_API_JWT:
		return "dc_api.jwt";
	case YF_MODE_DC_API:
		break;
	}
	return "dc_api";
}

static void put_key(struct yf_json_out *json,
		    const struct yf_request_object *ask)
{
	yf_json_out_object(json, NULL);
	yf_json_out_text(json, "kty", "EC");
	yf_json_out_text(json, "crv", "P-256");
	yf_json_out_base64url(json, "x", (yf_bytes){ ask->key.x, 32 });
	yf_json_out_base64url(json, "y", (yf_bytes){ ask->key.y, 32 });
	yf_json_out_str(json, "kid", ask->key_id);
	yf_json_out_text(json, "use", "enc");
	yf_json_out_text(json, "alg", "ECDH-ES");
	yf_json_out_close(json);
}

static void put_algorithm(struct yf_json_out *json, const char *name)
{
	yf_json_out_array(json, name);
	yf_json_out_text(json, NULL, "ES256");
	yf_json_out_close(json);
}

static void put_cose_algorithms(struct yf_json_out *json, const char *name)
{
	yf_json_out_array(json, name);
	yf_json_out_int(json, NULL, YF_COSE_ALG_ES256);
	yf_json_out_int(json, NULL, YF_COSE_ALG_ESP256);
	yf_json_out_close(json);
}

/* Appendix B.2.2 and B.3.4.  A device's MAC is not asked for: nothing says
 * which key of ours it would be made with. */
static void put_formats(struct yf_json_out *json)
{
	yf_json_out_object(json, "vp_formats_supported");
	yf_json_out_object(json, "dc+sd-jwt");
	put_algorithm(json, "sd-jwt_alg_values");
	put_algorithm(json, "kb-jwt_alg_values");
	yf_json_out_close(json);
	yf_json_out_object(json, "mso_mdoc");
	put_cose_algorithms(json, "issuerauth_alg_values");
	put_cose_algorithms(json, "deviceauth_alg_values");
	yf_json_out_close(json);
	yf_json_out_close(json);
}

/* HAIP 1.0 5: "The Verifier MUST list both A128GCM and A256GCM". */
static void put_encryption(struct yf_json_out *json,
			   const struct yf_request_object *ask)
{
	yf_json_out_object(json, "jwks");
	yf_json_out_array(json, "keys");
	put_key(json, ask);
	yf_json_out_close(json);
	yf_json_out_close(json);
	yf_json_out_array(json, "encrypted_response_enc_values_supported");
	yf_json_out_text(json, NULL, "A128GCM");
	yf_json_out_text(json, NULL, "A256GCM");
	yf_json_out_close(json);
}

static void put_metadata(struct yf_json_out *json,
			 const struct yf_request_object *ask)
{
	yf_json_out_object(json, "client_metadata");
	if (yf_response_mode_is_encrypted(ask->mode))
		put_encryption(json, ask);
	put_formats(json);
	yf_json_out_close(json);
}

static void put_verifier_info(struct yf_json_out *json, yf_str registration)
{
	yf_json_out_array(json, "verifier_info");
	yf_json_out_object(json, NULL);
	yf_json_out_text(json, "format", "jwt");
	yf_json_out_str(json, "data", registration);
	yf_json_out_close(json);
	yf_json_out_close(json);
}

/* What a request says, signed or not. */
static void put_request(struct yf_json_out *json,
			const struct yf_request_object *ask)
{
	yf_json_out_text(json, "response_type", "vp_token");
	yf_json_out_text(json, "response_mode",
			 yf_response_mode_name(ask->mode));
	if (!yf_response_mode_is_dc_api(ask->mode))
		yf_json_out_str(json, "response_uri", ask->response_uri);
	yf_json_out_str(json, "nonce", ask->nonce);
	yf_json_out_tree(json, "dcql_query", ask->query);
	if (ask->transaction_data)
		yf_json_out_tree(json, "transaction_data",
				 ask->transaction_data);
	put_metadata(json, ask);
}

static yf_err encode(struct yf_arena *arena,
		     const struct yf_request_object *ask, yf_str *out)
{
	const bool dc_api = yf_response_mode_is_dc_api(ask->mode);
	struct yf_json_out json = yf_json_out_new(arena, 4096);

	yf_json_out_object(&json, NULL);
	yf_json_out_str(&json, "iss", ask->client_id);
	yf_json_out_text(&json, "aud", audience);
	yf_json_out_str(&json, "client_id", ask->client_id);
	put_request(&json, ask);
	if (dc_api) {
		/* A.2: "expected_origins: REQUIRED when signed requests" */
		yf_json_out_array(&json, "expected_origins");
		yf_json_out_str(&json, NULL, ask->origin);
		yf_json_out_close(&json);
	}
	if (ask->state.len && !dc_api)
		yf_json_out_str(&json, "state", ask->state);
	if (ask->wallet_nonce.len)
		yf_json_out_str(&json, "wallet_nonce", ask->wallet_nonce);
	yf_json_out_int(&json, "iat", ask->issued_at_s);
	yf_json_out_int(&json, "exp", ask->expires_s);
	if (ask->registration.len)
		put_verifier_info(&json, ask->registration);
	yf_json_out_close(&json);
	return yf_json_out_end(&json, out);
}

static bool is_whole(const struct yf_request_object *ask)
{
	const yf_str goal = yf_response_mode_is_dc_api(ask->mode)
				    ? ask->origin
				    : ask->response_uri;

	return ask->nonce.len >= YF_NONCE_LEN_MIN && goal.len &&
	       (ask->key_id.len || !yf_response_mode_is_encrypted(ask->mode));
}

yf_err yf_request_object_plain(struct yf_arena *arena,
			       const struct yf_request_object *ask,
			       yf_str *json)
{
	struct yf_json_out out = yf_json_out_new(arena, 4096);

	if (!is_whole(ask) || !yf_response_mode_is_dc_api(ask->mode))
		return YF_FAIL(RANGE);
	yf_json_out_object(&out, NULL);
	put_request(&out, ask);
	yf_json_out_close(&out);
	return yf_json_out_end(&out, json);
}

yf_err yf_request_object_make(struct yf_arena *arena,
			      const struct yf_signer *signer,
			      const struct yf_chain *chain,
			      const struct yf_request_object *ask, yf_str *jwt)
{
	const struct yf_jws_header header = { .typ = typ, .x5c = chain };
	yf_str payload = { 0 };

	if (!is_whole(ask) || !ask->client_id.len)
		return YF_FAIL(RANGE);
	YF_TRY(encode(arena, ask, &payload));
	return yf_jws_sign(arena, signer, &header, payload, jwt);
}

/* --- reading --- */

static yf_err check_client(struct yf_arena *arena, const struct yf_jws *jws,
			   yf_str client_id, const struct yf_request_rule *rule)
{
	yf_str own = { 0 };

	if (!yf_str_eq(client_id, rule->client_id))
		return YF_FAIL(INVALID_CLIENT);
	YF_TRY(yf_client_id_of(arena, jws->x5c.certs[0], &own));
	if (!yf_str_eq(client_id, own))
		return YF_FAIL(INVALID_CLIENT);
	return YF_OK;
}

/* The first key that can be used; "unusable" ones are passed over. */
static yf_err take_key(const struct yf_json *payload,
		       struct yf_request_object *out)
{
	const struct yf_json *keys = NULL;
	const struct yf_json_field fields[] = {
		YF_JSON_ANY("client_metadata.jwks.keys", &keys),
		YF_JSON_END,
	};

	YF_TRY(yf_json_take_fields(payload, fields));
	for (size_t i = 0; i < keys->count; i++) {
		const struct yf_json *key = &keys->items[i];

		if (!yf_str_is(yf_json_text(key, "alg"), "ECDH-ES") ||
		    yf_failed(yf_jwk_parse(key, &out->key)))
			continue;
		out->key_id = yf_json_text(key, "kid");
		return YF_OK;
	}
	return YF_FAIL(INVALID_ENCRYPTION);
}

/* Absent means A128GCM (section 5.1); HAIP wants both of them listed. */
static yf_err check_enc(const struct yf_json *payload)
{
	const struct yf_json *values =
		yf_json_get(yf_json_get(payload, "client_metadata"),
			    "encrypted_response_enc_values_supported");

	if (!values)
		return YF_OK;
	for (size_t i = 0; i < values->count; i++)
		if (yf_str_is(values->items[i].string, "A128GCM"))
			return YF_OK;
	return YF_FAIL(INVALID_ENCRYPTION);
}

/* The first registration certificate; other formats are passed over. */
static yf_str take_registration(const struct yf_json *payload)
{
	const struct yf_json *list = yf_json_get(payload, "verifier_info");

	for (size_t i = 0; list && i < list->count; i++)
		if (yf_str_is(yf_json_text(&list->items[i], "format"), "jwt"))
			return yf_json_text(&list->items[i], "data");
	return (yf_str){ 0 };
}

static yf_err check_fixed(const struct yf_json *payload)
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
	/* 8.2: response_uri "MUST NOT be present" beside a redirect_uri */
	if (!yf_str_is(type, "vp_token") ||
	    !yf_str_is(mode, "direct_post.jwt") || !yf_str_is(aud, audience) ||
	    yf_json_get(payload, "redirect_uri") ||
	    yf_json_get(payload, "scope"))
		return YF_FAIL(INVALID_REQUEST);
	return YF_OK;
}

static yf_err check_times(const struct yf_request_rule *rule,
			  const struct yf_request_object *object)
{
	if (object->expires_s &&
	    rule->now_s - rule->skew_s >= object->expires_s)
		return YF_FAIL(EXPIRED);
	if (rule->now_s + rule->skew_s < object->issued_at_s)
		return YF_FAIL(NOT_YET);
	return YF_OK;
}

/* 8.4: a wallet that does not know the type must refuse. */
static yf_err take_transactions(struct yf_arena *arena,
				const struct yf_json *payload,
				struct yf_request_object *out)
{
	struct yf_transactions transactions = { NULL, 0 };
	struct yf_dcql query = { 0 };

	out->transaction_data = yf_json_get(payload, "transaction_data");
	if (!out->transaction_data)
		return YF_OK;
	YF_TRY(yf_dcql_parse(arena, out->query, &query));
	return yf_transactions_parse(arena, out->transaction_data, &query,
				     &transactions);
}

static yf_err read_payload(struct yf_arena *arena,
			   const struct yf_json *payload,
			   const struct yf_request_rule *rule,
			   struct yf_request_object *out)
{
	const struct yf_json_field fields[] = {
		YF_JSON_STR("response_uri", &out->response_uri),
		YF_JSON_STR("nonce", &out->nonce),
		YF_JSON_STR_OPT("state", &out->state),
		YF_JSON_STR_OPT("wallet_nonce", &out->wallet_nonce),
		YF_JSON_NUM_OPT("iat", &out->issued_at_s),
		YF_JSON_NUM_OPT("exp", &out->expires_s),
		YF_JSON_ANY("dcql_query", &out->query),
		YF_JSON_END,
	};

	YF_TRY(check_fixed(payload));
	YF_TRY(yf_json_take_fields(payload, fields));
	if (out->nonce.len < YF_NONCE_LEN_MIN ||
	    !yf_str_eq(out->wallet_nonce, rule->wallet_nonce))
		return YF_FAIL(NONCE);
	YF_TRY(check_times(rule, out));
	YF_TRY(take_key(payload, out));
	YF_TRY(check_enc(payload));
	out->registration = take_registration(payload);
	return take_transactions(arena, payload, out);
}

yf_err yf_request_object_check(struct yf_arena *arena, yf_str jwt,
			       const struct yf_request_rule *rule,
			       struct yf_request_object *out)
{
	struct yf_jws jws = { 0 };
	struct yf_trusted_leaf leaf = { 0 };
	struct yf_request_object object = { 0 };
	const struct yf_json *payload = NULL;

	YF_TRY(yf_jws_parse(arena, jwt, &jws));
	if (!yf_str_eq(jws.typ, typ))
		return YF_FAIL(TYP);
	if (!jws.x5c.count)
		return YF_FAIL(UNTRUSTED);
	YF_TRY(yf_trust_verify(rule->parties, &jws.x5c, rule->eku, rule->now_s,
			       &leaf));
	YF_TRY(yf_jws_verify(&jws, &leaf.key));
	YF_TRY(yf_json_parse(arena, jws.payload, &payload));
	object.client_id = yf_json_text(payload, "client_id");
	YF_TRY(check_client(arena, &jws, object.client_id, rule));
	YF_TRY(read_payload(arena, payload, rule, &object));
	*out = object;
	return YF_OK;
}
