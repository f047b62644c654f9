#include "check/trust_list.h"

#include "check/party.h"
#include "credential/gzip.h"
#include "crypto/hash.h"
#include "crypto/jws.h"
#include "openid/request_object.h"

static yf_err put_name(struct yf_arena *arena, struct yf_json_out *json,
		       yf_bytes root)
{
	const struct yf_chain chain = { { root }, 1 };
	struct yf_cert cert = { 0 };

	YF_TRY(yf_cert_parse(arena, root, &cert));
	yf_json_out_str(json, "name", cert.common_name);
	yf_x5c_put(json, "x5c", &chain);
	return YF_OK;
}

static yf_err put_issuers(const struct yf_env *env, struct yf_arena *arena,
			  struct yf_json_out *json)
{
	yf_json_out_array(json, "issuers");
	yf_json_out_object(json, NULL);
	YF_TRY(put_name(arena, json, env->issuer_root));
	yf_json_out_array(json, "signers");
	for (size_t i = 0; i < env->issuer_leaf_count; i++) {
		const struct yf_chain leaf = { { env->issuer_leaves[i] }, 1 };
		yf_x5c_put(json, NULL, &leaf);
	}
	yf_json_out_close(json);
	yf_json_out_close(json);
	yf_json_out_close(json);
	return YF_OK;
}

static yf_err put_registrars(const struct yf_env *env, struct yf_arena *arena,
			     struct yf_json_out *json)
{
	yf_json_out_array(json, "registrars");
	yf_json_out_object(json, NULL);
	YF_TRY(put_name(arena, json, env->registrar_root));
	yf_json_out_close(json);
	yf_json_out_close(json);
	return YF_OK;
}

static void put_policies(struct yf_json_out *json)
{
	const struct yf_policy *policy;

	yf_json_out_object(json, "policies");
	for (size_t i = 0; (policy = yf_policy_at(i)) != NULL; i++) {
		yf_json_out_object(json, policy->name);
		for (size_t t = 0; t < YF_POLICY_TEXTS; t++) {
			yf_json_out_key(json, policy->purpose[t].locale);
			yf_json_out_str(json, NULL, policy->purpose[t].text);
		}
		yf_json_out_close(json);
	}
	yf_json_out_close(json);
}

static yf_err put_party(struct yf_arena *arena, struct yf_json_out *json,
			const struct yf_party_listed *party)
{
	yf_str client_id;

	yf_json_out_object(json, NULL);
	yf_json_out_str(json, "name", party->name);
	yf_json_out_array(json, "client_ids");
	for (size_t i = 0; i < party->certificate_count; i++) {
		YF_TRY(yf_client_id_of(arena, party->certificates[i],
				       &client_id));
		yf_json_out_str(json, NULL, client_id);
	}
	yf_json_out_close(json);
	yf_json_out_array(json, "policies");
	for (size_t i = 0; i < party->policies.count; i++)
		yf_json_out_text(json, NULL, party->policies.at[i]->name);
	yf_json_out_close(json);
	yf_json_out_close(json);
	return YF_OK;
}

static yf_err put_parties(const struct yf_env *env, struct yf_arena *arena,
			  struct yf_json_out *json)
{
	const struct yf_party_listed *parties = NULL;
	size_t count = 0;

	YF_TRY(yf_party_list(env, arena, &parties, &count));
	yf_json_out_array(json, "relying_parties");
	for (size_t i = 0; i < count; i++)
		YF_TRY(put_party(arena, json, &parties[i]));
	yf_json_out_close(json);
	return YF_OK;
}

static yf_err encode(const struct yf_env *env, struct yf_arena *arena,
		     const struct yf_kept *doc, yf_str *out)
{
	struct yf_json_out json = yf_json_out_new(arena, 16384);

	yf_json_out_object(&json, NULL);
	yf_json_out_str(&json, "iss", env->settings.url);
	yf_json_out_int(&json, "iat", doc->made_s);
	yf_json_out_int(&json, "exp", doc->made_s + YF_TRUST_LIST_LIFE_S);
	yf_json_out_int(&json, "sequence", doc->sequence);
	YF_TRY(put_issuers(env, arena, &json));
	YF_TRY(put_registrars(env, arena, &json));
	put_policies(&json);
	YF_TRY(put_parties(env, arena, &json));
	yf_json_out_close(&json);
	return yf_json_out_end(&json, out);
}

static yf_err make(const struct yf_env *env, struct yf_arena *arena, void *ctx,
		   struct yf_kept *doc)
{
	struct yf_chain chain = { 0 };
	yf_str payload = { 0 };
	yf_str jwt = { 0 };

	(void)ctx;
	YF_TRY(encode(env, arena, doc, &payload));
	YF_TRY(yf_signer_chain(&env->issuer, &chain));
	const struct yf_jws_header header = {
		.typ = YF_STR("trust-list+jwt"),
		.x5c = chain.count ? &chain : NULL,
	};
	YF_TRY(yf_jws_sign(arena, &env->issuer, &header, payload, &jwt));
	doc->body = yf_bytes_of(jwt);
	return yf_gzip(arena, doc->body, &doc->gzip);
}

static yf_err state(struct yf_tx *tx, void *ctx,
		    uint8_t out[static YF_KEPT_STATE])
{
	const struct yf_env *env = ctx;
	uint8_t parties[YF_KEPT_STATE];
	uint8_t anchors[YF_KEPT_STATE];

	YF_TRY(yf_party_state(tx, parties));
	yf_env_anchors_hash(env, anchors);
	const yf_bytes parts[] = { { parties, sizeof(parties) },
				   { anchors, sizeof(anchors) } };
	yf_sha256_parts(parts, YF_COUNT(parts), out);
	return YF_OK;
}

yf_err yf_trust_list_get(const struct yf_env *env, struct yf_arena *arena,
			 struct yf_kept *out)
{
	union {
		const struct yf_env *env;
		void *ctx;
	} view = { .env = env };
	const struct yf_kept_rule rule = {
		.name = YF_STR("trust"),
		.step_s = YF_TRUST_LIST_STEP_S,
		.rest_s = YF_TRUST_LIST_REST_S,
		.state = state,
		.make = make,
		.ctx = view.ctx,
	};

	return yf_kept_get(env, arena, &rule, out);
}
