#include "card/face_certificate.h"

#include "../support/expect.h"
#include "../support/house.h"

#include <math.h>
#include <stdlib.h>

#include "crypto/jws.h"

enum { NOW = HOUSE_NOW_S, DAY = 86400 };

#define RATE(n, of)                                                       \
	{                                                                 \
		.errors = n, .trials = of, .at_most = ((n) + 1.0) / (of), \
		.known = true, .value = (double)(n) / (of),               \
	}

static const struct yf_rate at_1e2[] = { RATE(20000, 1000000),
					 RATE(9000, 500000) };
static const struct yf_rate at_1e3[] = { RATE(900, 1000000),
					 RATE(1400, 500000) };
/* The second group is too small to tell: the bound counts. */
static const struct yf_rate at_1e4[] = {
	RATE(90, 1000000),
	{ .errors = 2, .trials = 500000, .at_most = 1.26e-5 },
};
static const struct yf_rate found = RATE(3, 500);
static const struct yf_report_group groups[] = {
	{ YF_STR("north"), 700, 1400, 700, 1000000 },
	{ YF_STR("south"), 500, 1000, 500, 500000 },
};
static const struct yf_report_limit limits[] = {
	{ .target = 1e-2,
	  .score = 0.41,
	  .fmr = RATE(99000, 10000000),
	  .fnmr = RATE(5, 1200),
	  .group_fmr = at_1e2,
	  .group_fnmr = at_1e2 },
	{ .target = 1e-3,
	  .score = 0.52,
	  .fmr = RATE(9900, 10000000),
	  .fnmr = RATE(19, 1200),
	  .group_fmr = at_1e3,
	  .group_fnmr = at_1e3 },
	{ .target = 1e-4,
	  .score = 0.6,
	  .fmr = RATE(990, 10000000),
	  .fnmr = RATE(38, 1200),
	  .group_fmr = at_1e4,
	  .group_fnmr = at_1e4 },
};

static struct yf_face_report sample(void)
{
	return (struct yf_face_report){
		.software = YF_STR("yufu test"),
		.measured_s = NOW - DAY,
		.data = YF_STR("portraits of a town, by agreement"),
		.list = YF_STR("pairs.csv"),
		.engine = YF_STR("org.example.face"),
		.version = YF_STR("7+decoder"),
		.model_hash = { 1, 0xab, 255 },
		.people = 1200,
		.pictures = 2400,
		.genuine = 1200,
		.impostors = 10000000,
		.failure_to_extract = found,
		.groups = groups,
		.group_count = YF_COUNT(groups),
		.limits = limits,
		.limit_count = YF_COUNT(limits),
		.jobs = 1,
	};
}

struct bed {
	struct house house;
	struct yf_face_report report;
	struct yf_face_certificate_ask ask;
	yf_str text;
};

static int open_bed(void **state)
{
	struct bed *bed = calloc(1, sizeof(*bed));

	assert_non_null(bed);
	house_open(&bed->house);
	bed->report = sample();
	bed->ask = (struct yf_face_certificate_ask){
		.report = &bed->report,
		.by = YF_STR("Testing Laboratory"),
		.made_s = NOW,
		.days = 365,
	};
	OK(yf_face_certificate_make(bed->house.arena, &bed->house.issuer,
				    &bed->ask, &bed->text));
	*state = bed;
	return 0;
}

static int close_bed(void **state)
{
	struct bed *bed = *state;

	house_close(&bed->house);
	free(bed);
	return 0;
}

#define BED_TEST(name) \
	cmocka_unit_test_setup_teardown(name, open_bed, close_bed)

static yf_err verify(struct bed *bed, yf_str text, int64_t now_s,
		     struct yf_face_certificate *out)
{
	return yf_face_certificate_verify(bed->house.arena, text,
					  bed->house.trust, now_s, out);
}

static void it_comes_back(void **state)
{
	struct bed *bed = *state;
	struct yf_face_certificate certificate;

	OK(verify(bed, bed->text, NOW, &certificate));
	assert_true(yf_str_is(certificate.by, "Testing Laboratory"));
	assert_true(yf_str_is(certificate.signer, "Test issuer"));
	assert_false(certificate.by_operator);
	assert_int_equal(certificate.made_s, NOW);
	assert_int_equal(certificate.expires_s, NOW + 365 * DAY);
	assert_true(yf_str_eq(certificate.report.data, bed->report.data));
	assert_int_equal(certificate.report.limit_count, 3);
}

