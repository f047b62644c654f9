#pragma once

#include "base/secret.h"
#include "base/str.h"

/*
 * SHA-256 (FIPS 180-4) and what is built on it.  These cannot fail: should
 * the crypto library refuse, the process stops rather than go on with a
 * digest that is not one.
 */
enum { YF_SHA256_LEN = 32 };

void yf_sha256(yf_bytes message, uint8_t out[static YF_SHA256_LEN]);

/* Digest of the parts one behind the other. */
void yf_sha256_parts(const yf_bytes *parts, size_t count,
		     uint8_t out[static YF_SHA256_LEN]);

/* base64url(SHA-256(text)): PKCE, ath, sd_hash, disclosure digests. */
enum { YF_SHA256_TEXT_LEN = 43 };
void yf_sha256_text(yf_str text, char out[static YF_SHA256_TEXT_LEN]);

/* RFC 2104. */
void yf_hmac_sha256(yf_bytes key, yf_bytes message,
		    uint8_t out[static YF_SHA256_LEN]);

/* Of the parts one behind the other, at most YF_HMAC_PARTS_MAX. */
enum { YF_HMAC_PARTS_MAX = 8 };
void yf_hmac_sha256_parts(yf_bytes key, const yf_bytes *parts, size_t count,
			  uint8_t out[static YF_SHA256_LEN]);

/*
 * RFC 5869, extract and expand.  An empty salt stands for 32 zero bytes.
 * RANGE  len is 0 or over 255 * 32, or info longer than 1024
 */
YF_CHECKED yf_err yf_hkdf_sha256(yf_bytes secret, yf_bytes salt, yf_bytes info,
				 uint8_t *out, size_t len);
