#define _DEFAULT_SOURCE
#include "cli/face_model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/args.h"
#include "cli/face_install.h"
#include "cli/print.h"
#include "codec/hex.h"
#include "codec/json.h"
#include "face/plan.h"
#include "face/shelf.h"

enum { ARENA_LEN = 4 * 1024 * 1024 };

static const char usage[] =
	"usage: yufu face model install NAME|FILE [--models DIR]"
	" [--accept-licence]\n"
	"                 [--name NAME] [--sha256 HEX] [--sidecar FILE]"
	" [--licence FILE]\n"
	"       yufu face model list [--models DIR]\n"
	"       yufu face model use NAME|reference [--models DIR]\n"
	"       yufu face model remove NAME [--models DIR]\n"
	"NAME is one of the catalogue or of an installed model, FILE an ONNX"
	" model or a\npacked one.  Each takes --json.";

yf_err yf_face_cli_models(struct yf_arena *arena, const char *wanted,
			  yf_str *out)
{
	const char *data = getenv("XDG_DATA_HOME");
	const char *home = getenv("HOME");

	*out = (yf_str){ NULL, 0 };
	if (wanted)
		return yf_str_format(arena, out, "%s", wanted);
	if (data && data[0] == '/')
		return yf_str_format(arena, out, "%s/yufu/models", data);
	if (home && home[0] == '/')
		return yf_str_format(arena, out, "%s/.local/share/yufu/models",
				     home);
	return YF_OK;
}

static int fail(const char *what, yf_err err)
{
	return yf_cli_fail("face model", err, yf_str_of(what));
}

/* --- list --- */

static void tell_weights(void)
{
	fputs("The network that comes with yufu (\"reference\") does not keep"
	      " one false match in\n10,000 in every group of people: 3.8 in 100"
	      " among people with East Asian names,\nmeasured on press "
	      "pictures,"
	      " about 400 times the best group.  Whatever is used\nhere, "
	      "measure"
	      " it on your own population (yufu face bench --groups) before a\n"
	      "face opens a card.  Certificates are per model.\n",
	      stderr);
}

static yf_err put_installed(struct yf_arena *arena, struct yf_json_out *out,
			    const struct yf_face_model_item *item)
{
	YF_AUTO(plan) plan = NULL;
	const yf_err err = yf_plan_open(item->path.ptr, &plan);
	yf_str hex;

	yf_json_out_object(out, NULL);
	yf_json_out_str(out, "name", item->name);
	yf_json_out_str(out, "file", item->path);
	yf_json_out_bool(out, "current", item->current);
	if (yf_failed(err)) {
		yf_json_out_text(out, "problem", yf_err_text(err));
	} else {
		YF_TRY(yf_hex_encode(arena, plan->digest, &hex));
		yf_json_out_str(out, "id", plan->id);
		yf_json_out_str(out, "sha256", hex);
		yf_json_out_str(out, "provenance", plan->provenance);
	}
	yf_json_out_close(out);
	return YF_OK;
}

static void put_known(struct yf_json_out *out,
		      const struct yf_catalogue *catalogue)
{
	yf_json_out_array(out, "catalogue");
	for (size_t i = 0; i < catalogue->count; i++) {
		const struct yf_catalogue_item *item = &catalogue->items[i];

		yf_json_out_object(out, NULL);
		yf_json_out_str(out, "name", item->name);
		yf_json_out_str(out, "file", item->file);
		yf_json_out_str(out, "address", item->address);
		yf_json_out_str(out, "sha256", item->sha256);
		yf_json_out_close(out);
	}
	yf_json_out_close(out);
}

static void print_list(const struct yf_face_model_item *items, size_t count,
		       const struct yf_catalogue *catalogue)
{
	bool any = false;

	for (size_t i = 0; i < count; i++) {
		YF_AUTO(plan) plan = NULL;
		const yf_err err = yf_plan_open(items[i].path.ptr, &plan);

		any = any || items[i].current;
		if (yf_failed(err))
			printf("%s %.*s: %s\n", items[i].current ? "*" : " ",
			       YF_ARG(items[i].name), yf_err_text(err));
		else
			printf("%s %.*s (%.*s)\n    %.*s\n",
			       items[i].current ? "*" : " ",
			       YF_ARG(items[i].name), YF_ARG(plan->id),
			       YF_ARG(plan->provenance));
	}
	printf("%s reference (comes with yufu)\n    the face networks of"
	       " @vladmandic/face-api; the recognition network descends from"
	       " dlib's,\n    trained on pictures that were collected without"
	       " asking the people in them\n",
	       any ? " " : "*");
	printf("in the catalogue:");
	for (size_t i = 0; i < catalogue->count; i++)
		printf(" %.*s", YF_ARG(catalogue->items[i].name));
	printf("\n");
	tell_weights();
}

