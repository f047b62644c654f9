#pragma once

#include "face/kernel_vec.h"

/* Each channel for itself; a part of face/kernel_body.h. */

INLINE vec input(const float *at, const bool relu)
{
	const vec zero = { 0 };

	return relu ? max(load(at), zero) : load(at);
}

/* One row of outputs of LANES channels; `taps` is known when it is compiled,
 * so that the weights of 3 x 3 stay in registers. */
INLINE void depthwise_row(const struct yf_depthwise *job, uint32_t n,
			  uint32_t y, uint32_t channel, const uint32_t taps,
			  const bool relu)
{
	const size_t row = yf_map_row(job->in), c = job->in->c;
	const size_t step = c * job->stride;
	const float *in = yf_map_pixel(job->in, n,
				       (int32_t)(y * job->stride) + job->origin,
				       job->origin) +
			  channel;
	const float *w = job->weights + channel;
	const struct bend bend = bend_of(&job->act);
	const vec zero = { 0 };
	const vec bias = job->bias ? load(job->bias + channel) : zero;
	float *out = yf_map_pixel(job->out, n, (int32_t)y, 0) + channel;
	const float *add =
		job->add ? yf_map_pixel(job->add, n, (int32_t)y, 0) + channel
			 : NULL;

	const bool kept = taps == 3;
	vec three[9];

	if (kept) {
#pragma GCC unroll 16
		for (uint32_t i = 0; i < 9; i++)
			three[i] = load(w + i * c);
	}
	for (uint32_t x = 0; x < job->out->w; x++, in += step) {
		vec sum = bias;
#pragma GCC unroll 16
		for (uint32_t i = 0; i < taps; i++)
#pragma GCC unroll 16
			for (uint32_t k = 0; k < taps; k++) {
				const uint32_t tap = i * taps + k;
				const vec by =
					kept ? three[tap] : load(w + tap * c);
				sum += by * input(in + i * row + k * c, relu);
			}
		if (add)
			sum += load(add + x * c);
		store(out + x * c, activate(sum, &bend, channel));
	}
}

INLINE void depthwise_taps(const struct yf_depthwise *job, const uint32_t taps)
{
	for (uint32_t n = 0; n < job->in->n; n++)
		for (uint32_t y = 0; y < job->out->h; y++)
			for (uint32_t at = 0; at < job->in->c; at += LANES) {
				if (job->relu)
					depthwise_row(job, n, y, at, taps,
						      true);
				else
					depthwise_row(job, n, y, at, taps,
						      false);
			}
}

static void depthwise(const struct yf_depthwise *job)
{
	if (job->taps == 3)
		depthwise_taps(job, 3);
	else
		depthwise_taps(job, job->taps);
}
