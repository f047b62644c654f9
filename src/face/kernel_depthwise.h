#pragma once

#include "face/kernel_vec.h"

/* Each channel for itself; a part of face/kernel_body.h. */

INLINE vec input(const float *at, const bool relu)
{
	const vec zero = { 0 };

	return relu ? max(load(at), zero) : load(at);
}

/* Outputs of a row that are done for one vector of channels after the other:
 * so few that what they read is still in the first cache for the next one. */
enum { STRETCH = 8 };

/* What one output of a 3 x 3 window is. */
INLINE vec sum_three(vec sum, const vec three[static 9], const float *in,
		     size_t row, size_t c, const bool relu)
{
#pragma GCC unroll 16
	for (uint32_t tap = 0; tap < 9; tap++)
		sum += three[tap] *
		       input(in + tap / 3 * row + tap % 3 * c, relu);
	return sum;
}

/* NOLINTNEXTLINE(readability-function-size): inlined, all in registers */
INLINE vec sum_any(vec sum, const float *w, uint32_t taps, const float *in,
		   size_t row, size_t c, const bool relu)
{
	for (uint32_t i = 0; i < taps; i++)
		for (uint32_t k = 0; k < taps; k++)
			sum += load(w + (i * taps + k) * c) *
			       input(in + i * row + k * c, relu);
	return sum;
}

/* Some outputs of LANES channels; `taps` is known when it is compiled, so that
 * the weights of 3 x 3 stay in registers. */
/* NOLINTNEXTLINE(readability-function-size): inlined, all in registers */
INLINE void depthwise_some(const struct yf_depthwise *job,
			   const struct bend *bend, const float *in, float *out,
			   const float *add, uint32_t channel, uint32_t count,
			   const uint32_t taps, const bool relu)
{
	const size_t row = yf_map_row(job->in), c = job->in->c;
	const size_t step = c * job->stride;
	const float *w = job->weights + channel;
	const vec zero = { 0 };
	const vec bias = job->bias ? load(job->bias + channel) : zero;
	const bool kept = taps == 3;
	vec three[9];

	if (kept) {
#pragma GCC unroll 16
		for (uint32_t i = 0; i < 9; i++)
			three[i] = load(w + i * c);
	}
	for (uint32_t x = 0; x < count; x++, in += step) {
		vec sum = kept ? sum_three(bias, three, in, row, c, relu)
			       : sum_any(bias, w, taps, in, row, c, relu);
		if (add)
			sum += load(add + x * c);
		store(out + x * c, activate(sum, bend, channel));
	}
}

INLINE void depthwise_row(const struct yf_depthwise *job,
			  const struct bend *bend, uint32_t n, uint32_t y,
			  const uint32_t taps, const bool relu)
{
	const int32_t top = (int32_t)(y * job->stride) + job->origin;
	const size_t c = job->in->c;

	for (uint32_t x = 0; x < job->out->w; x += STRETCH) {
		const int32_t left = (int32_t)(x * job->stride) + job->origin;
		const uint32_t rest = job->out->w - x;
		const uint32_t count = rest < STRETCH ? rest : STRETCH;
		const float *in = yf_map_pixel(job->in, n, top, left);
		float *out = yf_map_pixel(job->out, n, (int32_t)y, (int32_t)x);
		const float *add =
			job->add ? yf_map_pixel(job->add, n, (int32_t)y,
						(int32_t)x)
				 : NULL;

		for (uint32_t at = 0; at < c; at += LANES)
			depthwise_some(job, bend, in + at, out + at,
				       add ? add + at : NULL, at, count, taps,
				       relu);
	}
}

INLINE void depthwise_taps(const struct yf_depthwise *job,
			   const struct bend *bend, const uint32_t taps)
{
	for (uint32_t n = 0; n < job->in->n; n++)
		for (uint32_t y = 0; y < job->out->h; y++) {
			if (job->relu)
				depthwise_row(job, bend, n, y, taps, true);
			else
				depthwise_row(job, bend, n, y, taps, false);
		}
}

static NOINLINE void depthwise_three(const struct yf_depthwise *job,
				     const struct bend *bend)
{
	depthwise_taps(job, bend, 3);
}

static NOINLINE void depthwise_any(const struct yf_depthwise *job,
				   const struct bend *bend)
{
	depthwise_taps(job, bend, job->taps);
}

static void depthwise(const struct yf_depthwise *job)
{
	const struct bend bend = bend_of(&job->act);

	if (job->taps == 3)
		depthwise_three(job, &bend);
	else
		depthwise_any(job, &bend);
}
