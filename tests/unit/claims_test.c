#include "card/claims.h"

#include "../support/env.h"
#include "../support/expect.h"
#include "card/age.h"

enum { ARENA_LEN = 8 * 1024 * 1024, DAY_S = 86400 };

static const char whole[] =
	"{\"family_name\":\"样\",\"given_name\":\"本\","
	"\"family_name_latin\":\"Sample\",\"given_name_latin\":\"Person\","
	"\"birth_date\":\"1990-01-02\",\"sex\":2,\"place_of_birth\":"
	"{\"country\":\"ZZ\",\"region\":\"R\",\"locality\":\"L\"},"
	"\"nationality\":[\"ZZ\",\"XX\"],"
	"\"personal_administrative_number\":\"N-1\"}";

static int open_arena(void **state)
{
	*state = yf_arena_new(ARENA_LEN);
	return *state ? 0 : -1;
}

static int close_arena(void **state)
{
	yf_arena_free(*state);
	return 0;
}

#define ARENA_TEST(name) \
	cmocka_unit_test_setup_teardown(name, open_arena, close_arena)

static struct yf_card_face face_of(struct yf_arena *arena, const char *json,
				   struct yf_civil issued)
{
	static const uint8_t portrait[] = { 0xff, 0xd8, 0xff, 0xd9 };
	struct yf_person *person = YF_NEW(arena, struct yf_person, 1);

	OK(yf_person_decode(arena, "none", yf_str_of(json), person));
	return (struct yf_card_face){
		.person = person,
		.portrait = { portrait, sizeof(portrait) },
		.level = YF_LEVEL_BASIC,
		.document_number = YF_STR("Y1"),
		.issuing_authority = YF_STR("Test City"),
		.issuing_country = YF_STR("ZZ"),
		.issued_s = yf_civil_seconds(issued),
		.expires_s = yf_civil_seconds(issued) + 14 * DAY_S,
	};
}

static struct yf_card_claims card_of(struct yf_arena *arena, const char *name,
				     const struct yf_card_face *face)
{
	const struct yf_card_type *type =
		yf_card_type_find(yf_test_types(arena), yf_str_of(name));
	struct yf_card_values values;
	struct yf_card_claims claims = { 0 };
	yf_str missing = { 0 };

	assert_non_null(type);
	OK(yf_card_values(arena, type, face, &values, &missing));
	OK(yf_card_claims(arena, type, face, &values, &claims));
	return claims;
}

static const struct yf_json *claims_of(struct yf_arena *arena,
				       const struct yf_card_face *face)
{
	return card_of(arena, "id", face).object;
}

static const struct yf_civil today = { 2026, 11, 21 };

/* Names and shapes of EU PID as SD-JWT VC, and no others. */
static void named_as_the_pid(void **state)
{
	const struct yf_card_face face = face_of(*state, whole, today);
	const struct yf_json *want;

	OK(yf_json_parse(
		*state,
		YF_STR("{\"family_name\":\"样\",\"given_name\":\"本\","
		       "\"family_name_latin\":\"Sample\","
		       "\"given_name_latin\":\"Person\","
		       "\"birthdate\":\"1990-01-02\",\"sex\":2,"
		       "\"place_of_birth\":{\"country\":\"ZZ\",\"region\":"
		       "\"R\",\"locality\":\"L\"},"
		       "\"nationalities\":[\"ZZ\",\"XX\"],"
		       "\"picture\":\"data:image/jpeg;base64,/9j/2Q==\","
		       "\"personal_administrative_number\":\"N-1\","
		       "\"document_number\":\"Y1\","
		       "\"issuing_authority\":\"Test City\","
		       "\"issuing_country\":\"ZZ\","
		       "\"date_of_issuance\":\"2026-11-21\","
		       "\"date_of_expiry\":\"2026-12-05\","
		       "\"assurance_level\":\"basic\","
		       "\"age_equal_or_over\":{\"14\":true,\"16\":true,"
		       "\"18\":true,\"21\":true,\"60\":false,"
		       "\"65\":false}}"),
		&want));
	assert_true(yf_json_eq(claims_of(*state, &face), want));
}

