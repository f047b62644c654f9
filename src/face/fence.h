#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Memory with a page on either side that nobody may touch.  It ends at the
 * page behind it, up to 63 bytes of alignment; what lies between its start
 * and the page before holds a pattern.
 */
struct yf_fence {
	uint8_t *map;
	size_t map_len, page;
	uint8_t *at; /* 64-byte aligned */
	size_t len;
};

/* False when there is no memory.  A length of 0 has the pages and no bytes. */
bool yf_fence_put_up(size_t len, struct yf_fence *out);
void yf_fence_take_down(struct yf_fence *fence);

/* Is the pattern around it as it was? */
bool yf_fence_holds(const struct yf_fence *fence);

/*
 * Nothing is left of what it held: overwritten when it is short, given back
 * to the kernel (which clears pages before it hands them out) when it is
 * long, because most of it was never touched.
 */
void yf_fence_wipe(struct yf_fence *fence);
