#pragma once

#include "face/kernel_vec.h"

/*
 * The most that the processor can multiply and add with these vectors; a part
 * of face/kernel_body.h.  As many sums as a tile has, each waiting only for
 * itself, and nothing read from memory.
 */
static uint64_t spin(uint64_t rounds, float *seed)
{
	enum { SUMS = PIXELS * VECTORS };
	const vec by = load(seed), more = load(seed + LANES);
	vec sums[SUMS], all = { 0 };

#pragma GCC unroll 32
	for (int i = 0; i < SUMS; i++)
		sums[i] = by + (float)i;
	for (uint64_t round = 0; round < rounds; round++) {
#pragma GCC unroll 32
		for (int i = 0; i < SUMS; i++)
			sums[i] = sums[i] * by + more;
	}
#pragma GCC unroll 32
	for (int i = 0; i < SUMS; i++)
		all += sums[i];
	store(seed, all);
	return (uint64_t)SUMS * LANES;
}
