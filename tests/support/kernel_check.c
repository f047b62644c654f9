#include "kernel_check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Random maps; what nobody wrote is NaN, so that it shows when it is read. */
struct bed {
	struct yf_scratch scratch;
	uint32_t seed;
};

enum { FLOATS = 1 << 21 };

static float next(struct bed *bed)
{
	bed->seed = bed->seed * 1664525u + 1013904223u;
	return (float)(bed->seed >> 8) / (1 << 23) - 1;
}

static struct bed bed_new(void)
{
	float *at = aligned_alloc(64, FLOATS * sizeof(float));

	if (!at)
		abort();
	for (size_t i = 0; i < FLOATS; i++)
		at[i] = NAN;
	return (struct bed){ { at, FLOATS, 0, 0 }, 7 };
}

static const float *random_floats(struct bed *bed, size_t count)
{
	float *at = yf_scratch_take(&bed->scratch, count);

	for (size_t i = 0; i < count; i++)
		at[i] = next(bed);
	return at;
}

static float *pixel(const struct yf_map *map, size_t index, uint32_t *channel)
{
	const size_t at = index / map->c;

	*channel = (uint32_t)(index % map->c);
	return yf_map_pixel(map, (uint32_t)(at / map->w / map->h),
			    (int32_t)(at / map->w % map->h),
			    (int32_t)(at % map->w)) +
	       *channel;
}

static size_t count_of(const struct yf_map *map)
{
	return (size_t)map->n * map->h * map->w * map->c;
}

static struct yf_map random_map(struct bed *bed, uint32_t n, uint32_t h,
				uint32_t w, uint32_t c, uint32_t halo)
{
	const struct yf_map map =
		yf_map_new_halo(&bed->scratch, n, h, w, c, halo);
	uint32_t channel;

	for (size_t i = 0; i < count_of(&map); i++)
		*pixel(&map, i, &channel) = next(bed);
	return map;
}

static struct yf_map copy_of(struct bed *bed, const struct yf_map *map)
{
	struct yf_map copy = *map;

	copy.at = yf_scratch_take(&bed->scratch, yf_map_floats(map));
	memcpy(copy.at, map->at, yf_map_floats(map) * sizeof(float));
	return copy;
}

static double act(double x, const struct yf_activation *how, uint32_t channel)
{
	switch (how->kind) {
	case YF_ACT_NONE:
		break;
	case YF_ACT_RELU:
		return x > 0 ? x : 0;
	case YF_ACT_LEAKY:
		return x < 0 ? (double)how->low * x : x;
	case YF_ACT_PRELU:
		return x < 0 ? (double)how->slopes[channel] * x : x;
	case YF_ACT_CLIP:
		return fmin(fmax(x, (double)how->low), (double)how->high);
	}
	return x;
}

/* `name` of what was computed, and where to look. */
struct verdict {
	const char *name;
	const struct yf_kernel *kernel;
	unsigned wrong;
};

static bool is_near(double got, double want, double part)
{
	return fabs(got - want) <= part * (1 + fabs(want));
}

/* Pixels alike, and the halo of `got` is still zeros. */
static void same_maps(struct verdict *verdict, const struct yf_map *got,
		      const struct yf_map *portable)
{
	uint32_t channel;

	for (size_t i = 0; i < count_of(got); i++)
		if (!is_near((double)*pixel(got, i, &channel),
			     (double)*pixel(portable, i, &channel), 1e-5)) {
			printf("%s: %s: not as the portable kernel at %zu\n",
			       verdict->kernel->name, verdict->name, i);
			verdict->wrong++;
			return;
		}
	if (got->halo && yf_map_pixel(got, 0, -1, -1)[0] != 0) {
		printf("%s: %s: wrote into the halo\n", verdict->kernel->name,
		       verdict->name);
		verdict->wrong++;
	}
}

typedef double (*definition)(const void *job, uint32_t n, int32_t y, int32_t x,
			     uint32_t c);

