#pragma once

#include <stdbool.h>

#include "face/look.h"

/*
 * What the 68 points of one face say about its depth, when two pictures of
 * it are compared.  Pure geometry; nothing is learned.
 *
 * Two views of a plane are one homography apart, whatever the plane did.  A
 * head is no plane: when it turns, the nose runs ahead of the eyes and the
 * mouth; when it comes closer, the near parts grow more than the far ones.
 */

/* A face in its own measure: eye distances, origin between the eyes, x along
 * the line from the person's right eye to the left. */
struct yf_shape {
	float points[YF_FACE_POINTS][2];
};

/*
 * The points of an ordinary adult head in eye distances: right, down, and
 * away from the camera, origin between the eyes.  Rounded from
 * anthropometric means; a given person's depth differs by a third and more.
 */
extern const float yf_shape_model[YF_FACE_POINTS][3];

/* False when the eyes coincide or a point is not finite. */
bool yf_shape_of(const float points[static YF_FACE_POINTS][2],
		 struct yf_shape *out);

/* Eyes to mouth, in eye distances. */
float yf_shape_height(const struct yf_shape *shape);

/*
 * Width to height of `now` against `neutral`: 1 straight, the cosine of the
 * angle for anything that turns about an upright axis.
 */
float yf_shape_narrowing(const struct yf_shape *neutral,
			 const struct yf_shape *now);

/*
 * How far the ridge of the nose lies beside the place to which the best
 * homography of eyes and mouth takes it, in eye distances of the neutral
 * pose, positive when to the right.  About 0 for a plane; about
 * 0.3 sin(angle) for a head.  False when no homography fits.
 */
bool yf_shape_relief(const struct yf_shape *neutral, const struct yf_shape *now,
		     float *out);

/*
 * Change of the nearness 1/distance, in 1/eye distances, that explains best
 * how the shape changed beside growing, leaning and turning a little.  0 for
 * a plane that comes closer; (growth - 1) / (distance / eye distance) for a
 * head, e.g. 0.03.  False when it is not determined.
 */
bool yf_shape_nearing(const struct yf_shape *neutral,
		      const struct yf_shape *now, float *out);
