#include "register/name.h"

#include "../support/expect.h"

enum { ARENA_LEN = 1024 * 1024 };

static bool same(const char *a, const char *b)
{
	struct yf_arena *arena = yf_arena_new(ARENA_LEN);
	yf_str key_a;
	yf_str key_b;

	OK(yf_name_key(arena, yf_str_of(a), &key_a));
	OK(yf_name_key(arena, yf_str_of(b), &key_b));
	const bool equal = yf_str_eq(key_a, key_b);
	yf_arena_free(arena);
	return equal;
}

static const struct {
	const char *name;
	const char *a;
	const char *b;
	bool want;
} cases[] = {
	{ "the same", "欧阳修", "欧阳修", true },
	{ "another", "欧阳修", "欧阳脩", false },
	{ "middle dot U+00B7", "买买提·吐尔逊", "买买提吐尔逊", true },
	{ "bullet U+2022", "买买提•吐尔逊", "买买提·吐尔逊", true },
	{ "hyphenation point U+2027", "买买提‧吐尔逊", "买买提·吐尔逊", true },
	{ "katakana dot U+30FB", "买买提・吐尔逊", "买买提·吐尔逊", true },
	{ "half-width dot U+FF65", "买买提･吐尔逊", "买买提·吐尔逊", true },
	{ "full-width letters", "ＷＡＮＧ　ｗｅｉ", "wang WEI", true },
	{ "half-width katakana", "ﾔﾏﾀﾞ", "ヤマダ", true },
	{ "letter case", "McDonald", "MCDONALD", true },
	{ "case that grows", "Straße", "STRASSE", true },
	{ "Cyrillic case", "ПЁТР", "пётр", true },
	{ "Vietnamese, composed and not", "Nguy\u1ec5n", "Nguye\u0302\u0303n",
	  true },
	{ "Vietnamese, tone by itself", "Ho\u00e0ng", "Hoa\u0300ng", true },
	{ "Vietnamese, another tone", "Ho\u00e0ng", "Ho\u00e1ng", false },
	{ "marks are not dropped", "Nguy\u1ec5n", "Nguyen", false },
	{ "Vietnamese d with stroke", "\u0110\u1ed7", "\u0111\u1ed7", true },
	{ "d with stroke is no d", "\u0110\u1ed7", "D\u1ed7", false },
	{ "Thai", "สมชาย ใจดี", "สมชายใจดี", true },
	{ "Thai sara am in two ways", "\u0e17\u0e33", "\u0e17\u0e4d\u0e32",
	  true },
	{ "Thai, another tone mark", "ไก่", "ไก้", false },
	{ "patronymic", "Анна Ивановна", "АННА ИВАНОВНА", true },
	{ "patronymic left out", "Анна Ивановна", "Анна", false },
	{ "apostrophe by keyboard", "O'Brien", "O\u2019Brien", true },
	{ "apostrophe U+02BC",
	  "O\u02bc"
	  "Brien",
	  "O'Brien", true },
	{ "apostrophe left out", "O'Brien", "OBrien", true },
	{ "hyphen", "Jean-Luc", "Jean\u2010Luc", true },
	{ "hyphen that does not break", "Jean\u2011Luc", "Jean Luc", true },
	{ "spaces", " Jean   Luc ", "Jean\u00a0Luc", true },
	{ "ligature", "\ufb01n", "fin", true },
	{ "traditional and simplified", "龍", "龙", false },
	{ "a variant", "髙", "高", false },
	{ "compatibility ideograph", "\uf9d0", "\u985e", true },
	{ "IDS against its likeness", "⿰韦华", "韡", false },
	{ "private use", "\ue86b", "\ue86c", false },
	{ "private use, the same", "\ue86b", "\ue86b", true },
	{ "Extension B", "𠮷", "吉", false },
	{ "Arabic", "محمد", "محمد", true },
	{ "Arabic, another", "محمد", "محمود", false },
	{ "mononym", "Sukarno", "sukarno", true },
	{ "one character", "王", "王", true },
	{ "Cyrillic letters are no Latin ones", "\u0410", "A", false },
};

