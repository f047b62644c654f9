/* 32 registers of 16 floats: two panels at once, so that each broadcast of
 * an input is used twice. */
#define LANES 16
#define PIXELS 8
#define VECTORS 2
#define KERNEL yf_kernel_avx512
#define KERNEL_NAME "avx512"
#include "face/kernel_body.h"
