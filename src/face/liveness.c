#include "face/liveness.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/err.h"
#include "face/match.h"
#include "face/quality.h"

/* Where a pose counts as neutral, and where a step counts as done. */
static const float neutral_yaw = 0.20f, turned_yaw = 0.35f;
static const float neutral_mouth = 0.15f, open_mouth = 0.35f;
static const float neutral_growth = 1.12f, near_growth = 1.25f;
/* Eye distance over picture width: nearer than this, nobody comes closer. */
static const float near_share = 0.26f;
/* Of the way to done: it began; another step was meant by it. */
static const float onset_share = 0.65f, wrong_share = 1.1f;

/*
 * What a plane does not reach and a head does not stay below; see shape.h.
 * Ahead is the relief for each unit of turning: 0.28 for a head.  The points
 * come from a network that knows heads: shown a turned picture it bends the
 * points towards one, to 0.05 .. 0.2, so the margins are narrow.
 */
static const float relief_min = 0.05f, ahead_min = 0.16f;
/* Coming 1.25 to 1.4 times as near, heads gave 0.005 .. 0.019, planes
 * -0.028 .. 0.010: it catches most, and is no proof. */
static const float nearing_min = 0.002f;
/* Turned enough for the sine of it to be more than noise. */
static const float aside_min = 0.25f;
/* Narrower than this, a head has long reached its angle. */
static const float narrow_min = 0.80f;

/* Fastest a head moves: a part at once, and so much per second. */
static const float jump_yaw = 0.15f, jump_yaw_s = 3.0f;
static const float jump_shift = 0.25f, jump_shift_s = 2.5f;
static const float jump_growth = 0.20f, jump_growth_s = 1.5f;
static const float jump_mouth = 0.30f, jump_mouth_s = 6.0f;

/*
 * Grey levels between glances.  The same picture encoded again at quality 95,
 * 80, 60 and 30 was 0.03, 0.07, 0.17 and 0.34 away; the nearest of a live
 * head half a second later, holding still, 0.33.
 */
static const float alike_max = 0.2f;

enum {
	RUN = 2, /* pictures in a row that make a pose */
	JUMPS_MAX = 1,
	REPEATS_RUN_MAX = 8, /* of the picture just before: a slow camera */
	REPEATS_MAX = 2,     /* of an older one: a lost reply, sent again */
	CALM_MAX = 16,       /* pictures that make a neutral pose */
	ALIKE_AGO_MS = 450,  /* earlier ones may be alike */
	BURST_MS = 12,       /* no camera gives the next one so soon */
	BURSTS_MAX = 12,
	METRONOME_MAX = 40, /* pauses equal to the millisecond: a program */
	GAPS_MAX = 4,
	GAP_MS = 1000,
	GAP_MAX_MS = 4000,
	LOST_MS = 2500,
	CROWD_MS = 1200,
	WRONG_MS = 500,
	WRONG_RUN = 3,
};

static bool is_turn(uint32_t step)
{
	return step == YUFU_STEP_TURN_LEFT || step == YUFU_STEP_TURN_RIGHT;
}

static void draw_three(uint32_t number, uint32_t *out)
{
	uint32_t left[] = { YUFU_STEP_TURN_LEFT, YUFU_STEP_TURN_RIGHT,
			    YUFU_STEP_OPEN_MOUTH, YUFU_STEP_COME_CLOSER };
	uint32_t count = YF_COUNT(left);

	for (size_t i = 0; i < YF_LIVENESS_DRAWN; i++) {
		const uint32_t chosen = number % count;
		number /= count--;
		out[i] = left[chosen];
		left[chosen] = left[count];
	}
}

/* Eight of them; 24 is a multiple, so each is as likely. */
static void draw_easy(uint32_t number, uint32_t *out)
{
	const uint32_t turn_at = number & 1;

	out[turn_at] = number & 2 ? YUFU_STEP_TURN_LEFT : YUFU_STEP_TURN_RIGHT;
	out[!turn_at] =
		number & 4 ? YUFU_STEP_OPEN_MOUTH : YUFU_STEP_COME_CLOSER;
}

