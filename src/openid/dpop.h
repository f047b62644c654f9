#pragma once

#include "crypto/jws.h"

/*
 * DPoP proofs, RFC 9449.  Whether a `jti` was seen before and whether a nonce
 * is fresh is known to the store: this gives both out.
 */
enum { YF_DPOP_LEN_MAX = 8 * 1024, YF_DPOP_JTI_MAX = 256 };

struct yf_dpop_rule {
	yf_str method; /* of the request, e.g. "POST" */
	yf_str url;    /* of the request; query and fragment are ignored */
	yf_str access_token; /* at a resource: `ath` must fit; empty elsewhere
			      */
	int64_t now_s;
	int64_t age_s;  /* how old a proof may be, e.g. 300 */
	int64_t skew_s; /* how far ahead its clock may be, e.g. 60 */
};

/* Views into arena memory. */
struct yf_dpop {
	struct yf_public_key key;
	yf_str jkt; /* base64url of the RFC 7638 thumbprint of its key */
	yf_str jti;
	yf_str nonce; /* empty when absent */
	int64_t issued_at_s;
};

/*
 * INVALID_DPOP_PROOF  for whatever section 4.3 refuses: the form, typ, alg,
 *                     jwk, signature, htm, htu, iat, ath, an empty or long jti
 * MEMORY
 */
YF_CHECKED yf_err yf_dpop_check(struct yf_arena *arena, yf_str proof,
				const struct yf_dpop_rule *rule,
				struct yf_dpop *out);

/*
 * RFC 9449 section 4.3 step 9: the same address without query and fragment,
 * after the normalization of RFC 3986 section 6.2.2 and 6.2.3: case of the
 * host, the default port, an empty path as "/", escapes.  False too when
 * either is no address, or the arena is spent.
 */
bool yf_dpop_same_url(struct yf_arena *arena, yf_str a, yf_str b);

struct yf_dpop_ask {
	yf_str method;
	yf_str url;          /* query and fragment are left out */
	yf_str access_token; /* empty for none */
	yf_str nonce;        /* empty for none */
	int64_t now_s;
};

/* A proof for one request; `jti` is 128 random bits. */
YF_CHECKED yf_err yf_dpop_make(struct yf_arena *arena,
			       const struct yf_signer *signer,
			       const struct yf_dpop_ask *ask, yf_str *out);
