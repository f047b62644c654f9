#pragma once

/*
 * The engine that sees nobody: NO_FACE, ever.  It keeps all rules, and the
 * hostile ones beside it are this one with one thing changed: each defines
 * a macro before it includes this, or changes the table.
 */
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <yufu/face.h>

enum { NULL_TEMPLATE_LEN = 16 };

struct yufu_face {
	uint32_t nothing[64];
};

static inline void null_blank(struct yufu_face_quality *out)
{
	const uint32_t size =
		out->size < sizeof(*out) ? out->size : (uint32_t)sizeof(*out);
	const uint32_t words = size / sizeof(float);
	const uint32_t numbers =
		offsetof(struct yufu_face_quality, unified) / sizeof(float);

	for (uint32_t i = 1; i < words; i++) {
		const float nan = NAN;
		if (i < numbers)
			memset((char *)out + i * sizeof(float), 0, 4);
		else
			memcpy((char *)out + i * sizeof(float), &nan, 4);
	}
}

static inline int32_t null_check(const struct yufu_face_image *image)
{
	return image && image->pixels && image->format == YUFU_FACE_RGB8 &&
			       image->width >= 1 &&
			       image->width <= YUFU_FACE_SIDE_MAX &&
			       image->height >= 1 &&
			       image->height <= YUFU_FACE_SIDE_MAX &&
			       image->stride >= image->width * 3
		       ? YUFU_FACE_OK
		       : YUFU_FACE_BAD_ARGUMENT;
}

static inline int32_t null_open(const struct yufu_face_config *config,
				struct yufu_face **state,
				struct yufu_face_opened *opened)
{
	(void)config;
	*state = calloc(1, sizeof(**state));
	opened->template_len = NULL_TEMPLATE_LEN;
	opened->session_len = 0;
	opened->scratch_len = 1000;
	memset(opened->model_hash, 1, sizeof(opened->model_hash));
	return *state ? YUFU_FACE_OK : YUFU_FACE_NO_MEMORY;
}

static inline void null_close(struct yufu_face *state)
{
	free(state);
}

static inline int32_t null_quality(const struct yufu_face *state, void *scratch,
				   const struct yufu_face_image *image,
				   struct yufu_face_quality *out)
{
	if (!state || !scratch || !out || null_check(image))
		return YUFU_FACE_BAD_ARGUMENT;
	null_blank(out);
	return YUFU_FACE_NO_FACE;
}

static inline int32_t null_enrol(const struct yufu_face *state, void *scratch,
				 const struct yufu_face_image *images,
				 uint32_t count, uint32_t role, uint8_t *out,
				 uint32_t *out_len,
				 struct yufu_face_quality *measured)
{
	(void)role;
	if (!state || !scratch || !images || !out || !out_len || !measured ||
	    count < 1 || count > YUFU_FACE_IMAGES_MAX)
		return YUFU_FACE_BAD_ARGUMENT;
	for (uint32_t i = 0; i < count; i++) {
		if (null_check(&images[i]))
			return YUFU_FACE_BAD_ARGUMENT;
		null_blank((void *)((char *)measured +
				    (size_t)i * measured->size));
	}
	*out_len = 0;
	return YUFU_FACE_NO_FACE;
}

static inline int32_t null_match(const struct yufu_face *state,
				 const uint8_t *probe, uint32_t probe_len,
				 const uint8_t *reference,
				 uint32_t reference_len,
				 struct yufu_face_match *out)
{
	(void)state;
	(void)probe;
	(void)probe_len;
	(void)reference;
	(void)reference_len;
	(void)out;
	return YUFU_FACE_BAD_TEMPLATE; /* it made none */
}

/* A face in every picture that is large enough, for those that need one. */
static inline int32_t null_see(const struct yufu_face_image *image,
			       struct yufu_face_quality *out)
{
	null_blank(out);
	if (image->width < 100 || image->height < 100 ||
	    image->pixels[0] == image->pixels[3 * 50 + 50 * image->stride])
		return YUFU_FACE_NO_FACE;
	for (int i = 0; i < 4; i++)
		out->box[i] = 10;
	return YUFU_FACE_OK;
}

#define NULL_ENGINE(...)                                                       \
	static const struct yufu_face_engine engine = {                        \
		.size = sizeof(engine),                                        \
		.abi = YUFU_FACE_ABI,                                          \
		.id = "org.example.null",                                      \
		.version = "1",                                                \
		.open = null_open,                                             \
		.close = null_close,                                           \
		.quality = null_quality,                                       \
		.enrol = null_enrol,                                           \
		.match = null_match,                                           \
		__VA_ARGS__                                                    \
	};                                                                     \
	__attribute__((visibility("default"))) const struct yufu_face_engine * \
	yufu_face_engine_v1(void);                                             \
	__attribute__((visibility("default"))) const struct yufu_face_engine * \
	yufu_face_engine_v1(void)                                              \
	{                                                                      \
		return &engine;                                                \
	}
