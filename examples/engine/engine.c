/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A face engine to start from.  It keeps every rule of <yufu/face.h> and is of
 * no use: its "face" is the brightest square of the picture, its template the
 * mean brightness of 8 x 8 fields in it, and its claim that half of all people
 * look alike is meant to be refused by everybody.  Replace find(), describe()
 * and rate() by what you know; doc/face.md explains the rest.
 *
 *	cc -std=c17 -O2 -fPIC -shared -fvisibility=hidden -I../../include \
 *		-o example.so engine.c -lm
 *	yufu face conform ./example.so --pictures FOLDER
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <yufu/face.h>

enum {
	FIELDS = 8,
	TEMPLATE_LEN = FIELDS * FIELDS,
	SIDE_MIN = 32,       /* pixels of a picture in which it looks */
	CONTRAST_MIN = 1000, /* sum of differences of what it calls a face */
};

/* Made by open() and never written again. */
struct yufu_face {
	uint8_t gamma[256]; /* stands for weights read from config->folder */
};

/* All working memory: the host gives it to each call. */
struct work {
	uint32_t mean[FIELDS][FIELDS];
};

static int32_t engine_open(const struct yufu_face_config *config,
			   struct yufu_face **state,
			   struct yufu_face_opened *opened)
{
	if (!config || !state || !opened || opened->size < sizeof(*opened))
		return YUFU_FACE_BAD_ARGUMENT;
	struct yufu_face *made = malloc(sizeof(*made));
	if (!made)
		return YUFU_FACE_NO_MEMORY;
	for (int i = 0; i < 256; i++)
		made->gamma[i] = (uint8_t)(sqrt(i / 255.0) * 255);
	opened->template_len = TEMPLATE_LEN;
	opened->session_len = 0; /* no challenge */
	opened->scratch_len = sizeof(struct work);
	opened->reserved = 0;
	/* SHA-256 over the weights; whoever changes them changes it. */
	memset(opened->model_hash, 0xee, sizeof(opened->model_hash));
	*state = made;
	return YUFU_FACE_OK;
}

static void engine_close(struct yufu_face *state)
{
	free(state);
}

static int32_t check_image(const struct yufu_face_image *image)
{
	if (!image || !image->pixels || image->width < 1 || image->height < 1 ||
	    image->width > YUFU_FACE_SIDE_MAX ||
	    image->height > YUFU_FACE_SIDE_MAX)
		return YUFU_FACE_BAD_ARGUMENT;
	if (image->format != YUFU_FACE_RGB8)
		return YUFU_FACE_NOT_SUPPORTED;
	return image->stride < image->width * 3 ? YUFU_FACE_BAD_ARGUMENT
						: YUFU_FACE_OK;
}

/* Every number that is not measured is NaN. */
static void blank(struct yufu_face_quality *out)
{
	float *numbers[] = {
		&out->unified,
		&out->score,
		&out->yaw,
		&out->pitch,
		&out->roll,
		&out->inter_eye_distance,
		&out->head_size,
		&out->eyes_open,
		&out->mouth_open,
		&out->luminance_mean,
		&out->luminance_sd,
		&out->under_exposure,
		&out->over_exposure,
		&out->dynamic_range,
		&out->illumination_uniformity,
		&out->sharpness,
		&out->natural_colour,
		&out->background_uniformity,
		&out->compression_artifacts,
	};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		*numbers[i] = NAN;
	for (int i = 0; i < 4; i++)
		out->box[i] = NAN;
	for (int i = 0; i < YUFU_FACE_POINTS; i++)
		out->points[i][0] = out->points[i][1] = NAN;
	out->defects = out->warnings = out->point_count = 0;
}

/* Writes no more than the host has room for. */
static void deliver(const struct yufu_face_quality *from,
		    struct yufu_face_quality *to, uint32_t size)
{
	struct yufu_face_quality copy = *from;

	copy.size = size;
	memcpy(to, &copy, size < sizeof(copy) ? size : sizeof(copy));
}

/* Your detector.  Leaves in `work` what describe() needs. */
static int32_t find(const struct yufu_face *state, struct work *work,
		    const struct yufu_face_image *image,
		    struct yufu_face_quality *out)
{
	const uint32_t side =
		image->width < image->height ? image->width : image->height;
	uint32_t contrast = 0;

	blank(out);
	if (side < SIDE_MIN)
		return YUFU_FACE_NO_FACE;
	const uint32_t x0 = (image->width - side) / 2;
	const uint32_t y0 = (image->height - side) / 2, step = side / FIELDS;

