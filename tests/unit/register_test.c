#define _GNU_SOURCE
#include "register/register.h"

#include <stdio.h>
#include <stdlib.h>

#include "../support/env.h"
#include "../support/expect.h"
#include "base/file.h"
#include "base/random.h"

static struct yf_person person_of(struct yf_test_env *test, const char *family,
				  const char *number)
{
	struct yf_person person = { 0 };
	yf_str json;

	OK(yf_str_format(test->arena, &json,
			 "{\"family_name\":\"%s\",\"given_name\":\"Zz\","
			 "\"birth_date\":\"1971-03\",\"sex\":2,"
			 "\"place_of_birth\":{\"locality\":\"Qqtown\"},"
			 "\"nationality\":\"ZZ\","
			 "\"personal_administrative_number\":\"%s\"}",
			 family, number));
	OK(yf_person_decode(test->arena, "none", json, &person));
	return person;
}

static struct yf_person_ref add(struct yf_test_env *test, const char *family,
				const char *number, yf_bytes portrait)
{
	const struct yf_person person = person_of(test, family, number);
	struct yf_person_ref ref = { 0 };

	OK(yf_register_add(&test->env, test->arena, &person, portrait,
			   YF_STR("operator"), &ref));
	return ref;
}

static const yf_bytes none = { NULL, 0 };
static const uint8_t picture_bytes[] = { 0xff, 0xd8, 0x01, 0x00, 0x02, 0xff };
static const yf_bytes picture = { picture_bytes, sizeof(picture_bytes) };

static int64_t acts(struct yf_test_env *test, const char *kind, yf_str subject)
{
	return yf_test_sql_int(
		test,
		"SELECT count(*) FROM act WHERE kind = $1 AND subject = $2",
		YF_BIND(YF_TEXT(yf_str_of(kind)), YF_TEXT(subject)));
}

static void what_is_added_is_read(void **state)
{
	struct yf_test_env *test = *state;
	const struct yf_person_ref ref = add(test, "Qqfamily", "N-1", picture);
	const struct yf_person asked = person_of(test, "x", "n-1");
	struct yf_person_ref found;
	struct yf_person person;
	yf_bytes portrait;
	int64_t count;

	OK(yf_register_count(&test->env, &count));
	assert_int_equal(count, 1);
	OK(yf_register_find(&test->env, test->arena, &asked.number, &found));
	assert_int_equal(found.shard, ref.shard);
	assert_true(yf_str_eq(found.id, ref.id));
	OK(yf_register_read(&test->env, test->arena, &ref, YF_STR("a"), "test",
			    &person));
	assert_true(yf_str_is(person.family_name, "Qqfamily"));
	assert_true(yf_str_is(person.given_name, "Zz"));
	assert_int_equal(person.birth_date.month, 3);
	assert_int_equal(person.birth_date.day, 0);
	assert_int_equal(person.sex, 2);
	assert_true(yf_str_is(person.place_of_birth.locality, "Qqtown"));
	assert_int_equal(person.nationality_count, 1);
	assert_true(yf_str_is(yf_id_number_str(&person.number), "N-1"));
	OK(yf_register_portrait(&test->env, test->arena, &ref, YF_STR("a"),
				"test", &portrait));
	assert_true(yf_bytes_eq(portrait, picture));
}

static void without_a_portrait(void **state)
{
	struct yf_test_env *test = *state;
	const struct yf_person_ref ref = add(test, "A", "1", none);
	yf_bytes portrait = picture;

	OK(yf_register_portrait(&test->env, test->arena, &ref, YF_STR("a"),
				"test", &portrait));
	assert_int_equal(portrait.len, 0);
}

static void a_number_is_there_once(void **state)
{
	struct yf_test_env *test = *state;
	const struct yf_person again = person_of(test, "B", "a-7");
	struct yf_person_ref ref;
	int64_t count;

	add(test, "A", "A-7", none);
	FAILS(yf_register_add(&test->env, test->arena, &again, none,
			      YF_STR("operator"), &ref),
	      CONFLICT);
	OK(yf_register_count(&test->env, &count));
	assert_int_equal(count, 1);
	/* Nothing half done: no act of an entry that is not there. */
	assert_int_equal(yf_test_sql_int(test,
					 "SELECT count(*) FROM act"
					 " WHERE kind = 'person_added'",
					 YF_BIND_NONE),
			 1);
}

static void not_there(void **state)
{
	struct yf_test_env *test = *state;
	const struct yf_person asked = person_of(test, "A", "1");
	const struct yf_person_ref nobody = { 5, YF_STR("nobody") };
	struct yf_person_ref ref;
	struct yf_person person;
	yf_bytes portrait;

	FAILS(yf_register_find(&test->env, test->arena, &asked.number, &ref),
	      NOT_FOUND);
	FAILS(yf_register_read(&test->env, test->arena, &nobody, YF_STR("a"),
			       "test", &person),
	      NOT_FOUND);
	FAILS(yf_register_portrait(&test->env, test->arena, &nobody,
				   YF_STR("a"), "test", &portrait),
	      NOT_FOUND);
	assert_int_equal(acts(test, "person_read", nobody.id), 0);
}

