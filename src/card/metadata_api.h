#pragma once

#include "http/exchange.h"

/* The well-known documents, at the root and with the path of the issuer URL
 * inserted behind (RFC 8414 section 3.1, OpenID4VCI 1.0 section 12.2.2). */
yf_handle yf_issuer_metadata_get;
yf_handle yf_server_metadata_get;
yf_handle yf_resource_metadata_get;
yf_handle yf_vc_issuer_metadata_get;

/* /types/{name}: what a type is, as SD-JWT VC says it. */
yf_handle yf_type_metadata_get;
