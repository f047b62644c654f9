#include "face/engine.h"

#include <math.h>
#include <stdlib.h>

#include "../support/picture.h"
#include "base/file.h"
#include "face/align.h"
#include "face/match.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

struct bed {
	struct yf_arena *arena;
	struct yf_plan *model;
	struct yf_engine *engine;
};

static int open_bed(void **state)
{
	static struct bed bed;

	bed.arena = yf_arena_new(512u << 20);
	if (!bed.arena ||
	    yf_failed(yf_plan_open("build/face.model", &bed.model)) ||
	    yf_failed(yf_engine_new(bed.model, NULL, yf_kernel_best(),
				    &bed.engine)))
		return -1;
	*state = &bed;
	return 0;
}

static int close_bed(void **state)
{
	struct bed *bed = *state;

	yf_engine_free(bed->engine);
	yf_plan_close(bed->model);
	yf_arena_free(bed->arena);
	return 0;
}

static struct yf_look look(struct bed *bed, const struct yf_pixels *pixels,
			   yf_face_depth depth)
{
	struct yf_look out;

	yf_engine_look_at(bed->engine, pixels, depth, &out);
	return out;
}

static struct yf_look look_crop(struct bed *bed,
				const struct picture_crop *crop)
{
	const struct yf_pixels pixels = picture_pixels(bed->arena, crop);

	return look(bed, &pixels, YF_FACE_DESCRIPTION);
}

static void people(void **state)
{
	const struct yf_look ann = look_crop(*state, &picture_ann);
	const struct yf_look bea = look_crop(*state, &picture_bea);
	const struct yf_look mia = look_crop(*state, &picture_mia);
	const struct yf_look *const all[] = { &ann, &bea, &mia };

	for (size_t i = 0; i < YF_COUNT(all); i++) {
		float squares = 0;

		assert_int_equal(all[i]->outcome, YF_LOOK_FACE);
		for (size_t k = 0; k < YF_FACE_DESCRIPTOR; k++)
			squares +=
				all[i]->descriptor[k] * all[i]->descriptor[k];
		assert_true(fabsf(squares - 1) < 1e-5f);
		assert_true(fabsf(all[i]->yaw) < 0.35f);
		for (size_t k = 0; k < i; k++)
			assert_true(yf_look_distance(all[i]->descriptor,
						     all[k]->descriptor) >
				    YF_MATCH_FMR_1E3);
	}
	assert_int_equal(look_crop(*state, &picture_group).outcome,
			 YF_LOOK_MANY);
}

/* A change of the picture, and what the engine must say then. */
typedef void (*change)(struct yf_arena *arena, struct yf_pixels *pixels);

static uint8_t *writable(const struct yf_pixels *pixels)
{
	return (uint8_t *)(uintptr_t)pixels->rgb;
}

static void scale_light(struct yf_pixels *pixels, float gain, float lift)
{
	uint8_t *at = writable(pixels);

	for (size_t i = 0; i < (size_t)pixels->w * pixels->h * 3; i++)
		at[i] = (uint8_t)fminf(255, (float)at[i] * gain + lift);
}

static void darken(struct yf_arena *arena, struct yf_pixels *pixels)
{
	(void)arena;
	scale_light(pixels, 0.22f, 0);
}

static void brighten(struct yf_arena *arena, struct yf_pixels *pixels)
{
	(void)arena;
	scale_light(pixels, 0.8f, 150);
}

static void smear(struct yf_arena *arena, struct yf_pixels *pixels)
{
	const struct yf_pixels small = picture_shrink(arena, pixels, 48);
	uint8_t *at = writable(pixels);
	const float step = (float)small.w / (float)pixels->w;

	for (uint32_t i = 0; i < pixels->w * pixels->h * 3; i++) {
		const uint32_t c = i % 3, x = i / 3 % pixels->w;
		const uint32_t y = i / 3 / pixels->w;
		const float fx = fminf((float)x * step, 46.99f);
		const float fy = fminf((float)y * step, 46.99f);
		const uint32_t ix = (uint32_t)fx, iy = (uint32_t)fy;
		const float dx = fx - (float)ix, dy = fy - (float)iy;
		const uint8_t *p = small.rgb + (iy * 48 + ix) * 3 + c;
		at[i] = (uint8_t)((1 - dy) * ((1 - dx) * (float)p[0] +
					      dx * (float)p[3]) +
				  dy * ((1 - dx) * (float)p[144] +
					dx * (float)p[147]));
	}
}

