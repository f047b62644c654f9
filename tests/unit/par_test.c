#include "card/par.h"

#include "../support/citizen.h"
#include "../support/expect.h"
#include "openid/pkce.h"

#include <stdatomic.h>

#define JKT_A "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define JKT_B "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA"
#define CHALLENGE "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

static struct yf_par_ask good(void)
{
	return (struct yf_par_ask){
		.client_id = YF_STR(CITIZEN_WALLET),
		.response_type = YF_STR("code"),
		.redirect_uri = YF_STR(CITIZEN_WALLET),
		.scope = YF_STR("id"),
		.state = YF_STR("s=1&2"),
		.code_challenge = YF_STR(CHALLENGE),
		.code_challenge_method = YF_STR("S256"),
	};
}

static yf_str push(struct yf_test_env *test, const struct yf_par_ask *ask,
		   const char *jkt)
{
	const struct yf_dpop dpop = citizen_dpop(test, jkt ? jkt : "");
	yf_str uri = { NULL, 0 };

	OK(yf_par_push(&test->env, test->arena, ask, jkt ? &dpop : NULL, &uri));
	return uri;
}

static yf_err take(struct yf_test_env *test, yf_str uri, struct yf_par *out)
{
	return yf_par_take(&test->env, test->arena, YF_STR(CITIZEN_WALLET), uri,
			   out);
}

static void pushed_and_taken(void **state)
{
	struct yf_test_env *test = *state;
	const struct yf_par_ask ask = good();
	const yf_str uri = push(test, &ask, JKT_A);
	struct yf_par par;

	assert_true(yf_str_starts(
		uri, YF_STR("urn:ietf:params:oauth:request_uri:")));
	OK(take(test, uri, &par));
	assert_true(yf_str_eq(par.client_id, ask.client_id));
	assert_true(yf_str_eq(par.redirect_uri, ask.redirect_uri));
	assert_true(yf_str_eq(par.state, ask.state));
	assert_true(yf_str_eq(par.code_challenge, ask.code_challenge));
	assert_true(yf_str_is(par.dpop_jkt, JKT_A));
	assert_true(yf_par_is(uri, &par.handle));
	assert_false(yf_par_is(YF_STR("urn:other"), &par.handle));
	assert_false(yf_par_is((yf_str){ uri.ptr, uri.len - 1 }, &par.handle));
}

static void taken_once(void **state)
{
	struct yf_test_env *test = *state;
	const struct yf_par_ask ask = good();
	const yf_str uri = push(test, &ask, NULL);
	struct yf_par par;

	OK(take(test, uri, &par));
	assert_int_equal(par.dpop_jkt.len, 0);
	FAILS(take(test, uri, &par), INVALID_REQUEST);
}

static void its_time(void **state)
{
	struct yf_test_env *test = *state;
	const struct yf_par_ask ask = good();
	const yf_str first = push(test, &ask, NULL);
	const yf_str second = push(test, &ask, NULL);
	struct yf_par par;

	test->now_s += YF_PAR_LIFE_S - 1;
	OK(take(test, first, &par));
	test->now_s++;
	FAILS(take(test, second, &par), INVALID_REQUEST);
}

static void not_his(void **state)
{
	struct yf_test_env *test = *state;
	const struct yf_par_ask ask = good();
	const yf_str uri = push(test, &ask, NULL);
	struct yf_par par;

	FAILS(yf_par_take(&test->env, test->arena, YF_STR("other"), uri, &par),
	      INVALID_REQUEST);
	FAILS(take(test, YF_STR(""), &par), INVALID_REQUEST);
	FAILS(take(test, YF_STR("urn:ietf:params:oauth:request_uri:"), &par),
	      INVALID_REQUEST);
	FAILS(take(test, yf_str_skip(uri, 1), &par), INVALID_REQUEST);
	/* None of these cost the one it belongs to their turn. */
	OK(take(test, uri, &par));
}

