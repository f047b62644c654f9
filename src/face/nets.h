#pragma once

#include "face/look.h"
#include "face/plan.h"

/*
 * The networks of a face engine: programs of one or two plans, and the one
 * block of memory in which they run, one after the other.  They know nothing
 * of pictures: the caller samples and interprets.
 */
enum {
	YF_POINTS_SIDE = 112,
	YF_CHIP_SIDE = 150, /* of the face-api describer */
	/* The sides at which the detector runs; a model has all of them. */
	YF_DETECT_SIDES = 3,
	YF_DETECT_SIDE_MAX = 416,
	YF_DETECT_ANCHORS = 5,
	YF_DETECT_VALUES = 5, /* x, y, log width, log height, log odds */
};
#define YF_DETECT_SIDES_LIST                 \
	{                                    \
		128, 224, YF_DETECT_SIDE_MAX \
	}

struct yf_nets {
	const struct yf_kernel *kernel;
	const struct yf_program *detect[YF_DETECT_SIDES];
	const struct yf_program *points;
	const struct yf_program *describe;
	/* Of the describer's plan. */
	struct yf_plan_alignment alignment;
	uint32_t output;
	bool mirror;
	float session_distance;
	float *memory; /* 64-byte aligned */
	size_t len;    /* floats */
	size_t peak;   /* floats ever used since it was last wiped */
};

/*
 * Finds detector and points in `finder`, the describer in `describer` (NULL:
 * in `finder` as well); `memory` is the caller's to set.
 * MODEL   one is missing, or not of the shape that is expected
 */
YF_CHECKED yf_err yf_nets_find(const struct yf_plan *finder,
			       const struct yf_plan *describer,
			       const struct yf_kernel *kernel,
			       struct yf_nets *out);

/* Floats of memory for faces with their mirror images: two at a time. */
size_t yf_nets_floats(const struct yf_nets *nets);

/* The detector for pictures of `side` pixels; NULL when there is none. */
const struct yf_program *yf_nets_detector(const struct yf_nets *nets,
					  uint32_t side);

/* Where the input of a program goes, and what comes out. */
struct yf_map yf_nets_input(struct yf_nets *nets,
			    const struct yf_program *program, uint32_t n);
struct yf_map yf_nets_run(struct yf_nets *nets,
			  const struct yf_program *program, uint32_t n);

/* Overwrites all that was ever used. */
void yf_nets_wipe(struct yf_nets *nets);
