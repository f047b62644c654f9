#include "face/liveness.h"

#include <math.h>
#include <string.h>

#include "../support/actor.h"
#include "base/err.h"
#include "demo/camera.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

/* A session between the state machine and somebody before a camera. */
struct play {
	struct yf_liveness session;
	struct yf_camera camera;
	struct actor actor;
	int64_t begun_ms, now_ms;
	unsigned pictures, described;
	float per_second;

	/* What this one does differently; all zero for an honest person. */
	float turns_by; /* how many times as far, 0 as far as the camera */
	bool obeys_not, returns_not, at_once;
	bool claims; /* its nose is where a head's would be, for the yaw */
	enum yufu_face_step instead; /* does this whatever is shown */
};

static void begin(struct play *play, uint64_t person, uint32_t number,
		  float per_second)
{
	*play = (struct play){ .actor = actor_new(person),
			       .begun_ms = 5000,
			       .now_ms = 5000,
			       .per_second = per_second };
	const struct yufu_face_challenge drawn =
		yf_liveness_draw(number, (uint64_t)play->now_ms * 1000);
	yf_liveness_begin(&play->session, &drawn);
	yf_camera_begin(&play->camera, play->now_ms);
}

/* The same with two steps of one's choice. */
static void begin_with(struct play *play, uint32_t first, uint32_t second)
{
	const struct yufu_face_challenge chosen = {
		.size = sizeof(chosen),
		.step_count = 2,
		.steps = { first, second },
		.begun_us = (uint64_t)play->now_ms * 1000,
	};
	yf_liveness_begin(&play->session, &chosen);
}

/* The next picture is due: time passes, with the jitter of a network. */
static void pass_time(struct play *play)
{
	const float jitter = 0.6f + 0.8f * actor_chance(&play->actor);

	play->now_ms += (int64_t)(1000 / play->per_second * jitter);
}

static struct yf_head_pose pose_now(struct play *play)
{
	enum yufu_face_step step = yf_liveness_shown(&play->session);
	/* Somebody at once where they were told to be. */
	const int64_t ahead_ms =
		play->at_once ? YF_CAMERA_ONSET_MS + YF_CAMERA_MOVE_MS : 0;

	if (play->obeys_not)
		step = YUFU_STEP_NEUTRAL;
	if (play->instead != YUFU_STEP_NEUTRAL && step != YUFU_STEP_NEUTRAL)
		step = play->instead;
	if (step != YUFU_STEP_NEUTRAL || !play->returns_not)
		yf_camera_show(&play->camera, step, play->now_ms);
	struct yf_head_pose pose =
		yf_camera_pose(&play->camera, play->now_ms + ahead_ms);
	if (play->turns_by > 0)
		pose.yaw *= play->turns_by;
	return pose;
}

static enum yufu_face_state feed(struct play *play, const struct yf_look *look)
{
	play->pictures++;
	return yf_liveness_feed(&play->session, look, play->now_ms);
}

static enum yufu_face_state one(struct play *play)
{
	pass_time(play);
	const bool described = yf_liveness_wants_descriptor(&play->session);
	const struct yf_head_pose pose = pose_now(play);
	struct yf_look look = actor_look(&play->actor, &pose, described);

	if (play->claims)
		look.yaw = 1.2f * tanf(pose.yaw * (float)M_PI / 180);
	play->described += described;
	return feed(play, &look);
}

static bool ended(enum yufu_face_state progress)
{
	return progress == YUFU_STATE_PASSED || progress == YUFU_STATE_FAILED;
}

/* Until the end, or until a step of that index is shown. */
static enum yufu_face_state run_to(struct play *play, uint32_t index)
{
	enum yufu_face_state progress = YUFU_STATE_GO_ON;

	for (unsigned i = 0; i < 1000 && !ended(progress); i++) {
		if (play->session.moving && play->session.at == index)
			return progress;
		progress = one(play);
	}
	return progress;
}

static enum yufu_face_state run(struct play *play)
{
	return run_to(play, UINT32_MAX);
}

#define assert_reason(play, want)                                       \
	assert_string_equal(                                            \
		yf_face_reason_name(yf_liveness_why(&(play)->session)), \
		yf_face_reason_name(want))