static void shrink(struct yf_arena *arena, struct yf_pixels *pixels)
{
	*pixels = picture_shrink(arena, pixels, 66);
}

static void blank(struct yf_arena *arena, struct yf_pixels *pixels)
{
	(void)arena;
	scale_light(pixels, 0, 128);
}

/* Only the right part, so that half of one cheek is missing. */
static void cut(struct yf_arena *arena, struct yf_pixels *pixels)
{
	const uint32_t left = pixels->w * 43 / 100;
	const uint32_t w = pixels->w - left;
	uint8_t *to = YF_NEW(arena, uint8_t, (size_t)w * pixels->h * 3);

	assert_non_null(to);
	for (uint32_t y = 0; y < pixels->h; y++)
		memcpy(to + (size_t)y * w * 3,
		       pixels->rgb + ((size_t)y * pixels->w + left) * 3,
		       (size_t)w * 3);
	*pixels = (struct yf_pixels){ to, w, pixels->h };
}

static const struct {
	const char *name;
	change change;
	yf_look_outcome want;
} changes[] = {
	{ "dark", darken, YF_LOOK_TOO_DARK },
	{ "bright", brighten, YF_LOOK_TOO_BRIGHT },
	{ "blurred", smear, YF_LOOK_BLURRED },
	{ "small", shrink, YF_LOOK_TOO_SMALL },
	{ "blank", blank, YF_LOOK_NONE },
	{ "cut off", cut, YF_LOOK_CUT_OFF },
};

static void outcomes(void **state)
{
	static const struct yf_look nothing;
	struct bed *bed = *state;

	for (size_t i = 0; i < YF_COUNT(changes); i++) {
		struct yf_pixels pixels =
			picture_pixels(bed->arena, &picture_ann);

		changes[i].change(bed->arena, &pixels);
		const struct yf_look got =
			look(bed, &pixels, YF_FACE_DESCRIPTION);
		print_message("  %s: outcome %d, luma %.0f, sharpness %.1f, "
			      "eyes %.0f\n",
			      changes[i].name, got.outcome,
			      (double)got.brightness, (double)got.sharpness,
			      (double)got.eye_distance);
		assert_int_equal(got.outcome, changes[i].want);
		assert_memory_equal(got.descriptor, nothing.descriptor,
				    sizeof(got.descriptor));
	}
}

static void mirror(struct yf_pixels *pixels)
{
	uint8_t *at = writable(pixels);

	for (uint32_t y = 0; y < pixels->h; y++)
		for (uint32_t x = 0; x < pixels->w / 2; x++)
			for (uint32_t c = 0; c < 3; c++) {
				uint8_t *row = at + (size_t)y * pixels->w * 3;
				uint8_t *a = row + x * 3 + c;
				uint8_t *b = row + (pixels->w - 1 - x) * 3 + c;
				const uint8_t kept = *a;
				*a = *b;
				*b = kept;
			}
}

/* A mirrored picture is the same person, turned the other way. */
static void mirrored(void **state)
{
	static const struct picture_crop turned = { 1, 698, 324, 474 };
	struct bed *bed = *state;
	struct yf_pixels pixels = picture_pixels(bed->arena, &turned);
	const struct yf_look one = look(bed, &pixels, YF_FACE_DESCRIPTION);

	mirror(&pixels);
	const struct yf_look two = look(bed, &pixels, YF_FACE_DESCRIPTION);
	assert_int_equal(one.outcome, YF_LOOK_FACE);
	assert_int_equal(two.outcome, YF_LOOK_FACE);
	assert_true(one.yaw < -0.35f && two.yaw > 0.35f);
	assert_true(fabsf(one.yaw + two.yaw) < 0.2f);
	assert_true(yf_look_distance(one.descriptor, two.descriptor) <
		    YF_MATCH_SAME_SESSION);
	assert_true(one.pixels_hash != two.pixels_hash);
}

