#pragma once

#include "face/kernel_vec.h"

/* What is done to each number or each window; a part of face/kernel_body.h. */

/* A map of the same shape, or one pixel for a whole picture. */
INLINE const float *beside(const struct yf_map *map, uint32_t n, uint32_t y,
			   uint32_t x)
{
	const bool one = map->h == 1 && map->w == 1;

	return one ? yf_map_pixel(map, n, 0, 0)
		   : yf_map_pixel(map, n, (int32_t)y, (int32_t)x);
}

static void each_pixel(const struct yf_elementwise *job, uint32_t n, uint32_t y,
		       uint32_t x)
{
	const float *in = yf_map_pixel(job->in, n, (int32_t)y, (int32_t)x);
	float *out = yf_map_pixel(job->out, n, (int32_t)y, (int32_t)x);
	const float *mul = job->mul ? beside(job->mul, n, y, x) : NULL;
	const float *add = job->add ? beside(job->add, n, y, x) : NULL;
	const struct bend bend = bend_of(&job->act);

	for (uint32_t c = 0; c < job->in->c; c += LANES) {
		vec v = load(in + c);
		if (job->scale)
			v *= load(job->scale + c);
		if (job->shift)
			v += load(job->shift + c);
		if (mul)
			v *= load(mul + c);
		if (add)
			v += load(add + c);
		store(out + c, activate(v, &bend, c));
	}
}

static void elementwise(const struct yf_elementwise *job)
{
	for (uint32_t n = 0; n < job->in->n; n++)
		for (uint32_t y = 0; y < job->in->h; y++)
			for (uint32_t x = 0; x < job->in->w; x++)
				each_pixel(job, n, y, x);
}

/* The part of a window along one side that lies inside. */
struct reach {
	int32_t from, to;
};

INLINE struct reach reach_of(uint32_t at, uint32_t stride, int32_t origin,
			     uint32_t size, uint32_t side)
{
	const int32_t first = (int32_t)(at * stride) + origin;
	const int32_t last = first + (int32_t)size;

	return (struct reach){ first > 0 ? first : 0,
			       last < (int32_t)side ? last : (int32_t)side };
}

static void max_pixel(const struct yf_pool_max *job, uint32_t n, uint32_t y,
		      uint32_t x)
{
	const struct reach rows =
		reach_of(y, job->stride, job->origin, job->size, job->in->h);
	const struct reach columns =
		reach_of(x, job->stride, job->origin, job->size, job->in->w);
	const size_t row = yf_map_row(job->in), c = job->in->c;
	const float *first = yf_map_pixel(job->in, n, rows.from, columns.from);
	float *out = yf_map_pixel(job->out, n, (int32_t)y, (int32_t)x);
	const size_t high = (size_t)(rows.to - rows.from);
	const size_t wide = (size_t)(columns.to - columns.from);

	for (size_t at = 0; at < c; at += LANES) {
		vec most = load(first + at);
		for (size_t i = 0; i < high; i++)
			for (size_t k = 0; k < wide; k++)
				most = max(most,
					   load(first + i * row + k * c + at));
		store(out + at, most);
	}
}

static void pool_max(const struct yf_pool_max *job)
{
	for (uint32_t n = 0; n < job->in->n; n++)
		for (uint32_t y = 0; y < job->out->h; y++)
			for (uint32_t x = 0; x < job->out->w; x++)
				max_pixel(job, n, y, x);
}

static void avg_pixel(const struct yf_pool_avg *job, uint32_t n, uint32_t y,
		      uint32_t x)
{
	const struct reach rows =
		reach_of(y, job->stride, job->origin, job->size, job->in->h);
	const struct reach columns =
		reach_of(x, job->stride, job->origin, job->size, job->in->w);
	const size_t row = yf_map_row(job->in), c = job->in->c;
	const float *first = yf_map_pixel(job->in, n, rows.from, columns.from);
	float *out = yf_map_pixel(job->out, n, (int32_t)y, (int32_t)x);
	const size_t high = (size_t)(rows.to - rows.from);
	const size_t wide = (size_t)(columns.to - columns.from);
	const float count =
		(float)(job->count_inside ? high * wide
					  : (size_t)job->size * job->size);

	for (size_t at = 0; at < c; at += LANES) {
		vec sum = { 0 };
		for (size_t i = 0; i < high; i++)
			for (size_t k = 0; k < wide; k++)
				sum += load(first + i * row + k * c + at);
		store(out + at, sum / count);
	}
}

static void pool_avg(const struct yf_pool_avg *job)
{
	for (uint32_t n = 0; n < job->in->n; n++)
		for (uint32_t y = 0; y < job->out->h; y++)
			for (uint32_t x = 0; x < job->out->w; x++)
				avg_pixel(job, n, y, x);
}
