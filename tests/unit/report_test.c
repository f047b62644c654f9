#define _GNU_SOURCE
#include "face/report.h"

#include "../support/expect.h"

#include <math.h>

enum { ARENA_LEN = 4 * 1024 * 1024 };

static const struct yf_rate many = {
	.errors = 100,
	.trials = 100000,
	.at_most = 0.001220703125,
	.known = true,
	.value = 0.001,
	.has_interval = true,
	.low = 0.00048828125,
	.high = 0.0013,
};
static const struct yf_rate few = { .errors = 1, .trials = 50, .at_most = 0.1 };

static const struct yf_rate group_rates[] = { many, few };
static const struct yf_report_group groups[] = {
	{ YF_STR("north"), 40, 90, 60, 3000 },
	{ YF_STR("south \"x\""), 12, 20, 9, 50 },
};
static const struct yf_report_limit limits[] = {
	{ .target = 1e-2,
	  .score = -0.42,
	  .fmr = many,
	  .fnmr = many,
	  .group_fmr = group_rates,
	  .group_fnmr = group_rates,
	  .worst_over_best = 3.5,
	  .worst_over_all = 2 },
	{ .target = 1e-3,
	  .score = -0.37,
	  .fmr = many,
	  .fnmr = few,
	  .group_fmr = group_rates,
	  .group_fnmr = group_rates },
};
static const struct yf_report_claim claims[] = {
	{ -2, true, -0.5, many, few, YF_CLAIM_FAILS },
	{ -3, false, 0, few, few, YF_CLAIM_CANNOT_TELL },
};
static const struct yf_report_reason reasons[] = { { YF_STR("none"), 4 } };

static struct yf_face_report sample(void)
{
	return (struct yf_face_report){
		.software = YF_STR("yufu 0.1.0"),
		.measured_s = 1790000000,
		.data = YF_STR("portraits of a town, by agreement"),
		.list = YF_STR("pairs.csv"),
		.engine = YF_STR("org.example.face"),
		.version = YF_STR("7+decoder"),
		.model_hash = { 1, 0xab, 255 },
		.cross = true,
		.people = 52,
		.pictures = 114,
		.genuine = 70,
		.impostors = 100000,
		.failure_to_extract = few,
		.reasons = reasons,
		.reason_count = YF_COUNT(reasons),
		.genuine_failed = 2,
		.has_eer = true,
		.eer = 0.015625,
		.has_accuracy = true,
		.accuracy = 0.9918,
		.folds = 10,
		.accuracy_error = 0.001,
		.groups = groups,
		.group_count = YF_COUNT(groups),
		.limits = limits,
		.limit_count = YF_COUNT(limits),
		.claims = claims,
		.claim_count = YF_COUNT(claims),
		.picture_p50_ms = 12.5,
		.picture_p99_ms = 30,
		.picture_cpu_ms = 10.5,
		.match_ns = 4.25,
		.worker_peak = 50331648,
		.jobs = 2,
	};
}

static void a_report_comes_back(void **state)
{
	YF_AUTO(arena) arena = yf_arena_new(ARENA_LEN);
	const struct yf_face_report in = sample();
	struct yf_face_report out;
	yf_str json, again;

	(void)state;
	OK(yf_face_report_encode(&in, arena, &json));
	OK(yf_face_report_decode(arena, json, &out));
	OK(yf_face_report_encode(&out, arena, &again));
	assert_true(yf_str_eq(json, again));
	assert_true(yf_str_is(out.groups[1].name, "south \"x\""));
	assert_memory_equal(out.model_hash, in.model_hash, YF_REPORT_HASH_LEN);
	assert_int_equal(out.limits[0].group_fmr[1].trials, 50);
	assert_false(out.limits[0].group_fmr[1].known);
	assert_int_equal(out.claims[0].verdict, YF_CLAIM_FAILS);
	assert_true(fabs(out.limits[1].score + 0.37) < 1e-12);
	assert_ptr_equal(yf_face_report_limit(&out, 1e-3), &out.limits[1]);
	assert_null(yf_face_report_limit(&out, 1e-4));
}

