#include "register/person.h"

#include "../support/expect.h"
#include "base/buf.h"
#include "codec/json.h"
#include "register/name.h"

enum { ARENA_LEN = 4 * 1024 * 1024 };

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

static const char whole[] =
	"{\"family_name\":\"欧阳\",\"given_name\":\"修\","
	"\"family_name_latin\":\"Ouyang\",\"given_name_latin\":\"Xiu\","
	"\"birth_date\":\"1980-02-29\",\"sex\":1,"
	"\"place_of_birth\":{\"country\":\"CN\",\"region\":\"江西\","
	"\"locality\":\"永丰\"},\"nationality\":[\"CN\",\"FR\"],"
	"\"personal_administrative_number\":\"A-1\"}";

static void decoded(void **state)
{
	struct yf_person p;

	OK(yf_person_decode(*state, "none", YF_STR(whole), &p));
	assert_true(yf_str_is(p.family_name, "欧阳"));
	assert_true(yf_str_is(p.given_name, "修"));
	assert_true(yf_str_is(p.family_name_latin, "Ouyang"));
	assert_true(yf_str_is(p.given_name_latin, "Xiu"));
	assert_int_equal(p.birth_date.year, 1980);
	assert_int_equal(p.birth_date.month, 2);
	assert_int_equal(p.birth_date.day, 29);
	assert_int_equal(p.sex, 1);
	assert_true(yf_str_is(p.place_of_birth.country, "CN"));
	assert_true(yf_str_is(p.place_of_birth.region, "江西"));
	assert_true(yf_str_is(p.place_of_birth.locality, "永丰"));
	assert_int_equal(p.nationality_count, 2);
	assert_true(yf_str_is(p.nationalities[1], "FR"));
	assert_true(yf_str_is(yf_id_number_str(&p.number), "A-1"));
}

#define BORN "\"birth_date\":\"1990\","
#define NUMBERED "\"personal_administrative_number\":\"1\""
#define NAMED "\"family_name\":\"A\","

static const struct {
	const char *name;
	const char *json;
	const char *want;
} rules[] = {
	{ "no name", "{" BORN NUMBERED "}", "MISSING" },
	{ "empty names",
	  "{\"family_name\":\"\",\"given_name\":\"\"," BORN NUMBERED "}",
	  "MISSING" },
	{ "a mononym", "{" NAMED BORN NUMBERED "}", "OK" },
	{ "a mononym, given", "{\"given_name\":\"A\"," BORN NUMBERED "}",
	  "OK" },
	{ "Latin name alone", "{\"family_name_latin\":\"A\"," BORN NUMBERED "}",
	  "MISSING" },
	{ "no birth date", "{" NAMED NUMBERED "}", "MISSING" },
	{ "no number", "{" NAMED "\"birth_date\":\"1990\"}", "MISSING" },
	{ "a name with a line end",
	  "{\"family_name\":\"A\\n\"," BORN NUMBERED "}", "NAME" },
	{ "a region with a tab",
	  "{" NAMED "\"place_of_birth\":{\"region\":\"\\t\"}," BORN NUMBERED
	  "}",
	  "NAME" },
	{ "30 February",
	  "{" NAMED "\"birth_date\":\"1990-02-30\"," NUMBERED "}",
	  "BIRTH_DATE" },
	{ "29 February of a common year",
	  "{" NAMED "\"birth_date\":\"1900-02-29\"," NUMBERED "}",
	  "BIRTH_DATE" },
	{ "month 13", "{" NAMED "\"birth_date\":\"1990-13\"," NUMBERED "}",
	  "BIRTH_DATE" },
	{ "no date", "{" NAMED "\"birth_date\":\"soon\"," NUMBERED "}",
	  "BIRTH_DATE" },
	{ "an empty date", "{" NAMED "\"birth_date\":\"\"," NUMBERED "}",
	  "BIRTH_DATE" },
	{ "year and month",
	  "{" NAMED "\"birth_date\":\"1990-02\"," NUMBERED "}", "OK" },
	{ "sex 3", "{" NAMED "\"sex\":3," BORN NUMBERED "}", "SEX" },
	{ "sex -1", "{" NAMED "\"sex\":-1," BORN NUMBERED "}", "SEX" },
	{ "sex 10", "{" NAMED "\"sex\":10," BORN NUMBERED "}", "SEX" },
	{ "sex beyond int", "{" NAMED "\"sex\":4294967297," BORN NUMBERED "}",
	  "SEX" },
	{ "sex 9", "{" NAMED "\"sex\":9," BORN NUMBERED "}", "OK" },
	{ "sex as text", "{" NAMED "\"sex\":\"1\"," BORN NUMBERED "}",
	  "SYNTAX" },
	{ "country of three letters",
	  "{" NAMED "\"place_of_birth\":{\"country\":\"CHN\"}," BORN NUMBERED
	  "}",
	  "COUNTRY" },
	{ "country in small letters",
	  "{" NAMED "\"place_of_birth\":{\"country\":\"cn\"}," BORN NUMBERED
	  "}",
	  "COUNTRY" },
	{ "nationality as text",
	  "{" NAMED "\"nationality\":\"TH\"," BORN NUMBERED "}", "OK" },
	{ "nationality of one letter",
	  "{" NAMED "\"nationality\":[\"TH\",\"X\"]," BORN NUMBERED "}",
	  "COUNTRY" },
	{ "an empty nationality",
	  "{" NAMED "\"nationality\":[\"\"]," BORN NUMBERED "}", "COUNTRY" },
	{ "a nationality that is a number",
	  "{" NAMED "\"nationality\":[1]," BORN NUMBERED "}", "COUNTRY" },
	{ "five nationalities",
	  "{" NAMED
	  "\"nationality\":[\"AA\",\"BB\",\"CC\",\"DD\",\"EE\"]," BORN NUMBERED
	  "}",
	  "COUNTRY" },
	{ "an empty number",
	  "{" NAMED BORN "\"personal_administrative_number\":\"\"}", "NUMBER" },
	{ "a number with a slash",
	  "{" NAMED BORN "\"personal_administrative_number\":\"../1\"}",
	  "NUMBER" },
	{ "a member twice", "{" NAMED NAMED BORN NUMBERED "}", "DUPLICATE" },
	{ "no JSON", "{", "SYNTAX" },
	{ "no object", "[]", "SYNTAX" },
};

