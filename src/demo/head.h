#pragma once

#include "demo/picture.h"
#include "face/look.h"

/*
 * A head for the demo's virtual camera: a sample picture as texture on a
 * generic head that turns, opens its mouth and comes closer in front of a
 * blurred background, in true perspective.
 *
 * This is the attack that a challenge of moves cannot stop (see
 * face/liveness.h), built in the open so that the demo runs without a camera
 * and so that everybody can see what a virtual camera is able to do.
 */
struct yf_head;

enum { YF_HEAD_WIDTH = 640, YF_HEAD_HEIGHT = 480 };

/* Degrees, the person's own left and down positive; 0 is straight. */
struct yf_head_pose {
	float yaw, pitch, roll;
	float mouth;   /* opening height over width, 0 closed, up to 0.7 */
	float growth;  /* size against the usual distance, 0.6 .. 1.6 */
	float shift_x; /* right and down, in eye distances */
	float shift_y;
};

typedef enum {
	YF_HEAD_ROUND,
	/* The same face, straight, as a print that turns: must not pass. */
	YF_HEAD_FLAT,
} yf_head_kind;

/*
 * `jpeg` shows one adult face from the front or nearly so; `points` are its
 * 68 points in it.  A face turned by up to 20 degrees is turned straight.
 * Neither is kept.  IMAGE, RANGE (the points are no face), MEMORY
 */
YF_CHECKED yf_err yf_head_open(yf_bytes jpeg,
			       const float points[static YF_FACE_POINTS][2],
			       yf_head_kind kind, struct yf_head **out);
void yf_head_close(struct yf_head *head);
void yf_head_cleanup(struct yf_head **head);

/*
 * One picture of the camera, YF_HEAD_WIDTH x YF_HEAD_HEIGHT.  Same pose and
 * seed, same picture; the seed is the sensor's noise.  Not for two threads
 * at once on the same head.  MEMORY
 */
YF_CHECKED yf_err yf_head_draw(struct yf_head *head,
			       const struct yf_head_pose *pose, uint64_t seed,
			       struct yf_arena *arena, struct yf_picture *out);

/* The same as a JPEG; it takes 2 MiB of the arena at most. */
YF_CHECKED yf_err yf_head_shoot(struct yf_head *head,
				const struct yf_head_pose *pose, uint64_t seed,
				struct yf_arena *arena, yf_bytes *out_jpeg);
