#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * Unpredictable bytes from the kernel.  It cannot fail after boot; should the
 * kernel refuse, the process stops rather than go on with bytes that are not
 * random.
 */
void yf_random_fill(void *mem, size_t len);

/* Uniform in 0 .. bound-1; bound >= 1. */
uint32_t yf_random_below(uint32_t bound);
