#include "demo/mesh.h"

#include <math.h>
#include <string.h>

enum { X, Y, Z };

/* The grid, around the eyes. */
static const float left = -2.7f, right = 2.7f, top = -2.9f, bottom = 5.1f;

/* Depth where the 68 points say nothing: brow to crown, cheeks, hair, neck,
 * shoulders.  x counts for both sides. */
static const float extra[][3] = {
	{ 0, -0.7f, -0.2f },    { 0.5f, -0.85f, -0.1f }, { 0.9f, -0.7f, 0.3f },
	{ 0, -1.3f, 0 },        { 0.6f, -1.3f, 0.2f },   { 1.1f, -1.0f, 0.8f },
	{ 0, -1.95f, 0.7f },    { 0.8f, -1.8f, 0.9f },   { 1.35f, -1.2f, 1.3f },
	{ 1.2f, -0.4f, 1.0f },  { 1.5f, 0, 1.4f },       { 1.5f, 0.9f, 1.3f },
	{ 1.5f, 1.8f, 1.2f },   { 0.55f, 0.6f, -0.05f }, { 0.8f, 0.55f, 0.2f },
	{ 0.75f, 1.0f, 0.25f }, { 0.5f, 0.3f, 0.02f },   { 0.9f, 0.2f, 0.4f },
	{ 0, 2.25f, 0.7f },     { 0.5f, 2.15f, 0.8f },   { 0.9f, 2.0f, 1.1f },
	{ 0, 3.0f, 0.8f },      { 1.2f, 3.0f, 1.1f },    { 2.2f, 3.2f, 1.3f },
	{ 0, 4.8f, 0.7f },      { 1.2f, 4.8f, 0.8f },    { 2.4f, 4.8f, 1.1f },
	{ 2.4f, 0, 1.6f },      { 2.4f, -1.6f, 1.6f },   { 0, -2.8f, 1.4f },
	{ 1.4f, -2.6f, 1.5f },
};

enum { EXTRA = sizeof(extra) / sizeof(extra[0]) };

/* A head's pose in a picture: place = scale * rows 0, 1 of turn * at + shift */
struct pose {
	float turn[3][3];
	float scale, shift[2];
};

struct control {
	float place[2], depth;
};

struct face {
	const struct yf_shape *shape;
	struct pose pose;
	struct control controls[YF_FACE_POINTS + 2 * EXTRA];
	size_t count;
	float lip_middle, lip_half;
};

static float dot(const float a[static 3], const float b[static 3])
{
	return a[X] * b[X] + a[Y] * b[Y] + a[Z] * b[Z];
}

/* Solves the 4x4 normal equations for two right-hand sides in place. */
static bool solve(double m[4][6])
{
	for (size_t i = 0; i < 4; i++) {
		/* Symmetric and positive: the diagonal is a safe pivot. */
		if (!(m[i][i] > 1e-9))
			return false;
		for (size_t k = 0; k < 4; k++) {
			const double factor = k == i ? 0 : m[k][i] / m[i][i];
			for (size_t j = i; j < 6; j++)
				m[k][j] -= factor * m[i][j];
		}
	}
	return true;
}

/* Brows, nose, eyes and the corners of the mouth move with the skull. */
static bool rigid(size_t i)
{
	return (i >= 17 && i < 48) || i == 48 || i == 54;
}

