#pragma once

#include "face/graph.h"
#include "face/onnx.h"

/*
 * The graph of an ONNX model of one picture (any batch size that it names
 * counts as 1) with 3 channels in and one vector out.  The operators are those
 * of the ResNet, MobileFaceNet, SFace and ArcFace families: Conv (also
 * depthwise; no other groups, no dilations), BatchNormalization, PRelu, Relu,
 * LeakyRelu, Clip, Add, Mul, Sub, Div, MaxPool, AveragePool,
 * GlobalAveragePool, Pad (of zeros), Flatten, Reshape and Transpose where they
 * move nothing, Concat of channels, Gemm, MatMul, Constant, Dropout, Identity.
 *
 * On failure the problem names operator, node and what is not supported:
 *
 * UNSUPPORTED  an operator, attribute, type or shape
 * RANGE        shapes that do not fit each other
 * MISSING      an input that nothing makes, or no output
 * TOO_LARGE    over a limit of face/graph.h
 * MEMORY
 */
YF_CHECKED yf_err yf_graph_from_onnx(struct yf_arena *arena,
				     const struct yf_onnx *model,
				     struct yf_graph *out, yf_str *problem);