static yf_err list(struct yf_arena *arena, const char *models, bool json)
{
	const struct yf_face_model_item *items;
	struct yf_catalogue catalogue;
	struct yf_json_out out = yf_json_out_new(arena, 4096);
	bool any = false;
	size_t count;

	YF_TRY(yf_face_model_list(arena, models, &items, &count));
	YF_TRY(yf_catalogue_load(arena, &catalogue));
	if (!json) {
		print_list(items, count, &catalogue);
		return YF_OK;
	}
	yf_json_out_object(&out, NULL);
	yf_json_out_text(&out, "models", models);
	yf_json_out_array(&out, "installed");
	for (size_t i = 0; i < count; i++) {
		any = any || items[i].current;
		YF_TRY(put_installed(arena, &out, &items[i]));
	}
	yf_json_out_close(&out);
	yf_json_out_bool(&out, "reference_is_current", !any);
	put_known(&out, &catalogue);
	yf_json_out_close(&out);
	tell_weights();
	return yf_print_json(&out);
}

/* --- use, remove --- */

static yf_err print_done(struct yf_arena *arena, const char *models,
			 const char *name, const char *did, bool json)
{
	struct yf_json_out out = yf_json_out_new(arena, 256);

	fprintf(stderr,
		"%s: %s.  A certificate is of one model: after a change measure"
		" and certify anew.\n",
		name, did);
	if (!json)
		return YF_OK;
	yf_json_out_object(&out, NULL);
	yf_json_out_text(&out, "models", models);
	yf_json_out_text(&out, "name", name);
	yf_json_out_text(&out, "done", did);
	yf_json_out_close(&out);
	return yf_print_json(&out);
}

static yf_err use(struct yf_arena *arena, const char *models, const char *name,
		  bool json)
{
	YF_TRY(yf_face_model_use(arena, models, yf_str_of(name)));
	return print_done(arena, models, name, "used from now on", json);
}

static yf_err drop(struct yf_arena *arena, const char *models, const char *name,
		   bool json)
{
	YF_TRY(yf_face_model_remove(arena, models, yf_str_of(name)));
	return print_done(arena, models, name, "removed", json);
}

/* --- which --- */

static int run(const char *verb, const char *word,
	       const struct yf_install_ask *ask, struct yf_arena *arena,
	       bool json)
{
	if (strcmp(verb, "install") == 0 && word)
		return yf_face_install(ask);
	if (strcmp(verb, "list") == 0 && !word) {
		const yf_err err = list(arena, ask->models, json);
		return yf_failed(err) ? fail(ask->models, err) : YF_EXIT_OK;
	}
	if (strcmp(verb, "use") == 0 && word) {
		const yf_err err = use(arena, ask->models, word, json);
		return yf_failed(err) ? fail(word, err) : YF_EXIT_OK;
	}
	if (strcmp(verb, "remove") == 0 && word) {
		const yf_err err = drop(arena, ask->models, word, json);
		return yf_failed(err) ? fail(word, err) : YF_EXIT_OK;
	}
	fprintf(stderr, "%s\n", usage);
	return YF_EXIT_FAILED;
}

int yf_cli_face_model(int argc, char **argv)
{
	struct yf_install_ask ask = { .models = NULL };
	struct yf_words words;
	const struct yf_option options[] = {
		{ .name = "models", .value = &ask.models },
		{ .name = "name", .value = &ask.name },
		{ .name = "sha256", .value = &ask.sha256 },
		{ .name = "sidecar", .value = &ask.sidecar },
		{ .name = "licence", .value = &ask.licence },
		{ .name = "accept-licence", .flag = &ask.accepted },
		{ .name = "json", .flag = &ask.json },
		{ .name = NULL },
	};

	if (!yf_args_parse(argc - 1, argv + 1, options, usage, 1, 2, &words))
		return YF_EXIT_FAILED;
	YF_AUTO(arena) arena = yf_arena_new(ARENA_LEN);
	yf_str models;
	if (!arena || yf_failed(yf_face_cli_models(arena, ask.models, &models)))
		return fail("start", YF_FAIL(MEMORY));
	if (!models.len) {
		fprintf(stderr,
			"yufu: no home folder: say where with --models DIR\n");
		return YF_EXIT_FAILED;
	}
	ask.models = models.ptr;
	ask.word = words.count > 1 ? words.at[1] : NULL;
	return run(words.at[0], ask.word, &ask, arena, ask.json);
}
