#pragma once

#include <stdbool.h>

#include "face/shape.h"

/*
 * A face in one picture as a surface: a grid over the picture whose points
 * have the depth of a generic head and know how far they follow the head and
 * the jaw.  Lengths are eye distances, right, down and away from the camera,
 * origin between the eyes.
 */
enum {
	YF_MESH_COLUMNS = 72,
	YF_MESH_ROWS = 100,
	YF_MESH_POINTS = YF_MESH_COLUMNS * YF_MESH_ROWS,
	YF_MESH_LIP = 17, /* samples along the lips */
};

struct yf_mesh_point {
	float at[3];    /* of the head looking straight */
	float place[2]; /* in the picture's own shape, see yf_shape_of() */
	float turns;    /* 1 head, 0 shoulders */
	float drops;    /* when the mouth opens by 1; up is negative */
	float alpha;    /* 0 is background */
};

struct yf_mesh {
	struct yf_mesh_point points[YF_MESH_POINTS];
	/* The inner edges of the lips, upper and lower, right to left. */
	struct yf_mesh_point lips[2][YF_MESH_LIP];
	float mouth_width, mouth_gap; /* as they are in the picture */
};

/* False when the points are no face seen from about the front. */
bool yf_mesh_of(const struct yf_shape *shape, struct yf_mesh *out);
