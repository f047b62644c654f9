#pragma once

#include <stdbool.h>

#include "face/map.h"

/* Wider pictures are sampled too, only more slowly. */
enum { YF_SAMPLE_SIDE_MAX = 1600 };

/* A decoded picture: rows of R, G, B bytes without padding. */
struct yf_pixels {
	const uint8_t *rgb;
	uint32_t w, h;
};

/*
 * Where a sampled picture lies in its source: pixel (x, y) of the sample has
 * its centre at (a x + b y + c, d x + e y + f), in coordinates whose integers
 * are pixel centres.
 */
struct yf_affine {
	float a, b, c;
	float d, e, f;
};

/* A square of `side` source pixels with its top left corner at (x, y), shrunk
 * or stretched to `size` pixels. */
struct yf_affine yf_affine_square(float x, float y, float side, uint32_t size);

static inline void yf_affine_apply(const struct yf_affine *t, float x, float y,
				   float out[static 2])
{
	out[0] = t->a * x + t->b * y + t->c;
	out[1] = t->d * x + t->e * y + t->f;
}

/*
 * Fills picture `n` of `out` (3 channels, any size) with (colour - mean) / 255,
 * bilinear, each pixel the mean of reach x reach points when the source is
 * shrunk; outside of the source the colour is black.
 */
void yf_sample(const struct yf_pixels *pixels, const struct yf_affine *where,
	       uint32_t reach, const float mean[static 3],
	       const struct yf_map *out, uint32_t n);

/* How many points a side show each source pixel: 1 when it is stretched. */
uint32_t yf_sample_reach(const struct yf_affine *where);
