#pragma once

#include "crypto/jws.h"
#include "crypto/trust.h"

/*
 * What attestations have in common (OpenID4VCI 1.0 appendix D and E): a JWT of
 * a type of its own, signed by the leaf of an x5c chain that ends at a root we
 * were told to trust.
 */
struct yf_attested_rule {
	const char *typ;
	struct yf_trust *roots;
	int64_t now_s;
	int64_t skew_s;
};

/*
 * Parses and verifies: typ, chain, signature.  Times are the caller's.
 * The codes of yf_jws_parse() and yf_trust_verify(); TYP, MISSING (no x5c)
 */
YF_CHECKED yf_err yf_attested_verify(struct yf_arena *arena, yf_str jwt,
				     const struct yf_attested_rule *rule,
				     struct yf_jws *out);
