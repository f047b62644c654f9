#include "face/sample.h"

#include <math.h>

enum { REACH_MAX = 8 };

struct yf_affine yf_affine_square(float x, float y, float side, uint32_t size)
{
	const float step = side / (float)size;
	const float first = step / 2 - 0.5f;

	return (struct yf_affine){ step, 0, x + first, 0, step, y + first };
}

uint32_t yf_sample_reach(const struct yf_affine *where)
{
	const float step =
		sqrtf(fabsf(where->a * where->e - where->b * where->d));

	if (!(step > 1.0f))
		return 1;
	return step >= REACH_MAX ? REACH_MAX : (uint32_t)ceilf(step);
}

/* Adds `share` of one source pixel; black outside. */
static void add_pixel(const struct yf_pixels *pixels, int32_t x, int32_t y,
		      float share, float sum[static 3])
{
	if (x < 0 || y < 0 || x >= (int32_t)pixels->w ||
	    y >= (int32_t)pixels->h)
		return;
	const uint8_t *at =
		pixels->rgb + ((size_t)y * pixels->w + (size_t)x) * 3;
	sum[0] += share * (float)at[0];
	sum[1] += share * (float)at[1];
	sum[2] += share * (float)at[2];
}

static void add_point(const struct yf_pixels *pixels, float x, float y,
		      float sum[static 3])
{
	if (!(x > -1 && y > -1 && x < (float)pixels->w && y < (float)pixels->h))
		return;
	const float left = floorf(x), top = floorf(y);
	const float dx = x - left, dy = y - top;
	const int32_t ix = (int32_t)left, iy = (int32_t)top;

	add_pixel(pixels, ix, iy, (1 - dx) * (1 - dy), sum);
	add_pixel(pixels, ix + 1, iy, dx * (1 - dy), sum);
	add_pixel(pixels, ix, iy + 1, (1 - dx) * dy, sum);
	add_pixel(pixels, ix + 1, iy + 1, dx * dy, sum);
}

void yf_sample(const struct yf_pixels *pixels, const struct yf_affine *where,
	       uint32_t reach, const float mean[static 3],
	       const struct yf_map *out, uint32_t n)
{
	const float part = 1 / (float)reach, share = part * part / 255;

	for (uint32_t y = 0; y < out->h; y++)
		for (uint32_t x = 0; x < out->w; x++) {
			float sum[3] = { 0 };
			for (uint32_t i = 0; i < reach * reach; i++) {
				const float fx = (float)(i % reach) + 0.5f;
				const float fy = (float)(i / reach) + 0.5f;
				float at[2];

				yf_affine_apply(
					where, (float)x + fx * part - 0.5f,
					(float)y + fy * part - 0.5f, at);
				add_point(pixels, at[0], at[1], sum);
			}
			float *to =
				yf_map_pixel(out, n, (int32_t)y, (int32_t)x);
			for (int c = 0; c < 3; c++)
				to[c] = sum[c] * share - mean[c] / 255;
		}
}
