#pragma once

#include "base/err.h"
#include "base/str.h"
#include "face/report.h"

/*
 * The statistics of a bench run, as pure functions over scores.
 *
 * Scores grow with likeness.  A picture without a template gives its pairs
 * -INFINITY, which no limit lets match.  "Sorted" is rising.  FMR is the
 * share of pairs of different people that match, FNMR of pairs of one person
 * that do not.  Nothing is rounded into bins: every figure is exact for the
 * scores given, up to the bootstrap, which is seeded and so the same again.
 */

/* In place, rising; no NaN. */
void yf_rates_sort(float *scores, size_t count);

struct yf_rates_scores {
	const float *at; /* sorted */
	size_t count;
};

/* How many are at least `limit`. */
size_t yf_rates_from(struct yf_rates_scores scores, double limit);

/*
 * The lowest limit at which at most the share `fmr` of the impostors match.
 * False when there are fewer than 30 / fmr of them.
 */
bool yf_rates_limit(struct yf_rates_scores impostors, double fmr, double *out);

/* How many impostors an FMR needs before it may be stated. */
uint64_t yf_rates_needed(double fmr);

/*
 * One-sided 95 % bounds of a share, Poisson (a little wider than binomial,
 * 1 % of itself at the most off where errors are over 200).
 */
double yf_rates_at_most(uint64_t errors, uint64_t trials);
double yf_rates_at_least(uint64_t errors, uint64_t trials);

/* See struct yf_rate for what is `known`; `target` 0: none is aimed at. */
struct yf_rate yf_rates_fmr(uint64_t errors, uint64_t trials, double target);
struct yf_rate yf_rates_share(uint64_t errors, uint64_t trials);

/* The smallest max(FMR, FNMR) over all limits; false when either is empty. */
bool yf_rates_eer(struct yf_rates_scores impostors,
		  struct yf_rates_scores genuine, double *out);

struct yf_rates_trial {
	float score;
	bool same;
	uint32_t fold;
};

struct yf_rates_accuracy {
	double mean;
	double error; /* standard error of the mean over the folds; 0: one */
};

/*
 * Accuracy of the trials, each fold judged at the limit that is best for the
 * others; with one fold, at the limit that is best for itself.  Sorts the
 * trials.  A fold without trials is left out.
 */
struct yf_rates_accuracy yf_rates_folds(struct yf_rates_trial *trials,
					size_t count, uint32_t folds);

/* What a claim of `fmr` is worth after `errors` among `trials` pairs of
 * different people, all those that the engine claims it for. */
yf_claim yf_rates_verdict(uint64_t errors, uint64_t trials, double fmr);

/* --- intervals: people are drawn again, not pairs --- */

enum { YF_RATES_NO_GROUP = 255 };

struct yf_rates_pair {
	float score;
	uint32_t a, b; /* of pictures */
};

struct yf_rates_sample {
	const uint32_t *person; /* of each picture */
	const uint8_t *group;   /* of each picture, or YF_RATES_NO_GROUP */
	const bool *found;      /* whether it gave a template */
	size_t pictures;
	size_t people, groups;
	const struct yf_rates_pair *genuine;
	size_t genuine_count;
	/*
	 * Impostors by falling score.  All of them; or, when `cross`, at
	 * least the highest of all pairs of found pictures of different
	 * people, whose number follows from the counts.
	 */
	const struct yf_rates_pair *top;
	size_t top_count;
	bool cross;
};

struct yf_rates_interval {
	bool known;
	double low, high;
};

enum { YF_RATES_POINTS_MAX = 32 };

struct yf_rates_ask {
	/* FMR aimed at: FNMR at the limit that a draw itself gives. */
	double targets[YF_RATES_POINTS_MAX];
	size_t target_count;
	/* Fixed limits, rising: FMR and FNMR of all and of each group. */
	double limits[YF_RATES_POINTS_MAX];
	size_t limit_count;
	uint32_t rounds; /* e.g. 1000 */
	uint64_t seed;
};

/* 95 % of the rounds lie inside.  Not known below the lowest of `top`, for
 * what has no trials, and for a single person. */
struct yf_rates_intervals {
	struct yf_rates_interval fnmr_at_target[YF_RATES_POINTS_MAX];
	/* [0] of all, [1 + i] of group i */
	struct yf_rates_interval fmr[YF_RATES_POINTS_MAX]
				    [1 + YF_REPORT_GROUPS_MAX];
	struct yf_rates_interval fnmr[YF_RATES_POINTS_MAX]
				     [1 + YF_REPORT_GROUPS_MAX];
};

/* MEMORY */
YF_CHECKED yf_err yf_rates_bootstrap(struct yf_arena *arena,
				     const struct yf_rates_sample *sample,
				     const struct yf_rates_ask *ask,
				     struct yf_rates_intervals *out);
