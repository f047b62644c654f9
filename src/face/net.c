#include "face/net.h"

#define CONV(name, taps, in, out)                  \
	{                                          \
		name, YF_LAYER_CONV, taps, in, out \
	}
#define SEPARABLE(name, in, out)                      \
	{ name, YF_LAYER_DEPTHWISE, 3, in, in },      \
	{                                             \
		name, YF_LAYER_POINTWISE, 1, in, out, \
	}
#define SCALED(name, taps, in, out)                  \
	{                                            \
		name, YF_LAYER_SCALED, taps, in, out \
	}
#define WINOGRAD(name, c)                        \
	{                                        \
		name, YF_LAYER_WINOGRAD, 3, c, c \
	}
/* A block of two convolutions; the first of a block that halves cannot be
 * done by Winograd's method, and with 256 channels on 4 x 4 pixels neither
 * is worth its larger weights. */
#define PAIR(name, c) WINOGRAD(name "/conv1", c), WINOGRAD(name "/conv2", c)
#define DOWN(name, in, out) \
	SCALED(name "/conv1", 3, in, out), WINOGRAD(name "/conv2", out)
#define WIDE(name, in, out) \
	SCALED(name "/conv1", 3, in, out), SCALED(name "/conv2", 3, out, out)

const struct yf_layer_form yf_layer_forms[YF_LAYERS] = {
	/* tiny_face_detector */
	CONV("conv0", 3, 3, 16),
	SEPARABLE("conv1", 16, 32),
	SEPARABLE("conv2", 32, 64),
	SEPARABLE("conv3", 64, 128),
	SEPARABLE("conv4", 128, 256),
	SEPARABLE("conv5", 256, 512),
	CONV("conv8", 1, 512, 25),

	/* face_landmark_68 */
	CONV("dense0/conv0", 3, 3, 32),
	SEPARABLE("dense0/conv1", 32, 32),
	SEPARABLE("dense0/conv2", 32, 32),
	SEPARABLE("dense0/conv3", 32, 32),
	SEPARABLE("dense1/conv0", 32, 64),
	SEPARABLE("dense1/conv1", 64, 64),
	SEPARABLE("dense1/conv2", 64, 64),
	SEPARABLE("dense1/conv3", 64, 64),
	SEPARABLE("dense2/conv0", 64, 128),
	SEPARABLE("dense2/conv1", 128, 128),
	SEPARABLE("dense2/conv2", 128, 128),
	SEPARABLE("dense2/conv3", 128, 128),
	SEPARABLE("dense3/conv0", 128, 256),
	SEPARABLE("dense3/conv1", 256, 256),
	SEPARABLE("dense3/conv2", 256, 256),
	SEPARABLE("dense3/conv3", 256, 256),
	{ "fc", YF_LAYER_FULL, 1, 256, 136 },

	/* face_recognition */
	SCALED("conv32_down", 7, 3, 32),
	PAIR("conv32_1", 32),
	PAIR("conv32_2", 32),
	PAIR("conv32_3", 32),
	DOWN("conv64_down", 32, 64),
	PAIR("conv64_1", 64),
	PAIR("conv64_2", 64),
	PAIR("conv64_3", 64),
	DOWN("conv128_down", 64, 128),
	PAIR("conv128_1", 128),
	PAIR("conv128_2", 128),
	WIDE("conv256_down", 128, 256),
	WIDE("conv256_1", 256, 256),
	WIDE("conv256_2", 256, 256),
	WIDE("conv256_down_out", 256, 256),
	{ "fc", YF_LAYER_MATRIX, 1, 256, 128 },
};
