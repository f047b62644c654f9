#pragma once

#include "http/files.h"
#include "http/route.h"

/*
 * From a request to everything that is sent for it: routes, static files,
 * refusals, CORS, the headers that every reply has.  Knows no sockets.
 */
struct yf_site {
	const struct yf_env *env;
	const struct yf_routes *tables;
	size_t table_count;
	const struct yf_files *files; /* or NULL */
	yf_str mount; /* "/city": taken off the path; empty for none */
};

enum { YF_ANSWER_EXTRA_MAX = 16 };

struct yf_answer {
	struct yf_route_match match;
	struct yf_reply reply;
	struct yf_header extra[YF_ANSWER_EXTRA_MAX]; /* beside the reply's */
	size_t extra_count;
	yf_bytes body;
	bool decided;  /* nothing is left to do but to send it */
	bool readable; /* and so is what stands behind this request */
};

/* What the header says about the body to come. */
struct yf_body_head {
	bool present;
	bool chunked; /* `len` is not known */
	uint64_t len;
};

/*
 * With the header complete and x->target, headers, method set.  Afterwards
 * the answer is decided, or yf_answer_run() is to be called with the body.
 */
void yf_answer_begin(const struct yf_site *site, struct yf_exchange *x,
		     struct yf_body_head body, struct yf_answer *answer);
void yf_answer_run(const struct yf_site *site, struct yf_exchange *x,
		   struct yf_answer *answer);

/* Instead of either: whatever was there is replaced by the error. */
void yf_answer_error(struct yf_exchange *x, struct yf_answer *answer,
		     yf_err err);

/* What Content-Length and Transfer-Encoding announce, after _prepare(). */
struct yf_body_head yf_body_head_of(const struct yf_exchange *x);
