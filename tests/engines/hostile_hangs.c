/* Never comes back. */
#include "null.h"

static int32_t quality(const struct yufu_face *state, void *scratch,
		       const struct yufu_face_image *image,
		       struct yufu_face_quality *out)
{
	volatile uint32_t spins = 0;

	if (image && image->width == 320 && image->pixels && out &&
	    image->stride == 960 && image->format == 0)
		for (;;)
			spins++;
	return null_quality(state, scratch, image, out);
}

NULL_ENGINE(.quality = quality)