static void each_rule(void **state)
{
	struct yf_person p;

	for (size_t i = 0; i < YF_COUNT(rules); i++) {
		const yf_err err = yf_person_decode(
			*state, "none", yf_str_of(rules[i].json), &p);
		if (!yf_str_is(yf_str_of(yf_err_name(err)), rules[i].want))
			fail_msg("%s: %s, not %s", rules[i].name,
				 yf_err_name(err), rules[i].want);
	}
}

static void number_rules(void **state)
{
	struct yf_person p;

	FAILS(yf_person_decode(*state, "CN", YF_STR(whole), &p), NUMBER);
	FAILS(yf_person_decode(*state, "XX", YF_STR(whole), &p), UNSUPPORTED);
	OK(yf_person_decode(*state, "CN",
			    YF_STR("{" NAMED BORN
				   "\"personal_administrative_number\":"
				   "\"11010519491231002x\"}"),
			    &p));
	assert_true(
		yf_str_is(yf_id_number_str(&p.number), "11010519491231002X"));
}

static void checks_a_struct(void **state)
{
	struct yf_person good;
	struct yf_person bad;

	OK(yf_person_decode(*state, "none", YF_STR(whole), &good));
	OK(yf_person_check(&good));
	bad = good;
	bad.birth_date.month = 13;
	FAILS(yf_person_check(&bad), BIRTH_DATE);
	bad = good;
	bad.birth_date.day = 30;
	FAILS(yf_person_check(&bad), BIRTH_DATE);
	bad = good;
	bad.birth_date.month = 0;
	FAILS(yf_person_check(&bad), BIRTH_DATE);
	bad = good;
	bad.birth_date = (struct yf_civil){ 0 };
	FAILS(yf_person_check(&bad), BIRTH_DATE);
	bad = good;
	bad.sex = 4;
	FAILS(yf_person_check(&bad), SEX);
	bad = good;
	bad.number.len = 0;
	FAILS(yf_person_check(&bad), MISSING);
	bad = good;
	bad.given_name_latin = YF_STR("\x01");
	FAILS(yf_person_check(&bad), NAME);
}

/* --- names of the world, made here --- */

