#include "codec/json.h"

#include "../support/expect.h"

/* What RFC 8259 allows and refuses; the written form shows what was read. */
static const struct {
	const char *name;
	yf_str text;
	const char *want; /* a code, or the tree written again */
} rows[] = {
	{ "empty object", YF_STR("{}"), "{}" },
	{ "white space", YF_STR(" \t\r\n[ 1 , 2 ] \n"), "[1,2]" },
	{ "a bare value", YF_STR("null"), "null" },
	{ "members in order", YF_STR("{\"b\":1,\"a\":{\"c\":[]}}"),
	  "{\"b\":1,\"a\":{\"c\":[]}}" },
	{ "escapes", YF_STR("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\""),
	  "\"\\\"\\\\/\\u0008\\u000c\\n\\u000d\\u0009\xc3\xa9\"" },
	{ "escape behind eight", YF_STR("\"12345678\\u9c7c12345678\\n\""),
	  "\"12345678\xe9\xb1\xbc"
	  "12345678\\n\"" },
	{ "escaped name", YF_STR("{\"\\u0061\":1}"), "{\"a\":1}" },
	{ "surrogates", YF_STR("\"\\ud840\\udc00\""), "\"\xf0\xa0\x80\x80\"" },
	{ "least and most",
	  YF_STR("[-9223372036854775808,9223372036854775807,-0,0]"),
	  "[-9223372036854775808,9223372036854775807,0,0]" },
	{ "reals", YF_STR("[1.5,-2E3,1e-2,0.0]"), "[1.5,-2000,0.01,0]" },
	{ "words", YF_STR("[true,false,null]"), "[true,false,null]" },

	{ "nothing", YF_STR(""), "SYNTAX" },
	{ "only space", YF_STR(" "), "SYNTAX" },
	{ "something behind", YF_STR("{} x"), "SYNTAX" },
	{ "two values", YF_STR("1 2"), "SYNTAX" },
	{ "NUL behind", YF_STR("1\0"), "SYNTAX" },
	{ "NUL inside", YF_STR("\"a\0b\""), "SYNTAX" },
	{ "NUL by escape", YF_STR("\"\\u0000\""), "SYNTAX" },
	{ "byte order mark", YF_STR("\xef\xbb\xbf{}"), "SYNTAX" },
	{ "comma at the end", YF_STR("[1,]"), "SYNTAX" },
	{ "comma at the end of members", YF_STR("{\"a\":1,}"), "SYNTAX" },
	{ "comma alone", YF_STR("[,]"), "SYNTAX" },
	{ "no comma", YF_STR("[1 2]"), "SYNTAX" },
	{ "no colon", YF_STR("{\"a\" 1}"), "SYNTAX" },
	{ "name no text", YF_STR("{1:1}"), "SYNTAX" },
	{ "name bare", YF_STR("{a:1}"), "SYNTAX" },
	{ "single quotes", YF_STR("['a']"), "SYNTAX" },
	{ "comment", YF_STR("[1/**/]"), "SYNTAX" },
	{ "not closed", YF_STR("[1"), "SYNTAX" },
	{ "closed otherwise", YF_STR("[1}"), "SYNTAX" },
	{ "text not closed", YF_STR("\"a"), "SYNTAX" },
	{ "text ends in a backslash", YF_STR("\"a\\"), "SYNTAX" },
	{ "unknown escape", YF_STR("\"\\x41\""), "SYNTAX" },
	{ "escape of a quote's kind", YF_STR("\"\\'\""), "SYNTAX" },
	{ "short escape", YF_STR("\"\\u12\""), "SYNTAX" },
	{ "escape at the end", YF_STR("\"\\u123"), "SYNTAX" },
	{ "low surrogate first", YF_STR("\"\\udc00\\ud800\""), "SYNTAX" },
	{ "high surrogate alone", YF_STR("\"\\ud800\""), "SYNTAX" },
	{ "high surrogate twice", YF_STR("\"\\ud800\\ud800\""), "SYNTAX" },
	{ "newline in a text", YF_STR("\"a\nb\""), "SYNTAX" },
	{ "not UTF-8", YF_STR("\"\xff\""), "SYNTAX" },
	{ "overlong UTF-8", YF_STR("\"\xc0\xaf\""), "SYNTAX" },
	{ "surrogate in UTF-8", YF_STR("\"\xed\xa0\x80\""), "SYNTAX" },
	{ "leading zero", YF_STR("01"), "SYNTAX" },
	{ "plus", YF_STR("+1"), "SYNTAX" },
	{ "minus alone", YF_STR("-"), "SYNTAX" },
	{ "point alone", YF_STR("1."), "SYNTAX" },
	{ "point first", YF_STR(".5"), "SYNTAX" },
	{ "exponent alone", YF_STR("1e"), "SYNTAX" },
	{ "hexadecimal", YF_STR("0x10"), "SYNTAX" },
	{ "NaN", YF_STR("NaN"), "SYNTAX" },
	{ "Infinity", YF_STR("-Infinity"), "SYNTAX" },
	{ "over int64", YF_STR("9223372036854775808"), "SYNTAX" },
	{ "under int64", YF_STR("-9223372036854775809"), "SYNTAX" },
	{ "over double", YF_STR("1e400"), "SYNTAX" },
	{ "word cut short", YF_STR("tru"), "SYNTAX" },
	{ "word in capitals", YF_STR("True"), "SYNTAX" },
	{ "name twice", YF_STR("{\"a\":1,\"b\":2,\"a\":3}"), "DUPLICATE" },
	{ "name twice by escape", YF_STR("{\"a\":1,\"\\u0061\":2}"),
	  "DUPLICATE" },
	{ "name twice inside", YF_STR("[{\"a\":{\"b\":1,\"b\":1}}]"),
	  "DUPLICATE" },
	{ "same name in two objects", YF_STR("[{\"a\":1},{\"a\":2}]"),
	  "[{\"a\":1},{\"a\":2}]" },
};

