#pragma once

#include "face/detect.h"

struct yf_landmarks {
	float at[YF_FACE_POINTS][2]; /* pixels of the picture */
	/*
	 * Root mean square distance of the inner points from the mean face
	 * laid over them, over the distance of the eyes: small for a face,
	 * large where the detector was wrong.
	 */
	float misfit;
	/* How far the points moved when they were last found again from their
	 * own answer, over the distance of the eyes. */
	float drift;
};

/*
 * Finds the points in the box, then again in a box made from them, and once
 * more if they moved far.
 */
void yf_landmarks_find(struct yf_nets *nets, const struct yf_pixels *pixels,
		       const struct yf_candidate *box,
		       struct yf_landmarks *out);

/* The box that the points ask for: what the network sees best. */
struct yf_candidate yf_landmarks_box(const float at[static YF_FACE_POINTS][2]);

/* Distance between the centres of the eyes. */
float yf_landmarks_eyes(const float at[static YF_FACE_POINTS][2]);
