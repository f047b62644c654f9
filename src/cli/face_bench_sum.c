#include "cli/face_bench.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

/* FMR aimed at; those with too few impostors fall away. */
static const double targets[] = { 1e-2, 3e-3, 1e-3, 3e-4, 1e-4,
				  3e-5, 1e-5, 3e-6, 1e-6 };

/* How many of the highest impostors the bootstrap walks over: at least all
 * that could match at the first target when people are drawn again. */
enum { TOP_MIN = 1000000, TOP_SHARE = 30, PROBES = 100000 };

#define SEED 20260101u

struct sum {
	struct yf_arena *arena;
	const struct yf_bench_list *list;
	struct yf_bench_scores *scores;
	struct yf_bench_sums *sums;
	struct yf_face_report *report;
	struct yf_report_limit *limits;
	struct yf_rate *group_fmr[YF_COUNT(targets)];
	struct yf_rate *group_fnmr[YF_COUNT(targets)];
	struct yf_report_claim *claims;
	struct yf_rates_sample sample;
	struct yf_rates_pair *genuine, *top;
};

static uint8_t group_of(const struct yf_bench_list *list, uint32_t a,
			uint32_t b)
{
	const uint8_t group = list->pictures[a].group;

	return group == list->pictures[b].group ? group : YF_RATES_NO_GROUP;
}

static int falling(const void *a, const void *b)
{
	const struct yf_rates_pair *x = a, *y = b;

	return (x->score < y->score) - (x->score > y->score);
}

/* --- the sample that the bootstrap draws from --- */

static yf_err note_pictures(struct sum *sum)
{
	const struct yf_bench_list *list = sum->list;
	const size_t count = list->picture_count;
	uint32_t *person = YF_NEW(sum->arena, uint32_t, count);
	uint8_t *group = YF_NEW(sum->arena, uint8_t, count);
	bool *found = YF_NEW(sum->arena, bool, count);

	if (!person || !group || !found)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < count; i++) {
		person[i] = list->pictures[i].person;
		group[i] = list->pictures[i].group;
		found[i] = list->pictures[i].template != NULL;
	}
	sum->sample.person = person;
	sum->sample.group = group;
	sum->sample.found = found;
	sum->sample.pictures = count;
	sum->sample.people = list->people;
	sum->sample.groups = list->group_count;
	return YF_OK;
}

static yf_err note_trials(struct sum *sum)
{
	const struct yf_bench_list *list = sum->list;
	const bool cross = sum->scores->cross;
	size_t genuine = 0, top = 0;

	sum->genuine =
		YF_NEW(sum->arena, struct yf_rates_pair, list->trial_count);
	if (!cross)
		sum->top = YF_NEW(sum->arena, struct yf_rates_pair,
				  list->trial_count);
	if (!sum->genuine || (!cross && !sum->top))
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < list->trial_count; i++) {
		const struct yf_bench_trial *trial = &list->trials[i];
		const struct yf_rates_pair pair = { trial->score.score,
						    trial->a, trial->b };
		if (trial->same)
			sum->genuine[genuine++] = pair;
		else if (!cross && isfinite(pair.score))
			sum->top[top++] = pair;
	}
	sum->sample.genuine_count = genuine;
	if (!cross)
		sum->sample.top_count = top;
	return YF_OK;
}

/* A score that about `wanted` of the cross pairs reach, seen from a sample of
 * them: it need not be exact, because all above it are taken. */
static float cut_for(const struct yf_bench_scores *scores, size_t wanted)
{
	static const float all = -INFINITY;
	const size_t count = scores->cross_count;
	const size_t step = count / PROBES + 1, probes = count / step;
	float *sample;

	if (wanted >= count)
		return all;
	sample = malloc((probes + 1) * sizeof(*sample));
	if (!sample)
		return all;
	for (size_t i = 0; i < probes; i++)
		sample[i] = scores->cross[i * step];
	yf_rates_sort(sample, probes);
	const size_t above =
		(size_t)((double)wanted / (double)count * (double)probes);
	const float cut = sample[probes - 1 - above];
	free(sample);
	return cut;
}

