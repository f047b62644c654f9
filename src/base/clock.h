#pragma once

#include <stdint.h>

/*
 * Time as a dependency: rules get seconds, use cases get the clock, tests
 * give their own.
 */
struct yf_clock {
	/* Seconds since 1970-01-01 UTC, without leap seconds. */
	int64_t (*now_s)(void *self);
	/* Milliseconds that never go back; only differences mean something. */
	int64_t (*mono_ms)(void *self);
	void *self;
};

/* The clocks of this machine. */
struct yf_clock yf_clock_system(void);

static inline int64_t yf_clock_now_s(const struct yf_clock *clock)
{
	return clock->now_s(clock->self);
}

static inline int64_t yf_clock_mono_ms(const struct yf_clock *clock)
{
	return clock->mono_ms(clock->self);
}
