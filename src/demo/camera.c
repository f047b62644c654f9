#include "demo/camera.h"

#include <math.h>

/* Far enough for the challenge with a margin, and no farther: a head that is
 * turned less looks better. */
static struct yf_head_pose target(enum yufu_face_step step)
{
	struct yf_head_pose pose = { .growth = 1 };

	switch (step) {
	case YUFU_STEP_TURN_LEFT:
		pose.yaw = 22;
		break;
	case YUFU_STEP_TURN_RIGHT:
		pose.yaw = -22;
		break;
	case YUFU_STEP_OPEN_MOUTH:
		pose.mouth = 0.66f;
		break;
	case YUFU_STEP_COME_CLOSER:
		pose.growth = 1.45f;
		break;
	case YUFU_STEP_LOOK_UP:
	case YUFU_STEP_NEUTRAL:
		break;
	}
	return pose;
}

/* The body's own unrest: sines that never meet again. */
static void sway(struct yf_head_pose *pose, int64_t now_ms)
{
	const float t = (float)(now_ms % 1000000) / 1000.0f;

	pose->yaw += 0.8f * sinf(1.31f * t) + 0.4f * sinf(3.17f * t + 1);
	pose->pitch += 0.7f * sinf(0.93f * t + 2) + 0.3f * sinf(2.71f * t);
	pose->roll += 0.7f * sinf(0.71f * t + 4);
	pose->shift_x += 0.04f * sinf(0.83f * t + 3);
	pose->shift_y += 0.02f * sinf(1.13f * t + 5);
	pose->growth *= 1 + 0.006f * sinf(1.57f * t);
}

static float mix(float from, float to, float share)
{
	return from + share * (to - from);
}

/* Without the sway. */
static struct yf_head_pose bare_pose(const struct yf_camera *camera,
				     int64_t now_ms)
{
	const struct yf_head_pose from = camera->from;
	const struct yf_head_pose to = target(camera->step);
	const float t = fminf(
		fmaxf((float)(now_ms - camera->shown_ms - YF_CAMERA_ONSET_MS) /
			      YF_CAMERA_MOVE_MS,
		      0),
		1);
	/* Starts and ends without a jerk. */
	const float share = t * t * t * (t * (6 * t - 15) + 10);

	return (struct yf_head_pose){
		.yaw = mix(from.yaw, to.yaw, share),
		.mouth = mix(from.mouth, to.mouth, share),
		.growth = mix(from.growth, to.growth, share),
	};
}

void yf_camera_begin(struct yf_camera *camera, int64_t now_ms)
{
	*camera = (struct yf_camera){ .from = target(YUFU_STEP_NEUTRAL),
				      .step = YUFU_STEP_NEUTRAL,
				      .shown_ms = now_ms };
}

void yf_camera_show(struct yf_camera *camera, enum yufu_face_step step,
		    int64_t now_ms)
{
	if (step == camera->step)
		return;
	camera->from = bare_pose(camera, now_ms);
	camera->step = step;
	camera->shown_ms = now_ms;
}

struct yf_head_pose yf_camera_pose(const struct yf_camera *camera,
				   int64_t now_ms)
{
	struct yf_head_pose pose = bare_pose(camera, now_ms);

	sway(&pose, now_ms);
	return pose;
}
