#pragma once

#include "http/exchange.h"

/* The well-known documents, at the root and with the path of the issuer URL
 * inserted behind (RFC 8414 section 3.1, OpenID4VCI 1.0 section 12.2.2). */
YF_CHECKED yf_err yf_issuer_metadata_get(const struct yf_env *env,
					 struct yf_exchange *x,
					 struct yf_reply *reply);
YF_CHECKED yf_err yf_server_metadata_get(const struct yf_env *env,
					 struct yf_exchange *x,
					 struct yf_reply *reply);
YF_CHECKED yf_err yf_resource_metadata_get(const struct yf_env *env,
					   struct yf_exchange *x,
					   struct yf_reply *reply);
YF_CHECKED yf_err yf_vc_issuer_metadata_get(const struct yf_env *env,
					    struct yf_exchange *x,
					    struct yf_reply *reply);