struct yufu_face_challenge yf_liveness_draw(uint32_t number, bool accessible,
					    uint64_t begun_us)
{
	struct yufu_face_challenge out = {
		.size = sizeof(out),
		.step_count = accessible ? YF_LIVENESS_EASY : YF_LIVENESS_DRAWN,
		.accessible = accessible,
		.begun_us = begun_us,
	};

	assert(number < YF_LIVENESS_DRAWS);
	if (accessible)
		draw_easy(number, out.steps);
	else
		draw_three(number, out.steps);
	return out;
}

bool yf_liveness_accepts(const struct yufu_face_challenge *challenge)
{
	bool turns = false;

	if (challenge->step_count < 1 ||
	    challenge->step_count > YUFU_FACE_STEPS_MAX)
		return false;
	for (uint32_t i = 0; i < challenge->step_count; i++) {
		if (challenge->steps[i] < YUFU_STEP_TURN_LEFT ||
		    challenge->steps[i] > YUFU_STEP_COME_CLOSER)
			return false;
		turns |= is_turn(challenge->steps[i]);
	}
	return turns;
}

void yf_liveness_begin(struct yf_liveness *session,
		       const struct yufu_face_challenge *challenge)
{
	const int64_t now_ms = (int64_t)(challenge->begun_us / 1000);

	assert(yf_liveness_accepts(challenge));
	*session = (struct yf_liveness){
		.count = challenge->step_count,
		.accessible = challenge->accessible != 0,
		.hint = YUFU_HINT_LOOK_STRAIGHT,
		.begun_ms = now_ms,
		.shown_ms = now_ms,
		.fed_ms = now_ms,
		.started_ms = -1,
		.lost_ms = now_ms,
		.lost = YUFU_REASON_NO_FACE,
		.wrong_ms = -1,
	};
	for (uint32_t i = 0; i < session->count; i++)
		session->steps[i] = challenge->steps[i];
}

/* Times that subtract without overflow. */
static bool is_time(int64_t at_ms)
{
	return at_ms >= -1 && at_ms <= INT64_MAX / 1000;
}

static bool same_steps(const struct yf_liveness *session,
		       const struct yufu_face_challenge *challenge)
{
	if (session->count != challenge->step_count ||
	    session->accessible != (challenge->accessible != 0) ||
	    session->begun_ms != (int64_t)(challenge->begun_us / 1000))
		return false;
	for (uint32_t i = 0; i < session->count; i++) {
		if (session->steps[i] != challenge->steps[i])
			return false;
	}
	return true;
}

bool yf_liveness_is_sound(const struct yf_liveness *session,
			  const struct yufu_face_challenge *challenge)
{
	for (size_t i = 0; i < YF_LIVENESS_GLANCES; i++) {
		if (!is_time(session->glances_ms[i]))
			return false;
	}
	return yf_liveness_accepts(challenge) &&
	       same_steps(session, challenge) &&
	       session->at <= session->count &&
	       (!session->moving || session->at < session->count) &&
	       session->progress <= YUFU_STATE_FAILED &&
	       session->kept_count <= YF_LIVENESS_KEPT_MAX &&
	       session->glances_count <= YF_LIVENESS_GLANCES &&
	       is_time(session->begun_ms) && is_time(session->shown_ms) &&
	       is_time(session->fed_ms) && is_time(session->started_ms) &&
	       is_time(session->lost_ms) && is_time(session->wrong_ms) &&
	       is_time(session->pause_ms) && is_time(session->pose.at_ms) &&
	       is_time(session->evidence.onset_ms);
}

static bool over(const struct yf_liveness *session)
{
	return session->progress == YUFU_STATE_PASSED ||
	       session->progress == YUFU_STATE_FAILED;
}

enum yufu_face_step yf_liveness_shown(const struct yf_liveness *session)
{
	return session->moving ? session->steps[session->at]
			       : YUFU_STEP_NEUTRAL;
}