static yf_err note_top(struct sum *sum)
{
	const struct yf_bench_scores *scores = sum->scores;
	const size_t share = scores->cross_count / TOP_SHARE;
	const float cut = cut_for(scores, share > TOP_MIN ? share : TOP_MIN);
	struct yf_bench_cursor at = { 0 };
	size_t count = 0, next = 0;

	for (size_t i = 0; i < scores->cross_count; i++)
		count += scores->cross[i] >= cut;
	sum->top = YF_NEW(sum->arena, struct yf_rates_pair, count + 1);
	if (!sum->top)
		return YF_FAIL(MEMORY);
	count = 0;
	while (yf_bench_next_pair(sum->list, &at)) {
		const float score = scores->cross[next++];
		if (score >= cut)
			sum->top[count++] =
				(struct yf_rates_pair){ score, at.a, at.b };
	}
	sum->sample.cross = true;
	sum->sample.top_count = count;
	return YF_OK;
}

/* --- sorted scores of all and of each group --- */

static yf_err sort_pairs(struct sum *sum, const struct yf_rates_pair *pairs,
			 size_t count, size_t row, struct yf_rates_scores *out)
{
	float *at = YF_NEW(sum->arena, float, count + 1);
	size_t kept = 0;

	if (!at)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < count; i++)
		if (!row ||
		    group_of(sum->list, pairs[i].a, pairs[i].b) == row - 1)
			at[kept++] = pairs[i].score;
	yf_rates_sort(at, kept);
	*out = (struct yf_rates_scores){ at, kept };
	return YF_OK;
}

static yf_err sort_cross_groups(struct sum *sum)
{
	const struct yf_bench_list *list = sum->list;
	size_t counts[YF_REPORT_GROUPS_MAX] = { 0 }, next = 0;
	float *at[YF_REPORT_GROUPS_MAX] = { NULL };
	struct yf_bench_cursor cursor = { 0 };

	while (yf_bench_next_pair(list, &cursor)) {
		const uint8_t group = group_of(list, cursor.a, cursor.b);
		if (group != YF_RATES_NO_GROUP)
			counts[group]++;
	}
	for (size_t i = 0; i < list->group_count; i++) {
		at[i] = YF_NEW(sum->arena, float, counts[i] + 1);
		if (!at[i])
			return YF_FAIL(MEMORY);
		counts[i] = 0;
	}
	cursor = (struct yf_bench_cursor){ 0 };
	while (yf_bench_next_pair(list, &cursor)) {
		const float score = sum->scores->cross[next++];
		const uint8_t group = group_of(list, cursor.a, cursor.b);
		if (group != YF_RATES_NO_GROUP)
			at[group][counts[group]++] = score;
	}
	for (size_t i = 0; i < list->group_count; i++) {
		yf_rates_sort(at[i], counts[i]);
		sum->sums->impostors[1 + i] =
			(struct yf_rates_scores){ at[i], counts[i] };
	}
	return YF_OK;
}

static yf_err sort_all(struct sum *sum)
{
	struct yf_bench_sums *sums = sum->sums;
	const struct yf_rates_sample *sample = &sum->sample;
	const size_t rows = 1 + sum->list->group_count;

	for (size_t row = 0; row < rows; row++)
		YF_TRY(sort_pairs(sum, sum->genuine, sample->genuine_count, row,
				  &sums->genuine[row]));
	if (!sum->scores->cross) {
		qsort(sum->top, sample->top_count, sizeof(*sum->top), falling);
		for (size_t row = 0; row < rows; row++)
			YF_TRY(sort_pairs(sum, sum->top, sample->top_count, row,
					  &sums->impostors[row]));
		return YF_OK;
	}
	YF_TRY(note_top(sum));
	qsort(sum->top, sum->sample.top_count, sizeof(*sum->top), falling);
	if (sum->list->group_count)
		YF_TRY(sort_cross_groups(sum));
	yf_rates_sort(sum->scores->cross, sum->scores->cross_count);
	sums->impostors[0] =
		(struct yf_rates_scores){ sum->scores->cross,
					  sum->scores->cross_count };
	return YF_OK;
}

/* --- figures --- */

