#include "cli/args.h"
#include "cli/print.h"
#include "cli/verbs.h"
#include "server/home.h"

#include <stdio.h>

static const char usage[] =
	"usage: yufu init DIR --url URL [--name CITY] [--country CC]\n"
	"       [--number-rule CN|TH|VN|RU-SNILS|RU-INN|none] [--json]";

static yf_err print(struct yf_arena *arena, const char *folder)
{
	struct yf_json_out out = yf_json_out_new(arena, 256);

	yf_json_out_object(&out, NULL);
	yf_json_out_text(&out, "dir", folder);
	yf_json_out_close(&out);
	return yf_print_json(&out);
}

int yf_cli_init(int argc, char **argv)
{
	const char *url = NULL;
	const char *name = "Our City";
	const char *country = "XX";
	const char *rule = "none";
	bool json = false;
	struct yf_words words;
	const struct yf_option options[] = {
		{ .name = "url", .value = &url },
		{ .name = "name", .value = &name },
		{ .name = "country", .value = &country },
		{ .name = "number-rule", .value = &rule },
		{ .name = "json", .flag = &json },
		{ .name = NULL },
	};

	if (!yf_args_parse(argc, argv, options, usage, 1, 1, &words))
		return YF_EXIT_FAILED;
	if (!url) {
		fprintf(stderr, "yufu: --url is missing\n%s\n", usage);
		return YF_EXIT_FAILED;
	}
	YF_AUTO(arena) arena = yf_arena_new(4u << 20);
	const struct yf_home_ask ask = {
		.folder = words.at[0],
		.url = yf_str_of(url),
		.name = yf_str_of(name),
		.country = yf_str_of(country),
		.number_rule = yf_str_of(rule),
	};
	const yf_err err = arena ? yf_home_make(arena, &ask) : YF_FAIL(MEMORY);
	if (yf_failed(err))
		return yf_cli_fail("init", err, yf_str_of(words.at[0]));
	fprintf(stderr,
		"Made %s: keys, yufu.ini, an empty database.\n"
		"Next: yufu person add, yufu rp add, yufu serve %s\n"
		"Keep %s/keys/master.key apart from backups of yufu.db.\n"
		"Cards by face are closed until a certificate carries the face"
		" engine.\n"
		"The network that comes with yufu does not keep one false match"
		" in 10,000 in\n"
		"every group of people (3.8 in 100 among people with East Asian"
		" names, measured\n"
		"on press pictures): install a better model, measure, certify,"
		" see yufu-face(1),\n"
		"or set [face] demo = yes in yufu.ini for a demonstration.\n",
		words.at[0], words.at[0], words.at[0]);
	return json && yf_failed(print(arena, words.at[0])) ? YF_EXIT_FAILED
							    : YF_EXIT_OK;
}
