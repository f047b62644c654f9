#define _DEFAULT_SOURCE
#include "base/clock.h"

#include <stddef.h>
#include <time.h>

static int64_t now_s(void *self)
{
	struct timespec now;

	(void)self;
	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec;
}

static int64_t mono_ms(void *self)
{
	struct timespec now;

	(void)self;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct yf_clock yf_clock_system(void)
{
	return (struct yf_clock){ now_s, mono_ms, NULL };
}
