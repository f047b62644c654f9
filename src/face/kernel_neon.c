/* AArch64: 32 registers of 4 floats and fused multiply-add.  A panel is four
 * of them. */
#include <arm_neon.h>

#define LANES 4
#define PIXELS 4
#define FEWER 3
#define FEW 1
#define VECTORS 4
#define MAX(a, b) vmaxq_f32(a, b)
#define MIN(a, b) vminq_f32(a, b)
#define KERNEL yf_kernel_neon
#define KERNEL_NAME "neon"
#include "face/kernel_body.h"
