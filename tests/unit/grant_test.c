#include "card/grant.h"

#include "../support/citizen.h"
#include "../support/expect.h"
#include "openid/pkce.h"

#include <stdatomic.h>

/* RFC 7636 appendix B. */
#define VERIFIER "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
#define CHALLENGE "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

static struct yf_grant of_code(void)
{
	return (struct yf_grant){
		.kind = YF_GRANT_CODE,
		.person = { 7, YF_STR("person") },
		.type = YF_STR("id"),
		.client_id = YF_STR(CITIZEN_WALLET),
		.redirect_uri = YF_STR(CITIZEN_WALLET),
		.code_challenge = YF_STR(CHALLENGE),
		.life_s = YF_CODE_LIFE_S,
	};
}

static struct yf_token_ask ask_for(yf_str code)
{
	return (struct yf_token_ask){
		.grant_type = YF_STR(YF_GRANT_CODE),
		.code = code,
		.client_id = YF_STR(CITIZEN_WALLET),
		.redirect_uri = YF_STR(CITIZEN_WALLET),
		.code_verifier = YF_STR(VERIFIER),
	};
}

static struct yf_grant of_offer(const char *tx_code)
{
	return (struct yf_grant){
		.kind = YF_GRANT_PRE_AUTHORIZED,
		.person = { 7, YF_STR("person") },
		.type = YF_STR("id"),
		.tx_code = yf_str_of(tx_code),
		.life_s = 600,
	};
}

static struct yf_token_ask ask_offered(yf_str code, const char *tx_code)
{
	return (struct yf_token_ask){
		.grant_type = YF_STR(YF_GRANT_PRE_AUTHORIZED),
		.code = code,
		.tx_code = yf_str_of(tx_code),
	};
}

static yf_err exchange(struct yf_test_env *test, const struct yf_token_ask *ask,
		       const char *jkt, yf_str *token)
{
	const struct yf_dpop dpop = citizen_dpop(test, jkt);
	struct yf_token_made made = { 0 };
	const yf_err err =
		yf_token_exchange(&test->env, test->arena, ask, &dpop, &made);

	*token = made.token;
	if (!yf_failed(err))
		assert_true(yf_str_is(made.type, "id"));
	return err;
}

static int64_t tokens(struct yf_test_env *test)
{
	return yf_test_sql_int(test, "SELECT count(*) FROM access_token",
			       YF_BIND_NONE);
}

static void a_code_becomes_a_token(void **state)
{
	struct yf_test_env *test = *state;
	const struct yf_grant grant = of_code();
	const struct yf_token_ask ask = ask_for(citizen_code(test, &grant));
	struct yf_token token;
	yf_str text;

	OK(exchange(test, &ask, "key", &text));
	assert_true(text.len >= YF_HANDLE_LEN);
	OK(yf_token_load(&test->env, test->arena, text, YF_STR("key"), &token));
	assert_int_equal(token.person.shard, 7);
	assert_true(yf_str_is(token.person.id, "person"));
	assert_true(yf_str_is(token.type, "id"));
	assert_true(yf_str_is(token.client_id, CITIZEN_WALLET));
}

static void a_token_is_bound(void **state)
{
	struct yf_test_env *test = *state;
	const struct yf_grant grant = of_code();
	const struct yf_token_ask ask = ask_for(citizen_code(test, &grant));
	struct yf_token token;
	yf_str text;

	OK(exchange(test, &ask, "key", &text));
	FAILS(yf_token_load(&test->env, test->arena, text, YF_STR("other"),
			    &token),
	      INVALID_TOKEN);
	FAILS(yf_token_load(&test->env, test->arena, text, YF_STR(""), &token),
	      INVALID_TOKEN);
	FAILS(yf_token_load(&test->env, test->arena, YF_STR("x"), YF_STR("key"),
			    &token),
	      INVALID_TOKEN);
	test->now_s += YF_TOKEN_LIFE_S - 1;
	OK(yf_token_load(&test->env, test->arena, text, YF_STR("key"), &token));
	test->now_s++;
	FAILS(yf_token_load(&test->env, test->arena, text, YF_STR("key"),
			    &token),
	      INVALID_TOKEN);
}

