#pragma once

#include "codec/cbor.h"
#include "crypto/signer.h"

/*
 * COSE, RFC 9052 and RFC 9053, as ISO 18013-5 and Token Status List use it:
 * COSE_Sign1 with P-256, COSE_Mac0 with HMAC 256/256, P-256 in COSE_Key.  As
 * with JWS: reading tells who claims to have signed, verifying proves it with
 * a key that the caller chose, and a chain in a header is a stranger's.
 */
enum {
	YF_COSE_ALG_ES256 = -7,
	YF_COSE_ALG_ESP256 = -9, /* RFC 9864: the same with its curve named */
	YF_COSE_ALG_HMAC_256 = 5,
};

/* Labels of header parameters. */
enum {
	YF_COSE_ALG = 1,
	YF_COSE_CRIT = 2,
	YF_COSE_KID = 4,
	YF_COSE_TYP = 16,     /* RFC 9596 */
	YF_COSE_X5CHAIN = 33, /* RFC 9360 */
};

/* --- COSE_Key --- */

/*
 * {1: 2, -1: 1, -2: x, -3: y} with whatever public else is in it.
 *
 * KEY  no map, another kty or crv, x or y not exactly 32 bytes (a compressed
 *      point included), not on the curve, an alg for something else than
 *      ES256 or ECDH, or the private member -4
 */
YF_CHECKED yf_err yf_cose_key_parse(const struct yf_cbor *map,
				    struct yf_public_key *out);
void yf_cose_key_put(struct yf_buf *buf, const struct yf_public_key *key);

/* --- COSE_Sign1 --- */

/* Whether tag 18 must be there depends on the place it stands in. */
typedef enum {
	YF_COSE_UNTAGGED, /* mdoc: issuerAuth, deviceSignature, readerAuth */
	YF_COSE_TAGGED,   /* CWT status lists */
	YF_COSE_EITHER,
} yf_cose_form;

/* Views into what was read, and arena memory. */
struct yf_cose_sign1 {
	yf_bytes protected_bytes; /* content of the first item, as received */
	const struct yf_cbor *protected_map; /* never NULL */
	const struct yf_cbor *unprotected;
	struct yf_chain x5chain; /* count 0 when absent; not verified */
	bool x5chain_protected;
	bool detached;    /* nil where the payload would be */
	yf_bytes payload; /* content; empty when detached */
	uint8_t signature[YF_SIGNATURE_LEN];
};

/*
 * SYNTAX     not an array of four of the right kinds, tagged or not as `form`
 *            does not say, a signature of another length, an x5chain that is
 *            neither a byte string nor an array of them
 * ALGORITHM  alg is not ES256 or ESP256, or is not in the protected header
 * DUPLICATE  a label in both headers
 * UNSUPPORTED  `crit` is there
 * TOO_LARGE  over YF_CHAIN_MAX certificates
 * the codes of yf_cbor_parse() for the protected header
 */
YF_CHECKED yf_err yf_cose_sign1_read(struct yf_arena *arena,
				     const struct yf_cbor *item,
				     yf_cose_form form,
				     struct yf_cose_sign1 *out);

/*
 * payload  what was signed: `sign1->payload`, or the detached one
 *
 * SIGNATURE, KEY
 */
YF_CHECKED yf_err yf_cose_sign1_verify(const struct yf_cose_sign1 *sign1,
				       yf_bytes payload,
				       const struct yf_public_key *key);

/* A COSE_Sign1 to be made; what is empty or NULL is left out. */
struct yf_cose_ask {
	bool tagged;
	yf_str typ;                     /* protected, label 16 */
	yf_bytes kid;                   /* unprotected, label 4 */
	const struct yf_chain *x5chain; /* unprotected, label 33 */
	bool detached; /* sign the payload, and put nil in its place */
};

/*
 * Appends it to `buf`.  Whatever the signer says; what fails in the buffer
 * shows at yf_buf_bytes().
 */
YF_CHECKED yf_err yf_cose_sign1_put(struct yf_buf *buf,
				    const struct yf_signer *signer,
				    const struct yf_cose_ask *ask,
				    yf_bytes payload);

/* --- COSE_Mac0 --- */

enum { YF_COSE_MAC_LEN = 32 };

struct yf_cose_mac0 {
	yf_bytes protected_bytes;
	bool detached;
	yf_bytes payload;
	uint8_t tag[YF_COSE_MAC_LEN];
};

/* Untagged, as mdoc has it; the codes of yf_cose_sign1_read(). */
YF_CHECKED yf_err yf_cose_mac0_read(struct yf_arena *arena,
				    const struct yf_cbor *item,
				    struct yf_cose_mac0 *out);

/* SIGNATURE when the tag is not that of this payload under this key. */
YF_CHECKED yf_err yf_cose_mac0_verify(const struct yf_cose_mac0 *mac0,
				      yf_bytes payload,
				      const struct yf_secret *key);

/* Untagged, with nil for the payload. */
void yf_cose_mac0_put_detached(struct yf_buf *buf, const struct yf_secret *key,
			       yf_bytes payload);
