#include "face/sample.h"

#include <math.h>
#include <string.h>

#include "base/secret.h"

enum {
	REACH_MAX = 8,
	POINTS_MAX = 4096, /* of a row of an upright sample */
};

/* A pixel is three floats; with a fourth it is a vector of any processor. */
typedef float four __attribute__((vector_size(16)));
typedef int32_t ints4 __attribute__((vector_size(16)));
typedef uint16_t shorts8 __attribute__((vector_size(16)));
typedef uint8_t bytes16 __attribute__((vector_size(16)));

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

/* row[i] += share * bytes[i], of two lines at once: compiled to vectors, the
 * bulk of the work. */
static void add_rows(float *restrict row, const uint8_t *restrict a,
		     const uint8_t *restrict b, size_t len,
		     const float share[static 2])
{
	const float one = share[0], two = share[1];

	for (size_t i = 0; i < len; i++)
		row[i] += one * (float)a[i] + two * (float)b[i];
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

/* Where a point of a row lies between two pixels of the mixed row. */
struct between {
	uint32_t left; /* floats from the start of the row */
	float shares[2];
};

/*
 * An upright sample is separable: the rows that an output row sees are mixed
 * first, and that one row is then sampled, at the same places each time.
 * `row` has a black pixel before column 0 and behind the last, and room to
 * read four floats where three are.
 */
struct upright {
	const struct yf_pixels *pixels;
	const struct yf_affine *where;
	uint32_t reach;
	struct span span;
	float row[(YF_SAMPLE_SIDE_MAX + 3) * 3];
	struct between points[POINTS_MAX];
};

/* The lines that an output row sees, each once, and their shares. */
struct lines {
	uint32_t count;
	size_t at[2 * REACH_MAX];
	float shares[2 * REACH_MAX];
};

static void add_line(struct lines *lines, int64_t line, int64_t high,
		     float share)
{
	if (line < 0 || line >= high)
		return;
	for (uint32_t i = 0; i < lines->count; i++)
		if (lines->at[i] == (size_t)line) {
			lines->shares[i] += share;
			return;
		}
	lines->at[lines->count] = (size_t)line;
	lines->shares[lines->count++] = share;
}

static struct lines lines_of(const struct upright *s, float y)
{
	const float part = 1 / (float)s->reach;
	const int64_t high = s->pixels->h;
	struct lines lines = { 0 };

	for (uint32_t i = 0; i < s->reach; i++) {
		const float at =
			s->where->e * (y + place(i, part)) + s->where->f;
		if (!(at > -1 && at < (float)high))
			continue;
		const float top = floorf(at);

		add_line(&lines, (int64_t)top, high, (1 - (at - top)) * part);
		add_line(&lines, (int64_t)top + 1, high, (at - top) * part);
	}
	return lines;
}

static void mix_rows(struct upright *s, float y)
{
	const size_t len = s->span.len * 3, step = (size_t)s->pixels->w * 3;
	const uint8_t *from = s->pixels->rgb + s->span.from * 3;
	const struct lines lines = lines_of(s, y);
	float *row = s->row + (s->span.from + 1) * 3;

	memset(row, 0, len * sizeof(float));
	for (uint32_t i = 0; i < lines.count; i += 2) {
		const bool both = i + 1 < lines.count;
		const uint32_t other = both ? i + 1 : i;
		const float shares[2] = { lines.shares[i],
					  both ? lines.shares[other] : 0 };

		add_rows(row, from + lines.at[i] * step,
			 from + lines.at[other] * step, len, shares);
	}
}

/* What is outside has no share. */
static struct between between_at(const struct upright *s, float x, float part)
{
	const float at = s->where->a * x + s->where->c;

	if (!(at > -1 && at < (float)s->pixels->w))
		return (struct between){ 0 };
	/* at + 1 is positive, so this is its floor */
	const uint32_t right = (uint32_t)(at + 1);
	const float more = at + 1 - (float)right;
	return (struct between){ right * 3,
				 { (1 - more) * part, more * part } };
}

static void find_points(struct upright *s, uint32_t width)
{
	const float part = 1 / (float)s->reach;
	struct between *point = s->points;

	for (uint32_t x = 0; x < width; x++)
		for (uint32_t i = 0; i < s->reach; i++)
			*point++ =
				between_at(s, (float)x + place(i, part), part);
}

static four load_floats(const float *at)
{
	four v;

	memcpy(&v, at, sizeof(v));
	return v;
}

/* Three of the four: what lies behind belongs to others. */
static void put_pixel(four colour, four mean, float *to)
{
	const four value = (colour - mean) / 255;

	memcpy(to, &value, 3 * sizeof(float));
}

static void sample_row(const struct upright *s, four mean,
		       const struct yf_map *out, uint32_t n, uint32_t y)
{
	float *to = yf_map_pixel(out, n, (int32_t)y, 0);
	const struct between *point = s->points;

	for (uint32_t x = 0; x < out->w; x++, to += 3) {
		four sum = { 0 };

		for (uint32_t i = 0; i < s->reach; i++, point++) {
			const float *p = s->row + point->left;
			sum += point->shares[0] * load_floats(p) +
			       point->shares[1] * load_floats(p + 3);
		}
		put_pixel(sum, mean, to);
	}
}

static void sample_upright(const struct yf_pixels *pixels,
			   const struct yf_affine *where, uint32_t reach,
			   four mean, const struct yf_map *out, uint32_t n)
{
	struct upright s;

	s.pixels = pixels;
	s.where = where;
	s.reach = reach;
	s.span = span_of(pixels, where, out->w);
	memset(s.row, 0, sizeof(s.row));
	find_points(&s, out->w);
	for (uint32_t y = 0; y < out->h; y++) {
		mix_rows(&s, (float)y);
		sample_row(&s, mean, out, n, y);
	}
	yf_wipe(s.row, sizeof(s.row));
}

/* Three bytes of colour and one of something else. */
static four load_bytes(const uint8_t *at)
{
	const bytes16 none = { 0 };
	int32_t word;

	memcpy(&word, at, sizeof(word));
	const bytes16 bytes = (bytes16)(ints4){ word };
	const bytes16 wide =
		__builtin_shufflevector(bytes, none, 0, 16, 1, 17, 2, 18, 3, 19,
					4, 20, 5, 21, 6, 22, 7, 23);
	return __builtin_convertvector(
		(ints4)__builtin_shufflevector((shorts8)wide, (shorts8)none, 0,
					       8, 1, 9, 2, 10, 3, 11),
		four);
}

/* One source pixel; black outside. */
static four pixel_at(const struct yf_pixels *pixels, int32_t x, int32_t y)
{
	if (x < 0 || y < 0 || x >= (int32_t)pixels->w ||
	    y >= (int32_t)pixels->h)
		return (four){ 0 };
	const uint8_t *at =
		pixels->rgb + ((size_t)y * pixels->w + (size_t)x) * 3;
	return (four){ (float)at[0], (float)at[1], (float)at[2], 0 };
}

/* Near the edge, where not all four neighbours are there. */
static four edge_point(const struct yf_pixels *pixels, float x, float y)
{
	if (!(x > -1 && y > -1 && x < (float)pixels->w && y < (float)pixels->h))
		return (four){ 0 };
	const int32_t ix = (int32_t)(x + 1) - 1, iy = (int32_t)(y + 1) - 1;
	const float dx = x - (float)ix, dy = y - (float)iy;

	return (1 - dy) * ((1 - dx) * pixel_at(pixels, ix, iy) +
			   dx * pixel_at(pixels, ix + 1, iy)) +
	       dy * ((1 - dx) * pixel_at(pixels, ix, iy + 1) +
		     dx * pixel_at(pixels, ix + 1, iy + 1));
}

/* The last pixel of a row is left to edge_point(): four bytes of the pixel
 * before it are there. */
static four point_at(const struct yf_pixels *pixels, float x, float y)
{
	const float right = (float)pixels->w - 2, low = (float)pixels->h - 1;

	if (!(x >= 0 && y >= 0 && x < right && y < low))
		return edge_point(pixels, x, y);
	const uint32_t ix = (uint32_t)x, iy = (uint32_t)y;
	const float dx = x - (float)ix, dy = y - (float)iy;
	const size_t row = (size_t)pixels->w * 3;
	const uint8_t *at = pixels->rgb + iy * row + (size_t)ix * 3;

	return (1 - dy) *
		       ((1 - dx) * load_bytes(at) + dx * load_bytes(at + 3)) +
	       dy * ((1 - dx) * load_bytes(at + row) +
		     dx * load_bytes(at + row + 3));
}

static void sample_turned(const struct yf_pixels *pixels,
			  const struct yf_affine *where, uint32_t reach,
			  four mean, const struct yf_map *out, uint32_t n)
{
	const float part = 1 / (float)reach;

	for (uint32_t y = 0; y < out->h; y++)
		for (uint32_t x = 0; x < out->w; x++) {
			float *to =
				yf_map_pixel(out, n, (int32_t)y, (int32_t)x);
			four sum = { 0 };

			for (uint32_t i = 0; i < reach * reach; i++) {
				float at[2];
				yf_affine_apply(
					where,
					(float)x + place(i % reach, part),
					(float)y + place(i / reach, part), at);
				sum += point_at(pixels, at[0], at[1]);
			}
			put_pixel(sum * part * part, mean, to);
		}
}

void yf_sample(const struct yf_pixels *pixels, const struct yf_affine *where,
	       uint32_t reach, const float mean[static 3],
	       const struct yf_map *out, uint32_t n)
{
	const bool upright = where->b == 0 && where->d == 0 && where->a > 0 &&
			     pixels->w <= YF_SAMPLE_SIDE_MAX &&
			     reach <= REACH_MAX && out->w <= POINTS_MAX / reach;
	const four means = { mean[0], mean[1], mean[2], 0 };

	if (upright)
		sample_upright(pixels, where, reach, means, out, n);
	else
		sample_turned(pixels, where, reach, means, out, n);
}
