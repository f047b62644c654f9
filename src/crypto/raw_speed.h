#pragma once

#include "base/err.h"

/*
 * What the crypto library does at best on this machine with one core: a tight
 * loop over one key with a kept context, nothing of ours around it.  The
 * limit that `yufu bench` holds our figures against.
 */
typedef enum {
	YF_RAW_SIGN, /* P-256 ECDSA over a digest */
	YF_RAW_VERIFY,
} yf_raw_work;

struct yf_raw_speed;

/* MEMORY, CRYPTO */
YF_CHECKED yf_err yf_raw_speed_new(struct yf_raw_speed **out);
void yf_raw_speed_free(struct yf_raw_speed *raw);
void yf_raw_speed_cleanup(struct yf_raw_speed **raw);

/* Does one kind of work `count` times.  CRYPTO */
YF_CHECKED yf_err yf_raw_speed_run(struct yf_raw_speed *raw, yf_raw_work work,
				   unsigned count);
