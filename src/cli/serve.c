#include "cli/args.h"
#include "cli/verbs.h"
#include "server/serve.h"

static const char usage[] = "usage: yufu serve DIR";

int yf_cli_serve(int argc, char **argv)
{
	struct yf_words words;
	bool json = false;
	const struct yf_option options[] = {
		{ .name = "json", .flag = &json },
		{ .name = NULL },
	};

	if (!yf_args_parse(argc, argv, options, usage, 1, 1, &words))
		return YF_EXIT_FAILED;
	YF_AUTO(home) home = NULL;
	yf_err err = yf_home_open(words.at[0], false, &home);
	const struct yf_serve_ask ask = { .home = home };
	if (!yf_failed(err))
		err = yf_serve(&ask);
	if (yf_failed(err))
		return yf_cli_fail("serve", err,
				   home ? home->problem : (yf_str){ NULL, 0 });
	return YF_EXIT_OK;
}
