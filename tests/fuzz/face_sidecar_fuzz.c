#include <assert.h>

#include "base/conf.h"
#include "face/sidecar.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is accepted keeps to the ranges that the packer takes for granted. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	YF_AUTO(arena) arena = yf_arena_new(1 << 20);
	struct yf_sidecar sidecar;
	yf_str problem;

	assert(arena);
	if (size > YF_CONF_LEN_MAX)
		return 0;
	const yf_err err = yf_sidecar_parse(
		arena, "fuzz.ini", (yf_str){ (const char *)data, size },
		&sidecar, &problem);
	if (yf_failed(err)) {
		assert(err.code == YF_CODE_CONFIG ||
		       err.code == YF_CODE_MEMORY);
		assert(err.code != YF_CODE_CONFIG || problem.len);
		return 0;
	}
	for (int c = 0; c < 3; c++)
		assert(sidecar.deviation[c] > 0);
	assert(sidecar.id.len && sidecar.length <= YF_PLAN_OUTPUT_MAX);
	assert(sidecar.session_distance > 0 && sidecar.session_distance <= 2);
	for (uint32_t i = 1; i < sidecar.calibration_count; i++)
		assert(sidecar.calibration[i].distance >
		       sidecar.calibration[i - 1].distance);
	return 0;
}