/* The affine camera that fits best, made a rotation. */
static bool find_pose(const struct yf_shape *shape, struct pose *out)
{
	double m[4][6] = { 0 };
	float across[3], down[3];

	for (size_t p = 0; p < YF_FACE_POINTS; p++) {
		const float *at = yf_shape_model[p];
		const float row[6] = { at[X],
				       at[Y],
				       at[Z],
				       1,
				       shape->points[p][X],
				       shape->points[p][Y] };
		for (size_t i = 0; rigid(p) && i < 4; i++) {
			for (size_t j = 0; j < 6; j++)
				m[i][j] += (double)(row[i] * row[j]);
		}
	}
	if (!solve(m))
		return false;
	for (size_t i = 0; i < 3; i++) {
		across[i] = (float)(m[i][4] / m[i][i]);
		down[i] = (float)(m[i][5] / m[i][i]);
	}
	out->shift[X] = (float)(m[3][4] / m[3][3]);
	out->shift[Y] = (float)(m[3][5] / m[3][3]);
	const float wide = sqrtf(dot(across, across));
	const float high = sqrtf(dot(down, down));
	if (!(wide > 0.3f && wide < 3 && high > 0.3f && high < 3))
		return false;
	out->scale = (wide + high) / 2;
	for (size_t i = 0; i < 3; i++)
		out->turn[0][i] = across[i] / wide;
	const float lean = dot(out->turn[0], down);
	for (size_t i = 0; i < 3; i++)
		out->turn[1][i] = down[i] - lean * out->turn[0][i];
	const float length = sqrtf(dot(out->turn[1], out->turn[1]));
	if (!(length > 0.1f))
		return false;
	for (size_t i = 0; i < 3; i++)
		out->turn[1][i] /= length;
	const float *a = out->turn[0], *b = out->turn[1];
	out->turn[2][X] = a[Y] * b[Z] - a[Z] * b[Y];
	out->turn[2][Y] = a[Z] * b[X] - a[X] * b[Z];
	out->turn[2][Z] = a[X] * b[Y] - a[Y] * b[X];
	return true;
}

/* An egg: what the depth is where nothing nearer says otherwise. */
static float egg(const struct pose *pose, float x, float y)
{
	const float across = (x - pose->shift[X]) / pose->scale / 1.6f;
	const float down = ((y - pose->shift[Y]) / pose->scale - 0.3f) / 2.6f;
	const float square = across * across + down * down;

	return -0.25f + 1.6f * (1 - sqrtf(fmaxf(0.04f, 1 - square)));
}

static void add_extra(struct face *face, float side, const float at[static 3])
{
	const struct pose *pose = &face->pose;
	const float straight[3] = { side * at[X], at[Y], at[Z] };
	struct control *control = &face->controls[face->count++];

	for (size_t k = 0; k < 2; k++)
		control->place[k] = pose->scale * dot(pose->turn[k], straight) +
				    pose->shift[k];
	control->depth = dot(pose->turn[Z], straight);
}

static void add_controls(struct face *face)
{
	const struct pose *pose = &face->pose;

	for (size_t i = 0; i < YF_FACE_POINTS; i++) {
		struct control *control = &face->controls[face->count++];
		control->place[X] = face->shape->points[i][X];
		control->place[Y] = face->shape->points[i][Y];
		control->depth = dot(pose->turn[Z], yf_shape_model[i]);
	}
	for (size_t i = 0; i < EXTRA; i++) {
		add_extra(face, 1, extra[i]);
		if (extra[i][X] > 0)
			add_extra(face, -1, extra[i]);
	}
	for (size_t i = 0; i < face->count; i++) {
		struct control *control = &face->controls[i];
		control->depth -=
			egg(pose, control->place[X], control->place[Y]);
	}
}

/* Near control points decide, by how far they are off the egg. */
static float depth_at(const struct face *face, float x, float y)
{
	float sum = 0, weights = 0;

	for (size_t i = 0; i < face->count; i++) {
		const struct control *control = &face->controls[i];
		const float dx = control->place[X] - x;
		const float dy = control->place[Y] - y;
		const float square = dx * dx + dy * dy + 0.02f;
		const float weight = 1 / (square * square);
		sum += weight * control->depth;
		weights += weight;
	}
	return egg(&face->pose, x, y) + sum / weights;
}

static float ramp(float from, float to, float x)
{
	const float t = fminf(fmaxf((x - from) / (to - from), 0), 1);

	return t * t * (3 - 2 * t);
}

/* Height of an inner lip at x: the upper one, or the lower one. */
static float lip_at(const struct face *face, bool lower, float x)
{
	static const size_t edges[2][5] = { { 60, 61, 62, 63, 64 },
					    { 60, 67, 66, 65, 64 } };
	const float(*p)[2] = face->shape->points;
	const size_t *edge = edges[lower];

	for (size_t i = 0; i + 1 < 5; i++) {
		const float *a = p[edge[i]], *b = p[edge[i + 1]];
		if (x < b[X] || i == 3) {
			const float span = fmaxf(b[X] - a[X], 1e-3f);
			const float t = fminf(fmaxf((x - a[X]) / span, 0), 1);
			return a[Y] + t * (b[Y] - a[Y]);
		}
	}
	return p[64][Y];
}

