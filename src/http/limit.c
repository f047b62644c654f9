#define _DEFAULT_SOURCE
#include "http/limit.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/random.h"

enum {
	WAYS = 8,      /* buckets a key may lie in */
	TOKEN = 60000, /* one try, so that a millisecond refills per_minute */
};

struct bucket {
	uint64_t hash; /* 0: free */
	int64_t seen_ms;
	int64_t level; /* at seen_ms */
};

struct yf_limit {
	pthread_mutex_t lock;
	uint64_t seed[2];
	size_t set_count; /* power of two */
	int64_t full;
	int64_t per_minute;
	struct bucket buckets[];
};

yf_err yf_limit_new(const struct yf_limit_options *options,
		    struct yf_limit **out)
{
	const unsigned wanted = options->keys_max ? options->keys_max : 4096;
	size_t sets = 1;

	assert(options->burst && options->per_minute);
	while (sets * WAYS < wanted)
		sets *= 2;
	struct yf_limit *limit =
		calloc(1, sizeof(*limit) + sets * WAYS * sizeof(struct bucket));
	if (!limit)
		return YF_FAIL(MEMORY);
	pthread_mutex_init(&limit->lock, NULL);
	yf_random_fill(limit->seed, sizeof(limit->seed));
	limit->set_count = sets;
	limit->full = (int64_t)options->burst * TOKEN;
	limit->per_minute = options->per_minute;
	*out = limit;
	return YF_OK;
}

void yf_limit_free(struct yf_limit *limit)
{
	if (!limit)
		return;
	pthread_mutex_destroy(&limit->lock);
	free(limit);
}

void yf_limit_cleanup(struct yf_limit **limit)
{
	yf_limit_free(*limit);
}

static uint64_t hash_of(const struct yf_limit *limit, yf_str key)
{
	uint64_t hash = limit->seed[0];

	for (size_t i = 0; i < key.len; i++) {
		hash ^= (unsigned char)key.ptr[i] + limit->seed[1];
		hash *= 0x9e3779b97f4a7c15u;
		hash ^= hash >> 29;
	}
	hash = (hash ^ limit->seed[1]) * 0xd6e8feb86659fd93u;
	hash ^= hash >> 32;
	return hash ? hash : 1;
}

static int64_t level_at(const struct yf_limit *limit,
			const struct bucket *bucket, int64_t mono_ms)
{
	const int64_t passed_ms = mono_ms - bucket->seen_ms;
	int64_t level;

	if (!bucket->hash)
		return limit->full;
	if (passed_ms <= 0)
		return bucket->level;
	if (__builtin_mul_overflow(passed_ms, limit->per_minute, &level) ||
	    __builtin_add_overflow(level, bucket->level, &level) ||
	    level > limit->full)
		return limit->full;
	return level;
}

/* The bucket of the key, or the one that loses least by being taken over. */
static struct bucket *find(struct yf_limit *limit, uint64_t hash,
			   int64_t mono_ms)
{
	struct bucket *set =
		&limit->buckets[(hash & (limit->set_count - 1)) * WAYS];
	struct bucket *best = set;

	for (size_t i = 0; i < WAYS; i++) {
		if (set[i].hash == hash)
			return &set[i];
		if (level_at(limit, &set[i], mono_ms) >
		    level_at(limit, best, mono_ms))
			best = &set[i];
	}
	*best = (struct bucket){ hash, mono_ms, limit->full };
	return best;
}

yf_err yf_limit_take(struct yf_limit *limit, yf_str key, int64_t mono_ms)
{
	const uint64_t hash = hash_of(limit, key);

	pthread_mutex_lock(&limit->lock);
	struct bucket *bucket = find(limit, hash, mono_ms);
	bucket->level = level_at(limit, bucket, mono_ms);
	if (mono_ms > bucket->seen_ms)
		bucket->seen_ms = mono_ms;
	const bool enough = bucket->level >= TOKEN;
	if (enough)
		bucket->level -= TOKEN;
	pthread_mutex_unlock(&limit->lock);
	return enough ? YF_OK : YF_FAIL(TOO_MANY);
}