/* RFC 6749 4.1.2: used twice, the tokens of its first use are revoked. */
static void used_twice(void **state)
{
	struct yf_test_env *test = *state;
	const struct yf_grant grant = of_code();
	const struct yf_token_ask ask = ask_for(citizen_code(test, &grant));
	const struct yf_token_ask other = ask_for(citizen_code(test, &grant));
	struct yf_token token;
	yf_str text;
	yf_str of_other;
	yf_str again;

	OK(exchange(test, &other, "key", &of_other));
	OK(exchange(test, &ask, "key", &text));
	FAILS(exchange(test, &ask, "key", &again), INVALID_GRANT);
	FAILS(yf_token_load(&test->env, test->arena, text, YF_STR("key"),
			    &token),
	      INVALID_TOKEN);
	OK(yf_token_load(&test->env, test->arena, of_other, YF_STR("key"),
			 &token));
	FAILS(exchange(test, &ask, "key", &again), INVALID_GRANT);
}

static void each_rule(void **state)
{
	struct yf_test_env *test = *state;
	const struct {
		const char *name;
		size_t member;
		const char *value;
		const char *want;
	} rows[] = {
#define ROW(member, value, want) \
	{ #member, offsetof(struct yf_token_ask, member), value, want }
		ROW(grant_type, "", "INVALID_REQUEST"),
		ROW(grant_type, "password", "UNSUPPORTED_GRANT_TYPE"),
		ROW(grant_type, YF_GRANT_PRE_AUTHORIZED, "INVALID_GRANT"),
		ROW(code, "", "INVALID_REQUEST"),
		ROW(code, "unknown", "INVALID_GRANT"),
		ROW(client_id, "other", "INVALID_GRANT"),
		ROW(client_id, "", "INVALID_GRANT"),
		ROW(redirect_uri, "https://evil.example/", "INVALID_GRANT"),
		ROW(redirect_uri, "", "INVALID_REQUEST"),
		ROW(code_verifier, "", "INVALID_REQUEST"),
		ROW(code_verifier, "short", "INVALID_GRANT"),
		ROW(code_verifier,
		    "eBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
		    "INVALID_GRANT"),
		ROW(code_verifier,
		    "dBjftJeZ4CVP mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
		    "INVALID_GRANT"),
#undef ROW
	};
	const struct yf_grant grant = of_code();
	const yf_str code = citizen_code(test, &grant);

	for (size_t i = 0; i < YF_COUNT(rows); i++) {
		struct yf_token_ask ask = ask_for(code);
		const yf_str value = yf_str_of(rows[i].value);
		yf_str text;
		memcpy((char *)&ask + rows[i].member, &value, sizeof(value));
		const yf_err err = exchange(test, &ask, "key", &text);
		if (!yf_str_is(yf_str_of(yf_err_name(err)), rows[i].want))
			fail_msg("%s '%s': %s", rows[i].name, rows[i].value,
				 yf_err_name(err));
		assert_int_equal(tokens(test), 0);
	}
}

static void of_another_key(void **state)
{
	struct yf_test_env *test = *state;
	struct yf_grant grant = of_code();
	yf_str text;

	grant.dpop_jkt = YF_STR("bound");
	const struct yf_token_ask ask = ask_for(citizen_code(test, &grant));
	FAILS(exchange(test, &ask, "key", &text), INVALID_GRANT);
	OK(exchange(test, &ask, "bound", &text));
}

static void its_time(void **state)
{
	struct yf_test_env *test = *state;
	const struct yf_grant grant = of_code();
	const struct yf_token_ask first = ask_for(citizen_code(test, &grant));
	const struct yf_token_ask second = ask_for(citizen_code(test, &grant));
	yf_str text;

	test->now_s += YF_CODE_LIFE_S - 1;
	OK(exchange(test, &first, "key", &text));
	test->now_s++;
	FAILS(exchange(test, &second, "key", &text), INVALID_GRANT);
}

static void proof_used_twice(void **state)
{
	struct yf_test_env *test = *state;
	const struct yf_grant grant = of_code();
	const struct yf_token_ask first = ask_for(citizen_code(test, &grant));
	const struct yf_token_ask second = ask_for(citizen_code(test, &grant));
	const struct yf_dpop dpop = citizen_dpop(test, "key");
	struct yf_token_made made;
	yf_str text;

	OK(yf_token_exchange(&test->env, test->arena, &first, &dpop, &made));
	FAILS(yf_token_exchange(&test->env, test->arena, &second, &dpop, &made),
	      INVALID_DPOP_PROOF);
	/* Nothing was half done: the second code is still good. */
	OK(exchange(test, &second, "key", &text));
}

struct redeeming {
	struct yf_test_env *test;
	struct yf_token_ask ask;
	struct yf_dpop dpops[16];
	atomic_int won;
	atomic_int refused;
};

static void redeem(void *ctx, size_t number)
{
	struct redeeming *r = ctx;
	YF_AUTO(arena) arena = yf_arena_new(64 * 1024);
	struct yf_token_made made;
	const yf_err err = yf_token_exchange(&r->test->env, arena, &r->ask,
					     &r->dpops[number], &made);

	if (!yf_failed(err))
		atomic_fetch_add(&r->won, 1);
	else if (err.code == YF_CODE_INVALID_GRANT)
		atomic_fetch_add(&r->refused, 1);
}

static void of_many_at_once_one_wins(void **state)
{
	struct yf_test_env *test = *state;
	const struct yf_grant grant = of_code();

	for (int i = 0; i < 10; i++) {
		struct redeeming r = { .test = test };
		r.ask = ask_for(citizen_code(test, &grant));
		for (size_t d = 0; d < YF_COUNT(r.dpops); d++)
			r.dpops[d] = citizen_dpop(test, "key");
		citizen_race(YF_COUNT(r.dpops), redeem, &r);
		assert_int_equal(atomic_load(&r.won), 1);
		assert_int_equal(atomic_load(&r.refused),
				 YF_COUNT(r.dpops) - 1);
		/* And as the code came again, its token is gone. */
		assert_int_equal(tokens(test), 0);
	}
}

/* --- transaction codes --- */

static void without_tx_code(void **state)
{
	struct yf_test_env *test = *state;
	const struct yf_grant grant = of_offer(NULL);
	const struct yf_token_ask ask =
		ask_offered(citizen_code(test, &grant), NULL);
	const struct yf_token_ask unasked =
		ask_offered(citizen_code(test, &grant), "123456");
	yf_str text;

	OK(exchange(test, &ask, "key", &text));
	FAILS(exchange(test, &ask, "key", &text), INVALID_GRANT);
	FAILS(exchange(test, &unasked, "key", &text), INVALID_REQUEST);
}

static void with_tx_code(void **state)
{
	struct yf_test_env *test = *state;
	const struct yf_grant grant = of_offer("123456");
	const yf_str code = citizen_code(test, &grant);
	const struct yf_token_ask missing = ask_offered(code, NULL);
	const struct yf_token_ask empty = ask_offered(code, "");
	const struct yf_token_ask wrong = ask_offered(code, "123457");
	const struct yf_token_ask longer = ask_offered(code, "1234567");
	const struct yf_token_ask right = ask_offered(code, "123456");
	yf_str text;

	FAILS(exchange(test, &missing, "key", &text), INVALID_REQUEST);
	FAILS(exchange(test, &empty, "key", &text), INVALID_GRANT);
	FAILS(exchange(test, &wrong, "key", &text), INVALID_GRANT);
	FAILS(exchange(test, &longer, "key", &text), INVALID_GRANT);
	OK(exchange(test, &right, "key", &text));
}

static void five_tries(void **state)
{
	struct yf_test_env *test = *state;
	const struct yf_grant grant = of_offer("123456");
	const yf_str code = citizen_code(test, &grant);
	const struct yf_token_ask missing = ask_offered(code, NULL);
	const struct yf_token_ask wrong = ask_offered(code, "000000");
	const struct yf_token_ask right = ask_offered(code, "123456");
	yf_str text;

	/* Leaving it out costs no try. */
	for (int i = 0; i < 10; i++)
		FAILS(exchange(test, &missing, "key", &text), INVALID_REQUEST);
	for (int i = 1; i <= YF_TX_CODE_TRIES_MAX; i++) {
		FAILS(exchange(test, &wrong, "key", &text), INVALID_GRANT);
		/* On disk before the answer. */
		assert_int_equal(yf_test_sql_int(test,
						 "SELECT tx_tries FROM"
						 " grant_code",
						 YF_BIND_NONE),
				 i);
	}
	FAILS(exchange(test, &right, "key", &text), INVALID_GRANT);
	assert_int_equal(tokens(test), 0);
}

static void the_fifth_may_be_right(void **state)
{
	struct yf_test_env *test = *state;
	const struct yf_grant grant = of_offer("123456");
	const yf_str code = citizen_code(test, &grant);
	const struct yf_token_ask wrong = ask_offered(code, "000000");
	const struct yf_token_ask right = ask_offered(code, "123456");
	yf_str text;

	for (int i = 1; i < YF_TX_CODE_TRIES_MAX; i++)
		FAILS(exchange(test, &wrong, "key", &text), INVALID_GRANT);
	OK(exchange(test, &right, "key", &text));
}

/* Guesses at once are counted each: none gets in beside the count. */
static void many_guesses_at_once(void **state)
{
	struct yf_test_env *test = *state;
	const struct yf_grant grant = of_offer("123456");
	struct redeeming r = { .test = test };

	r.ask = ask_offered(citizen_code(test, &grant), "000000");
	for (size_t d = 0; d < YF_COUNT(r.dpops); d++)
		r.dpops[d] = citizen_dpop(test, "key");
	citizen_race(YF_COUNT(r.dpops), redeem, &r);
	assert_int_equal(atomic_load(&r.refused), YF_COUNT(r.dpops));
	assert_true(yf_test_sql_int(test, "SELECT tx_tries FROM grant_code",
				    YF_BIND_NONE) >= YF_TX_CODE_TRIES_MAX);
}

/* What lies in the database is of no use to who reads it. */
static void stored_as_hashes(void **state)
{
	struct yf_test_env *test = *state;
	const struct yf_grant grant = of_offer("123456");
	const yf_str code = citizen_code(test, &grant);
	const struct yf_token_ask ask = ask_offered(code, "123456");
	yf_str text;

	OK(exchange(test, &ask, "key", &text));
	assert_int_equal(
		yf_test_sql_int(
			test,
			"SELECT count(*) FROM grant_code WHERE hash ="
			" $1 OR tx_code_hash = $2",
			YF_BIND(YF_BLOB(yf_bytes_of(code)),
				YF_BLOB(yf_bytes_of(YF_STR("123456"))))),
		0);
	assert_int_equal(
		yf_test_sql_int(test,
				"SELECT count(*) FROM access_token WHERE"
				" length(hash) = 32 AND hash <> $1",
				YF_BIND(YF_BLOB(yf_bytes_of(text)))),
		1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ENV_TEST(a_code_becomes_a_token),
		ENV_TEST(a_token_is_bound),
		ENV_TEST(used_twice),
		ENV_TEST(each_rule),
		ENV_TEST(of_another_key),
		ENV_TEST(its_time),
		ENV_TEST(proof_used_twice),
		ENV_TEST(of_many_at_once_one_wins),
		ENV_TEST(without_tx_code),
		ENV_TEST(with_tx_code),
		ENV_TEST(five_tries),
		ENV_TEST(the_fifth_may_be_right),
		ENV_TEST(many_guesses_at_once),
		ENV_TEST(stored_as_hashes),
	};
	return cmocka_run_group_tests_name("card/grant", tests, NULL, NULL);
}
