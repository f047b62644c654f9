#include "face/image.h"

#include <turbojpeg.h>

#include "../support/picture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

/* A grey test card that needs no package. */
static struct yf_pixels card(struct yf_arena *arena, uint32_t w, uint32_t h)
{
	uint8_t *rgb = YF_NEW(arena, uint8_t, (size_t)w * h * 3);

	assert_non_null(rgb);
	for (size_t i = 0; i < (size_t)w * h * 3; i++)
		rgb[i] = (uint8_t)(i / 3 % w * 255 / w);
	return (struct yf_pixels){ rgb, w, h };
}

static yf_bytes text(const char *what)
{
	return yf_bytes_of(yf_str_of(what));
}

/* SOI, then a frame header that states these sides, and nothing else. */
#define BOMB(h1, h2, w1, w2)                                               \
	"\xff\xd8\xff\xc0\x00\x11\x08" h1 h2 w1 w2 "\x03\x01\x22\x00\x02"  \
	"\x11\x01\x03\x11\x01\xff\xda\x00\x0c\x03\x01\x00\x02\x11\x03\x11" \
	"\x00\x3f\x00"

static const struct {
	const char *name;
	yf_str jpeg;
} refused[] = {
	{ "empty", YF_STR("") },
	{ "one byte", YF_STR("\xff") },
	{ "text named .jpg", YF_STR("This is not a picture.\n") },
	{ "PNG", YF_STR("\x89PNG\r\n\x1a\n\0\0\0\rIHDR") },
	{ "start of image only", YF_STR("\xff\xd8") },
	{ "start and end", YF_STR("\xff\xd8\xff\xd9") },
	{ "65535 x 65535", YF_STR(BOMB("\xff", "\xff", "\xff", "\xff")) },
	{ "4097 x 64", YF_STR(BOMB("\x00", "\x40", "\x10", "\x01")) },
	{ "64 x 4097", YF_STR(BOMB("\x10", "\x01", "\x00", "\x40")) },
	{ "0 x 0", YF_STR(BOMB("\x00", "\x00", "\x00", "\x00")) },
	{ "header without data", YF_STR(BOMB("\x00", "\x40", "\x00", "\x40")) },
};

static void refused_table(void **state)
{
	YF_AUTO(decoder) decoder = NULL;
	struct yf_image image;

	(void)state;
	assert_false(yf_failed(yf_decoder_new(&decoder)));
	for (size_t i = 0; i < YF_COUNT(refused); i++) {
		print_message("  %s\n", refused[i].name);
		assert_int_equal(
			yf_decode(decoder, yf_bytes_of(refused[i].jpeg), &image)
				.code,
			YF_CODE_IMAGE);
	}
	assert_int_equal(yf_decode(decoder, text("\xff\xd8\xff"), &image).code,
			 YF_CODE_IMAGE);
}

static const struct {
	const char *name;
	uint32_t w, h;
	int flags;
	bool good;
	uint32_t decoded_w, decoded_h;
} accepted[] = {
	{ "small", 64, 48, 0, true, 64, 48 },
	{ "progressive", 250, 250, TJFLAG_PROGRESSIVE, true, 250, 250 },
	{ "largest whole", 1600, 64, 0, true, 1600, 64 },
	{ "halved", 1601, 65, 0, true, 801, 33 },
	{ "quartered", 64, 3202, 0, true, 16, 801 },
	{ "largest", 4096, 4096, 0, true, 1024, 1024 },
	{ "too wide", 4097, 64, 0, false, 0, 0 },
	{ "too small", 15, 64, 0, false, 0, 0 },
};

static void accepted_table(void **state)
{
	YF_AUTO(decoder) decoder = NULL;

	(void)state;
	assert_false(yf_failed(yf_decoder_new(&decoder)));
	for (size_t i = 0; i < YF_COUNT(accepted); i++) {
		YF_AUTO(arena) arena = yf_arena_new(128u << 20);
		struct yf_image image;

		print_message("  %s\n", accepted[i].name);
		const struct yf_pixels pixels =
			card(arena, accepted[i].w, accepted[i].h);
		const yf_err err = yf_decode(
			decoder,
			picture_jpeg(arena, &pixels, accepted[i].flags),
			&image);
		assert_int_equal(err.code,
				 accepted[i].good ? YF_CODE_OK : YF_CODE_IMAGE);
		if (!accepted[i].good)
			continue;
		assert_int_equal(image.width, accepted[i].w);
		assert_int_equal(image.height, accepted[i].h);
		assert_int_equal(image.pixels.w, accepted[i].decoded_w);
		assert_int_equal(image.pixels.h, accepted[i].decoded_h);
		/* the right edge of the card is bright, the left is dark */
		const uint8_t *row = image.pixels.rgb;
		assert_true(row[(image.pixels.w - 1) * 3] > 200);
		assert_true(row[0] < 55);
	}
}

/* Whatever is cut off the end, the answer is IMAGE, baseline or progressive. */
static void truncated(void **state)
{
	YF_AUTO(arena) arena = yf_arena_new(16u << 20);
	YF_AUTO(decoder) decoder = NULL;
	const struct yf_pixels pixels = card(arena, 96, 96);
	const int kinds[] = { 0, TJFLAG_PROGRESSIVE };
	struct yf_image image;

	(void)state;
	assert_false(yf_failed(yf_decoder_new(&decoder)));
	for (size_t k = 0; k < YF_COUNT(kinds); k++) {
		const yf_bytes whole = picture_jpeg(arena, &pixels, kinds[k]);
		/* the last two bytes are the end marker */
		for (size_t len = 0; len + 2 < whole.len; len++)
			assert_int_equal(yf_decode(decoder,
						   (yf_bytes){ whole.ptr, len },
						   &image)
						 .code,
					 YF_CODE_IMAGE);
		assert_false(yf_failed(yf_decode(decoder, whole, &image)));
	}
}

static void wiped(void **state)
{
	YF_AUTO(arena) arena = yf_arena_new(16u << 20);
	YF_AUTO(decoder) decoder = NULL;
	const struct yf_pixels pixels = card(arena, 96, 96);
	struct yf_image image;

	(void)state;
	assert_false(yf_failed(yf_decoder_new(&decoder)));
	assert_false(yf_failed(
		yf_decode(decoder, picture_jpeg(arena, &pixels, 0), &image)));
	yf_decoder_wipe(decoder);
	for (size_t i = 0; i < 96 * 96 * 3; i++)
		assert_int_equal(image.pixels.rgb[i], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refused_table),
		cmocka_unit_test(accepted_table),
		cmocka_unit_test(truncated),
		cmocka_unit_test(wiped),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
