#include "card/face_rule.h"

#include "../support/expect.h"

#include <math.h>
#include <string.h>

enum { NOW = 1800000000, YEAR = 365 * 86400 };

static const struct yf_face_limits strict = { 1e-4, 1e-3, false };
static const struct yf_face_limits for_demo = { 1e-4, 1e-3, true };

#define MANY 10000000
#define POINT(score, fmr, group)                         \
	{                                                \
		score, fmr, MANY, true, group, MANY / 10 \
	}

static const struct {
	const char *name;
	struct yf_face_point points[3];
	size_t count;
	const char *why;
	double score_min;
} cases[] = {
	{ "nothing", { POINT(0, 0, 0) }, 0, "FACE_UNCERTIFIED", 0 },
	{ "one that keeps both", { POINT(0.5, 9e-5, 9e-4) }, 1, "OK", 0.5 },
	{ "exactly at the limits", { POINT(0.5, 1e-4, 1e-3) }, 1, "OK", 0.5 },
	{ "the lowest that keeps both",
	  { POINT(0.4, 1e-3, 2e-3), POINT(0.5, 1e-4, 8e-4),
	    POINT(0.6, 1e-5, 1e-4) },
	  3,
	  "OK",
	  0.5 },
	{ "a group that needs a higher score than all",
	  { POINT(0.4, 1e-4, 3.8e-2), POINT(0.5, 1e-5, 5e-3),
	    POINT(0.6, 1e-6, 9e-4) },
	  3,
	  "OK",
	  0.6 },
	{ "no score for all",
	  { POINT(0.4, 1e-2, 1e-3), POINT(0.5, 1.1e-4, 1e-4) },
	  2,
	  "FACE_FMR",
	  0 },
	{ "no score for the worst group: the reference weights",
	  { POINT(0.4, 1e-3, 1.4e-1), POINT(0.5, 1e-4, 3.8e-2) },
	  2,
	  "FACE_GROUP_FMR",
	  0 },
	{ "no groups",
	  { { 0.5, 1e-5, MANY, false, 0, 0 } },
	  1,
	  "FACE_GROUPS",
	  0 },
	{ "29 expected errors are too few",
	  { { 0.5, 1e-5, 299999, true, 1e-5, MANY } },
	  1,
	  "FACE_IMPOSTORS",
	  0 },
	{ "30 are enough",
	  { { 0.5, 1e-5, 300000, true, 1e-5, MANY } },
	  1,
	  "OK",
	  0.5 },
	{ "no error at all, of too few pairs",
	  { { 0.5, 0, 150, true, 0, 150 } },
	  1,
	  "FACE_IMPOSTORS",
	  0 },
	{ "a group too small to judge",
	  { { 0.5, 1e-5, MANY, true, 0, 29999 } },
	  1,
	  "FACE_IMPOSTORS",
	  0 },
	{ "the smallest group that can be judged",
	  { { 0.5, 1e-5, MANY, true, 0, 30000 } },
	  1,
	  "OK",
	  0.5 },
	{ "rates that are no numbers",
	  { { 0.5, (double)NAN, MANY, true, 0, MANY } },
	  1,
	  "FACE_FMR",
	  0 },
	{ "a group rate that is none",
	  { { 0.5, 0, MANY, true, (double)NAN, MANY } },
	  1,
	  "FACE_GROUP_FMR",
	  0 },
	{ "a score that is none",
	  { { (double)NAN, 0, MANY, true, 0, MANY } },
	  1,
	  "FACE_FMR",
	  0 },
};

static void the_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < YF_COUNT(cases); i++) {
		const struct yf_face_rule rule =
			yf_face_rule_make(&strict, cases[i].points,
					  cases[i].count, NOW + YEAR, YF_OK);

		print_message("  %s\n", cases[i].name);
		assert_string_equal(yf_err_name(yf_face_rule_why(&rule, NOW)),
				    cases[i].why);
		const bool ok = strcmp(cases[i].why, "OK") == 0;
		assert_int_equal(yf_face_rule_standing(&rule, NOW),
				 ok ? YF_FACE_CERTIFIED : YF_FACE_CLOSED);
		assert_true(rule.score_min == cases[i].score_min);
		/* The engine's own claim opens nothing. */
		assert_int_equal(yf_face_decide(&rule, 0.99, -12, NOW), ok);
		assert_false(yf_face_decide(&rule, 0.1, -12, NOW));
	}
}

