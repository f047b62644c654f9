#include "face/quality.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../support/actor.h"
#include "../support/picture.h"
#include "base/file.h"
#include "demo/head.h"
#include "demo/sitter.h"
#include "face/engine.h"
#include "face/pose.h"
#include "face/shape.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static const char model[] = "build/face.model";
static const char samples[] = "node_modules/@vladmandic/face-api/demo";

enum { SITTERS_MAX = 8, ARENA_LEN = 64 * 1024 * 1024 };

struct bed {
	struct yf_plan *model;
	struct yf_engine *engine;
	struct yf_head *heads[SITTERS_MAX];
	size_t count;
};

#define assert_ok(call)                                                      \
	do {                                                                 \
		const yf_err err_ = (call);                                  \
		if (yf_failed(err_))                                         \
			fail_msg("%s at %s", yf_err_name(err_), err_.where); \
	} while (0)

static int open_bed(void **state)
{
	static struct bed bed;
	const struct yf_sitter *sitters = yf_sitters(&bed.count);
	struct yf_look look;

	assert_ok(yf_plan_open(model, &bed.model));
	assert_ok(
		yf_engine_new(bed.model, NULL, yf_kernel_best(), &bed.engine));
	assert_true(bed.count <= SITTERS_MAX);
	for (size_t i = 0; i < bed.count; i++) {
		YF_AUTO(arena) arena = yf_arena_new(ARENA_LEN);
		yf_bytes jpeg;
		assert_ok(yf_sitter_load(arena, &sitters[i], samples, &jpeg));
		assert_ok(yf_engine_look(bed.engine, jpeg, YF_FACE_LANDMARKS,
					 &look));
		assert_ok(yf_head_open(jpeg, look.points, YF_HEAD_ROUND,
				       &bed.heads[i]));
	}
	*state = &bed;
	return 0;
}

static int close_bed(void **state)
{
	struct bed *bed = *state;

	for (size_t i = 0; i < bed->count; i++)
		yf_head_close(bed->heads[i]);
	yf_engine_free(bed->engine);
	yf_plan_close(bed->model);
	return 0;
}

/* The pixels of a rendered head, and what the engine sees in them. */
static struct yf_picture draw(struct bed *bed, struct yf_arena *arena,
			      size_t sitter, const struct yf_head_pose *pose,
			      struct yf_look *look)
{
	struct yf_picture picture;

	assert_ok(yf_head_draw(bed->heads[sitter], pose, 7, arena, &picture));
	const struct yf_pixels pixels = { picture.rgb, picture.width,
					  picture.height };
	yf_engine_look_at(bed->engine, &pixels, YF_FACE_LANDMARKS, look);
	return picture;
}

static struct yufu_face_quality
measure(struct bed *bed, const struct yf_picture *picture, struct yf_look *look)
{
	const struct yf_pixels pixels = { picture->rgb, picture->width,
					  picture->height };
	struct yufu_face_quality quality;

	yf_engine_look_at(bed->engine, &pixels, YF_FACE_LANDMARKS, look);
	yf_quality_measure(&pixels, look, &quality);
	return quality;
}

/* --- pose --- */

static const struct {
	const char *name;
	struct yf_head_pose pose;
} turned[] = {
	{ "straight", { .growth = 1 } },
	{ "yaw +10", { .yaw = 10, .growth = 1 } },
	{ "yaw +20", { .yaw = 20, .growth = 1 } },
	{ "yaw +30", { .yaw = 30, .growth = 1 } },
	{ "yaw -10", { .yaw = -10, .growth = 1 } },
	{ "yaw -20", { .yaw = -20, .growth = 1 } },
	{ "yaw -30", { .yaw = -30, .growth = 1 } },
	{ "pitch +8", { .pitch = -8, .growth = 1 } },
	{ "pitch +15", { .pitch = -15, .growth = 1 } },
	{ "pitch -8", { .pitch = 8, .growth = 1 } },
	{ "pitch -15", { .pitch = 15, .growth = 1 } },
	{ "roll +10", { .roll = -10, .growth = 1 } },
	{ "roll +20", { .roll = -20, .growth = 1 } },
	{ "roll -10", { .roll = 10, .growth = 1 } },
	{ "roll -20", { .roll = 20, .growth = 1 } },
};

