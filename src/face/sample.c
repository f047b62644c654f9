#include "face/sample.h"

#include <math.h>
#include <string.h>

#include "base/secret.h"

enum { REACH_MAX = 8 };

/*
 * The mean of reach x reach points, as the part of one of them and the place
 * of point i inside a pixel.
 */
static float place(uint32_t i, float part)
{
	return ((float)i + 0.5f) * part - 0.5f;
}

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

/* row[i] += share * bytes[i]: compiled to vectors, the bulk of the work. */
static void add_row(float *row, const uint8_t *bytes, size_t len, float share)
{
	for (size_t i = 0; i < len; i++)
		row[i] += share * (float)bytes[i];
}

/* The part of the source that a row of an upright sample can see. */
struct span {
	size_t from, len; /* columns */
};

static struct span span_of(const struct yf_pixels *pixels,
			   const struct yf_affine *where, uint32_t width)
{
	const float w = (float)pixels->w;
	/* fmaxf() and fminf() turn NaN into the bound */
	const float low = fminf(fmaxf(where->c - where->a - 1, 0), w);
	const float high = fminf(
		fmaxf(where->c + where->a * ((float)width + 1) + 2, low), w);
	const size_t from = (size_t)low;

	return (struct span){ from, (size_t)high - from };
}

/*
 * An upright sample is separable: the rows that an output row sees are mixed
 * first, and that one row is then sampled.  `row` has a black pixel before
 * column 0 and behind the last.
 */
struct upright {
	const struct yf_pixels *pixels;
	const struct yf_affine *where;
	uint32_t reach;
	struct span span;
	float row[(YF_SAMPLE_SIDE_MAX + 2) * 3];
};

static void mix_rows(struct upright *s, float y)
{
	const float part = 1 / (float)s->reach;
	const size_t len = s->span.len * 3, step = (size_t)s->pixels->w * 3;
	const uint8_t *from = s->pixels->rgb + s->span.from * 3;
	const int32_t high = (int32_t)s->pixels->h;
	float *row = s->row + (s->span.from + 1) * 3;

	memset(row, 0, len * sizeof(float));
	for (uint32_t i = 0; i < s->reach; i++) {
		const float at =
			s->where->e * (y + place(i, part)) + s->where->f;
		if (!(at > -1 && at < (float)high))
			continue;
		const float top = floorf(at);
		const int32_t line = (int32_t)top;

		if (line >= 0)
			add_row(row, from + (size_t)line * step, len,
				(1 - (at - top)) * part);
		if (line + 1 < high)
			add_row(row, from + (size_t)(line + 1) * step, len,
				(at - top) * part);
	}
}

static void sample_pixel(const struct upright *s, float x,
			 const float mean[static 3], float *to)
{
	const float part = 1 / (float)s->reach;
	float sum[3] = { 0 };

	for (uint32_t i = 0; i < s->reach; i++) {
		const float at =
			s->where->a * (x + place(i, part)) + s->where->c;
		if (!(at > -1 && at < (float)s->pixels->w))
			continue;
		/* at + 1 is positive, so this is its floor */
		const size_t right = (size_t)(at + 1);
		const float more = at + 1 - (float)right;
		const float *p = s->row + right * 3;
		for (int c = 0; c < 3; c++)
			sum[c] += (1 - more) * p[c] + more * p[c + 3];
	}
	for (int c = 0; c < 3; c++)
		to[c] = (sum[c] * part - mean[c]) / 255;
}

static void sample_upright(const struct yf_pixels *pixels,
			   const struct yf_affine *where, uint32_t reach,
			   const float mean[static 3], const struct yf_map *out,
			   uint32_t n)
{
	struct upright s = {
		pixels, where, reach, span_of(pixels, where, out->w), { 0 }
	};

	for (uint32_t y = 0; y < out->h; y++) {
		mix_rows(&s, (float)y);
		for (uint32_t x = 0; x < out->w; x++)
			sample_pixel(
				&s, (float)x, mean,
				yf_map_pixel(out, n, (int32_t)y, (int32_t)x));
	}
	yf_wipe(s.row, sizeof(s.row));
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
	const int32_t ix = (int32_t)(x + 1) - 1, iy = (int32_t)(y + 1) - 1;
	const float dx = x - (float)ix, dy = y - (float)iy;

	add_pixel(pixels, ix, iy, (1 - dx) * (1 - dy), sum);
	add_pixel(pixels, ix + 1, iy, dx * (1 - dy), sum);
	add_pixel(pixels, ix, iy + 1, (1 - dx) * dy, sum);
	add_pixel(pixels, ix + 1, iy + 1, dx * dy, sum);
}

static void sample_turned(const struct yf_pixels *pixels,
			  const struct yf_affine *where, uint32_t reach,
			  const float mean[static 3], const struct yf_map *out,
			  uint32_t n)
{
	const float part = 1 / (float)reach;

	for (uint32_t y = 0; y < out->h; y++)
		for (uint32_t x = 0; x < out->w; x++) {
			float *to =
				yf_map_pixel(out, n, (int32_t)y, (int32_t)x);
			float sum[3] = { 0 }, at[2];

			for (uint32_t i = 0; i < reach * reach; i++) {
				yf_affine_apply(
					where,
					(float)x + place(i % reach, part),
					(float)y + place(i / reach, part), at);
				add_point(pixels, at[0], at[1], sum);
			}
			for (int c = 0; c < 3; c++)
				to[c] = (sum[c] * part * part - mean[c]) / 255;
		}
}

void yf_sample(const struct yf_pixels *pixels, const struct yf_affine *where,
	       uint32_t reach, const float mean[static 3],
	       const struct yf_map *out, uint32_t n)
{
	const bool upright = where->b == 0 && where->d == 0 && where->a > 0 &&
			     pixels->w <= YF_SAMPLE_SIDE_MAX;

	if (upright)
		sample_upright(pixels, where, reach, mean, out, n);
	else
		sample_turned(pixels, where, reach, mean, out, n);
}
