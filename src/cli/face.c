#include "cli/face.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/share.h"
#include "cli/face_certificate.h"
#include "cli/face_model.h"
#include "cli/face_parts.h"
#include "cli/print.h"
#include "face/quality.h"
#include "face/shelf.h"
#include "face/wire.h"

enum { ARENA_LEN = 192 * 1024 * 1024, DEADLINE_MS = 10000 };

/* Of `compare`: one false match in a thousand, as the engine claims. */
static const float log10_fmr_max = -3;

static const char usage[] =
	"usage: yufu face compare A.jpg B.jpg [--engine FILE] [--model FILE]"
	" [--json]\n"
	"       yufu face check A.jpg [--engine FILE] [--model FILE] [--json]\n"
	"       yufu face bench PAIRS.csv --root DIR [--groups GROUPS.csv]"
	" [--cross]\n"
	"                 [--report OUT] [--data TEXT] [--jobs N]"
	" [--engine FILE] [--model FILE]\n"
	"                 --model takes NAME|FILE, --models DIR is where NAME"
	" is\n"
	"       yufu face conform [ENGINE.so] [--pictures DIR]"
	" [--deadline MS]\n"
	"                 [--model FILE] [--json]\n"
	"       yufu face pack SOURCE FILE [--sidecar FILE] [--licence FILE]"
	" [--json]\n"
	"       yufu face model install|list|use|remove ...\n"
	"       yufu face certify REPORT.json --key KEY.pem --cert CERT.pem\n"
	"                 [--days N] [--by TEXT] [--out FILE] [--json]\n"
	"       yufu face certificate FILE [--trust PEM] [--json]\n"
	"       yufu face certifier DIR [--name TEXT] [--json]\n"
	"       yufu face pack SOURCE FILE [--sidecar FILE] [--licence FILE]"
	" [--json]\n"
	"SOURCE is the folder of the npm package @vladmandic/face-api, or an "
	"ONNX\nmodel, NAME.onnx, with a sidecar NAME.ini.\n";

const char *yf_face_cli_engine(const struct yf_face_cli *cli)
{
	return cli->engine ? cli->engine : cli->model;
}

int yf_face_cli_fail(const char *what, yf_err err)
{
	fprintf(stderr, "yufu face: %s: %s; %s\n", what, yf_err_text(err),
		yf_err_advice(err));
	return 2;
}

yf_err yf_face_cli_load(struct yf_arena *arena, const char *path, yf_bytes *out)
{
	return yf_file_load(arena, path, YF_FACE_JPEG_LEN_MAX, out);
}

/* The one of --model, the current one, or that of yufu; a vendor's engine
 * knows its own. */
static yf_err find_model(struct yf_face_cli *cli)
{
	yf_str models, path, name;

	if (cli->engine)
		return YF_OK;
	YF_TRY(yf_face_cli_models(cli->arena, cli->models, &models));
	YF_TRY(yf_face_model_find(cli->arena, models.len ? models.ptr : NULL,
				  cli->model, &path, &name));
	if (!path.len)
		YF_TRY(yf_share_find(cli->arena, "face.model", &path));
	cli->model = path.ptr;
	return YF_OK;
}

yf_err yf_face_cli_folder(struct yf_arena *arena, const char *path, yf_str *out)
{
	const char *slash = strrchr(path, '/');

	return slash ? yf_str_format(arena, out, "%.*s",
				     (int)(slash - path + 1), path)
		     : yf_str_format(arena, out, "./");
}

yf_err yf_face_cli_pool(const struct yf_face_cli *cli, unsigned workers,
			struct yf_face_pool **out)
{
	yf_str program, shared, folder = { NULL, 0 };

	YF_TRY(yf_share_program(cli->arena, &program));
	if (cli->engine)
		YF_TRY(yf_face_cli_folder(cli->arena, cli->engine, &folder));
	else if (!yf_failed(yf_share_find(cli->arena, "face.model", &shared)))
		/* what finds the faces for a model that only describes */
		YF_TRY(yf_face_cli_folder(cli->arena, shared.ptr, &folder));
	const struct yf_face_pool_config config = {
		.program = program.ptr,
		.engine_path = cli->engine,
		.folder = folder.ptr,
		.model_path = cli->model,
		.workers = workers,
		.deadline_ms = DEADLINE_MS,
	};
	return yf_face_pool_open(&config, out);
}

