#include "demo/head.h"

#include <string.h>
#include <time.h>

#include "../support/picture.h"
#include "base/file.h"
#include "base/log.h"
#include "demo/camera.h"
#include "demo/sitter.h"
#include "face/match.h"
#include "face/engine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

/* This test is also the program that the pool starts as its worker. */
static const char model[] = "build/face.model";
static const char samples[] = "node_modules/@vladmandic/face-api/demo";

enum { SITTERS_MAX = 8, FRAME_LEN_MAX = 8 * 1024 * 1024 };

struct bed {
	struct yf_plan *model;
	struct yf_engine *engine;
	struct yf_head *heads[SITTERS_MAX];
	struct yf_look portraits[SITTERS_MAX];
	size_t count;
};

#define assert_ok(call)                                                      \
	do {                                                                 \
		const yf_err err_ = (call);                                  \
		if (yf_failed(err_))                                         \
			fail_msg("%s at %s", yf_err_name(err_), err_.where); \
	} while (0)

static struct yf_head *open_head(struct bed *bed, size_t sitter,
				 yf_head_kind kind)
{
	YF_AUTO(arena) arena = yf_arena_new(64u << 20);
	struct yf_head *head = NULL;
	yf_bytes jpeg;

	assert_ok(yf_sitter_load(arena, &yf_sitters(&bed->count)[sitter],
				 samples, &jpeg));
	assert_ok(yf_engine_look(bed->engine, jpeg, YF_FACE_DESCRIPTION,
				 &bed->portraits[sitter]));
	assert_int_equal(bed->portraits[sitter].outcome, YF_LOOK_FACE);
	assert_ok(
		yf_head_open(jpeg, bed->portraits[sitter].points, kind, &head));
	return head;
}

