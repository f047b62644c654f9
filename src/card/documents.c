#include "card/documents.h"

#include <stdio.h>

#include "card/claims.h"
#include "card/grant.h"
#include "card/type_document.h"
#include "card/vci_body.h"
#include "codec/base64url.h"
#include "crypto/jws.h"

enum { ROOM = 64 * 1024, COSE_ES256 = -7 };

/* --- pieces --- */

static yf_err put_address(const struct yf_env *env, struct yf_json_out *out,
			  const char *name, const char *path)
{
	yf_str address;

	YF_TRY(yf_str_format(out->buf.arena, &address, "%.*s%s",
			     YF_ARG(env->settings.url), path));
	yf_json_out_str(out, name, address);
	return YF_OK;
}

static void put_list(struct yf_json_out *out, const char *name,
		     const char *const *items, size_t count)
{
	yf_json_out_array(out, name);
	for (size_t i = 0; i < count; i++)
		yf_json_out_text(out, NULL, items[i]);
	yf_json_out_close(out);
}

static void put_one(struct yf_json_out *out, const char *name, const char *item)
{
	put_list(out, name, &item, 1);
}

static void put_scopes(const struct yf_env *env, struct yf_json_out *out)
{
	yf_json_out_array(out, "scopes_supported");
	for (size_t i = 0; i < env->types->count; i++)
		yf_json_out_str(out, NULL, env->types->at[i].scope);
	yf_json_out_close(out);
}

/* --- the credential issuer --- */

static void put_levels(struct yf_json_out *out, const char *name,
		       const yf_str *levels, size_t count)
{
	if (!count)
		return;
	yf_json_out_array(out, name);
	for (size_t i = 0; i < count; i++)
		yf_json_out_str(out, NULL, levels[i]);
	yf_json_out_close(out);
}

static void put_proof_type(struct yf_json_out *out, const char *name,
			   const struct yf_card_type *type)
{
	const struct yf_key_needs *needs = &type->key_needs;

	yf_json_out_object(out, name);
	put_one(out, "proof_signing_alg_values_supported", "ES256");
	if (type->keys_attested) {
		yf_json_out_object(out, "key_attestations_required");
		put_levels(out, "key_storage", needs->key_storage,
			   needs->key_storage_count);
		put_levels(out, "user_authentication",
			   needs->user_authentication,
			   needs->user_authentication_count);
		yf_json_out_close(out);
	}
	yf_json_out_close(out);
}

static void put_binding(const struct yf_env *env, struct yf_json_out *out,
			const struct yf_card_type *type, const char *method)
{
	put_one(out, "cryptographic_binding_methods_supported", method);
	yf_json_out_object(out, "proof_types_supported");
	put_proof_type(out, "jwt", type);
	if (env->key_roots)
		put_proof_type(out, "attestation", type);
	yf_json_out_close(out);
}

static void put_sdjwt(const struct yf_env *env, struct yf_json_out *out,
		      const struct yf_card_type *type)
{
	yf_json_out_key(out, type->name);
	yf_json_out_object(out, NULL);
	yf_json_out_text(out, "format", "dc+sd-jwt");
	yf_json_out_str(out, "vct", type->vct);
	yf_json_out_str(out, "scope", type->scope);
	put_one(out, "credential_signing_alg_values_supported", "ES256");
	put_binding(env, out, type, "jwk");
	yf_type_put_metadata(out, type, YF_FORMAT_SD_JWT);
	yf_json_out_close(out);
}

static void put_mdoc(const struct yf_env *env, struct yf_json_out *out,
		     const struct yf_card_type *type, yf_card_format format)
{
	const bool tally = format == YF_FORMAT_TALLY;

	yf_json_out_key(out, tally ? type->tally_configuration
				   : type->mdoc_configuration);
	yf_json_out_object(out, NULL);
	yf_json_out_text(out, "format", "mso_mdoc");
	yf_json_out_str(out, "doctype",
			tally ? type->tally_doctype : type->doctype);
	yf_json_out_str(out, "scope", type->scope);
	/* OpenID4VCI A.2.2: identifiers of COSE, which are numbers */
	yf_json_out_array(out, "credential_signing_alg_values_supported");
	yf_json_out_int(out, NULL, COSE_ES256);
	yf_json_out_close(out);
	put_binding(env, out, type, "cose_key");
	yf_type_put_metadata(out, type, format);
	yf_json_out_close(out);
}

