#include "face/rates.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

/*
 * Of N people N are drawn, with repetition; a person drawn w times counts w
 * times in each pair, so that a pair of two people counts as the product.
 * Pairs of a person with their own copy are not made: they would be no
 * impostors.
 */
enum { ROWS = 1 + YF_REPORT_GROUPS_MAX };

/* A pair, in the form that a round walks over. */
struct step {
	uint32_t a, b; /* of people */
	uint8_t group; /* both pictures are of it, or YF_RATES_NO_GROUP */
	uint8_t level; /* how many of the fixed limits it reaches */
};

struct bootstrap {
	const struct yf_rates_sample *sample;
	const struct yf_rates_ask *ask;
	struct step *top, *genuine; /* genuine: by rising score */
	float *genuine_scores;
	double *genuine_below; /* weight of the genuine up to here, a round */
	uint32_t *weights;     /* of people, a round */
	/* [row][person]: pictures with a template; only when cross */
	uint32_t *found;
	double totals[ROWS]; /* weight of all impostors, a round */
	double genuine_totals[ROWS];
	/* [series][round] */
	double *series;
	size_t series_count;
};

/* splitmix64: small, seeded, the same everywhere */
static uint64_t draw(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static void draw_people(struct bootstrap *boot, uint64_t *state)
{
	const size_t people = boot->sample->people;

	memset(boot->weights, 0, people * sizeof(*boot->weights));
	for (size_t i = 0; i < people; i++)
		boot->weights[(draw(state) >> 32) * people >> 32]++;
}

static struct step step_of(const struct yf_rates_sample *sample,
			   const struct yf_rates_ask *ask,
			   const struct yf_rates_pair *pair)
{
	struct step step = { .a = sample->person[pair->a],
			     .b = sample->person[pair->b],
			     .group = YF_RATES_NO_GROUP };

	if (sample->group && sample->group[pair->a] == sample->group[pair->b])
		step.group = sample->group[pair->a];
	while (step.level < ask->limit_count &&
	       (double)pair->score >= ask->limits[step.level])
		step.level++;
	return step;
}

static int by_score(const void *a, const void *b)
{
	const struct yf_rates_pair *x = a, *y = b;

	return (x->score > y->score) - (x->score < y->score);
}

static yf_err prepare(struct yf_arena *arena, struct bootstrap *boot)
{
	const struct yf_rates_sample *sample = boot->sample;
	const size_t genuine = sample->genuine_count;
	struct yf_rates_pair *sorted =
		YF_NEW(arena, struct yf_rates_pair, genuine + 1);

	boot->top = YF_NEW(arena, struct step, sample->top_count + 1);
	boot->genuine = YF_NEW(arena, struct step, genuine + 1);
	boot->genuine_scores = YF_NEW(arena, float, genuine + 1);
	boot->genuine_below = YF_NEW(arena, double, genuine + 1);
	boot->weights = YF_NEW(arena, uint32_t, sample->people);
	boot->found = YF_NEW(arena, uint32_t, ROWS * sample->people);
	boot->series_count =
		boot->ask->target_count + 2 * boot->ask->limit_count * ROWS;
	boot->series =
		YF_NEW(arena, double, boot->series_count * boot->ask->rounds);
	if (!sorted || !boot->top || !boot->genuine || !boot->genuine_scores ||
	    !boot->genuine_below || !boot->weights || !boot->found ||
	    !boot->series)
		return YF_FAIL(MEMORY);
	memcpy(sorted, sample->genuine, genuine * sizeof(*sorted));
	qsort(sorted, genuine, sizeof(*sorted), by_score);
	for (size_t i = 0; i < genuine; i++) {
		boot->genuine[i] = step_of(sample, boot->ask, &sorted[i]);
		boot->genuine_scores[i] = sorted[i].score;
	}
	for (size_t i = 0; i < sample->top_count; i++)
		boot->top[i] = step_of(sample, boot->ask, &sample->top[i]);
	for (size_t i = 0; i < sample->pictures; i++) {
		const uint8_t group =
			sample->group ? sample->group[i] : YF_RATES_NO_GROUP;
		if (!sample->found[i])
			continue;
		boot->found[sample->person[i]]++;
		if (group != YF_RATES_NO_GROUP)
			boot->found[(1u + group) * sample->people +
				    sample->person[i]]++;
	}
	return YF_OK;
}

/* Weight of all pairs of pictures of different people: half of the square of
 * the sum without the squares of each. */
static double cross_total(const struct bootstrap *boot, size_t row)
{
	const size_t people = boot->sample->people;
	const uint32_t *found = boot->found + row * people;
	double sum = 0, squares = 0;

	for (size_t i = 0; i < people; i++) {
		const double weight = (double)boot->weights[i] * found[i];
		sum += weight;
		squares += weight * weight;
	}
	return (sum * sum - squares) / 2;
}

static double weight_of(const struct bootstrap *boot, const struct step *step)
{
	return (double)boot->weights[step->a] * boot->weights[step->b];
}

static void sum_totals(struct bootstrap *boot)
{
	const size_t rows = 1 + boot->sample->groups;

	memset(boot->totals, 0, sizeof(boot->totals));
	if (boot->sample->cross) {
		for (size_t row = 0; row < rows; row++)
			boot->totals[row] = cross_total(boot, row);
		return;
	}
	for (size_t i = 0; i < boot->sample->top_count; i++) {
		const struct step *step = &boot->top[i];
		const double weight = weight_of(boot, step);

		boot->totals[0] += weight;
		if (step->group != YF_RATES_NO_GROUP)
			boot->totals[1 + step->group] += weight;
	}
}

/* One person's pairs count as often as the person was drawn. */
static void walk_genuine(struct bootstrap *boot,
			 double cells[][YF_RATES_POINTS_MAX + 1])
{
	double sum = 0;

	memset(boot->genuine_totals, 0, sizeof(boot->genuine_totals));
	for (size_t i = 0; i < boot->sample->genuine_count; i++) {
		const struct step *step = &boot->genuine[i];
		const double weight = boot->weights[step->a];

		boot->genuine_below[i] = sum += weight;
		cells[0][step->level] += weight;
		if (step->group == YF_RATES_NO_GROUP)
			continue;
		cells[1 + step->group][step->level] += weight;
		boot->genuine_totals[1 + step->group] += weight;
	}
	boot->genuine_totals[0] = sum;
}

/* FNMR at a limit just above `score`. */
static double fnmr_above(const struct bootstrap *boot, float score)
{
	size_t low = 0, high = boot->sample->genuine_count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		if (boot->genuine_scores[middle] <= score)
			low = middle + 1;
		else
			high = middle;
	}
	return boot->genuine_totals[0] > 0 && low
		       ? boot->genuine_below[low - 1] / boot->genuine_totals[0]
		       : 0;
}

