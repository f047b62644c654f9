#pragma once

#include "base/arena.h"
#include "base/str.h"
#include "face/kernel.h"

/*
 * A network while it is being packed: what both importers make (an ONNX model,
 * face/graph_onnx.h; the face-api package, face/pack.c), what the passes
 * simplify, and what face/plan_make.h lays out.
 *
 * Nodes stand in the order in which they can be computed and are named by
 * their index.  Each gives one feature map of c x h x w for one picture; a
 * plain vector is a map of 1 x 1.  Weights are as the sources have them, the
 * layout of the kernels comes last.
 */
typedef enum {
	YF_NODE_INPUT,
	YF_NODE_CONV,        /* weights [c][in c][taps_h][taps_w], bias */
	YF_NODE_DEPTHWISE,   /* weights [c][taps_h][taps_w], bias */
	YF_NODE_ELEMENTWISE, /* act((in * scale + shift) * mul + add) */
	YF_NODE_POOL_MAX,
	YF_NODE_POOL_AVG,
	/*
	 * `in` at row top, column left and channel `channel` of zeros, or of
	 * what `add` is: padding, and the parts of a concatenation.
	 */
	YF_NODE_PLACE,
	YF_NODE_FLATTEN, /* 1 x 1, all pixels behind each other */
} yf_node_kind;

enum {
	YF_GRAPH_NODES_MAX = 8192,
	YF_GRAPH_SIDE_MAX = 1024,
	YF_GRAPH_CHANNELS_MAX = 131072,
	/* numbers of one feature map, and of all weights of a network */
	YF_GRAPH_MAP_MAX = 16 * 1024 * 1024,
	YF_GRAPH_WEIGHTS_MAX = 96 * 1024 * 1024,
};
#define YF_NODE_NONE UINT32_MAX

struct yf_node {
	yf_node_kind kind;
	yf_str name; /* for messages */
	uint32_t in, add, mul;
	uint32_t c, h, w;
	uint32_t taps_h, taps_w, stride;
	int32_t top, left; /* zeros before the first row and column */
	float *weights;
	float *bias;          /* [c], or NULL */
	float *scale, *shift; /* [c], or NULL */
	yf_act act;
	float low, high;
	float *slopes; /* [c] */
	bool count_inside;
	bool relu; /* DEPTHWISE: of its input */
	uint32_t channel;
	bool gone;
};

struct yf_graph {
	struct yf_arena *arena;
	yf_str *problem;
	struct yf_node *nodes;
	uint32_t count, room;
	size_t weights; /* floats so far */
	uint32_t output;
	/* What the input is made of: (colour - mean) * scale */
	float mean[3], scale[3];
};

/* MEMORY; `room` bounds the nodes. */
YF_CHECKED yf_err yf_graph_new(struct yf_arena *arena, uint32_t room,
			       yf_str *problem, struct yf_graph *out);

/*
 * Adds a copy of `node`, whose kind, name, links, sizes and numbers are set.
 * Where it has no shape of its own (c 0) that of `in` is taken.
 * TOO_LARGE (with the name in the problem), MEMORY
 */
YF_CHECKED yf_err yf_graph_add(struct yf_graph *graph,
			       const struct yf_node *node, uint32_t *out);

/* A node with no links, no activation, no window. */
struct yf_node yf_node_of(yf_node_kind kind, yf_str name, uint32_t in);

/* Floats in the arena, counted: TOO_LARGE, MEMORY. */
YF_CHECKED yf_err yf_graph_floats(struct yf_graph *graph, size_t count,
				  float **out);

/* Fails with `err` and "what, in NAME" as the problem. */
yf_err yf_graph_fail(const struct yf_graph *graph, yf_err err, const char *what,
		     yf_str name);

/*
 * Makes it small: what nobody reads is dropped; scales, shifts and batch norms
 * are folded into the convolution before them, or behind them where no padding
 * stands between, or into the values of the input; padding becomes that of the
 * convolution; sums and activations become the end of what was before.
 * MEMORY
 */
YF_CHECKED yf_err yf_graph_simplify(struct yf_graph *graph);
