#define _GNU_SOURCE
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/clock.h"
#include "face/cage.h"
#include "face/conform_lab.h"
#include "face/conform_regions.h"

/*
 * The checks of a conformance run, in the order in which they are printed.
 * Each runs in a process of its own and ends with a verdict; falling off the
 * end of one is a failure.
 */

enum { FRAME_US = 150000, FRAMES = 300, TAMPERS = 64 };

/* --- calls --- */

static uint64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u;
}

static void time_call(struct yf_lab *lab, uint64_t begun_us)
{
	const uint64_t took = now_us() - begun_us;

	if (took > lab->slowest_us)
		lab->slowest_us = took;
}

static void require_fences(struct yf_lab *lab, const char *call)
{
	if (!yf_fence_holds(&lab->scratch) || !yf_fence_holds(&lab->session) ||
	    !yf_fence_holds(&lab->out))
		yf_lab_fail(lab, "%s wrote beside what it was given", call);
}

static bool is_answer(int32_t result)
{
	return result >= YUFU_FACE_OK && result <= YUFU_FACE_QUALITY;
}

static int32_t measure(struct yf_lab *lab, const struct yf_lab_picture *picture,
		       struct yufu_face_quality *quality)
{
	const uint64_t begun = now_us();

	*quality = yf_face_quality_none();
	const int32_t result = lab->engine->quality(lab->state, lab->scratch.at,
						    &picture->image, quality);
	time_call(lab, begun);
	require_fences(lab, "quality()");
	if (!is_answer(result))
		yf_lab_fail(lab, "quality() of \"%s\" answers %d",
			    picture->name, (int)result);
	if (!yf_host_is_quality(quality, (yf_face_answer)result))
		yf_lab_fail(lab,
			    "quality() of \"%s\" answers %d with numbers that"
			    " do not fit it",
			    picture->name, (int)result);
	return result;
}

/* The length of the template, in lab->out; 0 when there is none. */
static uint32_t enrol(struct yf_lab *lab, const struct yf_lab_picture *picture)
{
	struct yufu_face_quality measured = yf_face_quality_none();
	const uint64_t begun = now_us();
	uint32_t len = 0;
	const int32_t result = lab->engine->enrol(
		lab->state, lab->scratch.at, &picture->image, 1,
		YUFU_FACE_PORTRAIT, lab->out.at, &len, &measured);

	time_call(lab, begun);
	require_fences(lab, "enrol()");
	if (!is_answer(result))
		yf_lab_fail(lab, "enrol() of \"%s\" answers %d", picture->name,
			    (int)result);
	if (len > lab->facts->template_len)
		yf_lab_fail(lab, "a template of %u bytes, where %u were said",
			    len, lab->facts->template_len);
	if ((result == YUFU_FACE_OK) != (len > 0))
		yf_lab_fail(lab,
			    "enrol() of \"%s\" answers %d with a template of"
			    " %u bytes",
			    picture->name, (int)result, len);
	return len;
}

/* The first photograph that gives a template; the template in lab->out. */
static const struct yf_lab_picture *enrol_any(struct yf_lab *lab, uint32_t *len)
{
	for (size_t i = 0; i < lab->picture_count; i++) {
		const struct yf_lab_picture *picture = &lab->pictures[i];
		if (picture->made)
			continue;
		*len = enrol(lab, picture);
		if (*len)
			return picture;
	}
	yf_lab_skip(lab, "no photograph of a face that it takes: give some"
			 " with --pictures DIR");
}

static int32_t match(struct yf_lab *lab, const uint8_t *probe, uint32_t len,
		     const uint8_t *reference, uint32_t reference_len,
		     struct yufu_face_match *out)
{
	*out = (struct yufu_face_match){ .size = sizeof(*out),
					 .score = NAN,
					 .log10_fmr = NAN };
	const int32_t result = lab->engine->match(
		lab->state, probe, len, reference, reference_len, out);
	if (result > 0)
		yf_lab_fail(lab, "match() answers %d", (int)result);
	if (result == YUFU_FACE_OK && !isfinite(out->score))
		yf_lab_fail(lab, "match() gives a score that is no number");
	if (result == YUFU_FACE_OK &&
	    !(out->log10_fmr >= -12 && out->log10_fmr <= 0))
		yf_lab_fail(lab, "match() claims a rate outside of -12..0");
	return result;
}

