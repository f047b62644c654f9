#pragma once

#include "base/str.h"

/*
 * An ini file of known keys.
 *
 *	[server]
 *	listen = 127.0.0.1:8080   ; a comment
 *
 * One static table names every key with its default; anything else in the
 * file is a mistake and refused.
 */
struct yf_conf_key {
	const char *section;
	const char *name;
	const char *fallback; /* NULL: must be in the file */
};

struct yf_conf_entry {
	yf_str value;
	unsigned line; /* 0: the fallback */
};

enum { YF_CONF_LEN_MAX = 64 * 1024 };

struct yf_conf {
	struct yf_arena *arena;
	const char *path;
	const struct yf_conf_key *keys;
	struct yf_conf_entry *entries; /* one a key */
	size_t count;
	/* After CONFIG: one line for the operator with file, line and key. */
	yf_str problem;
};

/*
 * `keys` outlives `out`.  `out` is also written on CONFIG, for its problem:
 * an unknown key or section, a key twice, a key without default missing, a
 * line that is none, text that is not UTF-8.
 *
 * CONFIG, NOT_FOUND (no such file), TOO_LARGE, IO, MEMORY
 */
YF_CHECKED yf_err yf_conf_load(struct yf_arena *arena, const char *path,
			       const struct yf_conf_key *keys, size_t count,
			       struct yf_conf *out);

/* The same from text; `path` is for messages. */
YF_CHECKED yf_err yf_conf_parse(struct yf_arena *arena, const char *path,
				yf_str text, const struct yf_conf_key *keys,
				size_t count, struct yf_conf *out);

/* Asking for a key that is not in the table is a programmer error. */

/* NUL-terminated beyond .len. */
yf_str yf_conf_str(const struct yf_conf *conf, const char *section,
		   const char *name);

/* A decimal number within min..max.  CONFIG */
YF_CHECKED yf_err yf_conf_int(struct yf_conf *conf, const char *section,
			      const char *name, int64_t min, int64_t max,
			      int64_t *out);

/* yes, no, true, false, on, off.  CONFIG */
YF_CHECKED yf_err yf_conf_bool(struct yf_conf *conf, const char *section,
			       const char *name, bool *out);
