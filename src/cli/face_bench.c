#define _DEFAULT_SOURCE
#include "cli/face_bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "base/share.h"
#include "base/version.h"
#include "card/plan_file.h"
#include "cli/args.h"
#include "cli/face_parts.h"
#include "cli/print.h"

/*
 * Memory: 4 bytes a cross pair, twice where there are groups, 4 KiB
 * a picture, and what the bootstrap keeps.
 */
#define ARENA_LEN ((size_t)2 * 1024 * 1024 * 1024)

static const char usage[] =
	"usage: yufu face bench PAIRS.csv --root DIR [--groups GROUPS.csv]"
	" [--cross]\n"
	"       [--report OUT] [--data TEXT] [--engine FILE] [--model FILE]"
	" [--jobs N]";

static bool read_ask(int argc, char **argv, struct yf_bench_ask *out)
{
	const char *jobs = "2";
	bool json; /* it is always JSON */
	int64_t count;
	struct yf_words words = { .count = 0 };
	const struct yf_option options[] = {
		{ .name = "root", .value = &out->root },
		{ .name = "groups", .value = &out->groups },
		{ .name = "report", .value = &out->report },
		{ .name = "data", .value = &out->data },
		{ .name = "engine", .value = &out->engine },
		{ .name = "model", .value = &out->model },
		{ .name = "models", .value = &out->models },
		{ .name = "jobs", .value = &jobs },
		{ .name = "cross", .flag = &out->cross },
		{ .name = "json", .flag = &json },
		{ .name = NULL },
	};

	if (!yf_args_parse(argc - 1, argv + 1, options, usage, 1, 1, &words))
		return false;
	out->pairs = words.at[0];
	if (!out->root) {
		fprintf(stderr, "yufu face bench: --root DIR is missing: the "
				"folder of the pictures\n");
		return false;
	}
	if (!yf_str_to_int(yf_str_of(jobs), &count) || count < 1 ||
	    count > YF_BENCH_JOBS_MAX) {
		fprintf(stderr, "yufu face bench: --jobs is 1 to %d\n",
			YF_BENCH_JOBS_MAX);
		return false;
	}
	out->jobs = (unsigned)count;
	if (out->data && strlen(out->data) > YF_REPORT_DATA_LEN_MAX) {
		fprintf(stderr, "yufu face bench: --data is over %d bytes\n",
			YF_REPORT_DATA_LEN_MAX);
		return false;
	}
	return true;
}

static int by_value(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static yf_err note_times(struct yf_arena *arena,
			 const struct yf_bench_list *list,
			 struct yf_face_report *report)
{
	const size_t count = list->picture_count;
	double *ms = YF_NEW(arena, double, count);

	if (!ms)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < count; i++)
		ms[i] = list->pictures[i].ms;
	qsort(ms, count, sizeof(*ms), by_value);
	report->picture_p50_ms = ms[count / 2];
	report->picture_p99_ms = ms[count * 99 / 100];
	return YF_OK;
}

/* Processor time of this process and of its workers, and the memory of the
 * largest worker; those that have ended and were waited for. */
static double cpu_ms(uint64_t *worker_peak)
{
	const int whose[] = { RUSAGE_SELF, RUSAGE_CHILDREN };
	double ms = 0;

	for (size_t i = 0; i < YF_COUNT(whose); i++) {
		struct rusage spent = { 0 };

		getrusage(whose[i], &spent);
		ms += (double)(spent.ru_utime.tv_sec + spent.ru_stime.tv_sec) *
			      1e3 +
		      (double)(spent.ru_utime.tv_usec +
			       spent.ru_stime.tv_usec) /
			      1e3;
		*worker_peak = (uint64_t)spent.ru_maxrss * 1024;
	}
	return ms;
}

static void note_head(const struct yf_bench_ask *ask,
		      const struct yf_face_identity *identity,
		      struct yf_face_report *report)
{
	const struct yf_clock clock = yf_clock_system();
	const char *slash = strrchr(ask->pairs, '/');

	report->software = YF_STR("yufu " YF_VERSION);
	report->measured_s = yf_clock_now_s(&clock);
	report->data = yf_str_of(ask->data ? ask->data : "");
	report->list = yf_str_of(slash ? slash + 1 : ask->pairs);
	report->engine = yf_str_of(identity->engine);
	report->version = yf_str_of(identity->version);
	memcpy(report->model_hash, identity->model_hash, YF_REPORT_HASH_LEN);
	report->jobs = ask->jobs;
}

/* The report names them by the digest that they state. */
static yf_err check_models(struct yf_arena *arena,
			   const struct yf_face_cli *cli)
{
	yf_str own;

	if (cli->engine)
		return YF_OK;
	YF_TRY(yf_share_find(arena, "face.model", &own));
	YF_TRY(yf_plan_verify_file(own.ptr));
	return yf_plan_verify_file(cli->model);
}

