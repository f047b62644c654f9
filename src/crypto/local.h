#pragma once

#include <openssl/evp.h>

#include "crypto/key.h"

/*
 * What one thread keeps of the crypto library between calls, private to
 * crypto/: creating contexts costs as much as using them (set-up of a digest
 * 3 times, import of a public key 17 times what it costs on kept ones).  It
 * holds no secret and no result; it is freed when its thread ends.
 */
struct yf_local {
	EVP_MD *sha256;
	EVP_MD_CTX *digest;
	/* A P-256 public key whose point is replaced for each use. */
	EVP_PKEY *peer;
	EVP_PKEY_CTX *verify; /* over `peer` */
	struct yf_public_key peer_value;
	bool peer_set;
};

/* NULL when memory is out or the library does not start. */
struct yf_local *yf_local_get(void);

/* Makes `key` the value of local->peer.  KEY */
YF_CHECKED yf_err yf_local_set_peer(struct yf_local *local,
				    const struct yf_public_key *key);
