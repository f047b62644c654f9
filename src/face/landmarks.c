#include "face/landmarks.h"

#include <math.h>
#include <string.h>

#include "face/align.h"
#include "face/input.h"

/* Distance of the eyes in a chip, as a fraction of its side. */
static const float chip_eyes = 0.3514f;

/*
 * The side of the box over that of the square around the points: the median
 * of what the detector gives for faces of the size that it sees best.
 */
static const float box_scale = 1.3f;

static const float drift_far = 0.06f;

static void find_once(struct yf_nets *nets, const struct yf_pixels *pixels,
		      float x, float y, float side,
		      float out[static YF_FACE_POINTS][2])
{
	const struct yf_affine where =
		yf_affine_square(x, y, side, YF_POINTS_SIDE);
	const struct yf_map in = yf_nets_input(nets, nets->points, 1);

	yf_input_fill(nets->points, pixels, &where, &in, 0);
	const struct yf_map all = yf_nets_run(nets, nets->points, 1);
	memcpy(out, yf_map_pixel(&all, 0, 0, 0),
	       sizeof(float) * 2 * YF_FACE_POINTS);
	for (uint32_t i = 0; i < YF_FACE_POINTS; i++) {
		out[i][0] = x + out[i][0] * side;
		out[i][1] = y + out[i][1] * side;
	}
}

static void eye_centres(const float at[static YF_FACE_POINTS][2],
			float out[static 2][2])
{
	memset(out, 0, 4 * sizeof(float));
	for (int i = 0; i < 6; i++)
		for (int k = 0; k < 2; k++) {
			out[0][k] += at[36 + i][k] / 6;
			out[1][k] += at[42 + i][k] / 6;
		}
}

float yf_landmarks_eyes(const float at[static YF_FACE_POINTS][2])
{
	float eyes[2][2];

	eye_centres(at, eyes);
	return hypotf(eyes[1][0] - eyes[0][0], eyes[1][1] - eyes[0][1]);
}

struct yf_candidate yf_landmarks_box(const float at[static YF_FACE_POINTS][2])
{
	float low[2] = { at[0][0], at[0][1] }, high[2] = { low[0], low[1] };

	for (uint32_t i = 1; i < YF_FACE_POINTS; i++)
		for (int k = 0; k < 2; k++) {
			low[k] = fminf(low[k], at[i][k]);
			high[k] = fmaxf(high[k], at[i][k]);
		}
	const float side =
		box_scale * fmaxf(high[0] - low[0], high[1] - low[1]);
	return (struct yf_candidate){ .x = (low[0] + high[0] - side) / 2,
				      .y = (low[1] + high[1] - side) / 2,
				      .w = side,
				      .h = side };
}

/* The points again, from where they were; how far they moved on average. */
static float find_again(struct yf_nets *nets, const struct yf_pixels *pixels,
			float at[static YF_FACE_POINTS][2])
{
	const struct yf_candidate box = yf_landmarks_box(at);
	float before[YF_FACE_POINTS][2], moved = 0;

	memcpy(before, at, sizeof(before));
	find_once(nets, pixels, box.x, box.y, box.w, at);
	for (uint32_t i = 0; i < YF_FACE_POINTS; i++)
		moved += hypotf(at[i][0] - before[i][0],
				at[i][1] - before[i][1]);
	return moved / YF_FACE_POINTS / yf_landmarks_eyes(at);
}

void yf_landmarks_find(struct yf_nets *nets, const struct yf_pixels *pixels,
		       const struct yf_candidate *box, struct yf_landmarks *out)
{
	const float side = fmaxf(box->w, box->h);
	struct yf_affine chip;

	find_once(nets, pixels, box->x + (box->w - side) / 2,
		  box->y + (box->h - side) / 2, side, out->at);
	out->drift = find_again(nets, pixels, out->at);
	if (out->drift > drift_far)
		out->drift = find_again(nets, pixels, out->at);
	out->misfit = yf_align(out->at, YF_CHIP_SIDE, &chip) /
		      (chip_eyes * YF_CHIP_SIDE);
}