/* --- loading --- */

static void check_loads(struct yf_lab *lab)
{
	char name[YF_CONFORM_WHY_LEN - 40];

	if (yf_failed(yf_cage_approach((uint64_t)2 << 30)))
		yf_lab_fail(lab, "the cage cannot be built");
	const yf_err err = yf_host_load(lab->config->engine_path, &lab->host);
	if (err.code == YF_CODE_NOT_FOUND || err.code == YF_CODE_IO)
		yf_lab_fail(lab, "the file cannot be read");
	if (yf_failed(err))
		yf_lab_fail(lab, "not loadable, or no yufu_face_engine_v1()"
				 " that gives a table of this ABI with id,"
				 " version and functions");
	if (lab->config->engine_path &&
	    yf_lab_find_symbol(lab->config->engine_path, name, sizeof(name)))
		yf_lab_fail(lab, "it exports \"%s\"", name);
	yf_lab_pass(lab, 0);
}

static void check_opens(struct yf_lab *lab)
{
	static const uint8_t zero[YUFU_FACE_HASH_LEN];

	if (memcmp(lab->facts->of.model_hash, zero, sizeof(zero)) == 0)
		yf_lab_fail(lab, "the hash of its model is zero");
	yf_lab_pass(lab,
		    yf_lab_digest(0, lab->facts->of.model_hash, sizeof(zero)));
}

/* It is said so, and nothing else happens. */
static void check_closes(struct yf_lab *lab)
{
	lab->engine->close(lab->state);
	yf_lab_pass(lab, 0);
}

/* --- arguments --- */

static void require_refusal(struct yf_lab *lab, int32_t result,
			    const char *what)
{
	if (result >= 0)
		yf_lab_fail(lab, "%s: answers %d instead of an error", what,
			    (int)result);
	if (result < YUFU_FACE_INTERNAL)
		yf_lab_fail(lab, "%s: %d is no result", what, (int)result);
}

static void check_null(struct yf_lab *lab)
{
	const struct yufu_face_engine *e = lab->engine;
	const struct yufu_face_image *image = &lab->pictures[0].image;
	struct yufu_face_quality quality = yf_face_quality_none();
	struct yufu_face_match out = { .size = sizeof(out) };
	struct yufu_face_image without = *image;
	uint32_t len = 0;

	without.pixels = NULL;
	require_refusal(lab,
			e->quality(lab->state, lab->scratch.at, NULL, &quality),
			"quality() of no image");
	require_refusal(
		lab,
		e->quality(lab->state, lab->scratch.at, &without, &quality),
		"quality() of an image without pixels");
	require_refusal(lab,
			e->quality(lab->state, lab->scratch.at, image, NULL),
			"quality() without a place for it");
	require_refusal(lab,
			e->enrol(lab->state, lab->scratch.at, NULL, 1, 0,
				 lab->out.at, &len, &quality),
			"enrol() of no image");
	require_refusal(lab,
			e->enrol(lab->state, lab->scratch.at, image, 0, 0,
				 lab->out.at, &len, &quality),
			"enrol() of 0 images");
	require_refusal(lab,
			e->enrol(lab->state, lab->scratch.at, image, UINT32_MAX,
				 0, lab->out.at, &len, &quality),
			"enrol() of 2^32-1 images");
	require_refusal(lab, e->match(lab->state, NULL, 0, NULL, 0, &out),
			"match() of nothing");
	require_fences(lab, "a call without arguments");
	yf_lab_pass(lab, 0);
}

