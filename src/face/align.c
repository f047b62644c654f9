#include "face/align.h"

#include <math.h>
#include <string.h>

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

/* Pairs of points: where one is in the chip, and where in the picture. */
struct pairs {
	float chip[POINTS][2], at[POINTS][2];
	uint32_t count;
};

struct sums {
	float from[2], to[2]; /* means */
	float dot, cross, spread;
};

static struct sums sum_up(const struct pairs *pairs)
{
	const float count = (float)pairs->count;
	struct sums s = { 0 };

	for (uint32_t i = 0; i < pairs->count; i++)
		for (int k = 0; k < 2; k++) {
			s.from[k] += pairs->chip[i][k] / count;
			s.to[k] += pairs->at[i][k] / count;
		}
	for (uint32_t i = 0; i < pairs->count; i++) {
		const float *from = pairs->chip[i], *at = pairs->at[i];
		const float fx = from[0] - s.from[0], fy = from[1] - s.from[1];
		const float tx = at[0] - s.to[0], ty = at[1] - s.to[1];
		s.dot += fx * tx + fy * ty;
		s.cross += fx * ty - fy * tx;
		s.spread += fx * fx + fy * fy;
	}
	return s;
}

/* The similarity of least squares; its root mean square error, in chip
 * pixels. */
static float fit(const struct pairs *pairs, struct yf_affine *out)
{
	const struct sums s = sum_up(pairs);
	const float a = s.dot / s.spread, b = s.cross / s.spread;
	const float scale = sqrtf(a * a + b * b);
	float error = 0;

	*out = (struct yf_affine){
		a, -b, s.to[0] - a * s.from[0] + b * s.from[1],
		b, a,  s.to[1] - b * s.from[0] - a * s.from[1],
	};
	for (uint32_t i = 0; i < pairs->count; i++) {
		const float *at = pairs->at[i];
		float to[2];

		yf_affine_apply(out, pairs->chip[i][0], pairs->chip[i][1], to);
		error += (to[0] - at[0]) * (to[0] - at[0]) +
			 (to[1] - at[1]) * (to[1] - at[1]);
	}
	return sqrtf(error / (float)pairs->count) / scale;
}

float yf_align(const float points[static YF_FACE_POINTS][2], uint32_t size,
	       struct yf_affine *out)
{
	const float scale = (float)size / (1 + 2 * padding);
	struct pairs pairs = { .count = POINTS };

	for (uint32_t i = 0; i < POINTS; i++) {
		pairs.chip[i][0] = (mean_face[i].x + padding) * scale;
		pairs.chip[i][1] = (mean_face[i].y + padding) * scale;
		memcpy(pairs.at[i], points[mean_face[i].point],
		       sizeof(pairs.at[i]));
	}
	return fit(&pairs, out);
}

/* Centres of the eyes, tip of the nose, corners of the mouth. */
static void five_of(const float points[static YF_FACE_POINTS][2],
		    float out[static 5][2])
{
	for (int k = 0; k < 2; k++) {
		out[0][k] = out[1][k] = 0;
		for (int i = 0; i < 6; i++) {
			out[0][k] += points[36 + i][k] / 6;
			out[1][k] += points[42 + i][k] / 6;
		}
		out[2][k] = points[30][k];
		out[3][k] = points[48][k];
		out[4][k] = points[54][k];
	}
}

void yf_align_for(const struct yf_plan_alignment *alignment,
		  const float points[static YF_FACE_POINTS][2], uint32_t size,
		  struct yf_affine *out)
{
	struct pairs pairs = { .count = 5 };

	if (alignment->kind == YF_ALIGN_DLIB) {
		yf_align(points, size, out);
		return;
	}
	memcpy(pairs.chip, alignment->points, sizeof(alignment->points));
	five_of(points, pairs.at);
	fit(&pairs, out);
}
