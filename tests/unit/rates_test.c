#include "face/rates.h"

#include "../support/expect.h"

#include <math.h>
#include <stdlib.h>

enum { ARENA_LEN = 64 * 1024 * 1024 };

static void about(double got, double want, double within)
{
	if (!(fabs(got - want) <= within))
		fail_msg("%.12g is not %.12g", got, want);
}

static struct yf_rates_scores scores_of(const float *at, size_t count)
{
	return (struct yf_rates_scores){ at, count };
}

/* The same numbers in every run. */
static double random_share(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (double)(*state >> 33) / 2147483648.0;
}

static float random_score(uint64_t *state, double middle)
{
	double sum = 0;

	for (int i = 0; i < 6; i++)
		sum += random_share(state);
	return (float)(sum - 3 + middle);
}

/* --- sorting --- */

static void sorted_as_by_comparison(void **state)
{
	static const size_t counts[] = { 0, 1, 2, 31, 33, 5000, 70000 };
	uint64_t seed = 1;

	(void)state;
	for (size_t c = 0; c < YF_COUNT(counts); c++) {
		const size_t count = counts[c];
		float *at = malloc((count + 1) * sizeof(*at));
		double before = 0, after = 0;

		assert_non_null(at);
		for (size_t i = 0; i < count; i++) {
			at[i] = i % 7 == 3   ? -INFINITY
				: i % 5 == 0 ? (float)(i % 11)
					     : random_score(&seed, 0);
			before += isinf(at[i]) ? 1e6 : (double)at[i];
		}
		yf_rates_sort(at, count);
		for (size_t i = 0; i < count; i++) {
			assert_true(i == 0 || at[i - 1] <= at[i]);
			after += isinf(at[i]) ? 1e6 : (double)at[i];
		}
		about(after, before, 1e-6 * fabs(before) + 1e-3);
		free(at);
	}
}

/* --- limits --- */

static void a_limit_lets_no_more_match_than_asked(void **state)
{
	float at[3000];
	uint64_t seed = 7;
	double limit = 0;

	(void)state;
	for (size_t i = 0; i < YF_COUNT(at); i++)
		at[i] = (float)(i / 10); /* ten alike */
	const struct yf_rates_scores all = scores_of(at, YF_COUNT(at));

	/* 1 % of 3000 is 30: the limit is above the 31st from the top, and
	 * of its ten alike none matches */
	assert_true(yf_rates_limit(all, 0.01, &limit));
	assert_int_equal(yf_rates_from(all, limit), 30);
	about(limit, 296, 0.001);
	assert_true(yf_rates_limit(all, 0.0117, &limit));
	assert_int_equal(yf_rates_from(all, limit), 30);
	assert_true(yf_rates_limit(all, 1, &limit));
	assert_int_equal(yf_rates_from(all, limit), 3000);
	/* 30 / FMR */
	assert_false(yf_rates_limit(all, 0.0099, &limit));
	assert_false(yf_rates_limit(scores_of(at, 2999), 0.01, &limit));
	assert_int_equal(yf_rates_needed(0.01), 3000);
	assert_int_equal(yf_rates_needed(1e-5), 3000000);

	for (size_t i = 0; i < YF_COUNT(at); i++)
		at[i] = random_score(&seed, 0);
	yf_rates_sort(at, YF_COUNT(at));
	double last = -INFINITY;
	for (double fmr = 0.9; fmr >= 0.01; fmr *= 0.9) {
		assert_true(yf_rates_limit(all, fmr, &limit));
		const double share = (double)yf_rates_from(all, limit) / 3000;
		assert_true(share <= fmr && share > fmr - 1.0 / 1500);
		assert_true(limit >= last);
		last = limit;
	}
}

/* --- bounds: values of the tables of the Poisson distribution --- */

static const struct {
	uint64_t errors, trials;
	double at_least, at_most, within;
} bounds[] = {
	{ 0, 1000, 0, 0.0029957, 1e-6 },
	{ 1, 1000, 0.0000512933, 0.0047439, 1e-6 },
	{ 3, 1000, 0.000817691, 0.0077537, 1e-6 },
	{ 10, 1000, 0.0054254, 0.016962, 1e-6 },
	{ 100, 100000, 0.00084138, 0.00118079, 1e-6 },
	{ 400, 400000, 0.00091906, 0.00108613, 3e-6 },
	{ 5, 5, 0.3940, 1, 1e-3 },
	{ 0, 2, 0, 1, 0 },
};