static const struct {
	const char *name;
	uint32_t width, height, stride, format;
} bad_images[] = {
	{ "an image of width 0", 0, 240, 0, YUFU_FACE_RGB8 },
	{ "an image of height 0", 320, 0, 960, YUFU_FACE_RGB8 },
	{ "an image of 4097 pixels a side", 4097, 4097, 4097 * 3,
	  YUFU_FACE_RGB8 },
	{ "an image of 2^32-1 pixels a side", UINT32_MAX, UINT32_MAX,
	  UINT32_MAX, YUFU_FACE_RGB8 },
	{ "rows shorter than the image", 320, 240, 959, YUFU_FACE_RGB8 },
	{ "rows of length 0", 320, 240, 0, YUFU_FACE_RGB8 },
	{ "a format that is none", 320, 240, 960, 77 },
};

static void check_bad_images(struct yf_lab *lab)
{
	for (size_t i = 0; i < YF_COUNT(bad_images); i++) {
		struct yufu_face_quality quality = yf_face_quality_none();
		struct yufu_face_image image = lab->pictures[0].image;

		image.width = bad_images[i].width;
		image.height = bad_images[i].height;
		image.stride = bad_images[i].stride;
		image.format = bad_images[i].format;
		require_refusal(lab,
				lab->engine->quality(lab->state,
						     lab->scratch.at, &image,
						     &quality),
				bad_images[i].name);
	}
	require_fences(lab, "quality() of a bad image");
	yf_lab_pass(lab, 0);
}

static void check_images(struct yf_lab *lab)
{
	struct yufu_face_quality quality;

	for (size_t i = 0; i < lab->picture_count; i++)
		measure(lab, &lab->pictures[i], &quality);
	yf_lab_pass(lab, 0);
}

/* A failed enrolment is an answer, and gives no template. */
static void check_enrolment(struct yf_lab *lab)
{
	for (size_t i = 0; i < lab->picture_count; i++)
		if (enrol(lab, &lab->pictures[i]) &&
		    strcmp(lab->pictures[i].name, "grey") == 0)
			yf_lab_fail(lab, "a template of a grey picture");
	yf_lab_pass(lab, 0);
}

/* --- templates --- */

static void check_bad_templates(struct yf_lab *lab)
{
	const uint32_t len = lab->facts->template_len;
	uint8_t *at = lab->out.at;
	struct yufu_face_match out;

	memset(at, 0, len);
	if (match(lab, at, 0, at, 0, &out) >= 0)
		yf_lab_fail(lab, "match() of templates of length 0 answers 0");
	if (match(lab, at, len, at, 0, &out) >= 0)
		yf_lab_fail(lab, "match() with a template of length 0"
				 " answers 0");
	if (match(lab, at, len + 1, at, len + 1, &out) >= 0)
		yf_lab_fail(lab, "match() of templates that are too long"
				 " answers 0");
	if (match(lab, at, UINT32_MAX, at, UINT32_MAX, &out) >= 0)
		yf_lab_fail(lab, "match() of templates of 2^32-1 bytes"
				 " answers 0");
	/* Of the right length, anything may be a template; sane it must be. */
	for (uint64_t seed = 1; seed < 200; seed++) {
		for (uint32_t i = 0; i < len; i++)
			at[i] = (uint8_t)(yf_lab_digest(seed, &i, sizeof(i)) >>
					  13);
		match(lab, at, len, at, len, &out);
		match(lab, at, 1 + (uint32_t)seed % len, at, len, &out);
	}
	require_fences(lab, "match()");
	yf_lab_pass(lab, 0);
}

static void check_match(struct yf_lab *lab)
{
	uint8_t mine[YUFU_FACE_TEMPLATE_LEN_MAX];
	struct yufu_face_match own, other;
	uint32_t len;
	const struct yf_lab_picture *picture = enrol_any(lab, &len);

	memcpy(mine, lab->out.at, len);
	if (match(lab, mine, len, mine, len, &own) != YUFU_FACE_OK)
		yf_lab_fail(lab, "match() of a template with itself fails");
	for (size_t i = 0; i < lab->picture_count; i++) {
		const uint32_t other_len = enrol(lab, &lab->pictures[i]);

		if (!other_len || &lab->pictures[i] == picture)
			continue;
		if (match(lab, mine, len, lab->out.at, other_len, &other) !=
		    YUFU_FACE_OK)
			yf_lab_fail(lab, "match() of two templates fails");
		if (other.score > own.score || other.log10_fmr < own.log10_fmr)
			yf_lab_fail(lab, "another picture is more alike than"
					 " the same one");
	}
	yf_lab_pass(lab, 0);
}

