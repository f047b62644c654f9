#include "register/id_number.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

static const struct {
	const char *name;
	const char *rule;
	yf_str text;
	yf_code want;
	const char *stored;
} cases[] = {
	{ "CN with X", "CN", YF_STR("11010519491231002X"), YF_CODE_OK,
	  "11010519491231002X" },
	{ "CN lower x", "CN", YF_STR("11010519491231002x"), YF_CODE_OK,
	  "11010519491231002X" },
	{ "CN spaced", "CN", YF_STR("110105 19491231 002X"), YF_CODE_OK,
	  "11010519491231002X" },
	{ "CN wrong check", "CN", YF_STR("110105194912310021"), YF_CODE_NUMBER,
	  "" },
	{ "CN X in the middle", "CN", YF_STR("1101051949123100X2"),
	  YF_CODE_NUMBER, "" },
	{ "CN too short", "CN", YF_STR("11010519491231002"), YF_CODE_NUMBER,
	  "" },
	{ "TH", "TH", YF_STR("1-1037-02071-81-1"), YF_CODE_OK,
	  "1103702071811" },
	{ "TH first digit 0", "TH", YF_STR("0000000000001"), YF_CODE_OK,
	  "0000000000001" },
	{ "TH wrong check", "TH", YF_STR("1103702071812"), YF_CODE_NUMBER, "" },
	{ "VN", "VN", YF_STR("001085012345"), YF_CODE_OK, "001085012345" },
	{ "VN letter", "VN", YF_STR("00108501234A"), YF_CODE_NUMBER, "" },
	{ "SNILS", "RU-SNILS", YF_STR("112-233-445 95"), YF_CODE_OK,
	  "11223344595" },
	{ "SNILS check 00", "RU-SNILS", YF_STR("087-654-303 00"), YF_CODE_OK,
	  "08765430300" },
	{ "SNILS before checks", "RU-SNILS", YF_STR("001-001-998 77"),
	  YF_CODE_OK, "00100199877" },
	{ "SNILS wrong", "RU-SNILS", YF_STR("112-233-445 96"), YF_CODE_NUMBER,
	  "" },
	{ "INN", "RU-INN", YF_STR("500100732259"), YF_CODE_OK, "500100732259" },
	{ "INN wrong", "RU-INN", YF_STR("500100732258"), YF_CODE_NUMBER, "" },
	{ "none", "none", YF_STR("ab-12"), YF_CODE_OK, "AB-12" },
	{ "none, empty", "none", YF_STR(" "), YF_CODE_NUMBER, "" },
	{ "none, odd sign", "none", YF_STR("a/1"), YF_CODE_NUMBER, "" },
	{ "none, too long", "none", YF_STR("123456789012345678901234567890123"),
	  YF_CODE_NUMBER, "" },
	{ "no such rule", "XX", YF_STR("1"), YF_CODE_UNSUPPORTED, "" },
};

static void parse_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < YF_COUNT(cases); i++) {
		yf_id_number got = { .len = 0 };

		print_message("  %s\n", cases[i].name);
		assert_int_equal(
			yf_id_number_parse(cases[i].rule, cases[i].text, &got)
				.code,
			cases[i].want);
		assert_true(yf_str_is(yf_id_number_str(&got), cases[i].stored));
	}
}

/*
 * The checks of China and Russia notice every single wrong digit.  Thailand's
 * cannot: remainders 0 and 10 share a check digit.
 */
static void one_wrong_digit_is_noticed(void **state)
{
	static const struct {
		const char *rule;
		char text[20];
	} numbers[] = { { "CN", "11010519491231002X" },
			{ "RU-SNILS", "11223344595" } };

	(void)state;
	for (size_t n = 0; n < YF_COUNT(numbers); n++) {
		const size_t len = strlen(numbers[n].text);
		for (size_t at = 0; at < len - 2; at++) {
			char wrong[20];
			yf_id_number got;

			memcpy(wrong, numbers[n].text, sizeof(wrong));
			wrong[at] =
				wrong[at] == '9' ? '0' : (char)(wrong[at] + 1);
			assert_int_equal(yf_id_number_parse(numbers[n].rule,
							    yf_str_of(wrong),
							    &got)
						 .code,
					 YF_CODE_NUMBER);
		}
	}
}

static void hints(void **state)
{
	yf_id_number number;
	struct yf_id_number_hint hint;

	(void)state;
	assert_int_equal(
		yf_id_number_parse("CN", YF_STR("11010519491231002X"), &number)
			.code,
		YF_CODE_OK);
	hint = yf_id_number_hint("CN", &number);
	assert_int_equal(hint.year, 1949);
	assert_int_equal(hint.month, 12);
	assert_int_equal(hint.day, 31);
	assert_int_equal(hint.sex, 2);

	assert_int_equal(
		yf_id_number_parse("VN", YF_STR("001285012345"), &number).code,
		YF_CODE_OK);
	hint = yf_id_number_hint("VN", &number);
	assert_int_equal(hint.year, 2085);
	assert_int_equal(hint.sex, 1);
	assert_false(yf_id_number_hint("TH", &number).has_sex);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse_table),
		cmocka_unit_test(one_wrong_digit_is_noticed),
		cmocka_unit_test(hints),
	};
	return cmocka_run_group_tests_name("register/id_number", tests, NULL,
					   NULL);
}
