#include "base/civil.h"
#include "card/age.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

static const struct {
	yf_str text;
	yf_code want;
	struct yf_civil date;
} dates[] = {
	{ YF_STR("2000-02-29"), YF_CODE_OK, { 2000, 2, 29 } },
	{ YF_STR("1970-01"), YF_CODE_OK, { 1970, 1, 0 } },
	{ YF_STR("1932"), YF_CODE_OK, { 1932, 0, 0 } },
	{ YF_STR("1900-02-29"), YF_CODE_SYNTAX, { 0 } },
	{ YF_STR("2001-13-01"), YF_CODE_SYNTAX, { 0 } },
	{ YF_STR("2001-00-01"), YF_CODE_SYNTAX, { 0 } },
	{ YF_STR("2001/01/01"), YF_CODE_SYNTAX, { 0 } },
	{ YF_STR("2001-1-1"), YF_CODE_SYNTAX, { 0 } },
	{ YF_STR("1799-01-01"), YF_CODE_SYNTAX, { 0 } },
	{ YF_STR(""), YF_CODE_SYNTAX, { 0 } },
};

static void date_table(void **state)
{
	(void)state;
	YF_AUTO(arena) arena = yf_arena_new(4096);
	for (size_t i = 0; i < YF_COUNT(dates); i++) {
		struct yf_civil got = { 0 };
		yf_str back;

		print_message("  %.*s\n", YF_ARG(dates[i].text));
		assert_int_equal(yf_civil_parse(dates[i].text, &got).code,
				 dates[i].want);
		assert_int_equal(got.year, dates[i].date.year);
		assert_int_equal(got.month, dates[i].date.month);
		assert_int_equal(got.day, dates[i].date.day);
		if (dates[i].want != YF_CODE_OK)
			continue;
		assert_int_equal(yf_civil_format(arena, got, &back).code,
				 YF_CODE_OK);
		assert_true(yf_str_eq(back, dates[i].text));
	}
}

/* Every day of 600 years there and back, in order. */
static void days_round_trip(void **state)
{
	const int64_t first = yf_civil_seconds((struct yf_civil){ 1800, 1, 1 });

	(void)state;
	for (int64_t s = first; s < first + (int64_t)600 * 366 * 86400;
	     s += 86400) {
		const struct yf_civil date = yf_civil_of(s + 86399);
		assert_true(yf_civil_seconds(date) == s);
		assert_in_range(date.month, 1, 12);
		assert_in_range(date.day, 1,
				yf_civil_days_in_month(date.year, date.month));
	}
	assert_true(yf_civil_seconds((struct yf_civil){ 1970, 1, 1 }) == 0);
}

static const struct {
	const char *name;
	struct yf_civil birth;
	int years;
	struct yf_civil today;
	bool want;
} ages[] = {
	{ "on the birthday", { 2000, 5, 4 }, 18, { 2018, 5, 4 }, true },
	{ "the day before", { 2000, 5, 4 }, 18, { 2018, 5, 3 }, false },
	{ "leap day, 28 Feb", { 2000, 2, 29 }, 18, { 2018, 2, 28 }, false },
	{ "leap day, 1 Mar", { 2000, 2, 29 }, 18, { 2018, 3, 1 }, true },
	{ "year only, too early", { 2000, 0, 0 }, 18, { 2018, 12, 30 }, false },
	{ "year only, certain", { 2000, 0, 0 }, 18, { 2018, 12, 31 }, true },
	{ "month only", { 2000, 2, 0 }, 18, { 2018, 2, 28 }, false },
	{ "born tomorrow", { 2018, 5, 5 }, 0, { 2018, 5, 4 }, false },
};

static void age_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < YF_COUNT(ages); i++) {
		print_message("  %s\n", ages[i].name);
		assert_true(yf_age_at_least(ages[i].birth, ages[i].years,
					    ages[i].today) == ages[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(date_table),
		cmocka_unit_test(days_round_trip),
		cmocka_unit_test(age_table),
	};
	return cmocka_run_group_tests_name("base/civil", tests, NULL, NULL);
}
