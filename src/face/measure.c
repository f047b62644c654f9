#include "face/measure.h"

#include <math.h>
#include <string.h>

#include "face/landmarks.h"

enum { GREY_MAX = 128, GREY_MIN = 16, REACH_MAX = 8 };

/* The source pixel nearest to a place, kept inside. */
static uint32_t nearest(float at, uint32_t side)
{
	const float last = (float)side - 1;

	return (uint32_t)(at > 0 ? at < last ? at : last : 0);
}

/* Thousandths of Rec. 601 luma of some pixels of a row, added up. */
static uint32_t luma(const uint8_t *row, const uint32_t *at, uint32_t count)
{
	uint32_t sum = 0;

	for (uint32_t i = 0; i < count; i++) {
		const uint8_t *p = row + at[i];
		sum += 299u * p[0] + 587u * p[1] + 114u * p[2];
	}
	return sum;
}

/* The box as a square of grey values; each is the mean of what it covers. */
static uint32_t shrink(const struct yf_pixels *pixels, const float box[4],
		       float out[GREY_MAX][GREY_MAX])
{
	const float longest = fmaxf(box[2], box[3]);
	const uint32_t side = longest >= GREY_MAX   ? GREY_MAX
			      : longest <= GREY_MIN ? GREY_MIN
						    : (uint32_t)longest;
	const uint32_t reach =
		(uint32_t)fminf(ceilf(longest / (float)side), REACH_MAX);
	const float parts = (float)(side * reach);
	const float sx = box[2] / parts, sy = box[3] / parts;
	uint32_t at[GREY_MAX * REACH_MAX] = { 0 };

	for (uint32_t i = 0; i < side * reach; i++)
		at[i] = 3 * nearest(box[0] + ((float)i + 0.5f) * sx, pixels->w);
	for (uint32_t y = 0; y < side; y++) {
		uint32_t sums[GREY_MAX] = { 0 };

		for (uint32_t i = 0; i < reach; i++) {
			const float place = (float)(y * reach + i) + 0.5f;
			const size_t row =
				nearest(box[1] + place * sy, pixels->h);
			const uint8_t *line = pixels->rgb + row * pixels->w * 3;

			for (uint32_t x = 0; x < side; x++)
				sums[x] += luma(line, at + (size_t)x * reach,
						reach);
		}
		for (uint32_t x = 0; x < side; x++)
			out[y][x] =
				(float)sums[x] / 1000 / (float)(reach * reach);
	}
	return side;
}

static float mean_of(const float grey[GREY_MAX][GREY_MAX], uint32_t side)
{
	float sum = 0;

	for (uint32_t y = 0; y < side; y++)
		for (uint32_t x = 0; x < side; x++)
			sum += grey[y][x];
	return sum / (float)(side * side);
}

static float laplacian_variance(const float grey[GREY_MAX][GREY_MAX],
				uint32_t side)
{
	const float count = (float)((side - 2) * (side - 2));
	float sum = 0, squares = 0;

	for (uint32_t y = 1; y + 1 < side; y++)
		for (uint32_t x = 1; x + 1 < side; x++) {
			const float edge = grey[y - 1][x] + grey[y + 1][x] +
					   grey[y][x - 1] + grey[y][x + 1] -
					   4 * grey[y][x];
			sum += edge;
			squares += edge * edge;
		}
	return squares / count - sum / count * (sum / count);
}

/* Every second row is enough: a repeated one repeats these. */
static void glance(const struct yf_pixels *pixels,
		   uint8_t out[static YF_LOOK_GLANCE])
{
	enum { WIDE = 16, HIGH = YF_LOOK_GLANCE / WIDE };

	for (uint32_t field = 0; field < YF_LOOK_GLANCE; field++) {
		const uint32_t i = field % WIDE, k = field / WIDE;
		const uint32_t x0 = pixels->w * i / WIDE;
		const uint32_t x1 = pixels->w * (i + 1) / WIDE;
		const uint32_t y0 = pixels->h * k / HIGH;
		const uint32_t y1 = pixels->h * (k + 1) / HIGH;
		uint64_t sum = 0, count = 0;
		for (uint32_t y = y0; y < y1; y += 2) {
			const uint8_t *at =
				pixels->rgb + ((size_t)y * pixels->w + x0) * 3;
			uint32_t row = 0;
			for (uint32_t x = x0; x < x1; x++, at += 3)
				row += 77u * at[0] + 150u * at[1] + 29u * at[2];
			sum += row;
			count += x1 - x0;
		}
		out[field] = (uint8_t)(count ? sum / 8 / count : 0);
	}
}

void yf_measure_light(const struct yf_pixels *pixels, struct yf_look *look)
{
	float grey[GREY_MAX][GREY_MAX];
	const uint32_t side = shrink(pixels, look->box, grey);

	glance(pixels, look->glance);
	look->brightness = mean_of(grey, side);
	look->sharpness = laplacian_variance(grey, side);
	memset(grey, 0, sizeof(grey));
}

static float apart(const float a[static 2], const float b[static 2])
{
	return hypotf(a[0] - b[0], a[1] - b[1]);
}

void yf_measure_points(struct yf_look *look)
{
	const float(*p)[2] = look->points;
	const float jaw[2] = { p[16][0] - p[0][0], p[16][1] - p[0][1] };
	const float nose[2] = { p[30][0] - p[0][0], p[30][1] - p[0][1] };
	const float wide = jaw[0] * jaw[0] + jaw[1] * jaw[1];
	const float along = jaw[0] * nose[0] + jaw[1] * nose[1];
	const float open =
		apart(p[61], p[67]) + apart(p[62], p[66]) + apart(p[63], p[65]);
	const float lips = apart(p[60], p[64]);

	look->yaw = wide > 0 ? fmaxf(-1, fminf(1, 2 * along / wide - 1)) : 0;
	look->mouth = lips > 0 ? open / 3 / lips : 0;
	look->eye_distance = yf_landmarks_eyes(look->points);
}

/*
 * Four hashes of every fourth word, so that none waits for the one before it;
 * then one of the four.
 */
uint64_t yf_measure_hash(const struct yf_pixels *pixels)
{
	enum { LANES = 4 };
	const uint64_t prime = 0x9e3779b97f4a7c15u;
	const size_t len = (size_t)pixels->w * pixels->h * 3;
	uint64_t lanes[LANES] = { 1, 2, 3, 4 }, words[LANES];
	uint64_t hash = len * prime ^ pixels->w;

	for (size_t at = 0; at < len; at += sizeof(words)) {
		const size_t left = len - at;

		if (left < sizeof(words))
			memset(words, 0, sizeof(words));
		memcpy(words, pixels->rgb + at,
		       left < sizeof(words) ? left : sizeof(words));
#pragma GCC unroll 4
		for (int i = 0; i < LANES; i++) {
			lanes[i] = (lanes[i] ^ words[i]) * prime;
			lanes[i] ^= lanes[i] >> 29;
		}
	}
	for (int i = 0; i < LANES; i++) {
		hash = (hash ^ lanes[i]) * prime;
		hash ^= hash >> 29;
	}
	return hash;
}
