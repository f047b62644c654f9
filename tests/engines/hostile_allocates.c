/* Takes memory after open(), and gives it back. */
#include "null.h"

static int32_t quality(const struct yufu_face *state, void *scratch,
		       const struct yufu_face_image *image,
		       struct yufu_face_quality *out)
{
	uint8_t *volatile mine = malloc(100);

	free(mine);
	return null_quality(state, scratch, image, out);
}

NULL_ENGINE(.quality = quality)