/* Every byte of it: nothing that was touched is believed. */
static void each_flipped_byte(void **state)
{
	struct bed *bed = *state;

	for (size_t i = 0; i < bed->text.len; i += 7) {
		YF_AUTO(arena) arena = yf_arena_new(4 * 1024 * 1024);
		struct yf_face_certificate certificate;
		yf_str copy;

		OK(yf_str_copy(arena, bed->text, &copy));
		((char *)(uintptr_t)copy.ptr)[i] =
			copy.ptr[i] == 'A' ? 'B' : 'A';
		const yf_err err = yf_face_certificate_verify(
			arena, copy, bed->house.trust, NOW, &certificate);
		if (!yf_failed(err))
			fail_msg("byte %zu of %zu", i, bed->text.len);
	}
}

static void each_truncated_length(void **state)
{
	struct bed *bed = *state;
	struct yf_face_certificate certificate;

	for (size_t len = 0; len < bed->text.len; len += 97)
		assert_true(
			yf_failed(verify(bed, (yf_str){ bed->text.ptr, len },
					 NOW, &certificate)));
}

static void its_time(void **state)
{
	struct bed *bed = *state;
	struct yf_face_certificate certificate;

	OK(verify(bed, bed->text, NOW + 365 * DAY - 1, &certificate));
	/* The chain of the house ends on the same day. */
	FAILS(verify(bed, bed->text, NOW + 365 * DAY + 1, &certificate),
	      FACE_EXPIRED);
	FAILS(verify(bed, bed->text, NOW - 3600, &certificate), NOT_YET);
	bed->ask.days = 30;
	OK(yf_face_certificate_make(bed->house.arena, &bed->house.issuer,
				    &bed->ask, &bed->text));
	OK(verify(bed, bed->text, NOW + 30 * DAY - 1, &certificate));
	FAILS(verify(bed, bed->text, NOW + 30 * DAY, &certificate),
	      FACE_EXPIRED);
	/* Told what it would have said. */
	assert_true(yf_str_is(certificate.by, "Testing Laboratory"));
}

static void believed_by_nobody(void **state)
{
	struct bed *bed = *state;
	struct house other;
	struct yf_face_certificate certificate;
	YF_AUTO(trust) empty = NULL;

	house_open(&other);
	FAILS(yf_face_certificate_verify(bed->house.arena, bed->text,
					 other.trust, NOW, &certificate),
	      FACE_CHAIN);
	assert_true(yf_str_is(certificate.by, "Testing Laboratory"));
	OK(yf_trust_new(&empty));
	FAILS(yf_face_certificate_verify(bed->house.arena, bed->text, empty,
					 NOW, &certificate),
	      FACE_CHAIN);
	FAILS(yf_face_certificate_verify(bed->house.arena, bed->text, NULL, NOW,
					 &certificate),
	      FACE_CHAIN);
	house_close(&other);
}

/* Signed by somebody who has the certificate of another key. */
static void with_another_key(void **state)
{
	struct bed *bed = *state;
	struct yf_face_certificate certificate;
	struct yf_jws jws;
	struct yf_chain chain;
	yf_str text;

	OK(yf_signer_chain(&bed->house.issuer, &chain));
	OK(yf_jws_parse(bed->house.arena, bed->text, &jws));
	const struct yf_jws_header header = {
		.typ = YF_STR(YF_FACE_CERTIFICATE_TYP), .x5c = &chain
	};
	OK(yf_jws_sign(bed->house.arena, &bed->house.other, &header,
		       jws.payload, &text));
	FAILS(verify(bed, text, NOW, &certificate), SIGNATURE);
	/* And a token of another kind by the right one. */
	const struct yf_jws_header trust_list = {
		.typ = YF_STR("trust-list+jwt"), .x5c = &chain
	};
	OK(yf_jws_sign(bed->house.arena, &bed->house.issuer, &trust_list,
		       jws.payload, &text));
	FAILS(verify(bed, text, NOW, &certificate), TYP);
}

static void of_this_engine(void **state)
{
	struct bed *bed = *state;
	struct yf_face_certificate certificate;
	uint8_t hash[YF_REPORT_HASH_LEN] = { 1, 0xab, 255 };
	const yf_str id = YF_STR("org.example.face");

	OK(verify(bed, bed->text, NOW, &certificate));
	OK(yf_face_certificate_fits(&certificate, id, YF_STR("7+decoder"),
				    hash));
	FAILS(yf_face_certificate_fits(&certificate, YF_STR("org.other"),
				       YF_STR("7+decoder"), hash),
	      FACE_ENGINE);
	FAILS(yf_face_certificate_fits(&certificate, id, YF_STR("8+decoder"),
				       hash),
	      FACE_VERSION);
	FAILS(yf_face_certificate_fits(&certificate, id, YF_STR("7+other"),
				       hash),
	      FACE_DECODER);
	FAILS(yf_face_certificate_fits(&certificate, id, YF_STR("7"), hash),
	      FACE_DECODER);
	hash[31] ^= 1;
	FAILS(yf_face_certificate_fits(&certificate, id, YF_STR("7+decoder"),
				       hash),
	      FACE_MODEL);
}

