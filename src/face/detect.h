#pragma once

#include "face/nets.h"
#include "face/sample.h"

/* A face that the detector proposes; pixels of the picture. */
struct yf_candidate {
	float x, y, w, h;
	float score; /* 0..1 */
};

enum { YF_CANDIDATES_MAX = 32 };

/*
 * Runs the detector once, on the picture shrunk or stretched so that its
 * longer side has `size` pixels, one of YF_DETECT_SIDES_LIST.  The best first;
 * of boxes that overlap only the best.  Their number.
 */
uint32_t yf_detect(struct yf_nets *nets, const struct yf_pixels *pixels,
		   uint32_t size, struct yf_candidate out[YF_CANDIDATES_MAX]);

/* Intersection over union of the boxes, 0..1. */
float yf_overlap(const struct yf_candidate *a, const struct yf_candidate *b);