/* --- the same bytes --- */

/* Over everything that the engine says of all pictures. */
static uint64_t digest_all(struct yf_lab *lab, uint8_t fill)
{
	struct yufu_face_quality quality;
	uint64_t digest = 0;

	memset(lab->scratch.at, fill, lab->scratch.len);
	for (size_t i = 0; i < lab->picture_count; i++) {
		measure(lab, &lab->pictures[i], &quality);
		digest = yf_lab_digest(digest, &quality, sizeof(quality));
		const uint32_t len = enrol(lab, &lab->pictures[i]);
		digest = yf_lab_digest(digest, &len, sizeof(len));
		digest = yf_lab_digest(digest, lab->out.at, len);
	}
	return digest;
}

static void check_same_runs(struct yf_lab *lab)
{
	if (digest_all(lab, 0) != digest_all(lab, 0xff))
		yf_lab_fail(lab, "the same pictures give other bytes the second"
				 " time, or what the scratch held before"
				 " shows");
	yf_lab_pass(lab, 0);
}

static void check_same_processes(struct yf_lab *lab)
{
	yf_lab_pass(lab, digest_all(lab, 0));
}

enum { THREADS = 4 };

struct crew {
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	bool go;
	unsigned ready, done;
	uint64_t digests[THREADS];
	struct yf_lab labs[THREADS];
};

struct hand {
	struct crew *crew;
	unsigned number;
};

/* Waits for good when it is done: an end would need a system call. */
static void *work(void *arg)
{
	const struct hand *hand = arg;
	struct crew *crew = hand->crew;

	pthread_mutex_lock(&crew->mutex);
	crew->ready++;
	pthread_cond_broadcast(&crew->changed);
	while (!crew->go)
		pthread_cond_wait(&crew->changed, &crew->mutex);
	pthread_mutex_unlock(&crew->mutex);
	const uint64_t digest = digest_all(&crew->labs[hand->number], 0);
	pthread_mutex_lock(&crew->mutex);
	crew->digests[hand->number] = digest;
	crew->done++;
	pthread_cond_broadcast(&crew->changed);
	for (;;)
		pthread_cond_wait(&crew->changed, &crew->mutex);
	return NULL;
}

static void furnish(struct yf_lab *lab, struct crew *crew)
{
	for (unsigned i = 0; i < THREADS; i++) {
		struct yf_lab *own = &crew->labs[i];

		*own = *lab;
		yf_lab_furnish(own);
	}
}

/* The threads are there before the cage, which does not allow to make any. */
static void check_same_threads(struct yf_lab *lab)
{
	struct crew *crew = calloc(1, sizeof(*crew));
	struct hand hands[THREADS];
	pthread_t thread;

	if (!crew)
		yf_lab_fail(lab, "there is no memory");
	pthread_mutex_init(&crew->mutex, NULL);
	pthread_cond_init(&crew->changed, NULL);
	for (unsigned i = 0; i < THREADS; i++) {
		hands[i] = (struct hand){ crew, i };
		if (pthread_create(&thread, NULL, work, &hands[i]))
			yf_lab_fail(lab, "there are no threads to be had");
	}
	/* A thread that begins makes calls of its own. */
	pthread_mutex_lock(&crew->mutex);
	while (crew->ready < THREADS)
		pthread_cond_wait(&crew->changed, &crew->mutex);
	pthread_mutex_unlock(&crew->mutex);
	if (yf_failed(yf_cage_approach((uint64_t)4 << 30)))
		yf_lab_fail(lab, "the cage cannot be built");
	yf_lab_open(lab);
	furnish(lab, crew);
	yf_lab_lock_in(lab, false);
	pthread_mutex_lock(&crew->mutex);
	crew->go = true;
	pthread_cond_broadcast(&crew->changed);
	while (crew->done < THREADS)
		pthread_cond_wait(&crew->changed, &crew->mutex);
	pthread_mutex_unlock(&crew->mutex);
	for (unsigned i = 1; i < THREADS; i++)
		if (crew->digests[i] != crew->digests[0])
			yf_lab_fail(lab, "threads that share the state give"
					 " different bytes");
	yf_lab_pass(lab, 0);
}

