#pragma once

#include "http/exchange.h"

/* What handlers write replies with.  Each sets status, type and body. */

/* `json` is encoded text.  application/json */
void yf_reply_json(struct yf_reply *reply, int status, yf_str json);
void yf_reply_text(struct yf_reply *reply, int status, const char *type,
		   yf_str text);

/*
 * For the bundled pages: own scripts and styles, the face scan's camera as
 * blob:/data: pictures, web assembly for none, framed by nobody.
 */
#define YF_CSP_PAGE                                                         \
	"default-src 'none'; script-src 'self'; style-src 'self'; "         \
	"img-src 'self' data: blob:; media-src 'self' blob:; "              \
	"connect-src 'self' https:; font-src 'self'; manifest-src 'self'; " \
	"worker-src 'self'; base-uri 'none'; form-action 'self'; "          \
	"frame-ancestors 'none'"

/*
 * status   301, 302, 303, 307 or 308
 * SYNTAX   the address holds a control character or a non-ASCII one
 * MEMORY
 */
YF_CHECKED yf_err yf_reply_redirect(const struct yf_exchange *x,
				    struct yf_reply *reply, int status,
				    yf_str location);

/*
 * One more header; the value is copied.
 * TOO_LARGE  over YF_REPLY_HEADERS_MAX
 * SYNTAX     a control character in the value: no header is ever split
 */
YF_CHECKED yf_err yf_reply_header(const struct yf_exchange *x,
				  struct yf_reply *reply, const char *name,
				  yf_str value);

/*
 * A session cookie: HttpOnly, SameSite, Secure when the client came by
 * https.  max_age_s 0 deletes it, below 0 lasts until the browser closes.
 */
struct yf_cookie {
	const char *name;
	yf_str value; /* RFC 6265 cookie-octet: base64url is fine */
	const char *path;
	int64_t max_age_s;
	bool lax; /* SameSite=Lax instead of Strict */
};

/* SYNTAX for a character that no cookie takes; TOO_LARGE, MEMORY */
YF_CHECKED yf_err yf_reply_cookie(const struct yf_exchange *x,
				  struct yf_reply *reply,
				  const struct yf_cookie *cookie);

/*
 * The one place where an error becomes a reply.  http calls it for every
 * error that a handler returns, in the form that the route asks for; a
 * handler seldom needs it.  It cannot fail: with no memory left the body is a
 * constant.
 *
 * RFC 9457: {"type":"urn:yufu:problem:too_large","title","status","detail"},
 * where detail is the reply's own and the advice.  RFC 6749 5.2: {"error",
 * "error_description"} with text, detail and advice cut to the characters
 * that section allows.
 *
 * flags    yf_route_flag: YF_ROUTE_OAUTH, YF_ROUTE_RESOURCE
 */
void yf_reply_error(struct yf_arena *arena, struct yf_reply *reply, yf_err err,
		    unsigned flags);

/* The status of an error, and its name as RFC 6749, OpenID4VCI call it. */
int yf_status_of(yf_err err, unsigned flags);
const char *yf_oauth_name(yf_err err);
