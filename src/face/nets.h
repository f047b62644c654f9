#pragma once

#include "face/look.h"
#include "face/net.h"

/*
 * The three networks on normalised pixels.  They know nothing of pictures:
 * the caller samples and interprets.
 */
struct yf_nets {
	const struct yf_kernel *kernel;
	const struct yf_layer *layers; /* YF_LAYERS of them */
	struct yf_scratch scratch;
};

enum {
	YF_POINTS_SIDE = 112,
	YF_CHIP_SIDE = 150,
	YF_DETECT_SIDE_MAX = 416,
	YF_DETECT_ANCHORS = 5,
	YF_DETECT_VALUES = 5, /* x, y, log width, log height, log odds */
	/* 64 MB of address space; pages are touched as they are needed */
	YF_SCRATCH_FLOATS = 16 * 1024 * 1024,
};

extern const float yf_mean_detect[3]; /* red, green, blue */
extern const float yf_mean_face[3];

/*
 * Detector: `in` is one square picture of 32 to YF_DETECT_SIDE_MAX pixels a
 * side.  The result is a square grid whose pixels hold 5 anchors of 5 raw
 * values each (and 7 unused channels), taken from the scratch.
 */
struct yf_map yf_net_detect(struct yf_nets *nets, const struct yf_map *in);

/* Landmarks: `in` is one 112 x 112 picture.  x and y of each point as a
 * fraction of its side. */
void yf_net_points(struct yf_nets *nets, const struct yf_map *in,
		   float out[static YF_FACE_POINTS][2]);

/* Descriptors of the n 150 x 150 chips of `in`, as the network gives them:
 * not normalised. */
void yf_net_describe(struct yf_nets *nets, const struct yf_map *in,
		     float (*out)[YF_FACE_DESCRIPTOR]);
