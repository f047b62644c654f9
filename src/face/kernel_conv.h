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
};

/* What is missing in the last tile is computed at its first place once more,
 * and stored there once more. */
INLINE void tile_aim(struct tile *tile, const struct yf_conv *job,
		     struct walk *walk, uint32_t left, const uint32_t pixels)
{
	const size_t in = (size_t)job->stride * job->in->c, out = job->out->c;

	if (walk->x + pixels < job->columns) {
#pragma GCC unroll 16
		for (uint32_t i = 0; i < pixels; i++) {
			tile->in[i] = walk->in + i * in;
			tile->out[i] = walk->out + i * out;
		}
		walk->x += pixels;
		walk->in += pixels * in;
		walk->out += pixels * out;
		return;
	}
	for (uint32_t i = 0; i < pixels; i++) {
		const bool more = i < left;

		tile->in[i] = more ? walk->in : tile->in[0];
		tile->out[i] = more ? walk->out : tile->out[0];
		if (more)
			walk_on(walk, job);
	}
}

/* Everything is read before anything is stored: `add` may be `out`. */
/* NOLINTNEXTLINE(readability-function-size): inlined, the sums in registers */
INLINE void tile_finish(const struct tile *tile, const struct yf_conv *job,
			const struct bend *bend, vec *sums, uint32_t channel,
			const uint32_t vectors, const uint32_t pixels)
{
	float *out = job->out->at + channel;

	if (job->add) {
		const float *add = job->add->at + channel;
#pragma GCC unroll 16
		for (uint32_t i = 0; i < pixels; i++)
#pragma GCC unroll 16
			for (uint32_t v = 0; v < vectors; v++)
				sums[v * PIXELS + i] += load(
					add + tile->out[i] + (size_t)v * LANES);
	}
#pragma GCC unroll 16
	for (uint32_t i = 0; i < pixels; i++)
#pragma GCC unroll 16
		for (uint32_t v = 0; v < vectors; v++)
			store(out + tile->out[i] + (size_t)v * LANES,
			      activate(sums[v * PIXELS + i], bend,
				       channel + v * LANES));
}

/* Floats that the weights of large layers, which come from memory each time,
 * are asked for before they are used. */
enum { AHEAD = 32 * YF_PANEL };

/*
 * One tile.  The taps of a row lie one behind the other in the input as in
 * the weights: `run` floats, then on to the next row.
 */
INLINE void tile_run(const struct tile *tile, const struct yf_conv *job,
		     const struct bend *bend, uint32_t channel,
		     const uint32_t vectors, const uint32_t pixels)
{
	const size_t run = (size_t)job->taps * job->in->c;
	const size_t row = yf_map_row(job->in);
	const size_t panel = run * job->taps * YF_PANEL;
	const float *w = job->weights + channel / YF_PANEL * panel;
	const size_t apart = LANES < YF_PANEL ? LANES : panel;
	vec sums[VECTORS * PIXELS];

#pragma GCC unroll 16
	for (uint32_t v = 0; v < vectors; v++)
#pragma GCC unroll 16
		for (uint32_t i = 0; i < pixels; i++)
			sums[v * PIXELS + i] =
				load(job->bias + channel + (size_t)v * LANES);
	for (uint32_t tap = 0; tap < job->taps; tap++) {
		const float *p[PIXELS];
#pragma GCC unroll 16
		for (uint32_t i = 0; i < pixels; i++)
			p[i] = job->in->at + tile->in[i] + tap * row;
		for (size_t k = 0; k < run; k++, w += YF_PANEL) {
			vec weight[VECTORS];
#pragma GCC unroll 16
			for (uint32_t v = 0; v < vectors; v++) {
				weight[v] = load(w + v * apart);
				__builtin_prefetch(w + v * apart + AHEAD);
			}
#pragma GCC unroll 16
			for (uint32_t i = 0; i < pixels; i++) {
				const float x = p[i][k];
#pragma GCC unroll 16
				for (uint32_t v = 0; v < vectors; v++)
					sums[v * PIXELS + i] += x * weight[v];
			}
		}
	}
	tile_finish(tile, job, bend, sums, channel, vectors, pixels);
}

INLINE void conv_channels(const struct yf_conv *job, const struct bend *bend,
			  uint32_t channel, const uint32_t vectors,
			  const uint32_t pixels)
{
	const uint32_t total = job->rows * job->columns * job->in->n;
	struct walk walk = { 0 };
	struct tile tile;

	walk_to(&walk, job);
	for (uint32_t at = 0; at < total; at += pixels) {
		tile_aim(&tile, job, &walk, total - at, pixels);
		tile_run(&tile, job, bend, channel, vectors, pixels);
	}
}

INLINE void conv_tiles(const struct yf_conv *job, const struct bend *bend,
		       const uint32_t pixels)
{
	enum { GROUP = VECTORS * LANES };
	const uint32_t whole = job->out->c / GROUP * GROUP;

	for (uint32_t channel = 0; channel < whole; channel += GROUP)
		conv_channels(job, bend, channel, VECTORS, pixels);
	for (uint32_t channel = whole; channel < job->out->c; channel += LANES)
		conv_channels(job, bend, channel, 1, pixels);
}

/* Functions of their own, so that each has all registers. */
static NOINLINE void conv_large(const struct yf_conv *job,
				const struct bend *bend)
{
	conv_tiles(job, bend, PIXELS);
}

static NOINLINE void conv_fewer(const struct yf_conv *job,
				const struct bend *bend)
{
	conv_tiles(job, bend, FEWER);
}

static NOINLINE void conv_few(const struct yf_conv *job,
			      const struct bend *bend)
{
	conv_tiles(job, bend, FEW);
}

/* How many outputs are computed when there are `total`, in tiles of so many. */
INLINE uint32_t rounded(uint32_t total, uint32_t pixels)
{
	return (total + pixels - 1) / pixels * pixels;
}

/* Small maps would fill large tiles with what nobody needs. */
static void conv(const struct yf_conv *job)
{
	const uint32_t total = job->rows * job->columns * job->in->n;
	const struct bend bend = bend_of(&job->act);

	if (total <= FEW)
		conv_few(job, &bend);
	else if (rounded(total, FEWER) < rounded(total, PIXELS))
		conv_fewer(job, &bend);
	else
		conv_large(job, &bend);
}
