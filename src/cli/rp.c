#include "check/party.h"
#include "cli/args.h"
#include "cli/print.h"
#include "cli/verbs.h"
#include "server/home.h"

#include <stdio.h>
#include <string.h>

static const char usage[] =
	"usage: yufu rp add DIR --name NAME --policy POLICY [--policy ...]"
	" [--return-uri URI ...] [--json]\n"
	"       policies: hotel, cafe, bank, railway (yufu-rp(1))";

static yf_err print(struct yf_arena *arena, const struct yf_party_added *added,
		    bool json)
{
	struct yf_json_out out = yf_json_out_new(arena, 256);

	fprintf(stderr, "Registered.  The API key is shown this once; keep it "
			"secret.\n");
	if (!json) {
		printf("%.*s\n", YF_ARG(added->api_key));
		return YF_OK;
	}
	yf_json_out_object(&out, NULL);
	yf_json_out_str(&out, "id", added->id);
	yf_json_out_str(&out, "api_key", added->api_key);
	yf_json_out_str(&out, "client_id", added->client_id);
	yf_json_out_close(&out);
	return yf_print_json(&out);
}

static yf_err add(struct yf_home *home, const char *name,
		  const struct yf_words *policies,
		  const struct yf_words *returns, bool json)
{
	yf_str names[YF_WORDS_MAX];
	yf_str addresses[YF_WORDS_MAX];
	struct yf_party_ask ask = { .name = yf_str_of(name),
				    .policies = names,
				    .policy_count = policies->count,
				    .returns = addresses,
				    .return_count = returns->count,
				    .actor = YF_STR("operator") };
	struct yf_party_added added;

	for (size_t i = 0; i < policies->count; i++)
		names[i] = yf_str_of(policies->at[i]);
	for (size_t i = 0; i < returns->count; i++)
		addresses[i] = yf_str_of(returns->at[i]);
	YF_TRY(yf_party_add(&home->env, home->arena, &ask, &added));
	return print(home->arena, &added, json);
}

int yf_cli_rp(int argc, char **argv)
{
	const char *name = NULL;
	struct yf_words policies = { .count = 0 };
	struct yf_words returns = { .count = 0 };
	bool json = false;
	struct yf_words words;
	const struct yf_option options[] = {
		{ .name = "name", .value = &name },
		{ .name = "policy", .words = &policies },
		{ .name = "return-uri", .words = &returns },
		{ .name = "json", .flag = &json },
		{ .name = NULL },
	};

	if (!yf_args_parse(argc, argv, options, usage, 2, 2, &words))
		return YF_EXIT_FAILED;
	if (strcmp(words.at[0], "add") != 0 || !name || !policies.count) {
		fprintf(stderr, "%s\n", usage);
		return YF_EXIT_FAILED;
	}
	YF_AUTO(home) home = NULL;
	yf_err err = yf_home_open(words.at[1], false, &home);
	if (!yf_failed(err))
		err = add(home, name, &policies, &returns, json);
	return yf_failed(err)
		       ? yf_cli_fail("rp add", err,
				     home ? home->problem : (yf_str){ NULL, 0 })
		       : YF_EXIT_OK;
}