static void count_people(struct sum *sum, size_t row, uint32_t *people,
			 uint32_t *pictures, uint8_t *seen)
{
	const struct yf_bench_list *list = sum->list;

	*people = *pictures = 0;
	memset(seen, 0, list->people);
	for (size_t i = 0; i < list->picture_count; i++) {
		const struct yf_bench_picture *picture = &list->pictures[i];
		if (row && (picture->group != row - 1 || !picture->template))
			continue;
		++*pictures;
		*people += !seen[picture->person];
		seen[picture->person] = 1;
	}
}

static yf_err sum_counts(struct sum *sum)
{
	const struct yf_bench_list *list = sum->list;
	struct yf_face_report *report = sum->report;
	struct yf_report_group *groups = YF_NEW(
		sum->arena, struct yf_report_group, list->group_count + 1);
	uint8_t *seen = YF_NEW(sum->arena, uint8_t, list->people + 1);

	if (!groups || !seen)
		return YF_FAIL(MEMORY);
	count_people(sum, 0, &report->people, &report->pictures, seen);
	report->genuine = sum->sums->genuine[0].count;
	report->impostors = sum->sums->impostors[0].count;
	report->genuine_failed =
		report->genuine -
		yf_rates_from(sum->sums->genuine[0], -(double)FLT_MAX);
	for (size_t i = 0; i < list->group_count; i++) {
		groups[i].name = list->groups[i];
		groups[i].genuine = sum->sums->genuine[1 + i].count;
		groups[i].impostors = sum->sums->impostors[1 + i].count;
		count_people(sum, 1 + i, &groups[i].people, &groups[i].pictures,
			     seen);
	}
	report->groups = groups;
	report->group_count = list->group_count;
	return YF_OK;
}

static yf_err sum_failures(struct sum *sum)
{
	static const char *const words[] = {
		[YF_BENCH_FOUND] = NULL,
		[YF_BENCH_NO_FACE] = "none",
		[YF_BENCH_MANY_FACES] = "many",
		[YF_BENCH_UNUSABLE] = "unusable",
		[YF_BENCH_UNREADABLE] = "unreadable",
		[YF_BENCH_CRASHED] = "worker_stopped",
		[YF_BENCH_TIMED_OUT] = "timeout",
	};
	const struct yf_bench_list *list = sum->list;
	uint64_t counts[YF_BENCH_OUTCOMES] = { 0 };
	struct yf_report_reason *reasons =
		YF_NEW(sum->arena, struct yf_report_reason, YF_BENCH_OUTCOMES);

	if (!reasons)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < list->picture_count; i++)
		counts[list->pictures[i].outcome]++;
	for (size_t i = 1; i < YF_BENCH_OUTCOMES; i++)
		reasons[i - 1] = (struct yf_report_reason){ yf_str_of(words[i]),
							    counts[i] };
	sum->report->reasons = reasons;
	sum->report->reason_count = YF_BENCH_OUTCOMES - 1;
	sum->report->failure_to_extract =
		yf_rates_share(list->picture_count - counts[YF_BENCH_FOUND],
			       list->picture_count);
	return YF_OK;
}

static yf_err sum_accuracy(struct sum *sum)
{
	const struct yf_bench_list *list = sum->list;
	struct yf_face_report *report = sum->report;
	struct yf_rates_trial *trials =
		YF_NEW(sum->arena, struct yf_rates_trial, list->trial_count);
	size_t impostors = 0;

	if (!trials)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < list->trial_count; i++) {
		trials[i] =
			(struct yf_rates_trial){ list->trials[i].score.score,
						 list->trials[i].same,
						 list->trials[i].fold };
		impostors += !list->trials[i].same;
	}
	report->has_eer = yf_rates_eer(sum->sums->impostors[0],
				       sum->sums->genuine[0], &report->eer);
	/* of one kind of pairs, saying always the same is always right */
	report->has_accuracy = impostors > 0 && impostors < list->trial_count;
	if (!report->has_accuracy)
		return YF_OK;
	report->folds = list->folds > 1 ? list->folds : 0;
	const struct yf_rates_accuracy accuracy = yf_rates_folds(
		trials, list->trial_count, list->folds > 1 ? list->folds : 1);
	report->accuracy = accuracy.mean;
	report->accuracy_error = accuracy.error;
	return YF_OK;
}

