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
	bool accessible;

	/* What this one does differently; all zero for an honest person. */
	float turns_by; /* how many times as far, 0 as far as the camera */
	bool obeys_not, returns_not, at_once;
	int64_t late_ms; /* slower to begin than others */
	bool claims;     /* its nose is where a head's would be, for the yaw */
	enum yufu_face_step instead; /* does this whatever is shown */
};

static void begin_as(struct play *play, uint64_t person, uint32_t number,
		     float per_second, bool accessible)
{
	*play = (struct play){ .actor = actor_new(person),
			       .begun_ms = 5000,
			       .now_ms = 5000,
			       .per_second = per_second,
			       .accessible = accessible };
	const struct yufu_face_challenge drawn = yf_liveness_draw(
		number, accessible, (uint64_t)play->now_ms * 1000);
	yf_liveness_begin(&play->session, &drawn);
	yf_camera_begin(&play->camera, play->now_ms);
}

static void begin(struct play *play, uint64_t person, uint32_t number,
		  float per_second)
{
	begin_as(play, person, number, per_second, false);
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
	struct yf_head_pose pose = yf_camera_pose(
		&play->camera, play->now_ms + ahead_ms - play->late_ms);
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
		const struct yufu_face_challenge drawn =
			yf_liveness_draw(i, false, 7);
		assert_true(yf_liveness_accepts(&drawn));
		memcpy(all[i], drawn.steps, sizeof(all[i]));
		assert_int_not_equal(all[i][0], all[i][1]);
		assert_int_not_equal(all[i][0], all[i][2]);
		assert_int_not_equal(all[i][1], all[i][2]);
		for (uint32_t k = 0; k < i; k++)
			assert_memory_not_equal(all[i], all[k], sizeof(all[i]));
	}
}

/* Eight easy challenges, each three times, so that none is likelier. */
static void easy_draws(void **state)
{
	unsigned seen[6][6] = { { 0 } };

	(void)state;
	for (uint32_t i = 0; i < YF_LIVENESS_DRAWS; i++) {
		const struct yufu_face_challenge drawn =
			yf_liveness_draw(i, true, 7);
		assert_true(yf_liveness_accepts(&drawn));
		assert_int_equal(drawn.step_count, YF_LIVENESS_EASY);
		assert_int_equal(drawn.accessible, 1);
		seen[drawn.steps[0]][drawn.steps[1]]++;
	}
	unsigned kinds = 0;
	for (int i = 0; i < 36; i++) {
		assert_true(seen[i / 6][i % 6] == 0 || seen[i / 6][i % 6] == 3);
		kinds += seen[i / 6][i % 6] > 0;
	}
	assert_int_equal(kinds, 8);
}

