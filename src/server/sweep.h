#pragma once

#include "env/env.h"

/*
 * A thread that erases once a minute what is past its time: results of
 * presentations, spent nonces, codes, tokens, offers.
 */
struct yf_sweep;

YF_CHECKED yf_err yf_sweep_start(const struct yf_env *env,
				 struct yf_sweep **out);
void yf_sweep_stop(struct yf_sweep *sweep);
