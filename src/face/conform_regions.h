#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The memory of this process in which an engine could keep something: the
 * heap, anonymous memory, and the writable data of the engine's own file.
 * Left out are the stack, the thread's own data (errno), and the data of
 * other libraries.
 */
enum { YF_REGIONS_MAX = 128 };

struct yf_region {
	const uint8_t *at;
	size_t len;
};

struct yf_regions {
	struct yf_region regions[YF_REGIONS_MAX];
	size_t count;
};

/*
 * Those that there are now.  engine_path NULL: the engine is part of this
 * program.  False when the map cannot be read.
 */
bool yf_regions_find(const char *engine_path, struct yf_regions *out);

uint64_t yf_regions_digest(const struct yf_regions *regions);
