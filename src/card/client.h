#pragma once

#include "env/env.h"

/*
 * Which wallets may start: the one of this server, `<url>/wallet/`, and the
 * public clients of the configuration.  Pure.
 *
 * A redirect address is compared byte by byte; only the port of a registered
 * loopback address is free (RFC 8252 section 7.3).
 *
 * INVALID_CLIENT   no such client
 * INVALID_REQUEST  the address is not one of its own
 */
YF_CHECKED yf_err yf_client_check(const struct yf_settings *settings,
				  struct yf_arena *arena, yf_str client_id,
				  yf_str redirect_uri);
