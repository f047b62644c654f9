#include "demo/raster.h"

#include <assert.h>
#include <math.h>

enum { CHANNELS = 3 };

void yf_canvas_clear(struct yf_canvas *canvas,
		     const struct yf_picture *background)
{
	const size_t count =
		(size_t)canvas->picture->width * canvas->picture->height;

	assert(background->width == canvas->picture->width &&
	       background->height == canvas->picture->height);
	memcpy(canvas->picture->rgb, background->rgb, count * CHANNELS);
	for (size_t i = 0; i < count; i++)
		canvas->depth[i] = INFINITY;
}

/* As fminf() and fmaxf(), which are calls: these are inside every pixel. */
static inline float least(float a, float b)
{
	return a < b ? a : b;
}

static inline float most(float a, float b)
{
	return a > b ? a : b;
}

/* Bilinear, in steps of 1/256, clamped to the edge. */
static void sample(const struct yf_picture *texture, float u, float v,
		   int out[static CHANNELS])
{
	const float right = (float)texture->width - 1.01f;
	const float bottom = (float)texture->height - 1.01f;

	u = least(most(u, 0), most(right, 0));
	v = least(most(v, 0), most(bottom, 0));
	const size_t column = (size_t)u, row = (size_t)v;
	const int a = (int)((u - (float)column) * 256);
	const int b = (int)((v - (float)row) * 256);
	const size_t stride = (size_t)texture->width * CHANNELS;
	const uint8_t *p = texture->rgb + row * stride + column * CHANNELS;
	const size_t next = column + 1 < texture->width ? CHANNELS : 0;
	const uint8_t *q = row + 1 < texture->height ? p + stride : p;

	for (size_t i = 0; i < CHANNELS; i++) {
		const int top = p[i] * (256 - a) + p[i + next] * a;
		const int low = q[i] * (256 - a) + q[i + next] * a;
		out[i] = (top * (256 - b) + low * b) >> 16;
	}
}

static void paint(uint8_t *pixel, const int colour[static CHANNELS],
		  float light, float alpha)
{
	const int share = (int)(alpha * 256), gain = (int)(light * 256);

	for (size_t i = 0; i < CHANNELS; i++) {
		int lit = colour[i] * gain >> 8;
		lit = lit > 255 ? 255 : lit;
		pixel[i] = (uint8_t)((pixel[i] * (256 - share) + lit * share) >>
				     8);
	}
}

struct span {
	uint32_t left, right, top, bottom; /* right and bottom exclusive */
};

static uint32_t clip(float value, uint32_t limit)
{
	return value <= 0 ? 0 : value >= (float)limit ? limit : (uint32_t)value;
}

static struct span span_of(const struct yf_corner c[static 3],
			   const struct yf_picture *picture)
{
	const float left = least(c[0].x, least(c[1].x, c[2].x));
	const float right = most(c[0].x, most(c[1].x, c[2].x));
	const float top = least(c[0].y, least(c[1].y, c[2].y));
	const float bottom = most(c[0].y, most(c[1].y, c[2].y));

	return (struct span){ clip(ceilf(left), picture->width),
			      clip(floorf(right) + 1, picture->width),
			      clip(ceilf(top), picture->height),
			      clip(floorf(bottom) + 1, picture->height) };
}

#define MIX(member) \
	(w[0] * c[0].member + w[1] * c[1].member + w[2] * c[2].member)

static void fragment(struct yf_canvas *canvas, size_t at, const float w[3],
		     const struct yf_corner c[static 3],
		     const struct yf_picture *texture)
{
	const float z = MIX(z), alpha = MIX(alpha);
	int colour[CHANNELS];

	if (z >= canvas->depth[at] || alpha < 1 / 256.0f)
		return;
	if (alpha > 0.5f)
		canvas->depth[at] = z;
	sample(texture, MIX(u), MIX(v), colour);
	paint(canvas->picture->rgb + at * CHANNELS, colour, MIX(light),
	      least(alpha, 1));
}