static yf_err put_engine(struct yf_face_pool *pool, struct yf_json_out *out)
{
	char text[YF_FACE_IDENTITY_TEXT_LEN];
	struct yf_face_identity identity;

	YF_TRY(yf_face_pool_identity(pool, &identity));
	yf_face_identity_text(&identity, text);
	yf_json_out_text(out, "engine", text);
	return YF_OK;
}

static void put_points(struct yf_json_out *out,
		       const struct yufu_face_quality *quality)
{
	yf_json_out_array(out, "points");
	for (size_t i = 0; i < quality->point_count; i++) {
		yf_json_out_array(out, NULL);
		yf_json_out_real(out, NULL, (double)quality->points[i][0]);
		yf_json_out_real(out, NULL, (double)quality->points[i][1]);
		yf_json_out_close(out);
	}
	yf_json_out_close(out);
}

static void put_sight(struct yf_json_out *out,
		      const struct yf_face_sight *sight)
{
	static const char *const box[] = { "x", "y", "width", "height" };

	yf_json_out_text(out, "outcome", yf_face_answer_name(sight->answer));
	yf_json_out_int(out, "width", sight->width);
	yf_json_out_int(out, "height", sight->height);
	if (sight->answer == YF_FACE_NONE)
		return;
	yf_json_out_object(out, "box");
	for (size_t i = 0; i < YF_COUNT(box); i++)
		yf_json_out_real(out, box[i], (double)sight->quality.box[i]);
	yf_json_out_close(out);
	yf_quality_write(&sight->quality, out);
	put_points(out, &sight->quality);
}

static int check(const struct yf_face_cli *cli)
{
	YF_AUTO(face_pool) pool = NULL;
	struct yf_json_out out = yf_json_out_new(cli->arena, 4096);
	struct yf_face_sight sight;
	yf_bytes jpeg;

	yf_err err = yf_face_cli_pool(cli, 1, &pool);
	if (yf_failed(err))
		return yf_face_cli_fail(yf_face_cli_engine(cli), err);
	err = yf_face_cli_load(cli->arena, cli->words[0], &jpeg);
	if (!yf_failed(err))
		err = yf_face_pool_quality(pool, jpeg, &sight);
	if (yf_failed(err))
		return yf_face_cli_fail(cli->words[0], err);
	yf_json_out_object(&out, NULL);
	err = put_engine(pool, &out);
	put_sight(&out, &sight);
	yf_json_out_close(&out);
	if (!yf_failed(err))
		err = yf_print_json(&out);
	if (yf_failed(err))
		return yf_face_cli_fail("standard output", err);
	return sight.answer == YF_FACE_USABLE ? 0 : 1;
}

struct comparison {
	struct yf_face_template faces[2];
	struct yf_face_sight sights[2];
	struct yf_face_score score;
	bool usable, same;
};

static yf_err describe(const struct yf_face_cli *cli, struct yf_face_pool *pool,
		       unsigned at, struct comparison *out)
{
	yf_bytes jpeg;

	YF_TRY(yf_face_cli_load(cli->arena, cli->words[at], &jpeg));
	return yf_face_pool_enrol(pool, &jpeg, 1,
				  at ? YUFU_FACE_PORTRAIT : YUFU_FACE_PROBE,
				  &out->faces[at], &out->sights[at]);
}

static int print_comparison(const struct yf_face_cli *cli,
			    struct yf_face_pool *pool,
			    const struct comparison *found)
{
	struct yf_json_out out = yf_json_out_new(cli->arena, 512);

	yf_json_out_object(&out, NULL);
	yf_json_out_text(&out, "verdict",
			 !found->usable ? "unusable"
			 : found->same  ? "same"
					: "different");
	if (found->usable) {
		yf_json_out_real(&out, "score", (double)found->score.score);
		yf_json_out_real(&out, "log10_fmr",
				 (double)found->score.log10_fmr);
	}
	yf_json_out_real(&out, "log10_fmr_max", (double)log10_fmr_max);
	yf_json_out_text(&out, "a",
			 yf_face_answer_name(found->sights[0].answer));
	yf_json_out_text(&out, "b",
			 yf_face_answer_name(found->sights[1].answer));
	yf_err err = put_engine(pool, &out);
	yf_json_out_close(&out);
	if (!yf_failed(err))
		err = yf_print_json(&out);
	if (yf_failed(err))
		return yf_face_cli_fail("standard output", err);
	return found->same ? 0 : 1;
}

