#include "base/share.h"
#include "cli/args.h"
#include "cli/bench_credential.h"
#include "cli/bench_db.h"
#include "cli/bench_face.h"
#include "cli/bench_start.h"
#include "cli/print.h"
#include "cli/verbs.h"

#include <stdio.h>
#include <string.h>

static const char usage[] =
	"usage: yufu bench sdjwt|mdoc|tally|db|start|face [--quick] [--dir FOLDER]\n"
	"       [--model FILE] [--json]\n"
	"       a figure beside its limit, measured in the same run";

struct ask {
	const char *folder;
	const char *model; /* of the face engine; NULL: where it is found */
	bool quick;
	bool *kept; /* whether every limit was */
};

static yf_err sdjwt(struct yf_arena *arena, const struct ask *ask,
		    struct yf_json_out *out)
{
	(void)arena;
	return yf_bench_credential(ask->quick ? 5 : 21, out);
}

static yf_err mdoc(struct yf_arena *arena, const struct ask *ask,
		   struct yf_json_out *out)
{
	(void)arena;
	return yf_bench_mdoc(ask->quick ? 5 : 21, out);
}

static yf_err tally(struct yf_arena *arena, const struct ask *ask,
		    struct yf_json_out *out)
{
	(void)arena;
	return yf_bench_tally(ask->quick ? 5 : 21, out);
}

static yf_err db(struct yf_arena *arena, const struct ask *ask,
		 struct yf_json_out *out)
{
	(void)arena;
	return yf_bench_db(ask->folder, ask->quick ? 300 : 2000, out);
}

static yf_err start(struct yf_arena *arena, const struct ask *ask,
		    struct yf_json_out *out)
{
	return yf_bench_start(arena, ask->folder, ask->quick ? 3 : 9, out);
}

static yf_err face(struct yf_arena *arena, const struct ask *ask,
		   struct yf_json_out *out)
{
	yf_str model = { NULL, 0 }, samples;

	if (!ask->model)
		YF_TRY(yf_share_find(arena, "face.model", &model));
	YF_TRY(yf_share_find(arena, "demo", &samples));
	return yf_bench_face(arena, ask->model ? ask->model : model.ptr,
			     samples.ptr, ask->quick ? 5 : 21, out, ask->kept);
}

static const struct {
	const char *name;
	yf_err (*run)(struct yf_arena *arena, const struct ask *ask,
		      struct yf_json_out *out);
} benches[] = {
	{ "sdjwt", sdjwt },
	{ "mdoc", mdoc },
	{ "tally", tally },
	{ "db", db },
	{ "start", start },
	{ "face", face },
};

enum { ARENA_MAX = 16 * 1024 * 1024 };

static yf_err run(const char *what, const struct ask *ask)
{
	YF_AUTO(arena) arena = yf_arena_new(ARENA_MAX);
	struct yf_json_out out = yf_json_out_new(arena, 1024);

	if (!arena)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < YF_COUNT(benches); i++) {
		if (strcmp(what, benches[i].name) != 0)
			continue;
		yf_json_out_object(&out, NULL);
		yf_json_out_text(&out, "bench", what);
		yf_json_out_array(&out, "rows");
		YF_TRY(benches[i].run(arena, ask, &out));
		yf_json_out_close(&out);
		yf_json_out_close(&out);
		return yf_print_json(&out);
	}
	fprintf(stderr, "%s\n", usage);
	return YF_FAIL(UNSUPPORTED);
}

int yf_cli_bench(int argc, char **argv)
{
	bool json = false, kept = true;
	struct ask ask = { .folder = "/tmp", .kept = &kept };
	struct yf_words words;
	const struct yf_option options[] = {
		{ .name = "dir", .value = &ask.folder },
		{ .name = "model", .value = &ask.model },
		{ .name = "quick", .flag = &ask.quick },
		{ .name = "json", .flag = &json },
		{ .name = NULL },
	};

	if (!yf_args_parse(argc, argv, options, usage, 1, 1, &words))
		return YF_EXIT_FAILED;
	const yf_err err = run(words.at[0], &ask);
	if (yf_failed(err))
		return yf_cli_fail("bench", err, (yf_str){ NULL, 0 });
	return kept ? YF_EXIT_OK : YF_EXIT_REFUSED;
}
