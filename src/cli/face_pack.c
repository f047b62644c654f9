#include "cli/face_parts.h"
#include "card/plan_file.h"
#include "cli/print.h"

#include <stdio.h>

#include "base/file.h"
#include "codec/hex.h"
#include "face/onnx.h"
#include "face/pack.h"

enum { LICENCE_LEN_MAX = 64 * 1024 };

static yf_err write_result(const struct yf_face_cli *cli,
			   const struct yf_plan *plan)
{
	struct yf_json_out out = yf_json_out_new(cli->arena, 1024);
	size_t jobs = 0, floats = 0;
	yf_str hex;

	for (uint32_t i = 0; i < plan->program_count; i++) {
		const size_t memory = yf_program_floats(&plan->programs[i], 1);
		jobs += plan->programs[i].job_count;
		floats = memory > floats ? memory : floats;
	}
	YF_TRY(yf_hex_encode(cli->arena, plan->digest, &hex));
	yf_json_out_object(&out, NULL);
	yf_json_out_text(&out, "file", cli->words[1]);
	yf_json_out_int(&out, "bytes", (int64_t)plan->file.len);
	yf_json_out_str(&out, "sha256", hex);
	yf_json_out_str(&out, "id", plan->id);
	yf_json_out_str(&out, "name", plan->name);
	yf_json_out_int(&out, "programs", plan->program_count);
	yf_json_out_int(&out, "jobs", (int64_t)jobs);
	yf_json_out_int(&out, "memory", (int64_t)(floats * sizeof(float)));
	yf_json_out_int(&out, "descriptor", plan->output);
	yf_json_out_close(&out);
	return yf_print_json(&out);
}

/* NAME.onnx has its sidecar in NAME.ini. */
static yf_err sidecar_path(const struct yf_face_cli *cli, yf_str *out)
{
	const yf_str model = yf_str_of(cli->words[0]);

	if (cli->sidecar)
		return yf_str_format(cli->arena, out, "%s", cli->sidecar);
	return yf_str_format(cli->arena, out, "%.*s.ini",
			     (int)(model.len - strlen(".onnx")), model.ptr);
}

static int fail(const char *what, yf_err err, yf_str problem)
{
	if (!problem.len)
		return yf_face_cli_fail(what, err);
	fprintf(stderr, "yufu face: %s: %.*s: %s; %s\n", what, YF_ARG(problem),
		yf_err_text(err), yf_err_advice(err));
	return 2;
}

static int pack_onnx(const struct yf_face_cli *cli, struct yf_arena *arena,
		     yf_bytes *out)
{
	struct yf_sidecar sidecar;
	yf_str path, problem = { "", 0 };
	yf_bytes model, text;

	yf_err err = sidecar_path(cli, &path);
	if (!yf_failed(err))
		err = yf_sidecar_load(arena, path.ptr, &sidecar, &problem);
	if (yf_failed(err))
		return fail(path.ptr, err, problem);
	if (cli->licence) {
		err = yf_file_load(arena, cli->licence, LICENCE_LEN_MAX, &text);
		if (!yf_failed(err) &&
		    !yf_str_is_printable(yf_str_from(text), true))
			err = YF_FAIL(SYNTAX);
		if (yf_failed(err))
			return yf_face_cli_fail(cli->licence, err);
		sidecar.licence_text = yf_str_from(text);
	}
	err = yf_file_load(arena, cli->words[0], YF_ONNX_LEN_MAX, &model);
	if (!yf_failed(err))
		err = yf_face_pack_onnx(arena, model, &sidecar, out, &problem);
	return yf_failed(err) ? fail(cli->words[0], err, problem) : 0;
}

static int pack_package(const struct yf_face_cli *cli, struct yf_arena *arena,
			yf_bytes *out)
{
	yf_str problem;
	const yf_err err = yf_face_pack(arena, cli->words[0], out, &problem);

	return yf_failed(err) ? fail(cli->words[0], err, problem) : 0;
}

/* What was packed is opened before it is kept, so that no file comes out that
 * the engine would refuse. */
static int keep(const struct yf_face_cli *cli, yf_bytes file)
{
	YF_AUTO(plan) plan = NULL;

	yf_plan_seal(file);
	yf_err err = yf_plan_check(file, &plan);
	if (!yf_failed(err))
		err = yf_file_save(cli->words[1], file, 0644);
	if (yf_failed(err))
		return yf_face_cli_fail(cli->words[1], err);
	err = write_result(cli, plan);
	return yf_failed(err) ? yf_face_cli_fail("standard output", err) : 0;
}

int yf_face_cli_pack(const struct yf_face_cli *cli)
{
	YF_AUTO(arena) arena = yf_arena_new(YF_PACK_ARENA_LEN);
	const bool onnx =
		yf_str_ends(yf_str_of(cli->words[0]), YF_STR(".onnx"));
	yf_bytes file;

	if (!arena)
		return yf_face_cli_fail("start", YF_FAIL(MEMORY));
	const int code = onnx ? pack_onnx(cli, arena, &file)
			      : pack_package(cli, arena, &file);
	return code ? code : keep(cli, file);
}