bool yf_liveness_wants_descriptor(const struct yf_liveness *session)
{
	if (over(session))
		return false;
	if (session->suspect)
		return true;
	if (session->moving)
		return (session->evidence.run || session->evidence.reached) &&
		       !session->evidence.described;
	return session->neutral_run + 1 >= RUN;
}

static enum yufu_face_state fail(struct yf_liveness *session,
				 enum yufu_face_reason reason)
{
	session->reason = reason;
	session->progress = YUFU_STATE_FAILED;
	return YUFU_STATE_FAILED;
}

static enum yufu_face_reason why_late(const struct yf_liveness *session)
{
	const enum yufu_face_step step = yf_liveness_shown(session);
	const struct yf_liveness_evidence *seen = &session->evidence;

	if (session->lost_ms >= 0)
		return (enum yufu_face_reason)session->lost;
	/* What came was mostly what had been there before. */
	if (session->alike > session->fresh + RUN)
		return YUFU_REASON_FROZEN;
	if (is_turn(step) && !seen->reached && seen->narrowest < narrow_min)
		return YUFU_REASON_FLAT;
	if (step == YUFU_STEP_COME_CLOSER && seen->reached)
		return YUFU_REASON_NO_PERSPECTIVE;
	return YUFU_REASON_TOO_SLOW;
}

/* Until when what is shown must have gone on. */
static int64_t deadline_ms(const struct yf_liveness *session)
{
	const int64_t shown_ms = session->shown_ms;
	const int64_t onset_ms = session->evidence.onset_ms;
	const bool easy = session->accessible;
	const int64_t end_ms = session->begun_ms + YF_LIVENESS_SESSION_MS;
	int64_t until_ms;

	if (session->started_ms < 0)
		until_ms = session->begun_ms + YF_LIVENESS_START_MS;
	else if (!session->moving)
		until_ms = shown_ms + (easy ? YF_LIVENESS_EASY_RETURN_MS
					    : YF_LIVENESS_RETURN_MS);
	else if (onset_ms < 0)
		until_ms = shown_ms + (easy ? YF_LIVENESS_EASY_ONSET_MS
					    : YF_LIVENESS_ONSET_MS);
	else
		until_ms = onset_ms + (easy ? YF_LIVENESS_EASY_COMPLETE_MS
					    : YF_LIVENESS_COMPLETE_MS);
	return until_ms < end_ms ? until_ms : end_ms;
}

int64_t yf_liveness_left_ms(const struct yf_liveness *session, int64_t now_ms)
{
	const int64_t left = deadline_ms(session) - now_ms;

	return over(session) || left < 0 ? 0 : left;
}

enum yufu_face_state yf_liveness_wait(struct yf_liveness *session,
				      int64_t now_ms)
{
	if (over(session))
		return (enum yufu_face_state)session->progress;
	if (session->started_ms >= 0 && now_ms - session->fed_ms > GAP_MAX_MS)
		return fail(session, YUFU_REASON_TOO_FEW);
	if (now_ms > deadline_ms(session))
		return fail(session, why_late(session));
	return YUFU_STATE_GO_ON;
}

static const struct {
	enum yufu_face_reason reason;
	enum yufu_face_hint hint;
} troubles[] = {
	[YF_LOOK_FACE] = { YUFU_REASON_NONE, YUFU_HINT_LOOK_STRAIGHT },
	[YF_LOOK_NONE] = { YUFU_REASON_NO_FACE, YUFU_HINT_SHOW_FACE },
	[YF_LOOK_MANY] = { YUFU_REASON_MANY_FACES, YUFU_HINT_BE_ALONE },
	[YF_LOOK_TOO_SMALL] = { YUFU_REASON_TOO_SMALL, YUFU_HINT_COME_NEARER },
	[YF_LOOK_TOO_DARK] = { YUFU_REASON_TOO_DARK, YUFU_HINT_MORE_LIGHT },
	[YF_LOOK_TOO_BRIGHT] = { YUFU_REASON_TOO_BRIGHT, YUFU_HINT_LESS_LIGHT },
	[YF_LOOK_BLURRED] = { YUFU_REASON_BLURRED, YUFU_HINT_HOLD_STILL },
	[YF_LOOK_CUT_OFF] = { YUFU_REASON_CUT_OFF, YUFU_HINT_SHOW_FACE },
};