/* Who needs four seconds to begin and two to move has time enough. */
static void easy_for_the_slow(void **state)
{
	unsigned longest_ms = 0, hard = 0;

	(void)state;
	for (uint32_t i = 0; i < 8 * YF_LIVENESS_DRAWS; i++) {
		const bool easy = i % 2;
		struct play play;

		begin_as(&play, i, i / 2 % YF_LIVENESS_DRAWS, 8, easy);
		play.late_ms = 3000;
		run(&play);
		hard += !easy && play.session.progress == YUFU_STATE_PASSED;
		if (!easy)
			continue;
		assert_reason(&play, YUFU_REASON_NONE);
		assert_int_equal(play.session.at, YF_LIVENESS_EASY);
		if (play.now_ms - play.begun_ms > longest_ms)
			longest_ms = (unsigned)(play.now_ms - play.begun_ms);
	}
	print_message("  longest %u ms; %u passed the usual one\n", longest_ms,
		      hard);
	assert_in_range(longest_ms, 1, YF_LIVENESS_SESSION_MS);
	assert_int_equal(hard, 0);
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

/* The margins are narrow: it is told how many honest turns look flat. */
static void honest_people_seldom_fail(void **state)
{
	unsigned failed = 0, against = 0, all = 0;

	(void)state;
	for (uint32_t i = 0; i < 60 * YF_LIVENESS_DRAWS; i++) {
		struct play play;

		begin_as(&play, 1000 + i, i % YF_LIVENESS_DRAWS, 8, i % 2);
		run(&play);
		const uint32_t reason = play.session.reason;
		all++;
		failed += reason != YUFU_REASON_NONE;
		against += reason == YUFU_REASON_FLAT ||
			   reason == YUFU_REASON_NO_PERSPECTIVE;
	}
	print_message("  %u of %u failed, %u as flat\n", failed, all, against);
	assert_true(failed * 100 <= all);
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
			play.now_ms += (int64_t)(6 * actor_chance(&play.actor));
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

/*
 * A flat picture whose every frame stands anyhow, nobody obeying: any plane,
 * any distance, mouths that open, jumps and slow drifts.
 */
static void no_order_of_flat_frames_passes(void **state)
{
	unsigned reasons[64] = { 0 };

	(void)state;
	for (uint32_t i = 0; i < 100 * YF_LIVENESS_DRAWS; i++) {
		struct play play;
		struct yf_head_pose pose = { .growth = 1 };

		begin_as(&play, i, i % YF_LIVENESS_DRAWS,
			 3 + 12 * (float)(i % 7) / 7, i % 3 == 0);
		play.actor.flat = true;
		play.actor.distance = 3 + 12 * actor_chance(&play.actor);
		play.actor.noise = 0.02f * actor_chance(&play.actor);
		const float pace = 0.05f + actor_chance(&play.actor);
		while (!ended(play.session.progress)) {
			const float aim = 140 * actor_chance(&play.actor) - 70;
			const bool back = actor_chance(&play.actor) < 0.4f;
			pose.yaw += pace * ((back ? 0 : aim) - pose.yaw);
			pose.pitch += pace * (aim / 3 - pose.pitch) / 3;
			pose.roll += pace * (aim / 2 - pose.roll) / 3;
			pose.mouth =
				back ? 0 : 0.7f * actor_chance(&play.actor);
			pose.growth =
				back ? 1
				     : 0.8f + 0.8f * actor_chance(&play.actor);
			pass_time(&play);
			const struct yf_look look =
				actor_look(&play.actor, &pose, true);
			feed(&play, &look);
		}
		assert_int_equal(play.session.progress, YUFU_STATE_FAILED);
		reasons[play.session.reason]++;
	}
	print_message(" ");
	for (uint32_t i = 0; i < YF_COUNT(reasons); i++)
		if (reasons[i])
			print_message(" %s %u", yf_face_reason_name(i),
				      reasons[i]);
	print_message("\n");
}

/* What a person who passed was seen as. */
struct tape {
	struct yf_look looks[512];
	int64_t at_ms[512];
	size_t count;
	struct yufu_face_challenge challenge;
};

static void record(struct tape *tape, uint32_t person, uint32_t number)
{
	struct play play;

	begin(&play, person, number, 9);
	tape->count = 0;
	tape->challenge =
		yf_liveness_draw(number, false, (uint64_t)play.begun_ms * 1000);
	while (!ended(play.session.progress)) {
		pass_time(&play);
		const struct yf_head_pose pose = pose_now(&play);
		assert_true(tape->count < YF_COUNT(tape->looks));
		tape->looks[tape->count] = actor_look(&play.actor, &pose, true);
		tape->at_ms[tape->count] = play.now_ms;
		feed(&play, &tape->looks[tape->count++]);
	}
	assert_int_equal(play.session.progress, YUFU_STATE_PASSED);
}

static uint32_t replay(const struct tape *tape, const size_t *order,
		       size_t count,
		       const struct yufu_face_challenge *challenge)
{
	struct yf_liveness session;

	yf_liveness_begin(&session, challenge);
	for (size_t i = 0; i < count; i++)
		yf_liveness_feed(&session, &tape->looks[order[i]],
				 tape->at_ms[i % tape->count]);
	yf_liveness_wait(&session, tape->at_ms[0] + 60000);
	return session.progress;
}

/* The recording passes where it was made; elsewhere, and in pieces, not. */
static void replays_fail(void **state)
{
	static struct tape tape;
	unsigned tried = 0, by_chance = 0;

	(void)state;
	for (uint32_t i = 0; i < YF_LIVENESS_DRAWS; i++) {
		size_t order[512];

		record(&tape, i, i);
		for (size_t k = 0; k < tape.count; k++)
			order[k] = k;
		assert_int_equal(
			replay(&tape, order, tape.count, &tape.challenge),
			YUFU_STATE_PASSED);
		for (uint32_t k = 0; k < YF_LIVENESS_DRAWS; k++) {
			const struct yufu_face_challenge other =
				yf_liveness_draw(k, false,
						 tape.challenge.begun_us);
			if (k == i)
				continue;
			assert_int_equal(
				replay(&tape, order, tape.count, &other),
				YUFU_STATE_FAILED);
			tried++;
		}
		struct actor dice = actor_new(i);
		for (int k = 0; k < 40; k++) {
			/* Pieces of it, as many as 2 .. 21, shuffled. */
			const size_t piece =
				tape.count / (2 + (size_t)k / 2) + 1;
			for (size_t a = 0; a < tape.count; a++) {
				const size_t from =
					piece * (size_t)(actor_chance(&dice) *
							 (float)tape.count /
							 (float)piece);
				for (size_t b = 0;
				     b < piece && a + b < tape.count; b++)
					order[a + b] = (from + b) % tape.count;
				a += piece - 1;
			}
			bool same = true;
			for (size_t a = 0; a < tape.count; a++)
				same &= order[a] == a;
			if (same)
				continue;
			by_chance +=
				replay(&tape, order, tape.count,
				       &tape.challenge) == YUFU_STATE_PASSED;
			tried++;
		}
		for (size_t a = 0; a < tape.count; a++)
			order[a] = tape.count - 1 - a;
		assert_int_equal(
			replay(&tape, order, tape.count, &tape.challenge),
			YUFU_STATE_FAILED);
	}
	/* The pieces may fall so that the moves come as they are asked for:
	 * what nobody can tell from a person.  That is rare. */
	print_message("  %u replays, %u passed by chance\n",
		      tried + YF_LIVENESS_DRAWS, by_chance);
	assert_true(by_chance * 200 <= tried);
}

/* Every picture is one of the first second, encoded again. */
static void encoded_again_is_no_evidence(void **state)
{
	unsigned frozen = 0;

	(void)state;
	for (uint32_t i = 0; i < YF_LIVENESS_DRAWS; i++) {
		uint8_t held[YF_LOOK_GLANCE];
		struct play play;

		begin_as(&play, i, i, 8, i % 2);
		for (int k = 0; k < 3; k++)
			one(&play);
		memcpy(held, play.session.glances[0], sizeof(held));
		while (!ended(play.session.progress)) {
			pass_time(&play);
			const struct yf_head_pose pose = pose_now(&play);
			struct yf_look look =
				actor_look(&play.actor, &pose, true);
			memcpy(look.glance, held, sizeof(held));
			for (size_t k = 0; k < YF_LOOK_GLANCE; k += 3)
				look.glance[k] =
					(uint8_t)(look.glance[k] +
						  (k + play.pictures) % 9 - 4);
			feed(&play, &look);
		}
		assert_int_equal(play.session.progress, YUFU_STATE_FAILED);
		frozen += play.session.reason == YUFU_REASON_FROZEN;
	}
	assert_int_equal(frozen, YF_LIVENESS_DRAWS);
}

/* A script's clock, and a heap of pictures at once. */
static void unnatural_times(void **state)
{
	(void)state;
	for (int flood = 0; flood < 2; flood++) {
		struct play play;

		begin(&play, 3, 11, 8);
		play.obeys_not = true;
		while (!ended(play.session.progress)) {
			play.now_ms += flood ? 2 : 60;
			const struct yf_head_pose pose = pose_now(&play);
			const struct yf_look look =
				actor_look(&play.actor, &pose, true);
			feed(&play, &look);
		}
		assert_reason(&play, YUFU_REASON_TIMING);
	}
}

/* Whatever is fed, in whatever rhythm, twenty seconds are the end. */
static void it_always_ends(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 300; i++) {
		struct play play;

		begin_as(&play, i, i % YF_LIVENESS_DRAWS,
			 1.5f + 10 * (float)(i % 11) / 11, i % 2);
		play.late_ms = 300 * (i % 9);
		play.obeys_not = i % 5 == 0;
		while (!ended(play.session.progress)) {
			assert_true(play.now_ms - play.begun_ms <=
				    YF_LIVENESS_SESSION_MS);
			assert_in_range(
				yf_liveness_left_ms(&play.session, play.now_ms),
				0, YF_LIVENESS_START_MS);
			/* Time that jumps back now and then. */
			if (i % 7 == 0 && play.pictures % 9 == 3)
				play.now_ms -= 700;
			one(&play);
			if (i % 4 == 0 && play.pictures % 13 == 7)
				play.now_ms += 1300;
			yf_liveness_wait(&play.session, play.now_ms);
		}
	}
}

/* Bytes that were tampered with are refused, or lead nowhere dangerous. */
static void tampered_bytes(void **state)
{
	static union {
		struct yf_liveness session;
		uint8_t bytes[sizeof(struct yf_liveness)];
	} copy;
	struct play play;
	unsigned refused = 0;

	(void)state;
	begin(&play, 5, 9, 8);
	run_to(&play, 1);
	const struct yufu_face_challenge challenge =
		yf_liveness_draw(9, false, (uint64_t)play.begun_ms * 1000);
	assert_true(yf_liveness_is_sound(&play.session, &challenge));
	struct yufu_face_challenge other = challenge;
	other.steps[0] = other.steps[0] % 4 + 1;
	assert_false(yf_liveness_is_sound(&play.session, &other));
	other = challenge;
	other.begun_us += 5000;
	assert_false(yf_liveness_is_sound(&play.session, &other));
	other = challenge;
	other.accessible = 1;
	assert_false(yf_liveness_is_sound(&play.session, &other));
	for (size_t i = 0; i < sizeof(copy.bytes); i += 3) {
		copy.session = play.session;
		copy.bytes[i] ^= (uint8_t)(1 + i % 255);
		copy.bytes[i | 3] = 0xff;
		if (!yf_liveness_is_sound(&copy.session, &challenge)) {
			refused++;
			continue;
		}
		const struct yf_head_pose pose = { .growth = 1 };
		const struct yf_look look =
			actor_look(&play.actor, &pose, true);
		yf_liveness_shown(&copy.session);
		yf_liveness_wants_descriptor(&copy.session);
		for (int64_t k = 0; k < 12; k++)
			yf_liveness_feed(&copy.session, &look,
					 play.now_ms + 100 * k);
	}
	print_message("  %u refused\n", refused);
	assert_true(refused > 20);
	memset(&copy, 0xff, sizeof(copy));
	assert_false(yf_liveness_is_sound(&copy.session, &challenge));
}

/* Before the challenge begins, what can be mended is said. */
static void quality_is_said_before(void **state)
{
	const struct yufu_face_quality dim = {
		.warnings = YUFU_DEFECT_ILLUMINATION_UNIFORMITY
	};
	struct yufu_face_progress out = { 0 };
	struct play play;

	(void)state;
	begin(&play, 5, 9, 8);
	yf_liveness_report(&play.session, play.now_ms, &dim, &out);
	assert_int_equal(out.hint, YUFU_HINT_LOOK_STRAIGHT);
	one(&play);
	yf_liveness_report(&play.session, play.now_ms, &dim, &out);
	assert_int_equal(out.hint, YUFU_HINT_LIGHT_FROM_FRONT);
	assert_int_equal(out.shown, YUFU_STEP_NEUTRAL);
	assert_int_equal(out.state, YUFU_STATE_GO_ON);
	assert_in_range(out.left_ms, 1, YF_LIVENESS_START_MS);
	run_to(&play, 0);
	yf_liveness_report(&play.session, play.now_ms, &dim, &out);
	assert_int_equal(out.hint, YUFU_HINT_DO_STEP);
	assert_int_equal(out.shown, play.session.steps[0]);
	run(&play);
	yf_liveness_report(&play.session, play.now_ms, NULL, &out);
	assert_int_equal(out.state, YUFU_STATE_PASSED);
	assert_int_equal(out.step_index, YF_LIVENESS_DRAWN);
	assert_int_equal(out.left_ms, 0);
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
		cmocka_unit_test(easy_draws),
		cmocka_unit_test(easy_for_the_slow),
		cmocka_unit_test(honest_people_pass),
		cmocka_unit_test(honest_people_seldom_fail),
		cmocka_unit_test(slow_networks_pass),
		cmocka_unit_test(match_is_the_person),
		cmocka_unit_test(flat_never_passes),
		cmocka_unit_test(no_order_of_flat_frames_passes),
		cmocka_unit_test(flat_is_seen_in_the_points),
		cmocka_unit_test(replays_fail),
		cmocka_unit_test(encoded_again_is_no_evidence),
		cmocka_unit_test(unnatural_times),
		cmocka_unit_test(it_always_ends),
		cmocka_unit_test(tampered_bytes),
		cmocka_unit_test(quality_is_said_before),
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
