#include "card/offer.h"
#include "card/type.h"
#include "cli/args.h"
#include "cli/print.h"
#include "cli/qr.h"
#include "cli/verbs.h"
#include "server/home.h"

#include <stdio.h>

static const char usage[] =
	"usage: yufu offer DIR --person NUMBER --type TYPE [--tx-code] [--qr]\n"
	"       [--vetted REASON] [--json]";

struct ask {
	const char *person;
	const char *type;
	const char *vetted;
	bool tx_code;
	bool qr;
	bool json;
};

static yf_err print(struct yf_arena *arena, const struct ask *ask,
		    const struct yf_offer *offer)
{
	struct yf_json_out out = yf_json_out_new(arena, 256);

	if (ask->qr)
		YF_TRY(yf_qr_print(arena, offer->uri, stderr));
	if (!ask->json) {
		printf("%.*s\n", YF_ARG(offer->uri));
		if (offer->tx_code.len)
			printf("transaction code: %.*s\n",
			       YF_ARG(offer->tx_code));
		return YF_OK;
	}
	yf_json_out_object(&out, NULL);
	yf_json_out_str(&out, "uri", offer->uri);
	if (offer->tx_code.len)
		yf_json_out_str(&out, "tx_code", offer->tx_code);
	else
		yf_json_out_null(&out, "tx_code");
	yf_json_out_int(&out, "expires_at", offer->expires_s);
	yf_json_out_close(&out);
	return yf_print_json(&out);
}

/* Beside "unknown": what is there to choose from. */
static yf_err name_types(struct yf_home *home)
{
	const struct yf_card_types *types = home->env.types;
	struct yf_buf names = yf_buf_new(home->arena, 128);

	yf_buf_text(&names, YF_STR("--type takes"));
	for (size_t i = 0; i < types->count; i++) {
		yf_buf_char(&names, ' ');
		yf_buf_text(&names, types->at[i].name);
	}
	return yf_buf_str(&names, &home->problem);
}

static yf_err make(struct yf_home *home, const struct ask *ask)
{
	const struct yf_env *env = &home->env;
	struct yf_offer_ask offer_ask = {
		.type = yf_str_of(ask->type),
		.with_tx_code = ask->tx_code,
		.vetted_reason = yf_str_of(ask->vetted),
		.actor = YF_STR("operator"),
	};
	struct yf_offer offer;
	yf_id_number number;
	yf_str missing = { 0 };

	YF_TRY(yf_id_number_parse(env->settings.number_rule.ptr,
				  yf_str_of(ask->person), &number));
	YF_TRY(yf_register_find(env, home->arena, &number, &offer_ask.person));
	offer_ask.detail = &missing;
	const yf_err err = yf_offer_make(env, home->arena, &offer_ask, &offer);
	if (err.code == YF_CODE_NO_DATA)
		home->problem = missing;
	if (err.code == YF_CODE_UNKNOWN_CONFIGURATION)
		YF_TRY(name_types(home));
	YF_TRY(err);
	return print(home->arena, ask, &offer);
}

int yf_cli_offer(int argc, char **argv)
{
	struct ask ask = { .type = "id" };
	struct yf_words words;
	const struct yf_option options[] = {
		{ .name = "person", .value = &ask.person },
		{ .name = "type", .value = &ask.type },
		{ .name = "vetted", .value = &ask.vetted },
		{ .name = "tx-code", .flag = &ask.tx_code },
		{ .name = "qr", .flag = &ask.qr },
		{ .name = "json", .flag = &ask.json },
		{ .name = NULL },
	};

	if (!yf_args_parse(argc, argv, options, usage, 1, 1, &words))
		return YF_EXIT_FAILED;
	if (!ask.person) {
		fprintf(stderr, "yufu: --person is missing\n%s\n", usage);
		return YF_EXIT_FAILED;
	}
	YF_AUTO(home) home = NULL;
	yf_err err = yf_home_open(words.at[0], false, &home);
	if (!yf_failed(err))
		err = make(home, &ask);
	return yf_failed(err)
		       ? yf_cli_fail("offer", err,
				     home ? home->problem : (yf_str){ NULL, 0 })
		       : YF_EXIT_OK;
}
