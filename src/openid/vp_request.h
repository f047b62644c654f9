#pragma once

#include "crypto/jwe.h"
#include "openid/request_object.h"

/*
 * A verifier's signed request as a wallet reads it, OpenID4VP 1.0 sections 5
 * and 8 and RFC 9101.  Making one is openid/request_object.h.
 */

/* Section 5.9.3; the others cannot sign, or name lists that we do not have. */
#define YF_X509_SAN_DNS_PREFIX "x509_san_dns:"

struct yf_vp_request {
	yf_str client_id; /* with its prefix */
	yf_str name;      /* common name of the certificate that signed */
	yf_str response_uri;
	yf_str nonce;
	yf_str state;                /* empty when absent */
	const struct yf_json *query; /* dcql_query */
	bool encrypted;              /* direct_post.jwt, else direct_post */
	struct yf_public_key key;    /* when encrypted */
	yf_str key_id;
	yf_jwe_enc enc;
	const struct yf_json *formats; /* vp_formats_supported or NULL */
	const struct yf_json *transaction_data; /* NULL when absent */
	const struct yf_json *verifier_info;    /* NULL when absent */
	int64_t issued_at_s;                    /* 0 when absent */
	int64_t expires_s;                      /* 0 when absent */
};

struct yf_vp_request_rule {
	struct yf_trust *parties; /* roots of relying parties */
	const char *eku;          /* that the leaf must carry; NULL for any */
	yf_str client_id;         /* of the link: must be the same */
	yf_str wallet_nonce;      /* that was sent; empty for none */
	int64_t now_s;
	int64_t skew_s;
};

/*
 * Where a refusal may be told, section 8.5: nobody is told anything before
 * the signature and the client identifier are proved and the address is known
 * to be the client's.
 */
struct yf_vp_refusal {
	yf_str response_uri; /* empty: tell nobody */
	yf_str state;
	const char *error; /* "invalid_request", ...; NULL: none yet */
};

/*
 * What a wallet checks; nothing outside of the object counts (section 5.10).
 *
 * SYNTAX           no compact JWS: a JSON serialization, with one signature
 *                  or several, belongs to the Digital Credentials API
 * TYP, ALGORITHM, UNTRUSTED, SIGNATURE
 * INVALID_CLIENT   another client_id than the link's, another prefix, a
 *                  certificate that is not the client's, or a response_uri at
 *                  another host than x509_san_dns names
 * INVALID_REQUEST  response_type, response_mode, a redirect_uri beside
 *                  response_uri, aud
 * INVALID_SCOPE    a scope in the place of dcql_query
 * UNSUPPORTED      an answer address that is not https
 * NONCE            shorter than YF_NONCE_LEN_MIN, not URL-safe, or
 *                  wallet_nonce not echoed
 * INVALID_ENCRYPTION  no key for ECDH-ES, or no enc that is known here; keys
 *                  that cannot be used are passed over
 * EXPIRED, NOT_YET, MISSING, TOO_LARGE, MEMORY
 *
 * refusal  filled as far as it is known, also on an error
 */
YF_CHECKED yf_err yf_vp_request_read(struct yf_arena *arena, yf_str jwt,
				     const struct yf_vp_request_rule *rule,
				     struct yf_vp_refusal *refusal,
				     struct yf_vp_request *out);

/*
 * Whether the verifier says that it understands what the query asks for
 * (vp_formats_supported with ES256).  UNSUPPORTED
 */
YF_CHECKED yf_err yf_vp_request_formats(const struct yf_vp_request *request,
					const struct yf_dcql *query);

/* The `error` of section 8.5 for a code; static memory. */
const char *yf_vp_error_name(yf_err err);
