#include "server/home.h"

#include "base/file.h"
#include "base/share.h"
#include "card/documents.h"
#include "codec/url.h"
#include "db/migrate.h"
#include "register/id_number.h"
#include "server/keys.h"
#include "server/oauth.h"

#include <stdlib.h>
#include <unistd.h>

enum {
	CITY_CHARS_MAX = 64,
	HOME_ARENA = 16 * 1024 * 1024,
	/* One false match in ten is no rule any more. */
	FMR_MAX_MILLIONTHS = 100000,
};

static const struct yf_conf_key keys[] = {
	{ "server", "url", NULL },
	{ "server", "listen", "127.0.0.1:8080" },
	{ "server", "operator_listen", "127.0.0.1:8081" },
	{ "server", "workers", "16" },
	{ "server", "behind_proxy", "no" },
	{ "server", "tls_cert", "" },
	{ "server", "tls_key", "" },
	{ "city", "name", NULL },
	{ "city", "country", NULL },
	{ "city", "number_rule", "none" },
	{ "card", "days", "14" },
	{ "card", "batch_size", "8" },
	{ "card", "evidence_days", "3650" },
	{ "card", "refresh_days", "180" },
	{ "face", "workers", "0" },
	{ "face", "fmr_max_millionths", "100" },
	{ "face", "fmr_max_group_millionths", "1000" },
	{ "face", "certificate", "" },
	{ "face", "certifiers", "" },
	{ "face", "demo", "no" },
	{ "face", "engine", "" },
	{ "face", "model", "" },
	{ "face", "memory_mb", "512" },
	{ "face", "distance_max_thousandths", "" }, /* gone; see read_face() */
	{ "oauth", "clients", "" },
	{ "oauth", "profile", "open" },
	{ "oauth", "wallet_roots", "" },
	{ "oauth", "key_roots", "" },
	{ "oauth", "encryption_required", "no" },
	{ "oauth", "request_key", "1" },
	{ "retention", "attempt_days", "90" },
	{ "retention", "act_days", "3650" },
};

/* --- writing --- */

static yf_err write_conf(struct yf_arena *arena, const struct yf_home_ask *ask,
			 yf_str listen)
{
	const yf_str operator_listen = ask->operator_listen.len
					       ? ask->operator_listen
					       : YF_STR("127.0.0.1:8081");
	yf_str path;
	yf_str text;

	YF_TRY(yf_str_format(
		arena, &text,
		"; yufu.ini, see yufu.ini(5)\n"
		"[server]\n"
		"url = %.*s\n"
		"listen = %.*s\n"
		"; health, readiness and metrics: never reachable from "
		"outside\n"
		"operator_listen = %.*s\n"
		"\n"
		"[city]\n"
		"name = %.*s\n"
		"country = %.*s\n"
		"; CN, TH, VN, RU-SNILS, RU-INN or none\n"
		"number_rule = %.*s\n"
		"\n"
		"[face]\n"
		"; A face opens a card only where a certificate carries the "
		"engine:\n"
		"; certificate = FILE and certifiers = FILE.pem, see "
		"doc/face.md."
		"\n"
		"; The network that comes with yufu does not keep one false "
		"match "
		"in\n"
		"; 10,000 in every group of people: measured on press pictures "
		"it "
		"was\n"
		"; 3.8 in 100 among people with East Asian names, about 400 "
		"times "
		"the\n"
		"; best group. Until you have measured and certified better, "
		"cards "
		"by\n"
		"; face are closed, and the service point gives them.  demo = "
		"yes "
		"opens\n"
		"; them for demonstration: every such card says so.\n"
		"demo = no\n"
		"; the worst false match rates accepted, in millionths: of "
		"all, "
		"and in\n"
		"; any group of people\n"
		"fmr_max_millionths = 100\n"
		"fmr_max_group_millionths = 1000\n"
		"\n"
		"[oauth]\n"
		"; other wallets: client_id|redirect_uri, separated by spaces\n"
		"clients = %.*s\n",
		YF_ARG(ask->url), YF_ARG(listen), YF_ARG(operator_listen),
		YF_ARG(ask->name), YF_ARG(ask->country),
		YF_ARG(ask->number_rule), YF_ARG(ask->clients)));
	YF_TRY(yf_str_format(arena, &path, "%s/yufu.ini", ask->folder));
	return yf_file_save(path.ptr, yf_bytes_of(text), 0600);
}

