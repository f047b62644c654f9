#include "card/status.h"

#include "../support/citizen.h"
#include "../support/expect.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum { COPIES = 8 };

struct card {
	struct yf_status_slot slots[COPIES];
	const char *id;
	int64_t now_s;
};

static yf_err put_card(struct yf_tx *tx, void *ctx)
{
	const struct card *card = ctx;

	YF_TRY(yf_tx_exec(tx,
			  "INSERT INTO credential (shard, id, person_id,"
			  " configuration_id, document_number, level, status,"
			  " notification, issued_s, expires_s) VALUES (3, $1,"
			  " 'p', 'id', 'D', 'basic', 0, '', 0, 1)",
			  YF_BIND(YF_TEXT(yf_str_of(card->id))), NULL));
	return yf_status_claim(tx, card->slots, COPIES, 3, yf_str_of(card->id),
			       card->now_s);
}

static struct card card_of(struct yf_test_env *test, const char *id)
{
	struct card card = { .id = id, .now_s = test->now_s };

	OK(yf_status_pick(&test->env, COPIES, card.slots));
	OK(yf_db_write(test->env.db, put_card, &card));
	return card;
}

static void assert_status(struct yf_test_env *test, const struct card *card,
			  yf_status want)
{
	for (size_t i = 0; i < COPIES; i++) {
		uint8_t status = 9;
		OK(yf_status_read(&test->env, card->slots[i].list,
				  card->slots[i].idx, &status));
		assert_int_equal(status, want);
	}
}

static yf_err set(struct yf_test_env *test, const char *id, yf_status status)
{
	return yf_status_set(&test->env, yf_str_of(id), status,
			     YF_STR("operator"));
}

static int64_t acts(struct yf_test_env *test, const char *id)
{
	return yf_test_sql_int(test,
			       "SELECT count(*) FROM act WHERE subject = $1"
			       " AND kind = 'status_changed'",
			       YF_BIND(YF_TEXT(yf_str_of(id))));
}

static void suspended_and_back(void **state)
{
	struct yf_test_env *test = *state;
	const struct card a = card_of(test, "a");
	const struct card b = card_of(test, "b");

	assert_status(test, &a, YF_STATUS_VALID);
	OK(set(test, "a", YF_STATUS_SUSPENDED));
	assert_status(test, &a, YF_STATUS_SUSPENDED);
	assert_status(test, &b, YF_STATUS_VALID);
	OK(set(test, "a", YF_STATUS_VALID));
	assert_status(test, &a, YF_STATUS_VALID);
	assert_int_equal(acts(test, "a"), 2);
	assert_int_equal(acts(test, "b"), 0);
}

static void revoked_for_ever(void **state)
{
	struct yf_test_env *test = *state;
	const struct card a = card_of(test, "a");

	OK(set(test, "a", YF_STATUS_INVALID));
	FAILS(set(test, "a", YF_STATUS_VALID), CONFLICT);
	FAILS(set(test, "a", YF_STATUS_SUSPENDED), CONFLICT);
	assert_status(test, &a, YF_STATUS_INVALID);
	assert_int_equal(acts(test, "a"), 1);
	FAILS(set(test, "nobody", YF_STATUS_VALID), NOT_FOUND);
}

/* Random places of a whole list: nothing of order or neighbourhood. */
static void places(void **state)
{
	enum { CARDS = 64 };
	struct yf_test_env *test = *state;
	static int64_t seen[CARDS * COPIES];
	size_t count = 0;
	size_t upper = 0;
	size_t neighbours = 0;

	for (int c = 0; c < CARDS; c++) {
		char id[32];
		(void)snprintf(id, sizeof(id), "card %d", c);
		const struct card card = card_of(test, id);
		for (size_t i = 0; i < COPIES; i++) {
			const int64_t idx = card.slots[i].idx;
			assert_int_equal(card.slots[i].list, 1);
			assert_in_range(idx, 0, YF_STATUS_ENTRIES - 1);
			for (size_t s = 0; s < count; s++)
				assert_true(seen[s] != idx);
			if (i)
				neighbours += llabs(idx - seen[count - 1]) == 1;
			seen[count++] = idx;
			upper += idx >= YF_STATUS_ENTRIES / 2;
		}
	}
	/* 512 draws: 256 in the upper half, standard deviation 11. */
	assert_in_range(upper, 256 - 68, 256 + 68);
	assert_true(neighbours <= 2);
}

static yf_err claim_only(struct yf_tx *tx, void *ctx)
{
	const struct card *card = ctx;

	return yf_status_claim(tx, card->slots, COPIES, 3, yf_str_of(card->id),
			       card->now_s);
}

static void taken_meanwhile(void **state)
{
	struct yf_test_env *test = *state;
	struct card a = card_of(test, "a");

	a.id = "b";
	FAILS(yf_db_write(test->env.db, claim_only, &a), CONFLICT);
	assert_int_equal(yf_test_sql_int(test,
					 "SELECT count(*) FROM status_slot",
					 YF_BIND_NONE),
			 COPIES);
	assert_int_equal(yf_test_sql_int(test, "SELECT used FROM status_list",
					 YF_BIND_NONE),
			 COPIES);
}

