#pragma once

#include "crypto/jws.h"
#include "crypto/trust.h"
#include "openid/dcql.h"

/*
 * The request object, OpenID4VP 1.0 section 5 and RFC 9101.  HAIP 1.0 section
 * 5 narrows it to client identifier prefix x509_hash, response mode
 * direct_post.jwt, and one encryption key for this request alone; the others
 * are for wallets that do not follow HAIP.
 */

/* Prefixes of section 5.9.3. */
#define YF_X509_HASH_PREFIX "x509_hash:"
#define YF_X509_SAN_DNS_PREFIX "x509_san_dns:"

typedef enum {
	YF_MODE_DIRECT_POST_JWT, /* section 8.3.1 */
	YF_MODE_DIRECT_POST,     /* 8.2: not encrypted */
	YF_MODE_DC_API_JWT,      /* appendix A, Digital Credentials API */
	YF_MODE_DC_API,
} yf_response_mode;

/* "direct_post.jwt", ...; static memory. */
const char *yf_response_mode_name(yf_response_mode mode);

static inline bool yf_response_mode_is_dc_api(yf_response_mode mode)
{
	return mode == YF_MODE_DC_API_JWT || mode == YF_MODE_DC_API;
}

static inline bool yf_response_mode_is_encrypted(yf_response_mode mode)
{
	return mode == YF_MODE_DIRECT_POST_JWT || mode == YF_MODE_DC_API_JWT;
}

enum { YF_NONCE_LEN_MIN = 22 }; /* 128 bits of base64url */

struct yf_request_object {
	yf_response_mode mode;
	yf_str client_id;    /* with its prefix */
	yf_str response_uri; /* of direct_post only */
	yf_str origin;       /* of the DC API only: expected_origins */
	yf_str nonce;
	yf_str state; /* empty to leave it out; never with the DC API */
	const struct yf_json *query;            /* dcql_query */
	const struct yf_json *transaction_data; /* array, or NULL for none */
	struct yf_public_key key;               /* of a mode that encrypts */
	yf_str key_id;
	yf_str registration; /* JWS of openid/registration.h; empty for none */
	yf_str wallet_nonce; /* echoed; empty for none */
	int64_t issued_at_s;
	int64_t expires_s;
};

/* "x509_hash:" and the hash of the certificate.  MEMORY */
YF_CHECKED yf_err yf_client_id_of(struct yf_arena *arena, yf_bytes leaf,
				  yf_str *out);

/*
 * "x509_san_dns:" and `host`, when it is a dNSName of the certificate.
 * UNSUPPORTED when it is none; the codes of yf_cert_parse()
 */
YF_CHECKED yf_err yf_client_id_of_dns(struct yf_arena *arena, yf_bytes leaf,
				      yf_str host, yf_str *out);

/*
 * typ oauth-authz-req+jwt with the chain in x5c, leaf first.
 *
 * RANGE  the nonce is under YF_NONCE_LEN_MIN, or no text for one that is
 *        required
 * MEMORY, and what the signer says
 */
YF_CHECKED yf_err yf_request_object_make(struct yf_arena *arena,
					 const struct yf_signer *signer,
					 const struct yf_chain *chain,
					 const struct yf_request_object *ask,
					 yf_str *jwt);

/*
 * The parameters of an unsigned request over the Digital Credentials API
 * (appendix A.2), a JSON object.  It has no client_id: the browser says who
 * asks, by the origin.
 *
 * RANGE, MEMORY
 */
YF_CHECKED yf_err yf_request_object_plain(struct yf_arena *arena,
					  const struct yf_request_object *ask,
					  yf_str *json);

struct yf_request_rule {
	struct yf_trust *parties; /* roots of relying parties */
	const char *eku;          /* that the leaf must carry; NULL for any */
	yf_str client_id;         /* of the link: must be the same */
	yf_str wallet_nonce;      /* that was sent; empty for none */
	int64_t now_s;
	int64_t skew_s;
};

/*
 * What a wallet checks; nothing outside of the object counts (section 5.10).
 *
 * TYP, ALGORITHM, UNTRUSTED, SIGNATURE
 * INVALID_CLIENT   another client_id than the link's, another prefix, or the
 *                  hash is not that of the leaf
 * INVALID_REQUEST  response_type, response_mode, a redirect_uri beside
 *                  response_uri, a scope beside dcql_query, aud
 * UNSUPPORTED      transaction_data of a type that is not known here; others
 *                  of yf_transactions_parse()
 * NONCE            shorter than YF_NONCE_LEN_MIN, or wallet_nonce not echoed
 * INVALID_ENCRYPTION  no key for ECDH-ES, or no enc that is known here
 * EXPIRED, NOT_YET, MISSING, SYNTAX, TOO_LARGE, MEMORY
 */
YF_CHECKED yf_err yf_request_object_check(struct yf_arena *arena, yf_str jwt,
					  const struct yf_request_rule *rule,
					  struct yf_request_object *out);
