#include "face/reference.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/secret.h"
#include "face/compare.h"
#include "face/engine.h"
#include "face/liveness.h"
#include "face/quality.h"
#include "face/sight.h"

enum { PATH_LEN_MAX = 4096 };

struct yufu_face {
	struct yf_plan *finder;    /* detector and points */
	struct yf_plan *describer; /* NULL: that of the finder */
	struct yf_nets nets;
};

struct session {
	uint64_t check; /* over what follows */
	uint32_t begun;
	struct yufu_face_challenge challenge;
	struct yf_liveness liveness;
};

_Static_assert(sizeof(struct session) <= YUFU_FACE_SESSION_LEN_MAX,
	       "a session fits");

/* --- open and close --- */

static int32_t result_of(yf_err err)
{
	if (err.code == YF_CODE_MEMORY)
		return YUFU_FACE_NO_MEMORY;
	return yf_failed(err) ? YUFU_FACE_BAD_MODEL : YUFU_FACE_OK;
}

/* A model without a detector describes the faces that face.model finds. */
static yf_err open_plans(const struct yufu_face_config *config,
			 struct yufu_face *state)
{
	char path[PATH_LEN_MAX];

	if (config->model) {
		YF_TRY(yf_plan_open(config->model, &state->describer));
		if (yf_plan_find(state->describer, YF_PROGRAM_DETECT, 0)) {
			state->finder = YF_MOVE(state->describer);
			return YF_OK;
		}
	}
	const int len = snprintf(path, sizeof(path), "%s/face.model",
				 config->folder ? config->folder : ".");
	if (len < 0 || (size_t)len >= sizeof(path))
		return YF_FAIL(NOT_FOUND);
	return yf_plan_open(path, &state->finder);
}

static const struct yf_plan *describer_of(const struct yufu_face *state)
{
	return state->describer ? state->describer : state->finder;
}

static void close_engine(struct yufu_face *state)
{
	if (!state)
		return;
	yf_plan_close(state->finder);
	yf_plan_close(state->describer);
	free(state);
}

/*
 * Scores depend on where the face was found as on what describes it.  Each
 * digest is a SHA-256; to hit the sum of two is as hard as a collision of one.
 */
static void put_hash(const struct yufu_face *state,
		     uint8_t out[static YUFU_FACE_HASH_LEN])
{
	const struct yf_plan *describer = state->describer;

	for (size_t i = 0; i < YUFU_FACE_HASH_LEN; i++)
		out[i] = state->finder->digest.ptr[i] ^
			 (describer ? describer->digest.ptr[i] : 0);
}

static int32_t open_engine(const struct yufu_face_config *config,
			   struct yufu_face **state,
			   struct yufu_face_opened *opened)
{
	struct yufu_face *made = calloc(1, sizeof(*made));

	if (!made)
		return YUFU_FACE_NO_MEMORY;
	yf_err err = open_plans(config, made);
	if (!yf_failed(err))
		err = yf_nets_find(made->finder, made->describer,
				   yf_kernel_best(), &made->nets);
	if (yf_failed(err)) {
		close_engine(made);
		return result_of(err);
	}
	put_hash(made, opened->model_hash);
	opened->template_len = made->nets.output;
	opened->session_len = sizeof(struct session);
	opened->scratch_len = yf_engine_len(&made->nets);
	*state = made;
	return YUFU_FACE_OK;
}

/* --- pictures --- */

/* Rows of RGB without gaps, which is what the host has. */
static bool is_picture(const struct yufu_face_image *image)
{
	return image && image->pixels && image->format == YUFU_FACE_RGB8 &&
	       image->width >= 1 && image->width <= YUFU_FACE_SIDE_MAX &&
	       image->height >= 1 && image->height <= YUFU_FACE_SIDE_MAX &&
	       image->stride == image->width * 3;
}

static int32_t result_of_look(const struct yf_look *look)
{
	switch (look->outcome) {
	case YF_LOOK_FACE:
		return YUFU_FACE_OK;
	case YF_LOOK_NONE:
		return YUFU_FACE_NO_FACE;
	case YF_LOOK_MANY:
		return YUFU_FACE_MANY_FACES;
	case YF_LOOK_TOO_SMALL:
	case YF_LOOK_TOO_DARK:
	case YF_LOOK_TOO_BRIGHT:
	case YF_LOOK_BLURRED:
	case YF_LOOK_CUT_OFF:
		break;
	}
	return YUFU_FACE_QUALITY;
}

/* An older host has a shorter struct. */
static void put_quality(const struct yufu_face_image *image,
			const struct yf_look *look,
			struct yufu_face_quality *out, uint32_t size)
{
	const struct yf_pixels pixels = { image->pixels, image->width,
					  image->height };
	struct yufu_face_quality quality;