/* --- memory --- */

/* Sealed in: that it comes to an end is the proof. */
static void check_no_calls(struct yf_lab *lab)
{
	struct yufu_face_progress progress = { .size = sizeof(progress),
					       .quality =
						       yf_face_quality_none() };
	const struct yufu_face_challenge challenge = {
		.size = sizeof(challenge),
		.step_count = 1,
		.steps = { YUFU_STEP_TURN_LEFT },
	};
	struct yufu_face_match out;
	uint32_t len = 0;

	digest_all(lab, 0);
	match(lab, lab->out.at, lab->facts->template_len, lab->out.at,
	      lab->facts->template_len, &out);
	if (lab->engine->challenge) {
		memset(lab->session.at, 0, lab->session.len);
		lab->engine->challenge(lab->state, lab->scratch.at,
				       lab->session.at, &challenge,
				       &lab->pictures[0].image, 1000, &progress,
				       lab->out.at, &len);
	}
	yf_lab_pass(lab, 0);
}

/*
 * Every byte that the engine could have kept something in is as before.  What
 * the check itself needs lies on the stack, which is not looked at.
 */
static void check_state(struct yf_lab *given)
{
	static struct yf_regions regions;
	struct yf_lab own = *given, *lab = &own;

	if (yf_failed(yf_cage_approach((uint64_t)2 << 30)))
		yf_lab_fail(lab, "the cage cannot be built");
	yf_lab_open(lab);
	/* Before the fences: they are not the engine's. */
	if (!yf_regions_find(lab->config->engine_path, &regions))
		yf_lab_skip(lab, "the process cannot read its own map");
	yf_lab_furnish(lab);
	yf_lab_lock_in(lab, false);
	const uint64_t before = yf_regions_digest(&regions);
	digest_all(lab, 0);
	if (yf_regions_digest(&regions) != before)
		yf_lab_fail(lab,
			    "memory outside of the scratch is not as it was"
			    " before the pictures: something is kept");
	yf_lab_pass(lab, 0);
}

/* --- versions --- */

/* A host that is older: the struct ends earlier. */
static void check_short_structs(struct yf_lab *lab)
{
	const struct yf_fence place = lab->small;

	for (size_t i = 0; i < lab->picture_count; i++) {
		struct yufu_face_quality *out = (void *)place.at;

		memset(place.at, 0, place.len);
		out->size = YF_LAB_SHORT_QUALITY;
		const int32_t result =
			lab->engine->quality(lab->state, lab->scratch.at,
					     &lab->pictures[i].image, out);
		if (!is_answer(result) && result != YUFU_FACE_BAD_ARGUMENT)
			yf_lab_fail(lab, "a shorter quality: answers %d",
				    (int)result);
		if (!yf_fence_holds(&place))
			yf_lab_fail(lab, "it wrote past the size of a shorter"
					 " struct");
	}
	yf_lab_pass(lab, 0);
}

/* A host that is newer: what it added stays as it was, or is not looked at. */
static void check_long_structs(struct yf_lab *lab)
{
	struct {
		struct yufu_face_quality known;
		uint8_t added[64];
	} out;

	for (size_t i = 0; i < lab->picture_count; i++) {
		memset(&out, 0, sizeof(out));
		out.known.size = sizeof(out);
		const int32_t result = lab->engine->quality(
			lab->state, lab->scratch.at, &lab->pictures[i].image,
			&out.known);
		if (!is_answer(result) ||
		    !yf_host_is_quality(&out.known, (yf_face_answer)result))
			yf_lab_fail(lab,
				    "a longer quality: answers %d, or"
				    " what it measured is not sound",
				    (int)result);
	}
	require_fences(lab, "quality()");
	yf_lab_pass(lab, 0);
}

