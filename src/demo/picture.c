#include "demo/picture.h"

#include <assert.h>
#include <turbojpeg.h>

enum { CROP_QUALITY = 92 };

struct yf_jpeg {
	tjhandle handle;
};

static void yf_jpeg_cleanup(struct yf_jpeg *jpeg)
{
	if (jpeg->handle)
		tjDestroy(jpeg->handle);
}

#define JPEG_AUTO __attribute__((cleanup(yf_jpeg_cleanup))) struct yf_jpeg

yf_err yf_picture_parse(struct yf_arena *arena, yf_bytes jpeg,
			struct yf_picture *out)
{
	JPEG_AUTO tool = { tjInitDecompress() };
	int width, height, sampling, space;

	if (!tool.handle)
		return YF_FAIL(MEMORY);
	if (tjDecompressHeader3(tool.handle, jpeg.ptr, jpeg.len, &width,
				&height, &sampling, &space) ||
	    width < 1 || height < 1 || width > YF_PICTURE_SIDE_MAX ||
	    height > YF_PICTURE_SIDE_MAX)
		return YF_FAIL(IMAGE);
	uint8_t *rgb =
		YF_NEW(arena, uint8_t, (size_t)width * (size_t)height * 3);
	if (!rgb)
		return YF_FAIL(MEMORY);
	if (tjDecompress2(tool.handle, jpeg.ptr, jpeg.len, rgb, width, 0,
			  height, TJPF_RGB, 0))
		return YF_FAIL(IMAGE);
	*out = (struct yf_picture){ (uint32_t)width, (uint32_t)height, rgb };
	return YF_OK;
}

yf_err yf_picture_encode(struct yf_arena *arena,
			 const struct yf_picture *picture, int quality,
			 yf_bytes *out)
{
	JPEG_AUTO tool = { tjInitCompress() };
	const int width = (int)picture->width, height = (int)picture->height;
	unsigned long len = tjBufSize(width, height, TJSAMP_420);

	assert(quality >= 1 && quality <= 100);
	uint8_t *jpeg = YF_NEW(arena, uint8_t, len);
	if (!tool.handle || !jpeg)
		return YF_FAIL(MEMORY);
	if (tjCompress2(tool.handle, picture->rgb, width, 0, height, TJPF_RGB,
			&jpeg, &len, TJSAMP_420, quality,
			TJFLAG_NOREALLOC | TJFLAG_FASTDCT))
		return YF_FAIL(IMAGE);
	*out = (yf_bytes){ jpeg, len };
	return YF_OK;
}

yf_err yf_picture_crop(struct yf_arena *arena, yf_bytes jpeg,
		       struct yf_picture_rect part, yf_bytes *out)
{
	struct yf_picture whole;

	YF_TRY(yf_picture_parse(arena, jpeg, &whole));
	if (part.width < 1 || part.height < 1 || part.x > whole.width ||
	    part.y > whole.height || part.width > whole.width - part.x ||
	    part.height > whole.height - part.y)
		return YF_FAIL(RANGE);
	struct yf_picture cut = { part.width, part.height, whole.rgb };
	/* Towards the front of the same memory: no row is read too late. */
	for (uint32_t y = 0; y < part.height; y++)
		memmove(cut.rgb + (size_t)y * part.width * 3,
			whole.rgb +
				((size_t)(part.y + y) * whole.width + part.x) *
					3,
			(size_t)part.width * 3);
	return yf_picture_encode(arena, &cut, CROP_QUALITY, out);
}
