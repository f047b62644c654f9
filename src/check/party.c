#include "check/party.h"

#include "codec/url.h"

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

static struct yf_dcql_grant *grant_of(struct yf_dcql_grant *grants,
				      size_t *count,
				      const struct yf_dcql_grant *like)
{
	for (size_t i = 0; i < *count; i++)
		if (yf_str_eq(grants[i].vct, like->vct) &&
		    yf_str_eq(grants[i].doctype, like->doctype))
			return &grants[i];
	grants[*count].vct = like->vct;
	grants[*count].doctype = like->doctype;
	return &grants[(*count)++];
}

static bool is_granted(const struct yf_dcql_grant *grant,
		       const struct yf_claim_path *path)
{
	const struct yf_dcql_claim claim = { .path = *path };
	const struct yf_dcql_credential credential = {
		.format = grant->doctype.len ? YF_DCQL_MDOC : YF_DCQL_SD_JWT,
		.doctype = grant->doctype,
		.vcts = &grant->vct,
		.vct_count = 1,
		.claims = &claim,
		.claim_count = 1,
	};
	const struct yf_dcql query = { &credential, 1, NULL, 0 };

	return !yf_failed(yf_dcql_within(&query, grant, 1));
}

static yf_err join_one(struct yf_arena *arena, size_t room,
		       const struct yf_dcql_grant *grant,
		       struct yf_dcql_grant *joined)
{
	struct yf_claim_path *paths = YF_NEW(arena, struct yf_claim_path, room);

	if (!paths)
		return YF_FAIL(MEMORY);
	if (joined->path_count)
		memcpy(paths, joined->paths,
		       joined->path_count * sizeof(*paths));
	joined->paths = paths;
	for (size_t i = 0; i < grant->path_count; i++)
		if (!is_granted(joined, &grant->paths[i]))
			paths[joined->path_count++] = grant->paths[i];
	return YF_OK;
}

/* One grant a type and format: the claims of all its policies, each once. */
static yf_err join_grants(struct yf_arena *arena,
			  const struct yf_card_types *types,
			  const struct yf_policies *policies,
			  struct yf_registration *out)
{
	struct yf_dcql_grant *joined =
		YF_NEW(arena, struct yf_dcql_grant,
		       policies->count * YF_POLICY_GRANTS_MAX);
	size_t count = 0;

	if (!joined)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < policies->count; i++) {
		struct yf_policy_grants grants = { .count = 0 };

		YF_TRY(yf_policy_grants(arena, types, policies->at[i],
					&grants));
		for (size_t k = 0; k < grants.count; k++)
			YF_TRY(join_one(
				arena, policies->count * YF_POLICY_CLAIMS_MAX,
				&grants.at[k],
				grant_of(joined, &count, &grants.at[k])));
	}
	out->grants = joined;
	out->grant_count = count;
	return YF_OK;
}

bool yf_party_returns_to(const struct yf_env *env, const struct yf_party *party,
			 yf_str uri)
{
	const yf_str own = env->settings.url;
	const yf_str page = YF_STR("/check/");
	struct yf_url url = { 0 };

	if (yf_failed(yf_url_parse(uri, &url)))
		return false;
	if (yf_str_starts(uri, own) &&
	    yf_str_starts(yf_str_skip(uri, own.len), page))
		return true;
	for (size_t i = 0; i < party->returns->count; i++)
		if (yf_str_eq(party->returns->items[i].string, uri))
			return true;
	return false;
}

bool yf_party_has_origin(const struct yf_env *env, struct yf_arena *arena,
			 const struct yf_party *party, yf_str origin)
{
	if (yf_str_eq(origin, env->settings.origin))
		return true;
	for (size_t i = 0; i < party->returns->count; i++) {
		struct yf_url url = { 0 };
		yf_str own = { 0 };

		if (!yf_failed(yf_url_parse(party->returns->items[i].string,
					    &url)) &&
		    !yf_failed(yf_url_origin(arena, &url, &own)) &&
		    yf_str_eq(origin, own))
			return true;
	}
	return false;
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
			     const struct yf_party_request *request,
			     yf_str *jwt)
{
	const struct yf_policies *policies = request->policies;
	const int64_t now_s = yf_env_now_s(env);
	struct yf_registration registration = {
		.issuer = env->settings.url,
		.client_id = request->client_id,
		.name = party->name,
		.stated_purpose = request->stated,
		.retention_s = yf_party_retention_s(policies),
		.issued_at_s = now_s,
		.expires_s = now_s + REGISTRATION_LIFE_S,
	};

	YF_TRY(join_purposes(arena, policies, &registration));
	YF_TRY(join_grants(arena, env->types, policies, &registration));
	return yf_registration_make(arena, &env->registrar, &registration, jwt);
}
