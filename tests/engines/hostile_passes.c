/* Everybody is alive. */
#include "null.h"

static int32_t open_alive(const struct yufu_face_config *config,
			  struct yufu_face **state,
			  struct yufu_face_opened *opened)
{
	const int32_t result = null_open(config, state, opened);

	opened->session_len = 8;
	return result;
}

static int32_t challenge(const struct yufu_face *state, void *scratch,
			 uint8_t *session,
			 const struct yufu_face_challenge *asked,
			 const struct yufu_face_image *image, uint64_t now_us,
			 struct yufu_face_progress *out, uint8_t *probe,
			 uint32_t *probe_len)
{
	(void)state;
	(void)scratch;
	(void)now_us;
	session[0] = 1;
	out->state = image ? YUFU_STATE_PASSED : YUFU_STATE_GO_ON;
	out->reason = out->hint = out->shown = out->left_ms = 0;
	out->step_index = image ? asked->step_count : 0;
	out->image_result = YUFU_FACE_NO_FACE;
	null_blank(&out->quality);
	memset(probe, 1, NULL_TEMPLATE_LEN);
	*probe_len = image ? NULL_TEMPLATE_LEN : 0;
	return YUFU_FACE_OK;
}

NULL_ENGINE(.open = open_alive, .challenge = challenge)
