#pragma once

#include "http/exchange.h"

/* POST /oauth/par (RFC 9126), GET /oauth/authorize, POST /oauth/token, POST
 * /oauth/challenge (attestation-based client authentication). */
yf_handle yf_par_post;
yf_handle yf_authorize_get;
yf_handle yf_token_post;
yf_handle yf_challenge_post;
