#include <assert.h>
#include <stdlib.h>

#include "face/pack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ARENA_LEN = 64 * 1024 * 1024, FLOATS_MAX = 1024 * 1024 };

/* A plan that came out of it is sound: it opens, and runs inside its memory. */
static void run(yf_bytes file)
{
	YF_AUTO(plan) plan = NULL;
	uint8_t *copy = aligned_alloc(64, (file.len + 63) / 64 * 64);

	assert(copy);
	memcpy(copy, file.ptr, file.len);
	assert(!yf_failed(yf_plan_check((yf_bytes){ copy, file.len }, &plan)));
	const struct yf_program *program =
		yf_plan_find(plan, YF_PROGRAM_DESCRIBE, 0);
	assert(program);
	const size_t floats = yf_program_floats(program, 2);
	if (floats <= FLOATS_MAX) {
		float *memory = aligned_alloc(
			64, (floats * sizeof(float) + 63) / 64 * 64);
		assert(memory);
		memset(memory, 0, floats * sizeof(float));
		yf_program_input(program, memory, 2);
		yf_program_run(program, yf_kernel_find("portable"), memory, 2);
		free(memory);
	}
	yf_plan_close(YF_MOVE(plan));
	free(copy);
}

/* Whatever comes: a plan that runs, or an error that is one of those that the
 * header names. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct yf_sidecar sidecar = {
		.id = YF_STR("fuzz/1"),
		.name = YF_STR("fuzz"),
		.deviation = { 1, 1, 1 },
		.alignment = { .kind = YF_ALIGN_DLIB },
		.mirror = true,
		.session_distance = 1,
	};
	YF_AUTO(arena) arena = yf_arena_new(ARENA_LEN);
	yf_bytes file;
	yf_str problem;

	assert(arena);
	const yf_err err = yf_face_pack_onnx(arena, (yf_bytes){ data, size },
					     &sidecar, &file, &problem);
	if (!yf_failed(err))
		run(file);
	else
		assert(err.code == YF_CODE_SYNTAX ||
		       err.code == YF_CODE_MISSING ||
		       err.code == YF_CODE_RANGE ||
		       err.code == YF_CODE_UNSUPPORTED ||
		       err.code == YF_CODE_TOO_LARGE ||
		       err.code == YF_CODE_MEMORY);
	return 0;
}