static void as_defined(struct verdict *verdict, const struct yf_map *got,
		       definition define, const void *job, double part)
{
	for (size_t i = 0; i < count_of(got); i++) {
		uint32_t channel;
		const double is = (double)*pixel(got, i, &channel);
		const size_t at = i / got->c;
		const double want =
			define(job, (uint32_t)(at / got->w / got->h),
			       (int32_t)(at / got->w % got->h),
			       (int32_t)(at % got->w), channel);
		if (is_near(is, want, part))
			continue;
		printf("%s: %s: %g where %g is defined, at %zu\n",
		       verdict->kernel->name, verdict->name, is, want, i);
		verdict->wrong++;
		return;
	}
}

/* --- convolutions --- */

static double conv_at(const void *of, uint32_t n, int32_t y, int32_t x,
		      uint32_t o)
{
	const struct yf_conv *job = of;
	const uint32_t depth = job->taps * job->taps * job->in->c;
	const int32_t stride = (int32_t)job->stride;
	double sum = (double)job->bias[o];

	for (uint32_t k = 0; k < depth; k++) {
		const int32_t ky = (int32_t)(k / job->in->c / job->taps);
		const int32_t kx = (int32_t)(k / job->in->c % job->taps);
		const float *in =
			yf_map_pixel(job->in, n, y * stride + job->origin + ky,
				     x * stride + job->origin + kx);
		const float *panel = job->weights +
				     (size_t)(o / YF_PANEL) * depth * YF_PANEL;
		sum += (double)in[k % job->in->c] *
		       (double)panel[k * YF_PANEL + o % YF_PANEL];
	}
	if (job->add)
		sum += (double)yf_map_pixel(job->add, n, y, x)[o];
	return act(sum, &job->act, o);
}

static const struct conv_case {
	const char *name;
	uint32_t n, h, w, in, out, taps, stride;
	int32_t origin;
	bool add;
	yf_act act;
} convs[] = {
	{ "stem", 2, 23, 23, 3, 32, 7, 2, 0, false, YF_ACT_RELU },
	{ "3 channels", 1, 15, 15, 3, 16, 3, 1, 0, false, YF_ACT_LEAKY },
	{ "3 channels, padded", 1, 14, 14, 3, 64, 3, 2, -1, false,
	  YF_ACT_CLIP },
	{ "1 channel", 1, 9, 6, 1, 32, 3, 1, -1, false, YF_ACT_NONE },
	{ "5 channels", 2, 7, 9, 5, 48, 3, 2, -1, true, YF_ACT_PRELU },
	{ "same, stride 1", 2, 9, 9, 32, 32, 3, 1, -1, true, YF_ACT_RELU },
	{ "wide and low", 1, 2, 31, 16, 32, 3, 1, -1, true, YF_ACT_PRELU },
	{ "stride 2", 2, 9, 9, 32, 64, 3, 2, 0, false, YF_ACT_NONE },
	{ "stride 2, padded", 2, 9, 8, 32, 64, 3, 2, -1, false, YF_ACT_RELU },
	{ "pointwise", 1, 7, 7, 48, 96, 1, 1, 0, true, YF_ACT_LEAKY },
	{ "pointwise, clip", 2, 14, 14, 64, 128, 1, 1, 0, false, YF_ACT_CLIP },
	{ "pointwise, stride 2", 2, 7, 7, 16, 32, 1, 2, 0, true, YF_ACT_CLIP },
	{ "odd number of panels", 1, 5, 5, 16, 48, 1, 1, 0, false,
	  YF_ACT_NONE },
	{ "fully connected", 2, 1, 1, 256, 144, 1, 1, 0, false, YF_ACT_NONE },
	{ "one pixel, padded", 1, 1, 1, 16, 16, 3, 1, -1, false, YF_ACT_NONE },
	{ "5 x 5, padded", 1, 8, 9, 16, 32, 5, 1, -2, false, YF_ACT_RELU },
	{ "7 x 7, padded", 1, 9, 8, 3, 32, 7, 2, -3, false, YF_ACT_CLIP },
	{ "2 x 2", 1, 8, 8, 16, 16, 2, 2, 0, false, YF_ACT_NONE },
	{ "whole map", 2, 7, 7, 32, 16, 7, 1, 0, false, YF_ACT_NONE },
};

