#pragma once

#include "face/kernel_vec.h"

/* Convolution by Winograd's method; a part of face/kernel_body.h. */

/* What one tile of 2 x 2 outputs sees: rows and columns 2y - 1 .. 2y + 2. */
struct spot {
	uint32_t n, y, x;
};

INLINE struct spot spot_at(const struct yf_conv *job, uint32_t index)
{
	const uint32_t wide = (job->columns + 1) / 2;
	const uint32_t high = (job->rows + 1) / 2;

	return (struct spot){ index / wide / high, index / wide % high,
			      index % wide };
}

/* The last of four matters only to an output that is there, so that beyond
 * the halo any value will do: the halo itself is read. */
INLINE int32_t inside(uint32_t first, int32_t more, uint32_t side)
{
	const int32_t at = (int32_t)(2 * first) - 1 + more;

	return at <= (int32_t)side ? at : (int32_t)side;
}

/* B^T d B with B^T = 1 0 -1 0, 0 1 1 0, 0 -1 1 0, 0 1 0 -1. */
INLINE void winograd_in(const struct yf_winograd *job, struct spot spot,
			uint32_t tile)
{
	const struct yf_map *in = job->conv->in;
	const size_t apart = (size_t)YF_WINOGRAD_TILES * in->c;
	const float *at[16];

	for (int32_t i = 0; i < 16; i++)
		at[i] = yf_map_pixel(in, spot.n, inside(spot.y, i / 4, in->h),
				     inside(spot.x, i % 4, in->w));
	for (uint32_t c = 0; c < in->c; c += LANES) {
		float *to = job->in + (size_t)tile * in->c + c;
		vec t[4][4];
#pragma GCC unroll 4
		for (int k = 0; k < 4; k++) {
			const vec d0 = load(at[k] + c),
				  d1 = load(at[4 + k] + c);
			const vec d2 = load(at[8 + k] + c);
			const vec d3 = load(at[12 + k] + c);
			t[0][k] = d0 - d2;
			t[1][k] = d1 + d2;
			t[2][k] = d2 - d1;
			t[3][k] = d1 - d3;
		}
#pragma GCC unroll 4
		for (int k = 0; k < 4; k++, to += 4 * apart) {
			store(to, t[k][0] - t[k][2]);
			store(to + apart, t[k][1] + t[k][2]);
			store(to + 2 * apart, t[k][2] - t[k][1]);
			store(to + 3 * apart, t[k][1] - t[k][3]);
		}
	}
}

/* So many rows of [tiles][in->c] times [in->c][channels]. */
INLINE void winograd_product(const struct yf_conv *job, const float *in,
			     const float *w, float *out, const uint32_t vectors,
			     const uint32_t pixels)
{
	const size_t depth = job->in->c;
	const size_t apart = LANES < YF_PANEL ? LANES : depth * YF_PANEL;
	vec sums[VECTORS * PIXELS] = { { 0 } };

	for (size_t k = 0; k < depth; k++, w += YF_PANEL) {
		vec weight[VECTORS];
#pragma GCC unroll 16
		for (uint32_t v = 0; v < vectors; v++)
			weight[v] = load(w + v * apart);
#pragma GCC unroll 16
		for (uint32_t i = 0; i < pixels; i++) {
			const float x = in[i * depth + k];
#pragma GCC unroll 16
			for (uint32_t v = 0; v < vectors; v++)
				sums[v * PIXELS + i] += x * weight[v];
		}
	}
#pragma GCC unroll 16
	for (uint32_t i = 0; i < pixels; i++)
#pragma GCC unroll 16
		for (uint32_t v = 0; v < vectors; v++)
			store(out + (size_t)i * job->out->c + (size_t)v * LANES,
			      sums[v * PIXELS + i]);
}

