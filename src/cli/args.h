#pragma once

#include "base/str.h"

/*
 * Command lines: options in any order, then or between them the positional
 * words.  `--name VALUE`, `--name=VALUE`, `--flag`; `--` ends options.
 */
struct yf_option {
	const char *name;   /* without "--"; NULL ends the table */
	const char **value; /* of an option that takes one, or NULL */
	bool *flag;         /* of one that does not, or NULL */
	/* Repeatable: values are appended here instead. */
	struct yf_words *words;
};

enum { YF_WORDS_MAX = 32 };

struct yf_words {
	const char *at[YF_WORDS_MAX];
	size_t count;
};

/*
 * False, with the reason and `usage` on standard error, when a word is not
 * understood or the number of positional words is not within min..max.
 */
bool yf_args_parse(int argc, char **argv, const struct yf_option *options,
		   const char *usage, size_t min, size_t max,
		   struct yf_words *positional);

/* Exit codes of all commands. */
enum {
	YF_EXIT_OK = 0,
	YF_EXIT_REFUSED = 1,
	YF_EXIT_FAILED = 2,
};

/*
 * Tells people on standard error what failed, why, and what to do next:
 * "yufu: WHAT: text (problem). advice".  Returns YF_EXIT_FAILED.
 */
int yf_cli_fail(const char *what, yf_err err, yf_str problem);
