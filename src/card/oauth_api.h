#pragma once

#include "http/exchange.h"

/* POST /oauth/par (RFC 9126), GET /oauth/authorize, POST /oauth/token. */
yf_handle yf_par_post;
yf_handle yf_authorize_get;
yf_handle yf_token_post;
