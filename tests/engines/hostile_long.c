/* Says that its template is longer than it promised. */
#include "null.h"

static int32_t enrol(const struct yufu_face *state, void *scratch,
		     const struct yufu_face_image *images, uint32_t count,
		     uint32_t role, uint8_t *out, uint32_t *out_len,
		     struct yufu_face_quality *measured)
{
	const int32_t result = null_enrol(state, scratch, images, count, role,
					  out, out_len, measured);

	if (result < 0 || null_see(&images[0], measured) != YUFU_FACE_OK)
		return result;
	*out_len = NULL_TEMPLATE_LEN + 1;
	return YUFU_FACE_OK;
}

NULL_ENGINE(.enrol = enrol)
