#pragma once

#include "base/conf.h"
#include "card/face_rule.h"
#include "env/env.h"

/*
 * A deployment's folder: yufu.ini, keys/, yufu.db.  Opening one gives an
 * environment with everything but the listeners, the face pool and the pages:
 * what the commands of an operator need.
 */

/* From yufu.ini, beside what env->settings holds. */
struct yf_serving {
	const char *listen;
	const char *operator_listen;
	int64_t workers;
	bool behind_proxy;
	bool https;           /* the public address is https */
	const char *tls_cert; /* path, or empty */
	const char *tls_key;
	struct yf_face_limits face_limits;
	const char *face_models;      /* folder of installed models */
	const char *face_certificate; /* path, or empty */
	const char *face_certifiers;  /* path, or empty */
	int64_t face_workers;         /* 0: one a core */
	const char *face_engine;      /* of a vendor; empty: ours */
	const char *face_model;       /* as a file; empty: the engine's own */
	int64_t face_memory_mb;       /* of one worker */
	int64_t request_key;          /* number of the newest, from 1 */
};

struct yf_home {
	struct yf_arena *arena; /* as long as the home */
	struct yf_conf conf;
	struct yf_keys *keys;
	struct yf_key *request_keys[2]; /* the newest first */
	const char *key_folder;
	struct yf_serving serving;
	struct yf_env env;
	yf_str problem; /* after an error: what is wrong where, for people */
};

struct yf_home_ask {
	const char *folder;
	yf_str url;
	yf_str listen;          /* empty: the port of the url on 127.0.0.1 */
	yf_str operator_listen; /* empty: 127.0.0.1:8081 */
	yf_str name;
	yf_str country;
	yf_str number_rule;
	yf_str clients; /* [oauth] clients */
};

/*
 * Makes a deployment: folder, yufu.ini, keys, empty database.
 *
 * CONFLICT  the folder holds one already
 * SYNTAX, UNSUPPORTED  the url; UNSUPPORTED the rule
 * CONFIG    the name (1 to 64 characters of one line), country or clients:
 *           no key was made
 */
YF_CHECKED yf_err yf_home_make(struct yf_arena *arena,
			       const struct yf_home_ask *ask);

/* Writes yufu.ini anew: for the demo, which is told where to listen. */
YF_CHECKED yf_err yf_home_configure(struct yf_arena *arena,
				    const struct yf_home_ask *ask);

/*
 * Opens it and brings the database up to date.  `out` is set also on an
 * error, for its problem, and is always to be closed.
 *
 * demo   started by `yufu demo`: the only thing that turns demo addresses on
 */
YF_CHECKED yf_err yf_home_open(const char *folder, bool demo,
			       struct yf_home **out);
void yf_home_close(struct yf_home *home);
void yf_home_cleanup(struct yf_home **home);