static void what_is_not_known_is_left_out(void **state)
{
	struct yf_card_face face =
		face_of(*state,
			"{\"given_name\":\"A\",\"birth_date\":\"1990\","
			"\"personal_administrative_number\":\"1\"}",
			today);
	static const char *const absent[] = {
		"family_name",    "family_name_latin", "given_name_latin",
		"place_of_birth", "nationalities",     "picture",
	};

	face.portrait = (yf_bytes){ NULL, 0 };
	const struct yf_json *claims = claims_of(*state, &face);
	for (size_t i = 0; i < YF_COUNT(absent); i++)
		assert_null(yf_json_get(claims, absent[i]));
	assert_true(yf_str_is(yf_json_text(claims, "birthdate"), "1990"));
}

static const struct {
	const char *name;
	struct yf_civil birth, today;
	int years;
	bool want;
} ages[] = {
	{ "the day before", { 2008, 11, 22 }, { 2026, 11, 21 }, 18, false },
	{ "the day", { 2008, 11, 21 }, { 2026, 11, 21 }, 18, true },
	{ "a month before", { 2008, 12, 1 }, { 2026, 11, 30 }, 18, false },
	{ "the month only, in it",
	  { 2008, 11, 0 },
	  { 2026, 11, 29 },
	  18,
	  false },
	{ "the month only, its last day",
	  { 2008, 11, 0 },
	  { 2026, 11, 30 },
	  18,
	  true },
	{ "the month only, behind it",
	  { 2008, 11, 0 },
	  { 2026, 12, 1 },
	  18,
	  true },
	{ "the year only, in it", { 2008, 0, 0 }, { 2026, 12, 30 }, 18, false },
	{ "the year only, its last day",
	  { 2008, 0, 0 },
	  { 2026, 12, 31 },
	  18,
	  true },
	{ "the year only, behind it",
	  { 2007, 0, 0 },
	  { 2026, 1, 1 },
	  18,
	  true },
	{ "29 February, the day before",
	  { 2008, 2, 29 },
	  { 2026, 2, 28 },
	  18,
	  false },
	{ "29 February, 1 March", { 2008, 2, 29 }, { 2026, 3, 1 }, 18, true },
	{ "29 February, a leap year",
	  { 2008, 2, 29 },
	  { 2028, 2, 29 },
	  20,
	  true },
	{ "February of a leap year",
	  { 2008, 2, 0 },
	  { 2026, 2, 28 },
	  18,
	  false },
	{ "born today", { 2026, 11, 21 }, { 2026, 11, 21 }, 0, true },
	{ "born tomorrow", { 2026, 11, 22 }, { 2026, 11, 21 }, 0, false },
};

static void ages_are_certain(void **state)
{
	(void)state;
	for (size_t i = 0; i < YF_COUNT(ages); i++)
		if (yf_age_at_least(ages[i].birth, ages[i].years,
				    ages[i].today) != ages[i].want)
			fail_msg("%s", ages[i].name);
}

/* Somebody who is n is n-1 too, and grows no younger. */
static void ages_only_grow(void **state)
{
	(void)state;
	for (int64_t day = 0; day < 3 * 366; day++) {
		const struct yf_civil now =
			yf_civil_of(yf_civil_seconds(today) + day * DAY_S);
		const struct yf_civil next = yf_civil_of(
			yf_civil_seconds(today) + (day + 1) * DAY_S);
		const struct yf_civil birth = { 2008, (int)(day % 13), 0 };
		for (int years = 1; years < 30; years++) {
			if (!yf_age_at_least(birth, years, now))
				continue;
			assert_true(yf_age_at_least(birth, years - 1, now));
			assert_true(yf_age_at_least(birth, years, next));
		}
	}
}

static bool is_path(const struct yf_claim_path *a,
		    const struct yf_claim_path *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (a->steps[i].kind != b->steps[i].kind ||
		    a->steps[i].index != b->steps[i].index ||
		    (a->steps[i].kind == YF_CLAIM_MEMBER &&
		     !yf_str_eq(a->steps[i].name, b->steps[i].name)))
			return false;
	return true;
}

static bool covers(const struct yf_claim_path *paths, size_t count,
		   struct yf_arena *arena, const char *want)
{
	struct yf_claim_path path;

