#include "card/deferred.h"
#include "cli/args.h"
#include "cli/print.h"
#include "cli/verbs.h"
#include "server/home.h"

#include <stdio.h>

static const char usage[] =
	"usage: yufu approve DIR ID [--refuse REASON] [--json]\n"
	"       yufu approve DIR --list [--json]";

struct ask {
	const char *refuse;
	bool list;
	bool json;
};

static yf_err print_list(struct yf_home *home,
			 const struct yf_deferred_list *list)
{
	struct yf_json_out out = yf_json_out_new(home->arena, 4096);

	yf_json_out_object(&out, NULL);
	yf_json_out_array(&out, "waiting");
	for (size_t i = 0; i < list->count; i++) {
		yf_json_out_object(&out, NULL);
		yf_json_out_str(&out, "id", list->at[i].id);
		yf_json_out_str(&out, "type", list->at[i].type);
		yf_json_out_int(&out, "asked_at", list->at[i].made_s);
		yf_json_out_close(&out);
	}
	yf_json_out_close(&out);
	yf_json_out_close(&out);
	return yf_print_json(&out);
}

static yf_err show_list(struct yf_home *home, bool json)
{
	const int64_t now_s = yf_env_now_s(&home->env);
	struct yf_deferred_list list;

	YF_TRY(yf_deferred_waiting(&home->env, home->arena, &list));
	if (json)
		return print_list(home, &list);
	for (size_t i = 0; i < list.count; i++)
		printf("%.*s  %.*s  waiting for %lld s\n",
		       YF_ARG(list.at[i].id), YF_ARG(list.at[i].type),
		       (long long)(now_s - list.at[i].made_s));
	if (!list.count)
		fprintf(stderr, "Nothing waits.\n");
	return YF_OK;
}

static yf_err decide(struct yf_home *home, const char *id,
		     const struct ask *ask)
{
	const char *state = ask->refuse ? "refused" : "approved";
	struct yf_json_out out = yf_json_out_new(home->arena, 256);

	YF_TRY(yf_deferred_decide(&home->env, yf_str_of(id),
				  yf_str_of(ask->refuse), YF_STR("operator")));
	fprintf(stderr, "%s is %s; the wallet is told when it asks again.\n",
		id, state);
	if (!ask->json)
		return YF_OK;
	yf_json_out_object(&out, NULL);
	yf_json_out_text(&out, "id", id);
	yf_json_out_text(&out, "state", state);
	yf_json_out_close(&out);
	return yf_print_json(&out);
}

static bool is_usable(const struct ask *ask, const struct yf_words *words)
{
	if (ask->list != (words->count == 1))
		fprintf(stderr, "yufu: name one ID, or --list\n%s\n", usage);
	else if (ask->refuse && (ask->list || !*ask->refuse))
		fprintf(stderr, "yufu: --refuse takes a reason, for one ID\n");
	else
		return true;
	return false;
}

int yf_cli_approve(int argc, char **argv)
{
	struct ask ask = { 0 };
	struct yf_words words;
	const struct yf_option options[] = {
		{ .name = "refuse", .value = &ask.refuse },
		{ .name = "list", .flag = &ask.list },
		{ .name = "json", .flag = &ask.json },
		{ .name = NULL },
	};

	if (!yf_args_parse(argc, argv, options, usage, 1, 2, &words) ||
	    !is_usable(&ask, &words))
		return YF_EXIT_FAILED;
	YF_AUTO(home) home = NULL;
	yf_err err = yf_home_open(words.at[0], false, &home);
	if (!yf_failed(err))
		err = ask.list ? show_list(home, ask.json)
			       : decide(home, words.at[1], &ask);
	if (!yf_failed(err))
		return YF_EXIT_OK;
	return yf_cli_fail("approve", err,
			   home && home->problem.len ? home->problem
			   : ask.list ? (yf_str){ NULL, 0 }
				      : yf_str_of(words.at[1]));
}
