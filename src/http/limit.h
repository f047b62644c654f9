#pragma once

#include "base/str.h"

/*
 * How often somebody may do something: a token bucket for each key (client
 * address, session, account).  Memory is fixed: past keys_max the bucket that
 * is nearest to full, which limits least, makes room.  Keys are hashed with a
 * seed of this process, so nobody can aim at another's bucket.
 *
 * It protects the server.  Tries that must be counted for security (PIN, face)
 * are counted in the database.
 */
struct yf_limit;

struct yf_limit_options {
	unsigned keys_max;   /* 4096 when 0; rounded up to a power of two */
	unsigned burst;      /* at once; >= 1 */
	unsigned per_minute; /* afterwards; >= 1 */
};

/* MEMORY */
YF_CHECKED yf_err yf_limit_new(const struct yf_limit_options *options,
			       struct yf_limit **out);
void yf_limit_free(struct yf_limit *limit);
void yf_limit_cleanup(struct yf_limit **limit);

/* From any thread.  TOO_MANY */
YF_CHECKED yf_err yf_limit_take(struct yf_limit *limit, yf_str key,
				int64_t mono_ms);