static yf_err extract(struct yf_arena *arena, const struct yf_bench_ask *ask,
		      const struct yf_face_cli *cli, struct yf_bench_list *list,
		      struct yf_face_identity *identity)
{
	YF_AUTO(face_pool) pool = NULL;

	yf_err err = check_models(arena, cli);
	if (!yf_failed(err))
		err = yf_face_cli_pool(cli, ask->jobs, &pool);
	if (!yf_failed(err))
		err = yf_face_pool_identity(pool, identity);
	if (yf_failed(err)) {
		yf_face_cli_fail(yf_face_cli_engine(cli), err);
		return err;
	}
	err = yf_bench_extract(ask, pool, arena, list);
	if (err.code == YF_CODE_MEMORY)
		yf_face_cli_fail("pictures", err);
	return err;
}

static yf_err compare(const struct yf_bench_ask *ask,
		      const struct yf_face_cli *cli, struct yf_bench_list *list,
		      struct yf_bench_scores *scores)
{
	YF_AUTO(face_pool) pool = NULL;

	yf_err err = yf_face_cli_pool(cli, ask->jobs, &pool);
	if (!yf_failed(err))
		err = yf_bench_compare(ask, pool, list, scores);
	if (yf_failed(err))
		yf_face_cli_fail("comparing", err);
	return err;
}

/* Pictures, then pairs, by other workers: what those took that read the
 * pictures is known when they have ended. */
static yf_err measure(struct yf_arena *arena, const struct yf_bench_ask *ask,
		      const struct yf_face_cli *cli, struct yf_bench_list *list,
		      struct yf_bench_scores *scores,
		      struct yf_face_report *report)
{
	struct yf_face_identity *identity =
		YF_NEW(arena, struct yf_face_identity, 1);

	if (!identity)
		return YF_FAIL(MEMORY);
	YF_TRY(extract(arena, ask, cli, list, identity));
	note_head(ask, identity, report);
	report->picture_cpu_ms =
		cpu_ms(&report->worker_peak) / (double)list->picture_count;
	return compare(ask, cli, list, scores);
}

static yf_err sum_up(struct yf_arena *arena, const struct yf_bench_ask *ask,
		     const struct yf_bench_list *list,
		     struct yf_bench_scores *scores,
		     struct yf_face_report *report)
{
	struct yf_bench_sums *sums = YF_NEW(arena, struct yf_bench_sums, 1);
	yf_str json;

	if (!sums)
		return YF_FAIL(MEMORY);
	fprintf(stderr, "intervals: drawing people %d times\n",
		YF_BENCH_ROUNDS);
	YF_TRY(yf_bench_sum(arena, list, scores, sums, report));
	YF_TRY(note_times(arena, list, report));
	YF_TRY(yf_face_report_encode(report, arena, &json));
	if (ask->report)
		YF_TRY(yf_bench_write(arena, ask->report, report, sums, json));
	return printf("%.*s\n", YF_ARG(json)) < 0 || fflush(stdout)
		       ? YF_FAIL(IO)
		       : YF_OK;
}

int yf_face_cli_bench(int argc, char **argv,
		      yf_err (*find_model)(struct yf_face_cli *cli))
{
	YF_AUTO(arena) arena = yf_arena_new(ARENA_LEN);
	struct yf_bench_ask ask = { .jobs = 2 };
	struct yf_face_cli cli = { .arena = arena };
	struct yf_bench_list list;
	struct yf_bench_scores scores = { .cross = NULL };
	struct yf_face_report report = { .has_eer = false };

	if (!arena)
		return yf_face_cli_fail("start", YF_FAIL(MEMORY));
	if (!read_ask(argc, argv, &ask))
		return YF_EXIT_FAILED;
	yf_err err =
		yf_bench_read(arena, ask.pairs, ask.groups, ask.cross, &list);
	if (err.code == YF_CODE_MEMORY)
		return yf_face_cli_fail(ask.pairs, err);
	if (yf_failed(err))
		return YF_EXIT_FAILED;
	cli.engine = ask.engine;
	cli.model = ask.model;
	cli.models = ask.models;
	err = find_model(&cli);
	if (yf_failed(err))
		return yf_face_cli_fail("face.model", err);
	err = measure(arena, &ask, &cli, &list, &scores, &report);
	if (yf_failed(err)) {
		free(scores.cross);
		return YF_EXIT_FAILED;
	}
	err = sum_up(arena, &ask, &list, &scores, &report);
	free(scores.cross);
	return yf_failed(err) ? yf_face_cli_fail(
					ask.report ? ask.report : "report", err)
			      : YF_EXIT_OK;
}
