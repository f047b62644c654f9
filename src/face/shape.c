#include "face/shape.h"

#include <math.h>
#include <string.h>

enum { X, Y, Z };
enum { HOMOGRAPHY = 8, NEARING = 9 };

/* clang-format off */
const float yf_shape_model[YF_FACE_POINTS][3] = {
	/* jaw, from the person's right ear to the left */
	{ -1.14f, 0.08f, 1.10f }, { -1.13f, 0.36f, 1.05f },
	{ -1.08f, 0.65f, 0.95f }, { -1.00f, 0.93f, 0.80f },
	{ -0.86f, 1.20f, 0.57f }, { -0.68f, 1.42f, 0.28f },
	{ -0.46f, 1.60f, 0.06f }, { -0.23f, 1.70f, -0.08f },
	{ 0.00f, 1.74f, -0.13f }, { 0.23f, 1.70f, -0.08f },
	{ 0.46f, 1.60f, 0.06f }, { 0.68f, 1.42f, 0.28f },
	{ 0.86f, 1.20f, 0.57f }, { 1.00f, 0.93f, 0.80f },
	{ 1.08f, 0.65f, 0.95f }, { 1.13f, 0.36f, 1.05f },
	{ 1.14f, 0.08f, 1.10f },
	/* brows */
	{ -0.87f, -0.30f, 0.19f }, { -0.73f, -0.44f, 0.00f },
	{ -0.55f, -0.47f, -0.13f }, { -0.37f, -0.43f, -0.19f },
	{ -0.21f, -0.36f, -0.22f }, { 0.21f, -0.36f, -0.22f },
	{ 0.37f, -0.43f, -0.19f }, { 0.55f, -0.47f, -0.13f },
	{ 0.73f, -0.44f, 0.00f }, { 0.87f, -0.30f, 0.19f },
	/* nose: ridge, base */
	{ 0.00f, -0.02f, -0.19f }, { 0.00f, 0.20f, -0.30f },
	{ 0.00f, 0.42f, -0.43f }, { 0.00f, 0.63f, -0.57f },
	{ -0.22f, 0.76f, -0.22f }, { -0.11f, 0.80f, -0.30f },
	{ 0.00f, 0.83f, -0.35f }, { 0.11f, 0.80f, -0.30f },
	{ 0.22f, 0.76f, -0.22f },
	/* eyes */
	{ -0.73f, 0.02f, 0.10f }, { -0.59f, -0.06f, -0.03f },
	{ -0.42f, -0.06f, -0.06f }, { -0.28f, 0.03f, -0.03f },
	{ -0.42f, 0.07f, -0.06f }, { -0.59f, 0.07f, -0.02f },
	{ 0.28f, 0.03f, -0.03f }, { 0.42f, -0.06f, -0.06f },
	{ 0.59f, -0.06f, -0.03f }, { 0.73f, 0.02f, 0.10f },
	{ 0.59f, 0.07f, -0.02f }, { 0.42f, 0.07f, -0.06f },
	/* lips: outer, inner */
	{ -0.40f, 1.12f, -0.13f }, { -0.25f, 1.04f, -0.25f },
	{ -0.10f, 1.00f, -0.35f }, { 0.00f, 1.02f, -0.37f },
	{ 0.10f, 1.00f, -0.35f }, { 0.25f, 1.04f, -0.25f },
	{ 0.40f, 1.12f, -0.13f }, { 0.25f, 1.22f, -0.23f },
	{ 0.10f, 1.27f, -0.30f }, { 0.00f, 1.28f, -0.32f },
	{ -0.10f, 1.27f, -0.30f }, { -0.25f, 1.22f, -0.23f },
	{ -0.34f, 1.12f, -0.14f }, { -0.12f, 1.10f, -0.30f },
	{ 0.00f, 1.11f, -0.32f }, { 0.12f, 1.10f, -0.30f },
	{ 0.34f, 1.12f, -0.14f }, { 0.12f, 1.14f, -0.27f },
	{ 0.00f, 1.14f, -0.28f }, { -0.12f, 1.14f, -0.27f },
};
/* clang-format on */

static void middle(const float points[][2], size_t from, size_t to,
		   float out[static 2])
{
	float x = 0, y = 0;

	for (size_t i = from; i <= to; i++) {
		x += points[i][0];
		y += points[i][1];
	}
	out[0] = x / (float)(to - from + 1);
	out[1] = y / (float)(to - from + 1);
}

bool yf_shape_of(const float points[static YF_FACE_POINTS][2],
		 struct yf_shape *out)
{
	float a[2], b[2];
	struct yf_shape shape;