/* --- time --- */

static void check_deadline(struct yf_lab *lab)
{
	const uint64_t allowed = (uint64_t)lab->config->deadline_ms * 1000;

	digest_all(lab, 0);
	if (lab->slowest_us > allowed)
		yf_lab_fail(lab, "one call took %llu ms, %lld are allowed",
			    (unsigned long long)lab->slowest_us / 1000,
			    (long long)lab->config->deadline_ms);
	yf_lab_pass(lab, 0);
}

/* --- the challenge --- */

static const struct yufu_face_challenge asked = {
	.size = sizeof(asked),
	.step_count = 3,
	.steps = { YUFU_STEP_TURN_LEFT, YUFU_STEP_OPEN_MOUTH,
		   YUFU_STEP_COME_CLOSER },
	.begun_us = 1000000,
};

/* The state after one more picture, or none. */
static uint32_t step(struct yf_lab *lab, const struct yf_lab_picture *picture,
		     uint64_t at_us, int32_t *result)
{
	struct yufu_face_progress progress = { .size = sizeof(progress),
					       .quality =
						       yf_face_quality_none() };
	uint32_t len = 0;

	*result = lab->engine->challenge(lab->state, lab->scratch.at,
					 lab->session.at, &asked,
					 picture ? &picture->image : NULL,
					 at_us, &progress, lab->out.at, &len);
	require_fences(lab, "challenge()");
	if (*result > 0)
		yf_lab_fail(lab, "challenge() answers %d", (int)*result);
	if (*result == YUFU_FACE_OK &&
	    !yf_host_is_progress(&asked, &progress, picture != NULL, len,
				 lab->facts->template_len))
		yf_lab_fail(lab, "challenge() tells of a progress that is not"
				 " sound");
	return *result == YUFU_FACE_OK ? progress.state : YUFU_STATE_FAILED;
}

static void require_challenge(struct yf_lab *lab)
{
	if (!lab->engine->challenge)
		yf_lab_skip(lab, "it has no challenge; its matches never count"
				 " as live");
	memset(lab->session.at, 0, lab->session.len);
}

static void check_challenge_empty(struct yf_lab *lab)
{
	uint32_t state = YUFU_STATE_GO_ON;
	int32_t result;

	require_challenge(lab);
	for (int i = 0; i < FRAMES && state == YUFU_STATE_GO_ON; i++) {
		state = step(lab, NULL, asked.begun_us + (uint64_t)i * FRAME_US,
			     &result);
		if (result != YUFU_FACE_OK)
			yf_lab_fail(lab,
				    "challenge() without a picture"
				    " answers %d",
				    (int)result);
	}
	if (state != YUFU_STATE_FAILED)
		yf_lab_fail(lab, "45 s without a picture do not fail");
	yf_lab_pass(lab, 0);
}

static void check_challenge_repeated(struct yf_lab *lab)
{
	require_challenge(lab);
	/* The small ones: 300 huge pictures would take minutes. */
	for (size_t k = 0; k < lab->picture_count; k++) {
		const struct yf_lab_picture *picture = &lab->pictures[k];
		uint32_t state = YUFU_STATE_GO_ON;
		int32_t result;

		if (picture->image.height > 1600)
			continue;
		memset(lab->session.at, 0, lab->session.len);
		for (int i = 0; i < FRAMES && state == YUFU_STATE_GO_ON; i++)
			state = step(lab, picture,
				     asked.begun_us + (uint64_t)i * FRAME_US,
				     &result);
		if (state == YUFU_STATE_PASSED)
			yf_lab_fail(lab, "one picture again and again passes");
		if (state == YUFU_STATE_GO_ON)
			yf_lab_fail(lab, "one picture for 45 s does not fail");
	}
	yf_lab_pass(lab, 0);
}