void yf_canvas_triangle(struct yf_canvas *canvas,
			const struct yf_corner c[static 3],
			const struct yf_picture *texture)
{
	const float ax = c[1].x - c[0].x, ay = c[1].y - c[0].y;
	const float bx = c[2].x - c[0].x, by = c[2].y - c[0].y;
	const float area = ax * by - ay * bx;
	const struct span span = span_of(c, canvas->picture);

	if (!(fabsf(area) > 1e-6f) ||
	    (c[0].alpha <= 0 && c[1].alpha <= 0 && c[2].alpha <= 0))
		return;
	const float share = 1 / area;
	for (uint32_t y = span.top; y < span.bottom; y++) {
		for (uint32_t x = span.left; x < span.right; x++) {
			const float px = (float)x - c[0].x;
			const float py = (float)y - c[0].y;
			const float w1 = (px * by - py * bx) * share;
			const float w2 = (ax * py - ay * px) * share;
			const float w[3] = { 1 - w1 - w2, w1, w2 };
			if (w[0] < 0 || w1 < 0 || w2 < 0)
				continue;
			fragment(canvas, (size_t)y * canvas->picture->width + x,
				 w, c, texture);
		}
	}
}

static uint64_t scramble(uint64_t *state)
{
	*state += 0x9e3779b97f4a7c15u;
	uint64_t z = *state;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

void yf_picture_noise(struct yf_picture *picture, unsigned amount,
		      uint64_t seed)
{
	const size_t len = (size_t)picture->width * picture->height * CHANNELS;
	const int range = 2 * (int)amount + 1;

	for (size_t i = 0; i < len; i += 8) {
		uint64_t bits = scramble(&seed);
		for (size_t k = i; k < i + 8 && k < len; k++, bits >>= 8) {
			const int shift =
				((int)(bits & 255) * range >> 8) - (int)amount;
			const int value = picture->rgb[k] + shift;
			picture->rgb[k] = (uint8_t)(value < 0     ? 0
						    : value > 255 ? 255
								  : value);
		}
	}
}

enum { TILES_X = 8, TILES_Y = 6 };

void yf_picture_blur(const struct yf_picture *in, struct yf_picture *out)
{
	uint8_t rgb[TILES_X * TILES_Y * CHANNELS];
	const struct yf_picture tiles = { TILES_X, TILES_Y, rgb };
	uint64_t sum[TILES_X * TILES_Y][CHANNELS + 1] = { 0 };

	for (size_t y = 0; y < in->height; y++) {
		for (size_t x = 0; x < in->width; x++) {
			const uint8_t *p =
				in->rgb + (y * in->width + x) * CHANNELS;
			uint64_t *tile =
				sum[y * TILES_Y / in->height * TILES_X +
				    x * TILES_X / in->width];
			for (size_t i = 0; i < CHANNELS; i++)
				tile[i] += p[i];
			tile[CHANNELS]++;
		}
	}
	for (size_t i = 0; i < (size_t)TILES_X * TILES_Y * CHANNELS; i++) {
		const uint64_t *tile = sum[i / CHANNELS];
		const uint64_t count = tile[CHANNELS] ? tile[CHANNELS] : 1;
		rgb[i] = (uint8_t)(tile[i % CHANNELS] / count);
	}
	for (size_t y = 0; y < out->height; y++) {
		for (size_t x = 0; x < out->width; x++) {
			int colour[CHANNELS];
			sample(&tiles,
			       ((float)x + 0.5f) * TILES_X / (float)out->width -
				       0.5f,
			       ((float)y + 0.5f) * TILES_Y /
					       (float)out->height -
				       0.5f,
			       colour);
			for (size_t i = 0; i < CHANNELS; i++)
				out->rgb[(y * out->width + x) * CHANNELS + i] =
					(uint8_t)colour[i];
		}
	}
}
