#include "card/client_auth.h"

#include "card/nonce.h"
#include "http/reply.h"

enum { POP_AGE_S = 300, SKEW_S = 60 };

#define ATTESTATION "OAuth-Client-Attestation"
#define POP "OAuth-Client-Attestation-PoP"
#define CHALLENGE "OAuth-Client-Attestation-Challenge"

static bool is_due(const struct yf_env *env, yf_str client_id)
{
	const struct yf_settings *settings = &env->settings;

	if (settings->haip)
		return true;
	for (size_t i = 0; i < settings->client_count; i++)
		if (yf_str_eq(settings->clients[i].id, client_id))
			return settings->clients[i].attested;
	return false;
}

static yf_err check_challenge(const struct yf_env *env, struct yf_exchange *x,
			      yf_str challenge, struct yf_reply *reply)
{
	yf_str fresh;

	if (!challenge.len || !yf_failed(yf_nonce_check(
				      env, YF_NONCE_ATTESTATION, challenge)))
		return YF_OK;
	YF_TRY(yf_nonce_make(env, x->arena, YF_NONCE_ATTESTATION, &fresh));
	YF_TRY(yf_reply_header(x, reply, CHALLENGE, fresh));
	return YF_FAIL(USE_ATTESTATION_CHALLENGE);
}

yf_err yf_client_auth_gate(const struct yf_env *env, struct yf_exchange *x,
			   yf_str client_id, struct yf_reply *reply,
			   struct yf_client_auth *out)
{
	const struct yf_client_attestation_rule rule = {
		.roots = env->wallet_roots,
		.issuer = env->settings.url,
		.now_s = yf_env_now_s(env),
		.age_s = POP_AGE_S,
		.skew_s = SKEW_S,
	};
	struct yf_client_auth auth = { .attested = true };
	yf_str attestation;
	yf_str pop;

	if (yf_failed(yf_exchange_header_once(x, ATTESTATION, &attestation)) ||
	    yf_failed(yf_exchange_header_once(x, POP, &pop)))
		return YF_FAIL(INVALID_ATTESTATION);
	if (!attestation.ptr && !pop.ptr) {
		*out = (struct yf_client_auth){ 0 };
		return is_due(env, client_id) ? YF_FAIL(INVALID_CLIENT) : YF_OK;
	}
	/* Also where nobody is trusted: to overlook it would say that it was
	 * looked at. */
	if (!attestation.len || !pop.len || !rule.roots)
		return YF_FAIL(INVALID_ATTESTATION);
	YF_TRY(yf_client_attestation_check(x->arena, attestation, pop, &rule,
					   &auth.attestation));
	/* HAIP 4.4.1: "the value of [...] client_id [...] MUST be the same" as
	 * sub. */
	if (client_id.len && !yf_str_eq(client_id, auth.attestation.client_id))
		return YF_FAIL(INVALID_CLIENT);
	YF_TRY(check_challenge(env, x, auth.attestation.challenge, reply));
	*out = auth;
	return YF_OK;
}

yf_err yf_client_auth_spend(struct yf_tx *tx, const struct yf_client_auth *auth,
			    int64_t now_s)
{
	char what[YF_ATTESTATION_JTI_MAX + sizeof(struct yf_public_key)];

	if (!auth || !auth->attested)
		return YF_OK;
	const struct yf_client_attestation *own = &auth->attestation;
	/* A jti is its instance's: two wallets may draw the same. */
	memcpy(what, &own->key, sizeof(own->key));
	memcpy(what + sizeof(own->key), own->jti.ptr, own->jti.len);
	const yf_err err = yf_spend(
		tx, YF_NONCE_ATTESTATION,
		(yf_str){ what, sizeof(own->key) + own->jti.len },
		now_s + POP_AGE_S + 2 * SKEW_S + 1);
	return err.code == YF_CODE_REPLAYED ? YF_FAIL(INVALID_ATTESTATION) :
					      err;
}
