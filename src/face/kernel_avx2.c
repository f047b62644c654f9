/* 16 registers of 8 floats and fused multiply-add. */
#define LANES 8
#define PIXELS 6
#define VECTORS 2
#define KERNEL yf_kernel_avx2
#define KERNEL_NAME "avx2"
#include "face/kernel_body.h"
