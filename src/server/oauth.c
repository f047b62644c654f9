#include "server/oauth.h"

#include "base/file.h"
#include "card/type.h"
#include "server/keys.h"

enum { PEM_MAX = 256 * 1024, GENERATION_MAX = 1000000, REFRESH_MAX = 3650 };

/* --- reading --- */

/* client_id|redirect_uri, and |attested behind one that always is. */
static bool take_client(yf_str piece, struct yf_client *out)
{
	yf_str id;
	yf_str redirect;

	if (!yf_str_cut(&piece, '|', &id) || !id.len)
		return false;
	*out = (struct yf_client){ .id = id, .redirect_uri = piece };
	if (yf_str_cut(&piece, '|', &redirect)) {
		out->redirect_uri = redirect;
		out->attested = yf_str_is(piece, "attested");
		if (!out->attested)
			return false;
	}
	return out->redirect_uri.len;
}

static yf_err read_clients(struct yf_home *home, yf_str text)
{
	const size_t max = yf_str_count(text, '|');
	struct yf_client *clients = YF_NEW(home->arena, struct yf_client, max);
	yf_str piece;
	size_t count = 0;

	if (!clients)
		return YF_FAIL(MEMORY);
	while (yf_str_next(&text, ' ', &piece)) {
		if (!piece.len)
			continue;
		if (count == max || !take_client(piece, &clients[count++])) {
			home->problem = YF_STR(
				"[oauth] clients: write client_id|redirect_uri"
				" or client_id|redirect_uri|attested");
			return YF_FAIL(CONFIG);
		}
	}
	home->env.settings.clients = clients;
	home->env.settings.client_count = count;
	return YF_OK;
}

static yf_err read_profile(struct yf_home *home)
{
	const yf_str profile = yf_conf_str(&home->conf, "oauth", "profile");

	home->env.settings.haip = yf_str_is(profile, "haip");
	if (home->env.settings.haip || yf_str_is(profile, "open"))
		return YF_OK;
	home->problem = YF_STR("[oauth] profile: write open or haip");
	return YF_FAIL(CONFIG);
}

yf_err yf_oauth_read(struct yf_home *home)
{
	struct yf_settings *settings = &home->env.settings;
	struct yf_conf *conf = &home->conf;

	YF_TRY(read_profile(home));
	YF_TRY(yf_conf_bool(conf, "oauth", "encryption_required",
			    &settings->encryption_required));
	YF_TRY(yf_conf_int(conf, "oauth", "request_key", 1, GENERATION_MAX,
			   &home->serving.request_key));
	YF_TRY(yf_conf_int(conf, "card", "refresh_days", 0, REFRESH_MAX,
			   &settings->refresh_days));
	return read_clients(home, yf_conf_str(conf, "oauth", "clients"));
}

/* --- opening --- */

static yf_err open_roots(struct yf_home *home, const char *folder,
			 const char *name, struct yf_trust **out)
{
	yf_str path = yf_conf_str(&home->conf, "oauth", name);
	YF_AUTO(trust) trust = NULL;
	yf_bytes pem;

	if (!path.len)
		return YF_OK;
	if (path.ptr[0] != '/')
		YF_TRY(yf_str_format(home->arena, &path, "%s/%.*s", folder,
				     YF_ARG(path)));
	YF_TRY(yf_str_format(home->arena, &home->problem,
			     "[oauth] %s: %.*s: write a file of PEM"
			     " certificates of CAs",
			     name, YF_ARG(path)));
	YF_TRY(yf_file_load(home->arena, path.ptr, PEM_MAX, &pem));
	YF_TRY(yf_trust_new(&trust));
	YF_TRY(yf_trust_add_pem(trust, yf_str_from(pem)));
	if (!yf_trust_count(trust))
		return YF_FAIL(CONFIG);
	home->problem = (yf_str){ NULL, 0 };
	*out = YF_MOVE(trust);
	return YF_OK;
}

/* What is wanted must be possible: a card that nobody can get is a mistake. */
static yf_err check_roots(struct yf_home *home)
{
	const struct yf_env *env = &home->env;
	bool attested = env->settings.haip;

	for (size_t i = 0; i < env->settings.client_count; i++)
		attested = attested || env->settings.clients[i].attested;
	if (attested && !env->wallet_roots) {
		home->problem = YF_STR(
			"[oauth] wallet_roots: profile haip and attested"
			" clients need the roots of wallet providers");
		return YF_FAIL(CONFIG);
	}
	for (size_t i = 0; i < env->types->count && !env->key_roots; i++)
		if (env->types->at[i].keys_attested) {
			home->problem = YF_STR(
				"[oauth] key_roots: a type of card wants key"
				" attestations; name the roots of who attests");
			return YF_FAIL(CONFIG);
		}
	return YF_OK;
}

/* The number rotates it: the one before is still taken, so that a wallet that
 * read the metadata earlier is not refused. */
static yf_err open_request_key(struct yf_home *home, size_t at,
			       int64_t generation)
{
	struct yf_request_key *own = &home->env.request_keys[at];

	if (!generation)
		return YF_OK;
	YF_TRY(yf_keys_request(home->keys, generation,
			       &home->request_keys[at]));
	YF_TRY(yf_str_format(home->arena, &own->kid, "request-%lld",
			     (long long)generation));
	own->key = home->request_keys[at];
	return YF_OK;
}

yf_err yf_oauth_open(struct yf_home *home, const char *folder)
{
	const int64_t generation = home->serving.request_key;

	YF_TRY(open_roots(home, folder, "wallet_roots",
			  &home->env.wallet_roots));
	YF_TRY(open_roots(home, folder, "key_roots", &home->env.key_roots));
	YF_TRY(check_roots(home));
	YF_TRY(open_request_key(home, 0, generation));
	return open_request_key(home, 1, generation - 1);
}

void yf_oauth_close(struct yf_home *home)
{
	yf_trust_free(home->env.wallet_roots);
	yf_trust_free(home->env.key_roots);
	for (size_t i = 0; i < YF_COUNT(home->request_keys); i++)
		yf_key_free(home->request_keys[i]);
}
