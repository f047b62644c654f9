#pragma once

#include "crypto/raw_speed.h"
#include "crypto/signer.h"
#include "crypto/trust.h"

/*
 * What benches of credentials measure in: an issuer with a certificate, who
 * trusts it, and holders, so many that no key is in a cache.
 */
enum {
	YF_BENCH_HOLDERS = 64,
	YF_BENCH_ARENA_MAX = 1024 * 1024, /* of one piece of work */
	YF_BENCH_NOW_S = 1800000000,
};

struct yf_bench_house {
	struct yf_arena *arena; /* of the house itself */
	struct yf_raw_speed *raw;
	struct yf_keyring *ring;
	struct yf_trust *trust;
	struct yf_signer issuer;
	struct yf_key *holders[YF_BENCH_HOLDERS];
	unsigned turn;
};

/* MEMORY, CRYPTO; close it in either case. */
YF_CHECKED yf_err yf_bench_house_open(struct yf_bench_house *house);
void yf_bench_house_close(struct yf_bench_house *house);

/* Another holder at each call. */
const struct yf_key *yf_bench_house_next(struct yf_bench_house *house);

/* Limits, as yf_bench_work on a house. */
yf_err yf_bench_raw_sign(void *house, unsigned count);
yf_err yf_bench_raw_verify(void *house, unsigned count);