static yf_err listen_of(struct yf_arena *arena, const struct yf_home_ask *ask,
			yf_str *out)
{
	struct yf_url url;

	YF_TRY(yf_url_parse(ask->url, &url));
	if (url.query.len || yf_str_ends(ask->url, YF_STR("/")))
		return YF_FAIL(SYNTAX);
	if (ask->listen.len) {
		*out = ask->listen;
		return YF_OK;
	}
	return yf_str_format(arena, out, "127.0.0.1:%.*s",
			     YF_ARG(url.port.len ? url.port : YF_STR("8080")));
}

yf_err yf_home_configure(struct yf_arena *arena, const struct yf_home_ask *ask)
{
	yf_str listen;

	YF_TRY(listen_of(arena, ask, &listen));
	return write_conf(arena, ask, listen);
}

/* --- reading --- */

static yf_err read_url(struct yf_home *home)
{
	struct yf_settings *settings = &home->env.settings;
	struct yf_url url;

	settings->url = yf_conf_str(&home->conf, "server", "url");
	if (yf_failed(yf_url_parse(settings->url, &url)) || url.query.len ||
	    yf_str_ends(settings->url, YF_STR("/"))) {
		home->problem = YF_STR("[server] url: write http(s)://host or"
				       " http(s)://host/path, without a '/' at"
				       " the end");
		return YF_FAIL(CONFIG);
	}
	settings->path = url.path;
	home->serving.https = yf_str_is(url.scheme, "https");
	return yf_url_origin(home->arena, &url, &settings->origin);
}

static bool is_country(yf_str text)
{
	return text.len == 2 && text.ptr[0] >= 'A' && text.ptr[0] <= 'Z' &&
	       text.ptr[1] >= 'A' && text.ptr[1] <= 'Z';
}

static yf_err read_city(struct yf_home *home)
{
	struct yf_settings *settings = &home->env.settings;
	struct yf_conf *conf = &home->conf;

	settings->name = yf_conf_str(conf, "city", "name");
	settings->country = yf_conf_str(conf, "city", "country");
	settings->number_rule = yf_conf_str(conf, "city", "number_rule");
	if (!is_country(settings->country) ||
	    !yf_id_number_rule_exists(settings->number_rule.ptr)) {
		home->problem = YF_STR("[city]: country takes two capital"
				       " letters, number_rule CN, TH, VN,"
				       " RU-SNILS, RU-INN or none");
		return YF_FAIL(CONFIG);
	}
	if (!settings->name.len ||
	    yf_str_chars(settings->name) > CITY_CHARS_MAX) {
		home->problem = YF_STR("[city] name: takes 1 to 64 characters");
		return YF_FAIL(CONFIG);
	}
	YF_TRY(yf_conf_int(conf, "card", "days", 1, 366, &settings->card_days));
	YF_TRY(yf_conf_int(conf, "card", "batch_size", 2, 32,
			   &settings->batch_size));
	YF_TRY(yf_conf_int(conf, "retention", "attempt_days", 1, 36600,
			   &settings->attempt_days));
	YF_TRY(yf_conf_int(conf, "retention", "act_days", 30, 36600,
			   &settings->act_days));
	return yf_conf_int(conf, "card", "evidence_days", 1, 36600,
			   &settings->evidence_days);
}

/*
 * A distance meant something to one engine only.  Who has the old key is
 * told what to write instead; to ignore it would change who is accepted.
 */

static yf_err read_serving(struct yf_home *home)
{
	struct yf_serving *serving = &home->serving;
	struct yf_conf *conf = &home->conf;

	serving->listen = yf_conf_str(conf, "server", "listen").ptr;
	serving->operator_listen =
		yf_conf_str(conf, "server", "operator_listen").ptr;
	serving->tls_cert = yf_conf_str(conf, "server", "tls_cert").ptr;
	serving->tls_key = yf_conf_str(conf, "server", "tls_key").ptr;
	YF_TRY(yf_conf_int(conf, "server", "workers", 1, 256,
			   &serving->workers));
	YF_TRY(yf_conf_bool(conf, "server", "behind_proxy",
			    &serving->behind_proxy));
	return YF_OK;
}

