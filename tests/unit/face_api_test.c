#include <ctype.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/file.h"

/*
 * What <yufu/face.h> has no word for, nobody can implement: there is no call
 * that searches a face among many, that guesses about a person, or that
 * takes a camera's stream.  Its comments may say so; its declarations not.
 * tests/face/symbols.test.mjs asks the same of the program.
 */
static const char header[] = "include/yufu/face.h";

static const char *const forbidden[] = {
	"identify", "identification", "search",    "gallery",
	"emotion",  "mood",           "age",       "gender",
	"sex",      "ethnic",         "ethnicity", "race",
	"origin",   "religion",       "stream",    "video",
	"track",    "crowd",          "watchlist",
};

/* The text without its comments, in lower case. */
static char *declarations(struct yf_arena *arena)
{
	yf_bytes file;

	assert_false(yf_failed(yf_file_load(arena, header, 1 << 20, &file)));
	char *out = YF_NEW(arena, char, file.len + 1);
	size_t len = 0;
	assert_non_null(out);
	for (size_t i = 0; i < file.len; i++) {
		const char *at = (const char *)file.ptr + i;
		if (i + 1 < file.len && at[0] == '/' && at[1] == '*') {
			while (i + 1 < file.len &&
			       memcmp(file.ptr + i, "*/", 2) != 0)
				i++;
			i++;
			out[len++] = ' ';
			continue;
		}
		out[len++] = (char)tolower((unsigned char)*at);
	}
	return out;
}

/* Parts of names count as words: `face_search_open` has "search". */
static bool has_word(const char *text, const char *word)
{
	const size_t len = strlen(word);

	for (const char *at = text; (at = strstr(at, word)); at += len)
		if ((at == text || !isalpha((unsigned char)at[-1])) &&
		    !isalpha((unsigned char)at[len]))
			return true;
	return false;
}

static void has_no_word_for_it(void **state)
{
	YF_AUTO(arena) arena = yf_arena_new(1 << 20);
	const char *text = declarations(arena);

	(void)state;
	for (size_t i = 0; i < sizeof(forbidden) / sizeof(forbidden[0]); i++)
		if (has_word(text, forbidden[i]))
			fail_msg("%s declares \"%s\"", header, forbidden[i]);
}

/* The test can fail: it sees what is there. */
static void sees_what_is_there(void **state)
{
	YF_AUTO(arena) arena = yf_arena_new(1 << 20);
	const char *text = declarations(arena);

	(void)state;
	assert_true(has_word(text, "quality"));
	assert_true(has_word(text, "enrol"));
	assert_true(has_word(text, "yufu_face_engine_v1") ||
		    strstr(text, "yufu_face_engine_v1"));
	assert_false(has_word(text, "living")); /* only in a comment */
	assert_true(has_word("int vendor_search_all(void);", "search"));
	assert_false(has_word("image", "age"));
}

/* One to one: match() takes two templates, and no count. */
static void match_takes_two(void **state)
{
	YF_AUTO(arena) arena = yf_arena_new(1 << 20);
	const char *text = declarations(arena);
	const char *from = strstr(text, "(*match)(");
	char call[1024] = "";

	(void)state;
	assert_non_null(from);
	snprintf(call, sizeof(call), "%.*s", (int)strcspn(from, ";"), from);
	assert_false(has_word(call, "count"));
	assert_non_null(strstr(call, "probe_len"));
	assert_non_null(strstr(call, "reference_len"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(has_no_word_for_it),
		cmocka_unit_test(sees_what_is_there),
		cmocka_unit_test(match_takes_two),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
