#pragma once

#include "face/plan.h"
#include "face/sample.h"

/*
 * Fills picture `n` of the input of a program from a picture, sampled as
 * yf_sample() does it, in the colours and the range that the network wants.
 */
void yf_input_fill(const struct yf_program *program,
		   const struct yf_pixels *pixels,
		   const struct yf_affine *where, const struct yf_map *out,
		   uint32_t n);
