#pragma once

#include "env/env.h"
#include "http/route.h"

/*
 * What a face match is worth here, for everybody: who gets a card by face, on
 * whose word, and how often two people are taken for one.  Results of
 * measuring are public.
 */

/* {standing, why, advice, fmr_max, fmr_max_group, certificate} */
yf_err yf_face_get(const struct yf_env *env, struct yf_exchange *x,
		   struct yf_reply *reply);

/* The certificate as it was signed, whatever it is worth.  NOT_FOUND */
yf_err yf_face_certificate_get(const struct yf_env *env, struct yf_exchange *x,
			       struct yf_reply *reply);
