#pragma once

#include "base/buf.h"
#include "face/pool.h"
#include "face/rates.h"
#include "face/report.h"

/*
 * The parts of `yufu face bench`: the lists, the run, the sum, the page.
 * Private to cli/face_bench*.c.
 */
enum {
	YF_BENCH_PAIRS_MAX = 1000000, /* of a list */
	YF_BENCH_CROSS_MAX = 100000000,
	YF_BENCH_FOLDS_MAX = 1000,
	YF_BENCH_CLAIMS = 5, /* log10 FMR -2 .. -6 */
	YF_BENCH_ROUNDS = 1000,
	YF_BENCH_JOBS_MAX = 16,
};

/* The command line. */
struct yf_bench_ask {
	const char *pairs, *root, *groups, *report, *data;
	const char *engine, *model; /* NULL: ours; the current one */
	const char *models;         /* NULL: where they are installed */
	unsigned jobs;
	bool cross;
};

/* Why a picture gave no template. */
typedef enum {
	YF_BENCH_FOUND,
	YF_BENCH_NO_FACE,
	YF_BENCH_MANY_FACES,
	YF_BENCH_UNUSABLE,
	YF_BENCH_UNREADABLE, /* no picture, or too large a one */
	YF_BENCH_CRASHED,    /* the worker stopped */
	YF_BENCH_TIMED_OUT,
	YF_BENCH_OUTCOMES,
} yf_bench_outcome;

struct yf_bench_picture {
	yf_str name;
	uint32_t person;
	uint8_t group; /* or YF_RATES_NO_GROUP */
	yf_bench_outcome outcome;
	double ms;
	struct yf_face_template *template; /* NULL unless FOUND */
};

struct yf_bench_trial {
	uint32_t a, b; /* of pictures */
	bool same;
	uint32_t fold;
	struct yf_face_score score; /* -INFINITY without a template */
};

struct yf_bench_list {
	struct yf_bench_picture *pictures;
	size_t picture_count;
	size_t people;
	struct yf_bench_trial *trials;
	size_t trial_count;
	uint32_t folds; /* 0: none are given */
	yf_str groups[YF_REPORT_GROUPS_MAX];
	size_t group_count;
};

/*
 * Reads the lists; an error is told on standard error, with line and column,
 * before it is returned.  `groups` may be NULL.  With `cross` the names must
 * say who is who.
 */
YF_CHECKED yf_err yf_bench_read(struct yf_arena *arena, const char *pairs,
				const char *groups, bool cross,
				struct yf_bench_list *out);

/* What the engine claims, summed over all pairs compared. */
struct yf_bench_claims {
	/* per log10 FMR -2 .. -6 */
	bool reached[YF_BENCH_CLAIMS];
	double lowest[YF_BENCH_CLAIMS]; /* score with that claim */
	uint64_t impostors[YF_BENCH_CLAIMS], genuine[YF_BENCH_CLAIMS];
};

/* What comparing gave. */
struct yf_bench_scores {
	float *cross; /* pair after pair, see yf_bench_next_pair(); or NULL */
	size_t cross_count;
	struct yf_bench_claims claims;
	double match_ns;
};

/* Pairs of found pictures of different people, in the order of `cross`. */
struct yf_bench_cursor {
	uint32_t a, b;
	bool begun;
};
bool yf_bench_next_pair(const struct yf_bench_list *list,
			struct yf_bench_cursor *cursor);

/* A template of every picture; an error that ends the run is told. */
YF_CHECKED yf_err yf_bench_extract(const struct yf_bench_ask *ask,
				   struct yf_face_pool *pool,
				   struct yf_arena *arena,
				   struct yf_bench_list *list);

/* Fills the scores of the trials and, if wanted, of all cross pairs; free()
 * out->cross. */
YF_CHECKED yf_err yf_bench_compare(const struct yf_bench_ask *ask,
				   struct yf_face_pool *pool,
				   struct yf_bench_list *list,
				   struct yf_bench_scores *out);

/* A bar on a terminal, a line now and then elsewhere. */
struct yf_progress {
	const char *what;
	size_t total;
	int64_t begun_ms, told_ms;
	bool terminal;
};
struct yf_progress yf_progress_new(const char *what, size_t total);
void yf_progress_tell(struct yf_progress *progress, size_t done);

/* Sorted scores of all ([0]) and of each group. */
struct yf_bench_sums {
	struct yf_rates_scores impostors[1 + YF_REPORT_GROUPS_MAX];
	struct yf_rates_scores genuine[1 + YF_REPORT_GROUPS_MAX];
};

/* The figures.  Takes scores->cross apart. */
YF_CHECKED yf_err yf_bench_sum(struct yf_arena *arena,
			       const struct yf_bench_list *list,
			       struct yf_bench_scores *scores,
			       struct yf_bench_sums *sums,
			       struct yf_face_report *report);

/* --report: report.json, det.csv, det.svg, index.html in a folder. */
YF_CHECKED yf_err yf_bench_write(struct yf_arena *arena, const char *folder,
				 const struct yf_face_report *report,
				 const struct yf_bench_sums *sums, yf_str json);

/* MEMORY */
YF_CHECKED yf_err yf_bench_det_csv(struct yf_arena *arena,
				   const struct yf_face_report *report,
				   const struct yf_bench_sums *sums,
				   yf_str *out);
YF_CHECKED yf_err yf_bench_det_svg(struct yf_arena *arena,
				   const struct yf_face_report *report,
				   const struct yf_bench_sums *sums,
				   yf_str *out);
YF_CHECKED yf_err yf_bench_page(struct yf_arena *arena,
				const struct yf_face_report *report, yf_str svg,
				yf_str *out);