static int compare(const struct yf_face_cli *cli)
{
	YF_AUTO(face_pool) pool = NULL;
	struct comparison found = { .usable = false };

	yf_err err = yf_face_cli_pool(cli, 1, &pool);
	if (yf_failed(err))
		return yf_face_cli_fail(yf_face_cli_engine(cli), err);
	for (unsigned i = 0; i < 2; i++) {
		err = describe(cli, pool, i, &found);
		if (yf_failed(err))
			return yf_face_cli_fail(cli->words[i], err);
	}
	found.usable = found.faces[0].len && found.faces[1].len;
	if (found.usable)
		err = yf_face_pool_match(pool, &found.faces[0], &found.faces[1],
					 &found.score);
	if (yf_failed(err))
		return yf_face_cli_fail("match", err);
	found.same = found.usable && found.score.log10_fmr <= log10_fmr_max;
	return print_comparison(cli, pool, &found);
}

/* False for an option that is not known or lacks its value. */
static bool read_options(struct yf_face_cli *cli, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		const bool more = i + 1 < argc;

		if (strcmp(argv[i], "--json") == 0)
			cli->json = true;
		else if (strcmp(argv[i], "--model") == 0 && more)
			cli->model = argv[++i];
		else if (strcmp(argv[i], "--models") == 0 && more)
			cli->models = argv[++i];
		else if (strcmp(argv[i], "--engine") == 0 && more)
			cli->engine = argv[++i];
		else if (strcmp(argv[i], "--pictures") == 0 && more)
			cli->pictures = argv[++i];
		else if (strcmp(argv[i], "--deadline") == 0 && more &&
			 strtol(argv[i + 1], NULL, 10) > 0)
			cli->deadline_ms = strtol(argv[++i], NULL, 10);
		else if (strcmp(argv[i], "--sidecar") == 0 && more)
			cli->sidecar = argv[++i];
		else if (strcmp(argv[i], "--licence") == 0 && more)
			cli->licence = argv[++i];
		else if (argv[i][0] != '-' &&
			 cli->word_count < YF_COUNT(cli->words))
			cli->words[cli->word_count++] = argv[i];
		else
			return false;
	}
	return true;
}

static const struct verb {
	const char *name;
	unsigned words_min, words;
	bool model;
	int (*run)(const struct yf_face_cli *cli);
} verbs[] = {
	{ "compare", 2, 2, true, compare },
	{ "check", 1, 1, true, check },
	{ "conform", 0, 1, false, yf_face_cli_conform },
	{ "pack", 2, 2, false, yf_face_cli_pack },
};

/* Verbs with options of their own. */
static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} own_verbs[] = {
	{ "certify", yf_cli_face_certify },
	{ "certificate", yf_cli_face_certificate },
	{ "certifier", yf_cli_face_certifier },
	{ "model", yf_cli_face_model },
};

static const char *model_of(const struct yf_face_cli *cli)
{
	return cli->model ? cli->model : "the current model (yufu face model)";
}

int yf_cli_face(int argc, char **argv)
{
	for (size_t i = 0; argc > 0 && i < YF_COUNT(own_verbs); i++)
		if (strcmp(argv[0], own_verbs[i].name) == 0)
			return own_verbs[i].run(argc, argv);
	YF_AUTO(arena) arena = yf_arena_new(ARENA_LEN);
	struct yf_face_cli cli = { .arena = arena };

	if (!arena)
		return yf_face_cli_fail("start", YF_FAIL(MEMORY));
	if (argc > 0 && strcmp(argv[0], "bench") == 0)
		return yf_face_cli_bench(argc, argv, find_model);
	for (size_t i = 0; argc > 0 && i < YF_COUNT(verbs); i++) {
		const struct verb *verb = &verbs[i];
		if (strcmp(argv[0], verb->name) != 0)
			continue;
		if (!read_options(&cli, argc, argv) ||
		    cli.word_count < verb->words_min ||
		    cli.word_count > verb->words)
			break;
		const yf_err err = verb->model ? find_model(&cli) : YF_OK;
		return yf_failed(err) ? yf_face_cli_fail(model_of(&cli), err)
				      : verb->run(&cli);
	}
	fputs(usage, stderr);
	return 2;
}

int yf_cli_face_worker(int argc, char **argv)
{
	if (argc != 4) {
		fputs("yufu face-worker is started by yufu itself\n", stderr);
		return 2;
	}
	return yf_face_worker_main(YF_WIRE_SOCKET, argv);
}
