/* For every processor: 16 registers of 4 floats, as SSE2 has. */
#define LANES 4
#define PIXELS 3
#define FEWER 2
#define FEW 1
#define VECTORS 4
#define KERNEL yf_kernel_portable
#define KERNEL_NAME "portable"
#include "face/kernel_body.h"
