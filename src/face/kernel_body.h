/*
 * The body of every kernel; no #pragma once: each kernel_*.c includes it once
 * after it has chosen
 *
 *   LANES   floats in a vector
 *   PIXELS  outputs of one tile
 *   VECTORS vectors of channels of one tile
 *   KERNEL  the name of the table
 *
 * A tile keeps PIXELS x VECTORS sums in registers over all taps; the choice
 * must leave a few registers for the weights and the broadcast input.
 * GCC 12 and clang 14 keep the sums in registers only when every loop over
 * them is unrolled whole.
 */
#include <string.h>

#include "face/kernel.h"

typedef float vec __attribute__((vector_size(LANES * 4)));
typedef int32_t mask __attribute__((vector_size(LANES * 4)));

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

INLINE vec max(vec a, vec b)
{
	const mask more = a > b;
	return (vec)(((mask)a & more) | ((mask)b & ~more));
}

INLINE vec activate(vec v, yf_act act)
{
	const vec zero = { 0 };

	if (act == YF_ACT_RELU)
		return max(v, zero);
	return act == YF_ACT_LEAKY ? max(v, 0.1f * v) : v;
}

/*
 * Outputs are numbered over columns, rows and pictures, so that a tile may
 * span the end of a row.  The walk keeps where the next one is.
 */
struct walk {
	uint32_t n, y, x;
	size_t in, out; /* floats from the start of the maps */
};

INLINE void walk_to(struct walk *walk, const struct yf_conv *job)
{
	const int32_t row = (int32_t)(walk->y * job->stride) + job->origin;

	walk->in = (size_t)(yf_map_pixel(job->in, walk->n, row, job->origin) -
			    job->in->at);
	walk->out =
		(size_t)(yf_map_pixel(job->out, walk->n, (int32_t)walk->y, 0) -
			 job->out->at);
}

INLINE void walk_on(struct walk *walk, const struct yf_conv *job)
{
	walk->in += (size_t)job->stride * job->in->c;
	walk->out += job->out->c;
	if (++walk->x < job->columns)
		return;
	walk->x = 0;
	if (++walk->y == job->rows) {
		walk->y = 0;
		walk->n++;
	}
	if (walk->n < job->in->n)
		walk_to(walk, job);
}

struct tile {
	size_t in[PIXELS], out[PIXELS];
	uint32_t count;
};

/* What is missing in the last tile is computed at its first place and not
 * stored. */
INLINE void tile_aim(struct tile *tile, const struct yf_conv *job,
		     struct walk *walk, uint32_t left)
{
	tile->count = left < PIXELS ? left : PIXELS;
	for (uint32_t i = 0; i < tile->count; i++) {
		tile->in[i] = walk->in;
		tile->out[i] = walk->out;
		walk_on(walk, job);
	}
	for (uint32_t i = tile->count; i < PIXELS; i++)
		tile->in[i] = tile->in[0];
}

INLINE void tile_finish(const struct tile *tile, const struct yf_conv *job,
			const vec *sums, uint32_t channel, uint32_t vectors)
{
	for (uint32_t i = 0; i < tile->count; i++)
		for (uint32_t v = 0; v < vectors; v++) {
			const uint32_t at = channel + v * LANES;
			vec sum = sums[v * PIXELS + i] + load(job->bias + at);

			if (job->add)
				sum += load(job->add->at + tile->out[i] + at);
			store(job->out->at + tile->out[i] + at,
			      activate(sum, job->act));
		}
}

/*
 * One tile.  The taps of a row lie one behind the other in the input as in
 * the weights: `run` floats, then on to the next row.
 */
INLINE void tile_run(const struct tile *tile, const struct yf_conv *job,
		     uint32_t channel, const uint32_t vectors)
{
	const size_t run = (size_t)job->taps * job->in->c;
	const size_t row = yf_map_row(job->in);
	const size_t panel = run * job->taps * YF_PANEL;
	const float *w = job->weights + channel / YF_PANEL * panel;
	const size_t apart = LANES < YF_PANEL ? LANES : panel;
	vec sums[VECTORS * PIXELS] = { { 0 } };

	for (uint32_t tap = 0; tap < job->taps; tap++) {
		const float *p[PIXELS];
#pragma GCC unroll 16
		for (uint32_t i = 0; i < PIXELS; i++)
			p[i] = job->in->at + tile->in[i] + tap * row;
		for (size_t k = 0; k < run; k++, w += YF_PANEL) {
			vec weight[VECTORS];
#pragma GCC unroll 16
			for (uint32_t v = 0; v < vectors; v++)
				weight[v] = load(w + v * apart);
#pragma GCC unroll 16
			for (uint32_t i = 0; i < PIXELS; i++) {
				const float x = p[i][k];
#pragma GCC unroll 16
				for (uint32_t v = 0; v < vectors; v++)
					sums[v * PIXELS + i] += x * weight[v];
			}
		}
	}
	tile_finish(tile, job, sums, channel, vectors);
}

INLINE void conv_channels(const struct yf_conv *job, uint32_t channel,
			  const uint32_t vectors)
{
	const uint32_t total = job->rows * job->columns * job->in->n;
	struct walk walk = { 0 };
	struct tile tile;

	walk_to(&walk, job);
	for (uint32_t at = 0; at < total; at += PIXELS) {
		tile_aim(&tile, job, &walk, total - at);
		tile_run(&tile, job, channel, vectors);
	}
}

