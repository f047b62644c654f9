#include "face/align.h"

#include <math.h>

/*
 * Mean positions of points 27..54 and 60..64 in the iBUG scheme, as dlib (by
 * Davis King, Boost Software License 1.0) publishes them for its face chips;
 * the recognition network was trained on chips aligned to these.
 */
static const struct {
	uint8_t point;
	float x, y;
} mean_face[] = {
	{ 27, 0.490127f, 0.203352f }, { 28, 0.490127f, 0.307009f },
	{ 29, 0.490127f, 0.409805f }, { 30, 0.490127f, 0.515625f },
	{ 31, 0.366880f, 0.587326f }, { 32, 0.426036f, 0.609345f },
	{ 33, 0.490127f, 0.628106f }, { 34, 0.554217f, 0.609345f },
	{ 35, 0.613373f, 0.587326f }, { 36, 0.121737f, 0.216423f },
	{ 37, 0.187122f, 0.178758f }, { 38, 0.265825f, 0.179852f },
	{ 39, 0.334606f, 0.231733f }, { 40, 0.260918f, 0.245099f },
	{ 41, 0.182743f, 0.244077f }, { 42, 0.645647f, 0.231733f },
	{ 43, 0.714428f, 0.179852f }, { 44, 0.793132f, 0.178758f },
	{ 45, 0.858516f, 0.216423f }, { 46, 0.797510f, 0.244077f },
	{ 47, 0.719335f, 0.245099f }, { 48, 0.254149f, 0.780233f },
	{ 49, 0.340985f, 0.745405f }, { 50, 0.428858f, 0.727388f },
	{ 51, 0.490127f, 0.742578f }, { 52, 0.551395f, 0.727388f },
	{ 53, 0.639268f, 0.745405f }, { 54, 0.726104f, 0.780233f },
	{ 60, 0.290379f, 0.784792f }, { 61, 0.428096f, 0.778746f },
	{ 62, 0.490127f, 0.785343f }, { 63, 0.552157f, 0.778746f },
	{ 64, 0.689874f, 0.784792f },
};
enum { POINTS = sizeof(mean_face) / sizeof(mean_face[0]) };
static const float padding = 0.25f;

static void chip_point(uint32_t i, uint32_t size, float out[static 2])
{
	const float scale = (float)size / (1 + 2 * padding);

	out[0] = (mean_face[i].x + padding) * scale;
	out[1] = (mean_face[i].y + padding) * scale;
}

struct sums {
	float from[2], to[2]; /* means */
	float dot, cross, spread;
};

static struct sums sum_up(const float points[static YF_FACE_POINTS][2],
			  uint32_t size)
{
	struct sums s = { 0 };

	for (uint32_t i = 0; i < POINTS; i++) {
		const float *to = points[mean_face[i].point];
		float from[2];

		chip_point(i, size, from);
		for (int k = 0; k < 2; k++) {
			s.from[k] += from[k] / POINTS;
			s.to[k] += to[k] / POINTS;
		}
	}
	for (uint32_t i = 0; i < POINTS; i++) {
		const float *at = points[mean_face[i].point];
		float from[2];

		chip_point(i, size, from);
		const float fx = from[0] - s.from[0], fy = from[1] - s.from[1];
		const float tx = at[0] - s.to[0], ty = at[1] - s.to[1];
		s.dot += fx * tx + fy * ty;
		s.cross += fx * ty - fy * tx;
		s.spread += fx * fx + fy * fy;
	}
	return s;
}

float yf_align(const float points[static YF_FACE_POINTS][2], uint32_t size,
	       struct yf_affine *out)
{
	const struct sums s = sum_up(points, size);
	const float a = s.dot / s.spread, b = s.cross / s.spread;
	const float scale = sqrtf(a * a + b * b);
	float error = 0;

	*out = (struct yf_affine){
		a, -b, s.to[0] - a * s.from[0] + b * s.from[1],
		b, a,  s.to[1] - b * s.from[0] - a * s.from[1],
	};
	for (uint32_t i = 0; i < POINTS; i++) {
		const float *at = points[mean_face[i].point];
		float from[2], to[2];

		chip_point(i, size, from);
		yf_affine_apply(out, from[0], from[1], to);
		error += (to[0] - at[0]) * (to[0] - at[0]) +
			 (to[1] - at[1]) * (to[1] - at[1]);
	}
	return sqrtf(error / POINTS) / scale;
}
