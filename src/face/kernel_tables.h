#pragma once

#include "face/kernel.h"

/* One a file kernel_*.c; what is in a build depends on the processor. */
extern const struct yf_kernel yf_kernel_portable;
extern const struct yf_kernel yf_kernel_avx2;
extern const struct yf_kernel yf_kernel_avx512;
extern const struct yf_kernel yf_kernel_neon;
