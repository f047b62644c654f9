#pragma once

#include "openid/attested.h"

/*
 * OAuth 2.0 attestation-based client authentication, as OpenID4VCI 1.0
 * appendix E and HAIP 1.0 section 4.4 use it: a wallet provider attests a key
 * of this instance of its wallet, and the instance proves that it has it.
 *
 *	OAuth-Client-Attestation      typ oauth-client-attestation+jwt, x5c;
 *	                              sub, exp, cnf.jwk, nbf?, iat?
 *	OAuth-Client-Attestation-PoP  typ oauth-client-attestation-pop+jwt;
 *	                              aud, jti, iat, challenge?, iss?, exp?
 *
 * Pure.  That a jti is used once and a challenge is ours is the store's.
 */
#define YF_ATTESTATION_TYP "oauth-client-attestation+jwt"
#define YF_ATTESTATION_POP_TYP "oauth-client-attestation-pop+jwt"

enum {
	YF_ATTESTATION_LEN_MAX = 12 * 1024, /* of both together */
	YF_ATTESTATION_JTI_MAX = 256,
};

struct yf_client_attestation_rule {
	struct yf_trust *roots; /* of wallet providers */
	yf_str issuer;          /* authorization server: aud of the PoP */
	int64_t now_s;
	int64_t age_s; /* how old a PoP may be, e.g. 300 */
	int64_t skew_s;
};

/* Views into arena memory. */
struct yf_client_attestation {
	yf_str client_id;         /* sub */
	struct yf_public_key key; /* cnf.jwk, which signed the PoP */
	yf_str jti;
	yf_str challenge; /* empty when absent */
};

/*
 * INVALID_ATTESTATION  anything of either that is not right; `where` of the
 *                      error says which check
 * MEMORY
 */
YF_CHECKED yf_err yf_client_attestation_check(
	struct yf_arena *arena, yf_str attestation, yf_str pop,
	const struct yf_client_attestation_rule *rule,
	struct yf_client_attestation *out);
