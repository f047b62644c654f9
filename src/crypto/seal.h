#pragma once

#include "base/secret.h"
#include "base/str.h"

/*
 * Sealed bytes: AES-256-GCM (SP 800-38D) with a random 96-bit nonce in front
 * and the 128-bit tag behind.  `context` is authenticated and not stored: name
 * in it what the bytes are and whose, so that they open nowhere else.
 *
 * One key must not seal more than 2^32 times (SP 800-38D 8.3): a key per
 * person, wrapped by a master key, keeps far from that.
 */
enum {
	YF_SEAL_NONCE_LEN = 12,
	YF_SEAL_TAG_LEN = 16,
	YF_SEAL_EXTRA_LEN = YF_SEAL_NONCE_LEN + YF_SEAL_TAG_LEN,
	YF_SEAL_PLAIN_MAX = 64 * 1024 * 1024,
};

/* TOO_LARGE, MEMORY, CRYPTO */
YF_CHECKED yf_err yf_seal(struct yf_arena *arena, const struct yf_secret *key,
			  yf_bytes plain, yf_bytes context, yf_bytes *out);

/* DECRYPT for anything but the sealed bytes, this key and this context. */
YF_CHECKED yf_err yf_unseal(struct yf_arena *arena, const struct yf_secret *key,
			    yf_bytes sealed, yf_bytes context, yf_bytes *out);

/* A fresh random data key. */
void yf_seal_key_new(struct yf_secret *out);

/*
 * A data key wrapped under a master key; `context` names its owner.  Erasing
 * the wrapped key erases what it sealed.
 */
enum { YF_WRAPPED_KEY_LEN = YF_SECRET_LEN + YF_SEAL_EXTRA_LEN };

YF_CHECKED yf_err yf_wrap_key(const struct yf_secret *master,
			      const struct yf_secret *data_key,
			      yf_bytes context,
			      uint8_t out[static YF_WRAPPED_KEY_LEN]);

/* DECRYPT */
YF_CHECKED yf_err yf_unwrap_key(const struct yf_secret *master,
				yf_bytes wrapped, yf_bytes context,
				struct yf_secret *out);
