#define _DEFAULT_SOURCE
#include "cli/face_bench.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"

/* Pairs of one call: a turn of the worker costs as much as hundreds. */
enum { BATCH = 256, TELL_MS = 200, TELL_LINE_MS = 5000 };

static int64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* --- progress --- */

struct yf_progress yf_progress_new(const char *what, size_t total)
{
	const int64_t now = now_us() / 1000;

	return (struct yf_progress){
		.what = what,
		.total = total,
		.begun_ms = now,
		.told_ms = now,
		.terminal = isatty(STDERR_FILENO) == 1,
	};
}

void yf_progress_tell(struct yf_progress *progress, size_t done)
{
	enum { WIDTH = 30 };
	const int64_t now = now_us() / 1000;
	const bool end = done == progress->total;
	const double spent = (double)(now - progress->begun_ms) / 1000;
	const double rate = spent > 0 ? (double)done / spent : 0;
	char bar[WIDTH + 1] = { 0 };

	if (!end && now - progress->told_ms <
			    (progress->terminal ? TELL_MS : TELL_LINE_MS))
		return;
	progress->told_ms = now;
	for (size_t i = 0; i < WIDTH; i++)
		bar[i] = i * progress->total < done * WIDTH ? '#' : '.';
	if (progress->terminal)
		fprintf(stderr, "\r[%s] ", bar);
	fprintf(stderr, "%zu of %zu %s, %.0f/s, %.0f s %s", done,
		progress->total, progress->what, rate,
		end || rate <= 0 ? spent
				 : (double)(progress->total - done) / rate,
		end ? "in all" : "left");
	fputs(progress->terminal && !end ? "   " : "\n", stderr);
}

/* --- what the threads share --- */

struct work {
	const struct yf_bench_ask *ask;
	struct yf_face_pool *pool;
	struct yf_arena *arena; /* under the mutex */
	struct yf_bench_list *list;
	pthread_mutex_t mutex;
	size_t next; /* to be done */
	size_t done;
	yf_err err; /* the first one, which ends the run */
	struct yf_progress progress;
	/* comparing */
	const size_t *rows; /* where the pairs of a picture begin */
	struct yf_bench_scores *out;
	int64_t spent_us;
};

typedef yf_err (*work_step)(struct work *work, size_t index);

struct crew {
	struct work *work;
	work_step step;
	size_t count;
};

/* One item after the other, until none is left or somebody failed. */
static void *labour(void *crew_)
{
	const struct crew *crew = crew_;
	struct work *work = crew->work;

	for (;;) {
		pthread_mutex_lock(&work->mutex);
		const bool more =
			work->next < crew->count && !yf_failed(work->err);
		const size_t index = work->next;
		work->next += more;
		pthread_mutex_unlock(&work->mutex);
		if (!more)
			return NULL;
		const yf_err err = crew->step(work, index);
		if (!yf_failed(err))
			continue;
		pthread_mutex_lock(&work->mutex);
		if (!yf_failed(work->err))
			work->err = err;
		pthread_mutex_unlock(&work->mutex);
	}
}