static void put_point(struct yf_buf *buf, uint32_t point)
{
	if (point < 0x80) {
		yf_buf_char(buf, (char)point);
	} else if (point < 0x800) {
		yf_buf_char(buf, (char)(0xc0 | point >> 6));
		yf_buf_char(buf, (char)(0x80 | (point & 63)));
	} else if (point < 0x10000) {
		yf_buf_char(buf, (char)(0xe0 | point >> 12));
		yf_buf_char(buf, (char)(0x80 | (point >> 6 & 63)));
		yf_buf_char(buf, (char)(0x80 | (point & 63)));
	} else {
		yf_buf_char(buf, (char)(0xf0 | point >> 18));
		yf_buf_char(buf, (char)(0x80 | (point >> 12 & 63)));
		yf_buf_char(buf, (char)(0x80 | (point >> 6 & 63)));
		yf_buf_char(buf, (char)(0x80 | (point & 63)));
	}
}

static const struct {
	const char *name;
	uint32_t first, last;
} ranges[] = {
	{ "CJK", 0x4e00, 0x9fff },
	{ "CJK Ext A", 0x3400, 0x4dbf },
	{ "CJK Ext B", 0x20000, 0x2a6df },
	{ "CJK Ext C", 0x2a700, 0x2b738 },
	{ "CJK Ext D", 0x2b740, 0x2b81d },
	{ "CJK Ext E", 0x2b820, 0x2cea1 },
	{ "CJK Ext F", 0x2ceb0, 0x2ebe0 },
	{ "CJK Ext G", 0x30000, 0x3134a },
	{ "CJK Ext H", 0x31350, 0x323af },
	{ "CJK Ext I", 0x2ebf0, 0x2ee5d },
	{ "compatibility ideographs", 0xf900, 0xfad9 },
	{ "private use", 0xe000, 0xf8ff },
	{ "private use, plane 15", 0xf0000, 0xffffd },
	{ "Latin with marks", 0xc0, 0xd6 },
	{ "Vietnamese", 0x1ea0, 0x1ef9 },
	{ "Cyrillic", 0x410, 0x44f },
	{ "Thai", 0xe01, 0xe3a },
	{ "Arabic", 0x621, 0x64a },
	{ "Hebrew", 0x5d0, 0x5ea },
	{ "Tibetan", 0xf40, 0xf6c },
	{ "Mongolian", 0x1820, 0x1878 },
	{ "Yi", 0xa000, 0xa48c },
	{ "Hangul", 0xac00, 0xd7a3 },
	{ "Devanagari", 0x905, 0x939 },
	{ "ideographic description", 0x2ff0, 0x2ffb },
};

enum { NAMES_A_RANGE = 10 };

/* The name comes back byte by byte, and is recognised as itself. */
static void round_trip(yf_str name)
{
	struct yf_arena *arena = yf_arena_new(ARENA_LEN);
	struct yf_json_out out = yf_json_out_new(arena, 1024);
	struct yf_person person;
	struct yf_person again;
	yf_str json;
	bool named;

	yf_json_out_object(&out, NULL);
	yf_json_out_str(&out, "family_name", name);
	yf_json_out_text(&out, "birth_date", "1990-01");
	yf_json_out_text(&out, "personal_administrative_number", "1");
	yf_json_out_close(&out);
	OK(yf_json_out_end(&out, &json));
	OK(yf_person_decode(arena, "none", json, &person));
	assert_true(yf_str_eq(person.family_name, name));
	OK(yf_person_encode(arena, &person, &json));
	OK(yf_person_decode(arena, "none", json, &again));
	assert_true(yf_str_eq(again.family_name, name));
	assert_int_equal(again.birth_date.month, 1);
	assert_int_equal(again.birth_date.day, 0);
	OK(yf_person_is_named(arena, &again, name, &named));
	assert_true(named);
	yf_arena_free(arena);
}

static void many_scripts(void **state)
{
	static const size_t lengths[NAMES_A_RANGE] = { 1, 2,  3,  4,   5,
						       8, 21, 50, 149, 150 };
	size_t count = 0;

	(void)state;
	for (size_t r = 0; r < YF_COUNT(ranges); r++) {
		uint32_t point = ranges[r].first;
		for (size_t n = 0; n < NAMES_A_RANGE; n++, count++) {
			struct yf_arena *arena = yf_arena_new(ARENA_LEN);
			struct yf_buf buf = yf_buf_new(arena, 1024);
			yf_str name;
			for (size_t i = 0; i < lengths[n]; i++) {
				put_point(&buf, point);
				point += 7;
				if (point > ranges[r].last)
					point = ranges[r].first + (point & 3);
			}
			OK(yf_buf_str(&buf, &name));
			round_trip(name);
			yf_arena_free(arena);
		}
	}
	assert_true(count >= 200);
}

