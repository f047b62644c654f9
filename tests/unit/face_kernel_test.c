#include "face/kernel.h"

#include <math.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

/* Each kernel against the definition, written as plainly as possible. */
static const struct yf_kernel *const kernels[] = {
	&yf_kernel_portable,
	&yf_kernel_avx2,
	&yf_kernel_avx512,
};

struct bed {
	struct yf_arena *arena;
	struct yf_scratch scratch;
	uint32_t seed;
};

static float next(struct bed *bed)
{
	bed->seed = bed->seed * 1664525u + 1013904223u;
	return (float)(bed->seed >> 8) / (1 << 23) - 1;
}

static struct bed bed_new(void)
{
	enum { FLOATS = 1 << 21 };
	struct bed bed = { .arena = yf_arena_new(64u << 20), .seed = 7 };

	assert_non_null(bed.arena);
	float *at = YF_NEW(bed.arena, float, FLOATS);
	assert_non_null(at);
	for (size_t i = 0; i < FLOATS; i++)
		at[i] = NAN; /* what nobody wrote must not be read */
	bed.scratch = (struct yf_scratch){ at, FLOATS, 0, 0 };
	return bed;
}

static struct yf_map random_map(struct bed *bed, uint32_t n, uint32_t h,
				uint32_t w, uint32_t c)
{
	const struct yf_map map = yf_map_new(&bed->scratch, n, h, w, c);

	for (uint32_t i = 0; i < n * h * w * c; i++)
		yf_map_pixel(&map, i / c / w / h, (int32_t)(i / c / w % h),
			     (int32_t)(i / c % w))[i % c] = next(bed);
	return map;
}

static const float *random_floats(struct bed *bed, size_t count)
{
	float *at = yf_scratch_take(&bed->scratch, count);

	for (size_t i = 0; i < count; i++)
		at[i] = next(bed);
	return at;
}

static double act(double x, yf_act what)
{
	if (what == YF_ACT_RELU)
		return x > 0 ? x : 0;
	return what == YF_ACT_LEAKY && x < 0 ? 0.1 * x : x;
}