static yf_err run(struct work *work, work_step step, size_t count)
{
	struct crew crew = { work, step, count };
	pthread_t threads[YF_BENCH_JOBS_MAX];
	unsigned started = 0;

	pthread_mutex_init(&work->mutex, NULL);
	while (started < work->ask->jobs &&
	       pthread_create(&threads[started], NULL, labour, &crew) == 0)
		started++;
	if (!started)
		work->err = YF_FAIL(MEMORY);
	for (unsigned i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	pthread_mutex_destroy(&work->mutex);
	return work->err;
}

/* --- pictures --- */

static const yf_bench_outcome outcome_of_answer[] = {
	[YF_FACE_USABLE] = YF_BENCH_NO_FACE, /* and yet no template */
	[YF_FACE_NONE] = YF_BENCH_NO_FACE,
	[YF_FACE_MANY] = YF_BENCH_MANY_FACES,
	[YF_FACE_UNUSABLE] = YF_BENCH_UNUSABLE,
};

/* What belongs to one picture is counted, anything else ends the run. */
static bool outcome_of_err(yf_err err, yf_bench_outcome *out)
{
	const struct {
		yf_code code;
		yf_bench_outcome outcome;
	} known[] = {
		{ YF_CODE_IMAGE, YF_BENCH_UNREADABLE },
		{ YF_CODE_TOO_LARGE, YF_BENCH_UNREADABLE },
		{ YF_CODE_FACE_WORKER, YF_BENCH_CRASHED },
		{ YF_CODE_TIMEOUT, YF_BENCH_TIMED_OUT },
	};

	for (size_t i = 0; i < YF_COUNT(known); i++) {
		if (known[i].code != err.code)
			continue;
		*out = known[i].outcome;
		return true;
	}
	return false;
}

static yf_err keep(struct work *work, struct yf_bench_picture *picture,
		   const struct yf_face_template *template, double ms)
{
	struct yf_face_template *kept = NULL;

	pthread_mutex_lock(&work->mutex);
	if (template->len)
		kept = YF_NEW(work->arena, struct yf_face_template, 1);
	work->done++;
	yf_progress_tell(&work->progress, work->done);
	pthread_mutex_unlock(&work->mutex);
	picture->ms = ms;
	if (!template->len)
		return YF_OK;
	if (!kept)
		return YF_FAIL(MEMORY);
	*kept = *template;
	picture->template = kept;
	return YF_OK;
}

static void tell(const struct work *work,
		 const struct yf_bench_picture *picture, yf_err err,
		 const char *then)
{
	fprintf(stderr, "%s%.*s: %s; %s\n", work->progress.terminal ? "\r" : "",
		YF_ARG(picture->name), yf_err_text(err), then);
}

static yf_err extract(struct work *work, struct yf_bench_picture *picture,
		      yf_bytes jpeg)
{
	const enum yufu_face_role role =
		(enum yufu_face_role)(YUFU_FACE_PROBE | YF_FACE_MEASURE);
	struct yf_face_template template = { .len = 0 };
	struct yf_face_sight sight = { 0 };
	const int64_t begun = now_us();
	const yf_err err = yf_face_pool_enrol(work->pool, &jpeg, 1, role,
					      &template, &sight);
	const double ms = (double)(now_us() - begun) / 1000;

	if (yf_failed(err) && !outcome_of_err(err, &picture->outcome)) {
		tell(work, picture, err, yf_err_advice(err));
		return err;
	}
	if (yf_failed(err)) {
		tell(work, picture, err, "counted as a failure to extract");
		template.len = 0;
	} else {
		picture->outcome = template.len
					   ? YF_BENCH_FOUND
					   : outcome_of_answer[sight.answer];
	}
	return keep(work, picture, &template, ms);
}

static yf_err extract_step(struct work *work, size_t index)
{
	YF_AUTO(arena) arena = yf_arena_new((size_t)2 * YF_FACE_JPEG_LEN_MAX);
	struct yf_bench_picture *picture = &work->list->pictures[index];
	yf_bytes jpeg = { NULL, 0 };
	yf_str path;

	if (!arena)
		return YF_FAIL(MEMORY);
	YF_TRY(yf_str_format(arena, &path, "%s/%.*s", work->ask->root,
			     YF_ARG(picture->name)));
	const yf_err err =
		yf_file_load(arena, path.ptr, YF_FACE_JPEG_LEN_MAX, &jpeg);
	if (err.code == YF_CODE_TOO_LARGE) {
		picture->outcome = YF_BENCH_UNREADABLE;
		tell(work, picture, err, "counted as a failure to extract");
		return keep(work, picture, &(struct yf_face_template){ 0 }, 0);
	}
	if (yf_failed(err)) {
		fprintf(stderr, "yufu face bench: %s: %s; %s\n", path.ptr,
			err.code == YF_CODE_NOT_FOUND ? "there is no such file"
						      : yf_err_text(err),
			err.code == YF_CODE_NOT_FOUND
				? "--root DIR is where the names of the list"
				  " begin"
				: yf_err_advice(err));
		return err;
	}
	return extract(work, picture, jpeg);
}

yf_err yf_bench_extract(const struct yf_bench_ask *ask,
			struct yf_face_pool *pool, struct yf_arena *arena,
			struct yf_bench_list *list)
{
	struct work work = {
		.ask = ask,
		.pool = pool,
		.arena = arena,
		.list = list,
		.progress = yf_progress_new("pictures", list->picture_count),
	};

	return run(&work, extract_step, list->picture_count);
}

/* --- pairs --- */

bool yf_bench_next_pair(const struct yf_bench_list *list,
			struct yf_bench_cursor *at)
{
	const struct yf_bench_picture *pictures = list->pictures;

	if (at->begun)
		at->b++;
	at->begun = true;
	for (; at->a < list->picture_count; at->a++, at->b = 0) {
		if (!pictures[at->a].template)
			continue;
		for (; at->b < at->a; at->b++)
			if (pictures[at->b].template &&
			    pictures[at->b].person != pictures[at->a].person)
				return true;
	}
	return false;
}

static void claim(struct yf_bench_claims *claims,
		  const struct yf_face_score *score, bool same)
{
	for (int i = 0; i < YF_BENCH_CLAIMS; i++) {
		/* of a rounded number: 1e-4 is to be -4 */
		if ((double)score->log10_fmr > -(i + 2) + 1e-6)
			return;
		if (!claims->reached[i] ||
		    (double)score->score < claims->lowest[i])
			claims->lowest[i] = (double)score->score;
		claims->reached[i] = true;
		claims->genuine[i] += same;
		claims->impostors[i] += !same;
	}
}

static void add_claims(struct yf_bench_claims *to,
		       const struct yf_bench_claims *from)
{
	for (int i = 0; i < YF_BENCH_CLAIMS; i++) {
		if (!from->reached[i])
			continue;
		if (!to->reached[i] || from->lowest[i] < to->lowest[i])
			to->lowest[i] = from->lowest[i];
		to->reached[i] = true;
		to->genuine[i] += from->genuine[i];
		to->impostors[i] += from->impostors[i];
	}
}

static void count_in(struct work *work, const struct yf_bench_claims *claims,
		     int64_t spent_us, size_t count)
{
	pthread_mutex_lock(&work->mutex);
	add_claims(&work->out->claims, claims);
	work->spent_us += spent_us;
	work->done += count;
	if (count)
		yf_progress_tell(&work->progress, work->done);
	pthread_mutex_unlock(&work->mutex);
}

/* All pairs of one picture with those before it. */
static yf_err cross_step(struct work *work, size_t index)
{
	const struct yf_bench_list *list = work->list;
	struct yf_bench_cursor at = { .a = (uint32_t)index };
	struct yf_face_pair pairs[BATCH];
	struct yf_face_score scores[BATCH];
	struct yf_bench_claims claims = { 0 };
	float *to = work->out->cross + work->rows[index];
	const int64_t begun = now_us();
	const size_t total = work->rows[index + 1] - work->rows[index];

	for (size_t done = 0; done < total;) {
		size_t count = 0;
		while (count < BATCH && done + count < total &&
		       yf_bench_next_pair(list, &at))
			pairs[count++] = (struct yf_face_pair){
				list->pictures[at.a].template,
				list->pictures[at.b].template
			};
		YF_TRY(yf_face_pool_match_pairs(work->pool, pairs, count,
						scores));
		for (size_t i = 0; i < count; i++) {
			to[done + i] = scores[i].score;
			claim(&claims, &scores[i], false);
		}
		done += count;
	}
	count_in(work, &claims, now_us() - begun, total);
	return YF_OK;
}

/* A block of the list; pairs without a template never match. */
static yf_err trial_step(struct work *work, size_t index)
{
	const size_t from = index * BATCH;
	const size_t end = from + BATCH < work->list->trial_count
				   ? from + BATCH
				   : work->list->trial_count;
	struct yf_face_pair pairs[BATCH];
	struct yf_bench_trial *asked[BATCH];
	struct yf_face_score scores[BATCH];
	struct yf_bench_claims claims = { 0 };
	const int64_t begun = now_us();
	size_t count = 0;

	for (size_t i = from; i < end; i++) {
		struct yf_bench_trial *trial = &work->list->trials[i];
		const struct yf_face_pair pair = {
			work->list->pictures[trial->a].template,
			work->list->pictures[trial->b].template
		};
		trial->score = (struct yf_face_score){ -INFINITY, 0 };
		if (!pair.probe || !pair.reference)
			continue;
		pairs[count] = pair;
		asked[count++] = trial;
	}
	if (count)
		YF_TRY(yf_face_pool_match_pairs(work->pool, pairs, count,
						scores));
	for (size_t i = 0; i < count; i++) {
		asked[i]->score = scores[i];
		/* with --cross the impostors are others */
		if (asked[i]->same || !work->ask->cross)
			claim(&claims, &scores[i], asked[i]->same);
	}
	count_in(work, &claims, work->ask->cross ? 0 : now_us() - begun, 0);
	return YF_OK;
}

/* Where the pairs of each picture begin. */
static yf_err plan_rows(const struct yf_bench_list *list, size_t **out,
			size_t *total)
{
	const size_t count = list->picture_count;
	uint32_t *before = calloc(list->people, sizeof(*before));
	size_t *rows = calloc(count + 1, sizeof(*rows));
	size_t found = 0;

	if (!before || !rows) {
		free(before);
		free(rows);
		return YF_FAIL(MEMORY);
	}
	for (size_t i = 0; i < count; i++) {
		const struct yf_bench_picture *picture = &list->pictures[i];

		rows[i + 1] = rows[i];
		if (!picture->template)
			continue;
		rows[i + 1] += found - before[picture->person];
		found++;
		before[picture->person]++;
	}
	free(before);
	*out = rows;
	*total = rows[count];
	return YF_OK;
}

static yf_err compare_cross(struct work *work)
{
	struct yf_bench_scores *out = work->out;
	size_t *rows;

	YF_TRY(plan_rows(work->list, &rows, &out->cross_count));
	if (out->cross_count > YF_BENCH_CROSS_MAX) {
		free(rows);
		fputs("yufu face bench: --cross: over 100,000,000 pairs; take "
		      "fewer pictures\n",
		      stderr);
		return YF_FAIL(TOO_LARGE);
	}
	out->cross = malloc((out->cross_count + 1) * sizeof(*out->cross));
	work->rows = rows;
	work->next = work->done = 0;
	work->progress = yf_progress_new("pairs", out->cross_count);
	const yf_err err =
		out->cross ? run(work, cross_step, work->list->picture_count)
			   : YF_FAIL(MEMORY);
	free(rows);
	return err;
}

yf_err yf_bench_compare(const struct yf_bench_ask *ask,
			struct yf_face_pool *pool, struct yf_bench_list *list,
			struct yf_bench_scores *out)
{
	struct work work = {
		.ask = ask, .pool = pool, .list = list, .out = out
	};
	const size_t blocks = (list->trial_count + BATCH - 1) / BATCH;

	*out = (struct yf_bench_scores){ 0 };
	YF_TRY(run(&work, trial_step, blocks));
	if (ask->cross)
		YF_TRY(compare_cross(&work));
	const size_t compared =
		ask->cross ? out->cross_count : list->trial_count;
	if (compared)
		out->match_ns = (double)work.spent_us * 1000 / (double)compared;
	return YF_OK;
}
