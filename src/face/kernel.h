#pragma once

#include <stdbool.h>

#include "face/map.h"

/*
 * The arithmetic of the networks.  Each kernel is the same C compiled for
 * another instruction set; their answers differ by rounding only (fused or
 * separate multiply-add).
 */
typedef enum {
	YF_ACT_NONE,
	YF_ACT_RELU,
	YF_ACT_LEAKY, /* 0.1 x below zero */
} yf_act;

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
	uint32_t taps;
	uint32_t stride;
	int32_t origin; /* input row and column of the first tap of output 0 */
	uint32_t rows, columns; /* of outputs, from the top left */
	yf_act act;
};

/*
 * The same for 3 x 3, stride 1, with padding, by Winograd's F(2x2, 3x3): 16
 * multiplications where the definition has 36.  `weights` are transformed:
 * [4 x 4][out->c / 16][in->c][16].  The rounding differs from yf_conv's by
 * parts in a million.
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

struct yf_depthwise {
	const struct yf_map *in;
	const struct yf_map *out; /* c as `in`, a multiple of YF_PANEL */
	const float *weights;     /* [3][3][c] */
	uint32_t stride;
	int32_t origin;
	bool relu; /* of the input, as it is read */
};

struct yf_pool_max {
	const struct yf_map *in;
	const struct yf_map *out; /* c as `in`, a multiple of YF_PANEL */
	uint32_t size;
	uint32_t stride;
};

struct yf_kernel {
	const char *name;
	void (*conv)(const struct yf_conv *job);
	void (*winograd)(const struct yf_winograd *job);
	/* 3 x 3, each channel for itself, no bias */
	void (*depthwise)(const struct yf_depthwise *job);
	/* Windows that reach over the edge see only what is inside. */
	void (*pool_max)(const struct yf_pool_max *job);
};

extern const struct yf_kernel yf_kernel_portable;
extern const struct yf_kernel yf_kernel_avx2;
extern const struct yf_kernel yf_kernel_avx512;

/* The fastest that this processor can run. */
const struct yf_kernel *yf_kernel_best(void);

/* Whether this processor can run it. */
bool yf_kernel_runs(const struct yf_kernel *kernel);