static float lens(float x, float half)
{
	return fmaxf(0, 1 - x * x / (half * half));
}

/* The lips part: a little up, mostly down, and the chin goes along. */
static float drop_at(const struct face *face, float x, float y)
{
	const float up = lip_at(face, false, x), low = lip_at(face, true, x);
	const float chin = face->shape->points[8][Y];
	const float aside = x - face->lip_middle, half = face->lip_half;
	const float rises =
		-0.15f * lens(aside, half * 1.05f) * ramp(up - 0.35f, up, y);
	const float wide = half * (1.05f + 1.3f * ramp(low, chin, y));
	const float falls = 0.85f * lens(aside, wide) *
			    (1 - ramp(chin + 0.05f, chin + 0.9f, y));
	const float t = (y - up) / fmaxf(low - up, 0.01f);

	return t <= 0 ? rises : t >= 1 ? falls : rises + t * (falls - rises);
}

/* Head and shoulders with a soft edge, in the straight head's measure. */
static float alpha_at(float x, float y)
{
	const float head = hypotf(x / 1.62f, (y - 0.2f) / 2.4f);
	const float neck = hypotf(x / 1.3f, (y - 2.4f) / 1.6f);
	const float body = hypotf(x / 2.75f, (y - 5.2f) / 2.9f);

	return 1 - ramp(0.82f, 1, fminf(head, fminf(neck, body)));
}

static struct yf_mesh_point point_at(const struct face *face, float x, float y)
{
	const struct pose *pose = &face->pose;
	const float seen[3] = { (x - pose->shift[X]) / pose->scale,
				(y - pose->shift[Y]) / pose->scale,
				depth_at(face, x, y) };
	struct yf_mesh_point point = { .place = { x, y } };

	/* The transpose turns it straight. */
	for (size_t i = 0; i < 3; i++)
		point.at[i] = pose->turn[0][i] * seen[0] +
			      pose->turn[1][i] * seen[1] +
			      pose->turn[2][i] * seen[2];
	point.turns = 1 - ramp(2.0f, 3.4f, point.at[Y]);
	point.drops = drop_at(face, x, y) / pose->scale;
	point.alpha = alpha_at(point.at[X], point.at[Y]);
	return point;
}

bool yf_mesh_of(const struct yf_shape *shape, struct yf_mesh *out)
{
	struct face face = { .shape = shape };
	const float(*p)[2] = shape->points;

	if (!find_pose(shape, &face.pose))
		return false;
	add_controls(&face);
	face.lip_middle = (p[60][X] + p[64][X]) / 2;
	face.lip_half = fmaxf((p[64][X] - p[60][X]) / 2, 0.05f);
	out->mouth_width = hypotf(p[64][X] - p[60][X], p[64][Y] - p[60][Y]);
	out->mouth_gap = hypotf(p[66][X] - p[62][X], p[66][Y] - p[62][Y]);
	for (size_t row = 0; row < YF_MESH_ROWS; row++) {
		const float y =
			top + (bottom - top) * (float)row / (YF_MESH_ROWS - 1);
		for (size_t i = 0; i < YF_MESH_COLUMNS; i++) {
			const float x = left + (right - left) * (float)i /
						       (YF_MESH_COLUMNS - 1);
			out->points[row * YF_MESH_COLUMNS + i] =
				point_at(&face, x, y);
		}
	}
	for (size_t i = 0; i < (size_t)2 * YF_MESH_LIP; i++) {
		const bool lower = i >= YF_MESH_LIP;
		const float x = p[60][X] + (p[64][X] - p[60][X]) *
						   (float)(i % YF_MESH_LIP) /
						   (YF_MESH_LIP - 1);
		out->lips[lower][i % YF_MESH_LIP] =
			point_at(&face, x, lip_at(&face, lower, x));
	}
	/* On the edge itself, whatever the grid's neighbours do. */
	for (size_t i = 0; i < YF_MESH_LIP; i++) {
		const float bow = lens(2 * (float)i / (YF_MESH_LIP - 1) - 1, 1);
		out->lips[0][i].drops = -0.15f * bow / face.pose.scale;
		out->lips[1][i].drops = 0.85f * bow / face.pose.scale;
	}
	return true;
}