static yf_err put_issuer(const struct yf_env *env, struct yf_json_out *out)
{
	yf_json_out_str(out, "credential_issuer", env->settings.url);
	YF_TRY(put_address(env, out, "credential_endpoint", "/vci/credential"));
	YF_TRY(put_address(env, out, "nonce_endpoint", "/vci/nonce"));
	YF_TRY(put_address(env, out, "deferred_credential_endpoint",
			   "/vci/deferred"));
	YF_TRY(yf_vci_encryption_put(env, out));
	YF_TRY(put_address(env, out, "notification_endpoint",
			   "/vci/notification"));
	/* OpenID4VCI 12.2.4: batch_size "MUST be 2 or greater" */
	if (yf_card_types_batch(env->types) >= 2) {
		yf_json_out_object(out, "batch_credential_issuance");
		yf_json_out_int(out, "batch_size",
				(int64_t)yf_card_types_batch(env->types));
		yf_json_out_close(out);
	}
	yf_json_out_array(out, "display");
	yf_json_out_object(out, NULL);
	yf_json_out_str(out, "name", env->settings.name);
	yf_json_out_close(out);
	yf_json_out_close(out);
	yf_json_out_object(out, "credential_configurations_supported");
	for (size_t i = 0; i < env->types->count; i++) {
		put_sdjwt(env, out, &env->types->at[i]);
		if (env->types->at[i].doctype.len)
			put_mdoc(env, out, &env->types->at[i], YF_FORMAT_MDOC);
		if (env->types->at[i].tally_doctype.len)
			put_mdoc(env, out, &env->types->at[i], YF_FORMAT_TALLY);
	}
	yf_json_out_close(out);
	return YF_OK;
}

/* Draft of attestation-based client authentication, "Authorization Server
 * Metadata". */
static yf_err put_client_auth(const struct yf_env *env, struct yf_json_out *out)
{
	static const char *const methods[] = { "attest_jwt_client_auth",
					       "none" };

	if (!env->wallet_roots) {
		put_one(out, "token_endpoint_auth_methods_supported", "none");
		return YF_OK;
	}
	put_list(out, "token_endpoint_auth_methods_supported", methods,
		 env->settings.haip ? 1 : 2);
	put_one(out, "client_attestation_signing_alg_values_supported",
		"ES256");
	put_one(out, "client_attestation_pop_signing_alg_values_supported",
		"ES256");
	return put_address(env, out, "challenge_endpoint", "/oauth/challenge");
}

static yf_err put_server(const struct yf_env *env, struct yf_json_out *out)
{
	static const char *const grants[] = { YF_GRANT_CODE,
					      YF_GRANT_PRE_AUTHORIZED,
					      YF_GRANT_REFRESH };

	yf_json_out_str(out, "issuer", env->settings.url);
	YF_TRY(put_address(env, out, "authorization_endpoint",
			   "/oauth/authorize"));
	YF_TRY(put_address(env, out, "token_endpoint", "/oauth/token"));
	YF_TRY(put_address(env, out, "pushed_authorization_request_endpoint",
			   "/oauth/par"));
	yf_json_out_bool(out, "require_pushed_authorization_requests", true);
	/* Token Status List section 9.1 */
	YF_TRY(put_address(env, out, "status_list_aggregation_endpoint",
			   "/status"));
	put_one(out, "response_types_supported", "code");
	put_one(out, "response_modes_supported", "query");
	put_list(out, "grant_types_supported", grants,
		 env->settings.refresh_days ? 3 : 2);
	put_one(out, "authorization_details_types_supported",
		"openid_credential");
	put_scopes(env, out);
	put_one(out, "code_challenge_methods_supported", "S256");
	YF_TRY(put_client_auth(env, out));
	put_one(out, "dpop_signing_alg_values_supported", "ES256");
	yf_json_out_bool(out, "authorization_response_iss_parameter_supported",
			 true);
	yf_json_out_bool(out, "pre-authorized_grant_anonymous_access_supported",
			 !env->settings.haip);
	return YF_OK;
}

