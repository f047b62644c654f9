#pragma once

#include <string.h>

#include "face/kernel_tables.h"

/* Vectors of LANES floats, for the parts of face/kernel_body.h. */
typedef float vec __attribute__((vector_size(LANES * 4)));

#define INLINE static inline __attribute__((always_inline))
#define NOINLINE __attribute__((noinline))

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
 * Numbers and not vectors: those would sit in registers that the sums need.
 */
struct bend {
	float low, high, slope;
	const float *slopes;
	bool sloped;
};

INLINE struct bend bend_of(const struct yf_activation *act)
{
	const bool clip = act->kind == YF_ACT_CLIP;
	const float far = __builtin_inff();

	return (struct bend){
		.low = clip                       ? act->low
		       : act->kind == YF_ACT_RELU ? 0
						  : -far,
		.high = clip ? act->high : far,
		.slope = act->low,
		.slopes = act->kind == YF_ACT_PRELU ? act->slopes : NULL,
		.sloped =
			act->kind == YF_ACT_LEAKY || act->kind == YF_ACT_PRELU,
	};
}

/* Of the channels from `channel` on. */
INLINE vec activate(vec v, const struct bend *bend, size_t channel)
{
	const vec zero = { 0 };

	if (!bend->sloped)
		return min(zero + bend->high, max(zero + bend->low, v));
	const vec slope = bend->slopes ? load(bend->slopes + channel)
				       : zero + bend->slope;
	return max(zero, v) + slope * min(zero, v);
}