static void draws(void **state)
{
	uint32_t all[YF_LIVENESS_DRAWS][YF_LIVENESS_DRAWN];

	(void)state;
	for (uint32_t i = 0; i < YF_LIVENESS_DRAWS; i++) {
		const struct yufu_face_challenge drawn = yf_liveness_draw(i, 7);
		assert_true(yf_liveness_accepts(&drawn));
		memcpy(all[i], drawn.steps, sizeof(all[i]));
		assert_int_not_equal(all[i][0], all[i][1]);
		assert_int_not_equal(all[i][0], all[i][2]);
		assert_int_not_equal(all[i][1], all[i][2]);
		for (uint32_t k = 0; k < i; k++)
			assert_memory_not_equal(all[i], all[k], sizeof(all[i]));
	}
}

/* Every challenge, slow and fast cameras, many heads. */
static void honest_people_pass(void **state)
{
	static const float rates[] = { 4, 6, 10, 15 };
	unsigned longest_ms = 0;

	(void)state;
	for (uint32_t i = 0; i < 8 * YF_LIVENESS_DRAWS; i++) {
		struct play play;

		begin(&play, i, i % YF_LIVENESS_DRAWS,
		      rates[(i / YF_LIVENESS_DRAWS + i) % YF_COUNT(rates)]);
		run(&play);
		assert_reason(&play, YUFU_REASON_NONE);
		assert_int_equal(play.session.progress, YUFU_STATE_PASSED);
		assert_in_range(play.described, 7, 8);
		assert_int_equal(play.session.at, YF_LIVENESS_DRAWN);
		if (play.now_ms - play.begun_ms > longest_ms)
			longest_ms = (unsigned)(play.now_ms - play.begun_ms);
	}
	print_message("  longest session %u ms\n", longest_ms);
	assert_in_range(longest_ms, 1, 20000);
}

/*
 * A phone sends a picture when the last was answered; one in eight is held up
 * on its way, so that the next seems to follow at once.
 */
static void slow_networks_pass(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 8 * YF_LIVENESS_DRAWS; i++) {
		struct play play;

		begin(&play, i, i % YF_LIVENESS_DRAWS, 8);
		while (!ended(play.session.progress)) {
			const bool held = actor_chance(&play.actor) < 0.125f;
			const bool described =
				yf_liveness_wants_descriptor(&play.session);
			play.now_ms += 90;
			const struct yf_head_pose pose = pose_now(&play);
			const struct yf_look look =
				actor_look(&play.actor, &pose, described);
			play.now_ms += held ? 500 : 30;
			feed(&play, &look);
		}
		assert_reason(&play, YUFU_REASON_NONE);
	}
}

static void match_is_the_person(void **state)
{
	float mean[YF_FACE_DESCRIPTOR], square = 0;
	struct play play;

	(void)state;
	begin(&play, 3, 11, 8);
	assert_int_equal(yf_liveness_descriptor(&play.session, mean), 0);
	assert_true(mean[0] == 0);
	run(&play);
	assert_int_equal(play.session.progress, YUFU_STATE_PASSED);
	assert_in_range(yf_liveness_descriptor(&play.session, mean), 3,
			YF_LIVENESS_KEPT_MAX);
	for (size_t i = 0; i < YF_FACE_DESCRIPTOR; i++)
		square += mean[i] * mean[i];
	assert_true(fabsf(square - 1) < 1e-4f);
	assert_true(yf_look_distance(mean, play.actor.descriptor) < 0.15f);
}

/*
 * A flat picture, turned by any angle, near and far, whose mouth even opens:
 * no order of steps lets it through.
 */
static void flat_never_passes(void **state)
{
	unsigned flat = 0;

	(void)state;
	for (uint32_t i = 0; i < 40 * YF_LIVENESS_DRAWS; i++) {
		struct play play;

		begin(&play, i, i % YF_LIVENESS_DRAWS, 8);
		play.actor.flat = true;
		play.actor.distance = 4 + 8 * actor_chance(&play.actor);
		play.turns_by = 1 + 2.4f * actor_chance(&play.actor);
		run(&play);
		assert_int_equal(play.session.progress, YUFU_STATE_FAILED);
		flat += play.session.reason == YUFU_REASON_FLAT ||
			play.session.reason == YUFU_REASON_NO_PERSPECTIVE;
	}
	print_message("  %u of %u named flat, the others late\n", flat,
		      40 * YF_LIVENESS_DRAWS);
	assert_true(flat > 0);
}

/* Even if the angle is believed, the points do not bear it out. */
static void flat_is_seen_in_the_points(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 20 * YF_LIVENESS_DRAWS; i++) {
		struct play play;

		begin(&play, i, i % YF_LIVENESS_DRAWS, 8);
		play.actor.flat = true;
		play.claims = true;
		play.turns_by = 1 + 0.8f * actor_chance(&play.actor);
		run(&play);
		assert_int_equal(play.session.progress, YUFU_STATE_FAILED);
		if (play.session.reason != YUFU_REASON_NO_PERSPECTIVE)
			assert_reason(&play, YUFU_REASON_FLAT);
	}
}

