#include "cli/args.h"

#include <stdio.h>

static const struct yf_option *find(const struct yf_option *options,
				    yf_str name)
{
	for (; options->name; options++)
		if (yf_str_is(name, options->name))
			return options;
	return NULL;
}

static bool complain(const char *usage, const char *what, const char *word)
{
	fprintf(stderr, "yufu: %s%s%s\n%s\n", what, word[0] ? ": " : "", word,
		usage);
	return false;
}

static bool keep_word(struct yf_words *words, const char *word)
{
	if (words->count == YF_WORDS_MAX)
		return false;
	words->at[words->count++] = word;
	return true;
}

/* `value` is what stands behind '=', or NULL. */
static bool take_option(const struct yf_option *option, const char *value,
			char **argv, int argc, int *at)
{
	if (option->flag) {
		*option->flag = true;
		return !value;
	}
	if (!value) {
		if (*at + 1 >= argc)
			return false;
		value = argv[++*at];
	}
	if (option->words)
		return keep_word(option->words, value);
	*option->value = value;
	return true;
}

/* Seven things, and all of them stand on one line of each command. */
/* NOLINTNEXTLINE(readability-function-size) */
bool yf_args_parse(int argc, char **argv, const struct yf_option *options,
		   const char *usage, size_t min, size_t max,
		   struct yf_words *positional)
{
	bool plain = false;

	positional->count = 0;
	for (int at = 0; at < argc; at++) {
		const char *word = argv[at];
		if (plain || strncmp(word, "--", 2) != 0) {
			if (!keep_word(positional, word))
				return complain(usage, "too many words", word);
			continue;
		}
		if (!word[2]) {
			plain = true;
			continue;
		}
		const char *equals = strchr(word, '=');
		const yf_str name = { word + 2,
				      equals ? (size_t)(equals - word - 2)
					     : strlen(word + 2) };
		const struct yf_option *option = find(options, name);
		if (!option)
			return complain(usage, "no such option", word);
		if (!take_option(option, equals ? equals + 1 : NULL, argv, argc,
				 &at))
			return complain(usage,
					"its value is missing or too much",
					word);
	}
	if (positional->count < min || positional->count > max)
		return complain(usage, "words are missing or too many", "");
	return true;
}

int yf_cli_fail(const char *what, yf_err err, yf_str problem)
{
	fprintf(stderr, "yufu: %s: %s", what, yf_err_text(err));
	if (problem.len)
		fprintf(stderr, " (%.*s)", YF_ARG(problem));
	fprintf(stderr, "\n      %s\n", yf_err_advice(err));
	return YF_EXIT_FAILED;
}
