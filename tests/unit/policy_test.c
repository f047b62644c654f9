#include "check/policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include "../support/env.h"

/* Goal: a row that could not be shown or signed fails here, not at a desk. */
static void every_policy_can_be_asked(void **state)
{
	(void)state;
	YF_AUTO(arena) arena = yf_arena_new(4 * 1024 * 1024);
	const struct yf_card_types *types = yf_test_types(arena);

	for (size_t i = 0; yf_policy_at(i); i++) {
		const struct yf_policy *policy = yf_policy_at(i);
		const struct yf_json *dcql = NULL;
		struct yf_dcql query = { 0 };
		struct yf_policy_grants grants = { .count = 0 };

		print_message("  %s\n", policy->name);
		assert_ptr_equal(yf_policy_find(yf_str_of(policy->name)),
				 policy);
		assert_false(yf_failed(yf_policy_query(
			arena, types, policy, YF_POLICY_ANY_FORMAT, &dcql)));
		assert_false(yf_failed(yf_dcql_parse(arena, dcql, &query)));
		assert_false(yf_failed(
			yf_policy_grants(arena, types, policy, &grants)));
		assert_int_equal(grants.count, 2);
		assert_int_equal(query.credential_count, 2);
		assert_int_equal(query.set_count, 1);
		assert_true(yf_dcql_satisfied(&query, 1));
		assert_true(yf_dcql_satisfied(&query, 2));
		assert_false(yf_dcql_satisfied(&query, 0));
		assert_true(grants.at[0].path_count > 0);
		assert_false(yf_failed(yf_dcql_within(&query, grants.at, 2)));
		/* neither grant covers the other format */
		assert_int_equal(yf_dcql_within(&query, grants.at, 1).code,
				 YF_CODE_OVER_ASKED);
	}
}

/* Goal: no policy asks for what no card of its type can say. */
static void every_claim_is_one_of_the_type(void **state)
{
	YF_AUTO(arena) arena = yf_arena_new(4 * 1024 * 1024);
	const struct yf_card_types *types = yf_test_types(arena);
	(void)state;

	for (size_t i = 0; yf_policy_at(i); i++) {
		const struct yf_policy *policy = yf_policy_at(i);
		const struct yf_card_type *type =
			yf_card_type_find(types, yf_str_of(policy->type));
		assert_non_null(type);
		for (size_t k = 0; policy->claims[k].path; k++) {
			struct yf_claim_path path = { 0 };
			bool found = false;
			assert_false(yf_failed(yf_claim_path_of(
				arena, policy->claims[k].path, &path)));
			for (size_t c = 0; c < type->claim_count; c++)
				found = found ||
					yf_str_eq(type->claims[c]
							  .path.steps[0]
							  .name,
						  path.steps[0].name);
			if (!found)
				fail_msg("%s: %s", policy->name,
					 policy->claims[k].path);
		}
	}
}

static void every_purpose_is_there_in_five_languages(void **state)
{
	static const char *const locales[] = { "en", "zh", "th", "vi", "ru" };
	(void)state;

	for (size_t i = 0; yf_policy_at(i); i++)
		for (size_t k = 0; k < YF_POLICY_TEXTS; k++) {
			const struct yf_registration_text *text =
				&yf_policy_at(i)->purpose[k];

			assert_true(yf_str_is(text->locale, locales[k]));
			assert_true(text->text.len > 0);
			assert_true(yf_str_is_utf8(text->text));
		}
}

static bool asks(const char *name, const char *path)
{
	const struct yf_policy *policy = yf_policy_find(yf_str_of(name));

	for (size_t i = 0; policy->claims[i].path; i++)
		if (!strcmp(policy->claims[i].path, path))
			return true;
	return false;
}

static void the_cafe_learns_an_age_and_nothing_else(void **state)
{
	const struct yf_policy *cafe = yf_policy_find(YF_STR("cafe"));
	(void)state;

	assert_string_equal(cafe->claims[0].path, "age_equal_or_over.18");
	assert_null(cafe->claims[1].path);
	assert_int_equal(cafe->retention_s, 0);
	assert_int_equal(yf_policy_delete_s(cafe->retention_s, 1000), 1300);
}

static void the_hotel_learns_name_number_and_portrait(void **state)
{
	(void)state;
	assert_true(asks("hotel", "family_name"));
	assert_true(asks("hotel", "given_name"));
	assert_true(asks("hotel", "document_number"));
	assert_true(asks("hotel", "picture"));
	assert_false(asks("hotel", "birthdate"));
	assert_null(yf_policy_find(YF_STR("hotel"))->claims[4].path);
	assert_int_equal(yf_policy_delete_s(86400, 1000), 87400);
}

