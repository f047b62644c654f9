#pragma once

#include "card/type.h"
#include "codec/json.h"
#include "env/env.h"

/*
 * What was asked by authorization_details, as it is kept beside codes and
 * tokens: configuration ids of one type, separated by spaces; empty when it
 * was asked by scope.  The identifier of a configuration (OpenID4VCI 1.0
 * section 6.2) is made from its name.  Pure.
 */

/*
 * raw      the parameter; ptr NULL when absent: then `kept` is empty
 * type     of scope, code or token; where it is NULL the details say which
 *
 * INVALID_DETAILS  as in openid/authorization_details.h; also a configuration
 *                  that is not offered, or of another type than the others
 */
YF_CHECKED yf_err yf_details_take(const struct yf_env *env,
				  struct yf_arena *arena, yf_str raw,
				  const struct yf_card_type **type,
				  yf_str *kept);

/* Is each of `some` in `all`?  Everything is in an empty `all`. */
bool yf_details_within(yf_str some, yf_str all);

/* The configuration that an identifier names, when `kept` has it. */
bool yf_details_configuration(yf_str kept, yf_str identifier, yf_str *out);

/* authorization_details of a token response, with credential_identifiers. */
YF_CHECKED yf_err yf_details_put(struct yf_json_out *out, yf_str kept);