static void what_is_not_certified(void **state)
{
	struct bed *bed = *state;
	struct yf_report_limit few[] = { limits[0] };
	yf_str text;

#define MAKE()                                                         \
	yf_face_certificate_make(bed->house.arena, &bed->house.issuer, \
				 &bed->ask, &text)
	bed->ask.by = YF_STR("");
	FAILS(MAKE(), MISSING);
	bed->ask.by = YF_STR("\xff");
	FAILS(MAKE(), RANGE);
	bed->ask.by = YF_STR("Lab");
	bed->ask.days = 0;
	FAILS(MAKE(), RANGE);
	bed->ask.days = YF_FACE_CERTIFICATE_DAYS_MAX + 1;
	FAILS(MAKE(), RANGE);
	bed->ask.days = 1;
	bed->report.data = YF_STR("");
	FAILS(MAKE(), MISSING);
	bed->report.data = YF_STR("data");
	bed->report.limits = few;
	bed->report.limit_count = 1;
	few[0].fmr.trials = 2999;
	few[0].fmr.errors = 20;
	FAILS(MAKE(), FACE_IMPOSTORS);
	bed->report.limit_count = 0;
	FAILS(MAKE(), FACE_IMPOSTORS);
	bed->report = sample();
	FAILS(yf_face_certificate_make(bed->house.arena, &bed->house.holder,
				       &bed->ask, &text),
	      KEY);
	OK(MAKE());
}

/* A group without a false match, and one group that is everybody. */
static void what_groups_say(void **state)
{
	const struct yf_rate clean[] = {
		RATE(90, 1000000),
		{ .trials = 500000, .at_most = 6e-6, .known = true }
	};
	struct yf_report_limit strictest = limits[2];
	struct yf_face_certificate certificate = { .report = sample() };
	struct yf_face_point points[YF_REPORT_LIMITS_MAX];

	(void)state;
	strictest.group_fmr = clean;
	certificate.report.limits = &strictest;
	certificate.report.limit_count = 1;
	assert_int_equal(yf_face_certificate_points(&certificate, points), 1);
	assert_true(points[0].has_groups && points[0].group_fmr == 9e-5);
	strictest.group_fmr = clean + 1;
	certificate.report.group_count = 1;
	assert_int_equal(yf_face_certificate_points(&certificate, points), 1);
	assert_true(points[0].group_fmr == 6e-6);
	assert_false(points[0].has_groups);
}

/* From certificate to score: what a deployment does. */
static void to_a_rule(void **state)
{
	static const struct {
		struct yf_face_limits limits;
		const char *why;
		double score_min;
	} cases[] = {
		{ { 1e-2, 2e-2, false }, "OK", 0.41 },
		{ { 1e-3, 3e-3, false }, "OK", 0.52 },
		{ { 1e-3, 2e-3, false }, "OK", 0.6 },
		{ { 1e-4, 1e-4, false }, "OK", 0.6 },
		{ { 1e-4, 9.1e-5, false }, "OK", 0.6 },
		{ { 1e-4, 8e-5, false }, "FACE_GROUP_FMR", 0 },
		{ { 9e-5, 1e-4, false }, "FACE_FMR", 0 },
		{ { 1e-6, 1e-4, false }, "FACE_IMPOSTORS", 0 },
		{ { 1e-4, 5e-5, false }, "FACE_IMPOSTORS", 0 },
	};
	struct bed *bed = *state;
	struct yf_face_certificate certificate;
	struct yf_face_point points[YF_REPORT_LIMITS_MAX];

	OK(verify(bed, bed->text, NOW, &certificate));
	const size_t count = yf_face_certificate_points(&certificate, points);
	assert_int_equal(count, 3);
	assert_true(fabs(points[2].group_fmr - 9e-5) < 1e-12);
	assert_int_equal(points[2].group_impostors, 500000);
	for (size_t i = 0; i < YF_COUNT(cases); i++) {
		const struct yf_face_rule rule =
			yf_face_rule_make(&cases[i].limits, points, count,
					  certificate.expires_s, YF_OK);

		print_message("  %zu\n", i);
		assert_string_equal(yf_err_name(yf_face_rule_why(&rule, NOW)),
				    cases[i].why);
		assert_true(fabs(rule.score_min - cases[i].score_min) < 1e-12);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BED_TEST(it_comes_back),
		BED_TEST(each_flipped_byte),
		BED_TEST(each_truncated_length),
		BED_TEST(its_time),
		BED_TEST(believed_by_nobody),
		BED_TEST(with_another_key),
		BED_TEST(of_this_engine),
		BED_TEST(what_is_not_certified),
		cmocka_unit_test(what_groups_say),
		BED_TEST(to_a_rule),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
