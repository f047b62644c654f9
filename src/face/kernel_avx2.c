/* 16 registers of 8 floats and fused multiply-add. */
#include <immintrin.h>

#define LANES 8
#define PIXELS 6
#define FEWER 4
#define FEW 1
#define VECTORS 2
#define MAX(a, b) _mm256_max_ps(a, b)
#define MIN(a, b) _mm256_min_ps(a, b)
#define KERNEL yf_kernel_avx2
#define KERNEL_NAME "avx2"
#include "face/kernel_body.h"
