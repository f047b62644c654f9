#pragma once

#include "face/look.h"
#include "face/plan.h"
#include "face/sample.h"

/*
 * Lays the mean face over the inner points (nose, eyes, upper lip) by a
 * similarity, least squares, so that the face comes out upright in a chip of
 * `size` pixels with a quarter of its width free on each side: the chip on
 * which the face-api describer was trained.
 *
 * out     from chip pixels to the picture
 * returns the root mean square error, in chip pixels
 */
float yf_align(const float points[static YF_FACE_POINTS][2], uint32_t size,
	       struct yf_affine *out);

/* The same for any describer: as its plan says, to an input of `size`. */
void yf_align_for(const struct yf_plan_alignment *alignment,
		  const float points[static YF_FACE_POINTS][2], uint32_t size,
		  struct yf_affine *out);