static uint32_t side_of(uint32_t side, int32_t origin, uint32_t taps,
			uint32_t stride)
{
	return ((uint32_t)((int32_t)side - 2 * origin) - taps) / stride + 1;
}

static struct yf_activation random_act(struct bed *bed, yf_act kind, uint32_t c)
{
	return (struct yf_activation){
		.kind = kind,
		.low = kind == YF_ACT_CLIP ? -0.25f : 0.1f,
		.high = 0.5f,
		.slopes = kind == YF_ACT_PRELU ? random_floats(bed, c) : NULL,
	};
}

static void check_conv(struct verdict *verdict, const struct conv_case *row)
{
	struct bed bed = bed_new();
	const uint32_t halo = (uint32_t)-row->origin;
	const struct yf_map in =
		random_map(&bed, row->n, row->h, row->w, row->in, halo);
	const uint32_t h = side_of(row->h, row->origin, row->taps, row->stride);
	const uint32_t w = side_of(row->w, row->origin, row->taps, row->stride);
	const struct yf_map out = random_map(&bed, row->n, h, w, row->out, 1);
	const struct yf_map add = random_map(&bed, row->n, h, w, row->out, 1);
	const struct yf_map same = copy_of(&bed, &out);
	struct yf_conv job = {
		.in = &in,
		.out = &out,
		.add = row->add ? &add : NULL,
		.weights = random_floats(&bed, (size_t)row->taps * row->taps *
						       row->in * row->out),
		.bias = random_floats(&bed, row->out),
		.taps = row->taps,
		.stride = row->stride,
		.origin = row->origin,
		.rows = h,
		.columns = w,
		.act = random_act(&bed, row->act, row->out),
	};

	verdict->name = row->name;
	verdict->kernel->conv(&job);
	as_defined(verdict, &out, conv_at, &job, 1e-5);
	job.out = &same;
	yf_kernel_find("portable")->conv(&job);
	same_maps(verdict, &out, &same);
	free(bed.scratch.at);
}

/* G w G^T, from the definition of F(2x2, 3x3). */
static void transform(const struct yf_conv *plain, float *weights)
{
	static const double g[4][3] = {
		{ 1, 0, 0 }, { 0.5, 0.5, 0.5 }, { 0.5, -0.5, 0.5 }, { 0, 0, 1 }
	};
	const size_t ci = plain->in->c, co = plain->out->c;

	for (size_t i = 0; i < 16 * ci * co; i++) {
		const size_t spot = i / ci / co, o = i / ci % co, c = i % ci;
		const size_t panel = o / YF_PANEL * ci * YF_PANEL;
		double sum = 0;
		for (size_t k = 0; k < 9; k++)
			sum += g[spot / 4][k / 3] * g[spot % 4][k % 3] *
			       (double)plain->weights[panel * 9 +
						      (k * ci + c) * YF_PANEL +
						      o % YF_PANEL];
		weights[spot * ci * co + panel + c * YF_PANEL + o % YF_PANEL] =
			(float)sum;
	}
}

static const struct winograd_case {
	const char *name;
	uint32_t n, h, w, in, out;
	bool add;
	yf_act act;
} winograds[] = {
	{ "winograd 9", 2, 9, 9, 32, 32, true, YF_ACT_RELU },
	{ "winograd 8", 1, 8, 8, 16, 48, false, YF_ACT_PRELU },
	{ "winograd 1", 2, 1, 1, 32, 16, false, YF_ACT_LEAKY },
	{ "winograd 25 x 14", 1, 25, 14, 16, 16, true, YF_ACT_CLIP },
};

