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
	"       yufu rp rotate-key DIR ID [--until SECONDS] [--json]\n"
	"       policies: hotel, cafe, bank, railway (yufu-rp(1))";

enum { OLD_KEY_S = 7 * 86400, OLD_KEY_MAX_S = 90 * 86400 };

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

/* A week, unless told: time to put the new one in at every till. */
static yf_err rotate(struct yf_home *home, const char *id, const char *until,
		     bool json)
{
	const int64_t now_s = yf_env_now_s(&home->env);
	struct yf_json_out out = yf_json_out_new(home->arena, 256);
	int64_t keep_s = OLD_KEY_S, ends_s = 0;
	yf_str api_key;

	if (until && (!yf_str_to_int(yf_str_of(until), &keep_s) || keep_s < 0 ||
		      keep_s > OLD_KEY_MAX_S))
		return YF_FAIL(RANGE);
	YF_TRY(yf_party_key_until(&home->env, yf_str_of(id), &ends_s));
	if (ends_s)
		YF_TRY(yf_str_format(home->arena, &home->problem,
				     "the key before works for another %lld s:"
				     " wait for its end",
				     (long long)(ends_s - now_s)));
	YF_TRY(yf_party_rotate_key(&home->env, home->arena, yf_str_of(id),
				   now_s + keep_s, &api_key));
	fprintf(stderr,
		"The key before works for another %lld s.  The new one is shown"
		" this once; keep it secret.\n",
		(long long)keep_s);
	if (!json) {
		printf("%.*s\n", YF_ARG(api_key));
		return YF_OK;
	}
	yf_json_out_object(&out, NULL);
	yf_json_out_text(&out, "id", id);
	yf_json_out_str(&out, "api_key", api_key);
	yf_json_out_int(&out, "old_until", now_s + keep_s);
	yf_json_out_close(&out);
	return yf_print_json(&out);
}

static bool is_add(const struct yf_words *words, const char *name,
		   const struct yf_words *policies)
{
	return strcmp(words->at[0], "add") == 0 && words->count == 2 && name &&
	       policies->count;
}

static bool is_rotation(const struct yf_words *words)
{
	return strcmp(words->at[0], "rotate-key") == 0 && words->count == 3;
}

int yf_cli_rp(int argc, char **argv)
{
	const char *name = NULL;
	const char *until = NULL;
	struct yf_words policies = { .count = 0 };
	struct yf_words returns = { .count = 0 };
	bool json = false;
	struct yf_words words;
	const struct yf_option options[] = {
		{ .name = "name", .value = &name },
		{ .name = "policy", .words = &policies },
		{ .name = "until", .value = &until },
		{ .name = "return-uri", .words = &returns },
		{ .name = "json", .flag = &json },
		{ .name = NULL },
	};

	if (!yf_args_parse(argc, argv, options, usage, 2, 3, &words))
		return YF_EXIT_FAILED;
	const bool rotation = is_rotation(&words);
	if (!rotation && !is_add(&words, name, &policies)) {
		fprintf(stderr, "%s\n", usage);
		return YF_EXIT_FAILED;
	}
	YF_AUTO(home) home = NULL;
	yf_err err = yf_home_open(words.at[1], false, &home);
	if (!yf_failed(err))
		err = rotation ? rotate(home, words.at[2], until, json)
			       : add(home, name, &policies, &returns, json);
	return yf_failed(err)
		       ? yf_cli_fail(rotation ? "rp rotate-key" : "rp add", err,
				     home ? home->problem : (yf_str){ NULL, 0 })
		       : YF_EXIT_OK;
}
