#include "face/liveness.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "face/measure.h"
#include "face/shape.h"

/*
 * A session made of the input: nine bytes a picture.  Whatever comes, it ends
 * in time; and who passed has shown every step, long enough and late enough,
 * as one person.
 */
struct witness {
	unsigned done[YUFU_FACE_STEPS_MAX];
	unsigned described;
	int64_t first_ms;
};

static void demand(bool holds)
{
	if (!holds)
		abort();
}

static float byte_to(uint8_t byte, float limit)
{
	return ((float)byte - 128) / 128 * limit;
}

/* The generic head, turned and near, from eight eye distances. */
static void set_points(struct yf_look *look, float yaw, float mouth,
		       float growth, bool flat)
{
	for (size_t i = 0; i < YF_FACE_POINTS; i++) {
		const float *at = yf_shape_model[i];
		const float z = flat ? 0 : at[2];
		const float drop = i >= 65 ? 0.68f * mouth : 0;
		const float x = at[0] * cosf(yaw) - z * sinf(yaw);
		const float away =
			8 / growth + at[0] * sinf(yaw) + z * cosf(yaw);
		look->points[i][0] = 320 + 560 * x / away;
		look->points[i][1] = 200 + 560 * (at[1] + drop) / away;
	}
	look->box[0] = 320 - 80 * growth;
	look->box[1] = 150;
	look->box[2] = look->box[3] = 160 * growth;
	yf_measure_points(look);
}

static struct yf_look look_of(const uint8_t *bytes, uint64_t number)
{
	struct yf_look look = {
		.outcome = bytes[0] < 240 ? YF_LOOK_FACE
					  : (yf_look_outcome)(bytes[0] % 8),
		.width = 640,
		.height = 480,
		.sharpness = bytes[6],
		.pixels_hash = bytes[6] > 8 ? number : 0
	};
	const bool flat = bytes[1] & 1, other = bytes[1] & 2;

	set_points(&look, byte_to(bytes[2], 1.3f), bytes[3] / 255.0f,
		   0.7f + bytes[4] / 160.0f, flat);
	if (bytes[1] & 4)
		look.descriptor[other ? 1 : 0] = 1;
	/* A glance of its own, or for some the one of others. */
	for (size_t i = 0; i < YF_LOOK_GLANCE; i++)
		look.glance[i] = bytes[6] > 16 ? (uint8_t)(number * 37 + i * i)
					       : (uint8_t)i;
	/* Now and then a number from nowhere. */
	if (bytes[7] == 255)
		memcpy((uint8_t *)&look.box + bytes[8] % 200, bytes, 4);
	return look;
}

static bool shows(const struct yf_look *look, enum yufu_face_step step,
		  float neutral_eyes)
{
	switch (step) {
	case YUFU_STEP_TURN_LEFT:
		return look->yaw >= 0.35f;
	case YUFU_STEP_TURN_RIGHT:
		return look->yaw <= -0.35f;
	case YUFU_STEP_OPEN_MOUTH:
		return look->mouth >= 0.35f;
	case YUFU_STEP_COME_CLOSER:
		return look->eye_distance >= 1.2f * neutral_eyes;
	case YUFU_STEP_LOOK_UP:
	case YUFU_STEP_NEUTRAL:
		break;
	}
	return false;
}

static void check_end(const struct yf_liveness *session,
		      const struct witness *witness, int64_t now_ms)
{
	float mean[YF_FACE_DESCRIPTOR];

	if (session->progress != YUFU_STATE_PASSED) {
		demand((session->progress == YUFU_STATE_FAILED) ==
		       (session->reason != YUFU_REASON_NONE));
		return;
	}
	demand(session->reason == YUFU_REASON_NONE);
	demand(session->at == session->count);
	demand(now_ms - witness->first_ms >=
	       (int64_t)session->count * YF_LIVENESS_REACTION_MS);
	demand(witness->described >= 2 * session->count + 1);
	for (uint32_t i = 0; i < session->count; i++)
		demand(witness->done[i] >= 2);
	demand(yf_liveness_descriptor(session, mean) >= 1);
	demand(yf_look_distance(mean, session->first) < 0.5f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct yf_liveness session;
	struct witness witness = { 0 };
	int64_t now_ms = 1000;

	if (len < 1)
		return 0;
	const struct yufu_face_challenge drawn =
		yf_liveness_draw(data[0] % YF_LIVENESS_DRAWS, data[0] & 128,
				 (uint64_t)now_ms * 1000);
	yf_liveness_begin(&session, &drawn);
	witness.first_ms = now_ms;
	for (size_t i = 1; i + 9 <= len; i += 9) {
		const struct yf_look look = look_of(data + i, i);
		const enum yufu_face_step shown = yf_liveness_shown(&session);
		const uint32_t at = session.at;

		now_ms += data[i + 5] * 4;
		if (session.progress == YUFU_STATE_GO_ON) {
			if (session.moving &&
			    shows(&look, shown, session.usual_eyes))
				witness.done[at]++;
			witness.described += (data[i + 1] & 4) != 0;
		}
		yf_liveness_feed(&session, &look, now_ms);
		check_end(&session, &witness, now_ms);
		demand(yf_liveness_is_sound(&session, &drawn));
		demand(now_ms - witness.first_ms <= YF_LIVENESS_SESSION_MS ||
		       session.progress != YUFU_STATE_GO_ON);
		demand(yf_liveness_left_ms(&session, now_ms) >= 0);
		demand(yf_face_hint_name(yf_liveness_advice(&session)) != NULL);
	}
	/* It always ends. */
	yf_liveness_wait(&session, now_ms + YF_LIVENESS_SESSION_MS + 1);
	demand(session.progress == YUFU_STATE_PASSED ||
	       session.progress == YUFU_STATE_FAILED);
	check_end(&session, &witness, now_ms);
	return 0;
}
