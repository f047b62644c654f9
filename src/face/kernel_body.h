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

struct tile {
	const float *in[PIXELS];
	float *out[PIXELS];
	const float *add[PIXELS];
	uint32_t count;
};

/* Outputs are numbered over rows, columns and pictures, so that a tile may
 * span the end of a row. */
INLINE void tile_aim(struct tile *tile, const struct yf_conv *job,
		     uint32_t first, uint32_t total)
{
	tile->count = total - first < PIXELS ? total - first : PIXELS;
	for (uint32_t i = 0; i < PIXELS; i++) {
		const uint32_t at = first + (i < tile->count ? i : 0);
		const uint32_t x = at % job->columns;
		const uint32_t y = at / job->columns % job->rows;
		const uint32_t n = at / job->columns / job->rows;
		const int32_t row = (int32_t)(y * job->stride) + job->origin;
		const int32_t col = (int32_t)(x * job->stride) + job->origin;

		tile->in[i] = yf_map_pixel(job->in, n, row, col);
		tile->out[i] =
			yf_map_pixel(job->out, n, (int32_t)y, (int32_t)x);
		tile->add[i] = !job->add ? NULL
					 : yf_map_pixel(job->add, n, (int32_t)y,
							(int32_t)x);
	}
}

INLINE void tile_finish(const struct tile *tile, const struct yf_conv *job,
			const vec *sums, uint32_t channel, uint32_t vectors)
{
	for (uint32_t i = 0; i < tile->count; i++)
		for (uint32_t v = 0; v < vectors; v++) {
			const uint32_t at = channel + v * LANES;
			vec sum = sums[v * PIXELS + i] + load(job->bias + at);

			if (job->add)
				sum += load(tile->add[i] + at);
			store(tile->out[i] + at, activate(sum, job->act));
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
			p[i] = tile->in[i] + tap * row;
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

static void conv(const struct yf_conv *job)
{
	enum { GROUP = VECTORS * LANES };
	const uint32_t total = job->rows * job->columns * job->in->n;
	const uint32_t whole = job->out->c / GROUP * GROUP;
	struct tile tile;

	for (uint32_t channel = 0; channel < whole; channel += GROUP)
		for (uint32_t at = 0; at < total; at += PIXELS) {
			tile_aim(&tile, job, at, total);
			tile_run(&tile, job, channel, VECTORS);
		}
	for (uint32_t channel = whole; channel < job->out->c; channel += LANES)
		for (uint32_t at = 0; at < total; at += PIXELS) {
			tile_aim(&tile, job, at, total);
			tile_run(&tile, job, channel, 1);
		}
}

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

	for (uint32_t at = 0; at < job->in->c; at += LANES) {
		const float *first =
			yf_map_pixel(job->in, n, (int32_t)top, (int32_t)left);
		vec most = load(first + at);
		for (uint32_t i = top; i < bottom; i++)
			for (uint32_t j = left; j < right; j++)
				most = max(
					most,
					load(first +
					     (i - top) * yf_map_row(job->in) +
					     (j - left) * job->in->c + at));
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

const struct yf_kernel KERNEL = { KERNEL_NAME, conv, depthwise, pool_max };
