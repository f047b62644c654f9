#pragma once

#include "credential/sdjwt_vc.h"

/*
 * Whether an issuer's JWS can be trusted, private to credential/: by its x5c
 * chain up to a trust anchor, or by a key trusted without a certificate.
 */
struct yf_issuer_rule {
	struct yf_trust *trust; /* NULL when only `keys` count */
	const char *eku;
	const struct yf_trusted_key *keys;
	size_t key_count;
	int64_t now_s;
};

/* UNTRUSTED, EXPIRED, NOT_YET, SIGNATURE, ...; `key` is the one that signed */
YF_CHECKED yf_err yf_issuer_verify(const struct yf_jws *jws,
				   const struct yf_issuer_rule *rule,
				   struct yf_public_key *key);
