#include "card/vci_body.h"

#include "http/reply.h"

#define JWT "application/jwt"

static const char *const enc_names[] = {
	[YF_JWE_A128GCM] = "A128GCM",
	[YF_JWE_A256GCM] = "A256GCM",
};

/* --- requests --- */

static const struct yf_request_key *find_key(const struct yf_env *env,
					     yf_str kid)
{
	for (size_t i = 0; i < YF_COUNT(env->request_keys); i++)
		if (env->request_keys[i].key &&
		    yf_str_eq(env->request_keys[i].kid, kid))
			return &env->request_keys[i];
	return NULL;
}

/* Whatever is wrong with the JWE has one name on the wire. */
static yf_err of_encryption(yf_err err)
{
	if (yf_failed(err) && yf_err_kind(err) != YF_KIND_INTERNAL)
		err.code = YF_CODE_INVALID_ENCRYPTION;
	return err;
}

static yf_err decrypt(const struct yf_env *env, const struct yf_exchange *x,
		      yf_str *out)
{
	struct yf_jwe jwe;
	yf_bytes plain;

	YF_TRY(of_encryption(yf_jwe_parse_zip(x->arena, yf_str_trim(x->body),
					      &jwe)));
	/* Section 10: "kid [...] MUST be included in the JWE header". */
	const struct yf_request_key *own = find_key(env, jwe.kid);
	if (!own)
		return YF_FAIL(INVALID_ENCRYPTION);
	YF_TRY(of_encryption(yf_jwe_decrypt(x->arena, &jwe, own->key, &plain)));
	if (plain.len > YF_VCI_BODY_MAX)
		return YF_FAIL(INVALID_ENCRYPTION);
	*out = yf_str_from(plain);
	return YF_OK;
}

yf_err yf_vci_body_open(const struct yf_env *env, const struct yf_exchange *x,
			struct yf_vci_body *out)
{
	if (yf_str_is(x->content_type, JWT)) {
		YF_TRY(decrypt(env, x, &out->json));
		out->encrypted = true;
		return YF_OK;
	}
	if (!yf_str_is(x->content_type, "application/json"))
		return YF_FAIL(MEDIA_TYPE);
	if (env->settings.encryption_required)
		return YF_FAIL(INVALID_ENCRYPTION);
	out->json = x->body;
	out->encrypted = false;
	return YF_OK;
}

/* --- how to answer --- */

static yf_err take(const struct yf_json *tree, struct yf_vci_encryption *out)
{
	const struct yf_json *jwk = NULL;
	yf_str enc = { NULL, 0 };
	yf_str zip = { NULL, 0 };
	const struct yf_json_field fields[] = {
		YF_JSON_ANY("jwk", &jwk),
		YF_JSON_STR("enc", &enc),
		YF_JSON_STR_OPT("zip", &zip),
		YF_JSON_END,
	};

	YF_TRY(yf_json_take_fields(tree, fields));
	/* Section 8.2: the JWK has the alg that the JWE shall have. */
	if (!yf_str_is(yf_json_text(jwk, "alg"), "ECDH-ES"))
		return YF_FAIL(ALGORITHM);
	YF_TRY(yf_jwk_parse(jwk, &out->key));
	YF_TRY(yf_jwe_enc_parse(enc, &out->enc));
	if (zip.ptr && !yf_str_is(zip, "DEF"))
		return YF_FAIL(UNSUPPORTED);
	out->zip = zip.ptr != NULL;
	out->kid = yf_json_text(jwk, "kid");
	out->wanted = true;
	return YF_OK;
}

yf_err yf_vci_encryption_take(const struct yf_env *env,
			      const struct yf_json *tree, bool encrypted,
			      struct yf_vci_encryption *out)
{
	struct yf_vci_encryption made = { 0 };

	*out = made;
	if (!tree)
		return env->settings.encryption_required
			       ? YF_FAIL(INVALID_ENCRYPTION)
			       : YF_OK;
	if (!encrypted)
		return YF_FAIL(INVALID_ENCRYPTION);
	YF_TRY(of_encryption(take(tree, &made)));
	*out = made;
	return YF_OK;
}