static void a_list_is_filled_to_a_half(void **state)
{
	struct yf_test_env *test = *state;

	card_of(test, "a");
	yf_test_sql(test, "UPDATE status_list SET used = $1",
		    YF_BIND(YF_INT(YF_STATUS_USED_MAX - COPIES)));
	assert_int_equal(card_of(test, "b").slots[0].list, 1);
	const struct card c = card_of(test, "c");
	assert_int_equal(c.slots[0].list, 2);
	OK(set(test, "c", YF_STATUS_SUSPENDED));
	assert_status(test, &c, YF_STATUS_SUSPENDED);
}

static void outside(void **state)
{
	struct yf_test_env *test = *state;
	YF_AUTO(arena) arena = yf_arena_new(1024 * 1024);
	struct yf_kept kept;
	uint8_t status;

	FAILS(yf_status_read(&test->env, 1, 0, &status), NOT_FOUND);
	card_of(test, "a");
	OK(yf_status_read(&test->env, 1, 0, &status));
	OK(yf_status_read(&test->env, 1, YF_STATUS_ENTRIES - 1, &status));
	FAILS(yf_status_read(&test->env, 1, YF_STATUS_ENTRIES, &status),
	      NOT_FOUND);
	FAILS(yf_status_read(&test->env, 1, -1, &status), NOT_FOUND);
	FAILS(yf_status_read(&test->env, 2, 0, &status), NOT_FOUND);
	FAILS(yf_status_read(&test->env, -1, 0, &status), NOT_FOUND);
	FAILS(yf_status_token(&test->env, arena, 2, YF_STATUS_JWT, &kept),
	      NOT_FOUND);
	FAILS(yf_status_token(&test->env, arena, -1, YF_STATUS_JWT, &kept),
	      NOT_FOUND);
	FAILS(yf_status_token(&test->env, arena, INT64_MIN, YF_STATUS_JWT,
			      &kept),
	      NOT_FOUND);
}

static yf_err verify_token(struct yf_test_env *test, yf_str jwt, yf_str uri,
			   struct yf_status_token *out)
{
	const struct yf_status_rule rule = {
		.trust = test->env.issuers,
		.eku = YF_EKU_DOCUMENT_SIGNER,
		.uri = uri,
		.now_s = test->now_s,
		.skew_s = 60,
		.len_max = YF_STATUS_ENTRIES / 4,
	};

	return yf_status_token_verify(test->arena, jwt, &rule, out);
}

static void the_token_says_it(void **state)
{
	struct yf_test_env *test = *state;
	const struct card a = card_of(test, "a");
	const struct card b = card_of(test, "b");
	struct yf_status_token token;
	struct yf_kept kept;
	uint8_t status;
	yf_str uri;

	OK(set(test, "a", YF_STATUS_SUSPENDED));
	OK(set(test, "b", YF_STATUS_INVALID));
	OK(yf_status_uri(&test->env, test->arena, 1, &uri));
	assert_true(yf_str_is(uri, "https://city.example/status/1"));
	OK(yf_status_token(&test->env, test->arena, 1, YF_STATUS_JWT, &kept));
	const yf_str jwt = yf_str_from(kept.body);
	OK(verify_token(test, jwt, uri, &token));
	assert_int_equal(token.list.bits, 2);
	assert_int_equal(yf_status_list_count(&token.list), YF_STATUS_ENTRIES);
	assert_int_equal(token.issued_at_s, test->now_s);
	assert_int_equal(token.expires_s, test->now_s + YF_STATUS_LIFE_S);
	assert_int_equal(token.ttl_s, YF_STATUS_TTL_S);
	for (size_t i = 0; i < COPIES; i++) {
		OK(yf_status_list_get(&token.list, a.slots[i].idx, &status));
		assert_int_equal(status, YF_STATUS_SUSPENDED);
		OK(yf_status_list_get(&token.list, b.slots[i].idx, &status));
		assert_int_equal(status, YF_STATUS_INVALID);
	}
	size_t marked = 0;
	for (int64_t i = 0; i < YF_STATUS_ENTRIES; i++) {
		OK(yf_status_list_get(&token.list, i, &status));
		marked += status != YF_STATUS_VALID;
	}
	assert_int_equal(marked, 2 * COPIES);
	FAILS(verify_token(test, jwt, YF_STR("https://city.example/status/2"),
			   &token),
	      AUDIENCE);
	test->now_s += YF_STATUS_LIFE_S + 61;
	FAILS(verify_token(test, jwt, uri, &token), EXPIRED);
}