static void each_rule(void **state)
{
	struct yf_test_env *test = *state;
	static char long_state[513];
	const struct {
		const char *name;
		size_t member; /* of struct yf_par_ask */
		const char *value;
		const char *want;
	} rows[] = {
#define ROW(member, value, want) \
	{ #member, offsetof(struct yf_par_ask, member), value, want }
		ROW(client_id, "other", "INVALID_CLIENT"),
		ROW(client_id, "", "INVALID_CLIENT"),
		ROW(redirect_uri, "https://evil.example/", "INVALID_REQUEST"),
		ROW(redirect_uri, "", "INVALID_REQUEST"),
		ROW(response_type, "token", "UNSUPPORTED_RESPONSE_TYPE"),
		ROW(response_type, "", "UNSUPPORTED_RESPONSE_TYPE"),
		ROW(scope, "openid", "INVALID_SCOPE"),
		ROW(scope, "", "INVALID_SCOPE"),
		ROW(code_challenge_method, "plain", "INVALID_REQUEST"),
		ROW(code_challenge_method, "", "INVALID_REQUEST"),
		ROW(code_challenge, "", "INVALID_REQUEST"),
		ROW(code_challenge, "short", "INVALID_REQUEST"),
		ROW(code_challenge, CHALLENGE "x", "INVALID_REQUEST"),
		ROW(code_challenge,
		    "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM",
		    "INVALID_REQUEST"),
		ROW(state, long_state, "INVALID_REQUEST"),
		ROW(dpop_jkt, "short", "INVALID_REQUEST"),
		ROW(dpop_jkt, JKT_A JKT_A, "INVALID_REQUEST"),
#undef ROW
	};

	memset(long_state, 's', sizeof(long_state));
	for (size_t i = 0; i < YF_COUNT(rows); i++) {
		struct yf_par_ask ask = good();
		const yf_str value = rows[i].value == long_state
					     ? (yf_str){ long_state, 513 }
					     : yf_str_of(rows[i].value);
		yf_str uri;
		memcpy((char *)&ask + rows[i].member, &value, sizeof(value));
		const yf_err err =
			yf_par_push(&test->env, test->arena, &ask, NULL, &uri);
		if (!yf_str_is(yf_str_of(yf_err_name(err)), rows[i].want))
			fail_msg("%s '%s': %s", rows[i].name, rows[i].value,
				 yf_err_name(err));
	}
	assert_int_equal(yf_test_sql_int(test,
					 "SELECT count(*) FROM par_request",
					 YF_BIND_NONE),
			 0);
}

/* RFC 9449 section 10: the parameter and the proof name the same key. */
static void keys(void **state)
{
	struct yf_test_env *test = *state;
	struct yf_par_ask ask = good();
	const struct yf_dpop dpop = citizen_dpop(test, JKT_B);
	struct yf_par par;
	yf_str uri;

	ask.dpop_jkt = YF_STR(JKT_A);
	OK(take(test, push(test, &ask, NULL), &par));
	assert_true(yf_str_is(par.dpop_jkt, JKT_A));
	OK(take(test, push(test, &ask, JKT_A), &par));
	assert_true(yf_str_is(par.dpop_jkt, JKT_A));
	FAILS(yf_par_push(&test->env, test->arena, &ask, &dpop, &uri),
	      INVALID_DPOP_PROOF);
}

static void proof_used_twice(void **state)
{
	struct yf_test_env *test = *state;
	const struct yf_par_ask ask = good();
	const struct yf_dpop dpop = citizen_dpop(test, JKT_A);
	yf_str uri;

	OK(yf_par_push(&test->env, test->arena, &ask, &dpop, &uri));
	FAILS(yf_par_push(&test->env, test->arena, &ask, &dpop, &uri),
	      INVALID_DPOP_PROOF);
	assert_int_equal(yf_test_sql_int(test,
					 "SELECT count(*) FROM par_request",
					 YF_BIND_NONE),
			 1);
}

struct taking {
	struct yf_test_env *test;
	yf_str uri;
	atomic_int won;
};

static void take_once(void *ctx, size_t number)
{
	struct taking *taking = ctx;
	YF_AUTO(arena) arena = yf_arena_new(64 * 1024);
	struct yf_par par;

	(void)number;
	if (!yf_failed(yf_par_take(&taking->test->env, arena,
				   YF_STR(CITIZEN_WALLET), taking->uri, &par)))
		atomic_fetch_add(&taking->won, 1);
}

static void of_many_at_once_one_wins(void **state)
{
	struct yf_test_env *test = *state;
	const struct yf_par_ask ask = good();

	for (int i = 0; i < 10; i++) {
		struct taking taking = { .test = test,
					 .uri = push(test, &ask, NULL) };
		citizen_race(16, take_once, &taking);
		assert_int_equal(atomic_load(&taking.won), 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ENV_TEST(pushed_and_taken), ENV_TEST(taken_once),
		ENV_TEST(its_time),         ENV_TEST(not_his),
		ENV_TEST(each_rule),        ENV_TEST(keys),
		ENV_TEST(proof_used_twice), ENV_TEST(of_many_at_once_one_wins),
	};
	return cmocka_run_group_tests_name("card/par", tests, NULL, NULL);
}
