/*
 * plan KERNEL PLAN PIXELS OUT [ROUNDS]
 *
 * Runs the describer of a plan on floats: 3 x side x side numbers a picture as
 * ONNX orders them, two at most, in the range that the network itself takes
 * (mean and scale of the plan are applied backwards first, so that what is in
 * the file is what the model sees).  Writes the descriptors.  With ROUNDS, also
 * prints how long opening and a run took, in microseconds of the processor, as
 * JSON.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/file.h"
#include "face/plan.h"

static double now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static int by_size(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* As the pixels came, with what was folded into the input. */
static void put(const struct yf_program *program, const struct yf_map *in,
		uint32_t n, const float *from, const float *first)
{
	const size_t plane = (size_t)in->h * in->w;

	for (size_t i = 0; i < plane * 3; i++) {
		const size_t c = i / plane, p = i % plane;
		float *to = yf_map_pixel(in, n, (int32_t)(p / in->w),
					 (int32_t)(p % in->w));
		/* first: mean and deviation of the sidecar */
		const float colour = from[i] * first[3 + c] + first[c];
		to[c] = (colour - program->mean[c]) * program->scale[c];
	}
}

static yf_err run(int argc, char **argv)
{
	const struct yf_kernel *kernel = yf_kernel_find(argv[1]);
	float first[6] = { 0, 0, 0, 1, 1, 1 };
	YF_AUTO(arena) arena = yf_arena_new(64u << 20);
	YF_AUTO(plan) plan = NULL;
	yf_bytes pixels;

	if (!kernel)
		return YF_FAIL(UNSUPPORTED);
	const double start = now_us();
	YF_TRY(yf_plan_open(argv[2], &plan));
	const double opened = now_us() - start;
	for (int i = 6; i < argc && i < 12; i++)
		first[i - 6] = strtof(argv[i], NULL);
	const struct yf_program *program =
		yf_plan_find(plan, YF_PROGRAM_DESCRIBE, 0);
	if (!program)
		return YF_FAIL(MISSING);
	YF_TRY(yf_file_load(arena, argv[3], 32u << 20, &pixels));
	const size_t numbers = (size_t)3 * yf_program_height(program) *
			       yf_program_width(program);
	const uint32_t n = (uint32_t)(pixels.len / sizeof(float) / numbers);
	if (n < 1 || n > 2 || pixels.len != n * numbers * sizeof(float))
		return YF_FAIL(RANGE);
	float *memory = aligned_alloc(64, yf_program_floats(program, n) *
						  sizeof(float));
	float *out = YF_NEW(arena, float, (size_t)n * plan->output);
	float *floats = YF_NEW(arena, float, n *numbers);
	const int rounds = argc > 5 ? atoi(argv[5]) : 1;
	double *times = YF_NEW(arena, double, (size_t)rounds);
	if (!memory || !out || !floats || !times)
		return YF_FAIL(MEMORY);
	memcpy(floats, pixels.ptr, pixels.len);
	for (int r = 0; r < rounds; r++) {
		const struct yf_map in = yf_program_input(program, memory, n);
		for (uint32_t i = 0; i < n; i++)
			put(program, &in, i, floats + i * numbers, first);
		const double from = now_us();
		const struct yf_map all =
			yf_program_run(program, kernel, memory, n);
		times[r] = now_us() - from;
		for (uint32_t i = 0; i < n; i++)
			memcpy(out + (size_t)i * plan->output,
			       yf_map_pixel(&all, i, 0, 0),
			       plan->output * sizeof(float));
	}
	qsort(times, (size_t)rounds, sizeof(double), by_size);
	printf("{\"open_us\":%.1f,\"least_us\":%.1f,\"median_us\":%.1f,"
	       "\"pictures\":%u,\"memory\":%zu}\n",
	       opened, times[0], times[rounds / 2], n,
	       yf_program_floats(program, n) * sizeof(float));
	free(memory);
	return yf_file_save(
		argv[4],
		(yf_bytes){ (const uint8_t *)out,
			    (size_t)n * plan->output * sizeof(float) },
		0644);
}

int main(int argc, char **argv)
{
	if (argc < 5) {
		fputs("usage: plan KERNEL PLAN PIXELS OUT [ROUNDS "
		      "[MEAN*3 DEVIATION*3]]\n",
		      stderr);
		return 2;
	}
	const yf_err err = run(argc, argv);
	if (!yf_failed(err))
		return 0;
	fprintf(stderr, "plan: %s at %s\n", yf_err_text(err), err.where);
	return err.code == YF_CODE_UNSUPPORTED ? 3 : 1;
}
