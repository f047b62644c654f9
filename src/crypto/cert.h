#pragma once

#include "crypto/key.h"

/*
 * X.509 certificates over P-256 with SHA-256: making them, reading them, and
 * carrying chains of them in x5c headers.  Whether a chain can be trusted is
 * crypto/trust.h; reading proves nothing.
 */
enum {
	YF_CHAIN_MAX = 5,
	YF_CERT_LEN_MAX = 8 * 1024,
	YF_CERT_NAMES_MAX = 8,
};

/* ISO 18013-5 Annex B: document signer and reader authentication. */
#define YF_EKU_DOCUMENT_SIGNER "1.0.18013.5.1.2"
#define YF_EKU_READER "1.0.18013.5.1.6"

/* DER certificates, leaf first.  Views, valid as long as what they view. */
struct yf_chain {
	yf_bytes certs[YF_CHAIN_MAX];
	size_t count;
};

/* What a certificate to be made shall say.  Empty texts are left out. */
struct yf_cert_ask {
	yf_str common_name; /* required; UTF-8, at most 64 characters */
	yf_str organization;
	yf_str country; /* two letters */
	yf_str san_dns;
	yf_str san_uri;
	const char *eku; /* dotted OID of a leaf, NULL for none */
	int64_t not_before_s;
	int64_t not_after_s;
	bool ca;      /* may sign certificates */
	int path_len; /* of a CA: how many CAs may follow, from 0 */
};

/*
 * A self-signed CA certificate (ask->ca is taken as true).
 *
 * RANGE   a text is too long or missing, or the times are not in order
 * CRYPTO, MEMORY
 */
YF_CHECKED yf_err yf_cert_make_root(struct yf_arena *arena,
				    const struct yf_key *key,
				    const struct yf_cert_ask *ask,
				    yf_bytes *der);

/*
 * A certificate for `subject`, signed by a CA.  Serials are 128 random bits;
 * key identifiers are put on both sides.
 *
 * KEY     `ca_key` is not the key of `ca_der`
 * the codes of yf_cert_make_root() and yf_cert_parse()
 */
YF_CHECKED yf_err yf_cert_issue(struct yf_arena *arena,
				const struct yf_key *ca_key, yf_bytes ca_der,
				const struct yf_cert_ask *ask,
				const struct yf_public_key *subject,
				yf_bytes *der);

/* Texts are UTF-8 in arena memory, empty when absent. */
struct yf_cert {
	struct yf_public_key key;
	yf_str common_name;
	yf_str organization;
	yf_str country;
	yf_str san_dns[YF_CERT_NAMES_MAX];
	size_t san_dns_count;
	yf_str san_uri[YF_CERT_NAMES_MAX];
	size_t san_uri_count;
	yf_bytes subject_key_id;
	yf_bytes authority_key_id; /* what an `aki` query compares */
	int64_t not_before_s;
	int64_t not_after_s;
	bool ca;
	bool self_issued; /* subject and issuer are the same name */
};

/*
 * SYNTAX     not one DER certificate and nothing else
 * TOO_LARGE  over YF_CERT_LEN_MAX or YF_CERT_NAMES_MAX
 * KEY        its key is not P-256
 * MEMORY
 */
YF_CHECKED yf_err yf_cert_parse(struct yf_arena *arena, yf_bytes der,
				struct yf_cert *out);

/* PEM, one or several certificates in order; other blocks are refused. */
YF_CHECKED yf_err yf_chain_from_pem(struct yf_arena *arena, yf_str pem,
				    struct yf_chain *out);
YF_CHECKED yf_err yf_chain_to_pem(struct yf_arena *arena,
				  const struct yf_chain *chain, yf_str *pem);

/*
 * The x5c header, RFC 7515 section 4.1.6: an array of standard base64 with
 * padding.  SYNTAX also for an empty array, TOO_LARGE over YF_CHAIN_MAX.
 */
YF_CHECKED yf_err yf_x5c_parse(struct yf_arena *arena,
			       const struct yf_json *x5c, struct yf_chain *out);
void yf_x5c_put(struct yf_json_out *out, const char *name,
		const struct yf_chain *chain);

/* OpenID4VP 1.0 section 5.9.3, x509_hash: base64url(SHA-256(DER leaf)). */
YF_CHECKED yf_err yf_x509_hash(struct yf_arena *arena, yf_bytes leaf,
			       yf_str *out);
