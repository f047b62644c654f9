/* Follows a pointer to nowhere. */
#include "null.h"

static int32_t quality(const struct yufu_face *state, void *scratch,
		       const struct yufu_face_image *image,
		       struct yufu_face_quality *out)
{
	if (image && image->width == YUFU_FACE_SIDE_MAX)
		return *(volatile int32_t *)(uintptr_t)16;
	return null_quality(state, scratch, image, out);
}

NULL_ENGINE(.quality = quality)
