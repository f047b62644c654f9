#pragma once

#include <openssl/evp.h>
#include <pthread.h>

#include "crypto/key.h"

/*
 * The inside of a private key, private to crypto/.  Signing contexts are kept
 * between calls: making one costs a quarter of a signature.
 */
enum { YF_KEY_IDLE_MAX = 16 };

struct yf_key_idle {
	pthread_mutex_t lock;
	EVP_PKEY_CTX *contexts[YF_KEY_IDLE_MAX];
	size_t count;
};

struct yf_key {
	EVP_PKEY *pkey;
	struct yf_public_key value;
	struct yf_key_idle *idle;
};

/* A context ready to sign, to be given back.  NULL when memory is out. */
EVP_PKEY_CTX *yf_key_take_context(const struct yf_key *key);
void yf_key_give_context(const struct yf_key *key, EVP_PKEY_CTX *context);