static yf_err read_rate(struct yf_conf *conf, const char *name, double *out)
{
	int64_t millionths;

	YF_TRY(yf_conf_int(conf, "face", name, 1, FMR_MAX_MILLIONTHS,
			   &millionths));
	*out = (double)millionths / 1e6;
	return YF_OK;
}

/* Beside yufu.ini, unless the path is absolute; empty stays empty. */
static yf_err read_path(struct yf_home *home, const char *folder,
			const char *name, const char **out)
{
	yf_str path = yf_conf_str(&home->conf, "face", name);

	if (path.len && path.ptr[0] != '/')
		YF_TRY(yf_str_format(home->arena, &path, "%s/%.*s", folder,
				     YF_ARG(path)));
	*out = path.ptr;
	return YF_OK;
}

static yf_err read_face(struct yf_home *home, const char *folder)
{
	struct yf_serving *serving = &home->serving;
	struct yf_face_limits *limits = &serving->face_limits;
	struct yf_conf *conf = &home->conf;
	yf_str models;

	if (yf_conf_str(conf, "face", "distance_max_thousandths").len) {
		home->problem = YF_STR(
			"[face] distance_max_thousandths is no more: write"
			" fmr_max_millionths, the false match rate that is"
			" accepted (100 for what 338 was, 1000 for 378)");
		return YF_FAIL(CONFIG);
	}
	YF_TRY(yf_conf_int(conf, "face", "workers", 0, 64,
			   &serving->face_workers));
	YF_TRY(yf_conf_int(conf, "face", "memory_mb", 128, 65536,
			   &serving->face_memory_mb));
	YF_TRY(read_path(home, folder, "engine", &serving->face_engine));
	YF_TRY(read_path(home, folder, "model", &serving->face_model));
	YF_TRY(yf_str_format(home->arena, &models, "%s/models", folder));
	serving->face_models = models.ptr;
	YF_TRY(read_rate(conf, "fmr_max_millionths", &limits->fmr_max));
	YF_TRY(read_rate(conf, "fmr_max_group_millionths",
			 &limits->group_fmr_max));
	YF_TRY(yf_conf_bool(conf, "face", "demo", &limits->demo));
	limits->demo = limits->demo || home->env.settings.demo;
	YF_TRY(read_path(home, folder, "certificate",
			 &serving->face_certificate));
	return read_path(home, folder, "certifiers", &serving->face_certifiers);
}

static yf_err read_conf(struct yf_home *home, const char *folder)
{
	yf_str path;

	YF_TRY(yf_str_format(home->arena, &path, "%s/yufu.ini", folder));
	home->problem = path;
	YF_TRY(yf_conf_load(home->arena, path.ptr, keys, YF_COUNT(keys),
			    &home->conf));
	home->problem = (yf_str){ NULL, 0 };
	YF_TRY(read_url(home));
	YF_TRY(read_city(home));
	YF_TRY(read_serving(home));
	YF_TRY(read_face(home, folder));
	return yf_oauth_read(home);
}

/* --- making, with what opening checks --- */

/* What is asked for must come back out of the file as it went in. */
static yf_err try_conf(struct yf_arena *arena, const struct yf_home_ask *ask)
{
	struct yf_home home = { .arena = arena };
	const struct yf_settings *settings = &home.env.settings;

	YF_TRY(read_conf(&home, ask->folder));
	return yf_str_eq(settings->url, ask->url) &&
			       yf_str_eq(settings->name, ask->name) &&
			       yf_str_eq(settings->country, ask->country) &&
			       yf_str_eq(settings->number_rule,
					 ask->number_rule)
		       ? YF_OK
		       : YF_FAIL(CONFIG);
}

/* Before the first key: what is refused later would be half a deployment. */
static yf_err make_conf(struct yf_arena *arena, const struct yf_home_ask *ask,
			yf_str listen)
{
	yf_str path;

	YF_TRY(yf_str_format(arena, &path, "%s/yufu.ini", ask->folder));
	YF_TRY(write_conf(arena, ask, listen));
	const yf_err err = try_conf(arena, ask);
	if (yf_failed(err))
		unlink(path.ptr);
	return err;
}