static void table(void **state)
{
	(void)state;
	for (size_t i = 0; i < YF_COUNT(rows); i++) {
		YF_AUTO(arena) arena = yf_arena_new(64 * 1024);
		const struct yf_json *tree;
		yf_str text;

		print_message("  %s\n", rows[i].name);
		const yf_err err = yf_json_parse(arena, rows[i].text, &tree);
		if (yf_failed(err)) {
			assert_string_equal(yf_err_name(err), rows[i].want);
			continue;
		}
		struct yf_json_out out = yf_json_out_new(arena, 16);
		yf_json_out_tree(&out, NULL, tree);
		OK(yf_json_out_end(&out, &text));
		assert_true(yf_str_is(text, rows[i].want));
	}
}

/* One level more than allowed, by arrays and by objects. */
static void depth(void **state)
{
	YF_AUTO(arena) arena = yf_arena_new(1024 * 1024);
	const struct yf_json *tree;
	char text[8 * (YF_JSON_DEPTH_MAX + 1)];

	(void)state;
	for (size_t n = YF_JSON_DEPTH_MAX; n <= YF_JSON_DEPTH_MAX + 1; n++) {
		memset(text, '[', n);
		memset(text + n, ']', n);
		if (n > YF_JSON_DEPTH_MAX)
			FAILS(yf_json_parse(arena, (yf_str){ text, 2 * n },
					    &tree),
			      TOO_DEEP);
		else
			OK(yf_json_parse(arena, (yf_str){ text, 2 * n },
					 &tree));
	}
	memset(text, '[', sizeof(text));
	FAILS(yf_json_parse(arena, (yf_str){ text, sizeof(text) }, &tree),
	      TOO_DEEP);
}

/* Many members: kept in order, a name twice is found wherever it stands. */
static void many_members(void **state)
{
	enum { MEMBERS = 1000 };

	(void)state;
	for (size_t twice = 0; twice <= MEMBERS; twice += MEMBERS / 4) {
		YF_AUTO(arena) arena = yf_arena_new(4 * 1024 * 1024);
		struct yf_buf buf = yf_buf_new(arena, 16 * MEMBERS);
		const struct yf_json *tree;
		yf_str text;

		for (size_t i = 0; i < MEMBERS; i++)
			yf_buf_format(&buf, "%c\"m%zu\":%zu", i ? ',' : '{', i,
				      i);
		if (twice)
			yf_buf_format(&buf, ",\"m%zu\":0", twice - 1);
		yf_buf_char(&buf, '}');
		OK(yf_buf_str(&buf, &text));
		if (twice) {
			FAILS(yf_json_parse(arena, text, &tree), DUPLICATE);
			continue;
		}
		OK(yf_json_parse(arena, text, &tree));
		assert_int_equal(tree->count, MEMBERS);
		for (size_t i = 0; i < MEMBERS; i++)
			assert_int_equal(tree->items[i].integer, i);
		assert_int_equal(yf_json_get(tree, "m777")->integer, 777);
	}
}

static void limits(void **state)
{
	YF_AUTO(arena) arena = yf_arena_new(64 * 1024 * 1024);
	const struct yf_json *tree;
	char *text = YF_NEW(arena, char, YF_JSON_LEN_MAX + 1);

	(void)state;
	memset(text, ' ', YF_JSON_LEN_MAX + 1);
	text[0] = '1';
	OK(yf_json_parse(arena, (yf_str){ text, YF_JSON_LEN_MAX }, &tree));
	FAILS(yf_json_parse(arena, (yf_str){ text, YF_JSON_LEN_MAX + 1 },
			    &tree),
	      TOO_LARGE);
}

static void survives_every_allocation_failure(void **state)
{
	static const char text[] =
		"{\"a\":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,"
		"21,22,23,24,25,26,27,28,29,30,31,32,33,34,35,36,37],"
		"\"b\":{\"c\":\"x\"},\"1\":1,\"2\":1,\"3\":1,\"4\":1,\"5\":1,"
		"\"6\":1,\"7\":1,\"8\":1,\"9\":1,\"10\":1,\"11\":1,\"12\":1}";
	bool done = false;

	(void)state;
	for (size_t limit = 0; !done; limit += 16) {
		YF_AUTO(arena) arena = yf_arena_new(limit);
		const struct yf_json *tree = NULL;
		const yf_err err = yf_json_parse(arena, yf_str_of(text), &tree);
		done = !yf_failed(err);
		if (!done) {
			assert_int_equal(err.code, YF_CODE_MEMORY);
			assert_null(tree);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table),
		cmocka_unit_test(depth),
		cmocka_unit_test(many_members),
		cmocka_unit_test(limits),
		cmocka_unit_test(survives_every_allocation_failure),
	};
	return cmocka_run_group_tests_name("codec/json, reading", tests, NULL,
					   NULL);
}
