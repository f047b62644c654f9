#pragma once

#include "check/request.h"

/*
 * What a wallet says of itself when it gets a request by POST (OpenID4VP 1.0
 * sections 5.10 and 10).  Members that are not known are ignored, as is the
 * whole when it says nothing.
 *
 * metadata  JSON text; empty for none
 *
 * UNSUPPORTED  nothing that the query accepts is in a format of its
 *              vp_formats_supported; or its client_id_prefixes_supported,
 *              response_types_supported, response_modes_supported or
 *              request_object_signing_alg_values_supported leave out what
 *              the request has
 * SYNTAX, DUPLICATE, TOO_DEEP, TOO_LARGE, MEMORY
 */
YF_CHECKED yf_err yf_wallet_metadata_check(struct yf_arena *arena,
					   yf_str metadata,
					   const struct yf_request *request);
