#pragma once

#include "face/graph.h"
#include "face/plan.h"

/*
 * Lays graphs out as a packed plan: chooses the kernels, gives every feature
 * map its place (memory is used again as soon as its last reader is done) and
 * puts the weights in the order in which kernels read them.
 */
struct yf_plan_part {
	yf_program_kind kind;
	struct yf_graph *graph; /* simplified */
	uint32_t pictures_max;
	bool blue_first;
};

/*
 * id, name, licence, provenance, alignment, mirror, output, calibration and
 * calibration_where of `about` go in; the digest is left zero.
 *
 * UNSUPPORTED  a graph that the kernels cannot run; named in its problem
 * TOO_LARGE, MEMORY
 */
YF_CHECKED yf_err yf_plan_make(struct yf_arena *arena,
			       const struct yf_plan *about,
			       const struct yf_plan_part *parts, size_t count,
			       yf_bytes *out);
