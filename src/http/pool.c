#define _DEFAULT_SOURCE
#include "http/pool.h"

#include <pthread.h>
#include <stdlib.h>

struct yf_pool {
	yf_pool_fn fn;
	unsigned queue_max;
	pthread_mutex_t lock; /* guards what follows */
	pthread_cond_t work;
	struct yf_task *first;
	struct yf_task **last;
	unsigned waiting;
	unsigned running;
	bool stopping;
	unsigned thread_count;
	pthread_t threads[];
};

static void *work_loop(void *ctx)
{
	struct yf_pool *pool = ctx;

	pthread_mutex_lock(&pool->lock);
	for (;;) {
		while (!pool->first && !pool->stopping)
			pthread_cond_wait(&pool->work, &pool->lock);
		struct yf_task *task = pool->first;
		if (!task)
			break;
		pool->first = task->next;
		if (!pool->first)
			pool->last = &pool->first;
		pool->waiting--;
		pool->running++;
		pthread_mutex_unlock(&pool->lock);
		pool->fn(task);
		pthread_mutex_lock(&pool->lock);
		pool->running--;
	}
	pthread_mutex_unlock(&pool->lock);
	return NULL;
}

yf_err yf_pool_new(unsigned threads, unsigned queue_max, yf_pool_fn fn,
		   struct yf_pool **out)
{
	struct yf_pool *pool =
		calloc(1, sizeof(*pool) + threads * sizeof(pthread_t));
	if (!pool)
		return YF_FAIL(MEMORY);
	pool->fn = fn;
	pool->queue_max = queue_max;
	pool->last = &pool->first;
	pthread_mutex_init(&pool->lock, NULL);
	pthread_cond_init(&pool->work, NULL);
	for (; pool->thread_count < threads; pool->thread_count++)
		if (pthread_create(&pool->threads[pool->thread_count], NULL,
				   work_loop, pool) != 0) {
			yf_pool_free(pool);
			return YF_FAIL(MEMORY);
		}
	*out = pool;
	return YF_OK;
}

yf_err yf_pool_put(struct yf_pool *pool, struct yf_task *task)
{
	task->next = NULL;
	pthread_mutex_lock(&pool->lock);
	const bool full = pool->stopping || pool->waiting >= pool->queue_max;
	if (!full) {
		*pool->last = task;
		pool->last = &task->next;
		pool->waiting++;
		pthread_cond_signal(&pool->work);
	}
	pthread_mutex_unlock(&pool->lock);
	return full ? YF_FAIL(BUSY) : YF_OK;
}

void yf_pool_stop(struct yf_pool *pool)
{
	pthread_mutex_lock(&pool->lock);
	pool->stopping = true;
	pthread_cond_broadcast(&pool->work);
	pthread_mutex_unlock(&pool->lock);
	for (; pool->thread_count; pool->thread_count--)
		pthread_join(pool->threads[pool->thread_count - 1], NULL);
}

void yf_pool_free(struct yf_pool *pool)
{
	if (!pool)
		return;
	yf_pool_stop(pool);
	pthread_cond_destroy(&pool->work);
	pthread_mutex_destroy(&pool->lock);
	free(pool);
}

unsigned yf_pool_waiting(struct yf_pool *pool)
{
	pthread_mutex_lock(&pool->lock);
	const unsigned waiting = pool->waiting;
	pthread_mutex_unlock(&pool->lock);
	return waiting;
}

unsigned yf_pool_running(struct yf_pool *pool)
{
	pthread_mutex_lock(&pool->lock);
	const unsigned running = pool->running;
	pthread_mutex_unlock(&pool->lock);
	return running;
}
