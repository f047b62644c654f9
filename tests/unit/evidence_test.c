#include "card/evidence.h"
#include "card/face_rule.h"

#include "../support/citizen.h"
#include "../support/expect.h"
#include "base/random.h"

#include <stdio.h>

enum { DAY_S = 86400 };

static yf_level level_of(struct yf_test_env *test,
			 const struct yf_person_ref *person)
{
	struct yf_carried carried = { .level = YF_LEVEL_NONE };

	OK(yf_evidence_level(&test->env, person, &carried));
	return carried.level;
}

static void from_what_is_stored(void **state)
{
	struct yf_test_env *test = *state;
	const struct yf_person_ref a = citizen_new(test, "A");
	const struct yf_person_ref b = citizen_new(test, "B");

	assert_int_equal(level_of(test, &a), YF_LEVEL_NONE);
	citizen_prove(test, &a, YF_EVIDENCE_FACE_MATCH, test->now_s);
	assert_int_equal(level_of(test, &a), YF_LEVEL_BASIC);
	assert_int_equal(level_of(test, &b), YF_LEVEL_NONE);
	citizen_prove(test, &a, YF_EVIDENCE_OFFICER_VETTED, test->now_s);
	assert_int_equal(level_of(test, &a), YF_LEVEL_UPGRADED);
	yf_test_sql(test,
		    "UPDATE evidence SET withdrawn_s = 1 WHERE kind ="
		    " 'officer_vetted'",
		    YF_BIND_NONE);
	assert_int_equal(level_of(test, &a), YF_LEVEL_BASIC);
	test->now_s += test->env.settings.evidence_days * DAY_S - 1;
	assert_int_equal(level_of(test, &a), YF_LEVEL_BASIC);
	test->now_s++;
	assert_int_equal(level_of(test, &a), YF_LEVEL_NONE);
}

static void a_kind_that_nobody_knows(void **state)
{
	struct yf_test_env *test = *state;
	const struct yf_person_ref a = citizen_new(test, "A");

	citizen_prove(test, &a, YF_EVIDENCE_OFFICER_VETTED, test->now_s);
	yf_test_sql(test, "UPDATE evidence SET kind = 'by_word_of_mouth'",
		    YF_BIND_NONE);
	assert_int_equal(level_of(test, &a), YF_LEVEL_NONE);
}

struct stray {
	struct yf_person_ref person;
	struct yf_evidence_ask ask;
};

static yf_err put_stray(struct yf_tx *tx, void *ctx)
{
	const struct stray *stray = ctx;

	return yf_evidence_put(tx, &stray->person, &stray->ask);
}

/* Who was erased in the meantime leaves nothing behind. */
static void of_nobody(void **state)
{
	struct yf_test_env *test = *state;
	struct stray stray = {
		.person = citizen_new(test, "A"),
		.ask = { .kind = YF_EVIDENCE_FACE_MATCH,
			 .engine = YF_STR("test/1"),
			 .detail = YF_STR("test"),
			 .made_s = test->now_s,
			 .expires_s = test->now_s + DAY_S },
	};

	yf_test_sql(test, "DELETE FROM person", YF_BIND_NONE);
	FAILS(yf_db_write(test->env.db, put_stray, &stray), NOT_FOUND);
	assert_int_equal(yf_test_sql_int(test, "SELECT count(*) FROM evidence",
					 YF_BIND_NONE),
			 0);
}

struct many {
	const struct yf_person_ref *person;
	int64_t now_s;
	int count;
};

static yf_err put_many(struct yf_tx *tx, void *ctx)
{
	const struct many *many = ctx;

	for (int i = 0; i < many->count; i++) {
		const struct yf_evidence_ask ask = {
			.kind = YF_EVIDENCE_FACE_MATCH,
			.engine = YF_STR("test/1"),
			.detail = YF_STR("test"),
			.made_s = many->now_s,
			.expires_s = many->now_s + DAY_S,
		};
		YF_TRY(yf_evidence_put(tx, many->person, &ask));
	}
	return YF_OK;
}