/* Sums the impostors by level and row, and on the way finds where the weight
 * that matches exceeds each target, the smallest of which comes last. */
static void walk_top(const struct bootstrap *boot,
		     double cells[][YF_RATES_POINTS_MAX + 1], double *at_target)
{
	const struct yf_rates_sample *sample = boot->sample;
	size_t left = boot->ask->target_count;
	double sum = 0;

	for (size_t i = 0; i < sample->top_count; i++) {
		const struct step *step = &boot->top[i];
		const double weight = weight_of(boot, step);

		if (weight <= 0)
			continue;
		sum += weight;
		cells[0][step->level] += weight;
		if (step->group != YF_RATES_NO_GROUP)
			cells[1 + step->group][step->level] += weight;
		for (; left &&
		       sum > boot->ask->targets[left - 1] * boot->totals[0];
		     left--)
			at_target[left - 1] =
				fnmr_above(boot, sample->top[i].score);
	}
	const float lowest = sample->top_count
				     ? sample->top[sample->top_count - 1].score
				     : -INFINITY;
	for (; left; left--)
		at_target[left - 1] = fnmr_above(boot, lowest);
}

static double *series_at(const struct bootstrap *boot, bool fnmr, size_t limit,
			 size_t row)
{
	const size_t index =
		boot->ask->target_count +
		((fnmr ? boot->ask->limit_count : 0) + limit) * ROWS + row;

	return boot->series + index * boot->ask->rounds;
}