static enum yufu_face_state lose(struct yf_liveness *session,
				 yf_look_outcome outcome, int64_t now_ms)
{
	const bool crowd = outcome == YF_LOOK_MANY;
	const int64_t borne_ms = session->started_ms < 0 ? YF_LIVENESS_START_MS
				 : crowd                 ? CROWD_MS
							 : LOST_MS;

	if (session->lost_ms < 0)
		session->lost_ms = now_ms;
	session->lost = troubles[outcome].reason;
	session->hint = troubles[outcome].hint;
	session->neutral_run = 0;
	session->evidence.run = 0;
	session->tracked = false;
	if (now_ms - session->lost_ms > borne_ms)
		return fail(session, (enum yufu_face_reason)session->lost);
	return YUFU_STATE_GO_ON;
}

/* The very same picture. */
static bool repeated(struct yf_liveness *session, uint64_t hash)
{
	const uint32_t held = session->hashes_count < YF_LIVENESS_HASHES
				      ? session->hashes_count
				      : YF_LIVENESS_HASHES;
	const uint32_t last = (session->hashes_count + YF_LIVENESS_HASHES - 1) %
			      YF_LIVENESS_HASHES;

	if (held && session->hashes[last] == hash) {
		session->repeats_run++;
		return true;
	}
	session->repeats_run = 0;
	for (uint32_t i = 0; i < held; i++) {
		if (session->hashes[i] == hash) {
			session->repeats++;
			return true;
		}
	}
	session->hashes[session->hashes_count++ % YF_LIVENESS_HASHES] = hash;
	return false;
}

/*
 * An earlier picture encoded again.  Those of just before are left out: a
 * head that rests is as much alike from one to the next.
 */
static bool seen_before(struct yf_liveness *session, const struct yf_look *look,
			int64_t now_ms)
{
	const uint32_t count = session->glances_count;
	bool found = false;

	for (uint32_t i = 0; i < count && !found; i++)
		found = now_ms - session->glances_ms[i] >= ALIKE_AGO_MS &&
			yf_look_apart(session->glances[i], look->glance) <
				alike_max;
	if (found) {
		session->alike++;
		return true;
	}
	session->fresh++;
	if (count < YF_LIVENESS_GLANCES &&
	    (!count || now_ms - session->glances_ms[count - 1] >=
			       YF_LIVENESS_GLANCE_MS)) {
		memcpy(session->glances[count], look->glance,
		       sizeof(session->glances[count]));
		session->glances_ms[count] = now_ms;
		session->glances_count++;
	}
	return false;
}

static bool jumped(const struct yf_liveness_pose *was,
		   const struct yf_liveness_pose *is, float elapsed_s)
{
	const float shift = hypotf(is->x - was->x, is->y - was->y) / was->size;
	const float growth = fabsf(logf(is->size / was->size));

	return fabsf(is->yaw - was->yaw) > jump_yaw + jump_yaw_s * elapsed_s ||
	       shift > jump_shift + jump_shift_s * elapsed_s ||
	       growth > jump_growth + jump_growth_s * elapsed_s ||
	       fabsf(is->mouth - was->mouth) >
		       jump_mouth + jump_mouth_s * elapsed_s;
}

/* Is this the picture after the last one, as a camera gives it? */
static bool follows(struct yf_liveness *session, const struct yf_look *look,
		    int64_t now_ms)
{
	const struct yf_liveness_pose pose = {
		.x = look->box[0] + look->box[2] / 2,
		.y = look->box[1] + look->box[3] / 2,
		.size = fmaxf(hypotf(look->box[2], look->box[3]), 1),
		.yaw = look->yaw,
		.mouth = look->mouth,
		.at_ms = now_ms,
	};
	const int64_t pause_ms = now_ms - session->pose.at_ms;
	/* One that was held up on its way makes the next seem to come soon. */
	const int64_t moved_ms =
		session->pause_ms > pause_ms ? session->pause_ms : pause_ms;
	const bool jump = session->tracked &&
			  jumped(&session->pose, &pose, (float)moved_ms / 1000);

	session->pause_ms = session->tracked ? pause_ms : 0;
	session->pose = pose;
	session->tracked = true;
	if (jump) {
		session->jumps++;
		session->neutral_run = 0;
		session->evidence.run = 0;
		session->suspect = session->described_count > 0;
	}
	return !jump;
}

