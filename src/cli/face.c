#include "cli/face.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/share.h"
#include "cli/face_certificate.h"
#include "cli/face_parts.h"
#include "cli/print.h"
#include "face/match.h"
#include "face/wire.h"

enum { ARENA_LEN = 192 * 1024 * 1024, DEADLINE_MS = 10000 };

static const char usage[] =
	"usage: yufu face compare A.jpg B.jpg [--model FILE] [--json]\n"
	"       yufu face check A.jpg [--model FILE] [--json]\n"
	"       yufu face bench PAIRS.csv --root DIR [--quick] [--model FILE]\n"
	"       yufu face pack FOLDER FILE [--json]\n"
	"       yufu face certify REPORT.json --key KEY.pem --cert CERT.pem\n"
	"                 [--days N] [--by TEXT] [--out FILE] [--json]\n"
	"       yufu face certificate FILE [--trust PEM] [--json]\n"
	"       yufu face certifier DIR [--name TEXT] [--json]\n"
	"FOLDER is that of the npm package @vladmandic/face-api.\n";

const char *yf_look_outcome_name(yf_look_outcome outcome)
{
	static const char *const names[] = {
		[YF_LOOK_FACE] = "face",
		[YF_LOOK_NONE] = "none",
		[YF_LOOK_MANY] = "many",
		[YF_LOOK_TOO_SMALL] = "too_small",
		[YF_LOOK_TOO_DARK] = "too_dark",
		[YF_LOOK_TOO_BRIGHT] = "too_bright",
		[YF_LOOK_BLURRED] = "blurred",
		[YF_LOOK_CUT_OFF] = "cut_off",
	};
	return names[outcome];
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

static yf_err find_model(struct yf_face_cli *cli)
{
	yf_str path;

	if (cli->model)
		return YF_OK;
	YF_TRY(yf_share_find(cli->arena, "face.model", &path));
	cli->model = path.ptr;
	return YF_OK;
}

yf_err yf_face_cli_pool(const struct yf_face_cli *cli, unsigned workers,
			struct yf_face_pool **out)
{
	yf_str program;

	YF_TRY(yf_share_program(cli->arena, &program));
	const struct yf_face_pool_config config = {
		.program = program.ptr,
		.model_path = cli->model,
		.workers = workers,
		.deadline_ms = DEADLINE_MS,
	};
	return yf_face_pool_open(&config, out);
}

static void write_look(struct yf_json_out *out, const struct yf_look *look)
{
	static const char *const box[] = { "x", "y", "width", "height" };

	yf_json_out_text(out, "outcome", yf_look_outcome_name(look->outcome));
	yf_json_out_text(out, "engine", yf_face_engine_id());
	yf_json_out_int(out, "width", look->width);
	yf_json_out_int(out, "height", look->height);
	if (look->outcome == YF_LOOK_NONE)
		return;
	yf_json_out_real(out, "score", (double)look->score);
	yf_json_out_object(out, "box");
	for (size_t i = 0; i < YF_COUNT(box); i++)
		yf_json_out_real(out, box[i], (double)look->box[i]);
	yf_json_out_close(out);
	yf_json_out_real(out, "yaw", (double)look->yaw);
	yf_json_out_real(out, "mouth", (double)look->mouth);
	yf_json_out_real(out, "eye_distance", (double)look->eye_distance);
	yf_json_out_real(out, "brightness", (double)look->brightness);
	yf_json_out_real(out, "sharpness", (double)look->sharpness);
	yf_json_out_array(out, "points");
	for (size_t i = 0; i < YF_FACE_POINTS; i++) {
		yf_json_out_array(out, NULL);
		yf_json_out_real(out, NULL, (double)look->points[i][0]);
		yf_json_out_real(out, NULL, (double)look->points[i][1]);
		yf_json_out_close(out);
	}
	yf_json_out_close(out);
}

static yf_err look_at(const struct yf_face_cli *cli, struct yf_face_pool *pool,
		      const char *path, struct yf_look *out)
{
	yf_bytes jpeg;

	YF_TRY(yf_face_cli_load(cli->arena, path, &jpeg));
	return yf_face_pool_look(pool, jpeg, YF_FACE_DESCRIPTION, out);
}

static int check(const struct yf_face_cli *cli)
{
	YF_AUTO(face_pool) pool = NULL;
	struct yf_look look;

	yf_err err = yf_face_cli_pool(cli, 1, &pool);
	if (yf_failed(err))
		return yf_face_cli_fail(cli->model, err);
	err = look_at(cli, pool, cli->words[0], &look);
	if (yf_failed(err))
		return yf_face_cli_fail(cli->words[0], err);

	struct yf_json_out out = yf_json_out_new(cli->arena, 4096);
	yf_json_out_object(&out, NULL);
	write_look(&out, &look);
	yf_json_out_close(&out);
	err = yf_print_json(&out);
	if (yf_failed(err))
		return yf_face_cli_fail("standard output", err);
	return look.outcome == YF_LOOK_FACE ? 0 : 1;
}

static int print_comparison(const struct yf_face_cli *cli,
			    const struct yf_look looks[static 2])
{
	const bool usable = looks[0].outcome == YF_LOOK_FACE &&
			    looks[1].outcome == YF_LOOK_FACE;
	const float distance =
		yf_look_distance(looks[0].descriptor, looks[1].descriptor);
	const bool same = usable && distance < YF_MATCH_FMR_1E3;
	struct yf_json_out out = yf_json_out_new(cli->arena, 512);

	yf_json_out_object(&out, NULL);
	yf_json_out_text(&out, "verdict",
			 !usable ? "unusable"
			 : same  ? "same"
				 : "different");
	if (usable)
		yf_json_out_real(&out, "distance", (double)distance);
	yf_json_out_real(&out, "threshold", (double)YF_MATCH_FMR_1E3);
	yf_json_out_text(&out, "a", yf_look_outcome_name(looks[0].outcome));
	yf_json_out_text(&out, "b", yf_look_outcome_name(looks[1].outcome));
	yf_json_out_text(&out, "engine", yf_face_engine_id());
	yf_json_out_close(&out);
	const yf_err err = yf_print_json(&out);
	if (yf_failed(err))
		return yf_face_cli_fail("standard output", err);
	return same ? 0 : 1;
}

static int compare(const struct yf_face_cli *cli)
{
	YF_AUTO(face_pool) pool = NULL;
	struct yf_look looks[2];

	yf_err err = yf_face_cli_pool(cli, 1, &pool);
	if (yf_failed(err))
		return yf_face_cli_fail(cli->model, err);
	for (size_t i = 0; i < YF_COUNT(looks); i++) {
		err = look_at(cli, pool, cli->words[i], &looks[i]);
		if (yf_failed(err))
			return yf_face_cli_fail(cli->words[i], err);
	}
	return print_comparison(cli, looks);
}

/* False for an option that is not known or lacks its value. */
static bool read_options(struct yf_face_cli *cli, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		const bool more = i + 1 < argc;

		if (strcmp(argv[i], "--json") == 0)
			cli->json = true;
		else if (strcmp(argv[i], "--quick") == 0)
			cli->quick = true;
		else if (strcmp(argv[i], "--model") == 0 && more)
			cli->model = argv[++i];
		else if (strcmp(argv[i], "--root") == 0 && more)
			cli->root = argv[++i];
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
	unsigned words;
	bool model;
	int (*run)(const struct yf_face_cli *cli);
} verbs[] = {
	{ "compare", 2, true, compare },
	{ "check", 1, true, check },
	{ "bench", 1, true, yf_face_cli_bench },
	{ "pack", 2, false, yf_face_cli_pack },
};

/* Verbs with options of their own. */
static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} own_verbs[] = {
	{ "certify", yf_cli_face_certify },
	{ "certificate", yf_cli_face_certificate },
	{ "certifier", yf_cli_face_certifier },
};