/* A picture made larger is not a face that came closer. */
static void zoom_has_no_perspective(void **state)
{
	unsigned named = 0;

	(void)state;
	for (uint32_t i = 0; i < 100; i++) {
		struct play play;

		begin(&play, i, 0, 8);
		begin_with(&play, YUFU_STEP_COME_CLOSER, YUFU_STEP_TURN_LEFT);
		play.actor.zoomed = true;
		play.actor.noise = 0.005f;
		run(&play);
		named += play.session.reason == YUFU_REASON_NO_PERSPECTIVE;
	}
	print_message("  %u of 100 named\n", named);
	assert_in_range(named, 80, 100);
}

static void repeated_pictures_fail(void **state)
{
	struct yf_look loop[40];
	struct play play;

	(void)state;
	begin(&play, 1, 0, 8);
	run_to(&play, 0);
	const struct yf_head_pose pose = pose_now(&play);
	loop[0] = actor_look(&play.actor, &pose, true);
	for (int i = 0; i < 20 && !ended(play.session.progress); i++) {
		pass_time(&play);
		feed(&play, &loop[0]);
	}
	assert_reason(&play, YUFU_REASON_FROZEN);

	/* A recording of a whole step, over and over. */
	begin(&play, 1, 0, 8);
	run_to(&play, 0);
	for (size_t i = 0; i < YF_COUNT(loop); i++) {
		pass_time(&play);
		const struct yf_head_pose moved = pose_now(&play);
		loop[i] = actor_look(&play.actor, &moved, true);
	}
	begin(&play, 1, 0, 8);
	for (size_t i = 0; i < 200 && !ended(play.session.progress); i++) {
		pass_time(&play);
		feed(&play, &loop[i % YF_COUNT(loop)]);
	}
	assert_int_equal(play.session.progress, YUFU_STATE_FAILED);
}

/* A slow camera gives a picture twice; a lost reply is sent again. */
static void few_repeats_are_borne(void **state)
{
	struct play play;

	(void)state;
	begin(&play, 2, 5, 6);
	for (int i = 0; i < 300 && !ended(play.session.progress); i++) {
		pass_time(&play);
		const struct yf_head_pose pose = pose_now(&play);
		const struct yf_look look =
			actor_look(&play.actor, &pose, true);
		if (!ended(feed(&play, &look))) {
			play.now_ms += 20;
			feed(&play, &look);
		}
	}
	assert_int_equal(play.session.progress, YUFU_STATE_PASSED);
}

/* Whenever somebody else takes over, and however well they do the steps. */
static void swapped_person_fails(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 12 * YF_LIVENESS_DRAWS; i++) {
		struct play play;

		begin(&play, i, i % YF_LIVENESS_DRAWS, 8);
		run_to(&play, i % YF_LIVENESS_DRAWN);
		for (unsigned k = 0; k < i / YF_LIVENESS_DRAWS; k++)
			one(&play);
		if (ended(play.session.progress))
			continue;
		const struct actor other = actor_new(i + 10000);
		memcpy(play.actor.descriptor, other.descriptor,
		       sizeof(other.descriptor));
		run(&play);
		assert_reason(&play, YUFU_REASON_ANOTHER_PERSON);
		assert_false(yf_face_saw_no_face(play.session.reason));
	}
}

static void too_slow(void **state)
{
	struct play play;

	(void)state;
	begin(&play, 4, 7, 8);
	play.obeys_not = true;
	run(&play);
	assert_reason(&play, YUFU_REASON_TOO_SLOW);
	assert_int_equal(play.session.at, 0);
	assert_int_equal(yf_liveness_left_ms(&play.session, play.now_ms), 0);

	begin(&play, 4, 7, 8);
	play.returns_not = true;
	run(&play);
	assert_reason(&play, YUFU_REASON_TOO_SLOW);
	assert_int_equal(play.session.at, 1);

	/* Never straight at all. */
	begin(&play, 4, 7, 8);
	const struct yf_head_pose aside = { .yaw = 30, .growth = 1 };
	while (!ended(play.session.progress)) {
		pass_time(&play);
		const struct yf_look look =
			actor_look(&play.actor, &aside, false);
		feed(&play, &look);
		assert_int_equal(yf_liveness_advice(&play.session),
				 YUFU_HINT_LOOK_STRAIGHT);
	}
	assert_reason(&play, YUFU_REASON_TOO_SLOW);
}

