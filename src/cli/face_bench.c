#define _DEFAULT_SOURCE
#include "cli/face_parts.h"
#include "cli/print.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "base/file.h"
#include "face/match.h"
#include "face/sight.h"

/*
 * Accuracy over a list of pairs, "same,a,b" with a header line.  A picture
 * in which no face is found makes its pairs non-matches: that is what the
 * person at the counter would meet.  The main face is compared whatever the
 * outcome, because such lists name the person in the middle of the picture.
 */
enum { PAIRS_MAX = 100000, LIST_LEN_MAX = 16 * 1024 * 1024 };

/* An FMR needs that many impostors over its inverse to be worth printing. */
enum { IMPOSTORS_OVER_FMR = 30 };

struct picture {
	yf_str name;
	struct yf_face_template face;
	struct yf_face_sight sight;
	bool failed; /* could not be read as a picture */
	double ms;
};

struct pair {
	size_t a, b; /* of pictures */
	bool same;
	float distance; /* INFINITY when a descriptor is missing */
};

struct bench {
	const struct yf_face_cli *cli;
	struct yf_face_pool *pool;
	struct picture *pictures;
	size_t picture_count;
	struct pair *pairs;
	size_t pair_count;
	char engine[YF_FACE_IDENTITY_TEXT_LEN];
};

static yf_err add_picture(struct bench *bench, yf_str name, size_t *out)
{
	size_t i = 0;

	while (i < bench->picture_count &&
	       !yf_str_eq(bench->pictures[i].name, name))
		i++;
	if (i == bench->picture_count)
		bench->pictures[bench->picture_count++].name = name;
	*out = i;
	return YF_OK;
}

static yf_err add_pair(struct bench *bench, yf_str line)
{
	struct pair *pair = &bench->pairs[bench->pair_count];
	yf_str same, a;

	if (!yf_str_cut(&line, ',', &same) || !yf_str_cut(&line, ',', &a))
		return YF_FAIL(SYNTAX);
	if (!yf_str_is(same, "0") && !yf_str_is(same, "1"))
		return YF_FAIL(SYNTAX);
	pair->same = yf_str_is(same, "1");
	YF_TRY(add_picture(bench, a, &pair->a));
	YF_TRY(add_picture(bench, line, &pair->b));
	bench->pair_count++;
	return YF_OK;
}

static yf_err read_list(struct bench *bench)
{
	yf_bytes bytes;
	yf_str line;

	YF_TRY(yf_file_load(bench->cli->arena, bench->cli->words[0],
			    LIST_LEN_MAX, &bytes));
	yf_str text = yf_str_from(bytes);
	const size_t room = yf_str_count(text, '\n') + 1;
	if (room > PAIRS_MAX)
		return YF_FAIL(TOO_LARGE);
	bench->pairs = YF_NEW(bench->cli->arena, struct pair, room);
	bench->pictures = YF_NEW(bench->cli->arena, struct picture, 2 * room);
	if (!bench->pairs || !bench->pictures)
		return YF_FAIL(MEMORY);
	if (!yf_str_next(&text, '\n', &line) ||
	    !yf_str_is(yf_str_trim(line), "same,a,b"))
		return YF_FAIL(SYNTAX);
	while (yf_str_next(&text, '\n', &line)) {
		line = yf_str_trim(line);
		if (line.len)
			YF_TRY(add_pair(bench, line));
	}
	return YF_OK;
}

static double now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* A picture that is no JPEG counts; one that is not there ends the run. */
static yf_err look_at(struct bench *bench, struct picture *picture)
{
	YF_AUTO(arena) arena = yf_arena_new((size_t)2 * YF_FACE_JPEG_LEN_MAX);
	yf_str path;
	yf_bytes jpeg;

	if (!arena)
		return YF_FAIL(MEMORY);
	YF_TRY(yf_str_format(arena, &path, "%s/%.*s", bench->cli->root,
			     YF_ARG(picture->name)));
	YF_TRY(yf_face_cli_load(arena, path.ptr, &jpeg));
	const double start = now_ms();
	const yf_err err = yf_face_pool_enrol(
		bench->pool, &jpeg, 1,
		(enum yufu_face_role)(YUFU_FACE_PROBE | YUFU_FACE_MEASURE),
		&picture->face, &picture->sight);
	picture->ms = now_ms() - start;
	picture->failed = err.code == YF_CODE_IMAGE;
	return picture->failed ? YF_OK : err;
}