/* Bytes that were changed give an error or go on; they never pass. */
static void check_challenge_tampered(struct yf_lab *lab)
{
	const struct yf_lab_picture *picture =
		&lab->pictures[lab->picture_count - 1];
	static uint8_t kept[YUFU_FACE_SESSION_LEN_MAX];
	int32_t result;

	require_challenge(lab);
	if (picture->image.height > 1600)
		picture = &lab->pictures[0];
	for (int i = 0; i < 3; i++)
		step(lab, picture, asked.begun_us + (uint64_t)i * FRAME_US,
		     &result);
	memcpy(kept, lab->session.at, lab->session.len);
	for (uint64_t i = 0; i < TAMPERS; i++) {
		const uint64_t at = yf_lab_digest(i, &i, sizeof(i));

		memcpy(lab->session.at, kept, lab->session.len);
		lab->session.at[at % lab->session.len] ^=
			(uint8_t)(1 + (at >> 40) % 255);
		if (i % 8 == 7)
			memset(lab->session.at, 0xff, lab->session.len);
		if (step(lab, picture, asked.begun_us + (uint64_t)4 * FRAME_US,
			 &result) == YUFU_STATE_PASSED)
			yf_lab_fail(lab, "a session whose bytes were changed"
					 " passes");
	}
	yf_lab_pass(lab, 0);
}

const struct yf_lab_check yf_lab_checks[] = {
	{ "loads",
	  "yufu_face_engine_v1() gives a table of this ABI with sound id, "
	  "version and functions, and nothing exported searches or guesses",
	  YF_LAB_UNOPENED, check_loads, 1 },
	{ "opens",
	  "open() keeps to the limits and names its model, the same each time",
	  YF_LAB_CAGED, check_opens, 2 },
	{ "closes", "close() comes back", YF_LAB_CAGED, check_closes, 1 },
	{ "null_arguments", "missing arguments are refused, not followed",
	  YF_LAB_CAGED, check_null, 1 },
	{ "bad_images", "images that cannot be are refused", YF_LAB_CAGED,
	  check_bad_images, 1 },
	{ "images", "any picture gets an ordinary answer with sound numbers",
	  YF_LAB_CAGED, check_images, 1 },
	{ "enrolment",
	  "a template comes with OK and with nothing else, of the length "
	  "promised",
	  YF_LAB_CAGED, check_enrolment, 1 },
	{ "bad_templates",
	  "templates of length 0, too long or of garbage give an error or "
	  "sound numbers",
	  YF_LAB_CAGED, check_bad_templates, 1 },
	{ "match",
	  "scores are finite, rates are claimed within -12..0, and nothing is "
	  "more alike than the same picture",
	  YF_LAB_CAGED, check_match, 1 },
	{ "same_runs", "the same pictures give the same bytes again",
	  YF_LAB_CAGED, check_same_runs, 1 },
	{ "same_threads",
	  "threads that share the state give the same bytes at the same time",
	  YF_LAB_UNOPENED, check_same_threads, 1 },
	{ "same_processes", "another process gives the same bytes",
	  YF_LAB_CAGED, check_same_processes, 2 },
	{ "no_calls", "after open() no memory is taken and no system call made",
	  YF_LAB_SEALED, check_no_calls, 1 },
	{ "state_untouched",
	  "nothing of a picture stays anywhere but in scratch and results",
	  YF_LAB_UNOPENED, check_state, 1 },
	{ "short_structs", "a host with shorter structs is not written past",
	  YF_LAB_CAGED, check_short_structs, 1 },
	{ "long_structs", "a host with longer structs is served", YF_LAB_CAGED,
	  check_long_structs, 1 },
	{ "deadline", "every call comes back in time, the largest picture too",
	  YF_LAB_CAGED, check_deadline, 1 },
	{ "challenge_empty", "a session without pictures fails", YF_LAB_CAGED,
	  check_challenge_empty, 1 },
	{ "challenge_repeated", "one picture again and again never passes",
	  YF_LAB_CAGED, check_challenge_repeated, 1 },
	{ "challenge_tampered",
	  "session bytes that were changed never pass and never crash",
	  YF_LAB_CAGED, check_challenge_tampered, 1 },
};

const size_t yf_lab_check_count = YF_COUNT(yf_lab_checks);
