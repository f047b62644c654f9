/* 32 registers of 16 floats: two panels at once, so that each broadcast of
 * an input is used twice. */
#include <immintrin.h>

#define LANES 16
#define PIXELS 12
#define FEWER 8
#define FEW 2
#define VECTORS 2
#define MAX(a, b) _mm512_max_ps(a, b)
#define MIN(a, b) _mm512_min_ps(a, b)
#define KERNEL yf_kernel_avx512
#define KERNEL_NAME "avx512"
#include "face/kernel_body.h"
