/* Writes one byte before its scratch. */
#include "null.h"

static int32_t quality(const struct yufu_face *state, void *scratch,
		       const struct yufu_face_image *image,
		       struct yufu_face_quality *out)
{
	if (scratch)
		((volatile uint8_t *)scratch)[-1] = 7;
	return null_quality(state, scratch, image, out);
}

NULL_ENGINE(.quality = quality)