/* The same picture twice gives the same bytes: nothing is left of the one
 * before, and no order of work varies. */
static void repeatable(void **state)
{
	struct bed *bed = *state;
	const struct yf_pixels ann = picture_pixels(bed->arena, &picture_ann);
	const struct yf_pixels mia = picture_pixels(bed->arena, &picture_mia);
	const struct yf_look one = look(bed, &ann, YF_FACE_DESCRIPTION);

	look(bed, &mia, YF_FACE_DESCRIPTION);
	const struct yf_look two = look(bed, &ann, YF_FACE_DESCRIPTION);
	yf_engine_wipe(bed->engine);
	const struct yf_look three = look(bed, &ann, YF_FACE_DESCRIPTION);
	assert_memory_equal(&one, &two, sizeof(one));
	assert_memory_equal(&one, &three, sizeof(one));
}

static void same_in_every_kernel(void **state)
{
	struct bed *bed = *state;
	const struct yf_pixels ann = picture_pixels(bed->arena, &picture_ann);
	const struct yf_look want = look(bed, &ann, YF_FACE_DESCRIPTION);

	for (size_t k = 0; yf_kernels[k]; k++) {
		YF_AUTO(engine) engine = NULL;
		struct yf_look got;

		if (!yf_kernel_runs(yf_kernels[k]))
			continue;
		assert_false(yf_failed(yf_engine_new(bed->model, NULL,
						     yf_kernels[k], &engine)));
		yf_engine_look_at(engine, &ann, YF_FACE_DESCRIPTION, &got);
		assert_int_equal(got.outcome, want.outcome);
		for (size_t i = 0; i < YF_FACE_DESCRIPTOR; i++)
			assert_true(fabsf(got.descriptor[i] -
					  want.descriptor[i]) < 1e-5f);
		for (size_t i = 0; i < YF_FACE_POINTS; i++)
			assert_true(fabsf(got.points[i][0] -
					  want.points[i][0]) < 1e-2f);
	}
}

static void depths(void **state)
{
	static const struct yf_look nothing;
	struct bed *bed = *state;
	const struct yf_pixels group =
		picture_pixels(bed->arena, &picture_group);
	const struct yf_pixels ann = picture_pixels(bed->arena, &picture_ann);
	struct yf_look got = look(bed, &ann, YF_FACE_LANDMARKS);
	const size_t len = sizeof(got.descriptor);

	assert_int_equal(got.outcome, YF_LOOK_FACE);
	assert_memory_equal(got.descriptor, nothing.descriptor, len);
	const struct yf_look full = look(bed, &ann, YF_FACE_DESCRIPTION);
	const struct yf_look quick = look(bed, &ann, YF_FACE_TRACKING);
	const float apart = yf_look_distance(full.descriptor, quick.descriptor);
	assert_true(apart > 0 && apart < YF_MATCH_SAME_SESSION / 2);
	got = look(bed, &group, YF_FACE_TRACKING);
	assert_memory_equal(got.descriptor, nothing.descriptor, len);
	got = look(bed, &group, YF_FACE_DESCRIPTION);
	assert_memory_equal(got.descriptor, nothing.descriptor, len);
	got = look(bed, &group, YF_FACE_MEASUREMENT);
	assert_int_equal(got.outcome, YF_LOOK_MANY);
	assert_memory_not_equal(got.descriptor, nothing.descriptor, len);
}

