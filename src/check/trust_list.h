#pragma once

#include "env/kept.h"

/*
 * The trust list of this city: whose credentials and whose requests hold here.
 * A JWS of the issuer, typ trust-list+jwt, the same for everybody:
 *
 *	{iss, iat, exp, sequence,
 *	 issuers:       [{name, x5c:[root], signers:[[leaf]...]}],
 *	 registrars:    [{name, x5c:[root]}],
 *	 policies:      {name: {locale: purpose}},
 *	 relying_parties: [{name, client_ids:[...], policies:[name...]}]}
 *
 * Of two lists the one of the higher sequence is newer; an older one is not to
 * be taken for it.  Signers are there before they sign, so that nobody meets a
 * key that was not announced.  A relying party withdrawn is not in it.
 */
enum {
	YF_TRUST_LIST_STEP_S = 3600, /* made anew, also without a change */
	YF_TRUST_LIST_LIFE_S = 7 * 86400,
	YF_TRUST_LIST_REST_S = 2, /* changes are looked at that often */
};

/* Kept until something in it changes.  MEMORY, and what the signer says */
YF_CHECKED yf_err yf_trust_list_get(const struct yf_env *env,
				    struct yf_arena *arena,
				    struct yf_kept *out);