static bool described(const struct yf_look *look)
{
	for (size_t i = 0; i < YF_FACE_DESCRIPTOR; i++) {
		if (look->descriptor[i] != 0)
			return true;
	}
	return false;
}

/* Twice unlike in a row: one alone may be a smear. */
static bool stays_alike(struct yf_liveness *session, const struct yf_look *look)
{
	if (session->described_count == 0)
		memcpy(session->first, look->descriptor,
		       sizeof(session->first));
	session->described_count++;
	const float limit = look->session_distance > 0 ? look->session_distance
						       : YF_MATCH_FMR_1E2;
	if (yf_look_distance(session->first, look->descriptor) <= limit) {
		session->suspect = false;
		return true;
	}
	const bool again = session->suspect;
	session->suspect = true;
	return !again;
}

/* Keeps the descriptors of the frontal, sharp pictures. */
static void keep(struct yf_liveness *session, const struct yf_look *look)
{
	/* Best lit in the middle of the range. */
	const float light = 1 - fabsf(look->brightness - 128) / 160;
	const float merit = (1 - fabsf(look->yaw)) * (1 - look->mouth) *
			    fmaxf(light, 0.1f) *
			    log1pf(fmaxf(look->sharpness, 0));
	uint32_t place = session->kept_count;

	if (place == YF_LIVENESS_KEPT_MAX) {
		place = 0;
		for (uint32_t i = 1; i < YF_LIVENESS_KEPT_MAX; i++) {
			if (session->merit[i] < session->merit[place])
				place = i;
		}
		if (session->merit[place] >= merit)
			return;
	} else {
		session->kept_count++;
	}
	memcpy(session->kept[place], look->descriptor,
	       sizeof(session->kept[place]));
	session->merit[place] = merit;
}

/* How far the person is on the way to having done a step: 1 is there. */
static float share_of(const struct yf_liveness *session,
		      const struct yf_look *look, enum yufu_face_step step)
{
	switch (step) {
	case YUFU_STEP_TURN_LEFT:
		return fminf(look->yaw, look->yaw - session->neutral_yaw) /
		       turned_yaw;
	case YUFU_STEP_TURN_RIGHT:
		return fminf(-look->yaw, session->neutral_yaw - look->yaw) /
		       turned_yaw;
	case YUFU_STEP_OPEN_MOUTH:
		return look->mouth / open_mouth;
	case YUFU_STEP_COME_CLOSER:
		return (look->eye_distance / session->neutral_eyes - 1) /
		       (near_growth - 1);
	case YUFU_STEP_NEUTRAL:
	case YUFU_STEP_LOOK_UP:
		break;
	}
	return 0;
}

/* Adds a picture to the mean neutral pose. */
static void add_neutral(struct yf_liveness *session,
			const struct yf_shape *shape,
			const struct yf_look *look)
{
	const float part = 1 / (float)++session->neutral_count;
	struct yf_shape *mean = &session->neutral;

	for (size_t i = 0; i < YF_FACE_POINTS; i++) {
		for (size_t k = 0; k < 2; k++)
			mean->points[i][k] += part * (shape->points[i][k] -
						      mean->points[i][k]);
	}
	session->neutral_yaw += part * (look->yaw - session->neutral_yaw);
	session->neutral_eyes +=
		part * (look->eye_distance - session->neutral_eyes);
}

static bool neutral(struct yf_liveness *session, const struct yf_look *look)
{
	const float usual = session->usual_eyes;

	if (fabsf(look->yaw) > neutral_yaw)
		session->hint = YUFU_HINT_LOOK_STRAIGHT;
	else if (look->mouth > neutral_mouth)
		session->hint = YUFU_HINT_CLOSE_MOUTH;
	else if (look->eye_distance > near_share * (float)look->width ||
		 (usual > 0 && look->eye_distance > neutral_growth * usual))
		session->hint = YUFU_HINT_STEP_BACK;
	else
		return true;
	return false;
}

