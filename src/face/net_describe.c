#include "face/nets.h"

#include <assert.h>
#include <string.h>

enum { STEM_SIDE = 35 }; /* after its 3 x 3 maximum; the largest map */

/*
 * A residual network.  The n chips go through every layer together, so that
 * the weights of the last layers (2.4 MB each) are read once for all.
 */
static void conv3(struct yf_nets *nets, const struct yf_layer *layer,
		  const struct yf_map *in, const struct yf_map *out,
		  const struct yf_map *add, uint32_t stride)
{
	const struct yf_layer_form *form =
		&yf_layer_forms[layer - nets->layers];
	const size_t mark = nets->scratch.used;
	const size_t room = (size_t)YF_WINOGRAD_SPOTS * YF_WINOGRAD_TILES;
	const uint32_t padding = stride == 1 ? 2 : 0;
	const struct yf_conv job = {
		.in = in,
		.out = out,
		.add = add,
		.weights = layer->weights,
		.bias = layer->bias,
		.taps = 3,
		.stride = stride,
		.origin = stride == 1 ? -1 : 0,
		.rows = (in->h + padding - 3) / stride + 1,
		.columns = (in->w + padding - 3) / stride + 1,
		.act = { .kind = YF_ACT_RELU },
	};

	if (form->kind != YF_LAYER_WINOGRAD) {
		nets->kernel->conv(&job);
		return;
	}
	nets->kernel->winograd(&(struct yf_winograd){
		.conv = &job,
		.in = yf_scratch_take(&nets->scratch, room * in->c),
		.out = yf_scratch_take(&nets->scratch, room * out->c),
	});
	nets->scratch.used = mark;
}

/*
 * Two pieces of memory that the maps take turns in, so that what one layer
 * wrote is still near the processor when the next one reads it.
 */
struct turns {
	float *at[2];
	unsigned next;
};

static struct yf_map take_turn(struct turns *turns, uint32_t n, uint32_t side,
			       uint32_t channels)
{
	const struct yf_map map = {
		turns->at[turns->next], n, side, side, channels, 1
	};

	turns->next ^= 1;
	yf_map_zero_halo(&map);
	return map;
}

/* In place. */
static void residual(struct yf_nets *nets, const struct yf_layer *layer,
		     const struct yf_map *map)
{
	const size_t mark = nets->scratch.used;
	const struct yf_map mid =
		yf_map_new(&nets->scratch, map->n, map->h, map->w, map->c);

	conv3(nets, &layer[0], map, &mid, NULL, 1);
	conv3(nets, &layer[1], &mid, map, map, 1);
	nets->scratch.used = mark;
}

/* Mean of 2 x 2; channels that `in` does not have become zero. */
static void average(const struct yf_map *in, const struct yf_map *out)
{
	const size_t row = yf_map_row(in);

	for (uint32_t n = 0; n < in->n; n++)
		for (uint32_t i = 0; i < out->h * out->w; i++) {
			const int32_t y = (int32_t)(i / out->w);
			const int32_t x = (int32_t)(i % out->w);
			const float *a = yf_map_pixel(in, n, 2 * y, 2 * x);
			float *to = yf_map_pixel(out, n, y, x);

			for (uint32_t c = 0; c < in->c; c++)
				to[c] = (a[c] + a[c + in->c] + a[c + row] +
					 a[c + row + in->c]) /
					4;
			memset(to + in->c, 0, (out->c - in->c) * sizeof(float));
		}
}

static struct yf_map down(struct yf_nets *nets, struct turns *turns,
			  const struct yf_layer *layer, const struct yf_map *in,
			  uint32_t channels)
{
	const uint32_t half = in->h / 2, side = (in->h - 3) / 2 + 1;
	const struct yf_map out = take_turn(turns, in->n, half, channels);
	const size_t mark = nets->scratch.used;
	const struct yf_map mid =
		yf_map_new(&nets->scratch, in->n, side, side, channels);

	/* Without padding the convolutions may give one row and column less
	 * than the average beside them, which then stands alone. */
	conv3(nets, &layer[0], in, &mid, NULL, 2);
	average(in, &out);
	conv3(nets, &layer[1], &mid, &out, &out, 1);
	nets->scratch.used = mark;
	return out;
}

static void stem(struct yf_nets *nets, const struct yf_layer *layer,
		 const struct yf_map *in, const struct yf_map *out)
{
	const uint32_t side = (YF_CHIP_SIDE - 7) / 2 + 1;
	const size_t mark = nets->scratch.used;
	const struct yf_map wide =
		yf_map_new_halo(&nets->scratch, in->n, side, side, 32, 0);

	nets->kernel->conv(&(struct yf_conv){
		.in = in,
		.out = &wide,
		.weights = layer->weights,
		.bias = layer->bias,
		.taps = 7,
		.stride = 2,
		.rows = side,
		.columns = side,
		.act = { .kind = YF_ACT_RELU },
	});
	nets->kernel->pool_max(&(struct yf_pool_max){ &wide, out, 3, 2, 0 });
	nets->scratch.used = mark;
}

static void describe(struct yf_nets *nets, const struct yf_layer *full,
		     const struct yf_map *in, float (*out)[YF_FACE_DESCRIPTOR])
{
	const struct yf_map means =
		yf_map_new(&nets->scratch, in->n, 1, 1, in->c);
	const struct yf_map all =
		yf_map_new(&nets->scratch, in->n, 1, 1, YF_FACE_DESCRIPTOR);

	average(in, &means);
	nets->kernel->conv(&(struct yf_conv){
		.in = &means,
		.out = &all,
		.weights = full->weights,
		.bias = full->bias,
		.taps = 1,
		.stride = 1,
		.rows = 1,
		.columns = 1,
	});
	for (uint32_t n = 0; n < in->n; n++)
		memcpy(out[n], yf_map_pixel(&all, n, 0, 0), sizeof(out[n]));
}

void yf_net_describe(struct yf_nets *nets, const struct yf_map *in,
		     float (*out)[YF_FACE_DESCRIPTOR])
{
	/* how many plain blocks follow each block that halves */
	static const struct {
		uint32_t channels, blocks;
	} stages[] = {
		{ 32, 3 }, { 64, 3 }, { 128, 2 }, { 256, 2 }, { 256, 0 }
	};
	const struct yf_layer *layer = nets->layers + YF_DESCRIBE_FIRST;
	const size_t mark = nets->scratch.used;
	const struct yf_map first =
		yf_map_new(&nets->scratch, in->n, STEM_SIDE, STEM_SIDE, 32);
	struct turns turns = { { first.at,
				 yf_scratch_take(&nets->scratch,
						 yf_map_floats(&first)) },
			       1 };
	struct yf_map map = first;

	assert(in->h == YF_CHIP_SIDE && in->w == YF_CHIP_SIDE && in->c == 3);
	stem(nets, layer++, in, &map);
	for (uint32_t i = 0; i < sizeof(stages) / sizeof(stages[0]); i++) {
		if (i > 0) {
			const struct yf_map from = map;
			map = down(nets, &turns, layer, &from,
				   stages[i].channels);
			layer += 2;
		}
		for (uint32_t b = 0; b < stages[i].blocks; b++, layer += 2)
			residual(nets, layer, &map);
	}
	describe(nets, layer, &map, out);
	nets->scratch.used = mark;
}
