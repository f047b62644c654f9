#pragma once

#include <openssl/evp.h>

#include "crypto/key.h"

/*
 * What one thread keeps of the crypto library between calls, private to
 * crypto/: creating contexts costs as much as using them (set-up of a digest
 * 3 times, import of a public key 17 times what it costs on kept ones).  It
 * holds no secret and no result; it is freed when its thread ends.
 */

/* A P-256 public key whose point is replaced when another one is needed. */
struct yf_peer {
	EVP_PKEY *key;
	EVP_PKEY_CTX *verify; /* over `key` */
	struct yf_public_key value;
	bool set;
};

/* Few: an issuer's key and a holder's alternate, the next holder is new. */
enum { YF_LOCAL_PEERS = 4 };

struct yf_local {
	EVP_MD *sha256;
	EVP_MD_CTX *digest;
	struct yf_peer peers[YF_LOCAL_PEERS];
	size_t recent; /* index of the peer used last */
};

/* NULL when memory is out or the library does not start. */
struct yf_local *yf_local_get(void);

/* A peer with this value, good until the next call.  KEY */
YF_CHECKED yf_err yf_local_peer(struct yf_local *local,
				const struct yf_public_key *key,
				struct yf_peer **out);