static void limits(void **state)
{
	struct yf_test_env *test = *state;
	struct yf_person person = person_of(test, "A", "1");
	uint8_t *large = calloc(1, YF_PORTRAIT_LEN_MAX + 1);
	struct yf_person_ref ref;
	yf_bytes portrait;

	assert_non_null(large);
	FAILS(yf_register_add(&test->env, test->arena, &person,
			      (yf_bytes){ large, YF_PORTRAIT_LEN_MAX + 1 },
			      YF_STR("operator"), &ref),
	      TOO_LARGE);
	OK(yf_register_add(&test->env, test->arena, &person,
			   (yf_bytes){ large, YF_PORTRAIT_LEN_MAX },
			   YF_STR("operator"), &ref));
	OK(yf_register_portrait(&test->env, test->arena, &ref, YF_STR("a"),
				"test", &portrait));
	assert_int_equal(portrait.len, YF_PORTRAIT_LEN_MAX);
	free(large);
	person.sex = 7;
	FAILS(yf_register_add(&test->env, test->arena, &person, none,
			      YF_STR("operator"), &ref),
	      SEX);
}

static void each_read_is_an_act(void **state)
{
	struct yf_test_env *test = *state;
	const struct yf_person_ref ref = add(test, "A", "1", picture);
	const struct yf_person asked = person_of(test, "A", "1");
	struct yf_person_ref found;
	struct yf_person person;
	yf_bytes portrait;

	assert_int_equal(acts(test, "person_added", ref.id), 1);
	assert_int_equal(acts(test, "person_read", ref.id), 0);
	OK(yf_register_find(&test->env, test->arena, &asked.number, &found));
	assert_int_equal(acts(test, "person_read", ref.id), 0);
	for (int i = 1; i <= 3; i++) {
		OK(yf_register_read(&test->env, test->arena, &ref,
				    YF_STR("holder"), "proofing", &person));
		assert_int_equal(acts(test, "person_read", ref.id), 2 * i - 1);
		OK(yf_register_portrait(&test->env, test->arena, &ref,
					YF_STR("holder"), "face match",
					&portrait));
		assert_int_equal(acts(test, "person_read", ref.id), 2 * i);
	}
	assert_int_equal(
		yf_test_sql_int(test,
				"SELECT count(*) FROM act WHERE actor ="
				" 'holder' AND detail LIKE '%face match%'",
				YF_BIND_NONE),
		3);
}

/* --- sealed --- */

static bool file_has(struct yf_test_env *test, const char *name, yf_str needle)
{
	YF_AUTO(arena) arena = yf_arena_new(64 * 1024 * 1024);
	char path[128];
	yf_bytes bytes;

	(void)snprintf(path, sizeof(path), "%s/%s", test->folder, name);
	const yf_err err = yf_file_load(arena, path, 32 * 1024 * 1024, &bytes);
	if (err.code == YF_CODE_NOT_FOUND)
		return false;
	OK(err);
	return memmem(bytes.ptr, bytes.len, needle.ptr, needle.len) != NULL;
}

static bool disk_has(struct yf_test_env *test, yf_str needle)
{
	return file_has(test, "yufu.db", needle) ||
	       file_has(test, "yufu.db-wal", needle) ||
	       file_has(test, "yufu.db-shm", needle);
}

static void nothing_in_clear_on_disk(void **state)
{
	struct yf_test_env *test = *state;
	const struct yf_person_ref ref =
		add(test, "Qqunusualname", "QQ-55512345", picture);

	/* The search finds what is there in clear: the id. */
	assert_true(disk_has(test, ref.id));
	assert_false(disk_has(test, YF_STR("Qqunusualname")));
	assert_false(disk_has(test, YF_STR("QQ-55512345")));
	assert_false(disk_has(test, YF_STR("Qqtown")));
	assert_false(disk_has(test, YF_STR("1971-03")));
	assert_false(disk_has(test, YF_STR("family_name")));
	assert_false(disk_has(test, yf_str_from(picture)));
}