/* Signed once, and anew when an entry, the time or the signer changed. */
static void kept_until_it_changes(void **state)
{
	static const yf_status_form forms[] = { YF_STATUS_JWT, YF_STATUS_CWT };
	struct yf_test_env *test = *state;
	struct yf_arena *arena = test->arena;
	struct yf_kept first, again, bytes;

	card_of(test, "a");
	for (size_t i = 0; i < YF_COUNT(forms); i++) {
		OK(yf_status_token(&test->env, arena, 1, forms[i], &first));
		test->now_s += YF_STATUS_TTL_S - 1;
		OK(yf_status_token(&test->env, arena, 1, forms[i], &again));
		assert_true(yf_bytes_eq(first.body, again.body));
		assert_int_equal(again.until_s, first.made_s + YF_STATUS_TTL_S);
		test->now_s += 1;
		OK(yf_status_token(&test->env, arena, 1, forms[i], &again));
		assert_false(yf_bytes_eq(first.body, again.body));
		assert_true(again.sequence > first.sequence);
		OK(set(test, "a", YF_STATUS_SUSPENDED));
		OK(yf_status_token(&test->env, arena, 1, forms[i], &first));
		assert_false(yf_bytes_eq(first.body, again.body));
		assert_true(first.sequence > again.sequence);
		OK(set(test, "a", YF_STATUS_VALID));
	}
	OK(yf_status_token(&test->env, arena, 1, YF_STATUS_JWT, &bytes));
	assert_true(bytes.gzip.len && bytes.gzip.len < bytes.body.len);
	/* The clock went back: nothing of the future is served. */
	test->now_s -= 3600;
	OK(yf_status_token(&test->env, arena, 1, YF_STATUS_JWT, &again));
	assert_int_equal(again.made_s, test->now_s);
	assert_true(again.sequence > bytes.sequence);
}

static void the_cwt_says_the_same(void **state)
{
	struct yf_test_env *test = *state;
	const struct card a = card_of(test, "a");
	struct yf_status_rule rule = {
		.trust = test->env.issuers,
		.eku = YF_EKU_DOCUMENT_SIGNER,
		.now_s = test->now_s,
		.len_max = YF_STATUS_ENTRIES / 4,
	};
	struct yf_status_token token;
	struct yf_kept kept;
	uint8_t status;

	OK(set(test, "a", YF_STATUS_INVALID));
	OK(yf_status_uri(&test->env, test->arena, 1, &rule.uri));
	OK(yf_status_token(&test->env, test->arena, 1, YF_STATUS_CWT, &kept));
	OK(yf_status_cwt_verify(test->arena, kept.body, &rule, &token));
	assert_int_equal(token.ttl_s, YF_STATUS_TTL_S);
	for (size_t i = 0; i < COPIES; i++) {
		OK(yf_status_list_get(&token.list, a.slots[i].idx, &status));
		assert_int_equal(status, YF_STATUS_INVALID);
	}
}

struct setting {
	struct yf_test_env *test;
	atomic_int failed;
};

static void set_one(void *ctx, size_t number)
{
	struct setting *s = ctx;
	char id[32];

	(void)snprintf(id, sizeof(id), "card %zu", number);
	if (yf_failed(set(s->test, id, YF_STATUS_SUSPENDED)))
		atomic_fetch_add(&s->failed, 1);
}

/* They write the same list: none of them undoes another's. */
static void set_at_once(void **state)
{
	enum { THREADS = 12 };
	struct yf_test_env *test = *state;
	struct setting s = { .test = test };
	struct card cards[THREADS];
	char ids[THREADS][32];

	for (size_t i = 0; i < THREADS; i++) {
		(void)snprintf(ids[i], sizeof(ids[i]), "card %zu", i);
		cards[i] = card_of(test, ids[i]);
	}
	citizen_race(THREADS, set_one, &s);
	assert_int_equal(atomic_load(&s.failed), 0);
	for (size_t i = 0; i < THREADS; i++)
		assert_status(test, &cards[i], YF_STATUS_SUSPENDED);
}

static void names(void **state)
{
	yf_status status;

	(void)state;
	OK(yf_status_parse(YF_STR("valid"), &status));
	assert_int_equal(status, YF_STATUS_VALID);
	OK(yf_status_parse(YF_STR("suspended"), &status));
	assert_int_equal(status, YF_STATUS_SUSPENDED);
	OK(yf_status_parse(YF_STR("revoked"), &status));
	assert_int_equal(status, YF_STATUS_INVALID);
	FAILS(yf_status_parse(YF_STR("VALID"), &status), UNSUPPORTED);
	FAILS(yf_status_parse(YF_STR(""), &status), UNSUPPORTED);
	FAILS(yf_status_parse(YF_STR("0"), &status), UNSUPPORTED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ENV_TEST(suspended_and_back),
		ENV_TEST(revoked_for_ever),
		ENV_TEST(places),
		ENV_TEST(taken_meanwhile),
		ENV_TEST(a_list_is_filled_to_a_half),
		ENV_TEST(outside),
		ENV_TEST(the_token_says_it),
		ENV_TEST(kept_until_it_changes),
		ENV_TEST(the_cwt_says_the_same),
		ENV_TEST(set_at_once),
		cmocka_unit_test(names),
	};
	return cmocka_run_group_tests_name("card/status", tests, NULL, NULL);
}
