#pragma once

#include "base/buf.h"
#include "base/str.h"

/*
 * Addresses (RFC 3986, http and https only) and form encoding
 * (application/x-www-form-urlencoded, WHATWG URL section 5).
 */

/* Views into the text that was parsed. */
struct yf_url {
	yf_str scheme; /* as written */
	yf_str host;   /* name, IPv4 or [IPv6] with its brackets */
	yf_str port;   /* digits, empty when absent */
	yf_str path;   /* starts with '/', or is empty */
	yf_str query;  /* behind '?', empty when absent */
};

/*
 * SYNTAX       no scheme, no host, user info, a fragment, white space or
 *              control characters, or a port that is no number up to 65535
 * UNSUPPORTED  a scheme other than http and https
 */
YF_CHECKED yf_err yf_url_parse(yf_str text, struct yf_url *out);

/* scheme://host[:port] of a parsed address.  MEMORY */
YF_CHECKED yf_err yf_url_origin(struct yf_arena *arena,
				const struct yf_url *url, yf_str *out);

/* "localhost", 127.0.0.0/8 or [::1]. */
bool yf_url_is_loopback(const struct yf_url *url);

/* %XX for everything but RFC 3986 unreserved characters. */
void yf_url_escape(struct yf_buf *buf, yf_str text);

/* %XX and, in forms, '+' as space.  SYNTAX for a broken escape, MEMORY */
YF_CHECKED yf_err yf_url_unescape(struct yf_arena *arena, yf_str text,
				  bool form, yf_str *out);

/* A form or query: names may repeat. */
struct yf_form_pair {
	yf_str name;
	yf_str value;
};

struct yf_form {
	const struct yf_form_pair *pairs; /* arena memory */
	size_t count;
};

enum { YF_FORM_PAIRS_MAX = 64 };

/* SYNTAX, TOO_LARGE (over YF_FORM_PAIRS_MAX), MEMORY */
YF_CHECKED yf_err yf_form_parse(struct yf_arena *arena, yf_str text,
				struct yf_form *out);

/*
 * The value of `name`; empty with ptr NULL when absent.  DUPLICATE when the
 * name occurs twice (RFC 6749 3.1: parameters MUST NOT be included more than
 * once).
 */
YF_CHECKED yf_err yf_form_get(const struct yf_form *form, const char *name,
			      yf_str *out);

/* Appends name=value, with '&' before it when the buffer is not empty. */
void yf_form_put(struct yf_buf *buf, const char *name, yf_str value);