	OK(yf_claim_path_of(arena, want, &path));
	for (size_t i = 0; i < count; i++)
		if (is_path(&paths[i], &path))
			return true;
	return false;
}

/* A holder may keep back each claim, and each part of those with parts. */
static void all_is_disclosable(void **state)
{
	const struct yf_card_face face = face_of(*state, whole, today);
	const struct yf_card_claims card = card_of(*state, "id", &face);
	const struct yf_claim_path *paths = card.disclosable;
	const size_t count = card.disclosable_count;
	yf_str path;

	for (size_t i = 0; i < card.object->count; i++) {
		const struct yf_json *claim = &card.object->items[i];
		const bool ages_claim =
			yf_str_is(claim->name, "age_equal_or_over");
		if (!ages_claim) {
			OK(yf_str_format(*state, &path, "%.*s",
					 YF_ARG(claim->name)));
			assert_true(covers(paths, count, *state, path.ptr));
		}
		for (size_t k = 0;
		     claim->kind == YF_JSON_OBJECT && k < claim->count; k++) {
			OK(yf_str_format(*state, &path, "%.*s.%.*s",
					 YF_ARG(claim->name),
					 YF_ARG(claim->items[k].name)));
			assert_true(covers(paths, count, *state, path.ptr));
		}
	}
	assert_true(covers(paths, count, *state, "nationalities.*"));
	assert_false(covers(paths, count, *state, "age_equal_or_over"));
}

static const char driver[] =
	"{\"family_name\":\"样\",\"given_name\":\"本\","
	"\"birth_date\":\"1990-01\",\"sex\":1,"
	"\"personal_administrative_number\":\"N-2\",\"attributes\":{"
	"\"driving_licence\":{\"number\":\"L-7\",\"issue_date\":"
	"\"2020-02-03\",\"expiry_date\":\"2026-11-30\",\"privileges\":["
	"{\"vehicle_category_code\":\"B\",\"issue_date\":\"2020-02-03\","
	"\"expiry_date\":\"2030-02-03\"}]}}}";

/* What ISO 18013-5 table 5 marks as mandatory. */
static void the_licence_is_an_mdl(void **state)
{
	static const char *const mandatory[] = {
		"family_name",
		"given_name",
		"birth_date",
		"issue_date",
		"expiry_date",
		"issuing_country",
		"document_number",
		"issuing_authority",
		"portrait",
		"driving_privileges",
		"un_distinguishing_sign",
	};
	const struct yf_card_face face = face_of(*state, driver, today);
	const struct yf_card_type *type = yf_card_type_find(
		yf_test_types(*state), YF_STR("driving-licence"));
	const struct yf_json *claims =
		card_of(*state, "driving-licence", &face).object;

	assert_true(yf_str_is(type->doctype, "org.iso.18013.5.1.mDL"));
	for (size_t i = 0; i < YF_COUNT(mandatory); i++) {
		bool found = false;
		for (size_t c = 0; c < type->claim_count; c++) {
			const struct yf_type_claim *claim = &type->claims[c];
			found = found ||
				(yf_str_is(claim->element.name, mandatory[i]) &&
				 yf_str_is(claim->element.name_space,
					   "org.iso.18013.5.1") &&
				 claim->mandatory);
		}
		if (!found)
			fail_msg("%s", mandatory[i]);
	}
	assert_true(yf_str_is(yf_json_text(claims, "document_number"), "L-7"));
	assert_true(yf_str_is(yf_json_text(claims, "birthdate"), "1990-01"));
	const struct yf_json *privileges =
		yf_json_get(claims, "driving_privileges");
	assert_int_equal(privileges->count, 1);
	assert_true(yf_str_is(
		yf_json_text(&privileges->items[0], "vehicle_category_code"),
		"B"));
}

/* A refusal names each thing that is not there, in the register's words. */
static void what_is_missing_is_named(void **state)
{
	struct yf_card_face face = face_of(*state, whole, today);
	const struct yf_card_types *types = yf_test_types(*state);
	struct yf_card_values values;
	yf_str missing = { 0 };

	face.portrait = (yf_bytes){ NULL, 0 };
	FAILS(yf_card_values(
		      *state,
		      yf_card_type_find(types, YF_STR("driving-licence")),
		      &face, &values, &missing),
	      NO_DATA);
	assert_true(yf_str_is(missing,
			      "attributes.driving_licence.issue_date, "
			      "attributes.driving_licence.expiry_date, "
			      "attributes.driving_licence.number, portrait, "
			      "attributes.driving_licence.privileges"));
}

