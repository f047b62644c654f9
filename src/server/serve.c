#define _DEFAULT_SOURCE
#include "server/serve.h"

#include "base/file.h"
#include "base/log.h"
#include "base/share.h"
#include "card/card.h"
#include "card/documents.h"
#include "card/plan_file.h"
#include "card/proof_table.h"
#include "check/check.h"
#include "face/pool.h"
#include "face/shelf.h"
#include "http/listen.h"
#include "http/reply.h"
#include "server/face.h"
#include "server/keys.h"
#include "server/metrics_api.h"
#include "server/sweep.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	STREAMS_MAX = 512,
	/* For a wallet or a shared address; 15 minutes of it, a session's
	 * life, are less than YF_PROOF_SESSIONS_MAX. */
	BEGINS_BURST = 600,
	BEGINS_PER_MINUTE = 240,
	FACE_DEADLINE_MS = 3000,
	FACE_WORKERS_MAX = 4,
	GRACE_MS = 5000,
	PEM_MAX = 64 * 1024,
	TABLES = 6,
	LOOK_S = 60, /* how often the keys are looked at */
	EPOCH_ARENA = 16 * 1024 * 1024,
	SCRATCH_ARENA = 256 * 1024,
};

/* Everything that lives while the server runs, in order of building. */
struct server {
	const struct yf_serve_ask *ask;
	struct yf_home *home;
	struct yf_env *env;
	struct yf_files *files;
	struct yf_events *events;
	struct yf_face_pool *face;
	struct yf_face_rule face_rule;
	struct yf_proofing *proofing;
	struct yf_limit *begins;
	struct yf_sweep *sweep;
	struct yf_listener *public;
	struct yf_listener *operator;
	struct epoch *epoch; /* NULL: the keys that it started with */
};

static yf_err open_pages(struct server *s)
{
	const char *csp = s->ask->csp ? s->ask->csp : YF_CSP_PAGE;
	yf_str folder;

	s->home->problem = YF_STR("the web pages (web/) beside the program");
	YF_TRY(yf_share_find(s->home->arena, "web", &folder));
	YF_TRY(yf_files_load(folder.ptr, csp, &s->files));
	s->env->files = s->files;
	return YF_OK;
}

static yf_err open_documents(struct server *s)
{
	struct yf_card_documents *documents =
		YF_NEW(s->home->arena, struct yf_card_documents, 1);

	if (!documents)
		return YF_FAIL(MEMORY);
	YF_TRY(yf_card_documents_make(s->home->arena, s->env, documents));
	s->env->documents = documents;
	return YF_OK;
}

static unsigned default_face_workers(void)
{
	const long cores = sysconf(_SC_NPROCESSORS_ONLN);

	return cores < 1                  ? 1
	       : cores > FACE_WORKERS_MAX ? FACE_WORKERS_MAX
					  : (unsigned)cores;
}

/* The folder that a file is in, where an engine has its own files. */
static yf_err folder_of(struct yf_arena *arena, const char *path, yf_str *out)
{
	const char *slash = strrchr(path, '/');

	return slash ? yf_str_format(arena, out, "%.*s",
				     (int)(slash - path + 1), path)
		     : yf_str_format(arena, out, "./");
}

/* Where face.model is: it finds the faces for a model that only describes. */
static yf_err find_own(struct server *s, yf_str *model, const char **folder)
{
	yf_str text;

	s->home->problem = YF_STR("the face model (face.model) beside the"
				  " program");
	YF_TRY(yf_share_find(s->home->arena, "face.model", model));
	YF_TRY(folder_of(s->home->arena, model->ptr, &text));
	*folder = text.ptr;
	return YF_OK;
}

/*
 * [face] model: an installed one by its name, or a file; without it the
 * current one of models/.  `own` is the network that comes with yufu.
 */
