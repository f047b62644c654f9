#pragma once

#include "crypto/jwe.h"
#include "crypto/trust.h"
#include "openid/dcql.h"

/*
 * A verifier's request object as a holder reads it: OpenID4VP 1.0 section 5
 * with the rules of HAIP 1.0 section 5, and the registration certificate of
 * doc/api.md.  Only what is in the signed object counts.
 */
enum { YF_REQUEST_GRANTS_MAX = 64 };

struct yf_request_rule {
	yf_str client_id; /* of the link that led here */
	struct yf_trust *registrars;
	int64_t now_s;
	int64_t skew_s;
};

/* Arena memory. */
struct yf_request {
	yf_str client_id; /* x509_hash:... */
	yf_str response_uri;
	yf_str nonce;
	yf_str state; /* ptr NULL when absent */
	struct yf_dcql query;
	/* Who asks, why, and for how long they keep it: signed by a
	 * registrar. */
	yf_str name;
	const struct yf_json *purpose; /* object: language to text */
	int64_t retention_s;
	/* Whom to encrypt the answer to. */
	struct yf_public_key key;
	yf_str kid;
	yf_jwe_enc enc;
};

/*
 * TYP          of the request object or the registration certificate
 * ALGORITHM    not ES256
 * UNTRUSTED    a chain that does not end at a registrar, or no reader EKU
 * SIGNATURE    of either
 * CONFLICT     client_id is not that of the link, or not the leaf's hash, or
 *              the registration is another party's
 * AUDIENCE     not https://self-issued.me/v2
 * EXPIRED, NOT_YET   of either
 * INVALID_REQUEST  what section 5 forbids: redirect_uri beside response_uri, no
 *              nonce, an address that is not https
 * UNSUPPORTED  another response_type or response_mode, scope instead of
 *              dcql_query, transaction_data, no format or key we can use
 * OVER_ASKED   it asks for a claim that is not in the registration
 * the codes of yf_dcql_parse(), MISSING, SYNTAX, MEMORY
 */
YF_CHECKED yf_err yf_request_verify(struct yf_arena *arena, yf_str jws,
				    const struct yf_request_rule *rule,
				    struct yf_request *out);
