#include "check/trust_list.h"

#include "crypto/jws.h"

static yf_err put_root(struct yf_arena *arena, struct yf_json_out *json,
		       const char *name, yf_bytes der)
{
	const struct yf_chain chain = { { der }, 1 };
	struct yf_cert cert = { 0 };

	YF_TRY(yf_cert_parse(arena, der, &cert));
	yf_json_out_array(json, name);
	yf_json_out_object(json, NULL);
	yf_json_out_str(json, "name", cert.common_name);
	yf_x5c_put(json, "x5c", &chain);
	yf_json_out_close(json);
	yf_json_out_close(json);
	return YF_OK;
}

static yf_err encode(const struct yf_env *env, struct yf_arena *arena,
		     yf_str *out)
{
	const int64_t now_s = yf_env_now_s(env);
	const int64_t issued_s = now_s - now_s % YF_TRUST_LIST_STEP_S;
	struct yf_json_out json = yf_json_out_new(arena, 4096);

	yf_json_out_object(&json, NULL);
	yf_json_out_str(&json, "iss", env->settings.url);
	yf_json_out_int(&json, "iat", issued_s);
	yf_json_out_int(&json, "exp", issued_s + YF_TRUST_LIST_LIFE_S);
	YF_TRY(put_root(arena, &json, "issuers", env->issuer_root));
	YF_TRY(put_root(arena, &json, "registrars", env->registrar_root));
	yf_json_out_close(&json);
	return yf_json_out_end(&json, out);
}

yf_err yf_trust_list_make(const struct yf_env *env, struct yf_arena *arena,
			  yf_str *jwt)
{
	struct yf_chain chain = { 0 };
	yf_str payload = { 0 };

	YF_TRY(encode(env, arena, &payload));
	YF_TRY(yf_signer_chain(&env->issuer, &chain));
	const struct yf_jws_header header = {
		.typ = YF_STR("trust-list+jwt"),
		.x5c = chain.count ? &chain : NULL,
	};
	return yf_jws_sign(arena, &env->issuer, &header, payload, jwt);
}
