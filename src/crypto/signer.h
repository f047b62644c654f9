#pragma once

#include "crypto/cert.h"
#include "crypto/key.h"
#include "crypto/sign.h"

/*
 * One key that can sign, wherever it lives: in this process, in another one,
 * in an HSM.  Everything that signs takes a signer and sees no private key.
 * A signer is a value of three calls; what it points to must outlive it, and
 * its calls may come from several threads at once.
 */
struct yf_signer {
	yf_err (*sign)(void *self, yf_str key_id,
		       const uint8_t digest[static 32],
		       uint8_t out[static YF_SIGNATURE_LEN]);
	yf_err (*public_key)(void *self, yf_str key_id,
			     struct yf_public_key *out);
	/* Leaf first, without the root; count 0 when the key has none. */
	yf_err (*chain)(void *self, yf_str key_id, struct yf_chain *out);
	void *self;
	yf_str key_id;
};

/* What the implementation says; NOT_FOUND, CRYPTO, UNREACHABLE, ... */
YF_CHECKED yf_err yf_signer_sign(const struct yf_signer *signer,
				 const uint8_t digest[static 32],
				 uint8_t out[static YF_SIGNATURE_LEN]);
YF_CHECKED yf_err yf_signer_public_key(const struct yf_signer *signer,
				       struct yf_public_key *out);
YF_CHECKED yf_err yf_signer_chain(const struct yf_signer *signer,
				  struct yf_chain *out);

/* A key in memory as a signer without certificates; `key` outlives it. */
struct yf_signer yf_signer_of_key(const struct yf_key *key);

/*
 * Keys by name in memory: the signer of one process.  Keys are added, never
 * taken out or replaced, so that views of chains stay valid until
 * yf_keyring_free().
 */
struct yf_keyring;

enum { YF_KEYRING_MAX = 4096, YF_KEY_ID_MAX = 64 };

YF_CHECKED yf_err yf_keyring_new(struct yf_keyring **out);
void yf_keyring_free(struct yf_keyring *ring);
void yf_keyring_cleanup(struct yf_keyring **ring);

/*
 * Takes `key` over on success only; copies id and chain.
 *
 * CONFLICT   the id is there already
 * KEY        the leaf of the chain is for another key
 * TOO_LARGE  over YF_KEYRING_MAX keys or YF_KEY_ID_MAX characters
 */
YF_CHECKED yf_err yf_keyring_add(struct yf_keyring *ring, yf_str key_id,
				 struct yf_key *key,
				 const struct yf_chain *chain);

/* NOT_FOUND.  `out->key_id` is the ring's own copy. */
YF_CHECKED yf_err yf_keyring_find(struct yf_keyring *ring, yf_str key_id,
				  struct yf_signer *out);