int yf_cli_face(int argc, char **argv)
{
	for (size_t i = 0; argc > 0 && i < YF_COUNT(own_verbs); i++)
		if (strcmp(argv[0], own_verbs[i].name) == 0)
			return own_verbs[i].run(argc, argv);
	YF_AUTO(arena) arena = yf_arena_new(ARENA_LEN);
	struct yf_face_cli cli = { .arena = arena };

	if (!arena)
		return yf_face_cli_fail("start", YF_FAIL(MEMORY));
	for (size_t i = 0; argc > 0 && i < YF_COUNT(verbs); i++) {
		const struct verb *verb = &verbs[i];
		if (strcmp(argv[0], verb->name) != 0)
			continue;
		if (!read_options(&cli, argc, argv) ||
		    cli.word_count != verb->words)
			break;
		const yf_err err = verb->model ? find_model(&cli) : YF_OK;
		return yf_failed(err) ? yf_face_cli_fail("face.model", err)
				      : verb->run(&cli);
	}
	fputs(usage, stderr);
	return 2;
}

int yf_cli_face_worker(int argc, char **argv)
{
	if (argc != 1) {
		fputs("yufu face-worker is started by yufu itself\n", stderr);
		return 2;
	}
	return yf_face_worker_main(YF_WIRE_SOCKET, argv[0]);
}