static void particular(void **state)
{
	static const char *const names[] = {
		"葛\U000e0100",
		"辻\U000e0101村",
		"⿰韦华",
		"Nguye\u0302\u0303n Thi\u0323 A",
		"D'Angelo",
		"N\u02bc"
		"Golo",
		"\u202dمحمد\u202c",
		"محمد بن عبد الله",
		"Jean-Luc d\u2019Arc",
		"แม่น้ำ",
		"\u0e33",
		"a\u0301\u0301\u0301\u0301",
		"\U0001f41f",
		"\u200dक्\u200dष",
		"\\u0041\"\\",
		"<b>&amp;",
		"买买提·吐尔逊•阿不都・热合曼",
		"Ḍ̇",
		"\ufeff王",
		"ﬃ",
	};

	(void)state;
	for (size_t i = 0; i < YF_COUNT(names); i++)
		round_trip(yf_str_of(names[i]));
}

static const struct {
	const char *name;
	const char *typed;
	bool want;
} namings[] = {
	{ "as on the document", "欧阳修", true },
	{ "with a space", "欧阳 修", true },
	{ "given name first", "修欧阳", true },
	{ "Latin", "ouyang xiu", true },
	{ "Latin, given name first", "XIU OUYANG", true },
	{ "Latin, with a comma", "Ouyang, Xiu", true },
	{ "family name only", "欧阳", false },
	{ "given name only", "修", false },
	{ "mixed scripts", "欧阳 Xiu", false },
	{ "another", "欧阳询", false },
	{ "nothing", "", false },
	{ "signs only", " ·-' ", false },
};

static void is_named(void **state)
{
	struct yf_person p;
	bool named;

	OK(yf_person_decode(*state, "none", YF_STR(whole), &p));
	for (size_t i = 0; i < YF_COUNT(namings); i++) {
		OK(yf_person_is_named(*state, &p, yf_str_of(namings[i].typed),
				      &named));
		if (named != namings[i].want)
			fail_msg("%s", namings[i].name);
	}
	FAILS(yf_person_is_named(*state, &p, YF_STR("\xff"), &named), NAME);
	FAILS(yf_person_is_named(*state, &p, YF_STR("a\n"), &named), NAME);
}

static void mononym(void **state)
{
	struct yf_person p;
	bool named;

	OK(yf_person_decode(
		*state, "none",
		YF_STR("{\"given_name\":\"Sukarno\"," BORN NUMBERED "}"), &p));
	OK(yf_person_is_named(*state, &p, YF_STR("SUKARNO"), &named));
	assert_true(named);
	/* The Latin pair is empty: it is nobody's name. */
	OK(yf_person_is_named(*state, &p, YF_STR(""), &named));
	assert_false(named);
}

static void out_of_memory(void **state)
{
	bool done = false;

	(void)state;
	for (size_t limit = 0; !done; limit += 256) {
		struct yf_arena *arena = yf_arena_new(limit);
		struct yf_person p;
		yf_str json;
		if (!arena)
			continue;
		yf_err err = yf_person_decode(arena, "none", YF_STR(whole), &p);
		if (!yf_failed(err))
			err = yf_person_encode(arena, &p, &json);
		done = !yf_failed(err);
		if (!done)
			assert_int_equal(err.code, YF_CODE_MEMORY);
		yf_arena_free(arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(decoded, open_arena,
						close_arena),
		cmocka_unit_test_setup_teardown(each_rule, open_arena,
						close_arena),
		cmocka_unit_test_setup_teardown(number_rules, open_arena,
						close_arena),
		cmocka_unit_test_setup_teardown(checks_a_struct, open_arena,
						close_arena),
		cmocka_unit_test(many_scripts),
		cmocka_unit_test(particular),
		cmocka_unit_test_setup_teardown(is_named, open_arena,
						close_arena),
		cmocka_unit_test_setup_teardown(mononym, open_arena,
						close_arena),
		cmocka_unit_test(out_of_memory),
	};
	return cmocka_run_group_tests_name("register/person", tests, NULL,
					   NULL);
}
