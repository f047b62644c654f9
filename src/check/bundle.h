#pragma once

#include "env/kept.h"

/*
 * The bundle of this city (credential/bundle.h) of what stands now: roots and
 * signers as in the trust list, and every status list.
 */
enum {
	YF_BUNDLE_STEP_S = 3600, /* made anew, also without a change */
	/* A change of a card is in it after this at the latest: fetching it
	 * all the time is what status lists are for. */
	YF_BUNDLE_REST_S = 60,
	YF_BUNDLE_LIFE_S = 86400,
};

/*
 * TOO_LARGE  the lists together are over YF_BUNDLE_LEN_MAX
 * MEMORY, STORE, and what the signer says
 */
YF_CHECKED yf_err yf_city_bundle(const struct yf_env *env,
				 struct yf_arena *arena, struct yf_kept *out);
