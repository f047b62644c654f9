#include <assert.h>

#include "face/image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * Whatever comes, the answer is a picture within the limits or IMAGE, the
 * same when it is asked again, and nothing is left after the wipe.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct yf_decoder *decoder;
	struct yf_image image, again;

	if (!decoder)
		assert(!yf_failed(yf_decoder_new(&decoder)));
	const yf_err err = yf_decode(decoder, (yf_bytes){ data, size }, &image);
	assert(!yf_failed(err) || err.code == YF_CODE_IMAGE);
	const yf_err twice =
		yf_decode(decoder, (yf_bytes){ data, size }, &again);
	assert(twice.code == err.code);
	if (!yf_failed(err)) {
		const struct yf_pixels *pixels = &image.pixels;
		const size_t len = (size_t)pixels->w * pixels->h * 3;

		assert(image.width <= YF_IMAGE_SIDE_MAX &&
		       image.height <= YF_IMAGE_SIDE_MAX);
		assert(pixels->w <= YF_IMAGE_SIDE &&
		       pixels->h <= YF_IMAGE_SIDE && len > 0);
		assert(image.scale >= 1 && image.scale <= 4);
		yf_decoder_wipe(decoder);
		for (size_t i = 0; i < len; i++)
			assert(pixels->rgb[i] == 0);
	}
	return 0;
}
