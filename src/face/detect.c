#include "face/detect.h"

#include <math.h>
#include <string.h>

#include "face/input.h"

/* Sizes of the anchors in grid cells, and the overlap above which the lower
 * of two boxes is dropped: constants of the network. */
static const float anchors[YF_DETECT_ANCHORS][2] = {
	{ 1.603231f, 2.094468f }, { 6.041143f, 7.080126f },
	{ 2.882459f, 3.518061f }, { 4.266906f, 5.178857f },
	{ 9.041765f, 10.66308f },
};
static const float overlap_max = 0.4f;
static const float score_min = 0.1f;

static float sigmoid(float x)
{
	return 1 / (1 + expf(-x));
}

static struct yf_candidate decode(const float *raw, uint32_t anchor,
				  uint32_t column, uint32_t row, float cell)
{
	const float w = expf(raw[2]) * anchors[anchor][0] * cell;
	const float h = expf(raw[3]) * anchors[anchor][1] * cell;

	return (struct yf_candidate){
		.x = ((float)column + sigmoid(raw[0])) * cell - w / 2,
		.y = ((float)row + sigmoid(raw[1])) * cell - h / 2,
		.w = w,
		.h = h,
		.score = sigmoid(raw[4]),
	};
}

/* A damaged model can make anything, NaN too. */
static bool is_usable(const struct yf_candidate *c, float side)
{
	return c->score > score_min && c->score <= 1 && c->w >= 1 &&
	       c->h >= 1 && c->w <= 4 * side && c->h <= 4 * side &&
	       fabsf(c->x) <= 4 * side && fabsf(c->y) <= 4 * side;
}

float yf_overlap(const struct yf_candidate *a, const struct yf_candidate *b)
{
	const float w = fminf(a->x + a->w, b->x + b->w) - fmaxf(a->x, b->x);
	const float h = fminf(a->y + a->h, b->y + b->h) - fmaxf(a->y, b->y);

	if (w <= 0 || h <= 0)
		return 0;
	return w * h / (a->w * a->h + b->w * b->h - w * h);
}

/* Keeps `out` sorted, the best first; drops the worst when it is full. */
static uint32_t insert(struct yf_candidate *out, uint32_t count,
		       const struct yf_candidate *fresh)
{
	uint32_t at = count;

	while (at > 0 && out[at - 1].score < fresh->score)
		at--;
	if (at == YF_CANDIDATES_MAX)
		return count;
	const uint32_t last =
		count < YF_CANDIDATES_MAX ? count : YF_CANDIDATES_MAX - 1;
	memmove(&out[at + 1], &out[at], (last - at) * sizeof(*out));
	out[at] = *fresh;
	return last + 1;
}

static uint32_t suppress(struct yf_candidate *all, uint32_t count)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < count; i++) {
		bool hidden = false;
		for (uint32_t k = 0; k < kept && !hidden; k++)
			hidden = yf_overlap(&all[k], &all[i]) > overlap_max;
		if (!hidden)
			all[kept++] = all[i];
	}
	return kept;
}

static uint32_t read_grid(const struct yf_map *grid, float side,
			  struct yf_candidate out[YF_CANDIDATES_MAX])
{
	const float cell = side / (float)grid->w;
	uint32_t count = 0;

	for (uint32_t i = 0; i < grid->w * grid->h * YF_DETECT_ANCHORS; i++) {
		const uint32_t anchor = i % YF_DETECT_ANCHORS;
		const uint32_t x = i / YF_DETECT_ANCHORS % grid->w;
		const uint32_t y = i / YF_DETECT_ANCHORS / grid->w;
		const float *raw =
			yf_map_pixel(grid, 0, (int32_t)y, (int32_t)x) +
			(size_t)anchor * YF_DETECT_VALUES;
		const struct yf_candidate fresh =
			decode(raw, anchor, x, y, cell);

		if (is_usable(&fresh, side))
			count = insert(out, count, &fresh);
	}
	return suppress(out, count);
}

uint32_t yf_detect(struct yf_nets *nets, const struct yf_pixels *pixels,
		   uint32_t size, struct yf_candidate out[YF_CANDIDATES_MAX])
{
	const struct yf_program *program = yf_nets_detector(nets, size);
	const float side =
		(float)(pixels->w > pixels->h ? pixels->w : pixels->h);
	const struct yf_affine where = yf_affine_square(0, 0, side, size);
	const struct yf_map in = yf_nets_input(nets, program, 1);

	yf_input_fill(program, pixels, &where, &in, 0);
	const struct yf_map grid = yf_nets_run(nets, program, 1);
	return read_grid(&grid, side, out);
}
