#pragma once

#include "base/str.h"
#include "codec/url.h"

/*
 * One request as a handler sees it, and the reply it makes.
 *
 * Everything a request points to lives in its arena and ends with it; what a
 * reply points to must live in that arena too, or be static.
 */

typedef enum {
	YF_GET = 1,
	YF_POST = 2,
	YF_PUT = 4,
	YF_DELETE = 8,
	YF_HEAD = 16,
	YF_OPTIONS = 32,
	YF_METHOD_OTHER = 64,
} yf_method;

yf_method yf_method_of(yf_str name);
const char *yf_method_name(yf_method method);

struct yf_header {
	yf_str name;
	yf_str value;
};

struct yf_param {
	yf_str name;  /* of the pattern: "id" of "/vp/{id}" */
	yf_str value; /* unescaped */
};

enum {
	YF_HEADERS_MAX = 64, /* of a request */
	YF_COOKIES_MAX = 32,
	YF_PARAMS_MAX = 4,
	YF_REPLY_HEADERS_MAX = 12,
	YF_PATH_LEN_MAX = 2048,
};

struct yf_exchange {
	struct yf_arena *arena;
	yf_method method; /* HEAD arrives as GET, its body is not sent */
	yf_str target;    /* path and query as received */
	yf_str path;      /* as received, not unescaped */
	struct yf_form query;
	const struct yf_header *headers; /* in order */
	size_t header_count;
	struct yf_param params[YF_PARAMS_MAX];
	size_t param_count;
	yf_str body;
	yf_str content_type; /* media type only, lower case; may be empty */
	yf_str bearer;       /* "Authorization: Bearer ..." or empty */
	yf_str dpop_token;   /* "Authorization: DPoP ..." (RFC 9449 7.1) */
	yf_str peer;         /* address of the client, without port */
	bool https;          /* how the client reached us */
};

/*
 * For listen.c: fills path, query, content_type, bearer and dpop_token from
 * target and headers, which are set.
 *
 * SYNTAX     a target that is no path, a query with a broken escape, framing
 *            that two readers may read differently (RFC 9112 6.1)
 * DUPLICATE  a header twice that may be there once
 * TOO_LARGE  the path is over YF_PATH_LEN_MAX, the query over its limits
 * MEMORY
 */
YF_CHECKED yf_err yf_exchange_prepare(struct yf_exchange *x);

/* The first header of that name, any case; ptr NULL when absent. */
yf_str yf_exchange_header(const struct yf_exchange *x, const char *name);

/* The same, when at most one may be there.  DUPLICATE */
YF_CHECKED yf_err yf_exchange_header_once(const struct yf_exchange *x,
					  const char *name, yf_str *out);

/* The path parameter `name` of the route; empty when the route has none. */
yf_str yf_exchange_param(const struct yf_exchange *x, const char *name);

/* The value of a cookie (RFC 6265 4.2); ptr NULL when absent, ambiguous
 * (twice with different values) or over YF_COOKIES_MAX. */
yf_str yf_exchange_cookie(const struct yf_exchange *x, const char *name);

/* The body of a form post.  Errors of yf_form_parse(), and MEDIA_TYPE */
YF_CHECKED yf_err yf_exchange_form(const struct yf_exchange *x,
				   struct yf_form *out);

struct yf_file;
struct yf_stream;

/*
 * What a handler fills; starts as zeroes.  http adds the security headers,
 * "Cache-Control: no-store" unless cache_control is set, Content-Length, CORS
 * where the route says so.  When a handler returns an error, http writes the
 * status and body from it; headers and `detail` that the handler had set stay.
 */
struct yf_reply {
	int status; /* 0 is 200 */
	yf_str content_type;
	yf_str body;
	yf_str detail; /* one sentence beside an error: what exactly */
	yf_str cache_control;
	const char *csp; /* Content-Security-Policy of a page; NULL: none */
	struct yf_header headers[YF_REPLY_HEADERS_MAX];
	size_t header_count;
	const struct yf_file *file; /* instead of body: see files.h */
	struct yf_stream *stream;   /* instead of body: see events.h */
};

struct yf_env;

/* `env` is what server/ built; http hands it through and never looks. */
typedef yf_err yf_handle(const struct yf_env *env, struct yf_exchange *x,
			 struct yf_reply *reply);
typedef yf_handle *yf_handler;
