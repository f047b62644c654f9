#pragma once

#include "crypto/key.h"

/*
 * JWE compact serialization, RFC 7516, with ECDH-ES in direct key agreement
 * mode (RFC 7518 section 4.6) and A128GCM or A256GCM.  As with JWS, parsing
 * tells for which key it is, and decrypting proves it was for that key; it
 * never proves who encrypted.
 */
enum {
	YF_JWE_LEN_MAX = 2 * 1024 * 1024,
	YF_JWE_HEADER_MAX = 8 * 1024,
	YF_JWE_ZIP_MAX = 1024 * 1024, /* what a packed text may unpack to */
};

typedef enum {
	YF_JWE_A128GCM,
	YF_JWE_A256GCM,
} yf_jwe_enc;

/* "A128GCM" or "A256GCM".  UNSUPPORTED for another name. */
YF_CHECKED yf_err yf_jwe_enc_parse(yf_str name, yf_jwe_enc *out);

struct yf_jwe_ask {
	yf_jwe_enc enc;
	yf_str kid;   /* of the recipient's JWK; empty for none */
	yf_str cty;   /* e.g. "json"; empty for none */
	yf_bytes apu; /* empty for none */
	yf_bytes apv;
	bool zip; /* `zip: DEF` */
};

/* A fresh ephemeral key for each.  KEY, TOO_LARGE, MEMORY, CRYPTO */
YF_CHECKED yf_err yf_jwe_encrypt(struct yf_arena *arena,
				 const struct yf_public_key *to,
				 const struct yf_jwe_ask *ask, yf_bytes plain,
				 yf_str *out);

/* Views into the text, and arena memory. */
struct yf_jwe {
	yf_jwe_enc enc;
	yf_str kid; /* empty when absent */
	bool zip; /* the text is packed; decrypting unpacks it */
	struct yf_public_key epk;
	yf_bytes apu;
	yf_bytes apv;
	const struct yf_json *header;
	yf_str header_text; /* base64url as received: the AAD */
	yf_bytes iv;
	yf_bytes ciphertext;
	yf_bytes tag;
};

/*
 * SYNTAX       not five parts of base64url, a key part that is not empty, an
 *              iv or tag of another length
 * ALGORITHM    `alg` is not ECDH-ES
 * UNSUPPORTED  another `enc`; `zip` or `crit` is there
 * KEY          `epk` is missing or not a public P-256 key
 * DUPLICATE, TOO_LARGE, TOO_DEEP, MEMORY
 */
YF_CHECKED yf_err yf_jwe_parse(struct yf_arena *arena, yf_str text,
			       struct yf_jwe *out);

/* The same where `zip: DEF` was negotiated: it is taken too. */
YF_CHECKED yf_err yf_jwe_parse_zip(struct yf_arena *arena, yf_str text,
				   struct yf_jwe *out);

/*
 * DECRYPT, MEMORY, CRYPTO; of a packed text also SYNTAX, and TOO_LARGE over
 * YF_JWE_ZIP_MAX
 */
YF_CHECKED yf_err yf_jwe_decrypt(struct yf_arena *arena,
				 const struct yf_jwe *jwe,
				 const struct yf_key *key, yf_bytes *plain);
