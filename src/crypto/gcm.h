#pragma once

#include "base/str.h"

/*
 * AES-GCM with a 96-bit nonce and a 128-bit tag, for formats only, which
 * answer for a nonce never being used twice: crypto/seal.h, crypto/jwe.h,
 * credential/session.h.  The key is 16 or 32 bytes.
 */
enum { YF_GCM_NONCE_LEN = 12, YF_GCM_TAG_LEN = 16 };

/* `out` holds plain.len bytes.  CRYPTO */
YF_CHECKED yf_err yf_gcm_encrypt(yf_bytes key,
				 const uint8_t nonce[static YF_GCM_NONCE_LEN],
				 yf_bytes aad, yf_bytes plain, uint8_t *out,
				 uint8_t tag[static YF_GCM_TAG_LEN]);

/* `out` holds sealed.len bytes, wiped again when it fails.  DECRYPT, CRYPTO */
YF_CHECKED yf_err yf_gcm_decrypt(yf_bytes key,
				 const uint8_t nonce[static YF_GCM_NONCE_LEN],
				 yf_bytes aad, yf_bytes sealed,
				 const uint8_t tag[static YF_GCM_TAG_LEN],
				 uint8_t *out);
