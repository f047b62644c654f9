#pragma once

#include "base/err.h"

/* Threads that work off a bounded queue, in order. */
struct yf_pool;

/* The first member of what waits in the queue. */
struct yf_task {
	struct yf_task *next;
};

typedef void (*yf_pool_fn)(struct yf_task *task);

/* MEMORY */
YF_CHECKED yf_err yf_pool_new(unsigned threads, unsigned queue_max,
			      yf_pool_fn fn, struct yf_pool **out);

/* BUSY when the queue is full, or after yf_pool_stop(). */
YF_CHECKED yf_err yf_pool_put(struct yf_pool *pool, struct yf_task *task);

/* Returns when everything that was queued is done. */
void yf_pool_stop(struct yf_pool *pool);

/* Stops too. */
void yf_pool_free(struct yf_pool *pool);

unsigned yf_pool_waiting(struct yf_pool *pool);
unsigned yf_pool_running(struct yf_pool *pool);