static enum yufu_face_state show(struct yf_liveness *session, bool moving,
				 int64_t now_ms)
{
	session->moving = moving;
	session->shown_ms = now_ms;
	session->neutral_run = 0;
	session->wrong_ms = -1;
	session->alike = session->fresh = 0;
	session->evidence =
		(struct yf_liveness_evidence){ .onset_ms = -1, .narrowest = 1 };
	session->hint = moving ? YUFU_HINT_DO_STEP : YUFU_HINT_LOOK_STRAIGHT;
	return YUFU_STATE_GO_ON;
}

static enum yufu_face_state feed_neutral(struct yf_liveness *session,
					 const struct yf_shape *shape,
					 const struct yf_look *look,
					 int64_t now_ms)
{
	if (!neutral(session, look)) {
		session->neutral_run = 0;
		return YUFU_STATE_GO_ON;
	}
	session->hint = YUFU_HINT_HOLD;
	if (session->neutral_run++ == 0)
		session->neutral_count = 0;
	add_neutral(session, shape, look);
	if (session->neutral_run < RUN || session->suspect || !described(look))
		return YUFU_STATE_GO_ON;
	keep(session, look);
	session->usual_eyes = session->neutral_eyes;
	if (session->started_ms < 0)
		session->started_ms = now_ms;
	if (session->at == session->count) {
		session->progress = YUFU_STATE_PASSED;
		return YUFU_STATE_PASSED;
	}
	return show(session, true, now_ms);
}

/* Does the person keep doing something that is not shown? */
static bool strays(struct yf_liveness *session, const struct yf_look *look,
		   int64_t now_ms)
{
	bool other = false;

	for (int i = YUFU_STEP_TURN_LEFT; i <= YUFU_STEP_COME_CLOSER; i++) {
		const enum yufu_face_step step = (enum yufu_face_step)i;
		other |= step != yf_liveness_shown(session) &&
			 share_of(session, look, step) >= wrong_share;
	}
	if (!other) {
		session->wrong_ms = -1;
		return false;
	}
	if (session->wrong_ms < 0) {
		session->wrong_ms = now_ms;
		session->wrong_run = 0;
	}
	session->hint = YUFU_HINT_OTHER_MOVE;
	return ++session->wrong_run >= WRONG_RUN &&
	       now_ms - session->wrong_ms >= WRONG_MS;
}

/* What this picture says for or against a head with depth. */
static void weigh(struct yf_liveness *session, const struct yf_shape *shape,
		  float share, float narrowing)
{
	struct yf_liveness_evidence *seen = &session->evidence;
	const enum yufu_face_step step = yf_liveness_shown(session);
	const float way = step == YUFU_STEP_TURN_RIGHT ? -1 : 1;
	const float aside = sqrtf(fmaxf(1 - narrowing * narrowing, 0));
	float found;

	if (is_turn(step) &&
	    yf_shape_relief(&session->neutral, shape, &found)) {
		if (share >= onset_share) {
			seen->relief += (double)(way * found);
			seen->relief_count++;
		}
		if (aside >= aside_min) {
			seen->ahead += (double)(way * found);
			seen->aside += (double)aside;
		}
	} else if (step == YUFU_STEP_COME_CLOSER && share >= 1 &&
		   yf_shape_nearing(&session->neutral, shape, &found)) {
		seen->nearing += (double)found;
		seen->nearing_count++;
	}
}

static bool has_relief(const struct yf_liveness_evidence *seen)
{
	return seen->relief_count >= RUN &&
	       seen->relief >= (double)relief_min * seen->relief_count &&
	       seen->ahead >= (double)ahead_min * seen->aside;
}

static bool has_perspective(const struct yf_liveness_evidence *seen)
{
	return seen->nearing_count >= RUN &&
	       seen->nearing >= (double)nearing_min * seen->nearing_count;
}

