#pragma once

#include "crypto/jws.h"

/*
 * The `jwt` proof type, OpenID4VCI 1.0 appendix F.1: a wallet proves that it
 * holds the key a credential shall be bound to.
 */
struct yf_proof_rule {
	yf_str issuer;    /* credential issuer identifier: aud */
	yf_str client_id; /* iss must be this when there; empty accepts any */
	int64_t now_s;
	int64_t age_s;  /* how old a proof may be, e.g. 300 */
	int64_t skew_s; /* e.g. 60 */
};

/* Views into arena memory. */
struct yf_proof {
	struct yf_public_key key;
	yf_str nonce;     /* c_nonce; empty when absent: the store judges it */
	yf_str client_id; /* iss; empty when absent */
	/* openid/key_attestation.h; not looked at here, empty when absent */
	yf_str key_attestation;
	int64_t issued_at_s;
};

/*
 * INVALID_PROOF  the form, typ, alg, not exactly a `jwk` (kid and x5c proofs
 *                are not offered), signature, aud, iat, iss
 * MEMORY
 */
YF_CHECKED yf_err yf_proof_check(struct yf_arena *arena, yf_str jwt,
				 const struct yf_proof_rule *rule,
				 struct yf_proof *out);

struct yf_proof_ask {
	yf_str issuer;
	yf_str client_id; /* empty to leave iss out (anonymous pre-auth) */
	yf_str nonce;     /* empty to leave it out */
	int64_t now_s;
};

YF_CHECKED yf_err yf_proof_make(struct yf_arena *arena,
				const struct yf_signer *signer,
				const struct yf_proof_ask *ask, yf_str *out);
