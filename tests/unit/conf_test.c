#include "base/conf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

static const struct yf_conf_key keys[] = {
	{ "server", "listen", "127.0.0.1:8080" },
	{ "server", "url", NULL },
	{ "server", "workers", "16" },
	{ "log", "verbose", "no" },
};

static const struct {
	const char *name;
	yf_str text;
	yf_code want;
	const char *problem; /* the whole line */
} cases[] = {
	{ "the least", YF_STR("[server]\nurl = http://a\n"), YF_CODE_OK, "" },
	{ "no newline at the end", YF_STR("[server]\nurl=x"), YF_CODE_OK, "" },
	{ "comments", YF_STR("; c\n# d\n[server]\nurl = x ; why\n"), YF_CODE_OK,
	  "" },
	{ "a required key is missing", YF_STR("[server]\nworkers = 1\n"),
	  YF_CODE_CONFIG, "yufu.ini:0: [server] url: is missing" },
	{ "an unknown key", YF_STR("[server]\nurl = x\nwrokers = 1\n"),
	  YF_CODE_CONFIG, "yufu.ini:3: [server] wrokers: no such key" },
	{ "an unknown section", YF_STR("[sever]\n\nurl = x\n"), YF_CODE_CONFIG,
	  "yufu.ini:3: [sever] url: no such key" },
	{ "twice", YF_STR("[server]\nurl = x\nurl = y\n"), YF_CODE_CONFIG,
	  "yufu.ini:3: [server] url: is there twice" },
	{ "no pair", YF_STR("[server]\nurl = x\nnonsense\n"), YF_CODE_CONFIG,
	  "yufu.ini:3: [] : is neither [section] nor key = value" },
	{ "not UTF-8", YF_STR("[server]\nurl = \xff\n"), YF_CODE_CONFIG,
	  "yufu.ini:0: [] : is not UTF-8 text without control characters" },
	{ "a NUL", YF_STR("[server]\nurl = x\0y\n"), YF_CODE_CONFIG,
	  "yufu.ini:0: [] : is not UTF-8 text without control characters" },
};

static void parse_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < YF_COUNT(cases); i++) {
		YF_AUTO(arena) arena = yf_arena_new(64 * 1024);
		struct yf_conf conf;

		print_message("  %s\n", cases[i].name);
		assert_int_equal(yf_conf_parse(arena, "yufu.ini", cases[i].text,
					       keys, YF_COUNT(keys), &conf)
					 .code,
				 cases[i].want);
		if (!yf_str_is(conf.problem, cases[i].problem))
			fail_msg("problem is: %.*s", YF_ARG(conf.problem));
	}
}

static void values_have_types(void **state)
{
	YF_AUTO(arena) arena = yf_arena_new(64 * 1024);
	const yf_str text = YF_STR("[server]\nurl = http://a/?b=c\n"
				   "workers = 300\n[log]\nverbose = on\n");
	struct yf_conf conf;
	int64_t number = -1;
	bool yes = false;

	(void)state;
	assert_false(yf_failed(
		yf_conf_parse(arena, "f", text, keys, YF_COUNT(keys), &conf)));
	assert_true(yf_str_is(yf_conf_str(&conf, "server", "url"),
			      "http://a/?b=c"));
	assert_true(yf_str_is(yf_conf_str(&conf, "server", "listen"),
			      "127.0.0.1:8080"));
	assert_false(yf_failed(
		yf_conf_int(&conf, "server", "workers", 1, 300, &number)));
	assert_int_equal(number, 300);
	assert_int_equal(
		yf_conf_int(&conf, "server", "workers", 1, 299, &number).code,
		YF_CODE_CONFIG);
	assert_true(yf_str_is(conf.problem, "f:3: [server] workers: is no "
					    "number from 1 to 299"));
	assert_false(yf_failed(yf_conf_bool(&conf, "log", "verbose", &yes)));
	assert_true(yes);
	assert_int_equal(yf_conf_bool(&conf, "server", "url", &yes).code,
			 YF_CODE_CONFIG);
}

static void a_long_line_is_refused(void **state)
{
	YF_AUTO(arena) arena = yf_arena_new(256 * 1024);
	struct yf_conf conf;
	char text[4000];

	(void)state;
	memset(text, 'a', sizeof(text));
	memcpy(text, "[server]\nurl=", 13);
	assert_int_equal(yf_conf_parse(arena, "f",
				       (yf_str){ text, sizeof(text) }, keys,
				       YF_COUNT(keys), &conf)
				 .code,
			 YF_CODE_CONFIG);
	assert_true(yf_str_is(conf.problem, "f:2: [] : the line is too long"));
	assert_int_equal(
		yf_conf_load(arena, "/nowhere/f", keys, YF_COUNT(keys), &conf)
			.code,
		YF_CODE_NOT_FOUND);
}

static void survives_every_allocation_failure(void **state)
{
	(void)state;
	for (size_t limit = 0;; limit += 16) {
		YF_AUTO(arena) arena = yf_arena_new(limit);
		struct yf_conf conf;
		const yf_err err =
			yf_conf_parse(arena, "f", YF_STR("[server]\nurl=x\n"),
				      keys, YF_COUNT(keys), &conf);
		if (!yf_failed(err))
			break;
		assert_int_equal(err.code, YF_CODE_MEMORY);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse_table),
		cmocka_unit_test(values_have_types),
		cmocka_unit_test(a_long_line_is_refused),
		cmocka_unit_test(survives_every_allocation_failure),
	};
	return cmocka_run_group_tests_name("base/conf", tests, NULL, NULL);
}
