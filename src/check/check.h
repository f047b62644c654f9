#pragma once

#include "env/env.h"
#include "http/route.h"

/*
 * The wing that checks cards: what server/ and cli/ need of it.  Relying
 * parties are made with check/party.h.
 */

/* /check/..., for relying parties with an API key. */
struct yf_routes yf_check_routes(void);

/* /vp/..., for wallets. */
struct yf_routes yf_vp_routes(void);

/* /trust, for everybody. */
struct yf_routes yf_trust_routes(void);

/*
 * Erases what is past its time and tells who still waits for a request that
 * expired.  Called every minute; a few hundred at a time.
 */
YF_CHECKED yf_err yf_check_sweep(const struct yf_env *env);
