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

/* Of the channels from `channel` on. */
INLINE vec activate(vec v, const struct yf_activation *act, size_t channel)
{
	const vec zero = { 0 };

	switch (act->kind) {
	case YF_ACT_NONE:
		break;
	case YF_ACT_RELU:
		return max(v, zero);
	case YF_ACT_LEAKY:
		return max(v, zero) + act->low * min(v, zero);
	case YF_ACT_PRELU:
		return max(v, zero) +
		       load(act->slopes + channel) * min(v, zero);
	case YF_ACT_CLIP:
		return min(max(v, zero + act->low), zero + act->high);
	}
	return v;
}
