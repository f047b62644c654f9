#pragma once

#include "check/request.h"

/*
 * The same-device flow, OpenID4VP 1.0 sections 8.2 and 14.3: the visitor's
 * browser goes to the wallet and comes back.  Who started the flow must be
 * the one who comes back, or else somebody lured into answering another's
 * request would log that one in.  So a result is given for two secrets
 * together:
 *
 *	session        given with the request; the party keeps it in the
 *	               browser session that started it
 *	response_code  given to the wallet with the answer, and by it to the
 *	               browser that comes back, behind return_uri
 *
 * Both are 256 bits, derived from the id by a key of this server.
 */

/* MEMORY */
YF_CHECKED yf_err yf_same_device_session(const struct yf_env *env,
					 struct yf_arena *arena, yf_str id,
					 yf_str *out);

/* return_uri with its response_code: `redirect_uri` for the wallet.  MEMORY */
YF_CHECKED yf_err yf_same_device_return(const struct yf_env *env,
					struct yf_arena *arena,
					const struct yf_request *request,
					yf_str *out);

/* DENIED when either is not that of the request, or it has none.  MEMORY */
YF_CHECKED yf_err yf_same_device_check(const struct yf_env *env,
				       struct yf_arena *arena,
				       const struct yf_request *request,
				       yf_str session, yf_str response_code);