static yf_err put_resource(const struct yf_env *env, struct yf_json_out *out)
{
	yf_json_out_str(out, "resource", env->settings.url);
	yf_json_out_array(out, "authorization_servers");
	yf_json_out_str(out, NULL, env->settings.url);
	yf_json_out_close(out);
	put_scopes(env, out);
	put_one(out, "bearer_methods_supported", "header");
	put_one(out, "dpop_signing_alg_values_supported", "ES256");
	yf_json_out_bool(out, "dpop_bound_access_tokens_required", true);
	return YF_OK;
}

/* Those that sign, will sign and did: who keeps one looks here for others. */
static yf_err put_keys(const struct yf_env *env, struct yf_json_out *out)
{
	struct yf_cert cert;
	yf_str jwk;

	yf_json_out_str(out, "issuer", env->settings.url);
	yf_json_out_object(out, "jwks");
	yf_json_out_array(out, "keys");
	for (size_t i = 0; i < env->issuer_leaf_count; i++) {
		YF_TRY(yf_cert_parse(out->buf.arena, env->issuer_leaves[i],
				     &cert));
		YF_TRY(yf_jwk_encode(out->buf.arena, &cert.key, &jwk));
		yf_json_out_raw(out, NULL, jwk);
	}
	yf_json_out_close(out);
	yf_json_out_close(out);
	return YF_OK;
}

/* --- a document --- */

static yf_err finish(struct yf_arena *arena, yf_str text,
		     struct yf_card_document *out)
{
	uint8_t hash[YF_SHA256_LEN];
	yf_str name;

	yf_sha256(yf_bytes_of(text), hash);
	YF_TRY(yf_base64url_encode(arena, (yf_bytes){ hash, 16 }, &name));
	YF_TRY(yf_str_format(arena, &out->etag, "\"%.*s\"", YF_ARG(name)));
	out->json = text;
	return YF_OK;
}

static yf_err make(struct yf_arena *arena, const struct yf_env *env,
		   yf_err (*fill)(const struct yf_env *env,
				  struct yf_json_out *out),
		   struct yf_card_document *out)
{
	struct yf_json_out json = yf_json_out_new(arena, ROOM);
	yf_str text;

	yf_json_out_object(&json, NULL);
	YF_TRY(fill(env, &json));
	yf_json_out_close(&json);
	YF_TRY(yf_json_out_end(&json, &text));
	return finish(arena, text, out);
}

/* "sub: REQUIRED. [...] Credential Issuer Identifier", "iat: REQUIRED". */
static yf_err make_signed(struct yf_arena *arena, const struct yf_env *env,
			  struct yf_card_document *out)
{
	struct yf_json_out json = yf_json_out_new(arena, ROOM);
	struct yf_chain chain;
	struct yf_jws_header header = {
		.typ = YF_STR("openidvci-issuer-metadata+jwt"),
		.x5c = &chain,
	};
	yf_str text;
	yf_str jws;

	YF_TRY(yf_signer_chain(&env->issuer, &chain));
	yf_json_out_object(&json, NULL);
	yf_json_out_str(&json, "iss", env->settings.url);
	yf_json_out_str(&json, "sub", env->settings.url);
	yf_json_out_int(&json, "iat", yf_env_now_s(env));
	YF_TRY(put_issuer(env, &json));
	yf_json_out_close(&json);
	YF_TRY(yf_json_out_end(&json, &text));
	YF_TRY(yf_jws_sign(arena, &env->issuer, &header, text, &jws));
	return finish(arena, jws, out);
}

yf_err yf_card_documents_make(struct yf_arena *arena, const struct yf_env *env,
			      struct yf_card_documents *out)
{
	yf_str text;

	YF_TRY(make(arena, env, put_issuer, &out->issuer));
	YF_TRY(make_signed(arena, env, &out->signed_issuer));
	YF_TRY(make(arena, env, put_server, &out->server));
	YF_TRY(make(arena, env, put_resource, &out->resource));
	YF_TRY(make(arena, env, put_keys, &out->keys));
	for (size_t i = 0; i < env->types->count; i++) {
		YF_TRY(yf_type_document(arena, &env->types->at[i], &text));
		YF_TRY(finish(arena, text, &out->types[i]));
	}
	return YF_OK;
}
