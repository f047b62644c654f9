#pragma once

#include "crypto/signer.h"

/*
 * JWS compact serialization with ES256, RFC 7515.  Two steps: parse tells who
 * claims to have signed, verify proves it with a key that the caller chose.
 * A parsed JWS proves nothing, and a key in its header is a stranger's.
 */
enum {
	YF_JWS_LEN_MAX = 1024 * 1024,
	YF_JWS_HEADER_MAX = 48 * 1024,
};

/* Header members of a JWS to be made; what is empty or NULL is left out. */
struct yf_jws_header {
	yf_str typ;
	yf_str kid;
	const struct yf_public_key *jwk;
	const struct yf_chain *x5c;
};

/* MEMORY, and what the signer says */
YF_CHECKED yf_err yf_jws_sign(struct yf_arena *arena,
			      const struct yf_signer *signer,
			      const struct yf_jws_header *header,
			      yf_str payload, yf_str *out);

/* Views into the text, and arena memory. */
struct yf_jws {
	yf_str typ; /* empty when absent */
	yf_str kid;
	bool has_jwk;
	struct yf_public_key jwk;
	struct yf_chain x5c; /* count 0 when absent; not verified */
	const struct yf_json *header;
	yf_str payload; /* decoded, as received; not necessarily JSON */
	yf_str signing_input;
	uint8_t signature[YF_SIGNATURE_LEN];
};

/*
 * SYNTAX     not three parts of base64url, a header that is no JSON object
 *            or has a member of the wrong kind, a signature of another length
 * ALGORITHM  `alg` is not ES256 (none and HS256 included)
 * UNSUPPORTED  `crit` or `b64` is there
 * KEY        `jwk` is not a public P-256 key
 * DUPLICATE, TOO_LARGE, TOO_DEEP, MEMORY; of x5c as in yf_x5c_parse()
 */
YF_CHECKED yf_err yf_jws_parse(struct yf_arena *arena, yf_str text,
			       struct yf_jws *out);

/* SIGNATURE, KEY */
YF_CHECKED yf_err yf_jws_verify(const struct yf_jws *jws,
				const struct yf_public_key *key);