static void advance(struct yf_liveness *session, const struct yf_look *look,
		    const struct yf_shape *shape, float share)
{
	struct yf_liveness_evidence *seen = &session->evidence;
	const enum yufu_face_step step = yf_liveness_shown(session);
	const float narrowing = yf_shape_narrowing(&session->neutral, shape);

	/* An open mouth lengthens a face too. */
	if (is_turn(step) && look->mouth < neutral_mouth)
		seen->narrowest = fminf(seen->narrowest, narrowing);
	if (!is_turn(step) && narrowing < narrow_min)
		share = 0;
	seen->run = share >= 1 ? seen->run + 1 : 0;
	seen->reached |= seen->run >= RUN;
	if (look->mouth < neutral_mouth || share >= onset_share)
		weigh(session, shape, share, narrowing);
	if (share < onset_share)
		return;
	session->hint = share < 1 ? YUFU_HINT_A_BIT_MORE : YUFU_HINT_HOLD;
	if (described(look) && !session->suspect) {
		seen->described = true;
		if (step == YUFU_STEP_COME_CLOSER)
			keep(session, look);
	}
}

/* Still as in the neutral pose: nothing has begun. */
static bool calm(const struct yf_liveness *session, const struct yf_look *look)
{
	const float growth = look->eye_distance / session->neutral_eyes;

	return session->neutral_count < CALM_MAX &&
	       fabsf(look->yaw) < neutral_yaw / 2 &&
	       look->mouth < neutral_mouth && fabsf(growth - 1) < 0.05f;
}

static enum yufu_face_state feed_move(struct yf_liveness *session,
				      const struct yf_shape *shape,
				      const struct yf_look *look,
				      int64_t now_ms)
{
	struct yf_liveness_evidence *seen = &session->evidence;
	const float share = share_of(session, look, yf_liveness_shown(session));

	if (share >= onset_share && seen->onset_ms < 0) {
		if (now_ms - session->shown_ms < YF_LIVENESS_REACTION_MS)
			return fail(session, YUFU_REASON_TOO_FAST);
		seen->onset_ms = now_ms;
	}
	if (seen->onset_ms < 0) {
		session->hint = YUFU_HINT_DO_STEP;
		if (strays(session, look, now_ms))
			return fail(session, YUFU_REASON_WRONG_MOVE);
		if (calm(session, look))
			add_neutral(session, shape, look);
	}
	advance(session, look, shape, share);
	if (!seen->reached || !seen->described || session->suspect)
		return YUFU_STATE_GO_ON;
	const enum yufu_face_step step = yf_liveness_shown(session);
	if (is_turn(step) && !has_relief(seen))
		return fail(session, YUFU_REASON_FLAT);
	if (step == YUFU_STEP_COME_CLOSER && !has_perspective(seen)) {
		/* Slight at first; it shows better from nearer by. */
		session->hint = YUFU_HINT_A_BIT_MORE;
		return YUFU_STATE_GO_ON;
	}
	session->at++;
	return show(session, false, now_ms);
}

/* Numbers that came from another process: only sound ones are compared. */
static bool sound(const struct yf_look *look)
{
	for (size_t i = 0; i < 4; i++) {
		if (!isfinite(look->box[i]))
			return false;
	}
	for (size_t i = 0; i < YF_FACE_DESCRIPTOR; i++) {
		if (!isfinite(look->descriptor[i]))
			return false;
	}
	return isfinite(look->yaw) && isfinite(look->mouth) &&
	       isfinite(look->sharpness) && isfinite(look->eye_distance) &&
	       look->eye_distance > 0;
}