static bool has_descriptor(const struct picture *picture)
{
	return !picture->failed && picture->face.len;
}

static yf_err look_at_all(struct bench *bench)
{
	struct yf_face_identity identity;

	YF_TRY(yf_face_pool_identity(bench->pool, &identity));
	yf_face_identity_text(&identity, bench->engine);
	for (size_t i = 0; i < bench->picture_count; i++) {
		struct picture *picture = &bench->pictures[i];
		const yf_err err = look_at(bench, picture);

		if (yf_failed(err)) {
			fprintf(stderr, "%.*s: ", YF_ARG(picture->name));
			return err;
		}
	}
	for (size_t i = 0; i < bench->pair_count; i++) {
		struct pair *pair = &bench->pairs[i];
		struct yf_face_score score;
		const struct picture *a = &bench->pictures[pair->a];
		const struct picture *b = &bench->pictures[pair->b];

		pair->distance = INFINITY;
		if (!has_descriptor(a) || !has_descriptor(b))
			continue;
		YF_TRY(yf_face_pool_match(bench->pool, &a->face, &b->face,
					  &score));
		/* The scale of the reference engine. */
		pair->distance = 2 - score.score;
	}
	return YF_OK;
}

struct rates {
	size_t genuine, impostors;
	size_t false_matches, false_non_matches;
};

static struct rates rates_at(const struct bench *bench, float limit)
{
	struct rates rates = { 0 };

	for (size_t i = 0; i < bench->pair_count; i++) {
		const struct pair *pair = &bench->pairs[i];
		const bool match = pair->distance < limit;

		rates.genuine += pair->same;
		rates.impostors += !pair->same;
		rates.false_non_matches += pair->same && !match;
		rates.false_matches += !pair->same && match;
	}
	return rates;
}

static size_t errors_of(const struct rates *rates)
{
	return rates->false_matches + rates->false_non_matches;
}

/* The limit with the fewest errors, between the distances that occur. */
static float best_limit(const struct bench *bench)
{
	size_t fewest = bench->pair_count + 1;
	float best = 0;

	for (size_t i = 0; i < bench->pair_count; i++) {
		const float limit = nextafterf(bench->pairs[i].distance, 9);
		const struct rates rates = rates_at(bench, limit);

		if (isfinite(limit) && errors_of(&rates) < fewest) {
			fewest = errors_of(&rates);
			best = limit;
		}
	}
	return best;
}

static void write_rates(struct yf_json_out *out, const struct bench *bench,
			const char *name, float limit, double fmr)
{
	const struct rates rates = rates_at(bench, limit);
	const double total = (double)bench->pair_count;

	yf_json_out_object(out, name);
	yf_json_out_real(out, "limit", (double)limit);
	yf_json_out_real(out, "accuracy",
			 1 - (double)errors_of(&rates) / total);
	yf_json_out_int(out, "false_non_matches",
			(int64_t)rates.false_non_matches);
	yf_json_out_int(out, "false_matches", (int64_t)rates.false_matches);
	if (rates.genuine)
		yf_json_out_real(out, "fnmr",
				 (double)rates.false_non_matches /
					 (double)rates.genuine);
	if (fmr > 0 && (double)rates.impostors >= IMPOSTORS_OVER_FMR / fmr)
		yf_json_out_real(out, "fmr",
				 (double)rates.false_matches /
					 (double)rates.impostors);
	else
		yf_json_out_text(out, "fmr_not_given",
				 "fewer than 30 / FMR impostor pairs");
	yf_json_out_close(out);
}

