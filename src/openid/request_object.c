#include "openid/request_object.h"

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

/* HAIP 1.0 5: "The Verifier MUST list both A128GCM and A256GCM". */
static void put_metadata(struct yf_json_out *json,
			 const struct yf_request_object *ask)
{
	yf_json_out_object(json, "client_metadata");
	yf_json_out_object(json, "jwks");
	yf_json_out_array(json, "keys");
	put_key(json, ask);
	yf_json_out_close(json);
	yf_json_out_close(json);
	yf_json_out_array(json, "encrypted_response_enc_values_supported");
	yf_json_out_text(json, NULL, "A128GCM");
	yf_json_out_text(json, NULL, "A256GCM");
	yf_json_out_close(json);
	yf_json_out_object(json, "vp_formats_supported");
	yf_json_out_object(json, "dc+sd-jwt");
	put_algorithm(json, "sd-jwt_alg_values");
	put_algorithm(json, "kb-jwt_alg_values");
	yf_json_out_close(json);
	yf_json_out_close(json);
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

static yf_err encode(struct yf_arena *arena,
		     const struct yf_request_object *ask, yf_str *out)
{
	struct yf_json_out json = yf_json_out_new(arena, 4096);

	yf_json_out_object(&json, NULL);
	yf_json_out_str(&json, "iss", ask->client_id);
	yf_json_out_text(&json, "aud", audience);
	yf_json_out_str(&json, "client_id", ask->client_id);
	yf_json_out_text(&json, "response_type", "vp_token");
	yf_json_out_text(&json, "response_mode", "direct_post.jwt");
	yf_json_out_str(&json, "response_uri", ask->response_uri);
	yf_json_out_str(&json, "nonce", ask->nonce);
	if (ask->state.len)
		yf_json_out_str(&json, "state", ask->state);
	if (ask->wallet_nonce.len)
		yf_json_out_str(&json, "wallet_nonce", ask->wallet_nonce);
	yf_json_out_int(&json, "iat", ask->issued_at_s);
	yf_json_out_int(&json, "exp", ask->expires_s);
	yf_json_out_tree(&json, "dcql_query", ask->query);
	put_metadata(&json, ask);
	if (ask->registration.len)
		put_verifier_info(&json, ask->registration);
	yf_json_out_close(&json);
	return yf_json_out_end(&json, out);
}

yf_err yf_request_object_make(struct yf_arena *arena,
			      const struct yf_signer *signer,
			      const struct yf_chain *chain,
			      const struct yf_request_object *ask, yf_str *jwt)
{
	const struct yf_jws_header header = { .typ = typ, .x5c = chain };
	yf_str payload = { 0 };

	if (ask->nonce.len < YF_NONCE_LEN_MIN || !ask->client_id.len ||
	    !ask->response_uri.len || !ask->key_id.len)
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
	/* 8.4: a wallet that does not know the type must refuse. */
	if (yf_json_get(payload, "transaction_data"))
		return YF_FAIL(UNSUPPORTED);
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

static yf_err read_payload(const struct yf_json *payload,
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
	return YF_OK;
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
	YF_TRY(read_payload(payload, rule, &object));
	*out = object;
	return YF_OK;
}