static void check_winograd(struct verdict *verdict,
			   const struct winograd_case *row)
{
	struct bed bed = bed_new();
	const size_t room = YF_WINOGRAD_SPOTS * YF_WINOGRAD_TILES;
	const struct yf_map in =
		random_map(&bed, row->n, row->h, row->w, row->in, 1);
	const struct yf_map out =
		random_map(&bed, row->n, row->h, row->w, row->out, 1);
	const struct yf_map add =
		random_map(&bed, row->n, row->h, row->w, row->out, 1);
	const struct yf_map same = copy_of(&bed, &out);
	float *weights =
		yf_scratch_take(&bed.scratch, (size_t)16 * row->in * row->out);
	struct yf_conv job = {
		.in = &in,
		.out = &out,
		.add = row->add ? &add : NULL,
		.weights = random_floats(&bed, (size_t)9 * row->in * row->out),
		.bias = random_floats(&bed, row->out),
		.taps = 3,
		.stride = 1,
		.origin = -1,
		.rows = row->h,
		.columns = row->w,
		.act = random_act(&bed, row->act, row->out),
	};
	const struct yf_conv plain = job;
	const struct yf_winograd fast = {
		&job, yf_scratch_take(&bed.scratch, room * row->in),
		yf_scratch_take(&bed.scratch, room * row->out)
	};

	verdict->name = row->name;
	transform(&plain, weights);
	job.weights = weights;
	verdict->kernel->winograd(&fast);
	as_defined(verdict, &out, conv_at, &plain, 3e-5);
	job.out = &same;
	yf_kernel_find("portable")->winograd(&fast);
	same_maps(verdict, &out, &same);
	free(bed.scratch.at);
}

/* --- each channel for itself --- */

static double depthwise_at(const void *of, uint32_t n, int32_t y, int32_t x,
			   uint32_t c)
{
	const struct yf_depthwise *job = of;
	const int32_t stride = (int32_t)job->stride, taps = (int32_t)job->taps;
	double sum = job->bias ? (double)job->bias[c] : 0;

	for (int32_t k = 0; k < taps * taps; k++) {
		const double v = (double)yf_map_pixel(
			job->in, n, y * stride + job->origin + k / taps,
			x * stride + job->origin + k % taps)[c];
		sum += (job->relu && v < 0 ? 0 : v) *
		       (double)job->weights[(uint32_t)k * job->in->c + c];
	}
	if (job->add)
		sum += (double)yf_map_pixel(job->add, n, y, x)[c];
	return act(sum, &job->act, c);
}

static const struct depthwise_case {
	const char *name;
	uint32_t n, h, w, c, taps, stride;
	int32_t origin;
	bool bias, add, relu;
	yf_act act;
} depthwises[] = {
	{ "depthwise", 1, 8, 8, 48, 3, 1, -1, false, false, false,
	  YF_ACT_NONE },
	{ "depthwise, stride 2", 1, 8, 8, 48, 3, 2, 0, false, false, true,
	  YF_ACT_NONE },
	{ "depthwise of one pixel", 1, 1, 1, 16, 3, 1, -1, true, false, true,
	  YF_ACT_RELU },
	{ "depthwise, clip", 2, 15, 13, 64, 3, 1, -1, true, false, false,
	  YF_ACT_CLIP },
	{ "depthwise, stride 2, padded", 2, 14, 14, 128, 3, 2, -1, true, false,
	  false, YF_ACT_CLIP },
	{ "depthwise, add", 2, 6, 7, 32, 3, 1, -1, true, true, false,
	  YF_ACT_PRELU },
	{ "depthwise 5 x 5", 1, 9, 8, 32, 5, 2, -2, true, true, false,
	  YF_ACT_LEAKY },
	{ "depthwise 7 x 7", 1, 9, 9, 16, 7, 1, -3, false, false, true,
	  YF_ACT_NONE },
	{ "depthwise of the whole map", 2, 7, 7, 512, 7, 1, 0, true, false,
	  false, YF_ACT_NONE },
};

static void check_depthwise(struct verdict *verdict,
			    const struct depthwise_case *row)
{
	struct bed bed = bed_new();
	const uint32_t h = side_of(row->h, row->origin, row->taps, row->stride);
	const uint32_t w = side_of(row->w, row->origin, row->taps, row->stride);
	const uint32_t halo =
		row->stride == 2 && !row->origin ? 1 : (uint32_t)-row->origin;
	const struct yf_map in =
		random_map(&bed, row->n, row->h, row->w, row->c, halo);
	const struct yf_map out = random_map(&bed, row->n, h, w, row->c, 1);
	const struct yf_map add = random_map(&bed, row->n, h, w, row->c, 1);
	const struct yf_map same = copy_of(&bed, &out);
	struct yf_depthwise job = {
		.in = &in,
		.out = &out,
		.weights = random_floats(&bed, (size_t)row->taps * row->taps *
						       row->c),
		.bias = row->bias ? random_floats(&bed, row->c) : NULL,
		.add = row->add ? &add : NULL,
		.taps = row->taps,
		.stride = row->stride,
		.origin = row->origin,
		.relu = row->relu,
		.act = random_act(&bed, row->act, row->c),
	};

	verdict->name = row->name;
	verdict->kernel->depthwise(&job);
	as_defined(verdict, &out, depthwise_at, &job, 1e-5);
	job.out = &same;
	yf_kernel_find("portable")->depthwise(&job);
	same_maps(verdict, &out, &same);
	free(bed.scratch.at);
}