yf_err yf_home_make(struct yf_arena *arena, const struct yf_home_ask *ask)
{
	const struct yf_clock clock = yf_clock_system();
	const char *rule;
	yf_str listen;
	yf_str path;

	YF_TRY(listen_of(arena, ask, &listen));
	YF_TRY(yf_str_to_c(arena, ask->number_rule, &rule));
	if (!yf_id_number_rule_exists(rule))
		return YF_FAIL(UNSUPPORTED);
	YF_TRY(yf_str_format(arena, &path, "%s/keys/master.key", ask->folder));
	if (yf_file_exists(path.ptr))
		return YF_FAIL(CONFLICT);
	YF_TRY(yf_file_folder(ask->folder, 0700));
	YF_TRY(make_conf(arena, ask, listen));
	YF_TRY(yf_str_format(arena, &path, "%s/keys", ask->folder));
	YF_TRY(yf_keys_make(arena, path.ptr, ask->name, ask->country,
			    yf_clock_now_s(&clock)));

	YF_AUTO(home) home = NULL;
	return yf_home_open(ask->folder, false, &home);
}

/* --- opening --- */

/* Those that come with the program, and the deployment's own over them. */
static yf_err open_types(struct yf_home *home, const char *folder)
{
	struct yf_card_types *types =
		YF_NEW(home->arena, struct yf_card_types, 1);
	yf_str folders[2];

	if (!types)
		return YF_FAIL(MEMORY);
	home->problem = YF_STR("the credential types (types/) beside the"
			       " program");
	YF_TRY(yf_share_find(home->arena, "types", &folders[0]));
	YF_TRY(yf_str_format(home->arena, &folders[1], "%s/types", folder));
	YF_TRY(yf_card_types_load(home->arena, folders, YF_COUNT(folders),
				  &home->env.settings, types, &home->problem));
	home->problem = (yf_str){ NULL, 0 };
	home->env.types = types;
	return YF_OK;
}

static yf_err open_parts(struct yf_home *home, const char *folder)
{
	struct yf_db_options options = { 0 };
	unsigned applied;
	yf_str path;

	YF_TRY(read_conf(home, folder));
	YF_TRY(yf_str_format(home->arena, &path, "%s/keys", folder));
	home->key_folder = path.ptr;
	YF_TRY(yf_keys_load(home->arena, path.ptr, yf_env_now_s(&home->env),
			    &home->problem, &home->keys));
	YF_TRY(yf_keys_into(home->keys, &home->env));
	YF_TRY(open_types(home, folder));
	YF_TRY(yf_oauth_open(home, folder));
	YF_TRY(yf_str_format(home->arena, &path, "%s/yufu.db", folder));
	home->problem = path;
	options.path = path.ptr;
	YF_TRY(yf_db_open(&options, &home->env.db));
	YF_TRY(yf_migrate(home->env.db, yf_migrations(),
			  yf_env_now_s(&home->env), &applied));
	home->problem = (yf_str){ NULL, 0 };
	return YF_OK;
}

yf_err yf_home_open(const char *folder, bool demo, struct yf_home **out)
{
	struct yf_home *home = calloc(1, sizeof(*home));

	*out = home;
	if (!home)
		return YF_FAIL(MEMORY);
	home->arena = yf_arena_new(HOME_ARENA);
	if (!home->arena)
		return YF_FAIL(MEMORY);
	home->env.clock = yf_clock_system();
	home->env.settings.demo = demo;
	const yf_err err = open_parts(home, folder);
	if (yf_failed(err) && home->conf.problem.len)
		home->problem = home->conf.problem;
	return err;
}

void yf_home_close(struct yf_home *home)
{
	if (!home)
		return;
	yf_db_close(home->env.db);
	yf_oauth_close(home);
	yf_keys_free(home->keys);
	yf_wipe(&home->env.keys, sizeof(home->env.keys));
	yf_arena_free(home->arena);
	free(home);
}

void yf_home_cleanup(struct yf_home **home)
{
	yf_home_close(*home);
}
