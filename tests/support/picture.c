#include "picture.h"

#include <assert.h>

#include <stdio.h>
#include <turbojpeg.h>

#include "base/file.h"
#include "face/image.h"

const struct picture_crop picture_ann = { 6, 1320, 178, 528 };
const struct picture_crop picture_bea = { 6, 1022, 242, 400 };
const struct picture_crop picture_mia = { 1, 1316, 102, 476 };
const struct picture_crop picture_group = { 6, 0, 0, 1530 };

static const char folder[] = "node_modules/@vladmandic/face-api/demo";

bool picture_available(void)
{
	return yf_file_exists("node_modules/@vladmandic/face-api/demo");
}

static struct yf_pixels decode(struct yf_arena *arena, unsigned sample)
{
	char path[128];
	yf_bytes jpeg;
	int w, h, sampling, space;

	snprintf(path, sizeof(path), "%s/sample%u.jpg", folder, sample);
	assert(!yf_failed(yf_file_load(arena, path, 1 << 20, &jpeg)));
	const tjhandle handle = tjInitDecompress();
	assert(!tjDecompressHeader3(handle, jpeg.ptr, jpeg.len, &w, &h,
				    &sampling, &space));
	uint8_t *rgb = YF_NEW(arena, uint8_t, (size_t)w * (size_t)h * 3);
	assert(rgb);
	assert(!tjDecompress2(handle, jpeg.ptr, jpeg.len, rgb, w, w * 3, h,
			      TJPF_RGB, TJFLAG_ACCURATEDCT));
	tjDestroy(handle);
	return (struct yf_pixels){ rgb, (uint32_t)w, (uint32_t)h };
}

struct yf_pixels picture_pixels(struct yf_arena *arena,
				const struct picture_crop *crop)
{
	const struct yf_pixels whole = decode(arena, crop->sample);
	const size_t row = (size_t)crop->side * 3;
	uint8_t *rgb = YF_NEW(arena, uint8_t, row * crop->side);

	assert(rgb && crop->x + crop->side <= whole.w &&
	       crop->y + crop->side <= whole.h);
	for (uint32_t y = 0; y < crop->side; y++)
		memcpy(rgb + y * row,
		       whole.rgb +
			       ((size_t)(crop->y + y) * whole.w + crop->x) * 3,
		       row);
	return (struct yf_pixels){ rgb, crop->side, crop->side };
}

yf_bytes picture_jpeg(struct yf_arena *arena, const struct yf_pixels *pixels,
		      int flags)
{
	const tjhandle handle = tjInitCompress();
	unsigned char *jpeg = NULL;
	unsigned long len = 0;
	yf_bytes out;

	assert(!tjCompress2(handle, pixels->rgb, (int)pixels->w, 0,
			    (int)pixels->h, TJPF_RGB, &jpeg, &len, TJSAMP_420,
			    92, flags));
	assert(!yf_failed(yf_bytes_copy(arena, (yf_bytes){ jpeg, len }, &out)));
	tjFree(jpeg);
	tjDestroy(handle);
	return out;
}

struct yf_pixels picture_shrink(struct yf_arena *arena,
				const struct yf_pixels *pixels, uint32_t side)
{
	uint8_t *rgb = YF_NEW(arena, uint8_t, (size_t)side * side * 3);
	const uint32_t step = pixels->w / side;

	assert(rgb && step >= 1);
	for (uint32_t i = 0; i < side * side * 3; i++) {
		const uint32_t c = i % 3, x = i / 3 % side, y = i / 3 / side;
		uint32_t sum = 0;
		for (uint32_t k = 0; k < step * step; k++)
			sum += pixels->rgb[((size_t)(y * step + k / step) *
						    pixels->w +
					    x * step + k % step) *
						   3 +
					   c];
		rgb[i] = (uint8_t)(sum / (step * step));
	}
	return (struct yf_pixels){ rgb, side, side };
}
