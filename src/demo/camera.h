#pragma once

#include <stdint.h>

#include "demo/head.h"
#include "face/liveness.h"

/*
 * Somebody before the demo's camera who does what is shown: notices it after
 * half a second, moves for most of a second, stays so until something else is
 * shown, and sways a little all the while.  Pure: poses from times.
 */
struct yf_camera {
	struct yf_head_pose from; /* when the step was shown */
	enum yufu_face_step step;
	int64_t shown_ms;
};

enum {
	YF_CAMERA_ONSET_MS = 500,
	YF_CAMERA_MOVE_MS = 800,
};

/* Looking straight from the first picture on. */
void yf_camera_begin(struct yf_camera *camera, int64_t now_ms);

/* What is shown now; the same again changes nothing. */
void yf_camera_show(struct yf_camera *camera, enum yufu_face_step step,
		    int64_t now_ms);

struct yf_head_pose yf_camera_pose(const struct yf_camera *camera,
				   int64_t now_ms);
