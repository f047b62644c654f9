#pragma once

#include "face/kernel_vec.h"

/* Convolution by its definition; a part of face/kernel_body.h. */
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
			      activate(sum, &job->act, at));
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
