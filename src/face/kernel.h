#pragma once

#include <stdbool.h>

#include "face/map.h"

/*
 * The arithmetic of the networks.  Each kernel is the same C compiled for
 * another instruction set; their answers differ by rounding only (fused or
 * separate multiply-add), less than 1e-5 of what was summed.
 *
 * The channels of a map are a multiple of YF_PANEL, except those of the input
 * of a convolution, which may be any.  Channels that fill the last panel are
 * zero.  Nothing here checks a size: whoever makes the jobs does.
 */
typedef enum {
	YF_ACT_NONE,
	YF_ACT_RELU,
	YF_ACT_LEAKY, /* low x below zero */
	YF_ACT_PRELU, /* slopes[channel] x below zero */
	YF_ACT_CLIP,  /* no less than low, no more than high */
} yf_act;

struct yf_activation {
	yf_act kind;
	float low, high;
	const float *slopes; /* as many as the map has channels */
};

enum { YF_PANEL = 16 }; /* output channels that are computed together */

struct yf_conv {
	const struct yf_map *in;
	const struct yf_map *out; /* c is a multiple of YF_PANEL */
	/*
	 * What is added before the activation, or NULL.  Same shape as `out`,
	 * and may be `out`.
	 */
	const struct yf_map *add;
	/* [out->c / 16][taps][taps][in->c][16] */
	const float *weights;
	const float *bias; /* [out->c] */
	uint32_t taps;     /* a side: 1 to 7 */
	uint32_t stride;
	/*
	 * Input row and column of the first tap of output 0: minus the padding.
	 * What is read outside of the picture is its halo (face/map.h), which
	 * must be wide enough.
	 */
	int32_t origin;
	uint32_t rows, columns; /* of outputs, from the top left */
	struct yf_activation act;
};

/*
 * The same for 3 x 3, stride 1, with padding, by Winograd's F(2x2, 3x3): 16
 * multiplications where the definition has 36.  `weights` are transformed:
 * [4 x 4][out->c / 16][in->c][16]; in->c is a multiple of YF_PANEL.  The
 * rounding differs from yf_conv's by parts in a million.
 */
enum {
	YF_WINOGRAD_TILES = 48, /* tiles of 2 x 2 outputs at a time */
	YF_WINOGRAD_SPOTS = 16,
};

struct yf_winograd {
	const struct yf_conv *conv;
	float *in;  /* [16][YF_WINOGRAD_TILES][in->c], to work in */
	float *out; /* [16][YF_WINOGRAD_TILES][out->c], to work in */
};

/* Each channel for itself. */
struct yf_depthwise {
	const struct yf_map *in;
	const struct yf_map *out; /* c as `in` */
	const float *weights;     /* [taps][taps][c] */
	const float *bias;        /* [c], or NULL */
	const struct yf_map *add; /* as in yf_conv */
	uint32_t taps;            /* a side: 1 to 7 */
	uint32_t stride;
	int32_t origin; /* as in yf_conv */
	bool relu;      /* of the input, as it is read */
	struct yf_activation act;
};

/*
 * out = act((in * scale + shift) * mul + add), where what is NULL is left out:
 * batch norms that cannot be folded, sums, products, activations alone.
 */
struct yf_elementwise {
	const struct yf_map *in;
	const struct yf_map *out;   /* same shape, may be `in` */
	const float *scale, *shift; /* [c] */
	const struct yf_map *mul;   /* same shape, or 1 x 1 for each picture */
	const struct yf_map *add;   /* likewise */
	struct yf_activation act;
};

/*
 * Windows that reach over the edge see only what is inside, and each reaches
 * at least one pixel.
 */
struct yf_pool_max {
	const struct yf_map *in;
	const struct yf_map *out; /* c as `in` */
	uint32_t size;
	uint32_t stride;
	int32_t origin; /* as in yf_conv */
};

/*
 * The mean of each window: of size x size with zeros outside of the picture,
 * or of what is inside.  The mean of a whole map: an output of 1 x 1, size its
 * longer side, origin 0, count_inside.
 */
struct yf_pool_avg {
	const struct yf_map *in;
	const struct yf_map *out; /* c as `in` */
	uint32_t size;
	uint32_t stride;
	int32_t origin;
	bool count_inside;
};

struct yf_kernel {
	const char *name;
	void (*conv)(const struct yf_conv *job);
	void (*winograd)(const struct yf_winograd *job);
	void (*depthwise)(const struct yf_depthwise *job);
	void (*elementwise)(const struct yf_elementwise *job);
	void (*pool_max)(const struct yf_pool_max *job);
	void (*pool_avg)(const struct yf_pool_avg *job);
	/*
	 * `rounds` times as many fused multiply-adds as the return value says,
	 * in registers only, with the vectors of this kernel: the limit that
	 * the others are measured against.  `seed` keeps the compiler honest.
	 */
	uint64_t (*spin)(uint64_t rounds, float *seed);
};

/* Those of this build, the fastest first, the last one NULL. */
extern const struct yf_kernel *const yf_kernels[];

/* Whether this processor can run it. */
bool yf_kernel_runs(const struct yf_kernel *kernel);

/* The fastest that this processor can run. */
const struct yf_kernel *yf_kernel_best(void);

/* By its name: portable, avx2, avx512, neon; NULL when it is not in this
 * build or this processor cannot run it. */
const struct yf_kernel *yf_kernel_find(const char *name);
