#include "face/nets.h"

#include <assert.h>

/*
 * The tiny detector: five times convolution, leaky ReLU and a 2 x 2 maximum.
 * The maps before the maximum are four times as large as those after it, so
 * they are never whole in memory: each stage goes through the picture in
 * bands that stay in the cache.
 */
enum { BAND = 8, SIDE_MIN = 32, GRID_CHANNELS = 32 };

struct stage {
	struct yf_nets *nets;
	const struct yf_layer *layer;
	const struct yf_map *in;
	uint32_t side;     /* of the map before the maximum */
	uint32_t channels; /* of that map */
};

static struct yf_conv conv_of(const struct yf_layer *layer,
			      const struct yf_map *in, const struct yf_map *out,
			      uint32_t taps)
{
	return (struct yf_conv){
		.in = in,
		.out = out,
		.weights = layer->weights,
		.bias = layer->bias,
		.taps = taps,
		.stride = 1,
		.rows = out->h,
		.columns = out->w,
		.act = { .kind = YF_ACT_LEAKY, .low = 0.1f },
	};
}

/* Rows [top, top + band->h) of the first stage: 3 x 3 without padding. */
static void band_first(const struct stage *stage, uint32_t top,
		       const struct yf_map *band)
{
	const struct yf_map in = yf_map_band(stage->in, top, band->h + 2);
	const struct yf_conv job = conv_of(stage->layer, &in, band, 3);

	stage->nets->kernel->conv(&job);
}

/* The same of a later stage: depthwise 3 x 3 with padding, then 1 x 1. */
static void band_later(const struct stage *stage, uint32_t top,
		       const struct yf_map *band)
{
	struct yf_scratch *scratch = &stage->nets->scratch;
	const size_t mark = scratch->used;
	const struct yf_map in = yf_map_band(stage->in, top, band->h);
	const struct yf_map mid =
		yf_map_new(scratch, 1, band->h, band->w, in.c);
	const struct yf_depthwise spread = {
		.in = &in,
		.out = &mid,
		.weights = stage->layer[0].weights,
		.taps = 3,
		.stride = 1,
		.origin = -1,
	};
	const struct yf_conv job = conv_of(&stage->layer[1], &mid, band, 1);

	stage->nets->kernel->depthwise(&spread);
	stage->nets->kernel->conv(&job);
	scratch->used = mark;
}

typedef void (*band_run)(const struct stage *, uint32_t top,
			 const struct yf_map *band);

/* A stage and its 2 x 2 maximum with stride 2. */
static struct yf_map halve(const struct stage *stage, band_run run)
{
	struct yf_nets *nets = stage->nets;
	const uint32_t half = (stage->side + 1) / 2;
	const struct yf_map out =
		yf_map_new(&nets->scratch, 1, half, half, stage->channels);
	const size_t mark = nets->scratch.used;
	struct yf_map band = yf_map_new(&nets->scratch, 1, BAND, stage->side,
					stage->channels);

	for (uint32_t top = 0; top < stage->side; top += BAND) {
		const uint32_t left = stage->side - top;
		band.h = left < BAND ? left : BAND;
		run(stage, top, &band);
		const struct yf_map to =
			yf_map_band(&out, top / 2, (band.h + 1) / 2);
		nets->kernel->pool_max(
			&(struct yf_pool_max){ &band, &to, 2, 2, 0 });
	}
	nets->scratch.used = mark;
	return out;
}

/* The last stage keeps its size: 2 x 2 with stride 1. */
static struct yf_map keep(const struct stage *stage)
{
	struct yf_scratch *scratch = &stage->nets->scratch;
	const struct yf_map whole = yf_map_new(scratch, 1, stage->side,
					       stage->side, stage->channels);
	const struct yf_map out = yf_map_new(scratch, 1, stage->side,
					     stage->side, stage->channels);

	band_later(stage, 0, &whole);
	stage->nets->kernel->pool_max(
		&(struct yf_pool_max){ &whole, &out, 2, 1, 0 });
	return out;
}

struct yf_map yf_net_detect(struct yf_nets *nets, const struct yf_map *in)
{
	const struct yf_layer *layer = nets->layers + YF_DETECT_FIRST;
	struct yf_map map;

	assert(in->n == 1 && in->h == in->w && in->h >= SIDE_MIN &&
	       in->h <= YF_DETECT_SIDE_MAX);
	map = halve(&(struct stage){ nets, layer, in, in->h - 2, 16 },
		    band_first);
	for (uint32_t i = 0; i < 4; i++) {
		const struct yf_map from = map;
		map = halve(&(struct stage){ nets, &layer[1 + (size_t)2 * i],
					     &from, from.h, 32u << i },
			    band_later);
	}
	const struct yf_map from = map;
	map = keep(&(struct stage){ nets, layer + 9, &from, from.h, 512 });

	const struct yf_map grid =
		yf_map_new(&nets->scratch, 1, map.h, map.w, GRID_CHANNELS);
	struct yf_conv job = conv_of(&layer[11], &map, &grid, 1);
	job.act.kind = YF_ACT_NONE;
	nets->kernel->conv(&job);
	return grid;
}
