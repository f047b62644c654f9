#include "crypto/local.h"

#include <pthread.h>
#include <stdlib.h>
#include <openssl/ec.h>
#include <openssl/err.h>

static pthread_key_t slot;
static pthread_once_t slot_once = PTHREAD_ONCE_INIT;
static int slot_failed;

static void local_free(void *mem)
{
	struct yf_local *local = mem;

	for (size_t i = 0; i < YF_LOCAL_PEERS; i++) {
		EVP_PKEY_CTX_free(local->peers[i].verify);
		EVP_PKEY_free(local->peers[i].key);
	}
	EVP_MD_CTX_free(local->digest);
	EVP_MD_free(local->sha256);
	free(local);
}

static void slot_make(void)
{
	slot_failed = pthread_key_create(&slot, local_free);
}

static bool peer_open(struct yf_peer *peer)
{
	/* Some key: its point is replaced before anything is verified. */
	peer->key = EVP_EC_gen("P-256");
	if (peer->key)
		peer->verify =
			EVP_PKEY_CTX_new_from_pkey(NULL, peer->key, NULL);
	return peer->verify && EVP_PKEY_verify_init(peer->verify) == 1;
}

static struct yf_local *local_new(void)
{
	struct yf_local *local = calloc(1, sizeof(*local));
	if (!local)
		return NULL;
	local->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	local->digest = EVP_MD_CTX_new();
	bool good = local->sha256 && local->digest;
	for (size_t i = 0; good && i < YF_LOCAL_PEERS; i++)
		good = peer_open(&local->peers[i]);
	if (!good || pthread_setspecific(slot, local)) {
		ERR_clear_error();
		local_free(local);
		return NULL;
	}
	return local;
}

struct yf_local *yf_local_get(void)
{
	if (pthread_once(&slot_once, slot_make) || slot_failed)
		return NULL;
	struct yf_local *local = pthread_getspecific(slot);
	return local ? local : local_new();
}

static yf_err peer_set(struct yf_peer *peer, const struct yf_public_key *key)
{
	uint8_t point[65] = { 4 }; /* SEC 1 2.3.3, uncompressed */

	memcpy(point + 1, key->x, 32);
	memcpy(point + 33, key->y, 32);
	peer->set = false;
	if (EVP_PKEY_set1_encoded_public_key(peer->key, point, sizeof(point)) !=
	    1) {
		ERR_clear_error();
		return YF_FAIL(KEY);
	}
	peer->value = *key;
	peer->set = true;
	return YF_OK;
}

yf_err yf_local_peer(struct yf_local *local, const struct yf_public_key *key,
		     struct yf_peer **out)
{
	for (size_t i = 0; i < YF_LOCAL_PEERS; i++) {
		struct yf_peer *peer = &local->peers[i];
		if (!peer->set || !yf_public_key_eq(&peer->value, key))
			continue;
		local->recent = i;
		*out = peer;
		return YF_OK;
	}
	/* Any but the one used last, in turn. */
	const size_t next = (local->recent + 1) % YF_LOCAL_PEERS;
	YF_TRY(peer_set(&local->peers[next], key));
	local->recent = next;
	*out = &local->peers[next];
	return YF_OK;
}
