/* A template of nobody. */
#include "null.h"

static int32_t enrol(const struct yufu_face *state, void *scratch,
		     const struct yufu_face_image *images, uint32_t count,
		     uint32_t role, uint8_t *out, uint32_t *out_len,
		     struct yufu_face_quality *measured)
{
	const int32_t result = null_enrol(state, scratch, images, count, role,
					  out, out_len, measured);

	if (result >= 0)
		*out_len = NULL_TEMPLATE_LEN;
	return result;
}

NULL_ENGINE(.enrol = enrol)