	yf_quality_measure(&pixels, look, &quality);
	quality.size = size;
	memcpy(out, &quality, size < sizeof(quality) ? size : sizeof(quality));
}

static void look_at(const struct yufu_face *state, void *scratch,
		    const struct yufu_face_image *image, yf_face_depth depth,
		    struct yf_look *out)
{
	struct yf_engine *engine = yf_engine_place(&state->nets, scratch);
	const struct yf_pixels pixels = { image->pixels, image->width,
					  image->height };

	yf_engine_look_at(engine, &pixels, depth, out);
	yf_engine_wipe(engine);
}

static int32_t quality(const struct yufu_face *state, void *scratch,
		       const struct yufu_face_image *image,
		       struct yufu_face_quality *out)
{
	struct yf_look look;

	if (!state || !scratch || !out || !is_picture(image))
		return YUFU_FACE_BAD_ARGUMENT;
	look_at(state, scratch, image, YF_FACE_LANDMARKS, &look);
	put_quality(image, &look, out, out->size);
	const int32_t result = result_of_look(&look);
	yf_wipe(&look, sizeof(look));
	return result;
}

/* --- templates --- */

static bool is_described(const struct yf_look *look)
{
	for (int i = 0; i < YF_FACE_DESCRIPTOR; i++)
		if (look->descriptor[i] != 0)
			return true;
	return false;
}

/* The entries stand as far apart as the host's struct is long. */
static struct yufu_face_quality *quality_at(struct yufu_face_quality *first,
					    uint32_t i, uint32_t size)
{
	return (struct yufu_face_quality *)(void *)((char *)first +
						    (size_t)i * size);
}

/* NOLINTNEXTLINE(readability-function-size): the interface's signature */
static int32_t enrol(const struct yufu_face *state, void *scratch,
		     const struct yufu_face_image *images, uint32_t count,
		     uint32_t role, uint8_t *out, uint32_t *out_len,
		     struct yufu_face_quality *measured)
{
	const bool measure = (role & YUFU_FACE_MEASURE) != 0;
	float sum[YF_FACE_DESCRIPTOR] = { 0 };
	int32_t first = YUFU_FACE_OK;
	uint32_t used = 0;
	struct yf_look look;

	if (!state || !scratch || !images || !out || !out_len || !measured ||
	    count < 1 || count > YUFU_FACE_IMAGES_MAX || !measured->size ||
	    (role & ~(uint32_t)YUFU_FACE_MEASURE) > YUFU_FACE_PROBE)
		return YUFU_FACE_BAD_ARGUMENT;
	const uint32_t size = measured->size;
	for (uint32_t i = 0; i < count; i++)
		if (!is_picture(&images[i]))
			return YUFU_FACE_BAD_ARGUMENT;
	for (uint32_t i = 0; i < count; i++) {
		look_at(state, scratch, &images[i],
			measure ? YF_FACE_MEASUREMENT : YF_FACE_DESCRIPTION,
			&look);
		put_quality(&images[i], &look, quality_at(measured, i, size),
			    size);
		if (i == 0)
			first = result_of_look(&look);
		used += is_described(&look);
		for (int k = 0; k < YF_FACE_DESCRIPTOR; k++)
			sum[k] += look.descriptor[k];
	}
	const bool made = used && yf_template_make(sum, state->nets.output,
						   (int8_t *)out);
	yf_wipe(sum, sizeof(sum));
	yf_wipe(&look, sizeof(look));
	*out_len = made ? state->nets.output : 0;
	/* Faces that cancel out, which no two do, are no usable face. */
	return made ? YUFU_FACE_OK : first ? first : YUFU_FACE_INTERNAL;
}

/* Bytes as the numbers that they are. */
static const int8_t *numbers_of(const uint8_t *at)
{
	return (const int8_t *)at;
}

static bool is_template(const struct yufu_face *state, const uint8_t *at,
			uint32_t len)
{
	int largest = 0;

	if (!at || len != state->nets.output)
		return false;
	for (int i = 0; i < (int)len; i++) {
		const int size = abs(numbers_of(at)[i]);
		largest = size > largest ? size : largest;
	}
	return largest == YF_TEMPLATE_LARGEST;
}

static int32_t match(const struct yufu_face *state, const uint8_t *probe,
		     uint32_t probe_len, const uint8_t *reference,
		     uint32_t reference_len, struct yufu_face_match *out)
{
	if (!state || !out || out->size < sizeof(*out))
		return YUFU_FACE_BAD_ARGUMENT;
	if (!is_template(state, probe, probe_len) ||
	    !is_template(state, reference, reference_len))
		return YUFU_FACE_BAD_TEMPLATE;
	const float far = yf_template_distance(
		numbers_of(probe), numbers_of(reference), probe_len);
	*out = (struct yufu_face_match){ .size = out->size,
					 .score = 2 - far,
					 .log10_fmr = yf_plan_log10_fmr(
						 describer_of(state), far) };
	return YUFU_FACE_OK;
}