static void bounds_are_those_of_the_tables(void **state)
{
	(void)state;
	for (size_t i = 0; i < YF_COUNT(bounds); i++) {
		about(yf_rates_at_least(bounds[i].errors, bounds[i].trials),
		      bounds[i].at_least, bounds[i].within);
		about(yf_rates_at_most(bounds[i].errors, bounds[i].trials),
		      bounds[i].at_most, bounds[i].within);
	}
	about(yf_rates_at_most(0, 0), 1, 0);
	/* no step where the sum gives way to the approximation */
	about(yf_rates_at_most(201, 100000) / yf_rates_at_most(200, 100000),
	      1.0047, 0.0005);
}

static void an_fmr_is_stated_only_when_it_is_carried(void **state)
{
	(void)state;
	assert_false(yf_rates_fmr(0, 2999, 0.01).known);
	assert_true(yf_rates_fmr(0, 3000, 0.01).known);
	assert_true(yf_rates_fmr(30, 100, 1e-4).known);
	assert_false(yf_rates_fmr(29, 100, 1e-4).known);
	assert_false(yf_rates_fmr(29, 100000000, 0).known);
	about(yf_rates_fmr(29, 100, 1e-4).value, 0, 0);
	about(yf_rates_fmr(157, 4095, 1e-4).value, 157.0 / 4095, 1e-12);
	assert_false(yf_rates_share(0, 0).known);
}

static void verdicts(void **state)
{
	(void)state;
	assert_int_equal(yf_rates_verdict(100, 1000000, 1e-4), YF_CLAIM_HOLDS);
	assert_int_equal(yf_rates_verdict(110, 1000000, 1e-4), YF_CLAIM_HOLDS);
	assert_int_equal(yf_rates_verdict(200, 1000000, 1e-4), YF_CLAIM_FAILS);
	assert_int_equal(yf_rates_verdict(0, 1000, 1e-4), YF_CLAIM_CANNOT_TELL);
	assert_int_equal(yf_rates_verdict(9, 1000, 1e-4), YF_CLAIM_FAILS);
}

/* --- EER --- */

static void eer_of_small_cases(void **state)
{
	const float low[] = { 0, 1, 2, 3 }, high[] = { 4, 5, 6, 7 };
	const float mixed[] = { 2.5f, 4, 5, 6 };
	const float lost[] = { -INFINITY, 4, 5, 6 };
	double eer = 9;

	(void)state;
	assert_true(yf_rates_eer(scores_of(low, 4), scores_of(high, 4), &eer));
	about(eer, 0, 0);
	/* between 2 and 2.5: one impostor matches, no genuine is lost; above
	 * 3: none matches, one is lost: 1/4 either way */
	assert_true(yf_rates_eer(scores_of(low, 4), scores_of(mixed, 4), &eer));
	about(eer, 0.25, 1e-12);
	assert_true(yf_rates_eer(scores_of(low, 4), scores_of(lost, 4), &eer));
	about(eer, 0.25, 1e-12);
	assert_true(yf_rates_eer(scores_of(high, 4), scores_of(low, 4), &eer));
	about(eer, 1, 0);
	assert_false(yf_rates_eer(scores_of(low, 0), scores_of(low, 4), &eer));
	assert_false(yf_rates_eer(scores_of(low, 4), scores_of(low, 0), &eer));
}

/* --- folds --- */

static void folds_of_a_case_worked_out_by_hand(void **state)
{
	/* Fold 0 is best parted between 1 and 2, at 1.5; fold 1 between 2.2
	 * and 3, at 2.6. */
	struct yf_rates_trial trials[] = {
		{ 2.0f, true, 0 },  { 1.0f, false, 0 }, { 2.1f, true, 0 },
		{ 0.5f, false, 0 }, { 2.2f, false, 1 }, { 3.0f, true, 1 },
		{ 1.5f, false, 1 }, { 3.5f, true, 1 },
	};
	struct yf_rates_accuracy got = yf_rates_folds(trials, 8, 2);

	(void)state;
	/* fold 0 at 2.6: both genuine are lost; fold 1 at 1.5: both impostors
	 * match */
	about(got.mean, 0.5, 1e-12);
	about(got.error, 0, 1e-12);
	/* one limit for all, between 1.5 and 2: only 2.2 is wrong */
	got = yf_rates_folds(trials, 8, 1);
	about(got.mean, 7.0 / 8, 1e-12);
	about(got.error, 0, 0);
}

