#include "check/party.h"

enum { REGISTRATION_LIFE_S = 3600 };

/*
 * Several policies in one request: the holder reads every purpose, joined,
 * in each language.
 */
static yf_err join_purposes(struct yf_arena *arena,
			    const struct yf_policies *policies,
			    struct yf_registration *out)
{
	struct yf_registration_text *texts =
		YF_NEW(arena, struct yf_registration_text, YF_POLICY_TEXTS);

	if (!texts)
		return YF_FAIL(MEMORY);
	for (size_t t = 0; t < YF_POLICY_TEXTS; t++) {
		struct yf_buf buf = yf_buf_new(arena, 128);

		texts[t].locale = policies->at[0]->purpose[t].locale;
		for (size_t i = 0; i < policies->count; i++) {
			if (i)
				yf_buf_text(&buf, YF_STR("; "));
			yf_buf_text(&buf, policies->at[i]->purpose[t].text);
		}
		YF_TRY(yf_buf_str(&buf, &texts[t].text));
	}
	out->purpose = texts;
	out->purpose_count = YF_POLICY_TEXTS;
	return YF_OK;
}

/* One grant for the type: the claims of all the policies, each once. */
static yf_err join_grants(struct yf_arena *arena,
			  const struct yf_policies *policies,
			  struct yf_registration *out)
{
	struct yf_claim_path *paths =
		YF_NEW(arena, struct yf_claim_path,
		       policies->count * YF_POLICY_CLAIMS_MAX);
	struct yf_dcql_grant *joined = YF_NEW(arena, struct yf_dcql_grant, 1);

	if (!paths || !joined)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < policies->count; i++) {
		struct yf_dcql_grant grant = { 0 };

		YF_TRY(yf_policy_grant(arena, policies->at[i], &grant));
		joined->vct = grant.vct;
		joined->paths = paths;
		for (size_t k = 0; k < grant.path_count; k++) {
			const struct yf_dcql_claim claim = {
				.path = grant.paths[k],
			};
			const struct yf_dcql_credential credential = {
				.vcts = &grant.vct,
				.vct_count = 1,
				.claims = &claim,
				.claim_count = 1,
			};
			const struct yf_dcql query = { &credential, 1, NULL,
						       0 };

			if (yf_failed(yf_dcql_within(&query, joined, 1)))
				paths[joined->path_count++] = grant.paths[k];
		}
	}
	out->grants = joined;
	out->grant_count = 1;
	return YF_OK;
}

int64_t yf_party_retention_s(const struct yf_policies *policies)
{
	int64_t shortest = policies->at[0]->retention_s;

	for (size_t i = 1; i < policies->count; i++)
		if (policies->at[i]->retention_s < shortest)
			shortest = policies->at[i]->retention_s;
	return shortest;
}

yf_err yf_party_registration(const struct yf_env *env, struct yf_arena *arena,
			     const struct yf_party *party,
			     const struct yf_policies *policies, yf_str stated,
			     yf_str *jwt)
{
	const int64_t now_s = yf_env_now_s(env);
	struct yf_registration registration = {
		.issuer = env->settings.url,
		.client_id = party->client_id,
		.name = party->name,
		.stated_purpose = stated,
		.retention_s = yf_party_retention_s(policies),
		.issued_at_s = now_s,
		.expires_s = now_s + REGISTRATION_LIFE_S,
	};

	YF_TRY(join_purposes(arena, policies, &registration));
	YF_TRY(join_grants(arena, policies, &registration));
	return yf_registration_make(arena, &env->registrar, &registration, jwt);
}