	middle(points, 36, 41, a);
	middle(points, 42, 47, b);
	const float dx = b[0] - a[0], dy = b[1] - a[1];
	const float square = dx * dx + dy * dy;
	if (!(square > 1e-6f) || !isfinite(square))
		return false;
	for (size_t i = 0; i < YF_FACE_POINTS; i++) {
		const float x = points[i][0] - (a[0] + b[0]) / 2;
		const float y = points[i][1] - (a[1] + b[1]) / 2;
		shape.points[i][0] = (x * dx + y * dy) / square;
		shape.points[i][1] = (y * dx - x * dy) / square;
		if (!isfinite(shape.points[i][0]) ||
		    !isfinite(shape.points[i][1]))
			return false;
	}
	*out = shape;
	return true;
}

float yf_shape_height(const struct yf_shape *shape)
{
	float mouth[2];

	middle(shape->points, 48, 59, mouth);
	return hypotf(mouth[0], mouth[1]);
}

float yf_shape_narrowing(const struct yf_shape *neutral,
			 const struct yf_shape *now)
{
	const float height = yf_shape_height(now);

	return height > 1e-6f ? yf_shape_height(neutral) / height : 0;
}

/* Normal equations of a least squares problem, filled row by row. */
struct normal {
	size_t size;
	double matrix[NEARING][NEARING + 1];
};

static void add_row(struct normal *normal, const double *row, double value)
{
	for (size_t i = 0; i < normal->size; i++) {
		for (size_t j = 0; j < normal->size; j++)
			normal->matrix[i][j] += row[i] * row[j];
		normal->matrix[i][normal->size] += row[i] * value;
	}
}

/* Gauss-Jordan with pivoting; false when singular. */
static bool solve(struct normal *normal, double *out)
{
	const size_t size = normal->size;
	double(*m)[NEARING + 1] = normal->matrix;

	for (size_t column = 0; column < size; column++) {
		size_t best = column;
		for (size_t i = column + 1; i < size; i++) {
			if (fabs(m[i][column]) > fabs(m[best][column]))
				best = i;
		}
		if (!(fabs(m[best][column]) > 1e-9))
			return false;
		for (size_t j = 0; j <= size; j++) {
			const double kept = m[column][j];
			m[column][j] = m[best][j];
			m[best][j] = kept;
		}
		for (size_t i = 0; i < size; i++) {
			const double factor = m[i][column] / m[column][column];
			for (size_t j = column; i != column && j <= size; j++)
				m[i][j] -= factor * m[column][j];
		}
	}
	for (size_t i = 0; i < size; i++)
		out[i] = m[i][size] / m[i][i];
	return true;
}

/* The homography that takes eyes and mouth of `from` to those of `to`. */
static bool fit_plane(const struct yf_shape *from, const struct yf_shape *to,
		      double out[static HOMOGRAPHY])
{
	struct normal normal = { .size = HOMOGRAPHY };

	for (size_t i = 36; i < 60; i++) {
		const double x = (double)from->points[i][0];
		const double y = (double)from->points[i][1];
		const double u = (double)to->points[i][0];
		const double v = (double)to->points[i][1];
		const double across[HOMOGRAPHY] = { x, y, 1,      0,
						    0, 0, -u * x, -u * y };
		const double down[HOMOGRAPHY] = { 0, 0, 0,      x,
						  y, 1, -v * x, -v * y };
		add_row(&normal, across, u);
		add_row(&normal, down, v);
	}
	return solve(&normal, out);
}

bool yf_shape_relief(const struct yf_shape *neutral, const struct yf_shape *now,
		     float *out)
{
	double h[HOMOGRAPHY], sum = 0;

	if (!fit_plane(neutral, now, h))
		return false;
	for (size_t i = 28; i <= 30; i++) {
		const double x = (double)neutral->points[i][0];
		const double y = (double)neutral->points[i][1];
		const double w = h[6] * x + h[7] * y + 1;
		if (!(fabs(w) > 0.1))
			return false;
		sum += (double)now->points[i][0] -
		       (h[0] * x + h[1] * y + h[2]) / w;
	}
	/* An eye distance of `now` is shorter when it is turned. */
	const float narrowing = yf_shape_narrowing(neutral, now);
	*out = (float)(sum / 3) * fminf(narrowing, 1);
	return isfinite(*out);
}

bool yf_shape_nearing(const struct yf_shape *neutral,
		      const struct yf_shape *now, float *out)
{
	struct normal normal = { .size = NEARING };
	double found[NEARING];

	for (size_t i = 0; i < YF_FACE_POINTS; i++) {
		const double x = (double)neutral->points[i][0];
		const double y = (double)neutral->points[i][1];
		const double z = (double)yf_shape_model[i][Z];
		/* growth and shear, shift, turning, nodding, nearing */
		const double across[NEARING] = {
			x, y, 1, 0, 0, 0, z, 0, -z * x
		};
		const double down[NEARING] = { 0, 0, 0, x, y, 1, 0, z, -z * y };
		add_row(&normal, across, (double)now->points[i][0]);
		add_row(&normal, down, (double)now->points[i][1]);
	}
	if (!solve(&normal, found))
		return false;
	/* found[0] is the growth that is left in eye distances, about 1 */
	*out = (float)found[NEARING - 1];
	return isfinite(*out);
}
