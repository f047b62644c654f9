#include "face/image.h"

#include <stdlib.h>
#include <turbojpeg.h>

#include "base/secret.h"

struct yf_decoder {
	size_t used;
	uint8_t rgb[YF_IMAGE_RGB_LEN];
};

yf_err yf_decoder_new(struct yf_decoder **out)
{
	struct yf_decoder *decoder = malloc(sizeof(*decoder));

	if (!decoder)
		return YF_FAIL(MEMORY);
	decoder->used = 0;
	*out = decoder;
	return YF_OK;
}

void yf_decoder_free(struct yf_decoder *decoder)
{
	if (!decoder)
		return;
	yf_decoder_wipe(decoder);
	free(decoder);
}

void yf_decoder_cleanup(struct yf_decoder **decoder)
{
	yf_decoder_free(*decoder);
}

void yf_decoder_wipe(struct yf_decoder *decoder)
{
	yf_wipe(decoder->rgb, decoder->used);
	decoder->used = 0;
}

static bool is_side(int side)
{
	return side >= YF_IMAGE_SIDE_MIN && side <= YF_IMAGE_SIDE_MAX;
}

/* Halved until it fits YF_IMAGE_SIDE; the decoder does this in the frequency
 * domain, which costs less than decoding it whole. */
static tjscalingfactor scaling(int w, int h)
{
	tjscalingfactor factor = { 1, 1 };

	while (TJSCALED(w, factor) > YF_IMAGE_SIDE ||
	       TJSCALED(h, factor) > YF_IMAGE_SIDE)
		factor.denom *= 2;
	return factor;
}

static yf_err decode(struct yf_decoder *decoder, tjhandle handle, yf_bytes jpeg,
		     struct yf_image *out)
{
	const int flags =
		TJFLAG_ACCURATEDCT | TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS;
	int w, h, sampling, space;

	if (tjDecompressHeader3(handle, jpeg.ptr, jpeg.len, &w, &h, &sampling,
				&space))
		return YF_FAIL(IMAGE);
	if (!is_side(w) || !is_side(h) ||
	    (space != TJCS_YCbCr && space != TJCS_GRAY && space != TJCS_RGB))
		return YF_FAIL(IMAGE);
	const tjscalingfactor factor = scaling(w, h);
	const int pw = TJSCALED(w, factor), ph = TJSCALED(h, factor);

	decoder->used = (size_t)pw * (size_t)ph * 3;
	if (tjDecompress2(handle, jpeg.ptr, jpeg.len, decoder->rgb, pw, pw * 3,
			  ph, TJPF_RGB, flags))
		return YF_FAIL(IMAGE);
	out->pixels =
		(struct yf_pixels){ decoder->rgb, (uint32_t)pw, (uint32_t)ph };
	out->width = (uint32_t)w;
	out->height = (uint32_t)h;
	out->scale = (float)w / (float)pw;
	return YF_OK;
}

/*
 * A new handle each time: after a damaged file libturbojpeg 2.1 keeps half a
 * marker in the old one and then refuses good files too.
 */
yf_err yf_decode(struct yf_decoder *decoder, yf_bytes jpeg,
		 struct yf_image *out)
{
	const tjhandle handle = tjInitDecompress();

	yf_decoder_wipe(decoder);
	if (!handle)
		return YF_FAIL(MEMORY);
	const yf_err err = decode(decoder, handle, jpeg, out);
	tjDestroy(handle);
	return err;
}
