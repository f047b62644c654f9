#include "face/nets.h"

#include <assert.h>
#include <string.h>

enum { OUT_CHANNELS = 144 }; /* 2 * 68 and what fills the panel */

/*
 * A separable convolution.  In place it adds to what is there, which is kept
 * without its ReLU: that is applied as it is read.
 */
static void separable(struct yf_nets *nets, const struct yf_layer *layer,
		      const struct yf_map *in, const struct yf_map *out,
		      yf_act act)
{
	const size_t mark = nets->scratch.used;
	const bool in_place = in == out;
	const uint32_t stride = in->h / out->h;
	const struct yf_map mid =
		yf_map_new(&nets->scratch, 1, out->h, out->w, in->c);

	/* "same" for an even side and stride 2 pads at the far edge only */
	nets->kernel->depthwise(&(struct yf_depthwise){
		.in = in,
		.out = &mid,
		.weights = layer[0].weights,
		.taps = 3,
		.stride = stride,
		.origin = stride == 1 ? -1 : 0,
		.relu = in_place,
	});
	nets->kernel->conv(&(struct yf_conv){
		.in = &mid,
		.out = out,
		.add = in_place ? out : NULL,
		.weights = layer[1].weights,
		.bias = layer[1].bias,
		.taps = 1,
		.stride = 1,
		.rows = out->h,
		.columns = out->w,
		.act = { .kind = act },
	});
	nets->scratch.used = mark;
}

/*
 * The rest of a dense block.  Each convolution sees the ReLU of the sum of
 * all before it; the block gives the ReLU of the whole sum.
 */
static void dense(struct yf_nets *nets, const struct yf_layer *layer,
		  const struct yf_map *map)
{
	separable(nets, layer, map, map, YF_ACT_NONE);
	separable(nets, layer + 2, map, map, YF_ACT_NONE);
	separable(nets, layer + 4, map, map, YF_ACT_RELU);
}

static struct yf_map first_block(struct yf_nets *nets,
				 const struct yf_layer *layer,
				 const struct yf_map *in)
{
	const struct yf_map out =
		yf_map_new(&nets->scratch, 1, in->h / 2, in->w / 2, 32);

	nets->kernel->conv(&(struct yf_conv){
		.in = in,
		.out = &out,
		.weights = layer->weights,
		.bias = layer->bias,
		.taps = 3,
		.stride = 2,
		.rows = out.h,
		.columns = out.w,
		.act = { .kind = YF_ACT_RELU },
	});
	dense(nets, layer + 1, &out);
	return out;
}

static struct yf_map block(struct yf_nets *nets, const struct yf_layer *layer,
			   const struct yf_map *in)
{
	const struct yf_map out =
		yf_map_new(&nets->scratch, 1, in->h / 2, in->w / 2, in->c * 2);

	separable(nets, layer, in, &out, YF_ACT_RELU);
	dense(nets, layer + 2, &out);
	return out;
}

static struct yf_map mean(struct yf_nets *nets, const struct yf_map *in)
{
	const struct yf_map out = yf_map_new(&nets->scratch, 1, 1, 1, in->c);
	float *sum = yf_map_pixel(&out, 0, 0, 0);

	memset(sum, 0, in->c * sizeof(float));
	for (uint32_t y = 0; y < in->h; y++)
		for (uint32_t x = 0; x < in->w; x++) {
			const float *at =
				yf_map_pixel(in, 0, (int32_t)y, (int32_t)x);
			for (uint32_t c = 0; c < in->c; c++)
				sum[c] += at[c];
		}
	for (uint32_t c = 0; c < in->c; c++)
		sum[c] /= (float)(in->h * in->w);
	return out;
}

void yf_net_points(struct yf_nets *nets, const struct yf_map *in,
		   float out[static YF_FACE_POINTS][2])
{
	const struct yf_layer *layer = nets->layers + YF_POINTS_FIRST;
	const size_t mark = nets->scratch.used;

	assert(in->n == 1 && in->h == YF_POINTS_SIDE &&
	       in->w == YF_POINTS_SIDE && in->c == 3);
	struct yf_map map = first_block(nets, layer, in);
	for (uint32_t i = 0; i < 3; i++) {
		const struct yf_map from = map;
		map = block(nets, &layer[7 + (size_t)8 * i], &from);
	}
	const struct yf_map means = mean(nets, &map);
	const struct yf_map all =
		yf_map_new(&nets->scratch, 1, 1, 1, OUT_CHANNELS);
	nets->kernel->conv(&(struct yf_conv){
		.in = &means,
		.out = &all,
		.weights = layer[31].weights,
		.bias = layer[31].bias,
		.taps = 1,
		.stride = 1,
		.rows = 1,
		.columns = 1,
	});
	memcpy(out, yf_map_pixel(&all, 0, 0, 0),
	       sizeof(float) * 2 * YF_FACE_POINTS);
	nets->scratch.used = mark;
}
