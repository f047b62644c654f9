#pragma once

#include "codec/json.h"
#include "fetch/fetch.h"

/*
 * What the holder needs of the network, as one call: tests feed replies, the
 * tour shows what goes over it, everything else gives it a yf_fetch.
 */
struct yf_wire {
	/* As yf_fetch(): any status is a success. */
	yf_err (*send)(void *self, struct yf_arena *arena,
		       const struct yf_fetch_ask *ask, struct yf_fetched *out);
	void *self;
};

/* `fetch` outlives the wire; give it cookies for the login step. */
struct yf_wire yf_wire_of_fetch(struct yf_fetch *fetch);

/*
 * Sends.  UNSUPPORTED for http to anything but this machine (a wallet talks
 * TLS), SYNTAX, and the codes of yf_fetch().
 */
YF_CHECKED yf_err yf_wire_send(const struct yf_wire *wire,
			       struct yf_arena *arena,
			       const struct yf_fetch_ask *ask,
			       struct yf_fetched *out);

/*
 * GET of a JSON object.  MEDIA_TYPE, SYNTAX and others of yf_json_parse(), and
 * yf_wire_refusal() for a status other than 200.
 */
YF_CHECKED yf_err yf_wire_get_json(const struct yf_wire *wire,
				   struct yf_arena *arena, yf_str url,
				   const struct yf_json **out);

/* The media type, without its parameters, is `want`; case is of no account. */
bool yf_wire_is_type(const struct yf_fetched *reply, const char *want);

/*
 * The refusal in a reply as a code: the `error` of OAuth 2.0, OpenID4VCI and
 * OpenID4VP, the `error` of WWW-Authenticate, or the `type` of our problem
 * details.  A reply that names none of them: NOT_FOUND for 404, BUSY for 429
 * and 503, UNREACHABLE for other 5xx, DENIED else.  Never OK.
 */
YF_CHECKED yf_err yf_wire_refusal(struct yf_arena *arena,
				  const struct yf_fetched *reply);

/* The code of an error name; BUG when it names none that we know. */
yf_code yf_wire_code(yf_str error);
