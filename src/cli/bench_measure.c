#include "cli/bench_measure.h"

#include <assert.h>
#include <stdlib.h>
#include <time.h>

enum { TURN_MS = 40 };

static double cpu_s(void)
{
	struct timespec at;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &at);
	return (double)at.tv_sec + (double)at.tv_nsec * 1e-9;
}

static yf_err per_second(yf_bench_work work, void *self, double *out)
{
	enum { STEP = 50 };
	const double start = cpu_s();
	double spent = 0;
	unsigned done = 0;

	while (spent < TURN_MS * 1e-3) {
		YF_TRY(work(self, STEP));
		done += STEP;
		spent = cpu_s() - start;
	}
	*out = done / spent;
	return YF_OK;
}

static int compare(const void *a, const void *b)
{
	const double left = *(const double *)a;
	const double right = *(const double *)b;

	return (left > right) - (left < right);
}

static double middle(double *values, unsigned count)
{
	qsort(values, count, sizeof(*values), compare);
	return values[count / 2];
}

yf_err yf_bench_measure(const struct yf_bench_figure *figure, void *self,
			unsigned rounds, struct yf_json_out *rows)
{
	double speed[YF_BENCH_ROUNDS_MAX], limit[YF_BENCH_ROUNDS_MAX];
	double ratio[YF_BENCH_ROUNDS_MAX];
	double warm;

	assert(rounds && rounds <= YF_BENCH_ROUNDS_MAX);
	YF_TRY(per_second(figure->work, self, &warm));
	for (unsigned i = 0; i < rounds; i++) {
		YF_TRY(per_second(figure->limit_work, self, &limit[i]));
		YF_TRY(per_second(figure->work, self, &speed[i]));
		ratio[i] = speed[i] / limit[i];
	}
	yf_json_out_object(rows, NULL);
	yf_json_out_text(rows, "what", figure->what);
	yf_json_out_int(rows, "per_second", (int64_t)middle(speed, rounds));
	yf_json_out_text(rows, "limit", figure->limit);
	yf_json_out_int(rows, "limit_per_second",
			(int64_t)middle(limit, rounds));
	yf_json_out_real(rows, "ratio", middle(ratio, rounds));
	yf_json_out_real(rows, "target", figure->target);
	yf_json_out_close(rows);
	return YF_OK;
}
