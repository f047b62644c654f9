#include "face/pose.h"

#include <math.h>

#include "face/shape.h"

enum { WAYS = 4, SIDES = 2 };

/* Jaw points slide along the cheek when a head turns: only from the brows on.
 */
enum { FIRST = 17 };

/*
 * At arm's length perspective makes a turned head look turned farther than it
 * is: 1.17 to 1.3 times for rendered heads.
 */
static const float yaw_gain = 0.8f;

/* Two systems of one matrix: the last two columns are the right sides. */
struct system {
	double m[WAYS][WAYS + SIDES];
};

static void fill(const float points[][2], struct system *out)
{
	*out = (struct system){ 0 };
	for (size_t i = FIRST; i < YF_FACE_POINTS; i++) {
		const double row[WAYS + SIDES] = {
			(double)yf_shape_model[i][0],
			(double)yf_shape_model[i][1],
			(double)yf_shape_model[i][2],
			1,
			(double)points[i][0],
			(double)points[i][1],
		};
		for (int a = 0; a < WAYS; a++)
			for (int b = 0; b < WAYS + SIDES; b++)
				out->m[a][b] += row[a] * row[b];
	}
}

/* Symmetric and positive, the same for every face: no pivot is needed. */
static void solve(struct system *system)
{
	for (int i = 0; i < WAYS; i++) {
		const double by = 1 / system->m[i][i];
		for (int b = i; b < WAYS + SIDES; b++)
			system->m[i][b] *= by;
		for (int a = 0; a < WAYS; a++) {
			const double part = system->m[a][i];
			for (int b = i; a != i && b < WAYS + SIDES; b++)
				system->m[a][b] -= part * system->m[i][b];
		}
	}
}

static float degrees(double radians)
{
	return (float)(radians * 180 / M_PI);
}

bool yf_pose_of(const float points[static YF_FACE_POINTS][2],
		struct yf_pose *out)
{
	struct system system;
	double x[3], y[3];

	fill(points, &system);
	solve(&system);
	for (int i = 0; i < 3; i++) {
		x[i] = system.m[i][WAYS];
		y[i] = system.m[i][WAYS + 1];
	}
	const double scale = (sqrt(x[0] * x[0] + x[1] * x[1] + x[2] * x[2]) +
			      sqrt(y[0] * y[0] + y[1] * y[1] + y[2] * y[2])) /
			     2;
	if (!(scale > 1e-6) || !isfinite(scale))
		return false;
	const struct yf_pose pose = {
		.yaw = yaw_gain *
		       degrees(asin(fmax(-1, fmin(1, -x[2] / scale)))),
		.pitch = degrees(asin(fmax(-1, fmin(1, y[2] / scale)))),
		.roll = degrees(atan2(-y[0], y[1])),
	};
	*out = pose;
	return true;
}
