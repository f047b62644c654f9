#include <assert.h>
#include <stdlib.h>

#include "face/kernel.h"
#include "face/plan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FLOATS_MAX = 1024 * 1024, WORK_MAX = 1u << 26 };

/* An upper bound of the multiplications, so that one input takes no minute. */
static uint64_t work_of(const struct yf_program *program)
{
	uint64_t work = 0;

	for (uint32_t i = 0; i < program->job_count; i++) {
		const struct yf_plan_job *job = &program->jobs[i];
		const struct yf_plan_map *in = &program->maps[job->in];
		const struct yf_plan_map *out = &program->maps[job->out];
		work += ((uint64_t)out->h * out->w + job->rows * job->columns) *
			out->c * (1 + (uint64_t)job->taps * job->taps) *
			(job->kind == YF_JOB_CONV ||
					 job->kind == YF_JOB_WINOGRAD
				 ? in->c
				 : 1);
		if (work > WORK_MAX)
			break;
	}
	return work;
}

/*
 * A plan that is accepted runs without leaving its memory or its file, which
 * are allocated to the byte so that the sanitizer sees.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	YF_AUTO(plan) plan = NULL;
	void *copy = NULL;

	if (posix_memalign(&copy, 64, size ? size : 1))
		return 0;
	if (size)
		memcpy(copy, data, size);
	/* what the fuzzer cannot guess */
	if (size >= YF_PLAN_HEAD_LEN)
		yf_plan_put((uint8_t *)copy + 48, 8, size);
	const yf_err err = yf_plan_check((yf_bytes){ copy, size }, &plan);
	assert(!yf_failed(err) || err.code == YF_CODE_MODEL);
	for (uint32_t i = 0; !yf_failed(err) && i < plan->program_count; i++) {
		const struct yf_program *program = &plan->programs[i];
		const uint32_t n = program->pictures_max > 1 ? 2 : 1;
		const size_t floats = yf_program_floats(program, n);
		void *memory = NULL;

		if (floats > FLOATS_MAX || work_of(program) > WORK_MAX)
			continue;
		if (posix_memalign(&memory, 64, floats * sizeof(float)))
			break;
		memset(memory, 0, floats * sizeof(float));
		yf_program_input(program, memory, n);
		const struct yf_map out = yf_program_run(
			program, yf_kernel_find("portable"), memory, n);
		assert(out.at >= (float *)memory &&
		       out.at + yf_map_floats(&out) <=
			       (float *)memory + floats);
		free(memory);
	}
	yf_plan_close(YF_MOVE(plan));
	free(copy);
	return 0;
}