static int by_value(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Processor time of this process and of the worker, which has ended. */
static double cpu_ms(void)
{
	const int whose[] = { RUSAGE_SELF, RUSAGE_CHILDREN };
	double ms = 0;

	for (size_t i = 0; i < YF_COUNT(whose); i++) {
		struct rusage usage;

		getrusage(whose[i], &usage);
		ms += (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) *
			      1e3 +
		      (double)(usage.ru_utime.tv_usec +
			       usage.ru_stime.tv_usec) /
			      1e3;
	}
	return ms;
}

static yf_err write_times(struct yf_json_out *out, const struct bench *bench)
{
	const size_t n = bench->picture_count;
	double *ms = YF_NEW(bench->cli->arena, double, n);

	if (!ms)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < n; i++)
		ms[i] = bench->pictures[i].ms;
	qsort(ms, n, sizeof(*ms), by_value);
	yf_json_out_object(out, "ms");
	yf_json_out_real(out, "min", ms[0]);
	yf_json_out_real(out, "p50", ms[n / 2]);
	yf_json_out_real(out, "p99", ms[n * 99 / 100]);
	yf_json_out_real(out, "cpu_mean", cpu_ms() / (double)n);
	yf_json_out_close(out);
	return YF_OK;
}

static void write_outcomes(struct yf_json_out *out, const struct bench *bench)
{
	size_t counts[YF_FACE_UNUSABLE + 1] = { 0 }, failed = 0, missing = 0;

	for (size_t i = 0; i < bench->picture_count; i++) {
		const struct picture *picture = &bench->pictures[i];
		failed += picture->failed;
		missing += !has_descriptor(picture);
		counts[picture->sight.answer] += !picture->failed;
	}
	yf_json_out_int(out, "failures_to_extract", (int64_t)missing);
	yf_json_out_object(out, "outcomes");
	yf_json_out_int(out, "unreadable", (int64_t)failed);
	for (size_t i = 0; i < YF_COUNT(counts); i++)
		yf_json_out_int(out, yf_face_answer_name((yf_face_answer)i),
				(int64_t)counts[i]);
	yf_json_out_close(out);
}

static yf_err report(const struct bench *bench)
{
	const struct rates all = rates_at(bench, 0);
	struct yf_json_out out = yf_json_out_new(bench->cli->arena, 2048);

	yf_json_out_object(&out, NULL);
	yf_json_out_text(&out, "engine", bench->engine);
	yf_json_out_int(&out, "pictures", (int64_t)bench->picture_count);
	yf_json_out_int(&out, "genuine", (int64_t)all.genuine);
	yf_json_out_int(&out, "impostors", (int64_t)all.impostors);
	write_outcomes(&out, bench);
	write_rates(&out, bench, "best", best_limit(bench), 0);
	write_rates(&out, bench, "at_1e2", YF_MATCH_FMR_1E2, 1e-2);
	write_rates(&out, bench, "at_1e3", YF_MATCH_FMR_1E3, 1e-3);
	write_rates(&out, bench, "at_1e4", YF_MATCH_FMR_1E4, 1e-4);
	YF_TRY(write_times(&out, bench));
	yf_json_out_close(&out);
	return yf_print_json(&out);
}

int yf_face_cli_bench(const struct yf_face_cli *cli)
{
	YF_AUTO(face_pool) pool = NULL;
	struct bench bench = { .cli = cli };

	if (!cli->root)
		return yf_face_cli_fail("--root DIR", YF_FAIL(MISSING));
	yf_err err = read_list(&bench);
	if (yf_failed(err) || !bench.pair_count)
		return yf_face_cli_fail(
			cli->words[0], yf_failed(err) ? err : YF_FAIL(MISSING));
	err = yf_face_cli_pool(cli, 1, &pool);
	if (yf_failed(err))
		return yf_face_cli_fail(yf_face_cli_engine(cli), err);
	bench.pool = pool;
	err = look_at_all(&bench);
	yf_face_pool_close(YF_MOVE(pool));
	if (!yf_failed(err))
		err = report(&bench);
	return yf_failed(err) ? yf_face_cli_fail("bench", err) : 0;
}
