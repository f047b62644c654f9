#include "cli/args.h"

#include "../support/expect.h"

struct taken {
	const char *name;
	bool json;
	struct yf_words policies;
	struct yf_words words;
};

enum { ARGV_MAX = 64 };

/* The words of a line, as a shell without quotes would give them. */
static bool parse(const char *line, size_t min, size_t max, struct taken *out)
{
	static char text[2048];
	const struct yf_option options[] = {
		{ .name = "name", .value = &out->name },
		{ .name = "json", .flag = &out->json },
		{ .name = "policy", .words = &out->policies },
		{ .name = NULL },
	};
	char *argv[ARGV_MAX];
	int argc = 0;

	assert_true(strlen(line) < sizeof(text));
	strcpy(text, line);
	for (char *word = strtok(text, " "); word; word = strtok(NULL, " ")) {
		assert_true(argc < ARGV_MAX);
		argv[argc++] = word;
	}
	*out = (struct taken){ 0 };
	return yf_args_parse(argc, argv, options, "usage: test", min, max,
			     &out->words);
}

static void understood(void **state)
{
	struct taken t;

	(void)state;
	assert_true(parse("a --name x b --json", 2, 2, &t));
	assert_string_equal(t.name, "x");
	assert_true(t.json);
	assert_int_equal(t.words.count, 2);
	assert_string_equal(t.words.at[1], "b");

	assert_true(parse("--name=x=y", 0, 0, &t));
	assert_string_equal(t.name, "x=y");
	assert_true(parse("--name=", 0, 0, &t));
	assert_string_equal(t.name, "");
	assert_true(parse("--name --json", 0, 0, &t));
	assert_string_equal(t.name, "--json");
	assert_false(t.json);

	assert_true(parse("--policy a --policy=b", 0, 0, &t));
	assert_int_equal(t.policies.count, 2);
	assert_string_equal(t.policies.at[1], "b");

	assert_true(parse("-- --json --", 2, 2, &t));
	assert_false(t.json);
	assert_string_equal(t.words.at[0], "--json");
	assert_string_equal(t.words.at[1], "--");
	assert_true(parse("-", 1, 1, &t));
	assert_true(parse("", 0, 1, &t));
}

static void refused(void **state)
{
	struct taken t;

	(void)state;
	assert_false(parse("--nonsense", 0, 9, &t));
	assert_false(parse("--nam x", 0, 9, &t));
	assert_false(parse("--name", 0, 9, &t));
	assert_false(parse("--policy", 0, 9, &t));
	assert_false(parse("--json=yes", 0, 9, &t));
	assert_false(parse("a", 2, 3, &t));
	assert_false(parse("a b c", 0, 2, &t));
}

static void too_many(void **state)
{
	char line[1024] = "";
	struct taken t;

	(void)state;
	for (int i = 0; i < YF_WORDS_MAX; i++)
		strcat(line, "w ");
	assert_true(parse(line, 0, 99, &t));
	strcat(line, "w");
	assert_false(parse(line, 0, 99, &t));

	line[0] = '\0';
	for (int i = 0; i < YF_WORDS_MAX + 1; i++)
		strcat(line, "--policy=p ");
	assert_false(parse(line, 0, 99, &t));
	assert_int_equal(t.policies.count, YF_WORDS_MAX);
}

static void failing_is_an_exit_code(void **state)
{
	(void)state;
	assert_int_equal(
		yf_cli_fail("test", YF_FAIL(NOT_FOUND), YF_STR("a file")),
		YF_EXIT_FAILED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(understood),
		cmocka_unit_test(refused),
		cmocka_unit_test(too_many),
		cmocka_unit_test(failing_is_an_exit_code),
	};
	return cmocka_run_group_tests_name("cli/args", tests, NULL, NULL);
}