static void pose_of_rendered_heads(void **state)
{
	struct bed *bed = *state;
	float sums[3] = { 0 }, worst[3] = { 0 };
	int count = 0;

	for (size_t i = 0; i < YF_COUNT(turned); i++) {
		const struct yf_head_pose *true_pose = &turned[i].pose;
		print_message("  %-9s", turned[i].name);
		for (size_t k = 0; k < bed->count; k++) {
			YF_AUTO(arena) arena = yf_arena_new(ARENA_LEN);
			struct yf_look look;
			struct yf_pose pose;

			draw(bed, arena, k, true_pose, &look);
			assert_int_equal(look.outcome, YF_LOOK_FACE);
			assert_true(yf_pose_of(look.points, &pose));
			const float off[] = {
				fabsf(pose.yaw - true_pose->yaw),
				fabsf(pose.pitch + true_pose->pitch),
				fabsf(pose.roll + true_pose->roll),
			};
			print_message("  %5.1f %5.1f %5.1f", (double)pose.yaw,
				      (double)pose.pitch, (double)pose.roll);
			for (int a = 0; a < 3; a++) {
				sums[a] += off[a];
				worst[a] = fmaxf(worst[a], off[a]);
			}
			count++;
		}
		print_message("\n");
	}
	print_message("  error, mean and worst: yaw %.1f %.1f pitch %.1f %.1f "
		      "roll %.1f %.1f degrees\n",
		      (double)sums[0] / count, (double)worst[0],
		      (double)sums[1] / count, (double)worst[1],
		      (double)sums[2] / count, (double)worst[2]);
	assert_true(sums[0] / (float)count < 4 && worst[0] < 12);
	assert_true(sums[1] / (float)count < 4 && worst[1] < 15);
	assert_true(sums[2] / (float)count < 2 && worst[2] < 5);
}

/* Without noise the generic head itself gives its pose back. */
static void pose_of_exact_points(void **state)
{
	(void)state;
	for (int yaw = -30; yaw <= 30; yaw += 10)
		for (int roll = -20; roll <= 20; roll += 10) {
			struct actor actor = actor_new(0);
			struct yf_pose pose;

			actor.noise = 0;
			actor.distance = 40;
			memcpy(actor.head, yf_shape_model, sizeof(actor.head));
			const struct yf_head_pose wanted = {
				.yaw = (float)yaw,
				.roll = (float)roll,
				.growth = 1
			};
			const struct yf_look look =
				actor_look(&actor, &wanted, false);
			assert_true(yf_pose_of(look.points, &pose));
			/* 0.8 is for perspective, of which there is little. */
			assert_true(fabsf(pose.yaw - 0.8f * (float)yaw) < 3);
			assert_true(fabsf(pose.pitch) < 4);
			assert_true(fabsf(pose.roll + (float)roll) < 4);
		}
	struct yf_pose pose;
	const float nowhere[YF_FACE_POINTS][2] = { { 0 } };
	const float nan[YF_FACE_POINTS][2] = { [20] = { NAN, 0 } };
	assert_false(yf_pose_of(nowhere, &pose));
	assert_false(yf_pose_of(nan, &pose));
}

/* --- what is done to a picture, and what is said of it --- */

static void each(struct yf_picture *p, const struct yf_look *look,
		 void (*act)(uint8_t *rgb, float across))
{
	for (uint32_t y = 0; y < p->height; y++)
		for (uint32_t x = 0; x < p->width; x++)
			act(p->rgb + 3 * ((size_t)y * p->width + x),
			    ((float)x - look->points[27][0]) /
				    look->eye_distance);
}

static uint8_t to_byte(float value)
{
	return (uint8_t)fmaxf(0, fminf(255, value));
}

static void scale(uint8_t *rgb, float factor, float plus)
{
	for (int i = 0; i < 3; i++)
		rgb[i] = to_byte((float)rgb[i] * factor + plus);
}

static void darken(uint8_t *rgb, float across)
{
	(void)across;
	scale(rgb, 0.36f, 0);
}

static void glare(uint8_t *rgb, float across)
{
	(void)across;
	scale(rgb, 1, 95);
}

static void one_side(uint8_t *rgb, float across)
{
	scale(rgb, across > 0 ? 0.35f : 1.2f, 0);
}

static void fog(uint8_t *rgb, float across)
{
	(void)across;
	scale(rgb, 0.28f, 100);
}

static void tint(uint8_t *rgb, float across)
{
	(void)across;
	rgb[0] = to_byte(0.65f * (float)rgb[0]);
	rgb[2] = to_byte(1.3f * (float)rgb[2]);
}

static void ruffle(uint8_t *rgb, float across)
{
	if (fabsf(across) > 1.9f)
		scale(rgb, (int)floorf(across * 13) % 2 ? 0.2f : 1.4f, 0);
}

static void blocks(uint8_t *rgb, float across)
{
	(void)rgb;
	(void)across;
}

static void nothing(uint8_t *rgb, float across)
{
	(void)rgb;
	(void)across;
}