/* --- each number --- */

static double beside(const struct yf_map *map, uint32_t n, int32_t y, int32_t x,
		     uint32_t c)
{
	return (double)(map->h == 1 && map->w == 1
				? yf_map_pixel(map, n, 0, 0)
				: yf_map_pixel(map, n, y, x))[c];
}

static double each_at(const void *of, uint32_t n, int32_t y, int32_t x,
		      uint32_t c)
{
	const struct yf_elementwise *job = of;
	double v = (double)yf_map_pixel(job->in, n, y, x)[c];

	if (job->scale)
		v *= (double)job->scale[c];
	if (job->shift)
		v += (double)job->shift[c];
	if (job->mul)
		v *= beside(job->mul, n, y, x, c);
	if (job->add)
		v += beside(job->add, n, y, x, c);
	return act(v, &job->act, c);
}

enum { SCALE = 1, SHIFT = 2, MUL = 4, ADD = 8, MUL_ONE = 16, ADD_ONE = 32 };

static const struct each_case {
	const char *name;
	unsigned parts;
	yf_act act;
} eaches[] = {
	{ "batch norm", SCALE | SHIFT, YF_ACT_RELU },
	{ "prelu alone", 0, YF_ACT_PRELU },
	{ "clip alone", 0, YF_ACT_CLIP },
	{ "leaky alone", 0, YF_ACT_LEAKY },
	{ "copy", 0, YF_ACT_NONE },
	{ "add", ADD, YF_ACT_NONE },
	{ "mul", MUL, YF_ACT_CLIP },
	{ "mul by one pixel", MUL | MUL_ONE, YF_ACT_NONE },
	{ "add one pixel", SCALE | ADD | ADD_ONE, YF_ACT_NONE },
	{ "everything", SCALE | SHIFT | MUL | ADD, YF_ACT_PRELU },
};

static void check_each(struct verdict *verdict, const struct each_case *row)
{
	struct bed bed = bed_new();
	enum { N = 2, H = 5, W = 7, C = 48 };
	const uint32_t mul = row->parts & MUL_ONE ? 1 : 0;
	const uint32_t add = row->parts & ADD_ONE ? 1 : 0;
	const struct yf_map in = random_map(&bed, N, H, W, C, 1);
	const struct yf_map by =
		random_map(&bed, N, mul ? 1 : H, mul ? 1 : W, C, 1);
	const struct yf_map more =
		random_map(&bed, N, add ? 1 : H, add ? 1 : W, C, 0);
	const struct yf_map out = random_map(&bed, N, H, W, C, 1);
	const struct yf_map same = copy_of(&bed, &out);
	struct yf_elementwise job = {
		.in = &in,
		.out = &out,
		.scale = row->parts & SCALE ? random_floats(&bed, C) : NULL,
		.shift = row->parts & SHIFT ? random_floats(&bed, C) : NULL,
		.mul = row->parts & MUL ? &by : NULL,
		.add = row->parts & ADD ? &more : NULL,
		.act = random_act(&bed, row->act, C),
	};

	verdict->name = row->name;
	verdict->kernel->elementwise(&job);
	as_defined(verdict, &out, each_at, &job, 1e-5);
	job.out = &same;
	yf_kernel_find("portable")->elementwise(&job);
	same_maps(verdict, &out, &same);
	free(bed.scratch.at);
}

/* --- windows --- */

