#include "face/rates.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

/* --- sorting --- */

enum { RADIX = 256, SMALL = 32 };

/* The order of the bits of a float, made that of its value. */
static uint32_t key_of(float score)
{
	uint32_t bits;

	memcpy(&bits, &score, sizeof(bits));
	return bits & 0x80000000u ? ~bits : bits | 0x80000000u;
}

static void sort_small(float *scores, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		const float score = scores[i];
		size_t at = i;

		for (; at > 0 && scores[at - 1] > score; at--)
			scores[at] = scores[at - 1];
		scores[at] = score;
	}
}

/* Radix exchange in place, from the highest byte: 10^8 scores need no second
 * array and no comparisons. */
static void sort_byte(float *scores, size_t count, unsigned shift)
{
	size_t ends[RADIX] = { 0 }, next[RADIX], from = 0;

	if (count <= SMALL) {
		sort_small(scores, count);
		return;
	}
	for (size_t i = 0; i < count; i++)
		ends[key_of(scores[i]) >> shift & 255]++;
	for (size_t i = 0; i < RADIX; i++) {
		next[i] = from;
		from += ends[i];
		ends[i] = from;
	}
	for (size_t i = 0; i < RADIX; i++) {
		while (next[i] < ends[i]) {
			const float score = scores[next[i]];
			const size_t home = key_of(score) >> shift & 255;
			const size_t to = next[home]++;

			scores[home == i ? to : next[i]] = scores[to];
			scores[to] = score;
		}
	}
	from = 0;
	for (size_t i = 0; shift && i < RADIX; i++) {
		sort_byte(scores + from, ends[i] - from, shift - 8);
		from = ends[i];
	}
}

void yf_rates_sort(float *scores, size_t count)
{
	sort_byte(scores, count, 24);
}

/* --- shares and limits --- */

size_t yf_rates_from(struct yf_rates_scores scores, double limit)
{
	size_t low = 0, high = scores.count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		if ((double)scores.at[middle] < limit)
			low = middle + 1;
		else
			high = middle;
	}
	return scores.count - low;
}

uint64_t yf_rates_needed(double fmr)
{
	return (uint64_t)ceil(YF_REPORT_IMPOSTORS_OVER_FMR / fmr - 1e-6);
}

/* Just above a score: as a double, which every float is. */
static double above(float score)
{
	return (double)nextafterf(score, INFINITY);
}

bool yf_rates_limit(struct yf_rates_scores impostors, double fmr, double *out)
{
	if (impostors.count < yf_rates_needed(fmr))
		return false;
	const size_t most = (size_t)(fmr * (double)impostors.count + 1e-9);
	if (most >= impostors.count)
		*out = (double)impostors.at[0];
	else
		*out = above(impostors.at[impostors.count - 1 - most]);
	return true;
}

/* P(X <= errors) of a Poisson distribution. */
static double poisson_cdf(uint64_t errors, double mean)
{
	double sum = 0;

	for (uint64_t i = 0; i <= errors; i++)
		sum += exp((double)i * log(mean) - mean -
			   lgamma((double)i + 1));
	return sum;
}

/* The mean at which P(X <= errors) is `share`; Wilson and Hilferty's
 * approximation of the chi-square quantile where the sum gets long. */
static double poisson_mean(uint64_t errors, double share, double z)
{
	const double k = (double)errors + 1;
	double low = 1e-9, high = 3 * k + 20;

	if (errors > 200)
		return k * pow(1 - 1 / (9 * k) + z / (3 * sqrt(k)), 3);
	for (int i = 0; i < 80; i++) {
		const double middle = (low + high) / 2;
		if (poisson_cdf(errors, middle) > share)
			low = middle;
		else
			high = middle;
	}
	return (low + high) / 2;
}

#define Z95 1.6448536269514722 /* 95 % of the normal distribution, one side */

double yf_rates_at_most(uint64_t errors, uint64_t trials)
{
	if (errors >= trials)
		return 1;
	return fmin(1, poisson_mean(errors, 0.05, Z95) / (double)trials);
}

double yf_rates_at_least(uint64_t errors, uint64_t trials)
{
	if (!errors || !trials)
		return 0;
	return fmin(1, poisson_mean(errors - 1, 0.95, -Z95) / (double)trials);
}

struct yf_rate yf_rates_share(uint64_t errors, uint64_t trials)
{
	struct yf_rate rate = { .errors = errors,
				.trials = trials,
				.at_most = yf_rates_at_most(errors, trials),
				.known = trials > 0 };
	if (rate.known)
		rate.value = (double)errors / (double)trials;
	return rate;
}

