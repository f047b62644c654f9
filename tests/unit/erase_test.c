#include "card/erase.h"
#include "card/status.h"

#include "../support/citizen.h"
#include "../support/expect.h"

static int open_env(void **state)
{
	*state = yf_test_env_new();
	return 0;
}

static int close_env(void **state)
{
	yf_test_env_free(*state);
	return 0;
}

#define ENV_TEST(name) \
	cmocka_unit_test_setup_teardown(name, open_env, close_env)

struct card {
	struct yf_person_ref person;
	struct yf_status_slot slot;
	int64_t now_s;
};

static yf_err put_card(struct yf_tx *tx, void *ctx)
{
	const struct card *card = ctx;

	YF_TRY(yf_tx_exec(
		tx,
		"INSERT INTO credential (shard, id, person_id,"
		" configuration_id, document_number, level, status,"
		" notification, issued_s, expires_s) VALUES ($1, 'c',"
		" $2, 'id', 'YAAAABBBB', 'basic', 0, '', 0, 1)",
		YF_BIND(YF_INT(card->person.shard), YF_TEXT(card->person.id)),
		NULL));
	return yf_status_claim(tx, &card->slot, 1, card->person.shard,
			       YF_STR("c"), card->now_s);
}

/* Rows of a table that name the person. */
static int64_t rows_of(struct yf_test_env *test, const char *sql,
		       const struct yf_person_ref *person)
{
	return yf_test_sql_int(test, sql, YF_BIND(YF_TEXT(person->id)));
}

static void nothing_names_an_erased_person(void **state)
{
	static const char *const tables[] = {
		"SELECT count(*) FROM person WHERE id = $1",
		"SELECT count(*) FROM evidence WHERE person_id = $1",
		"SELECT count(*) FROM consent WHERE person_id = $1",
		"SELECT count(*) FROM credential WHERE person_id = $1",
		"SELECT count(*) FROM grant_code WHERE person_id = $1",
		"SELECT count(*) FROM access_token WHERE person_id = $1",
		"SELECT count(*) FROM proof_attempt WHERE person_id = $1",
	};
	struct yf_test_env *test = *state;
	struct card card = { .person = citizen_new(test, "ERASE-1"),
			     .now_s = test->now_s };
	const struct yf_person_ref other = citizen_new(test, "KEEP-1");
	struct yf_person read;
	uint8_t status = 0;

	citizen_prove(test, &card.person, YF_EVIDENCE_FACE_MATCH, test->now_s);
	citizen_prove(test, &other, YF_EVIDENCE_FACE_MATCH, test->now_s);
	citizen_token(test, &card.person, "jkt");
	OK(yf_status_pick(&test->env, 1, &card.slot));
	OK(yf_db_write(test->env.db, put_card, &card));

	OK(yf_card_erase(&test->env, &card.person, YF_STR("operator")));
	for (size_t i = 0; i < YF_COUNT(tables); i++) {
		print_message("  %s\n", tables[i]);
		assert_int_equal(rows_of(test, tables[i], &card.person), 0);
	}
	OK(yf_status_read(&test->env, card.slot.list, card.slot.idx, &status));
	assert_int_equal(status, YF_STATUS_INVALID);
	FAILS(yf_register_read(&test->env, test->arena, &card.person,
			       YF_STR("operator"), "test", &read),
	      NOT_FOUND);
	OK(yf_register_read(&test->env, test->arena, &other, YF_STR("operator"),
			    "test", &read));
	assert_int_equal(rows_of(test,
				 "SELECT count(*) FROM act WHERE subject = $1"
				 " AND kind = 'person_erased'",
				 &card.person),
			 1);
	assert_int_equal(rows_of(test, tables[1], &other), 1);
}

static void erasing_twice_says_so(void **state)
{
	struct yf_test_env *test = *state;
	const struct yf_person_ref person = citizen_new(test, "ERASE-2");

	OK(yf_card_erase(&test->env, &person, YF_STR("operator")));
	FAILS(yf_card_erase(&test->env, &person, YF_STR("operator")),
	      NOT_FOUND);
	/* The number is free again. */
	citizen_new(test, "ERASE-2");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ENV_TEST(nothing_names_an_erased_person),
		ENV_TEST(erasing_twice_says_so),
	};
	return cmocka_run_group_tests_name("card/erase", tests, NULL, NULL);
}
