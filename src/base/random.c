#define _DEFAULT_SOURCE
#include "base/random.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

void yf_random_fill(void *mem, size_t len)
{
	unsigned char *at = mem;

	while (len) {
		const ssize_t got = getrandom(at, len, 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			abort();
		at += got;
		len -= (size_t)got;
	}
}

uint32_t yf_random_below(uint32_t bound)
{
	uint32_t value;

	assert(bound);
	/* Values under 2^32 mod bound would favour the small results. */
	const uint32_t uneven = -bound % bound;
	do
		yf_random_fill(&value, sizeof(value));
	while (value < uneven);
	return value % bound;
}