static void another_master_key(void **state)
{
	struct yf_test_env *test = *state;
	const struct yf_person_ref ref = add(test, "A", "1", picture);
	const struct yf_person asked = person_of(test, "A", "1");
	struct yf_person_ref found;
	struct yf_person person;
	yf_bytes portrait;

	yf_random_fill(&test->env.keys.seal, sizeof(test->env.keys.seal));
	FAILS(yf_register_read(&test->env, test->arena, &ref, YF_STR("a"),
			       "test", &person),
	      DECRYPT);
	FAILS(yf_register_portrait(&test->env, test->arena, &ref, YF_STR("a"),
				   "test", &portrait),
	      DECRYPT);
	yf_random_fill(&test->env.keys.index, sizeof(test->env.keys.index));
	FAILS(yf_register_find(&test->env, test->arena, &asked.number, &found),
	      NOT_FOUND);
}

/* Sealed bytes open in their own row and column only. */
static void moved_bytes(void **state)
{
	struct yf_test_env *test = *state;
	const struct yf_person_ref a = add(test, "A", "1", picture);
	const struct yf_person_ref b = add(test, "B", "2", picture);
	struct yf_person person;
	yf_bytes portrait;

	yf_test_sql(test,
		    "UPDATE person SET sealed = (SELECT sealed FROM person"
		    " WHERE id = $1) WHERE id = $2",
		    YF_BIND(YF_TEXT(a.id), YF_TEXT(b.id)));
	FAILS(yf_register_read(&test->env, test->arena, &b, YF_STR("a"), "test",
			       &person),
	      DECRYPT);
	/* With the key beside them too. */
	yf_test_sql(test,
		    "UPDATE person SET person_key = (SELECT person_key FROM"
		    " person WHERE id = $1) WHERE id = $2",
		    YF_BIND(YF_TEXT(a.id), YF_TEXT(b.id)));
	FAILS(yf_register_read(&test->env, test->arena, &b, YF_STR("a"), "test",
			       &person),
	      DECRYPT);
	yf_test_sql(test, "UPDATE person SET portrait = sealed WHERE id = $1",
		    YF_BIND(YF_TEXT(a.id)));
	FAILS(yf_register_portrait(&test->env, test->arena, &a, YF_STR("a"),
				   "test", &portrait),
	      DECRYPT);
	OK(yf_register_read(&test->env, test->arena, &a, YF_STR("a"), "test",
			    &person));
}

static void damaged_bytes(void **state)
{
	static const char *const damages[] = {
		"UPDATE person SET sealed = x''",
		"UPDATE person SET sealed = x'00010203'",
		"UPDATE person SET person_key = x''",
		"UPDATE person SET person_key = x'0001020304'",
		"UPDATE person SET sealed = person_key",
	};

	(void)state;
	for (size_t i = 0; i < YF_COUNT(damages); i++) {
		struct yf_test_env *test = yf_test_env_new();
		const struct yf_person_ref ref = add(test, "A", "1", none);
		struct yf_person person;
		print_message("  %s\n", damages[i]);
		yf_test_sql(test, damages[i], YF_BIND_NONE);
		FAILS(yf_register_read(&test->env, test->arena, &ref,
				       YF_STR("a"), "test", &person),
		      DECRYPT);
		yf_test_env_free(test);
	}
}

/* --- memory --- */

static void out_of_memory(void **state)
{
	struct yf_test_env *test = *state;
	const struct yf_person person = person_of(test, "A", "1");
	struct yf_person_ref ref = { 0 };
	struct yf_person read;
	bool added = false;
	int64_t count;

	for (size_t limit = 0; !added; limit += 512) {
		YF_AUTO(arena) arena = yf_arena_new(limit);
		struct yf_person_ref made;
		if (!arena)
			continue;
		const yf_err err = yf_register_add(&test->env, arena, &person,
						   picture, YF_STR("a"), &made);
		added = !yf_failed(err);
		if (!added)
			assert_int_equal(err.code, YF_CODE_MEMORY);
		OK(yf_register_count(&test->env, &count));
		assert_int_equal(count, added);
		if (added)
			OK(yf_register_find(&test->env, test->arena,
					    &person.number, &ref));
	}
	for (size_t limit = 0;; limit += 512) {
		YF_AUTO(arena) arena = yf_arena_new(limit);
		if (!arena)
			continue;
		const yf_err err = yf_register_read(&test->env, arena, &ref,
						    YF_STR("a"), "test", &read);
		if (!yf_failed(err))
			break;
		assert_int_equal(err.code, YF_CODE_MEMORY);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ENV_TEST(what_is_added_is_read),
		ENV_TEST(without_a_portrait),
		ENV_TEST(a_number_is_there_once),
		ENV_TEST(not_there),
		ENV_TEST(limits),
		ENV_TEST(each_read_is_an_act),
		ENV_TEST(nothing_in_clear_on_disk),
		ENV_TEST(another_master_key),
		ENV_TEST(moved_bytes),
		cmocka_unit_test(damaged_bytes),
		ENV_TEST(out_of_memory),
	};
	return cmocka_run_group_tests_name("register/register", tests, NULL,
					   NULL);
}