yf_err yf_vci_encryption_encode(struct yf_arena *arena,
				const struct yf_vci_encryption *encryption,
				yf_str *out)
{
	struct yf_json_out json = yf_json_out_new(arena, 384);
	const struct yf_public_key *key = &encryption->key;

	*out = YF_STR("");
	if (!encryption->wanted)
		return YF_OK;
	yf_json_out_object(&json, NULL);
	yf_json_out_object(&json, "jwk");
	yf_json_out_text(&json, "kty", "EC");
	yf_json_out_text(&json, "crv", "P-256");
	yf_json_out_base64url(&json, "x", (yf_bytes){ key->x, sizeof(key->x) });
	yf_json_out_base64url(&json, "y", (yf_bytes){ key->y, sizeof(key->y) });
	yf_json_out_text(&json, "alg", "ECDH-ES");
	if (encryption->kid.len)
		yf_json_out_str(&json, "kid", encryption->kid);
	yf_json_out_close(&json);
	yf_json_out_text(&json, "enc", enc_names[encryption->enc]);
	if (encryption->zip)
		yf_json_out_text(&json, "zip", "DEF");
	yf_json_out_close(&json);
	return yf_json_out_end(&json, out);
}

yf_err yf_vci_body_answer(const struct yf_exchange *x, int status, yf_str json,
			  const struct yf_vci_encryption *encryption,
			  struct yf_reply *reply)
{
	const struct yf_jwe_ask ask = { .enc = encryption->enc,
					.kid = encryption->kid,
					.zip = encryption->zip };
	yf_str jwe;

	if (!encryption->wanted) {
		yf_reply_json(reply, status, json);
		return YF_OK;
	}
	YF_TRY(yf_jwe_encrypt(x->arena, &encryption->key, &ask,
			      yf_bytes_of(json), &jwe));
	yf_reply_text(reply, status, JWT, jwe);
	return YF_OK;
}

/* --- metadata --- */

static void put_values(const struct yf_env *env, struct yf_json_out *out)
{
	yf_json_out_array(out, "enc_values_supported");
	for (size_t i = 0; i < YF_COUNT(enc_names); i++)
		yf_json_out_text(out, NULL, enc_names[i]);
	yf_json_out_close(out);
	yf_json_out_array(out, "zip_values_supported");
	yf_json_out_text(out, NULL, "DEF");
	yf_json_out_close(out);
	yf_json_out_bool(out, "encryption_required",
			 env->settings.encryption_required);
}

yf_err yf_vci_encryption_put(const struct yf_env *env, struct yf_json_out *out)
{
	/* The newest alone: the one before it is for who read us earlier. */
	const struct yf_request_key *own = &env->request_keys[0];

	if (!own->key)
		return YF_OK;
	const struct yf_public_key *key = yf_key_public(own->key);
	yf_json_out_object(out, "credential_request_encryption");
	yf_json_out_object(out, "jwks");
	yf_json_out_array(out, "keys");
	yf_json_out_object(out, NULL);
	yf_json_out_text(out, "kty", "EC");
	yf_json_out_text(out, "crv", "P-256");
	yf_json_out_base64url(out, "x", (yf_bytes){ key->x, sizeof(key->x) });
	yf_json_out_base64url(out, "y", (yf_bytes){ key->y, sizeof(key->y) });
	yf_json_out_text(out, "use", "enc");
	yf_json_out_text(out, "alg", "ECDH-ES");
	yf_json_out_str(out, "kid", own->kid);
	yf_json_out_close(out);
	yf_json_out_close(out);
	yf_json_out_close(out);
	put_values(env, out);
	yf_json_out_close(out);
	yf_json_out_object(out, "credential_response_encryption");
	yf_json_out_array(out, "alg_values_supported");
	yf_json_out_text(out, NULL, "ECDH-ES");
	yf_json_out_close(out);
	put_values(env, out);
	yf_json_out_close(out);
	return YF_OK;
}