static void a_failure_is_a_non_match_in_every_fold(void **state)
{
	struct yf_rates_trial trials[] = {
		{ -INFINITY, true, 0 },
		{ 5, true, 0 },
		{ -INFINITY, true, 0 },
		{ -INFINITY, true, 0 },
	};

	(void)state;
	about(yf_rates_folds(trials, 4, 1).mean, 0.25, 1e-12);
	about(yf_rates_folds(trials, 0, 1).mean, 0, 0);
}

/* --- the bootstrap --- */

enum { PEOPLE = 60, PICTURES = 120, ALL = PICTURES * (PICTURES - 2) / 2 };

struct crowd {
	uint32_t person[PICTURES];
	uint8_t group[PICTURES];
	bool found[PICTURES];
	struct yf_rates_pair top[ALL], genuine[PEOPLE];
	struct yf_rates_sample sample;
};

static int falling(const void *a, const void *b)
{
	const struct yf_rates_pair *x = a, *y = b;

	return (x->score < y->score) - (x->score > y->score);
}

static struct crowd *crowd_new(void)
{
	struct crowd *crowd = calloc(1, sizeof(*crowd));
	uint64_t seed = 3;
	size_t count = 0;

	assert_non_null(crowd);
	for (uint32_t i = 0; i < PICTURES; i++) {
		crowd->person[i] = i / 2;
		crowd->group[i] = i < 40 ? 0 : i < 90 ? 1 : YF_RATES_NO_GROUP;
		crowd->found[i] = true;
		for (uint32_t j = 0; j < i; j++)
			if (crowd->person[j] != i / 2)
				crowd->top[count++] = (struct yf_rates_pair){
					random_score(&seed, 0), j, i
				};
	}
	assert_int_equal(count, ALL);
	qsort(crowd->top, ALL, sizeof(crowd->top[0]), falling);
	for (uint32_t i = 0; i < PEOPLE; i++)
		crowd->genuine[i] =
			(struct yf_rates_pair){ i ? random_score(&seed, 1.5)
						  : -INFINITY,
						2 * i, 2 * i + 1 };
	crowd->sample = (struct yf_rates_sample){
		.person = crowd->person,
		.group = crowd->group,
		.found = crowd->found,
		.pictures = PICTURES,
		.people = PEOPLE,
		.groups = 2,
		.genuine = crowd->genuine,
		.genuine_count = PEOPLE,
		.top = crowd->top,
		.top_count = ALL,
	};
	return crowd;
}

static const struct yf_rates_ask ask = { .targets = { 0.1, 0.01 },
					 .target_count = 2,
					 .limits = { 0, 1 },
					 .limit_count = 2,
					 .rounds = 400,
					 .seed = 42 };

static struct yf_rates_intervals *play(const struct yf_rates_sample *sample,
				       const struct yf_rates_ask *wanted)
{
	YF_AUTO(arena) arena = yf_arena_new(ARENA_LEN);
	struct yf_rates_intervals *out = calloc(1, sizeof(*out));

	assert_non_null(out);
	OK(yf_rates_bootstrap(arena, sample, wanted, out));
	return out;
}

static void alike(const struct yf_rates_interval *a,
		  const struct yf_rates_interval *b, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(a[i].known, b[i].known);
		about(a[i].low, b[i].low, 0);
		about(a[i].high, b[i].high, 0);
	}
}

static void all_alike(const struct yf_rates_intervals *a,
		      const struct yf_rates_intervals *b)
{
	const size_t rows = 1 + YF_REPORT_GROUPS_MAX;

	alike(a->fnmr_at_target, b->fnmr_at_target, YF_RATES_POINTS_MAX);
	alike(a->fmr[0], b->fmr[0], YF_RATES_POINTS_MAX * rows);
	alike(a->fnmr[0], b->fnmr[0], YF_RATES_POINTS_MAX * rows);
}

static double share_from(const struct yf_rates_pair *pairs, size_t count,
			 double limit)
{
	size_t matching = 0;

	for (size_t i = 0; i < count; i++)
		matching += (double)pairs[i].score >= limit;
	return (double)matching / (double)count;
}

