#include "base/buf.h"
#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

static const struct {
	const char *name;
	yf_str text;
	bool want;
} utf8[] = {
	{ "ascii", YF_STR("abc"), true },
	{ "empty", YF_STR(""), true },
	{ "two bytes", YF_STR("\xc3\xa9"), true },
	{ "three bytes", YF_STR("\xe9\xb1\xbc"), true },
	{ "four bytes", YF_STR("\xf0\xa0\x80\x80"), true },
	{ "overlong slash", YF_STR("\xc0\xaf"), false },
	{ "overlong in three", YF_STR("\xe0\x80\xaf"), false },
	{ "surrogate", YF_STR("\xed\xa0\x80"), false },
	{ "above U+10FFFF", YF_STR("\xf4\x90\x80\x80"), false },
	{ "lone continuation", YF_STR("\x80"), false },
	{ "cut short", YF_STR("\xe9\xb1"), false },
};

static void printable(void **state)
{
	static const struct {
		yf_str text;
		bool in_a_line, in_lines;
	} rows[] = {
		{ YF_STR(""), true, true },
		{ YF_STR("plain, \xc3\xa4 \xe6\x9d\x8e\xc2\xa0"), true, true },
		{ YF_STR("a\tb\r\n\f"), false, true },
		{ YF_STR("\x1b[2Abelieved"), false, false },
		{ YF_STR("a\x08"), false, false },
		{ YF_STR("a\0b"), false, false },
		{ YF_STR("\x7f"), false, false },
		{ YF_STR("\xc2\x9b"
			 "2A"),
		  false, false },
		{ YF_STR("\xc2"), false, false },
	};

	(void)state;
	for (size_t i = 0; i < YF_COUNT(rows); i++) {
		assert_true(yf_str_is_printable(rows[i].text, false) ==
			    rows[i].in_a_line);
		assert_true(yf_str_is_printable(rows[i].text, true) ==
			    rows[i].in_lines);
	}
}

static void utf8_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < YF_COUNT(utf8); i++) {
		print_message("  %s\n", utf8[i].name);
		assert_true(yf_str_is_utf8(utf8[i].text) == utf8[i].want);
	}
	assert_int_equal(yf_str_chars(YF_STR("\xe9\xb1\xbc\xe7\xac\xa6")), 2);
}

static const struct {
	const char *text;
	bool want;
	int64_t value;
} numbers[] = {
	{ "0", true, 0 },
	{ "-1", true, -1 },
	{ "9223372036854775807", true, INT64_MAX },
	{ "-9223372036854775808", true, INT64_MIN },
	{ "9223372036854775808", false, 0 },
	{ "", false, 0 },
	{ "-", false, 0 },
	{ "-0", false, 0 },
	{ "01", false, 0 },
	{ "+1", false, 0 },
	{ " 1", false, 0 },
	{ "1x", false, 0 },
};

static void number_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < YF_COUNT(numbers); i++) {
		int64_t got = 0;
		print_message("  \"%s\"\n", numbers[i].text);
		assert_true(yf_str_to_int(yf_str_of(numbers[i].text), &got) ==
			    numbers[i].want);
		assert_true(got == numbers[i].value);
	}
}

static void pieces_include_the_last(void **state)
{
	yf_str rest = YF_STR("a,,b");
	yf_str piece;
	size_t count = 0;

	(void)state;
	while (yf_str_next(&rest, ',', &piece))
		count++;
	assert_int_equal(count, 3);
	assert_true(yf_str_is(piece, "b"));
}

static void a_buffer_reports_the_first_failure(void **state)
{
	(void)state;
	YF_AUTO(arena) arena = yf_arena_new(64);
	struct yf_buf buf = yf_buf_new(arena, 16);
	yf_str out = { 0 };

	for (int i = 0; i < 100; i++)
		yf_buf_format(&buf, "%d,", i);
	assert_int_equal(yf_buf_str(&buf, &out).code, YF_CODE_MEMORY);
	assert_null(out.ptr);
}

static void an_arena_keeps_its_limit(void **state)
{
	(void)state;
	YF_AUTO(arena) arena = yf_arena_new(1024);
	assert_non_null(YF_NEW(arena, char, 1000));
	assert_null(YF_NEW(arena, char, 1000));
	assert_null(yf_arena_alloc(arena, SIZE_MAX / 2, 3));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(utf8_table),
		cmocka_unit_test(printable),
		cmocka_unit_test(number_table),
		cmocka_unit_test(pieces_include_the_last),
		cmocka_unit_test(a_buffer_reports_the_first_failure),
		cmocka_unit_test(an_arena_keeps_its_limit),
	};
	return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