/* One output by the definition. */
static double conv_at(const struct yf_conv *job, uint32_t n, int32_t y,
		      int32_t x, uint32_t o)
{
	const uint32_t depth = job->taps * job->taps * job->in->c;
	double sum = (double)job->bias[o];

	for (uint32_t k = 0; k < depth; k++) {
		const int32_t ky = (int32_t)(k / job->in->c / job->taps);
		const int32_t kx = (int32_t)(k / job->in->c % job->taps);
		const int32_t stride = (int32_t)job->stride;
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
	return act(sum, job->act);
}

static const struct conv_case {
	const char *name;
	uint32_t n, side, in, out, taps, stride;
	int32_t origin;
	bool add;
	yf_act act;
} convs[] = {
	{ "stem", 2, 23, 3, 32, 7, 2, 0, false, YF_ACT_RELU },
	{ "first of the detector", 1, 15, 3, 16, 3, 1, 0, false, YF_ACT_LEAKY },
	{ "same, stride 1", 2, 9, 32, 32, 3, 1, -1, true, YF_ACT_RELU },
	{ "stride 2 without padding", 2, 9, 32, 64, 3, 2, 0, false,
	  YF_ACT_NONE },
	{ "pointwise", 1, 7, 48, 96, 1, 1, 0, true, YF_ACT_LEAKY },
	{ "odd number of panels", 1, 5, 16, 48, 1, 1, 0, false, YF_ACT_NONE },
	{ "fully connected", 2, 1, 256, 144, 1, 1, 0, false, YF_ACT_NONE },
	{ "one pixel, padded", 1, 1, 16, 16, 3, 1, -1, false, YF_ACT_NONE },
};

static void check_conv(const struct yf_kernel *kernel,
		       const struct conv_case *row)
{
	struct bed bed = bed_new();
	const struct yf_map in =
		random_map(&bed, row->n, row->side, row->side, row->in);
	const uint32_t side =
		((uint32_t)((int32_t)row->side - 2 * row->origin) - row->taps) /
			row->stride +
		1;
	const struct yf_map out =
		random_map(&bed, row->n, side, side, row->out);
	const struct yf_map add =
		random_map(&bed, row->n, side, side, row->out);
	const struct yf_conv job = {
		.in = &in,
		.out = &out,
		.add = row->add ? &add : NULL,
		.weights = random_floats(&bed, (size_t)row->taps * row->taps *
						       row->in * row->out),
		.bias = random_floats(&bed, row->out),
		.taps = row->taps,
		.stride = row->stride,
		.origin = row->origin,
		.rows = side,
		.columns = side,
		.act = row->act,
	};

	kernel->conv(&job);
	for (uint32_t i = 0; i < row->n * side * side * row->out; i++) {
		const uint32_t o = i % row->out, x = i / row->out % side;
		const uint32_t y = i / row->out / side % side;
		const uint32_t n = i / row->out / side / side;
		const double want = conv_at(&job, n, (int32_t)y, (int32_t)x, o);
		const double got = (double)yf_map_pixel(&out, n, (int32_t)y,
							(int32_t)x)[o];
		assert_true(fabs(got - want) <= 1e-5 * (1 + fabs(want)));
	}
	yf_arena_free(bed.arena);
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

/* Winograd's way against the definition. */
static void check_winograd(const struct yf_kernel *kernel, uint32_t n,
			   uint32_t side, uint32_t in_c, uint32_t out_c,
			   bool add, yf_act act)
{
	struct bed bed = bed_new();
	const size_t room = YF_WINOGRAD_SPOTS * YF_WINOGRAD_TILES;
	const struct yf_map in = random_map(&bed, n, side, side, in_c);
	const struct yf_map out = random_map(&bed, n, side, side, out_c);
	const struct yf_map sum = random_map(&bed, n, side, side, out_c);
	struct yf_conv job = {
		.in = &in,
		.out = &out,
		.add = add ? &sum : NULL,
		.weights = random_floats(&bed, 9 * in_c * out_c),
		.bias = random_floats(&bed, out_c),
		.taps = 3,
		.stride = 1,
		.origin = -1,
		.rows = side,
		.columns = side,
		.act = act,
	};
	const float *plain = job.weights;
	float *weights = yf_scratch_take(&bed.scratch, 16 * in_c * out_c);

	transform(&job, weights);
	job.weights = weights;
	kernel->winograd(&(struct yf_winograd){
		&job, yf_scratch_take(&bed.scratch, room * in_c),
		yf_scratch_take(&bed.scratch, room * out_c) });
	job.weights = plain;
	for (uint32_t i = 0; i < n * side * side * out_c; i++) {
		const int32_t x = (int32_t)(i / out_c % side);
		const int32_t y = (int32_t)(i / out_c / side % side);
		const uint32_t picture = i / out_c / side / side;
		const double want = conv_at(&job, picture, y, x, i % out_c);
		const double got =
			(double)yf_map_pixel(&out, picture, y, x)[i % out_c];
		assert_true(fabs(got - want) <= 3e-5 * (1 + fabs(want)));
	}
	yf_arena_free(bed.arena);
}

static void check_depthwise(const struct yf_kernel *kernel, uint32_t side,
			    uint32_t stride, bool relu)
{
	struct bed bed = bed_new();
	const struct yf_map in = random_map(&bed, 1, side, side, 48);
	const struct yf_map out =
		random_map(&bed, 1, side / stride, side / stride, 48);
	const struct yf_depthwise job = { &in,
					  &out,
					  random_floats(&bed, 9 * 48),
					  stride,
					  stride == 1 ? -1 : 0,
					  relu };

	kernel->depthwise(&job);
	for (uint32_t i = 0; i < out.h * out.w * 48; i++) {
		const int32_t y = (int32_t)(i / 48 / out.w);
		const int32_t x = (int32_t)(i / 48 % out.w);
		double want = 0;
		for (int32_t tap = 0; tap < 9; tap++) {
			const double v = (double)yf_map_pixel(
				&in, 0,
				y * (int32_t)stride + job.origin + tap / 3,
				x * (int32_t)stride + job.origin +
					tap % 3)[i % 48];
			want += (relu && v < 0 ? 0 : v) *
				(double)job.weights[tap * 48 + (int)(i % 48)];
		}
		const double got = (double)yf_map_pixel(&out, 0, y, x)[i % 48];
		assert_true(fabs(got - want) <= 1e-5);
	}
	yf_arena_free(bed.arena);
}

static void check_pool(const struct yf_kernel *kernel, uint32_t side,
		       uint32_t size, uint32_t stride, uint32_t out_side)
{
	struct bed bed = bed_new();
	const struct yf_map in = random_map(&bed, 2, side, side, 16);
	const struct yf_map out = random_map(&bed, 2, out_side, out_side, 16);

	kernel->pool_max(&(struct yf_pool_max){ &in, &out, size, stride });
	for (uint32_t i = 0; i < 2 * out_side * out_side * 16; i++) {
		const uint32_t x = i / 16 % out_side;
		const uint32_t y = i / 16 / out_side % out_side;
		const uint32_t n = i / 16 / out_side / out_side;
		float want = -INFINITY;
		for (uint32_t k = 0; k < size * size; k++) {
			const uint32_t iy = y * stride + k / size;
			const uint32_t ix = x * stride + k % size;
			if (iy < side && ix < side)
				want = fmaxf(want,
					     yf_map_pixel(&in, n, (int32_t)iy,
							  (int32_t)ix)[i % 16]);
		}
		assert_true(yf_map_pixel(&out, n, (int32_t)y,
					 (int32_t)x)[i % 16] == want);
	}
	yf_arena_free(bed.arena);
}

static void each_kernel(void **state)
{
	(void)state;
	for (size_t k = 0; k < YF_COUNT(kernels); k++) {
		const struct yf_kernel *kernel = kernels[k];
		if (!yf_kernel_runs(kernel)) {
			print_message("SKIPPED %s: not in this processor\n",
				      kernel->name);
			continue;
		}
		for (size_t i = 0; i < YF_COUNT(convs); i++) {
			print_message("  %s: %s\n", kernel->name,
				      convs[i].name);
			check_conv(kernel, &convs[i]);
		}
		check_winograd(kernel, 2, 9, 32, 32, true, YF_ACT_RELU);
		check_winograd(kernel, 1, 8, 16, 48, false, YF_ACT_NONE);
		check_winograd(kernel, 2, 1, 32, 16, false, YF_ACT_LEAKY);
		check_winograd(kernel, 1, 25, 16, 16, true, YF_ACT_NONE);
		check_depthwise(kernel, 8, 1, false);
		check_depthwise(kernel, 8, 2, true);
		check_depthwise(kernel, 1, 1, true);
		check_pool(kernel, 9, 2, 2, 5);
		check_pool(kernel, 9, 3, 2, 4);
		check_pool(kernel, 4, 2, 1, 4);
	}
}

static void best_runs(void **state)
{
	(void)state;
	assert_true(yf_kernel_runs(yf_kernel_best()));
	assert_true(yf_kernel_runs(&yf_kernel_portable));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kernel),
		cmocka_unit_test(best_runs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