static const struct {
	const char *name;
	void (*act)(uint8_t *rgb, float across);
	struct yf_head_pose pose;
	uint32_t live;     /* must be among the warnings or defects */
	uint32_t portrait; /* must be said of a portrait */
	enum yufu_face_hint hint;
} spoilt[] = {
	{ "dark",
	  darken,
	  { .growth = 1 },
	  YUFU_DEFECT_UNDER_EXPOSURE,
	  YUFU_DEFECT_UNDER_EXPOSURE,
	  YUFU_HINT_MORE_LIGHT },
	{ "glare",
	  glare,
	  { .growth = 1 },
	  YUFU_DEFECT_OVER_EXPOSURE,
	  YUFU_DEFECT_OVER_EXPOSURE,
	  YUFU_HINT_LESS_LIGHT },
	{ "one side",
	  one_side,
	  { .growth = 1 },
	  YUFU_DEFECT_ILLUMINATION_UNIFORMITY,
	  YUFU_DEFECT_ILLUMINATION_UNIFORMITY,
	  YUFU_HINT_LIGHT_FROM_FRONT },
	{ "fog",
	  fog,
	  { .growth = 1 },
	  YUFU_DEFECT_DYNAMIC_RANGE,
	  YUFU_DEFECT_DYNAMIC_RANGE,
	  YUFU_HINT_MORE_LIGHT },
	{ "blue",
	  tint,
	  { .growth = 1 },
	  0,
	  YUFU_DEFECT_NATURAL_COLOUR,
	  YUFU_HINT_HOLD },
	{ "ruffled",
	  ruffle,
	  { .growth = 1 },
	  0,
	  YUFU_DEFECT_BACKGROUND_UNIFORMITY,
	  YUFU_HINT_HOLD },
	{ "aside",
	  nothing,
	  { .yaw = 30, .growth = 1 },
	  YUFU_DEFECT_HEAD_POSE,
	  YUFU_DEFECT_HEAD_POSE,
	  YUFU_HINT_LOOK_STRAIGHT },
	{ "mouth",
	  nothing,
	  { .mouth = 0.6f, .growth = 1 },
	  YUFU_DEFECT_MOUTH_CLOSED,
	  YUFU_DEFECT_MOUTH_CLOSED,
	  YUFU_HINT_CLOSE_MOUTH },
	{ "blocky",
	  blocks,
	  { .growth = 1 },
	  0,
	  YUFU_DEFECT_COMPRESSION_ARTIFACTS,
	  YUFU_HINT_HOLD },
	{ "small",
	  nothing,
	  { .growth = 0.6f },
	  0,
	  YUFU_DEFECT_INTER_EYE_DISTANCE,
	  YUFU_HINT_HOLD },
};

static void squeeze(struct yf_arena *arena, struct yf_picture *picture,
		    int quality)
{
	yf_bytes jpeg;

	assert_ok(yf_picture_encode(arena, picture, quality, &jpeg));
	assert_ok(yf_picture_parse(arena, jpeg, picture));
}

static void what_is_wrong_is_said(void **state)
{
	struct bed *bed = *state;

	for (size_t i = 0; i < YF_COUNT(spoilt); i++)
		for (size_t k = 0; k < bed->count; k++) {
			YF_AUTO(arena) arena = yf_arena_new(ARENA_LEN);
			struct yf_look look;
			struct yf_picture picture =
				draw(bed, arena, k, &spoilt[i].pose, &look);
			each(&picture, &look, spoilt[i].act);
			if (spoilt[i].act == blocks)
				squeeze(arena, &picture, 8);
			const struct yufu_face_quality q =
				measure(bed, &picture, &look);
			const uint32_t live = q.defects | q.warnings;
			const uint32_t portrait = yf_quality_portrait(&q);

			print_message("  %-9s live %04x portrait %04x\n",
				      spoilt[i].name, live, portrait);
			assert_int_equal(live & spoilt[i].live, spoilt[i].live);
			assert_int_equal(portrait & spoilt[i].portrait,
					 spoilt[i].portrait);
			assert_int_equal(portrait & live, live);
			if (spoilt[i].live)
				assert_int_equal(
					yf_quality_hint(spoilt[i].live,
							YUFU_HINT_HOLD),
					spoilt[i].hint);
		}
}

