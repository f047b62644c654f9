#include <assert.h>
#include <math.h>
#include <string.h>

#include "face/host.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct reply {
	uint32_t answer, probe_len, has_image;
	struct yufu_face_challenge challenge;
	struct yufu_face_progress progress;
};

static void assert_numbers(const struct yufu_face_quality *quality,
			   yf_face_answer answer)
{
	for (int i = 0; i < 4; i++)
		assert(!isinf(quality->box[i]) &&
		       (!isnan(quality->box[i]) || answer == YF_FACE_NONE ||
			answer == YF_FACE_MANY));
	assert(!isinf(quality->yaw) && !isinf(quality->sharpness));
	for (uint32_t i = 0; i < quality->point_count; i++)
		assert(isfinite(quality->points[i][0]) &&
		       isfinite(quality->points[i][1]));
	assert(answer != YF_FACE_USABLE || !(quality->defects & 0x7fff));
}

/*
 * Whatever a worker that was taken over writes as its reply: what is accepted
 * has numbers that can be used, and nobody passes without a picture, a probe
 * and all steps.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reply reply = { 0 };

	memcpy(&reply, data, size < sizeof(reply) ? size : sizeof(reply));
	const yf_face_answer answer = (yf_face_answer)(reply.answer % 4);
	const bool has_image = reply.has_image & 1;
	const uint32_t len = reply.probe_len % 200;
	struct yufu_face_challenge *asked = &reply.challenge;
	asked->step_count %= YUFU_FACE_STEPS_MAX + 1;
	if (yf_host_is_quality(&reply.progress.quality, answer))
		assert_numbers(&reply.progress.quality, answer);
	if (!yf_host_is_progress(asked, &reply.progress, has_image, len, 128))
		return 0;
	const bool passed = reply.progress.state == YUFU_STATE_PASSED;
	assert(len <= 128 && passed == (len > 0));
	assert(!passed ||
	       (has_image && reply.progress.step_index == asked->step_count));
	assert((reply.progress.state == YUFU_STATE_FAILED) ==
	       (reply.progress.reason != 0));
	if (has_image)
		assert_numbers(&reply.progress.quality,
			       (yf_face_answer)reply.progress.image_result);
	return 0;
}