static yf_err find_model(struct server *s, yf_str own, const char **out)
{
	const struct yf_serving *serving = &s->home->serving;
	const yf_str wanted = yf_conf_str(&s->home->conf, "face", "model");
	yf_str path = { NULL, 0 }, name = path;

	s->home->problem = YF_STR("[face] model: neither a model of models/ nor"
				  " a file");
	if (wanted.len && memchr(wanted.ptr, '/', wanted.len)) {
		*out = serving->face_model;
		return YF_OK;
	}
	if (!wanted.len)
		s->home->problem =
			YF_STR("the current model of models/ (yufu face"
			       " model list --models DIR/models)");
	const yf_err err = yf_face_model_find(
		s->home->arena, serving->face_models,
		wanted.len ? wanted.ptr : NULL, &path, &name);
	/* not one of models/: a file beside yufu.ini */
	const bool is_file = err.code == YF_CODE_NOT_FOUND ||
			     (path.len && path.ptr == name.ptr);
	if (wanted.len && is_file) {
		*out = serving->face_model;
		return yf_file_exists(*out) ? YF_OK : YF_FAIL(NOT_FOUND);
	}
	YF_TRY(err);
	*out = path.len ? path.ptr : own.ptr;
	return YF_OK;
}

static yf_err find_engine(struct server *s, struct yf_face_pool_config *config)
{
	const struct yf_serving *serving = &s->home->serving;
	yf_str text, own;

	if (serving->face_engine[0]) {
		s->home->problem = YF_STR("[face] engine");
		config->engine_path = serving->face_engine;
		if (serving->face_model[0])
			config->model_path = serving->face_model;
		YF_TRY(folder_of(s->home->arena, serving->face_engine, &text));
		config->folder = text.ptr;
		s->home->problem = YF_STR("[face] engine or model");
		return YF_OK;
	}
	/* It finds the faces for a model that only describes. */
	YF_TRY(find_own(s, &own, &config->folder));
	YF_TRY(yf_plan_verify_file(own.ptr));
	YF_TRY(find_model(s, own, &config->model_path));
	return config->model_path == own.ptr
		       ? YF_OK
		       : yf_plan_verify_file(config->model_path);
}

static yf_err open_face(struct server *s)
{
	const struct yf_serving *serving = &s->home->serving;
	const int64_t workers = serving->face_workers;
	struct yf_face_pool_config config = {
		.workers = workers ? (unsigned)workers : default_face_workers(),
		.deadline_ms = FACE_DEADLINE_MS,
		.memory_len_max = (size_t)serving->face_memory_mb * 1024 * 1024,
	};
	yf_str program;

	YF_TRY(find_engine(s, &config));
	YF_TRY(yf_share_program(s->home->arena, &program));
	config.program = program.ptr;
	YF_TRY(yf_face_pool_open(&config, &s->face));
	s->home->problem = (yf_str){ NULL, 0 };
	s->env->face = s->face;
	YF_TRY(yf_serving_face_rule(s->home, s->face, &s->face_rule));
	s->env->face_rule = &s->face_rule;
	return YF_OK;
}

static yf_err open_parts(struct server *s)
{
	const struct yf_limit_options begins = {
		.burst = BEGINS_BURST,
		.per_minute = BEGINS_PER_MINUTE,
	};

	YF_TRY(open_pages(s));
	YF_TRY(open_documents(s));
	YF_TRY(open_face(s));
	s->home->problem = (yf_str){ NULL, 0 };
	YF_TRY(yf_events_new(STREAMS_MAX, &s->events));
	s->env->events = s->events;
	YF_TRY(yf_proofing_new(&s->proofing));
	s->env->proofing = s->proofing;
	YF_TRY(yf_limit_new(&begins, &s->begins));
	s->env->begins = s->begins;
	return yf_sweep_start(s->env, &s->sweep);
}

/* The demo's pages come with the others; elsewhere they do not exist. */
static yf_err demo_only(const struct yf_env *env, struct yf_exchange *x,
			struct yf_reply *reply)
{
	(void)env;
	(void)x;
	(void)reply;
	return YF_FAIL(NOT_FOUND);
}