static void certified_by_score(void **state)
{
	const struct yf_face_point point = POINT(0.5, 1e-4, 1e-3);
	const struct yf_face_rule rule =
		yf_face_rule_make(&for_demo, &point, 1, NOW + YEAR, YF_OK);

	(void)state;
	assert_int_equal(yf_face_rule_standing(&rule, NOW), YF_FACE_CERTIFIED);
	assert_true(yf_face_decide(&rule, 0.5, 0, NOW));
	assert_false(yf_face_decide(&rule, nextafter(0.5, 0), -12, NOW));
	assert_false(yf_face_decide(&rule, (double)NAN, -12, NOW));
}

/* A server runs for months: the certificate ends while it does. */
static void it_ends(void **state)
{
	const struct yf_face_point point = POINT(0.5, 1e-4, 1e-3);
	const struct yf_face_rule closed =
		yf_face_rule_make(&strict, &point, 1, NOW + 1, YF_OK);
	const struct yf_face_rule demo =
		yf_face_rule_make(&for_demo, &point, 1, NOW + 1, YF_OK);

	(void)state;
	assert_int_equal(yf_face_rule_standing(&closed, NOW),
			 YF_FACE_CERTIFIED);
	assert_int_equal(yf_face_rule_standing(&closed, NOW + 1),
			 YF_FACE_CLOSED);
	FAILS(yf_face_rule_why(&closed, NOW + 1), FACE_EXPIRED);
	assert_false(yf_face_decide(&closed, 0.9, -12, NOW + 1));
	assert_int_equal(yf_face_rule_standing(&demo, NOW + 1), YF_FACE_DEMO);
}

static void demo_by_claim(void **state)
{
	const struct yf_face_rule rule =
		yf_face_rule_make(&for_demo, NULL, 0, 0, YF_FAIL(FACE_CHAIN));

	(void)state;
	assert_int_equal(yf_face_rule_standing(&rule, NOW), YF_FACE_DEMO);
	FAILS(yf_face_rule_why(&rule, NOW), FACE_CHAIN);
	assert_true(yf_face_decide(&rule, 0, -4, NOW));
	assert_true(yf_face_decide(&rule, 0, -5.5, NOW));
	assert_false(yf_face_decide(&rule, 1, -3.9, NOW));
	assert_false(yf_face_decide(&rule, 1, (double)NAN, NOW));
}

static void without_a_rule(void **state)
{
	(void)state;
	assert_int_equal(yf_face_rule_standing(NULL, NOW), YF_FACE_CLOSED);
	FAILS(yf_face_rule_why(NULL, NOW), FACE_UNCERTIFIED);
	assert_false(yf_face_decide(NULL, 1, -12, NOW));
}

static void lists_take_the_worst_group(void **state)
{
	const struct yf_face_point point = POINT(0.5, 1e-5, 1e-4);
	const struct yf_face_point clean = POINT(0.6, 0, 0);
	const struct yf_face_point small = { 0.6, 1e-6, MANY, true, 0, 30000 };
	struct yf_face_list_rule list;
	struct yf_face_rule rule =
		yf_face_rule_make(&strict, &point, 1, NOW + YEAR, YF_OK);

	(void)state;
	OK(yf_face_rule_list(&rule, NOW, &list));
	assert_true(list.fmr == 1e-4 && list.score_min == 0.5);
	assert_int_equal(yf_face_list_room(&list), 10);
	FAILS(yf_face_rule_list(&rule, NOW + YEAR, &list), FACE_UNCERTIFIED);
	/* No false match seen: what the pairs were enough for. */
	rule = yf_face_rule_make(&strict, &clean, 1, NOW + YEAR, YF_OK);
	OK(yf_face_rule_list(&rule, NOW, &list));
	assert_true(list.fmr == 1e-3);
	/* The many pairs of all say nothing of a small group without one. */
	rule = yf_face_rule_make(&strict, &small, 1, NOW + YEAR, YF_OK);
	OK(yf_face_rule_list(&rule, NOW, &list));
	assert_true(list.fmr == 1e-3);
	rule = yf_face_rule_make(&for_demo, NULL, 0, 0, YF_OK);
	FAILS(yf_face_rule_list(&rule, NOW, &list), FACE_UNCERTIFIED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table),
		cmocka_unit_test(certified_by_score),
		cmocka_unit_test(it_ends),
		cmocka_unit_test(demo_by_claim),
		cmocka_unit_test(without_a_rule),
		cmocka_unit_test(lists_take_the_worst_group),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