static struct yf_rate fmr_at(const struct sum *sum, size_t row, double score,
			     double target)
{
	const struct yf_rates_scores scores = sum->sums->impostors[row];

	return yf_rates_fmr(yf_rates_from(scores, score), scores.count, target);
}

static struct yf_rate fnmr_at(const struct sum *sum, size_t row, double score)
{
	const struct yf_rates_scores scores = sum->sums->genuine[row];

	return yf_rates_share(scores.count - yf_rates_from(scores, score),
			      scores.count);
}

static void compare_groups(struct yf_report_limit *limit, size_t count)
{
	double best = INFINITY, worst = 0;
	size_t known = 0;

	for (size_t i = 0; i < count; i++) {
		const struct yf_rate *fmr = &limit->group_fmr[i];
		if (!fmr->known)
			continue;
		known++;
		best = fmin(best, fmr->value);
		worst = fmax(worst, fmr->value);
	}
	if (known > 1 && best > 0)
		limit->worst_over_best = worst / best;
	if (known && limit->fmr.known && limit->fmr.value > 0)
		limit->worst_over_all = worst / limit->fmr.value;
}

static yf_err sum_limit(struct sum *sum, size_t index)
{
	const double target = targets[index];
	struct yf_report_limit *limit = &sum->limits[index];
	const size_t groups = sum->list->group_count;
	struct yf_rate *fmr = YF_NEW(sum->arena, struct yf_rate, groups + 1);
	struct yf_rate *fnmr = YF_NEW(sum->arena, struct yf_rate, groups + 1);

	if (!fmr || !fnmr)
		return YF_FAIL(MEMORY);
	limit->target = target;
	limit->fmr = fmr_at(sum, 0, limit->score, target);
	limit->fnmr = fnmr_at(sum, 0, limit->score);
	for (size_t i = 0; i < groups; i++) {
		fmr[i] = fmr_at(sum, 1 + i, limit->score, target);
		fnmr[i] = fnmr_at(sum, 1 + i, limit->score);
	}
	limit->group_fmr = sum->group_fmr[index] = fmr;
	limit->group_fnmr = sum->group_fnmr[index] = fnmr;
	compare_groups(limit, groups);
	return YF_OK;
}

static yf_err sum_limits(struct sum *sum)
{
	struct yf_face_report *report = sum->report;

	sum->limits =
		YF_NEW(sum->arena, struct yf_report_limit, YF_COUNT(targets));
	if (!sum->limits)
		return YF_FAIL(MEMORY);
	report->limits = sum->limits;
	for (size_t i = 0; i < YF_COUNT(targets); i++) {
		if (!yf_rates_limit(sum->sums->impostors[0], targets[i],
				    &sum->limits[i].score))
			break;
		YF_TRY(sum_limit(sum, i));
		report->limit_count++;
	}
	return YF_OK;
}

/* Counted pair by pair and not at a score: a claim need not follow it. */
static yf_err sum_claims(struct sum *sum)
{
	const struct yf_bench_claims *seen = &sum->scores->claims;
	struct yf_face_report *report = sum->report;

	sum->claims =
		YF_NEW(sum->arena, struct yf_report_claim, YF_BENCH_CLAIMS);
	if (!sum->claims)
		return YF_FAIL(MEMORY);
	for (int i = 0; i < YF_BENCH_CLAIMS; i++) {
		const double fmr = pow(10, -(i + 2));
		struct yf_report_claim *claim = &sum->claims[i];

		claim->log10_fmr = -(i + 2);
		claim->reached = seen->reached[i];
		claim->score = seen->lowest[i];
		claim->fmr = yf_rates_fmr(seen->impostors[i], report->impostors,
					  fmr);
		claim->fnmr = yf_rates_share(report->genuine - seen->genuine[i],
					     report->genuine);
		claim->verdict =
			claim->reached
				? yf_rates_verdict(seen->impostors[i],
						   report->impostors, fmr)
				: YF_CLAIM_CANNOT_TELL;
	}
	report->claims = sum->claims;
	report->claim_count = YF_BENCH_CLAIMS;
	return YF_OK;
}

/* --- intervals --- */