static void conv(const struct yf_conv *job)
{
	enum { GROUP = VECTORS * LANES };
	const uint32_t whole = job->out->c / GROUP * GROUP;

	for (uint32_t channel = 0; channel < whole; channel += GROUP)
		conv_channels(job, channel, VECTORS);
	for (uint32_t channel = whole; channel < job->out->c; channel += LANES)
		conv_channels(job, channel, 1);
}

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

/* PIXELS rows of [tiles][in->c] times [in->c][channels]. */
INLINE void winograd_product(const struct yf_conv *job, const float *in,
			     const float *w, float *out, const uint32_t vectors)
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
		for (uint32_t i = 0; i < PIXELS; i++) {
			const float x = in[i * depth + k];
#pragma GCC unroll 16
			for (uint32_t v = 0; v < vectors; v++)
				sums[v * PIXELS + i] += x * weight[v];
		}
	}
#pragma GCC unroll 16
	for (uint32_t i = 0; i < PIXELS; i++)
#pragma GCC unroll 16
		for (uint32_t v = 0; v < vectors; v++)
			store(out + (size_t)i * job->out->c + (size_t)v * LANES,
			      sums[v * PIXELS + i]);
}

INLINE void winograd_products(const struct yf_winograd *job, uint32_t tiles)
{
	enum { GROUP = VECTORS * LANES };
	const struct yf_conv *conv = job->conv;
	const size_t ci = conv->in->c, co = conv->out->c;
	const uint32_t whole = conv->out->c / GROUP * GROUP;

	for (size_t spot = 0; spot < YF_WINOGRAD_SPOTS; spot++) {
		const float *in = job->in + spot * YF_WINOGRAD_TILES * ci;
		const float *w = conv->weights + spot * ci * co;
		float *out = job->out + spot * YF_WINOGRAD_TILES * co;

		for (uint32_t c = 0; c < whole; c += GROUP)
			for (uint32_t t = 0; t < tiles; t += PIXELS)
				winograd_product(conv, in + t * ci, w + c * ci,
						 out + t * co + c, VECTORS);
		for (uint32_t c = whole; c < conv->out->c; c += LANES)
			for (uint32_t t = 0; t < tiles; t += PIXELS)
				winograd_product(conv, in + t * ci, w + c * ci,
						 out + t * co + c, 1);
	}
}

/* A^T m A with A^T = 1 1 1 0, 0 1 -1 -1; then what follows any sum. */
INLINE void winograd_out(const struct yf_winograd *job, struct spot spot,
			 uint32_t tile)
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
			      activate(y[i], conv->act));
		}
	}
}

static void winograd(const struct yf_winograd *job)
{
	const struct yf_conv *conv = job->conv;
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
			winograd_out(job, spot_at(conv, first + i), i);
	}
}

_Static_assert(YF_WINOGRAD_TILES % PIXELS == 0, "rows beyond are in memory");

INLINE vec input(const float *at, const bool relu)
{
	return relu ? activate(load(at), YF_ACT_RELU) : load(at);
}

INLINE void depthwise_row(const struct yf_depthwise *job, uint32_t n,
			  uint32_t y, uint32_t channel, const bool relu)
{
	const size_t row = yf_map_row(job->in), c = job->in->c;
	const size_t step = c * job->stride;
	const float *in = yf_map_pixel(job->in, n,
				       (int32_t)(y * job->stride) + job->origin,
				       job->origin) +
			  channel;
	float *out = yf_map_pixel(job->out, n, (int32_t)y, 0) + channel;
	vec w[9];

#pragma GCC unroll 16
	for (uint32_t tap = 0; tap < 9; tap++)
		w[tap] = load(job->weights + tap * c + channel);
	for (uint32_t x = 0; x < job->out->w; x++, in += step, out += c) {
		vec sum = { 0 };
#pragma GCC unroll 16
		for (uint32_t tap = 0; tap < 9; tap++)
			sum += w[tap] *
			       input(in + tap / 3 * row + tap % 3 * c, relu);
		store(out, sum);
	}
}

static void depthwise(const struct yf_depthwise *job)
{
	for (uint32_t n = 0; n < job->in->n; n++)
		for (uint32_t y = 0; y < job->out->h; y++)
			for (uint32_t at = 0; at < job->in->c; at += LANES) {
				if (job->relu)
					depthwise_row(job, n, y, at, true);
				else
					depthwise_row(job, n, y, at, false);
			}
}

static void pool_pixel(const struct yf_pool_max *job, uint32_t n, uint32_t y,
		       uint32_t x)
{
	const uint32_t top = y * job->stride, left = x * job->stride;
	const uint32_t bottom =
		top + job->size < job->in->h ? top + job->size : job->in->h;
	const uint32_t right =
		left + job->size < job->in->w ? left + job->size : job->in->w;
	float *out = yf_map_pixel(job->out, n, (int32_t)y, (int32_t)x);

	const size_t row = yf_map_row(job->in), c = job->in->c;
	const float *first =
		yf_map_pixel(job->in, n, (int32_t)top, (int32_t)left);

	for (uint32_t at = 0; at < job->in->c; at += LANES) {
		vec most = load(first + at);
		for (size_t i = 0; i < bottom - top; i++)
			for (size_t j = 0; j < right - left; j++)
				most = max(most,
					   load(first + i * row + j * c + at));
		store(out + at, most);
	}
}

static void pool_max(const struct yf_pool_max *job)
{
	for (uint32_t n = 0; n < job->in->n; n++)
		for (uint32_t y = 0; y < job->out->h; y++)
			for (uint32_t x = 0; x < job->out->w; x++)
				pool_pixel(job, n, y, x);
}

const struct yf_kernel KERNEL = { KERNEL_NAME, conv, winograd, depthwise,
				  pool_max };
