#include "card/status.h"
#include "cli/args.h"
#include "cli/print.h"
#include "cli/verbs.h"
#include "server/home.h"

#include <stdio.h>

static const char usage[] =
	"usage: yufu status DIR CREDENTIAL_ID valid|suspended|revoked [--json]";

static yf_err print(struct yf_arena *arena, const struct yf_words *words)
{
	struct yf_json_out out = yf_json_out_new(arena, 256);

	yf_json_out_object(&out, NULL);
	yf_json_out_text(&out, "credential_id", words->at[1]);
	yf_json_out_text(&out, "status", words->at[2]);
	yf_json_out_close(&out);
	return yf_print_json(&out);
}

static yf_err change(struct yf_home *home, const struct yf_words *words,
		     bool json)
{
	yf_status status;

	YF_TRY(yf_status_parse(yf_str_of(words->at[2]), &status));
	YF_TRY(yf_status_set(&home->env, yf_str_of(words->at[1]), status,
			     YF_STR("operator")));
	fprintf(stderr, "%s is %s now; verifiers see it within %d s.\n",
		words->at[1], words->at[2], (int)YF_STATUS_TTL_S);
	return json ? print(home->arena, words) : YF_OK;
}

int yf_cli_status(int argc, char **argv)
{
	struct yf_words words;
	bool json = false;
	const struct yf_option options[] = {
		{ .name = "json", .flag = &json },
		{ .name = NULL },
	};

	if (!yf_args_parse(argc, argv, options, usage, 3, 3, &words))
		return YF_EXIT_FAILED;
	YF_AUTO(home) home = NULL;
	yf_err err = yf_home_open(words.at[0], false, &home);
	if (!yf_failed(err))
		err = change(home, &words, json);
	return yf_failed(err) ? yf_cli_fail("status", err,
					    home ? home->problem
						 : yf_str_of(words.at[1]))
			      : YF_EXIT_OK;
}
