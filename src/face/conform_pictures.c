#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "face/cage.h"
#include "face/conform_lab.h"
#include "face/image.h"

/*
 * The pictures of a conformance run.  Each is a mapping of its own that is
 * made read-only once it is filled, so that an engine that writes into one
 * is ended by it.
 */

static uint8_t *map_pixels(size_t len, int flags)
{
	void *at = mmap(NULL, len, PROT_READ | PROT_WRITE,
			flags | MAP_ANONYMOUS, -1, 0);

	return at == MAP_FAILED ? NULL : at;
}

static yf_err add(struct yf_lab *lab, const char *name, uint32_t width,
		  uint32_t height, bool made, int flags)
{
	uint8_t *pixels = map_pixels((size_t)width * height * 3, flags);

	if (!pixels)
		return YF_FAIL(MEMORY);
	lab->pictures[lab->picture_count++] = (struct yf_lab_picture){
		.name = name,
		.made = made,
		.image = { .size = sizeof(struct yufu_face_image),
			   .width = width,
			   .height = height,
			   .stride = width * 3,
			   .format = YUFU_FACE_RGB8,
			   .time_us = 1,
			   .pixels = pixels },
	};
	return YF_OK;
}

static uint8_t grey(uint32_t x, uint32_t y, uint64_t *seed)
{
	(void)x;
	(void)y;
	(void)seed;
	return 127;
}

static uint8_t white(uint32_t x, uint32_t y, uint64_t *seed)
{
	(void)x;
	(void)y;
	(void)seed;
	return 255;
}

static uint8_t noise(uint32_t x, uint32_t y, uint64_t *seed)
{
	(void)x;
	(void)y;
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint8_t)(*seed >> 56);
}

static uint8_t stripes(uint32_t x, uint32_t y, uint64_t *seed)
{
	(void)seed;
	return (uint8_t)((x / 7 + y / 5) % 2 ? 240 : 15);
}

/* An oval with two eyes and a mouth: what a child draws. */
static uint8_t drawing(uint32_t x, uint32_t y, uint64_t *seed)
{
	const int dx = (int)x - 160, dy = (int)y - 120;
	const int eye_x = abs(dx) - 28, eye_y = dy + 22;

	(void)seed;
	if (eye_x * eye_x + eye_y * eye_y * 3 < 90)
		return 30;
	if (abs(dx) < 26 && abs(dy - 42) < 5)
		return 70;
	return dx * dx * 3 + dy * dy * 2 < 16000 ? 190 : 90;
}

static const struct made {
	const char *name;
	uint32_t width, height;
	uint8_t (*at)(uint32_t x, uint32_t y, uint64_t *seed);
} made[] = {
	{ "grey", 320, 240, grey },
	{ "white", 320, 240, white },
	{ "noise", 320, 240, noise },
	{ "stripes", 320, 240, stripes },
	{ "drawing", 320, 240, drawing },
	{ "one pixel", 1, 1, grey },
	{ "one row", YUFU_FACE_SIDE_MAX, 1, noise },
	{ "huge", YUFU_FACE_SIDE_MAX, YUFU_FACE_SIDE_MAX, stripes },
};

static void paint(const struct made *what, struct yf_lab_picture *picture)
{
	uint8_t *at = (uint8_t *)(uintptr_t)picture->image.pixels;
	uint64_t seed = 1;

	for (uint32_t y = 0; y < what->height; y++)
		for (uint32_t x = 0; x < what->width; x++)
			for (int c = 0; c < 3; c++)
				*at++ = what->at(x, y, &seed);
}

static void protect(const struct yf_lab_picture *picture)
{
	mprotect((void *)(uintptr_t)picture->image.pixels,
		 (size_t)picture->image.stride * picture->image.height,
		 PROT_READ);
}

yf_err yf_lab_make_pictures(struct yf_lab *lab)
{
	for (size_t i = 0; i < YF_COUNT(made); i++) {
		YF_TRY(add(lab, made[i].name, made[i].width, made[i].height,
			   true, MAP_PRIVATE));
		paint(&made[i], &lab->pictures[i]);
		protect(&lab->pictures[i]);
	}
	return YF_OK;
}

void yf_lab_free_pictures(struct yf_lab *lab)
{
	for (size_t i = 0; i < lab->picture_count; i++) {
		const struct yufu_face_image *image = &lab->pictures[i].image;
		munmap((void *)(uintptr_t)image->pixels,
		       (size_t)image->stride * image->height);
	}
	lab->picture_count = 0;
}

/* --- photographs: a stranger's bytes, decoded in a cage --- */

struct decoded {
	uint32_t width, height; /* 0: could not be read */
	uint8_t rgb[YF_IMAGE_RGB_LEN];
};

noreturn static void decode_all(const struct yf_conform_config *config,
				struct decoded *out)
{
	struct yf_decoder *decoder;

	if (yf_failed(yf_decoder_new(&decoder)) ||
	    yf_failed(yf_cage_approach((uint64_t)1 << 30)) ||
	    yf_failed(yf_cage_enter()))
		_exit(1);
	for (size_t i = 0; i < config->jpeg_count; i++) {
		struct yf_image image;

		if (yf_failed(yf_decode(decoder, config->jpegs[i], &image)))
			continue;
		memcpy(out[i].rgb, image.pixels.rgb,
		       (size_t)image.pixels.w * image.pixels.h * 3);
		out[i].width = image.pixels.w;
		out[i].height = image.pixels.h;
	}
	_exit(0);
}

/* The process may have been taken over: sizes are checked. */
static bool is_decoded(const struct decoded *picture)
{
	return picture->width >= 1 && picture->width <= YF_IMAGE_SIDE &&
	       picture->height >= 1 && picture->height <= YF_IMAGE_SIDE;
}

static yf_err take_photographs(struct yf_lab *lab, const struct decoded *from)
{
	for (size_t i = 0; i < lab->config->jpeg_count; i++) {
		const uint32_t width = from[i].width, height = from[i].height;

		if (!is_decoded(&from[i]))
			continue;
		YF_TRY(add(lab, "photograph", width, height, false,
			   MAP_PRIVATE));
		struct yf_lab_picture *picture =
			&lab->pictures[lab->picture_count - 1];
		memcpy((uint8_t *)(uintptr_t)picture->image.pixels, from[i].rgb,
		       (size_t)width * height * 3);
		protect(picture);
	}
	return YF_OK;
}

yf_err yf_lab_load_photographs(struct yf_lab *lab)
{
	const struct yf_conform_config *config = lab->config;
	const size_t len = config->jpeg_count * sizeof(struct decoded);

	if (!config->jpeg_count)
		return YF_OK;
	if (config->jpeg_count > YF_CONFORM_JPEGS_MAX)
		return YF_FAIL(TOO_LARGE);
	struct decoded *decoded = (void *)map_pixels(len, MAP_SHARED);
	if (!decoded)
		return YF_FAIL(MEMORY);
	const pid_t pid = fork();
	if (pid == 0)
		decode_all(config, decoded);
	yf_err err = pid < 0 || waitpid(pid, NULL, 0) < 0 ? YF_FAIL(IO) : YF_OK;
	if (!yf_failed(err))
		err = take_photographs(lab, decoded);
	munmap(decoded, len);
	return err;
}