static void intervals_hold_the_value_and_are_the_same_again(void **state)
{
	struct crowd *crowd = crowd_new();
	struct yf_rates_intervals *first = play(&crowd->sample, &ask);
	struct yf_rates_intervals *again = play(&crowd->sample, &ask);

	(void)state;
	all_alike(first, again);
	for (size_t i = 0; i < ask.limit_count; i++) {
		const double limit = ask.limits[i];
		const double fmr = share_from(crowd->top, ALL, limit);
		const double fnmr =
			1 - share_from(crowd->genuine, PEOPLE, limit);

		assert_true(first->fmr[i][0].known);
		assert_true(first->fmr[i][0].low < fmr &&
			    fmr < first->fmr[i][0].high);
		assert_true(first->fnmr[i][0].low < fnmr &&
			    fnmr < first->fnmr[i][0].high);
		for (size_t row = 0; row <= 2; row++)
			assert_true(first->fmr[i][row].low >= 0 &&
				    first->fnmr[i][row].high <= 1);
		/* fewer people in a group: a wider interval */
		assert_true(first->fmr[i][1].high - first->fmr[i][1].low >
			    first->fmr[i][0].high - first->fmr[i][0].low);
	}
	assert_true(first->fnmr_at_target[0].high <=
		    first->fnmr_at_target[1].high);
	free(again);
	free(first);
	free(crowd);
}

/* Only the highest pairs and the counts, or all pairs: the same intervals
 * where the highest reach. */
static void the_highest_pairs_are_enough(void **state)
{
	struct crowd *crowd = crowd_new();
	struct yf_rates_intervals *all = play(&crowd->sample, &ask);

	(void)state;
	crowd->sample.cross = true;
	crowd->sample.top_count = ALL / 3;
	const double lowest =
		(double)crowd->top[crowd->sample.top_count - 1].score;
	assert_true(lowest > 0 && lowest < 1);
	struct yf_rates_intervals *some = play(&crowd->sample, &ask);
	for (size_t row = 0; row <= 2; row++) {
		assert_false(some->fmr[0][row].known);
		about(some->fmr[1][row].low, all->fmr[1][row].low, 1e-12);
		about(some->fmr[1][row].high, all->fmr[1][row].high, 1e-12);
	}
	for (size_t i = 0; i < 2; i++)
		about(some->fnmr_at_target[i].high, all->fnmr_at_target[i].high,
		      1e-12);
	free(some);
	free(all);
	free(crowd);
}

static void order_of_pairs_is_of_no_account(void **state)
{
	struct crowd *crowd = crowd_new();
	struct yf_rates_intervals *first = play(&crowd->sample, &ask);

	(void)state;
	for (size_t i = 0; i < PEOPLE / 2; i++) {
		const struct yf_rates_pair kept = crowd->genuine[i];
		crowd->genuine[i] = crowd->genuine[PEOPLE - 1 - i];
		crowd->genuine[PEOPLE - 1 - i] = kept;
	}
	struct yf_rates_intervals *turned = play(&crowd->sample, &ask);
	all_alike(first, turned);
	free(turned);
	free(first);
	free(crowd);
}

static void what_has_no_trials_has_no_interval(void **state)
{
	struct crowd *crowd = crowd_new();

	(void)state;
	crowd->sample.genuine_count = 0;
	struct yf_rates_intervals *none = play(&crowd->sample, &ask);
	assert_false(none->fnmr[0][0].known);
	assert_false(none->fnmr_at_target[0].known);
	assert_true(none->fmr[0][0].known);
	free(none);
	crowd->sample.people = 1;
	none = play(&crowd->sample, &ask);
	assert_false(none->fmr[0][0].known);
	free(none);
	free(crowd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sorted_as_by_comparison),
		cmocka_unit_test(a_limit_lets_no_more_match_than_asked),
		cmocka_unit_test(bounds_are_those_of_the_tables),
		cmocka_unit_test(an_fmr_is_stated_only_when_it_is_carried),
		cmocka_unit_test(verdicts),
		cmocka_unit_test(eer_of_small_cases),
		cmocka_unit_test(folds_of_a_case_worked_out_by_hand),
		cmocka_unit_test(a_failure_is_a_non_match_in_every_fold),
		cmocka_unit_test(
			intervals_hold_the_value_and_are_the_same_again),
		cmocka_unit_test(the_highest_pairs_are_enough),
		cmocka_unit_test(order_of_pairs_is_of_no_account),
		cmocka_unit_test(what_has_no_trials_has_no_interval),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