/* One place changed in a good report. */
static const struct {
	const char *name, *from, *to, *want;
} bad[] = {
	{ "another kind", "yufu-face-report", "yufu-face-retort", "SYNTAX" },
	{ "another form", "\"form\":1", "\"form\":2", "UNSUPPORTED" },
	{ "what moves a cursor", "pairs.csv", "\\u001b[2A", "SYNTAX" },
	{ "no engine", "\"engine\"", "\"engin\"", "MISSING" },
	{ "a short hash", "01abff00", "01ab00", "SYNTAX" },
	{ "a text where a number is", "\"eer\":0.015625", "\"eer\":\"0\"",
	  "SYNTAX" },
	{ "more errors than trials", "\"errors\":100", "\"errors\":100001",
	  "RANGE" },
	{ "a value that its counts are not", "\"value\":0.001",
	  "\"value\":0.002", "RANGE" },
	{ "a bound below the value", "\"at_most\":0.001220703125",
	  "\"at_most\":0.00048828125", "RANGE" },
	{ "an interval the wrong way round", "\"low\":0.00048828125",
	  "\"low\":0.002", "RANGE" },
	{ "a target for which there are too few impostors", "\"target\":0.001,",
	  "\"target\":0.0002,", "FACE_IMPOSTORS" },
	{ "targets that do not fall", "\"target\":0.001", "\"target\":0.02",
	  "RANGE" },
	{ "more people than pictures", "\"people\":52", "\"people\":115",
	  "RANGE" },
	{ "a share above one", "\"eer\":0.015625", "\"eer\":1.5", "RANGE" },
	{ "a negative count", "\"impostors\":100000", "\"impostors\":-1",
	  "RANGE" },
	{ "an unknown verdict", "\"fails\"", "\"failz\"", "SYNTAX" },
	{ "no groups in a limit", "\"groups\":[{\"fmr\"",
	  "\"group5\":[{\"fmr\"", "MISSING" },
};

static yf_str replaced(struct yf_arena *arena, yf_str text, const char *from,
		       const char *to)
{
	const char *at = memmem(text.ptr, text.len, from, strlen(from));
	yf_str out = { NULL, 0 };

	assert_non_null(at);
	const size_t before = (size_t)(at - text.ptr);
	const yf_str tail = yf_str_skip(text, before + strlen(from));
	OK(yf_str_format(arena, &out, "%.*s%s%.*s", (int)before, text.ptr, to,
			 YF_ARG(tail)));
	return out;
}

static void what_cannot_be_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < YF_COUNT(bad); i++) {
		YF_AUTO(arena) arena = yf_arena_new(ARENA_LEN);
		const struct yf_face_report in = sample();
		struct yf_face_report out;
		yf_str json;

		OK(yf_face_report_encode(&in, arena, &json));
		json = replaced(arena, json, bad[i].from, bad[i].to);
		const yf_err err = yf_face_report_decode(arena, json, &out);
		if (strcmp(yf_err_name(err), bad[i].want) != 0)
			fail_msg("%s: %s (%s)", bad[i].name, yf_err_name(err),
				 err.where);
	}
}

static void no_length_of_it_is_a_report(void **state)
{
	YF_AUTO(arena) arena = yf_arena_new(ARENA_LEN);
	const struct yf_face_report in = sample();
	yf_str json;

	(void)state;
	OK(yf_face_report_encode(&in, arena, &json));
	for (size_t len = 0; len < json.len; len++) {
		YF_AUTO(arena) small = yf_arena_new(ARENA_LEN);
		struct yf_face_report out;

		FAILS(yf_face_report_decode(small, (yf_str){ json.ptr, len },
					    &out),
		      SYNTAX);
	}
}

static void little_memory_is_an_error(void **state)
{
	YF_AUTO(arena) arena = yf_arena_new(ARENA_LEN);
	const struct yf_face_report in = sample();
	yf_str json;
	size_t limit = 0;
	yf_err err;

	(void)state;
	OK(yf_face_report_encode(&in, arena, &json));
	do {
		YF_AUTO(arena) small = yf_arena_new(limit += 512);
		struct yf_face_report out;

		err = yf_face_report_decode(small, json, &out);
		assert_true(!yf_failed(err) || err.code == YF_CODE_MEMORY);
	} while (yf_failed(err));
	assert_true(limit > 4096);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_report_comes_back),
		cmocka_unit_test(what_cannot_be_is_refused),
		cmocka_unit_test(no_length_of_it_is_a_report),
		cmocka_unit_test(little_memory_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