static const struct {
	const char *name, *end;
	const char *want;
	int64_t days; /* from the day of issuing */
} ends[] = {
	{ "long after", "2040-01-01", "OK", 90 },
	{ "within its days", "2026-11-30", "OK", 10 },
	{ "its last day", "2026-11-21", "OK", 1 },
	{ "the day before", "2026-11-20", "OVER", 0 },
	{ "a month only", "2026-12", "NO_DATA", 0 },
	{ "no date", "soon", "NO_DATA", 0 },
};

/* No card outlives the document that it shows. */
static void a_card_ends_with_its_document(void **state)
{
	const int64_t now_s = yf_civil_seconds(today);
	const struct yf_card_types *types = yf_test_types(*state);
	const struct yf_card_type *type =
		yf_card_type_find(types, YF_STR("residence-permit"));

	for (size_t i = 0; i < YF_COUNT(ends); i++) {
		struct yf_person person;
		int64_t ends_s = 0;
		yf_str missing = { 0 };
		yf_str json;
		OK(yf_str_format(*state, &json,
				 "{\"given_name\":\"A\",\"birth_date\":"
				 "\"1990\",\"personal_administrative_number"
				 "\":\"1\",\"attributes\":{"
				 "\"residence_permit\":{\"expiry_date\":"
				 "\"%s\"}}}",
				 ends[i].end));
		OK(yf_person_decode(*state, "none", json, &person));
		const yf_err err =
			yf_card_ends(type, &person, now_s, &ends_s, &missing);
		if (strcmp(yf_err_name(err), ends[i].want) != 0)
			fail_msg("%s: %s", ends[i].name, yf_err_name(err));
		if (!yf_failed(err))
			assert_int_equal(ends_s, now_s + ends[i].days * DAY_S);
	}
}

/* There only when it is so, and never the holder's to leave out. */
static void for_demonstration_only(void **state)
{
	struct yf_card_face face = face_of(*state, whole, today);

	assert_null(yf_json_get(claims_of(*state, &face), "demo"));
	face.demo = true;
	const struct yf_card_claims card = card_of(*state, "id", &face);
	const struct yf_json *demo = yf_json_get(card.object, "demo");
	assert_true(demo && demo->kind == YF_JSON_BOOL && demo->boolean);
	assert_false(covers(card.disclosable, card.disclosable_count, *state,
			    "demo"));
}

static void out_of_memory(void **state)
{
	const struct yf_card_face face = face_of(*state, whole, today);
	const struct yf_card_type *type =
		yf_card_type_find(yf_test_types(*state), YF_STR("id"));
	bool done = false;

	for (size_t limit = 0; !done; limit += 512) {
		struct yf_arena *arena = yf_arena_new(limit);
		struct yf_card_values values;
		struct yf_card_claims claims;
		yf_str missing;
		if (!arena)
			continue;
		yf_err err =
			yf_card_values(arena, type, &face, &values, &missing);
		if (!yf_failed(err))
			err = yf_card_claims(arena, type, &face, &values,
					     &claims);
		done = !yf_failed(err);
		if (!done)
			assert_int_equal(err.code, YF_CODE_MEMORY);
		yf_arena_free(arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ARENA_TEST(named_as_the_pid),
		ARENA_TEST(what_is_not_known_is_left_out),
		cmocka_unit_test(ages_are_certain),
		cmocka_unit_test(ages_only_grow),
		ARENA_TEST(all_is_disclosable),
		ARENA_TEST(the_licence_is_an_mdl),
		ARENA_TEST(what_is_missing_is_named),
		ARENA_TEST(a_card_ends_with_its_document),
		ARENA_TEST(for_demonstration_only),
		ARENA_TEST(out_of_memory),
	};
	return cmocka_run_group_tests_name("card/claims", tests, NULL, NULL);
}