static void keep_round(const struct bootstrap *boot, size_t round,
		       double matches[][YF_RATES_POINTS_MAX + 1],
		       double genuine[][YF_RATES_POINTS_MAX + 1])
{
	const size_t limits = boot->ask->limit_count;

	for (size_t row = 0; row <= boot->sample->groups; row++) {
		double matched = 0, missed = 0;

		for (size_t i = limits; i-- > 0;) {
			matched += matches[row][i + 1];
			series_at(boot, false, i, row)[round] =
				boot->totals[row] > 0
					? matched / boot->totals[row]
					: 0;
		}
		for (size_t i = 0; i < limits; i++) {
			missed += genuine[row][i];
			series_at(boot, true, i, row)[round] =
				boot->genuine_totals[row] > 0
					? missed / boot->genuine_totals[row]
					: 0;
		}
	}
}

static void play(struct bootstrap *boot)
{
	uint64_t state = boot->ask->seed;

	for (size_t round = 0; round < boot->ask->rounds; round++) {
		double matches[ROWS][YF_RATES_POINTS_MAX + 1] = { 0 };
		double genuine[ROWS][YF_RATES_POINTS_MAX + 1] = { 0 };
		double at_target[YF_RATES_POINTS_MAX] = { 0 };

		draw_people(boot, &state);
		sum_totals(boot);
		walk_genuine(boot, genuine);
		walk_top(boot, matches, at_target);
		for (size_t i = 0; i < boot->ask->target_count; i++)
			boot->series[i * boot->ask->rounds + round] =
				at_target[i];
		keep_round(boot, round, matches, genuine);
	}
}

static int by_value(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static struct yf_rates_interval interval_of(double *values, size_t count)
{
	const double last = (double)count - 1;

	qsort(values, count, sizeof(*values), by_value);
	return (struct yf_rates_interval){
		.known = true,
		.low = values[(size_t)floor(0.025 * last)],
		.high = values[(size_t)ceil(0.975 * last)],
	};
}

static void sum_up(struct bootstrap *boot, struct yf_rates_intervals *out)
{
	const struct yf_rates_sample *sample = boot->sample;
	const size_t rounds = boot->ask->rounds;

	for (size_t i = 0; sample->genuine_count && sample->top_count &&
			   i < boot->ask->target_count;
	     i++)
		out->fnmr_at_target[i] =
			interval_of(boot->series + i * rounds, rounds);
	for (size_t i = 0; i < boot->ask->limit_count; i++) {
		const bool seen =
			sample->top_count &&
			(!sample->cross ||
			 boot->ask->limits[i] >=
				 (double)sample->top[sample->top_count - 1]
					 .score);
		for (size_t row = 0; row <= sample->groups; row++) {
			if (seen)
				out->fmr[i][row] = interval_of(
					series_at(boot, false, i, row), rounds);
			if (sample->genuine_count)
				out->fnmr[i][row] = interval_of(
					series_at(boot, true, i, row), rounds);
		}
	}
}

yf_err yf_rates_bootstrap(struct yf_arena *arena,
			  const struct yf_rates_sample *sample,
			  const struct yf_rates_ask *ask,
			  struct yf_rates_intervals *out)
{
	struct bootstrap boot = { .sample = sample, .ask = ask };

	assert(ask->rounds > 0 && ask->target_count <= YF_RATES_POINTS_MAX &&
	       ask->limit_count <= YF_RATES_POINTS_MAX &&
	       sample->groups <= YF_REPORT_GROUPS_MAX);
	memset(out, 0, sizeof(*out));
	if (sample->people < 2)
		return YF_OK;
	YF_TRY(prepare(arena, &boot));
	play(&boot);
	sum_up(&boot, out);
	return YF_OK;
}