struct yf_rate yf_rates_fmr(uint64_t errors, uint64_t trials, double target)
{
	struct yf_rate rate = yf_rates_share(errors, trials);

	rate.known = errors >= YF_REPORT_IMPOSTORS_OVER_FMR ||
		     (target > 0 && trials >= yf_rates_needed(target));
	if (!rate.known)
		rate.value = 0;
	return rate;
}

yf_claim yf_rates_verdict(uint64_t errors, uint64_t trials, double fmr)
{
	if (yf_rates_at_least(errors, trials) > fmr)
		return YF_CLAIM_FAILS;
	return trials < yf_rates_needed(fmr) ? YF_CLAIM_CANNOT_TELL
					     : YF_CLAIM_HOLDS;
}

static double fnmr_below(struct yf_rates_scores genuine, double limit)
{
	return 1 -
	       (double)yf_rates_from(genuine, limit) / (double)genuine.count;
}

/* For each FMR the lowest limit that gives it has the smallest FNMR, and it
 * lies just above an impostor's score; along these FMR falls and FNMR grows. */
bool yf_rates_eer(struct yf_rates_scores impostors,
		  struct yf_rates_scores genuine, double *out)
{
	size_t low = 0, high = impostors.count;
	const double n = (double)impostors.count;

	if (!impostors.count || !genuine.count)
		return false;
	/* the first limit above score `low` whose FNMR reaches its FMR */
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		const double fnmr =
			fnmr_below(genuine, above(impostors.at[middle]));
		if (fnmr < (n - 1 - (double)middle) / n)
			low = middle + 1;
		else
			high = middle;
	}
	const double before = low ? (n - (double)low) / n : 1;
	const double after =
		low < impostors.count
			? fnmr_below(genuine, above(impostors.at[low]))
			: 1;
	*out = fmin(before, after);
	return true;
}

/* --- folds --- */

static int by_score(const void *a, const void *b)
{
	const struct yf_rates_trial *x = a, *y = b;

	return (x->score > y->score) - (x->score < y->score);
}

/* Halfway to the next score outside `without`, which favours neither kind of
 * error and does not look at what it is to judge. */
static double between(const struct yf_rates_trial *trials, size_t at,
		      size_t count, uint32_t without)
{
	const double score = (double)trials[at].score;
	size_t next = at + 1;

	while (next < count && trials[next].fold == without)
		next++;
	if (next == count || isinf(score))
		return above(trials[at].score);
	return score + ((double)trials[next].score - score) / 2;
}

/* The best limit over the trials outside `without`; trials are sorted. */
static double best_limit(const struct yf_rates_trial *trials, size_t count,
			 uint32_t without)
{
	/* Beside those when all match; a limit above a trial turns it.  What
	 * has no template (-INFINITY) never matches. */
	int64_t right = 0, most = 0;
	double best = above(-INFINITY);

	for (size_t i = 0; i < count; i++) {
		if (trials[i].fold != without)
			right += trials[i].same ? -1 : 1;
		if (i + 1 < count && trials[i + 1].score <= trials[i].score)
			continue;
		if (right > most || isinf(trials[i].score)) {
			most = right;
			best = between(trials, i, count, without);
		}
	}
	return best;
}

static double share_right(const struct yf_rates_trial *trials, size_t count,
			  uint32_t fold, uint32_t folds, double limit,
			  size_t *judged)
{
	size_t right = 0, all = 0;

	for (size_t i = 0; i < count; i++) {
		if (folds > 1 && trials[i].fold != fold)
			continue;
		all++;
		right += trials[i].same == ((double)trials[i].score >= limit);
	}
	*judged = all;
	return all ? (double)right / (double)all : 0;
}

struct yf_rates_accuracy yf_rates_folds(struct yf_rates_trial *trials,
					size_t count, uint32_t folds)
{
	double sum = 0, squares = 0, used = 0;

	qsort(trials, count, sizeof(*trials), by_score);
	for (uint32_t fold = 0; fold < folds; fold++) {
		const double limit = best_limit(trials, count,
						folds > 1 ? fold : UINT32_MAX);
		size_t judged;
		const double share =
			share_right(trials, count, fold, folds, limit, &judged);
		if (!judged)
			continue;
		used++;
		sum += share;
		squares += share * share;
	}
	struct yf_rates_accuracy out = { .mean = used > 0 ? sum / used : 0 };
	if (used > 1) {
		const double variance =
			(squares - sum * sum / used) / (used - 1);
		out.error = sqrt(fmax(0, variance) / used);
	}
	return out;
}
