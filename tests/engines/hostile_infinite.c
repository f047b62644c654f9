/* Measures infinity. */
#include "null.h"

static int32_t quality(const struct yufu_face *state, void *scratch,
		       const struct yufu_face_image *image,
		       struct yufu_face_quality *out)
{
	const int32_t result = null_quality(state, scratch, image, out);

	if (result >= 0 && out->size >= sizeof(*out))
		out->yaw = INFINITY;
	return result;
}

NULL_ENGINE(.quality = quality)