static struct yf_routes closed_routes(bool demo)
{
	static const struct yf_route routes[] = {
		{ YF_GET, "/demo/{rest...}", demo_only, 0, NULL, 0 },
		{ YF_GET, "/demo/", demo_only, 0, NULL, 0 },
		{ YF_GET, "/desk/{rest...}", demo_only, 0, NULL, 0 },
		{ YF_GET, "/desk/", demo_only, 0, NULL, 0 },
	};

	return demo ? (struct yf_routes){ NULL, 0 } : YF_ROUTES(routes);
}

static yf_err read_pem(struct server *s, const char *path, const char **out)
{
	yf_bytes bytes;

	if (!path[0])
		return YF_OK;
	s->home->problem = yf_str_of(path);
	YF_TRY(yf_file_load(s->home->arena, path, PEM_MAX, &bytes));
	s->home->problem = (yf_str){ NULL, 0 };
	*out = (const char *)bytes.ptr;
	return YF_OK;
}

static yf_err listen_public(struct server *s)
{
	const struct yf_serving *serving = &s->home->serving;
	const struct yf_routes tables[TABLES] = {
		s->ask->more,     closed_routes(s->env->settings.demo),
		yf_card_routes(), yf_check_routes(),
		yf_vp_routes(),   yf_trust_routes(),
	};
	struct yf_routes *kept =
		YF_NEW(s->home->arena, struct yf_routes, TABLES);
	struct yf_listen_options options = {
		.address = serving->listen,
		.env = s->env,
		.tables = kept,
		.table_count = TABLES,
		.files = s->files,
		.mount = s->env->settings.path,
		.events = s->events,
		.public_https = serving->https,
		.behind_proxy = serving->behind_proxy,
		.workers = (unsigned)serving->workers,
	};

	if (!kept)
		return YF_FAIL(MEMORY);
	memcpy(kept, tables, sizeof(tables));
	YF_TRY(read_pem(s, serving->tls_cert, &options.tls_cert));
	YF_TRY(read_pem(s, serving->tls_key, &options.tls_key));
	s->home->problem = yf_str_of(serving->listen);
	return yf_listen_start(&options, &s->public);
}

static yf_err listen_operator(struct server *s)
{
	struct yf_routes *kept = YF_NEW(s->home->arena, struct yf_routes, 1);
	const struct yf_listen_options options = {
		.address = s->home->serving.operator_listen,
		.env = s->env,
		.tables = kept,
		.table_count = 1,
		.workers = 2,
		.connections_max = 64,
	};

	if (!kept)
		return YF_FAIL(MEMORY);
	*kept = yf_metrics_routes();
	s->home->problem = yf_str_of(s->home->serving.operator_listen);
	YF_TRY(yf_listen_start(&options, &s->operator));
	s->home->problem = (yf_str){ NULL, 0 };
	return YF_OK;
}

/* --- other keys without a stop --- */

/* What requests under way may still look at: kept until the end. */
struct epoch {
	struct epoch *before;
	struct yf_keys *keys;
	struct yf_arena *arena;
	struct yf_env env;
};

static void drop_epoch(struct epoch **epoch)
{
	if (!*epoch)
		return;
	yf_keys_free((*epoch)->keys);
	yf_arena_free((*epoch)->arena);
	yf_wipe(*epoch, sizeof(**epoch));
	free(*epoch);
}

static yf_err begin_epoch(struct server *s, struct yf_keys *keys,
			  struct epoch **out)
{
	__attribute__((cleanup(drop_epoch))) struct epoch *epoch =
		calloc(1, sizeof(*epoch));