/* However often somebody shows their face: an older vetting still counts. */
static void not_crowded_out(void **state)
{
	struct yf_test_env *test = *state;
	const struct yf_person_ref a = citizen_new(test, "A");
	struct many many = { &a, test->now_s, 1000 };

	citizen_prove(test, &a, YF_EVIDENCE_OFFICER_VETTED,
		      test->now_s - 100 * DAY_S);
	OK(yf_db_write(test->env.db, put_many, &many));
	assert_int_equal(level_of(test, &a), YF_LEVEL_UPGRADED);
}

/* Rows that count no more do not hide one that does. */
static void not_buried(void **state)
{
	struct yf_test_env *test = *state;
	const struct yf_person_ref a = citizen_new(test, "A");
	struct many many = { &a, test->now_s, 1000 };

	citizen_prove(test, &a, YF_EVIDENCE_FACE_MATCH, test->now_s);
	OK(yf_db_write(test->env.db, put_many, &many));
	yf_test_sql(test,
		    "UPDATE evidence SET withdrawn_s = 1, made_s = $1"
		    " WHERE expires_s = $2",
		    YF_BIND(YF_INT(test->now_s), YF_INT(test->now_s + DAY_S)));
	assert_int_equal(level_of(test, &a), YF_LEVEL_BASIC);
}

/* The stored level equals the rule over the same evidence, at any time. */
static void level_is_recomputed(void **state)
{
	struct yf_test_env *test = *state;

	for (int round = 0; round < 60; round++) {
		struct yf_evidence evidence[6];
		char number[16];
		(void)snprintf(number, sizeof(number), "R-%d", round);
		const struct yf_person_ref person = citizen_new(test, number);
		const size_t count = yf_random_below(6);
		for (size_t i = 0; i < count; i++) {
			const int64_t made_s =
				test->now_s +
				(int64_t)yf_random_below(2000) * DAY_S -
				1000 * (int64_t)DAY_S;
			evidence[i] = (struct yf_evidence){
				.kind = yf_random_below(2)
						? YF_EVIDENCE_FACE_MATCH
						: YF_EVIDENCE_OFFICER_VETTED,
				.made_s = made_s,
				.expires_s = made_s + 500 * (int64_t)DAY_S,
			};
			test->env.settings.evidence_days = 500;
			citizen_prove(test, &person, evidence[i].kind, made_s);
		}
		const int64_t start_s = test->now_s;
		for (int step = -8; step <= 8; step++) {
			test->now_s = start_s + step * 200 * (int64_t)DAY_S;
			assert_int_equal(
				level_of(test, &person),
				yf_level_of(evidence, count, test->now_s, false)
					.level);
		}
		test->now_s = start_s;
	}
}

/* Of all columns one is a level: the record of what a card said. */
static void no_column_holds_a_level(void **state)
{
	struct yf_test_env *test = *state;

	assert_int_equal(
		yf_test_sql_int(test,
				"SELECT count(*) FROM sqlite_master m,"
				" pragma_table_info(m.name) c WHERE m.type ="
				" 'table' AND (c.name LIKE '%level%' OR"
				" c.name LIKE '%assurance%')",
				YF_BIND_NONE),
		1);
	assert_int_equal(
		yf_test_sql_int(test,
				"SELECT count(*) FROM"
				" pragma_table_info('credential') WHERE name"
				" = 'level'",
				YF_BIND_NONE),
		1);
}

struct put_demo {
	const struct yf_person_ref *person;
	int64_t made_s;
	bool demo;
};

static yf_err put_match(struct yf_tx *tx, void *ctx)
{
	const struct put_demo *put = ctx;
	const struct yf_evidence_ask ask = {
		.kind = YF_EVIDENCE_FACE_MATCH,
		.engine = YF_STR("test/1"),
		.detail = YF_STR("test"),
		.made_s = put->made_s,
		.expires_s = put->made_s + DAY_S,
		.demo = put->demo,
	};

	return yf_evidence_put(tx, put->person, &ask);
}