static void too_fast(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < YF_LIVENESS_DRAWS; i++) {
		struct play play;

		begin(&play, i, i, 15);
		run_to(&play, 0);
		play.at_once = true;
		play.now_ms += 60;
		const struct yf_head_pose pose = pose_now(&play);
		struct yf_look look = actor_look(&play.actor, &pose, false);
		/* Keep it from being a jump: the box stays where it was. */
		look.box[0] = play.session.pose.x - look.box[2] / 2;
		look.box[1] = play.session.pose.y - look.box[3] / 2;
		play.session.tracked = false;
		feed(&play, &look);
		assert_reason(&play, YUFU_REASON_TOO_FAST);
	}
}

static void wrong_move(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < YF_LIVENESS_DRAWS; i++) {
		struct play play;

		begin(&play, i, i, 8);
		play.instead = play.session.steps[1];
		run(&play);
		assert_reason(&play, YUFU_REASON_WRONG_MOVE);
		assert_int_equal(play.session.at, 0);
	}
}

/* Pictures of the right poses, shown one after another, are no motion. */
static void jumps(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 6; i++) {
		struct play play;

		begin(&play, i, 0, 12);
		begin_with(&play, YUFU_STEP_TURN_LEFT, YUFU_STEP_TURN_RIGHT);
		for (int k = 0; k < 400 && !ended(play.session.progress); k++) {
			const bool late =
				play.now_ms - play.session.shown_ms > 800;
			const enum yufu_face_step step =
				yf_liveness_shown(&play.session);
			const float way = step == YUFU_STEP_TURN_LEFT    ? 1
					  : step == YUFU_STEP_TURN_RIGHT ? -1
									 : 0;
			const struct yf_head_pose pose = {
				.yaw = late ? 30 * way : 0, .growth = 1
			};
			play.now_ms += 80;
			const struct yf_look look =
				actor_look(&play.actor, &pose, true);
			feed(&play, &look);
		}
		assert_reason(&play, YUFU_REASON_JUMP);
	}
}

static const struct {
	yf_look_outcome outcome;
	enum yufu_face_reason reason;
} blind[] = {
	{ YF_LOOK_NONE, YUFU_REASON_NO_FACE },
	{ YF_LOOK_MANY, YUFU_REASON_MANY_FACES },
	{ YF_LOOK_TOO_SMALL, YUFU_REASON_TOO_SMALL },
	{ YF_LOOK_TOO_DARK, YUFU_REASON_TOO_DARK },
	{ YF_LOOK_TOO_BRIGHT, YUFU_REASON_TOO_BRIGHT },
	{ YF_LOOK_BLURRED, YUFU_REASON_BLURRED },
	{ YF_LOOK_CUT_OFF, YUFU_REASON_CUT_OFF },
};

/* No face is told apart from a challenge not passed, at any time. */
static void no_face_has_its_reason(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * YF_COUNT(blind); i++) {
		const size_t which = i / 2;
		const struct yf_look look = { .outcome = blind[which].outcome };
		struct play play;

		begin(&play, i, 2, 8);
		if (i % 2)
			run_to(&play, 1);
		const int64_t from_ms = play.now_ms;
		while (!ended(play.session.progress)) {
			pass_time(&play);
			feed(&play, &look);
			assert_int_not_equal(yf_liveness_advice(&play.session),
					     YUFU_HINT_HOLD);
		}
		assert_reason(&play, blind[which].reason);
		assert_true(yf_face_saw_no_face(play.session.reason));
		assert_in_range(play.now_ms - from_ms, 1000, 9000);
	}
}

static void short_loss_is_borne(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < YF_LIVENESS_DRAWS; i++) {
		const struct yf_look none = { .outcome = YF_LOOK_NONE };
		struct play play;

		begin(&play, i, i, 8);
		run_to(&play, i % YF_LIVENESS_DRAWN);
		for (int k = 0; k < 8; k++) {
			pass_time(&play);
			feed(&play, &none);
		}
		run(&play);
		assert_reason(&play, YUFU_REASON_NONE);
	}
}

static void too_few_pictures(void **state)
{
	struct play play;

	(void)state;
	begin(&play, 6, 4, 8);
	run_to(&play, 1);
	assert_int_equal(yf_liveness_wait(&play.session, play.now_ms + 3000),
			 YUFU_STATE_GO_ON);
	assert_int_equal(yf_liveness_wait(&play.session, play.now_ms + 4500),
			 YUFU_STATE_FAILED);
	assert_reason(&play, YUFU_REASON_TOO_FEW);

	begin(&play, 6, 4, 0.6f);
	run(&play);
	assert_int_equal(play.session.progress, YUFU_STATE_FAILED);

	/* Nobody ever came. */
	begin(&play, 6, 4, 8);
	assert_int_equal(yf_liveness_wait(&play.session, play.now_ms + 13000),
			 YUFU_STATE_FAILED);
	assert_reason(&play, YUFU_REASON_NO_FACE);
}