static void set_interval(struct yf_rate *rate,
			 const struct yf_rates_interval *interval)
{
	rate->has_interval = interval->known && rate->known;
	if (!rate->has_interval)
		return;
	rate->low = interval->low;
	rate->high = interval->high;
	/* No draw of people without an error has one: 0 to 0 would say that
	 * there are none. */
	if (!rate->errors && rate->high < rate->at_most)
		rate->high = rate->at_most;
}

static int rising(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static size_t limit_index(const struct yf_rates_ask *ask, double score)
{
	size_t i = 0;

	while (i + 1 < ask->limit_count && ask->limits[i] < score)
		i++;
	return i;
}

/* Pairs share people, so a bound that takes them for independent is too sure
 * of itself: a claim fails only when the draws of people say so too. */
static void soften(struct yf_report_claim *claim)
{
	const double fmr = pow(10, (double)claim->log10_fmr);

	if (claim->verdict == YF_CLAIM_FAILS && claim->fmr.has_interval &&
	    claim->fmr.low <= fmr)
		claim->verdict = claim->fmr.trials < yf_rates_needed(fmr)
					 ? YF_CLAIM_CANNOT_TELL
					 : YF_CLAIM_HOLDS;
}

static void set_intervals(struct sum *sum, const struct yf_rates_ask *ask,
			  const struct yf_rates_intervals *got)
{
	for (size_t i = 0; i < sum->report->limit_count; i++) {
		struct yf_report_limit *limit = &sum->limits[i];
		const size_t at = limit_index(ask, limit->score);

		set_interval(&limit->fmr, &got->fmr[at][0]);
		set_interval(&limit->fnmr, &got->fnmr_at_target[i]);
		for (size_t g = 0; g < sum->list->group_count; g++) {
			set_interval(&sum->group_fmr[i][g],
				     &got->fmr[at][1 + g]);
			set_interval(&sum->group_fnmr[i][g],
				     &got->fnmr[at][1 + g]);
		}
	}
	for (size_t i = 0; i < YF_BENCH_CLAIMS; i++) {
		struct yf_report_claim *claim = &sum->claims[i];
		const size_t at = limit_index(ask, claim->score);

		if (!claim->reached)
			continue;
		set_interval(&claim->fmr, &got->fmr[at][0]);
		set_interval(&claim->fnmr, &got->fnmr[at][0]);
		soften(claim);
	}
}

static yf_err sum_intervals(struct sum *sum)
{
	struct yf_rates_ask ask = { .rounds = YF_BENCH_ROUNDS, .seed = SEED };
	struct yf_rates_intervals *got =
		YF_NEW(sum->arena, struct yf_rates_intervals, 1);

	if (!got)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < sum->report->limit_count; i++) {
		ask.targets[ask.target_count++] = sum->limits[i].target;
		ask.limits[ask.limit_count++] = sum->limits[i].score;
	}
	for (size_t i = 0; i < YF_BENCH_CLAIMS; i++)
		if (sum->claims[i].reached)
			ask.limits[ask.limit_count++] = sum->claims[i].score;
	qsort(ask.limits, ask.limit_count, sizeof(ask.limits[0]), rising);
	sum->sample.genuine = sum->genuine;
	sum->sample.top = sum->top;
	YF_TRY(yf_rates_bootstrap(sum->arena, &sum->sample, &ask, got));
	set_intervals(sum, &ask, got);
	return YF_OK;
}

yf_err yf_bench_sum(struct yf_arena *arena, const struct yf_bench_list *list,
		    struct yf_bench_scores *scores, struct yf_bench_sums *sums,
		    struct yf_face_report *report)
{
	struct sum sum = { .arena = arena,
			   .list = list,
			   .scores = scores,
			   .sums = sums,
			   .report = report };

	memset(sums, 0, sizeof(*sums));
	report->cross = scores->cross != NULL;
	report->match_ns = scores->match_ns;
	YF_TRY(note_pictures(&sum));
	YF_TRY(note_trials(&sum));
	YF_TRY(sort_all(&sum));
	YF_TRY(sum_counts(&sum));
	YF_TRY(sum_failures(&sum));
	YF_TRY(sum_accuracy(&sum));
	YF_TRY(sum_limits(&sum));
	YF_TRY(sum_claims(&sum));
	return sum_intervals(&sum);
}