static void keys(void **state)
{
	(void)state;
	for (size_t i = 0; i < YF_COUNT(cases); i++)
		if (same(cases[i].a, cases[i].b) != cases[i].want)
			fail_msg("%s", cases[i].name);
}

/* A key says nothing about a key: its own key is itself. */
static void key_of_key(void **state)
{
	struct yf_arena *arena = yf_arena_new(ARENA_LEN);
	yf_str once;
	yf_str twice;

	(void)state;
	for (size_t i = 0; i < YF_COUNT(cases); i++) {
		OK(yf_name_key(arena, yf_str_of(cases[i].a), &once));
		OK(yf_name_key(arena, once, &twice));
		assert_true(yf_str_eq(once, twice));
	}
	yf_arena_free(arena);
}

static void signs_only(void **state)
{
	static const char *const texts[] = { "", " ", "-'·", "\u3000\u00a0" };
	struct yf_arena *arena = yf_arena_new(ARENA_LEN);
	yf_str key;

	(void)state;
	for (size_t i = 0; i < YF_COUNT(texts); i++) {
		OK(yf_name_key(arena, yf_str_of(texts[i]), &key));
		assert_int_equal(key.len, 0);
	}
	yf_arena_free(arena);
}

static yf_err check_repeated(const char *character, size_t count)
{
	struct yf_arena *arena = yf_arena_new(ARENA_LEN);
	struct yf_buf buf = yf_buf_new(arena, 1024);
	yf_str text;

	while (count--)
		yf_buf_text(&buf, yf_str_of(character));
	OK(yf_buf_str(&buf, &text));
	const yf_err err = yf_name_check(text);
	yf_arena_free(arena);
	return err;
}

/* 150 characters, however many bytes they are. */
static void length(void **state)
{
	(void)state;
	OK(check_repeated("x", 150));
	FAILS(check_repeated("x", 151), NAME);
	OK(check_repeated("王", 150));
	FAILS(check_repeated("王", 151), NAME);
	OK(check_repeated("𠮷", 150));
	FAILS(check_repeated("𠮷", 151), NAME);
}

static void refused(void **state)
{
	static const struct {
		const char *name;
		yf_str text;
	} rows[] = {
		{ "NUL", { "a\0b", 3 } },
		{ "line feed", { "a\nb", 3 } },
		{ "tab", { "a\tb", 3 } },
		{ "delete", { "a\x7f", 2 } },
		{ "C1, next line U+0085", { "a\xc2\x85", 3 } },
		{ "C1, first U+0080", { "\xc2\x80", 2 } },
		{ "C1, last U+009F", { "\xc2\x9f", 2 } },
		{ "line separator U+2028", { "a\xe2\x80\xa8", 4 } },
		{ "paragraph separator U+2029", { "a\xe2\x80\xa9", 4 } },
		{ "bytes", { "\xff\xfe", 2 } },
		{ "overlong", { "\xc0\xaf", 2 } },
		{ "surrogate", { "\xed\xa0\x80", 3 } },
		{ "over U+10FFFF", { "\xf4\x90\x80\x80", 4 } },
		{ "half of a character", { "\xe7\x8e", 2 } },
	};

	(void)state;
	for (size_t i = 0; i < YF_COUNT(rows); i++) {
		print_message("  %s\n", rows[i].name);
		FAILS(yf_name_check(rows[i].text), NAME);
	}
	OK(yf_name_check((yf_str){ NULL, 0 }));
	OK(yf_name_check(YF_STR("\xc2\xa0")));
}

static void key_of_no_text(void **state)
{
	struct yf_arena *arena = yf_arena_new(ARENA_LEN);
	yf_str key;

	(void)state;
	FAILS(yf_name_key(arena, YF_STR("\xff"), &key), NAME);
	FAILS(yf_name_key(arena, YF_STR("a\xe7\x8e"), &key), NAME);
	yf_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys),       cmocka_unit_test(key_of_key),
		cmocka_unit_test(signs_only), cmocka_unit_test(length),
		cmocka_unit_test(refused),    cmocka_unit_test(key_of_no_text),
	};
	return cmocka_run_group_tests_name("register/name", tests, NULL, NULL);
}