/* --- challenge --- */

/* FNV-1a. */
static uint64_t check_of(const struct session *session)
{
	const uint8_t *at = (const uint8_t *)session + sizeof(session->check);
	uint64_t check = 0xcbf29ce484222325u;

	for (size_t i = 0; i < sizeof(*session) - sizeof(session->check); i++)
		check = (check ^ at[i]) * 0x100000001b3u;
	return check;
}

static bool is_empty(const struct session *session)
{
	const uint8_t *at = (const uint8_t *)session;

	for (size_t i = 0; i < sizeof(*session); i++)
		if (at[i])
			return false;
	return true;
}

static bool is_same_challenge(const struct yufu_face_challenge *a,
			      const struct yufu_face_challenge *b)
{
	return a->step_count == b->step_count &&
	       memcmp(a->steps, b->steps, sizeof(a->steps)) == 0 &&
	       a->accessible == b->accessible && a->begun_us == b->begun_us;
}

/* The session goes on as it was left, or it begins. */
static int32_t resume(struct session *session,
		      const struct yufu_face_challenge *challenge)
{
	if (is_empty(session)) {
		session->begun = 1;
		session->challenge = *challenge;
		yf_liveness_begin(&session->liveness, challenge);
		return YUFU_FACE_OK;
	}
	return session->check == check_of(session) && session->begun == 1 &&
			       is_same_challenge(&session->challenge,
						 challenge) &&
			       yf_liveness_is_sound(&session->liveness,
						    challenge)
		       ? YUFU_FACE_OK
		       : YUFU_FACE_BAD_SESSION;
}

static void feed(const struct yufu_face *state, void *scratch,
		 struct yf_liveness *liveness,
		 const struct yufu_face_image *image, int64_t now_ms,
		 struct yufu_face_progress *out)
{
	struct yf_look look;

	look_at(state, scratch, image,
		yf_liveness_wants_descriptor(liveness) ? YF_FACE_DESCRIPTION
						       : YF_FACE_LANDMARKS,
		&look);
	out->image_result = (uint32_t)result_of_look(&look);
	put_quality(image, &look, &out->quality, sizeof(out->quality));
	yf_liveness_feed(liveness, &look, now_ms);
	yf_wipe(&look, sizeof(look));
}

/* NOLINTNEXTLINE(readability-function-size): the interface's signature */
static int32_t challenge(const struct yufu_face *state, void *scratch,
			 uint8_t *bytes,
			 const struct yufu_face_challenge *challenge,
			 const struct yufu_face_image *image, uint64_t now_us,
			 struct yufu_face_progress *out, uint8_t *probe,
			 uint32_t *probe_len)
{
	const int64_t now_ms = (int64_t)(now_us / 1000);
	float best[YF_FACE_DESCRIPTOR];
	struct session session;

	if (!state || !scratch || !bytes || !challenge || !out || !probe ||
	    !probe_len || out->size < sizeof(*out) ||
	    (image && !is_picture(image)) || !yf_liveness_accepts(challenge) ||
	    now_us < challenge->begun_us || now_us > INT64_MAX)
		return YUFU_FACE_BAD_ARGUMENT;
	memcpy(&session, bytes, sizeof(session));
	const int32_t result = resume(&session, challenge);
	if (result != YUFU_FACE_OK)
		return result;
	out->image_result = YUFU_FACE_NO_FACE;
	out->quality = yf_face_quality_none();
	if (image)
		feed(state, scratch, &session.liveness, image, now_ms, out);
	else
		yf_liveness_wait(&session.liveness, now_ms);
	yf_liveness_report(&session.liveness, now_ms,
			   image ? &out->quality : NULL, out);
	*probe_len = out->state == YUFU_STATE_PASSED && image &&
				     yf_liveness_descriptor(&session.liveness,
							    best) &&
				     yf_template_make(best, state->nets.output,
						      (int8_t *)probe)
			     ? state->nets.output
			     : 0;
	session.check = check_of(&session);
	memcpy(bytes, &session, sizeof(session));
	yf_wipe(&session, sizeof(session));
	yf_wipe(best, sizeof(best));
	return YUFU_FACE_OK;
}

const struct yufu_face_engine yf_reference_engine = {
	.size = sizeof(yf_reference_engine),
	.abi = YUFU_FACE_ABI,
	.id = "org.yufu.ref",
	.version = "2",
	.open = open_engine,
	.close = close_engine,
	.quality = quality,
	.enrol = enrol,
	.match = match,
	.challenge = challenge,
};
