#pragma once

#include "check/request.h"
#include "check/response.h"

/*
 * The W3C Digital Credentials API, OpenID4VP 1.0 appendix A: the request goes
 * to the wallet through the browser that shows the party's page, the answer
 * comes back through it, and both are bound to the page's origin, which the
 * browser says and nobody else can.
 */
#define YF_DC_API_SIGNED "openid4vp-v1-signed"
#define YF_DC_API_UNSIGNED "openid4vp-v1-unsigned"

/*
 * What the page gives to navigator.credentials.get({digital}): {requests:
 * [{protocol, data}]}, signed first, then unsigned; the browser takes what a
 * wallet has.  `request->how.origin` is set.
 */
YF_CHECKED yf_err yf_dc_api_requests(const struct yf_env *env,
				     struct yf_arena *arena,
				     const struct yf_party *party,
				     const struct yf_request *request,
				     yf_str *json);

/*
 * What the page got: a DigitalCredential as JSON, {protocol, data}.
 *
 * UNSUPPORTED  another protocol
 * MISSING, SYNTAX, DUPLICATE, TOO_DEEP, MEMORY
 */
YF_CHECKED yf_err yf_dc_api_answer(struct yf_arena *arena, yf_str json,
				   struct yf_answer *out);
