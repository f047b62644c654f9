#pragma once

#include "crypto/cert.h"

/*
 * A list of trust anchors and the verification of chains against it.  Chains
 * that verified are remembered (a bounded number, by SHA-256 of the chain and
 * the EKU, never past their validity), so that the second look costs a hash.
 *
 * May be used by several threads at once; anchors may be added meanwhile.
 * Revocation of certificates is not looked at: leaves are short-lived, and
 * an anchor is taken out by building a new list.
 */
struct yf_trust;

enum { YF_TRUST_ANCHORS_MAX = 1024 };

YF_CHECKED yf_err yf_trust_new(struct yf_trust **out);
void yf_trust_free(struct yf_trust *trust);
void yf_trust_cleanup(struct yf_trust **trust);

/*
 * A CA certificate, or a self-signed or pinned leaf's issuer, as DER or all of
 * a PEM text.  The codes of yf_cert_parse(); TOO_LARGE over
 * YF_TRUST_ANCHORS_MAX; UNSUPPORTED for a certificate that is not a CA.
 */
YF_CHECKED yf_err yf_trust_add(struct yf_trust *trust, yf_bytes der);
YF_CHECKED yf_err yf_trust_add_pem(struct yf_trust *trust, yf_str pem);

/* All anchors of another list, which nobody changes meanwhile.  TOO_LARGE,
 * CRYPTO */
YF_CHECKED yf_err yf_trust_add_all(struct yf_trust *trust,
				   const struct yf_trust *from);

size_t yf_trust_count(const struct yf_trust *trust);

/* What a verified chain says about its leaf. */
struct yf_trusted_leaf {
	struct yf_public_key key;
	uint8_t hash[32];     /* SHA-256 of the DER */
	int64_t valid_from_s; /* of the whole chain with its anchor */
	int64_t valid_until_s;
	char country[3]; /* C of its subject; empty when it has none */
};

/*
 * RFC 5280 section 6 as far as HAIP 1.0 needs it: signatures, validity,
 * basicConstraints, keyUsage and path length up to an anchor.
 *
 * eku  dotted OID that the leaf must carry; NULL when any will do
 *
 * UNTRUSTED  no anchor, a wrong signature, a self-signed leaf, the anchor
 *            inside the chain (HAIP 1.0 section 6.1.1), a CA bit or key usage
 *            that does not permit it, a missing EKU
 * EXPIRED, NOT_YET  everything else is right, but not at `now_s`
 * SYNTAX, KEY, TOO_LARGE  as in yf_cert_parse()
 */
YF_CHECKED yf_err yf_trust_verify(struct yf_trust *trust,
				  const struct yf_chain *chain, const char *eku,
				  int64_t now_s, struct yf_trusted_leaf *out);