static int open_bed(void **state)
{
	static struct bed bed;

	if (yf_failed(yf_plan_open(model, &bed.model)) ||
	    yf_failed(yf_engine_new(bed.model, NULL, yf_kernel_best(),
				    &bed.engine)))
		return -1;
	yf_sitters(&bed.count);
	assert_true(bed.count <= SITTERS_MAX);
	for (size_t i = 0; i < bed.count; i++)
		bed.heads[i] = open_head(&bed, i, YF_HEAD_ROUND);
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

/* What the engine sees of a pose. */
static struct yf_look look_at(struct bed *bed, struct yf_head *head,
			      const struct yf_head_pose *pose, uint64_t seed,
			      yf_face_depth depth)
{
	YF_AUTO(arena) arena = yf_arena_new(FRAME_LEN_MAX);
	struct yf_look look;
	yf_bytes jpeg;

	assert_ok(yf_head_shoot(head, pose, seed, arena, &jpeg));
	assert_ok(yf_engine_look(bed->engine, jpeg, depth, &look));
	return look;
}

static void sitters_are_portraits(void **state)
{
	struct bed *bed = *state;

	for (size_t i = 0; i < bed->count; i++) {
		const struct yf_sitter *sitter = &yf_sitters(&bed->count)[i];
		assert_ptr_equal(yf_sitter_find(yf_str_of(sitter->id)), sitter);
		for (size_t k = 0; k < i; k++)
			assert_true(
				yf_look_distance(bed->portraits[i].descriptor,
						 bed->portraits[k].descriptor) >
				YF_MATCH_FMR_1E2);
	}
	assert_null(yf_sitter_find(YF_STR("nobody")));
}

/* The engine's points follow the head, and it stays the person it was. */
static void points_follow(void **state)
{
	static const struct yf_head_pose straight = { .growth = 1 },
					 left = { .yaw = 22, .growth = 1 },
					 right = { .yaw = -22, .growth = 1 },
					 open = { .mouth = 0.6f, .growth = 1 },
					 near = { .growth = 1.45f };
	struct bed *bed = *state;

	for (size_t i = 0; i < bed->count; i++) {
		const float *portrait = bed->portraits[i].descriptor;
		struct yf_head *head = bed->heads[i];
		const yf_face_depth depth = YF_FACE_DESCRIPTION;
		const struct yf_look a =
			look_at(bed, head, &straight, 1, depth);
		const struct yf_look l = look_at(bed, head, &left, 2, depth);
		const struct yf_look r = look_at(bed, head, &right, 3, depth);
		const struct yf_look m = look_at(bed, head, &open, 4, depth);
		const struct yf_look n = look_at(bed, head, &near, 5, depth);
		const struct yf_look *all[] = { &a, &l, &r, &m, &n };

		print_message("  %-8s yaw %5.2f %5.2f %5.2f mouth %.2f %.2f "
			      "growth %.2f match",
			      yf_sitters(&bed->count)[i].id, (double)a.yaw,
			      (double)l.yaw, (double)r.yaw, (double)a.mouth,
			      (double)m.mouth,
			      (double)(n.eye_distance / a.eye_distance));
		for (size_t k = 0; k < YF_COUNT(all); k++) {
			assert_int_equal(all[k]->outcome, YF_LOOK_FACE);
			const float apart =
				yf_look_distance(portrait, all[k]->descriptor);
			print_message(" %.3f", (double)apart);
			assert_true(apart < (k ? YF_MATCH_FMR_1E2 : 0.35f));
			assert_true(yf_look_distance(a.descriptor,
						     all[k]->descriptor) <
				    YF_MATCH_FMR_1E4);
		}
		print_message("\n");
		assert_in_range((int)(100 * a.yaw) + 15, 0, 30);
		assert_true(l.yaw > 0.42f && r.yaw < -0.42f);
		assert_true(a.mouth < 0.13f && m.mouth > 0.37f);
		assert_true(n.eye_distance > 1.3f * a.eye_distance);
	}
}

/* The same pose again is another picture, the same seed the same. */
static void pictures_never_repeat(void **state)
{
	static const struct yf_head_pose pose = { .growth = 1 };
	struct bed *bed = *state;
	YF_AUTO(arena) arena = yf_arena_new(4 * FRAME_LEN_MAX);
	struct yf_picture a, b, c;

	assert_ok(yf_head_draw(bed->heads[0], &pose, 1, arena, &a));
	assert_ok(yf_head_draw(bed->heads[0], &pose, 1, arena, &b));
	assert_ok(yf_head_draw(bed->heads[0], &pose, 2, arena, &c));
	assert_int_equal(a.width, YF_HEAD_WIDTH);
	assert_int_equal(a.height, YF_HEAD_HEIGHT);
	const size_t len = (size_t)a.width * a.height * 3;
	assert_memory_equal(a.rgb, b.rgb, len);
	assert_memory_not_equal(a.rgb, c.rgb, len);
}

static void camera_is_smooth(void **state)
{
	struct yf_camera camera;
	struct yf_head_pose was;

	(void)state;
	yf_camera_begin(&camera, 0);
	was = yf_camera_pose(&camera, 0);
	for (int64_t now = 20; now < 20000; now += 20) {
		yf_camera_show(&camera, (enum yufu_face_step)(now / 2500 % 5),
			       now);
		const struct yf_head_pose is = yf_camera_pose(&camera, now);
		assert_in_range((int)(100 * (is.yaw - was.yaw)) + 250, 0, 500);
		assert_in_range((int)(1000 * (is.mouth - was.mouth)) + 40, 0,
				80);
		assert_in_range((int)(1000 * (is.growth - was.growth)) + 40, 0,
				80);
		was = is;
	}
}

/*
 * A whole session before the real engine, six pictures a second; from step
 * `swap_at` on it is `other` who moves.
 */
static struct yf_liveness challenge(struct bed *bed, struct yf_head *head,
				    struct yf_head *other, uint32_t swap_at,
				    uint32_t number, float turns_by)
{
	struct yf_liveness session;
	struct yf_camera camera;
	int64_t now_ms = 0;
	unsigned pictures = 0, described = 0;
	enum yufu_face_state progress = YUFU_STATE_GO_ON;

	const struct yufu_face_challenge drawn =
		yf_liveness_draw(number, false, 0);
	yf_liveness_begin(&session, &drawn);
	yf_camera_begin(&camera, now_ms);
	while (progress != YUFU_STATE_PASSED && progress != YUFU_STATE_FAILED) {
		const bool wanted = yf_liveness_wants_descriptor(&session);
		const bool swapped = session.moving && session.at >= swap_at;
		now_ms += 150 + pictures * 37 % 30;
		yf_camera_show(&camera, yf_liveness_shown(&session), now_ms);
		struct yf_head_pose pose = yf_camera_pose(&camera, now_ms);
		pose.yaw *= turns_by;
		const struct yf_look look = look_at(
			bed, swapped ? other : head, &pose, 1000 + pictures,
			wanted ? YF_FACE_DESCRIPTION : YF_FACE_LANDMARKS);
		progress = yf_liveness_feed(&session, &look, now_ms);
		pictures++;
		described += wanted;
	}
	print_message("  %s after %.1f s, %u pictures, %u described\n",
		      yf_face_reason_name(session.reason),
		      (double)now_ms / 1000, pictures, described);
	return session;
}

static void challenge_is_passed(void **state)
{
	struct bed *bed = *state;

	for (size_t i = 0; i < 2; i++) {
		float mean[YF_FACE_DESCRIPTOR];
		const struct yf_liveness session = challenge(
			bed, bed->heads[i], NULL, UINT32_MAX, i ? 20 : 3, 1);
		assert_int_equal(session.progress, YUFU_STATE_PASSED);
		assert_true(yf_liveness_descriptor(&session, mean) >= 3);
		assert_true(
			yf_look_distance(mean, bed->portraits[i].descriptor) <
			YF_MATCH_FMR_1E4);
	}
}

static void another_person_is_seen(void **state)
{
	struct bed *bed = *state;
	const struct yf_liveness session =
		challenge(bed, bed->heads[0], bed->heads[1], 1, 0, 1);

	assert_int_equal(session.progress, YUFU_STATE_FAILED);
	assert_int_equal(session.reason, YUFU_REASON_ANOTHER_PERSON);
	assert_int_equal(session.at, 1);
}

/* The same face as a print: turned as far as a head, and much farther. */
static void flat_picture_is_refused(void **state)
{
	struct bed *bed = *state;

	for (int i = 0; i < 2; i++) {
		YF_AUTO(head) print = open_head(bed, 0, YF_HEAD_FLAT);
		const struct yf_liveness session = challenge(
			bed, print, NULL, UINT32_MAX, 0, i ? 2.2f : 1);
		assert_int_equal(session.progress, YUFU_STATE_FAILED);
		assert_int_equal(session.at, 0);
		assert_false(yf_face_saw_no_face(session.reason) && !i);
	}
}

static void bad_input(void **state)
{
	struct bed *bed = *state;
	YF_AUTO(arena) arena = yf_arena_new(64u << 20);
	const float nothing[YF_FACE_POINTS][2] = { { 0 } };
	const struct yf_sitter outside = { "x",
					   "sample1.jpg",
					   { 1900, 0, 100, 100 } };
	const struct yf_sitter absent = { "x", "none.jpg", { 0, 0, 9, 9 } };
	struct yf_head *head = NULL;
	yf_bytes jpeg;

	assert_ok(
		yf_sitter_load(arena, yf_sitters(&bed->count), samples, &jpeg));
	assert_int_equal(yf_head_open(jpeg, nothing, YF_HEAD_ROUND, &head).code,
			 YF_CODE_RANGE);
	jpeg.len = 100;
	assert_int_equal(yf_head_open(jpeg, bed->portraits[0].points,
				      YF_HEAD_ROUND, &head)
				 .code,
			 YF_CODE_IMAGE);
	assert_null(head);
	assert_int_equal(yf_sitter_load(arena, &outside, samples, &jpeg).code,
			 YF_CODE_RANGE);
	assert_int_equal(yf_sitter_load(arena, &absent, samples, &jpeg).code,
			 YF_CODE_NOT_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sitters_are_portraits),
		cmocka_unit_test(points_follow),
		cmocka_unit_test(pictures_never_repeat),
		cmocka_unit_test(camera_is_smooth),
		cmocka_unit_test(challenge_is_passed),
		cmocka_unit_test(another_person_is_seen),
		cmocka_unit_test(flat_picture_is_refused),
		cmocka_unit_test(bad_input),
	};

	yf_log_threshold(YF_LOG_ERROR);
	if (!picture_available() || !yf_file_exists(model)) {
		print_message("SKIPPED no pictures or no build/face.model\n");
		return 0;
	}
	return cmocka_run_group_tests_name("demo/head", tests, open_bed,
					   close_bed);
}