static const struct {
	const char *name;
	const char *json;
	yf_code want;
	size_t count;
} lists[] = {
	{ "one", "[\"hotel\"]", YF_CODE_OK, 1 },
	{ "two", "[\"hotel\",\"cafe\"]", YF_CODE_OK, 2 },
	{ "none", "[]", YF_CODE_RANGE, 0 },
	{ "twice", "[\"cafe\",\"cafe\"]", YF_CODE_DUPLICATE, 0 },
	{ "unknown", "[\"casino\"]", YF_CODE_NOT_FOUND, 0 },
	{ "no text", "[1]", YF_CODE_NOT_FOUND, 0 },
	{ "no array", "\"hotel\"", YF_CODE_SYNTAX, 0 },
	{ "no JSON", "[hotel]", YF_CODE_SYNTAX, 0 },
};

static void list_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < YF_COUNT(lists); i++) {
		YF_AUTO(arena) arena = yf_arena_new(64 * 1024);
		struct yf_policies got = { .count = 0 };
		yf_str again = { 0 };

		print_message("  %s\n", lists[i].name);
		assert_int_equal(
			yf_policies_parse(arena, yf_str_of(lists[i].json), &got)
				.code,
			lists[i].want);
		assert_int_equal(got.count, lists[i].count);
		if (!got.count)
			continue;
		assert_false(
			yf_failed(yf_policies_encode(arena, &got, &again)));
		assert_true(yf_str_is(again, lists[i].json));
	}
}

/* Which policies a query rests on, of a party with hotel and cafe. */
static const struct {
	const char *name;
	const char *claims;
	yf_code want;
	const char *first;
	size_t count;
} covers[] = {
	{ "a part of one", "[{\"path\":[\"family_name\"]}]", YF_CODE_OK,
	  "hotel", 1 },
	{ "the other", "[{\"path\":[\"age_equal_or_over\",\"18\"]}]",
	  YF_CODE_OK, "cafe", 1 },
	{ "both",
	  "[{\"path\":[\"family_name\"]},"
	  "{\"path\":[\"age_equal_or_over\",\"18\"]}]",
	  YF_CODE_OK, "hotel", 2 },
	{ "another age", "[{\"path\":[\"age_equal_or_over\",\"21\"]}]",
	  YF_CODE_OVER_ASKED, NULL, 0 },
	{ "all the ages", "[{\"path\":[\"age_equal_or_over\"]}]",
	  YF_CODE_OVER_ASKED, NULL, 0 },
	{ "one too many",
	  "[{\"path\":[\"family_name\"]},{\"path\":[\"birthdate\"]}]",
	  YF_CODE_OVER_ASKED, NULL, 0 },
};

static void cover_table(void **state)
{
	const struct yf_policies party = {
		{ yf_policy_find(YF_STR("hotel")),
		  yf_policy_find(YF_STR("cafe")) },
		2,
	};
	(void)state;

	for (size_t i = 0; i < YF_COUNT(covers); i++) {
		YF_AUTO(arena) arena = yf_arena_new(4 * 1024 * 1024);
		const struct yf_card_types *types = yf_test_types(arena);
		const struct yf_json *tree = NULL;
		struct yf_dcql query = { 0 };
		struct yf_policies got = { .count = 0 };
		yf_str text = { 0 };

		print_message("  %s\n", covers[i].name);
		assert_false(yf_failed(yf_str_format(
			arena, &text,
			"{\"credentials\":[{\"id\":\"a\",\"format\":\"dc+sd-jwt"
			"\",\"meta\":{\"vct_values\":[\"urn:yufu:id:1\"]},"
			"\"claims\":%s}]}",
			covers[i].claims)));
		assert_false(yf_failed(yf_json_parse(arena, text, &tree)));
		assert_false(yf_failed(yf_dcql_parse(arena, tree, &query)));
		assert_int_equal(
			yf_policies_cover(arena, types, &party, &query, &got)
				.code,
			covers[i].want);
		assert_int_equal(got.count, covers[i].count);
		if (got.count)
			assert_string_equal(got.at[0]->name, covers[i].first);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_policy_can_be_asked),
		cmocka_unit_test(every_claim_is_one_of_the_type),
		cmocka_unit_test(every_purpose_is_there_in_five_languages),
		cmocka_unit_test(the_cafe_learns_an_age_and_nothing_else),
		cmocka_unit_test(the_hotel_learns_name_number_and_portrait),
		cmocka_unit_test(list_table),
		cmocka_unit_test(cover_table),
	};
	return cmocka_run_group_tests_name("check/policy", tests, NULL, NULL);
}