	for (uint32_t y = 0; y < FIELDS; y++) {
		for (uint32_t x = 0; x < FIELDS; x++) {
			const uint8_t *at =
				image->pixels +
				(size_t)(y0 + y * step) * image->stride +
				(size_t)(x0 + x * step) * 3;
			uint64_t sum = 0;

			for (uint32_t k = 0; k < step * step; k++)
				sum += state->gamma
					       [at[(k / step) *
							   (size_t)image
								   ->stride +
						   (size_t)(k % step) * 3 + 1]];
			work->mean[y][x] = (uint32_t)(sum / (step * step));
			if (x)
				contrast += (uint32_t)abs(
					(int)work->mean[y][x] -
					(int)work->mean[y][x - 1]);
		}
	}
	if (contrast < CONTRAST_MIN)
		return YUFU_FACE_NO_FACE;
	out->box[0] = (float)x0;
	out->box[1] = (float)y0;
	out->box[2] = out->box[3] = (float)side;
	out->score = 1;
	return YUFU_FACE_OK;
}

static int32_t engine_quality(const struct yufu_face *state, void *scratch,
			      const struct yufu_face_image *image,
			      struct yufu_face_quality *out)
{
	struct yufu_face_quality found;

	if (!state || !scratch || !out)
		return YUFU_FACE_BAD_ARGUMENT;
	int32_t result = check_image(image);
	if (result == YUFU_FACE_OK) {
		result = find(state, scratch, image, &found);
		deliver(&found, out, out->size);
	}
	return result;
}

/* Your network. */
static void describe(const struct work *work, uint8_t *out)
{
	for (int i = 0; i < TEMPLATE_LEN; i++)
		out[i] = (uint8_t)work->mean[i / FIELDS][i % FIELDS];
}

static int32_t engine_enrol(const struct yufu_face *state, void *scratch,
			    const struct yufu_face_image *images,
			    uint32_t count, uint32_t role, uint8_t *out,
			    uint32_t *out_len,
			    struct yufu_face_quality *measured)
{
	int32_t first = YUFU_FACE_OK;
	uint32_t len = 0;

	if (!state || !scratch || !images || !out || !out_len || !measured ||
	    count < 1 || count > YUFU_FACE_IMAGES_MAX ||
	    role > (YUFU_FACE_PROBE | YUFU_FACE_MEASURE))
		return YUFU_FACE_BAD_ARGUMENT;
	for (uint32_t i = 0; i < count; i++)
		if (check_image(&images[i]) != YUFU_FACE_OK)
			return check_image(&images[i]);
	const uint32_t size = measured->size;
	for (uint32_t i = 0; i < count; i++) {
		struct yufu_face_quality found;
		/* The host's struct may be longer or shorter than ours. */
		void *place = (char *)measured + (size_t)i * size;
		const int32_t result = find(state, scratch, &images[i], &found);

		deliver(&found, place, size);
		if (i == 0)
			first = result;
		/* A real one would take the mean of all of them. */
		if (result == YUFU_FACE_OK && !len) {
			describe(scratch, out);
			len = TEMPLATE_LEN;
		}
	}
	*out_len = len;
	return len ? YUFU_FACE_OK : first;
}

/* What you claim: how many pairs of different people score at least this.
 * `yufu face bench` measures whether it is true. */
static float rate(float score)
{
	(void)score;
	return log10f(0.5f);
}

static int32_t engine_match(const struct yufu_face *state, const uint8_t *probe,
			    uint32_t probe_len, const uint8_t *reference,
			    uint32_t reference_len, struct yufu_face_match *out)
{
	int32_t difference = 0;

	if (!state || !out || out->size < sizeof(*out))
		return YUFU_FACE_BAD_ARGUMENT;
	if (!probe || !reference || probe_len != TEMPLATE_LEN ||
	    reference_len != TEMPLATE_LEN)
		return YUFU_FACE_BAD_TEMPLATE;
	for (int i = 0; i < TEMPLATE_LEN; i++)
		difference += abs((int)probe[i] - (int)reference[i]);
	out->score = -(float)difference;
	out->log10_fmr = rate(out->score);
	out->reserved = 0;
	return YUFU_FACE_OK;
}

static const struct yufu_face_engine engine = {
	.size = sizeof(engine),
	.abi = YUFU_FACE_ABI,
	.id = "org.example.engine",
	.version = "1",
	.open = engine_open,
	.close = engine_close,
	.quality = engine_quality,
	.enrol = engine_enrol,
	.match = engine_match,
	.challenge = NULL, /* its matches never count as live */
};

__attribute__((visibility("default"))) const struct yufu_face_engine *
yufu_face_engine_v1(void)
{
	return &engine;
}