static double max_at(const void *of, uint32_t n, int32_t y, int32_t x,
		     uint32_t c)
{
	const struct yf_pool_max *job = of;
	const int32_t size = (int32_t)job->size, stride = (int32_t)job->stride;
	double most = -INFINITY;

	for (int32_t k = 0; k < size * size; k++) {
		const int32_t iy = y * stride + job->origin + k / size;
		const int32_t ix = x * stride + job->origin + k % size;
		if (iy >= 0 && ix >= 0 && iy < (int32_t)job->in->h &&
		    ix < (int32_t)job->in->w)
			most = fmax(most, (double)yf_map_pixel(job->in, n, iy,
							       ix)[c]);
	}
	return most;
}

static double avg_at(const void *of, uint32_t n, int32_t y, int32_t x,
		     uint32_t c)
{
	const struct yf_pool_avg *job = of;
	const int32_t size = (int32_t)job->size, stride = (int32_t)job->stride;
	double sum = 0, count = 0;

	for (int32_t k = 0; k < size * size; k++) {
		const int32_t iy = y * stride + job->origin + k / size;
		const int32_t ix = x * stride + job->origin + k % size;
		if (iy < 0 || ix < 0 || iy >= (int32_t)job->in->h ||
		    ix >= (int32_t)job->in->w)
			continue;
		sum += (double)yf_map_pixel(job->in, n, iy, ix)[c];
		count++;
	}
	return sum / (job->count_inside ? count : size * size);
}

static const struct pool_case {
	const char *name;
	uint32_t h, w, size, stride;
	int32_t origin;
	uint32_t out_h, out_w;
} pools[] = {
	{ "pool 2, stride 2", 9, 9, 2, 2, 0, 5, 5 },
	{ "pool 3, stride 2", 9, 9, 3, 2, 0, 4, 4 },
	{ "pool 3, stride 2, padded", 10, 8, 3, 2, -1, 5, 4 },
	{ "pool 2, stride 1", 4, 4, 2, 1, 0, 4, 4 },
	{ "pool of the whole map", 7, 5, 7, 1, 0, 1, 1 },
};

static void check_pool(struct verdict *verdict, const struct pool_case *row)
{
	struct bed bed = bed_new();
	const struct yf_map in = random_map(&bed, 2, row->h, row->w, 48, 1);
	const struct yf_map out =
		random_map(&bed, 2, row->out_h, row->out_w, 48, 1);
	const struct yf_map same = copy_of(&bed, &out);
	const struct yf_pool_max most = { &in, &out, row->size, row->stride,
					  row->origin };
	struct yf_pool_avg mean = { &in,         &out,        row->size,
				    row->stride, row->origin, false };

	verdict->name = row->name;
	verdict->kernel->pool_max(&most);
	as_defined(verdict, &out, max_at, &most, 0);
	for (int inside = 0; inside < 2; inside++) {
		mean.count_inside = inside;
		mean.out = &out;
		verdict->kernel->pool_avg(&mean);
		as_defined(verdict, &out, avg_at, &mean, 1e-5);
		mean.out = &same;
		yf_kernel_find("portable")->pool_avg(&mean);
		same_maps(verdict, &out, &same);
	}
	free(bed.scratch.at);
}

static void check_spin(struct verdict *verdict)
{
	float seed[32];

	for (int i = 0; i < 32; i++)
		seed[i] = i < 16 ? 0.5f : 0.25f;
	verdict->name = "spin";
	if (verdict->kernel->spin(100, seed) < 16 || seed[0] == 0.5f) {
		printf("%s: spin did nothing\n", verdict->kernel->name);
		verdict->wrong++;
	}
}

#define EACH(check, rows)                                             \
	for (size_t i = 0; i < sizeof(rows) / sizeof((rows)[0]); i++) \
	check(&verdict, &(rows)[i])

unsigned kernel_check(const struct yf_kernel *kernel)
{
	struct verdict verdict = { .kernel = kernel };

	EACH(check_conv, convs);
	EACH(check_winograd, winograds);
	EACH(check_depthwise, depthwises);
	EACH(check_each, eaches);
	EACH(check_pool, pools);
	check_spin(&verdict);
	return verdict.wrong;
}