static enum yufu_face_state feed_face(struct yf_liveness *session,
				      const struct yf_look *look,
				      int64_t now_ms)
{
	struct yf_shape shape;

	if (!sound(look) || !yf_shape_of(look->points, &shape))
		return lose(session, YF_LOOK_NONE, now_ms);
	if (session->lost_ms >= 0 && session->started_ms >= 0)
		session->suspect = true;
	session->lost_ms = -1;
	if (repeated(session, look->pixels_hash)) {
		if (session->repeats_run > REPEATS_RUN_MAX ||
		    session->repeats > REPEATS_MAX)
			return fail(session, YUFU_REASON_FROZEN);
		return YUFU_STATE_GO_ON;
	}
	if (seen_before(session, look, now_ms))
		return YUFU_STATE_GO_ON;
	if (!follows(session, look, now_ms))
		return session->jumps > JUMPS_MAX
			       ? fail(session, YUFU_REASON_JUMP)
			       : YUFU_STATE_GO_ON;
	if (described(look) && !stays_alike(session, look))
		return fail(session, YUFU_REASON_ANOTHER_PERSON);
	if (session->moving)
		return feed_move(session, &shape, look, now_ms);
	return feed_neutral(session, &shape, look, now_ms);
}

/*
 * The rhythm of a camera behind a network.  A picture that was held up may
 * come together with the next, and a quick machine is regular; neither goes
 * on for long.
 */
static bool is_natural(struct yf_liveness *session, int64_t pause_ms,
		       int64_t before_ms)
{
	session->bursts += pause_ms < BURST_MS;
	session->metronome = pause_ms == before_ms ? session->metronome + 1 : 0;
	return session->bursts <= BURSTS_MAX &&
	       session->metronome <= METRONOME_MAX;
}

enum yufu_face_state yf_liveness_feed(struct yf_liveness *session,
				      const struct yf_look *look,
				      int64_t now_ms)
{
	if (now_ms < session->fed_ms)
		now_ms = session->fed_ms;
	if (yf_liveness_wait(session, now_ms) != YUFU_STATE_GO_ON)
		return (enum yufu_face_state)session->progress;
	if (now_ms - session->fed_ms > GAP_MS) {
		session->tracked = false;
		session->suspect = session->described_count > 0;
		session->gaps += session->started_ms >= 0;
	}
	const int64_t pause_ms = now_ms - session->fed_ms;
	const bool natural = is_natural(session, pause_ms, session->rhythm_ms);
	session->fed_ms = now_ms;
	session->rhythm_ms = pause_ms;
	if (session->gaps > GAPS_MAX)
		return fail(session, YUFU_REASON_TOO_FEW);
	if (!natural)
		return fail(session, YUFU_REASON_TIMING);
	if (look->outcome != YF_LOOK_FACE)
		return lose(session, look->outcome, now_ms);
	return feed_face(session, look, now_ms);
}

enum yufu_face_reason yf_liveness_why(const struct yf_liveness *session)
{
	return (enum yufu_face_reason)session->reason;
}

enum yufu_face_hint yf_liveness_advice(const struct yf_liveness *session)
{
	return (enum yufu_face_hint)session->hint;
}

void yf_liveness_report(const struct yf_liveness *session, int64_t now_ms,
			const struct yufu_face_quality *quality,
			struct yufu_face_progress *out)
{
	const bool waits = session->started_ms < 0 && session->lost_ms < 0 &&
			   !over(session);

	out->state = session->progress;
	out->reason = session->reason;
	out->hint = session->hint;
	out->shown = yf_liveness_shown(session);
	out->step_index = session->at;
	out->left_ms = (uint32_t)yf_liveness_left_ms(session, now_ms);
	if (quality && waits)
		out->hint = yf_quality_hint(quality->warnings, out->hint);
}

size_t yf_liveness_descriptor(const struct yf_liveness *session,
			      float out[static YF_FACE_DESCRIPTOR])
{
	double sum[YF_FACE_DESCRIPTOR] = { 0 }, square = 0;

	for (uint32_t i = 0; i < session->kept_count; i++) {
		for (size_t k = 0; k < YF_FACE_DESCRIPTOR; k++)
			sum[k] += (double)session->kept[i][k];
	}
	for (size_t k = 0; k < YF_FACE_DESCRIPTOR; k++)
		square += sum[k] * sum[k];
	const double norm = square > 0 ? 1 / sqrt(square) : 0;
	for (size_t k = 0; k < YF_FACE_DESCRIPTOR; k++)
		out[k] = (float)(sum[k] * norm);
	return session->kept_count;
}