/* What is no number is no face, and time does not run backwards. */
static void unsound_numbers(void **state)
{
	struct play play;

	(void)state;
	for (int i = 0; i < 6; i++) {
		begin(&play, 7, 1, 8);
		while (!ended(play.session.progress)) {
			pass_time(&play);
			const struct yf_head_pose pose = pose_now(&play);
			struct yf_look look =
				actor_look(&play.actor, &pose, true);
			float *broken[] = {
				&look.yaw,           &look.mouth,
				&look.box[2],        &look.eye_distance,
				&look.points[36][0], &look.descriptor[5]
			};
			*broken[i] = NAN;
			feed(&play, &look);
		}
		assert_reason(&play, YUFU_REASON_NO_FACE);
	}
	begin(&play, 7, 1, 8);
	run_to(&play, 0);
	const int64_t shown_ms = play.session.shown_ms;
	play.now_ms -= 2000;
	const struct yf_head_pose pose = pose_now(&play);
	const struct yf_look look = actor_look(&play.actor, &pose, true);
	assert_int_equal(feed(&play, &look), YUFU_STATE_GO_ON);
	assert_true(play.session.fed_ms >= shown_ms);
}

/* Plain data: a copy goes the same way, and the end is the end. */
static void a_copy_goes_the_same_way(void **state)
{
	struct play play, copy;

	(void)state;
	begin(&play, 8, 13, 8);
	run_to(&play, 1);
	copy = play;
	run(&play);
	run(&copy);
	assert_int_equal(play.session.progress, YUFU_STATE_PASSED);
	assert_memory_equal(&play.session, &copy.session, sizeof(copy.session));
	const struct yf_look none = { .outcome = YF_LOOK_NONE };
	copy.now_ms += 60000;
	assert_int_equal(feed(&copy, &none), YUFU_STATE_PASSED);
	assert_memory_equal(&play.session, &copy.session, sizeof(copy.session));
}

static void every_name_is_its_own(void **state)
{
	(void)state;
	unsigned known = 0;
	for (uint32_t i = 0; i <= UINT8_MAX; i++) {
		const char *name = yf_face_reason_name(i);

		if (strcmp(name, "unknown") == 0)
			continue;
		known++;
		for (uint32_t k = 0; k < i; k++)
			assert_string_not_equal(name, yf_face_reason_name(k));
	}
	assert_int_equal(known, 19);
	for (uint32_t i = 0; i <= YUFU_HINT_OPEN_EYES; i++)
		assert_string_not_equal(yf_face_hint_name(i), "unknown");
	for (uint32_t i = 0; i <= YUFU_STEP_LOOK_UP; i++)
		assert_string_not_equal(yf_face_step_name(i), "unknown");
	for (uint32_t i = 0; i < YF_FACE_DEFECTS; i++)
		assert_string_not_equal(yf_face_defect_name(1u << i),
					"unknown");
	assert_string_equal(yf_face_step_name(UINT32_MAX), "unknown");
	assert_string_equal(yf_face_defect_name(3), "unknown");
	assert_string_equal(yf_face_defect_name(1u << YF_FACE_DEFECTS),
			    "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(draws),
		cmocka_unit_test(honest_people_pass),
		cmocka_unit_test(slow_networks_pass),
		cmocka_unit_test(match_is_the_person),
		cmocka_unit_test(flat_never_passes),
		cmocka_unit_test(flat_is_seen_in_the_points),
		cmocka_unit_test(zoom_has_no_perspective),
		cmocka_unit_test(repeated_pictures_fail),
		cmocka_unit_test(few_repeats_are_borne),
		cmocka_unit_test(swapped_person_fails),
		cmocka_unit_test(too_slow),
		cmocka_unit_test(too_fast),
		cmocka_unit_test(wrong_move),
		cmocka_unit_test(jumps),
		cmocka_unit_test(no_face_has_its_reason),
		cmocka_unit_test(short_loss_is_borne),
		cmocka_unit_test(too_few_pictures),
		cmocka_unit_test(unsound_numbers),
		cmocka_unit_test(a_copy_goes_the_same_way),
		cmocka_unit_test(every_name_is_its_own),
	};
	return cmocka_run_group_tests_name("face/liveness", tests, NULL, NULL);
}
