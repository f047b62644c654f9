#pragma once

#include "base/secret.h"
#include "base/str.h"
#include "codec/json.h"

/*
 * P-256 keys, the only curve of this house (HAIP 1.0 section 7: ES256).
 *
 * A public key is a plain value and may be copied, stored and compared.  A
 * private key is a handle that never gives its scalar away except as PEM.
 */
struct yf_public_key {
	uint8_t x[32];
	uint8_t y[32];
};

bool yf_public_key_eq(const struct yf_public_key *a,
		      const struct yf_public_key *b);

/* KEY when (x, y) is not a point of the curve. */
YF_CHECKED yf_err yf_public_key_check(const struct yf_public_key *key);

/*
 * A public JWK, RFC 7517 and RFC 7518 section 6.2.1.
 *
 * KEY  not an object, kty other than EC, crv other than P-256, x or y not
 *      exactly 32 bytes of base64url, not on the curve, `alg` other than ES256
 *      or ECDH-ES, or any private or symmetric member (d, k, p, q, ...)
 */
YF_CHECKED yf_err yf_jwk_parse(const struct yf_json *jwk,
			       struct yf_public_key *out);

/* Writes {"kty":"EC","crv":"P-256","x":...,"y":...} as member `name`. */
void yf_jwk_put(struct yf_json_out *out, const char *name,
		const struct yf_public_key *key);

/* The same as a text of its own.  MEMORY */
YF_CHECKED yf_err yf_jwk_encode(struct yf_arena *arena,
				const struct yf_public_key *key, yf_str *out);

/* RFC 7638 with SHA-256: 32 bytes, or their base64url. */
void yf_jwk_thumbprint(const struct yf_public_key *key, uint8_t out[static 32]);
YF_CHECKED yf_err yf_jwk_thumbprint_text(struct yf_arena *arena,
					 const struct yf_public_key *key,
					 yf_str *out);

/* --- private keys --- */

/* May be used by several threads at once. */
struct yf_key;

void yf_key_free(struct yf_key *key);
void yf_key_cleanup(struct yf_key **key);

/* A fresh key.  MEMORY, CRYPTO */
YF_CHECKED yf_err yf_key_new(struct yf_key **out);

/* From the big-endian scalar.  KEY when it is 0 or not under the order. */
YF_CHECKED yf_err yf_key_from_scalar(const uint8_t scalar[static 32],
				     struct yf_key **out);

/*
 * PKCS #8 or SEC 1 PEM, not encrypted; reading and writing the file, and its
 * mode 0600, are the caller's.
 *
 * KEY     not a private key of P-256
 * MEMORY, CRYPTO
 */
YF_CHECKED yf_err yf_key_load(yf_str pem, struct yf_key **out);
YF_CHECKED yf_err yf_key_save(const struct yf_key *key, struct yf_arena *arena,
			      yf_str *pem);

/* A view, as long as the key lives. */
const struct yf_public_key *yf_key_public(const struct yf_key *key);

/*
 * ECDH (SP 800-56A 5.7.1.2): the x coordinate of the shared point.
 * KEY  `peer` is not a point of the curve
 */
YF_CHECKED yf_err yf_key_agree(const struct yf_key *key,
			       const struct yf_public_key *peer,
			       struct yf_secret *out);
