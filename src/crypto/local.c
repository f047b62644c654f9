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

	EVP_PKEY_CTX_free(local->verify);
	EVP_PKEY_free(local->peer);
	EVP_MD_CTX_free(local->digest);
	EVP_MD_free(local->sha256);
	free(local);
}

static void slot_make(void)
{
	slot_failed = pthread_key_create(&slot, local_free);
}

static struct yf_local *local_new(void)
{
	struct yf_local *local = calloc(1, sizeof(*local));
	if (!local)
		return NULL;
	local->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	local->digest = EVP_MD_CTX_new();
	local->peer = EVP_EC_gen("P-256");
	if (local->peer)
		local->verify =
			EVP_PKEY_CTX_new_from_pkey(NULL, local->peer, NULL);
	if (!local->sha256 || !local->digest || !local->verify ||
	    EVP_PKEY_verify_init(local->verify) != 1 ||
	    pthread_setspecific(slot, local)) {
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

yf_err yf_local_set_peer(struct yf_local *local,
			 const struct yf_public_key *key)
{
	uint8_t point[65] = { 4 }; /* SEC 1 2.3.3, uncompressed */

	if (local->peer_set && yf_public_key_eq(&local->peer_value, key))
		return YF_OK;
	memcpy(point + 1, key->x, 32);
	memcpy(point + 33, key->y, 32);
	local->peer_set = false;
	if (EVP_PKEY_set1_encoded_public_key(local->peer, point,
					     sizeof(point)) != 1) {
		ERR_clear_error();
		return YF_FAIL(KEY);
	}
	local->peer_value = *key;
	local->peer_set = true;
	return YF_OK;
}