INLINE void winograd_spot(const struct yf_conv *conv, const float *in,
			  const float *w, float *out, uint32_t tiles,
			  const uint32_t pixels)
{
	enum { GROUP = VECTORS * LANES };
	const size_t ci = conv->in->c, co = conv->out->c;
	const uint32_t whole = conv->out->c / GROUP * GROUP;

	for (uint32_t c = 0; c < whole; c += GROUP)
		for (uint32_t t = 0; t < tiles; t += pixels)
			winograd_product(conv, in + t * ci, w + c * ci,
					 out + t * co + c, VECTORS, pixels);
	for (uint32_t c = whole; c < conv->out->c; c += LANES)
		for (uint32_t t = 0; t < tiles; t += pixels)
			winograd_product(conv, in + t * ci, w + c * ci,
					 out + t * co + c, 1, pixels);
}

INLINE void winograd_products(const struct yf_winograd *job, uint32_t tiles)
{
	const struct yf_conv *conv = job->conv;
	const size_t ci = conv->in->c, co = conv->out->c;
	const bool fewer = rounded(tiles, FEWER) < rounded(tiles, PIXELS);

	for (size_t spot = 0; spot < YF_WINOGRAD_SPOTS; spot++) {
		const float *in = job->in + spot * YF_WINOGRAD_TILES * ci;
		const float *w = conv->weights + spot * ci * co;
		float *out = job->out + spot * YF_WINOGRAD_TILES * co;

		if (fewer)
			winograd_spot(conv, in, w, out, tiles, FEWER);
		else
			winograd_spot(conv, in, w, out, tiles, PIXELS);
	}
}

/* A^T m A with A^T = 1 1 1 0, 0 1 -1 -1; then what follows any sum. */
INLINE void winograd_out(const struct yf_winograd *job, const struct bend *bend,
			 struct spot spot, uint32_t tile)
{
	const struct yf_conv *conv = job->conv;
	const size_t apart = (size_t)YF_WINOGRAD_TILES * conv->out->c;

	for (uint32_t c = 0; c < conv->out->c; c += LANES) {
		const float *m = job->out + (size_t)tile * conv->out->c + c;
		const vec bias = load(conv->bias + c);
		vec t[2][4], y[4];
#pragma GCC unroll 4
		for (uint32_t k = 0; k < 4; k++) {
			const vec m1 = load(m + (4 + k) * apart);
			const vec m2 = load(m + (8 + k) * apart);
			t[0][k] = load(m + k * apart) + m1 + m2;
			t[1][k] = m1 - m2 - load(m + (12 + k) * apart);
		}
#pragma GCC unroll 2
		for (size_t k = 0; k < 2; k++) {
			y[2 * k] = t[k][0] + t[k][1] + t[k][2] + bias;
			y[2 * k + 1] = t[k][1] - t[k][2] - t[k][3] + bias;
		}
		for (uint32_t i = 0; i < 4; i++) {
			const uint32_t row = 2 * spot.y + i / 2;
			const uint32_t col = 2 * spot.x + i % 2;
			if (row >= conv->rows || col >= conv->columns)
				continue;
			if (conv->add)
				y[i] += load(yf_map_pixel(conv->add, spot.n,
							  (int32_t)row,
							  (int32_t)col) +
					     c);
			store(yf_map_pixel(conv->out, spot.n, (int32_t)row,
					   (int32_t)col) +
				      c,
			      activate(y[i], bend, c));
		}
	}
}

static void winograd(const struct yf_winograd *job)
{
	const struct yf_conv *conv = job->conv;
	const struct bend bend = bend_of(&conv->act);
	const uint32_t total = conv->in->n * ((conv->rows + 1) / 2) *
			       ((conv->columns + 1) / 2);

	for (uint32_t first = 0; first < total; first += YF_WINOGRAD_TILES) {
		const uint32_t left = total - first;
		const uint32_t tiles =
			left < YF_WINOGRAD_TILES ? left : YF_WINOGRAD_TILES;
		for (uint32_t i = 0; i < tiles; i++)
			winograd_in(job, spot_at(conv, first + i), i);
		winograd_products(job, tiles);
		for (uint32_t i = 0; i < tiles; i++)
			winograd_out(job, &bend, spot_at(conv, first + i), i);
	}
}

_Static_assert(YF_WINOGRAD_TILES % PIXELS == 0 &&
		       YF_WINOGRAD_TILES % FEWER == 0,
	       "rows beyond are in memory");
