#pragma once

#include <stdbool.h>

#include "face/look.h"

/*
 * Which way a head looks, from the 68 points of one picture.  Pure.
 *
 * The generic head of face/shape.h is laid over the points without
 * perspective, by least squares; what that finds is not quite a rotation, and
 * the nearest one is read.  A person whose nose is longer or shorter than the
 * generic one looks turned a little up or down; see face/quality.h for how
 * far off it is.
 *
 * Degrees.  yaw: to THEIR left; pitch: up; roll: head to THEIR right
 * shoulder, each positive.
 */
struct yf_pose {
	float yaw, pitch, roll;
};

/* False when the points determine none. */
bool yf_pose_of(const float points[static YF_FACE_POINTS][2],
		struct yf_pose *out);
