#pragma once

#include "http/exchange.h"

/*
 * Which handler answers which address.  Tables are static; the first route
 * whose pattern fits wins, so a literal goes before "{id}".
 *
 * Patterns: "/a/b", "/vp/{id}/response" (one segment, not empty), and at the
 * end "{rest...}" (one segment or more).  Segments are compared as received,
 * parameters are unescaped; a broken escape or an escaped NUL or '/' fits
 * nothing.
 *
 * HEAD is answered by GET.  OPTIONS is answered by http itself.
 */
typedef enum {
	YF_ROUTE_PLAIN = 0,
	/* "Access-Control-Allow-Origin: *": for public protocol endpoints,
	 * where a browser wallet of another origin is a client as any other.
	 * Never with cookies. */
	YF_ROUTE_CORS = 1,
	/* Errors as RFC 6749 5.2 instead of RFC 9457. */
	YF_ROUTE_OAUTH = 2,
	/* The same for a protected resource: token and DPoP errors are 401
	 * with WWW-Authenticate (RFC 6750 3, RFC 9449 7.1). */
	YF_ROUTE_RESOURCE = 4,
} yf_route_flag;

struct yf_route {
	yf_method method;
	const char *pattern;
	yf_handler handler;
	uint32_t body_len_max; /* 0: a body is refused */
	/* Media type the body must have: "application/json"; NULL: any.  Only
	 * looked at when there is a body. */
	const char *content_type;
	unsigned flags;
};

struct yf_routes {
	const struct yf_route *at;
	size_t count;
};

#define YF_ROUTES(array) ((struct yf_routes){ (array), YF_COUNT(array) })

typedef enum {
	YF_ROUTE_FOUND,
	YF_ROUTE_UNKNOWN, /* 404 */
	YF_ROUTE_METHOD,  /* 405: `allowed` says which */
} yf_route_outcome;

struct yf_route_match {
	yf_route_outcome outcome;
	const struct yf_route *route;
	unsigned allowed; /* set of yf_method at this address */
	unsigned flags;   /* of all routes at this address */
	struct yf_param params[YF_PARAMS_MAX];
	size_t param_count;
};

/*
 * method   HEAD is looked up as GET; OPTIONS gives METHOD with the set
 * path     as received, without query
 *
 * MEMORY   (parameters are unescaped into the arena)
 */
YF_CHECKED yf_err yf_route_find(struct yf_arena *arena,
				const struct yf_routes *tables,
				size_t table_count, yf_method method,
				yf_str path, struct yf_route_match *out);

/* "GET, HEAD, OPTIONS" of a set, for Allow.  MEMORY */
YF_CHECKED yf_err yf_route_allow(struct yf_arena *arena, unsigned allowed,
				 yf_str *out);
