#pragma once

#include "env/env.h"

/*
 * The trust list of this city: whose credentials and whose requests hold here.
 * A JWS of the issuer, typ trust-list+jwt, the same for everybody:
 *
 *	{iss, iat, exp, issuers:[{name, x5c:[root]}], registrars:[...]}
 */
enum {
	YF_TRUST_LIST_STEP_S = 3600, /* iat is a whole hour */
	YF_TRUST_LIST_LIFE_S = 7 * 86400,
};

/* MEMORY, and what the signer says */
YF_CHECKED yf_err yf_trust_list_make(const struct yf_env *env,
				     struct yf_arena *arena, yf_str *jwt);
