#pragma once

#include "crypto/key.h"

/*
 * ES256: ECDSA with P-256 and SHA-256, RFC 7518 section 3.4.  A signature is
 * r || s, 32 bytes each, big-endian.
 */
enum { YF_SIGNATURE_LEN = 64 };

/* CRYPTO, MEMORY */
YF_CHECKED yf_err yf_sign(const struct yf_key *key, yf_bytes message,
			  uint8_t out[static YF_SIGNATURE_LEN]);
YF_CHECKED yf_err yf_sign_digest(const struct yf_key *key,
				 const uint8_t digest[static 32],
				 uint8_t out[static YF_SIGNATURE_LEN]);

/*
 * SIGNATURE  it was not made over this message by this key
 * KEY        the key is not a point of the curve
 */
YF_CHECKED yf_err yf_verify(const struct yf_public_key *key, yf_bytes message,
			    const uint8_t signature[static YF_SIGNATURE_LEN]);
YF_CHECKED yf_err yf_verify_digest(
	const struct yf_public_key *key, const uint8_t digest[static 32],
	const uint8_t signature[static YF_SIGNATURE_LEN]);
