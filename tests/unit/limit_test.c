#include "http/limit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static bool take(struct yf_limit *limit, const char *key, int64_t mono_ms)
{
	const yf_err err = yf_limit_take(limit, yf_str_of(key), mono_ms);

	assert_true(!yf_failed(err) || err.code == YF_CODE_TOO_MANY);
	return !yf_failed(err);
}

static void a_bucket_empties_and_refills(void **state)
{
	const struct yf_limit_options options = { .burst = 3,
						  .per_minute = 60 };
	YF_AUTO(limit) limit = NULL;

	(void)state;
	assert_false(yf_failed(yf_limit_new(&options, &limit)));
	for (int i = 0; i < 3; i++)
		assert_true(take(limit, "a", 1000));
	assert_false(take(limit, "a", 1000));
	assert_true(take(limit, "b", 1000));
	/* One a second from here. */
	assert_false(take(limit, "a", 1999));
	assert_true(take(limit, "a", 2000));
	assert_false(take(limit, "a", 2000));
	/* Never more than the burst, however long it waited. */
	for (int i = 0; i < 3; i++)
		assert_true(take(limit, "a", INT64_MAX));
	assert_false(take(limit, "a", INT64_MAX));
	/* A clock that stands or steps back refills nothing. */
	assert_false(take(limit, "a", 0));
}

/* Past its memory it forgets those that it limits least. */
static void a_flood_of_keys_frees_nobody(void **state)
{
	const struct yf_limit_options options = { .keys_max = 512,
						  .burst = 2,
						  .per_minute = 1 };
	YF_AUTO(limit) limit = NULL;
	unsigned passed = 0;
	char key[32];

	(void)state;
	assert_false(yf_failed(yf_limit_new(&options, &limit)));
	assert_true(take(limit, "victim", 0));
	assert_true(take(limit, "victim", 0));
	for (int i = 0; i < 100000; i++) {
		snprintf(key, sizeof(key), "flood-%d", i);
		(void)take(limit, key, i / 1000);
		passed += take(limit, "victim", i / 1000);
	}
	assert_int_equal(passed, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bucket_empties_and_refills),
		cmocka_unit_test(a_flood_of_keys_frees_nobody),
	};
	return cmocka_run_group_tests_name("http/limit", tests, NULL, NULL);
}
