#pragma once

#include "http/exchange.h"

/* What a client would rather have, and what it has already. */

/*
 * RFC 9110 section 12.4.2: the weight of `name` in the header (Accept,
 * Accept-Encoding) in thousandths; 0 when it is not named.  Wildcards do not
 * count: who takes anything gets what everybody gets.
 */
int yf_weight_of(const struct yf_exchange *x, const char *header,
		 const char *name);

/*
 * RFC 9110 section 13: whether If-None-Match names the tag (compared weakly),
 * or without it If-Modified-Since is the very time that was sent before.
 * `modified` may be empty.
 */
bool yf_client_has(const struct yf_exchange *x, yf_str etag, yf_str modified);

/* IMF-fixdate, section 5.6.7.  MEMORY */
YF_CHECKED yf_err yf_http_date(struct yf_arena *arena, int64_t time_s,
			       yf_str *out);
