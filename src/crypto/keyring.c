#include <pthread.h>
#include <stdlib.h>

#include "crypto/signer.h"

struct entry {
	struct yf_key *key;
	struct yf_chain chain;
	yf_str id;
	char id_text[YF_KEY_ID_MAX];
};

struct yf_keyring {
	pthread_rwlock_t lock;
	struct yf_arena *arena; /* the copies of chains */
	struct entry *entries[YF_KEYRING_MAX];
	size_t count;
};

enum {
	ARENA_MAX = YF_KEYRING_MAX * YF_CHAIN_MAX * 4096,
	SCRATCH_MAX = 64 * 1024,
};

static yf_err open_ring(struct yf_keyring *ring)
{
	ring->arena = yf_arena_new(ARENA_MAX);
	if (!ring->arena || pthread_rwlock_init(&ring->lock, NULL))
		return YF_FAIL(MEMORY);
	return YF_OK;
}

yf_err yf_keyring_new(struct yf_keyring **out)
{
	struct yf_keyring *ring = calloc(1, sizeof(*ring));
	if (!ring)
		return YF_FAIL(MEMORY);
	const yf_err err = open_ring(ring);
	if (yf_failed(err))
		yf_keyring_free(ring);
	else
		*out = ring;
	return err;
}

void yf_keyring_free(struct yf_keyring *ring)
{
	if (!ring)
		return;
	for (size_t i = 0; i < ring->count; i++) {
		yf_key_free(ring->entries[i]->key);
		free(ring->entries[i]);
	}
	yf_arena_free(ring->arena);
	pthread_rwlock_destroy(&ring->lock);
	free(ring);
}

void yf_keyring_cleanup(struct yf_keyring **ring)
{
	yf_keyring_free(*ring);
}

/* Under the lock; NULL when absent. */
static struct entry *find(const struct yf_keyring *ring, yf_str id)
{
	for (size_t i = 0; i < ring->count; i++)
		if (yf_str_eq(ring->entries[i]->id, id))
			return ring->entries[i];
	return NULL;
}

static struct entry *look_up(struct yf_keyring *ring, yf_str id)
{
	pthread_rwlock_rdlock(&ring->lock);
	struct entry *entry = find(ring, id);
	pthread_rwlock_unlock(&ring->lock);
	return entry;
}

/* Entries stay until the ring goes, so a signer needs no second look. */
static yf_err entry_sign(void *self, yf_str key_id,
			 const uint8_t digest[static 32],
			 uint8_t out[static YF_SIGNATURE_LEN])
{
	const struct entry *entry = self;

	(void)key_id;
	return yf_sign_digest(entry->key, digest, out);
}

static yf_err entry_public(void *self, yf_str key_id, struct yf_public_key *out)
{
	const struct entry *entry = self;

	(void)key_id;
	*out = *yf_key_public(entry->key);
	return YF_OK;
}

static yf_err entry_chain(void *self, yf_str key_id, struct yf_chain *out)
{
	const struct entry *entry = self;

	(void)key_id;
	*out = entry->chain;
	return YF_OK;
}

/* RFC 7515 4.1.6: the first certificate carries the key that signs. */
static yf_err check_leaf(struct yf_arena *arena, const struct yf_key *key,
			 const struct yf_chain *chain)
{
	struct yf_cert leaf;

	YF_TRY(yf_cert_parse(arena, chain->certs[0], &leaf));
	return yf_public_key_eq(&leaf.key, yf_key_public(key)) ? YF_OK
							       : YF_FAIL(KEY);
}

static yf_err copy_chain(struct yf_arena *arena, const struct yf_chain *chain,
			 struct yf_chain *out)
{
	out->count = chain->count;
	for (size_t i = 0; i < chain->count; i++)
		YF_TRY(yf_bytes_copy(arena, chain->certs[i], &out->certs[i]));
	return YF_OK;
}

static void drop_entry(struct entry **entry)
{
	free(*entry);
}

/* Under the lock. */
static yf_err add(struct yf_keyring *ring, yf_str id, struct yf_key *key,
		  const struct yf_chain *chain)
{
	if (find(ring, id))
		return YF_FAIL(CONFLICT);
	if (ring->count == YF_KEYRING_MAX)
		return YF_FAIL(TOO_LARGE);
	__attribute__((cleanup(drop_entry))) struct entry *entry =
		calloc(1, sizeof(*entry));
	if (!entry)
		return YF_FAIL(MEMORY);
	if (chain)
		YF_TRY(copy_chain(ring->arena, chain, &entry->chain));
	memcpy(entry->id_text, id.ptr, id.len);
	entry->id = (yf_str){ entry->id_text, id.len };
	entry->key = key;
	ring->entries[ring->count++] = YF_MOVE(entry);
	return YF_OK;
}

yf_err yf_keyring_add(struct yf_keyring *ring, yf_str key_id,
		      struct yf_key *key, const struct yf_chain *chain)
{
	if (!key_id.len || key_id.len > YF_KEY_ID_MAX ||
	    (chain && chain->count > YF_CHAIN_MAX))
		return YF_FAIL(TOO_LARGE);
	if (chain && chain->count) {
		YF_AUTO(arena) arena = yf_arena_new(SCRATCH_MAX);
		if (!arena)
			return YF_FAIL(MEMORY);
		YF_TRY(check_leaf(arena, key, chain));
	}
	pthread_rwlock_wrlock(&ring->lock);
	const yf_err err = add(ring, key_id, key, chain);
	pthread_rwlock_unlock(&ring->lock);
	return err;
}

yf_err yf_keyring_find(struct yf_keyring *ring, yf_str key_id,
		       struct yf_signer *out)
{
	struct entry *entry = look_up(ring, key_id);

	if (!entry)
		return YF_FAIL(NOT_FOUND);
	*out = (struct yf_signer){
		.sign = entry_sign,
		.public_key = entry_public,
		.chain = entry_chain,
		.self = entry,
		.key_id = entry->id,
	};
	return YF_OK;
}