/* Where nothing is demonstrated, a match without a certificate is nothing:
 * also after a demonstration, and however many there are. */
static void demo_matches(void **state)
{
	const struct yf_face_limits demo = { 1e-4, 1e-3, true };
	struct yf_test_env *test = *state;
	const struct yf_person_ref a = citizen_new(test, "A");
	struct put_demo put = { &a, test->now_s, true };
	struct yf_face_rule rule = yf_face_rule_make(&demo, NULL, 0, 0, YF_OK);
	struct yf_carried carried;

	OK(yf_db_write(test->env.db, put_match, &put));
	assert_int_equal(level_of(test, &a), YF_LEVEL_NONE);
	test->env.face_rule = &rule;
	OK(yf_evidence_level(&test->env, &a, &carried));
	assert_int_equal(carried.level, YF_LEVEL_BASIC);
	assert_true(carried.demo && carried.face_demo);
	rule.limits.demo = false;
	assert_int_equal(level_of(test, &a), YF_LEVEL_NONE);
	/* A certified one behind a hundred others. */
	put.demo = false;
	OK(yf_db_write(test->env.db, put_match, &put));
	put = (struct put_demo){ &a, test->now_s, true };
	for (int i = 0; i < 100; i++)
		OK(yf_db_write(test->env.db, put_match, &put));
	assert_int_equal(level_of(test, &a), YF_LEVEL_BASIC);
}

struct put_consent {
	const struct yf_person_ref *person;
	struct yf_consent consent;
	int64_t now_s;
};

static yf_err put_consent(struct yf_tx *tx, void *ctx)
{
	const struct put_consent *put = ctx;

	return yf_consent_put(tx, put->person, YF_STR("c"), &put->consent,
			      put->now_s);
}

static void consent_as_given(void **state)
{
	struct yf_test_env *test = *state;
	const struct yf_person_ref a = citizen_new(test, "A");
	struct put_consent put = {
		.person = &a,
		.consent = { .controller = YF_STR("Test City"),
			     .purpose = "purpose",
			     .method = "method",
			     .retention = "retention",
			     .notice_version = 1,
			     .locale = YF_STR("th"),
			     .text_sha256 = YF_STR("hash") },
		.now_s = test->now_s,
	};

	OK(yf_db_write(test->env.db, put_consent, &put));
	assert_int_equal(
		yf_test_sql_int(test,
				"SELECT count(*) FROM consent WHERE person_id"
				" = $1 AND controller = 'Test City' AND purpose"
				" = 'purpose' AND method = 'method' AND"
				" retention = 'retention' AND notice_version ="
				" 1 AND locale = 'th' AND text_sha256 = 'hash'"
				" AND given_s = $2 AND withdrawn_s IS NULL",
				YF_BIND(YF_TEXT(a.id), YF_INT(test->now_s))),
		1);
}

static void names(void **state)
{
	(void)state;
	assert_string_equal(yf_level_name(YF_LEVEL_NONE), "none");
	assert_string_equal(yf_level_name(YF_LEVEL_BASIC), "basic");
	assert_string_equal(yf_level_name(YF_LEVEL_UPGRADED), "upgraded");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ENV_TEST(from_what_is_stored),
		ENV_TEST(a_kind_that_nobody_knows),
		ENV_TEST(of_nobody),
		ENV_TEST(not_crowded_out),
		ENV_TEST(not_buried),
		ENV_TEST(level_is_recomputed),
		ENV_TEST(no_column_holds_a_level),
		ENV_TEST(demo_matches),
		ENV_TEST(consent_as_given),
		cmocka_unit_test(names),
	};
	return cmocka_run_group_tests_name("card/evidence", tests, NULL, NULL);
}
