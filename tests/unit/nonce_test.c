#include "card/nonce.h"

#include "../support/citizen.h"
#include "../support/expect.h"
#include "base/random.h"

#include <stdatomic.h>

static void made_and_checked(void **state)
{
	struct yf_test_env *test = *state;
	yf_str a;
	yf_str b;

	OK(yf_nonce_make(&test->env, test->arena, YF_NONCE_CREDENTIAL, &a));
	OK(yf_nonce_make(&test->env, test->arena, YF_NONCE_CREDENTIAL, &b));
	assert_false(yf_str_eq(a, b));
	OK(yf_nonce_check(&test->env, YF_NONCE_CREDENTIAL, a));
	OK(yf_nonce_check(&test->env, YF_NONCE_CREDENTIAL, b));
	FAILS(yf_nonce_check(&test->env, YF_NONCE_DPOP, a), NONCE);
	/* It costs no row until it is spent. */
	assert_int_equal(yf_test_sql_int(test, "SELECT count(*) FROM spent",
					 YF_BIND_NONE),
			 0);
}

static void its_time(void **state)
{
	struct yf_test_env *test = *state;
	yf_str nonce;

	OK(yf_nonce_make(&test->env, test->arena, YF_NONCE_DPOP, &nonce));
	test->now_s += YF_NONCE_AGE_S - 1;
	OK(yf_nonce_check(&test->env, YF_NONCE_DPOP, nonce));
	test->now_s += 2;
	FAILS(yf_nonce_check(&test->env, YF_NONCE_DPOP, nonce), NONCE);
}

/* Each flipped character, each length, each other key. */
static void tampered(void **state)
{
	struct yf_test_env *test = *state;
	char text[128];
	yf_str nonce;

	OK(yf_nonce_make(&test->env, test->arena, YF_NONCE_CREDENTIAL, &nonce));
	assert_true(nonce.len < sizeof(text));
	for (size_t i = 0; i < nonce.len; i++) {
		memcpy(text, nonce.ptr, nonce.len);
		text[i] = text[i] == 'A' ? 'B' : 'A';
		FAILS(yf_nonce_check(&test->env, YF_NONCE_CREDENTIAL,
				     (yf_str){ text, nonce.len }),
		      NONCE);
		FAILS(yf_nonce_check(&test->env, YF_NONCE_CREDENTIAL,
				     (yf_str){ nonce.ptr, i }),
		      NONCE);
	}
	memcpy(text, nonce.ptr, nonce.len);
	text[nonce.len] = 'A';
	FAILS(yf_nonce_check(&test->env, YF_NONCE_CREDENTIAL,
			     (yf_str){ text, nonce.len + 1 }),
	      NONCE);
	FAILS(yf_nonce_check(&test->env, YF_NONCE_CREDENTIAL,
			     YF_STR("not base64url at all!")),
	      NONCE);
	yf_random_fill(&test->env.keys.nonce, sizeof(test->env.keys.nonce));
	FAILS(yf_nonce_check(&test->env, YF_NONCE_CREDENTIAL, nonce), NONCE);
}

struct spending {
	struct yf_test_env *test;
	const char *kind;
	yf_str what;
	atomic_int won;
	atomic_int replayed;
};

static yf_err spend_in_tx(struct yf_tx *tx, void *ctx)
{
	const struct spending *s = ctx;

	return yf_spend(tx, s->kind, s->what, s->test->now_s + 60);
}

static void spend_once(void *ctx, size_t number)
{
	struct spending *s = ctx;
	const yf_err err = yf_db_write(s->test->env.db, spend_in_tx, s);

	(void)number;
	if (!yf_failed(err))
		atomic_fetch_add(&s->won, 1);
	else if (err.code == YF_CODE_REPLAYED)
		atomic_fetch_add(&s->replayed, 1);
}

static void spent_once(void **state)
{
	struct spending s = { .test = *state,
			      .kind = "jti",
			      .what = YF_STR("x") };

	OK(yf_db_write(s.test->env.db, spend_in_tx, &s));
	FAILS(yf_db_write(s.test->env.db, spend_in_tx, &s), REPLAYED);
	s.kind = "c_nonce";
	OK(yf_db_write(s.test->env.db, spend_in_tx, &s));
	s.what = YF_STR("y");
	OK(yf_db_write(s.test->env.db, spend_in_tx, &s));
}

static void of_many_at_once_one_wins(void **state)
{
	enum { THREADS = 16, ROUNDS = 20 };
	struct yf_test_env *test = *state;

	for (int i = 0; i < ROUNDS; i++) {
		struct spending s = { .test = test, .kind = "jti" };
		OK(yf_str_format(test->arena, &s.what, "round %d", i));
		citizen_race(THREADS, spend_once, &s);
		assert_int_equal(atomic_load(&s.won), 1);
		assert_int_equal(atomic_load(&s.replayed), THREADS - 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ENV_TEST(made_and_checked),
		ENV_TEST(its_time),
		ENV_TEST(tampered),
		ENV_TEST(spent_once),
		ENV_TEST(of_many_at_once_one_wins),
	};
	return cmocka_run_group_tests_name("card/nonce", tests, NULL, NULL);
}
