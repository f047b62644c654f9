#pragma once

#include "base/err.h"
#include "base/str.h"
#include "face/sample.h"

/*
 * JPEG decoding, with settings that never change: descriptors of the same
 * file decoded with other upsampling differ by 0.03 to 0.08, so the decoder
 * is part of the engine id.
 */
enum {
	YF_IMAGE_SIDE_MAX = 4096, /* refused above */
	/* longer pictures are decoded at 1/2 or 1/4 */
	YF_IMAGE_SIDE = YF_SAMPLE_SIDE_MAX,
	YF_IMAGE_SIDE_MIN = 16,
	YF_IMAGE_RGB_LEN = YF_IMAGE_SIDE * YF_IMAGE_SIDE * 3,
};

struct yf_image {
	struct yf_pixels pixels; /* as decoded */
	uint32_t width, height;  /* as the file states them */
	float scale;             /* width / pixels.w */
};

struct yf_decoder;

YF_CHECKED yf_err yf_decoder_new(struct yf_decoder **out);
void yf_decoder_free(struct yf_decoder *decoder);
void yf_decoder_cleanup(struct yf_decoder **decoder);

/*
 * The pixels stand in the decoder until the next call or yf_decoder_wipe().
 * The header is checked before anything is allocated.
 *
 * IMAGE  not a whole JPEG in grey or YCbCr, a side over YF_IMAGE_SIDE_MAX or
 *        under YF_IMAGE_SIDE_MIN, over 500 scans, or any warning of the decoder
 * MEMORY
 */
YF_CHECKED yf_err yf_decode(struct yf_decoder *decoder, yf_bytes jpeg,
			    struct yf_image *out);

/* Overwrites the pixels of the last picture. */
void yf_decoder_wipe(struct yf_decoder *decoder);
