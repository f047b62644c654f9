#pragma once

#include "codec/json.h"

/*
 * One figure beside its limit, both measured in turns on one core in
 * processor time, so that a busy machine slows both alike.
 */
enum { YF_BENCH_ROUNDS_MAX = 101 };

/* Does one kind of work `count` times. */
typedef yf_err (*yf_bench_work)(void *self, unsigned count);

struct yf_bench_figure {
	const char *what;
	yf_bench_work work;
	const char *limit;
	yf_bench_work limit_work;
	double target; /* of the ratio */
};

/*
 * Puts {"what","per_second","limit","limit_per_second","ratio","target"}
 * into the array that is open in `rows`; the middle of `rounds` turns of
 * about 40 ms counts.  What the work says
 */
YF_CHECKED yf_err yf_bench_measure(const struct yf_bench_figure *figure,
				   void *self, unsigned rounds,
				   struct yf_json_out *rows);
