#pragma once

#include "credential/sdjwt_vc.h"
#include "crypto/cose.h"

/*
 * Whether what an issuer signed can be trusted, private to credential/: by
 * its chain up to a trust anchor, or by a key trusted without a certificate.
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

struct yf_issuer {
	struct yf_public_key key;
	bool has_leaf; /* it was the chain */
	struct yf_trusted_leaf leaf;
};

/*
 * The same for a COSE_Sign1 with its payload.  What has a chain that nobody
 * trusts may still be signed by one of `keys`: an mdoc always has a chain.
 * Their kid is not compared.
 */
YF_CHECKED yf_err yf_issuer_verify_cose(const struct yf_cose_sign1 *sign1,
					const struct yf_issuer_rule *rule,
					struct yf_issuer *out);
