#pragma once

#include <stdint.h>

#include "face/kernel.h"

/*
 * The layers of the three networks, in the order in which the packed model
 * holds them.  The architecture is fixed here; the file brings only numbers.
 */
typedef enum {
	YF_LAYER_CONV,      /* name/filters, name/bias */
	YF_LAYER_SCALED,    /* name/conv/..., name/scale/...: folded */
	YF_LAYER_WINOGRAD,  /* as SCALED, transformed for yf_winograd */
	YF_LAYER_DEPTHWISE, /* name/depthwise_filter */
	YF_LAYER_POINTWISE, /* name/pointwise_filter, name/bias */
	YF_LAYER_FULL,      /* name/weights, name/bias */
	YF_LAYER_MATRIX,    /* name */
} yf_layer_kind;

struct yf_layer_form {
	const char *name; /* prefix of its tensors in the source */
	yf_layer_kind kind;
	uint32_t taps, in, out;
};

typedef enum { YF_NET_DETECT, YF_NET_POINTS, YF_NET_DESCRIBE } yf_net;

enum {
	YF_DETECT_LAYERS = 12,
	YF_POINTS_LAYERS = 32,
	YF_DESCRIBE_LAYERS = 30,
	YF_NETS = 3,
	YF_DETECT_FIRST = 0,
	YF_POINTS_FIRST = YF_DETECT_FIRST + YF_DETECT_LAYERS,
	YF_DESCRIBE_FIRST = YF_POINTS_FIRST + YF_POINTS_LAYERS,
	YF_LAYERS = YF_DESCRIBE_FIRST + YF_DESCRIBE_LAYERS,
};

extern const struct yf_layer_form yf_layer_forms[YF_LAYERS];

/* Output channels with those that fill the last panel. */
static inline uint32_t yf_layer_channels(const struct yf_layer_form *form)
{
	return (form->out + YF_PANEL - 1) / YF_PANEL * YF_PANEL;
}

/* Floats of the weights; the bias has yf_layer_channels() and comes first,
 * except that a depthwise layer has none. */
static inline uint32_t yf_layer_weights(const struct yf_layer_form *form)
{
	if (form->kind == YF_LAYER_DEPTHWISE)
		return form->taps * form->taps * form->in;
	if (form->kind == YF_LAYER_WINOGRAD)
		return YF_WINOGRAD_SPOTS * form->in * yf_layer_channels(form);
	return form->taps * form->taps * form->in * yf_layer_channels(form);
}

static inline uint32_t yf_layer_biases(const struct yf_layer_form *form)
{
	return form->kind == YF_LAYER_DEPTHWISE ? 0 : yf_layer_channels(form);
}

/* The numbers of one layer, in the mapped file. */
struct yf_layer {
	const float *bias, *weights;
};