/* Points that were made by a similarity are found to be that. */
static void aligned(void **state)
{
	struct yf_affine flat = { 0 }, found;
	float points[YF_FACE_POINTS][2] = { { 0 } };
	const struct yf_look ann = look_crop(*state, &picture_ann);

	assert_true(yf_align(ann.points, 150, &flat) < 150 * 0.08f);
	for (size_t i = 0; i < YF_FACE_POINTS; i++) {
		const float x = ann.points[i][0], y = ann.points[i][1];
		points[i][0] = 0.6f * x - 0.8f * y + 11;
		points[i][1] = 0.8f * x + 0.6f * y - 7;
	}
	yf_align(points, 150, &found);
	assert_true(fabsf(found.a - (0.6f * flat.a - 0.8f * flat.d)) < 1e-3f);
	assert_true(fabsf(found.d - (0.8f * flat.a + 0.6f * flat.d)) < 1e-3f);
	assert_true(fabsf(found.c - (0.6f * flat.c - 0.8f * flat.f + 11)) <
		    0.05f);
}

static float strange(uint32_t *seed)
{
	static const float values[] = { NAN,    INFINITY, -INFINITY, 3e38f,
					-3e38f, 1e-40f,   0,         1e10f };

	*seed = *seed * 1664525u + 1013904223u;
	return values[*seed >> 29];
}

/* One job of a plan with mad numbers: its weights, in a copy of the file. */
static void madden(struct yf_plan_job *job, const struct yf_program *program,
		   uint32_t *seed)
{
	const size_t len = yf_plan_weights(job, &program->maps[job->in],
					   &program->maps[job->out]);
	float *at = (float *)(uintptr_t)job->weights;

	for (size_t k = 0; k < len; k += 7)
		at[k] = strange(seed);
}

static void look_with(struct bed *bed, const struct yf_plan *plan,
		      const struct yf_pixels *ann)
{
	YF_AUTO(engine) engine = NULL;
	struct yf_look got;

	(void)bed;
	assert_false(yf_failed(
		yf_engine_new(plan, NULL, yf_kernel_best(), &engine)));
	yf_engine_look_at(engine, ann, YF_FACE_MEASUREMENT, &got);
	for (size_t k = 0; k < YF_FACE_POINTS; k++)
		assert_true(isfinite(got.points[k][0]) &&
			    isfinite(got.points[k][1]));
	for (size_t k = 0; k < YF_FACE_DESCRIPTOR; k++)
		assert_true(isfinite(got.descriptor[k]));
}

/* A plan with a good header and mad numbers finds no face, or one whose
 * numbers are numbers; it never goes astray. */
static void mad_model(void **state)
{
	enum { STEP = 3 };
	struct bed *bed = *state;
	const struct yf_pixels ann = picture_pixels(bed->arena, &picture_ann);
	const yf_bytes good = bed->model->file;
	const size_t len = (good.len + 63) / 64 * 64;
	uint8_t *copy = aligned_alloc(64, len);
	YF_AUTO(plan) plan = NULL;
	uint32_t seed = 1;
	size_t tried = 0;

	assert_non_null(copy);
	memcpy(copy, good.ptr, good.len);
	assert_false(
		yf_failed(yf_plan_check((yf_bytes){ copy, good.len }, &plan)));
	for (uint32_t i = 0; i < plan->program_count; i++)
		for (uint32_t k = 0; k < plan->programs[i].job_count;
		     k += STEP) {
			struct yf_program *program = &plan->programs[i];
			if (!program->jobs[k].weights)
				continue;
			madden(&program->jobs[k], program, &seed);
			look_with(bed, plan, &ann);
			memcpy(copy, good.ptr, good.len);
			tried++;
		}
	assert_true(tried > 20);
	yf_plan_close(YF_MOVE(plan));
	free(copy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(people),
		cmocka_unit_test(outcomes),
		cmocka_unit_test(mirrored),
		cmocka_unit_test(repeatable),
		cmocka_unit_test(depths),
		cmocka_unit_test(aligned),
		cmocka_unit_test(same_in_every_kernel),
		cmocka_unit_test(mad_model),
	};
	if (!picture_available() || !yf_file_exists("build/face.model")) {
		print_message("SKIPPED no pictures or no build/face.model\n");
		return 0;
	}
	return cmocka_run_group_tests(tests, open_bed, close_bed);
}
