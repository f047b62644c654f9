/*
 * The body of every kernel; no #pragma once: each kernel_*.c includes it once
 * after it has chosen
 *
 *   LANES   floats in a vector
 *   PIXELS  outputs of one tile
 *   FEWER   outputs of a smaller tile, where that wastes less
 *   FEW     outputs of the smallest, for maps of a pixel or two
 *   VECTORS vectors of channels of one tile
 *   MAX MIN of two vectors, where the processor has an instruction
 *   KERNEL  the name of the table
 *
 * A tile keeps PIXELS x VECTORS sums in registers over all taps; the choice
 * must leave a few registers for the weights and the broadcast input.
 * GCC 12 and clang 14 keep the sums in registers only when every loop over
 * them is unrolled whole.
 */
#include "face/kernel_vec.h"

#include "face/kernel_conv.h"
#include "face/kernel_depthwise.h"
#include "face/kernel_each.h"
#include "face/kernel_spin.h"
#include "face/kernel_winograd.h"

const struct yf_kernel KERNEL = {
	KERNEL_NAME, conv,     winograd, depthwise,
	elementwise, pool_max, pool_avg, spin,
};