static void good_pictures_are_good(void **state)
{
	struct bed *bed = *state;
	const struct yf_head_pose straight = { .growth = 1 };

	for (size_t k = 0; k < bed->count; k++) {
		YF_AUTO(arena) arena = yf_arena_new(ARENA_LEN);
		struct yf_look look;
		struct yf_picture picture =
			draw(bed, arena, k, &straight, &look);
		struct yufu_face_quality q = measure(bed, &picture, &look);
		const struct yf_pixels pixels = { picture.rgb, picture.width,
						  picture.height };
		const clock_t from = clock();

		for (int i = 0; i < 100; i++)
			yf_quality_measure(&pixels, &look, &q);
		print_message("  eyes %.2f light %.0f range %.1f even %.2f "
			      "sharp %.0f colour %.1f plain %.2f blocks %.2f; "
			      "%.3f ms\n",
			      (double)q.eyes_open, (double)q.luminance_mean,
			      (double)q.dynamic_range,
			      (double)q.illumination_uniformity,
			      (double)q.sharpness, (double)q.natural_colour,
			      (double)q.background_uniformity,
			      (double)q.compression_artifacts,
			      (double)(clock() - from) * 10 / CLOCKS_PER_SEC);
		assert_int_equal(q.defects, 0);
		assert_int_equal(q.warnings, 0);
		assert_int_equal(q.point_count, YUFU_FACE_POINTS);
		assert_true(isnan(q.unified));
		assert_int_equal(yf_quality_hint(0, YUFU_HINT_HOLD),
				 YUFU_HINT_HOLD);
	}
}

/* Numbers from nowhere are never read as places in the picture. */
static void unsound_looks(void **state)
{
	static const float strange[] = { NAN,    INFINITY, -INFINITY, 1e30f,
					 -1e30f, 0,        -1,        4e9f };
	uint8_t rgb[16 * 16 * 3];
	const struct yf_pixels pixels = { rgb, 16, 16 };
	struct yufu_face_quality q;

	(void)state;
	memset(rgb, 90, sizeof(rgb));
	for (size_t i = 0; i < YF_COUNT(strange); i++)
		for (size_t k = 0; k <= YF_COUNT(strange); k++) {
			struct actor actor = actor_new(i);
			const struct yf_head_pose straight = { .growth = 1 };
			struct yf_look look =
				actor_look(&actor, &straight, false);
			look.width = look.height = 16;
			for (size_t a = 0; a < 4; a++)
				look.box[a] =
					k < YF_COUNT(strange)
						? strange[(i + k + a) %
							  YF_COUNT(strange)]
						: 3;
			look.points[8][i % 2] = strange[i];
			look.points[37][k % 2] = strange[k % YF_COUNT(strange)];
			yf_quality_measure(&pixels, &look, &q);
			assert_int_equal(q.size, sizeof(q));
		}
	const struct yf_look none = { .outcome = YF_LOOK_NONE };
	yf_quality_measure(&pixels, &none, &q);
	assert_int_equal(q.defects | q.warnings | q.point_count, 0);
	assert_true(isnan(q.unified) && isnan(q.box[0]) &&
		    isnan(q.points[67][1]) && isnan(q.compression_artifacts));
	assert_int_equal(yf_quality_portrait(&q), 0);
}

static void words(void **state)
{
	YF_AUTO(arena) arena = yf_arena_new(1 << 16);
	struct yf_json_out out = yf_json_out_new(arena, 256);
	const struct yufu_face_quality q = {
		.defects = YUFU_DEFECT_CROP,
		.warnings = YUFU_DEFECT_SHARPNESS | YUFU_DEFECT_HEAD_POSE,
		.unified = NAN,
		.yaw = 2,
	};
	yf_str text;

	(void)state;
	yf_json_out_object(&out, NULL);
	yf_quality_write(&q, &out);
	yf_json_out_close(&out);
	assert_ok(yf_json_out_end(&out, &text));
	assert_non_null(strstr(text.ptr, "\"defects\":[\"crop\"]"));
	assert_non_null(strstr(text.ptr, "\"warnings\":[\"head_pose\","
					 "\"sharpness\"]"));
	assert_non_null(strstr(text.ptr, "\"unified\":null,\"yaw\":2"));
	for (uint32_t i = 0; i < YF_FACE_DEFECTS; i++)
		for (uint32_t k = 0; k < i; k++)
			assert_string_not_equal(yf_quality_advice(1u << i),
						yf_quality_advice(1u << k));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pose_of_rendered_heads),
		cmocka_unit_test(pose_of_exact_points),
		cmocka_unit_test(good_pictures_are_good),
		cmocka_unit_test(what_is_wrong_is_said),
		cmocka_unit_test(unsound_looks),
		cmocka_unit_test(words),
	};

	if (!picture_available() || !yf_file_exists(model)) {
		print_message("SKIPPED no pictures or no build/face.model\n");
		return 0;
	}
	return cmocka_run_group_tests_name("face/quality", tests, open_bed,
					   close_bed);
}
