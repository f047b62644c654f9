#pragma once

#include "base/arena.h"
#include "base/str.h"

/*
 * An ONNX model as it stands in its file: a stranger's bytes, read without a
 * protobuf library and only as far as a recognition network needs.  What the
 * numbers mean is face/graph_onnx.h's business.
 *
 * Read are graph, nodes, attributes (numbers, lists of numbers, tensors),
 * initializers (float32, float16, double, int32, int64; raw or typed data),
 * the shapes of inputs and outputs, and the version of the operators.  Unknown
 * fields are passed over, as protobuf asks.
 */
enum {
	YF_ONNX_LEN_MAX = 512 * 1024 * 1024,
	YF_ONNX_NODES_MAX = 4096,
	YF_ONNX_TENSORS_MAX = 8192,
	YF_ONNX_LINKS_MAX = 64, /* inputs, outputs or attributes of one node */
	YF_ONNX_RANK_MAX = 8,
	YF_ONNX_NAME_MAX = 1024,
	YF_ONNX_OPSET_MIN = 7,
	YF_ONNX_OPSET_MAX = 21,
};

struct yf_onnx_tensor {
	yf_str name;
	uint32_t rank;
	int64_t dims[YF_ONNX_RANK_MAX]; /* each 0..2^31 - 1 */
	size_t count;                   /* their product */
	const float *floats;            /* NULL when it holds integers */
	const int64_t *ints;            /* NULL when it holds floats */
};

struct yf_onnx_attribute {
	yf_str name;
	bool has_integer, has_real;
	int64_t integer;
	float real;
	yf_str text;
	const int64_t *ints;
	size_t int_count;
	const float *floats;
	size_t float_count;
	const struct yf_onnx_tensor *tensor; /* NULL */
};

struct yf_onnx_node {
	yf_str op, name, domain;
	const yf_str *inputs; /* an empty name: left out */
	size_t input_count;
	const yf_str *outputs;
	size_t output_count;
	const struct yf_onnx_attribute *attributes;
	size_t attribute_count;
};

/* An input or output; a side that the model leaves open is 0. */
struct yf_onnx_value {
	yf_str name;
	uint32_t rank;
	int64_t dims[YF_ONNX_RANK_MAX];
};

struct yf_onnx {
	int64_t opset;
	const struct yf_onnx_node *nodes;
	size_t node_count;
	const struct yf_onnx_tensor *tensors; /* initializers */
	size_t tensor_count;
	const struct yf_onnx_value *inputs, *outputs;
	size_t input_count, output_count;
};

/*
 * file     must outlive `out`: names are views of it
 * problem  on failure, one line that names the tensor or node and what is
 *          wrong with it, in the arena; may be empty
 *
 * SYNTAX       not protobuf, or lengths that contradict each other
 * TOO_LARGE    over a limit above
 * UNSUPPORTED  another type of number, weights in another file, an opset
 *              outside of YF_ONNX_OPSET_MIN .. _MAX
 * MISSING      no graph in it
 * MEMORY
 */
YF_CHECKED yf_err yf_onnx_parse(struct yf_arena *arena, yf_bytes file,
				struct yf_onnx *out, yf_str *problem);

/* NULL when the node has none of that name. */
const struct yf_onnx_attribute *
yf_onnx_attribute_find(const struct yf_onnx_node *node, const char *name);
