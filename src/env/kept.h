#pragma once

#include "env/env.h"
#include "http/exchange.h"

/*
 * Public documents that are signed once and kept: a status list, the trust
 * list, the bundle.  One is made when somebody asks for it and it is not
 * there, is made of something else than now, or is older than `step_s`; until
 * then every process of the city serves the same bytes.
 */
enum { YF_KEPT_STATE = 32 };

struct yf_kept {
	yf_bytes body;
	yf_bytes gzip; /* the same, RFC 1952; empty when not worth it */
	int64_t sequence;
	int64_t made_s;
	int64_t until_s; /* caches may keep it to then */
};

struct yf_kept_rule {
	yf_str name; /* of the row */
	int64_t step_s;
	/* What changes within this time is not looked at; 0 for at once. */
	int64_t rest_s;
	/*
	 * Inside a read: SHA-256 of what the document is made of.  The
	 * address of the city and its certificate are added to it.
	 */
	yf_err (*state)(struct yf_tx *tx, void *ctx,
			uint8_t out[static YF_KEPT_STATE]);
	/* Signs one: `doc` says its sequence and made_s, and takes `body`
	 * and, when it is worth it, `gzip`. */
	yf_err (*make)(const struct yf_env *env, struct yf_arena *arena,
		       void *ctx, struct yf_kept *doc);
	void *ctx;
};

/*
 * The document, in arena memory.  Sequences rise, also after a backup was put
 * back: one is the time in seconds, or one more than the last.
 *
 * what state() and make() say; STORE, MEMORY
 */
YF_CHECKED yf_err yf_kept_get(const struct yf_env *env, struct yf_arena *arena,
			      const struct yf_kept_rule *rule,
			      struct yf_kept *out);

/* SHA-256 over the roots and the issuer's certificates of `env`. */
void yf_env_anchors_hash(const struct yf_env *env,
			 uint8_t out[static YF_KEPT_STATE]);

/*
 * Replies with it: ETag, Last-Modified, Cache-Control to until_s, 304 for who
 * has it already, gzip for who takes it.
 */
YF_CHECKED yf_err yf_kept_reply(const struct yf_env *env,
				const struct yf_exchange *x,
				struct yf_reply *reply, const char *type,
				const struct yf_kept *kept);
