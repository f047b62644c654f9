#pragma once

#include <string.h>

#include "face/kernel_tables.h"

/* Vectors of LANES floats, for the parts of face/kernel_body.h. */
typedef float vec __attribute__((vector_size(LANES * 4)));

#define INLINE static inline __attribute__((always_inline))

INLINE vec load(const float *at)
{
	vec v;
	memcpy(&v, at, sizeof(v));
	return v;
}

INLINE void store(float *at, vec v)
{
	memcpy(at, &v, sizeof(v));
}

#if defined(MAX)
INLINE vec max(vec a, vec b)
{
	return (vec)MAX(a, b);
}

INLINE vec min(vec a, vec b)
{
	return (vec)MIN(a, b);
}
#else
typedef int32_t mask __attribute__((vector_size(LANES * 4)));

INLINE vec max(vec a, vec b)
{
	const mask more = a > b;
	return (vec)(((mask)a & more) | ((mask)b & ~more));
}

INLINE vec min(vec a, vec b)
{
	const mask less = a < b;
	return (vec)(((mask)a & less) | ((mask)b & ~less));
}
#endif

/*
 * An activation made ready: either two bounds, infinite where there is none,
 * or a slope below zero.  NaN stays NaN, so that a damaged model shows.
 */
struct bend {
	vec low, high, slope;
	const float *slopes;
	bool sloped;
};

INLINE struct bend bend_of(const struct yf_activation *act)
{
	const vec zero = { 0 };
	struct bend bend = {
		.low = zero - __builtin_inff(),
		.high = zero + __builtin_inff(),
		.slope = zero + act->low,
		.slopes = act->slopes,
	};

	if (act->kind == YF_ACT_CLIP) {
		bend.low = zero + act->low;
		bend.high = zero + act->high;
	} else if (act->kind == YF_ACT_RELU) {
		bend.low = zero;
	} else if (act->kind == YF_ACT_LEAKY) {
		bend.sloped = true;
		bend.slopes = NULL;
	} else if (act->kind == YF_ACT_PRELU) {
		bend.sloped = true;
	}
	return bend;
}

/* Of the channels from `channel` on. */
INLINE vec activate(vec v, const struct bend *bend, size_t channel)
{
	const vec zero = { 0 };

	if (!bend->sloped)
		return min(bend->high, max(bend->low, v));
	const vec slope =
		bend->slopes ? load(bend->slopes + channel) : bend->slope;
	return max(zero, v) + slope * min(zero, v);
}