	if (!epoch)
		return YF_FAIL(MEMORY);
	epoch->env = s->epoch ? s->epoch->env : *s->env;
	epoch->arena = yf_arena_new(EPOCH_ARENA);
	struct yf_card_documents *documents =
		epoch->arena ? YF_NEW(epoch->arena, struct yf_card_documents, 1)
			     : NULL;
	if (!documents)
		return YF_FAIL(MEMORY);
	YF_TRY(yf_keys_into(keys, &epoch->env));
	YF_TRY(yf_card_documents_make(epoch->arena, &epoch->env, documents));
	epoch->env.documents = documents;
	epoch->before = s->epoch;
	*out = YF_MOVE(epoch);
	return YF_OK;
}

static yf_err look_at_keys(struct server *s)
{
	const struct yf_keys *present =
		s->epoch ? s->epoch->keys : s->home->keys;
	YF_AUTO(arena) scratch = yf_arena_new(SCRATCH_ARENA);
	YF_AUTO(keys) keys = NULL;
	struct epoch *epoch = NULL;
	yf_str problem;

	if (!scratch)
		return YF_FAIL(MEMORY);
	YF_TRY(yf_keys_load(scratch, s->home->key_folder, yf_env_now_s(s->env),
			    &problem, &keys));
	if (yf_keys_same(keys, present))
		return YF_OK;
	YF_TRY(begin_epoch(s, keys, &epoch));
	epoch->keys = YF_MOVE(keys);
	s->epoch = epoch;
	yf_listen_use(s->public, &epoch->env);
	yf_listen_use(s->operator, & epoch->env);
	yf_log(YF_LOG_INFO, "other keys are announced or sign from now on");
	return YF_OK;
}

static void wait_for_signal(struct server *s, const sigset_t *wanted)
{
	static const struct timespec period = { .tv_sec = LOOK_S };

	for (;;) {
		const int number = sigtimedwait(wanted, NULL, &period);

		if (number > 0 && number != SIGHUP) {
			yf_log(YF_LOG_INFO, "stopping: signal %d", number);
			return;
		}
		if (number < 0 && errno == EINTR)
			continue;
		const yf_err err = look_at_keys(s);
		if (yf_failed(err))
			yf_log_err(YF_LOG_ERROR, err,
				   "the keys were not read again; those before"
				   " stay in use");
	}
}

static yf_err run(struct server *s, const sigset_t *stop)
{
	bool done = false;

	YF_TRY(open_parts(s));
	YF_TRY(listen_public(s));
	s->env->listener = s->public;
	YF_TRY(listen_operator(s));
	yf_log(YF_LOG_INFO, "listening on port %u, operator on port %u",
	       yf_listen_port(s->public), yf_listen_port(s->operator));
	if (s->ask->ready)
		YF_TRY(s->ask->ready(s->ask->ctx, s->env,
				     yf_listen_port(s->public),
				     yf_listen_port(s->operator), &done));
	if (!done)
		wait_for_signal(s, stop);
	return YF_OK;
}

/* Accepted requests are answered before anything that they use goes. */
static void close_parts(struct server *s)
{
	if (s->public)
		yf_listen_stop(s->public, GRACE_MS);
	if (s->operator)
		yf_listen_stop(s->operator, GRACE_MS);
	yf_sweep_stop(s->sweep);
	yf_face_pool_close(s->face);
	yf_limit_free(s->begins);
	yf_proofing_free(s->proofing);
	yf_events_free(s->events);
	yf_files_free(s->files);
	while (s->epoch) {
		struct epoch *epoch = s->epoch;
		s->epoch = epoch->before;
		drop_epoch(&epoch);
	}
}

yf_err yf_serve(const struct yf_serve_ask *ask)
{
	struct server server = { .ask = ask,
				 .home = ask->home,
				 .env = &ask->home->env };
	sigset_t stop;

	/* Blocked before any thread starts, so that only sigwait sees them. */
	sigemptyset(&stop);
	sigaddset(&stop, SIGTERM);
	sigaddset(&stop, SIGINT);
	sigaddset(&stop, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &stop, NULL);
	signal(SIGPIPE, SIG_IGN);
	const yf_err err = run(&server, &stop);
	close_parts(&server);
	return err;
}
