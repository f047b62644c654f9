#pragma once

#include "openid/registration.h"
#include "openid/request_object.h"

/*
 * A verifier's request as a holder reads it: the signed object, what a
 * registrar says its sender may ask, and the query, which stays inside that.
 */
struct yf_request {
	struct yf_request_object object;
	struct yf_registration registration;
	struct yf_dcql query;
};

struct yf_request_from {
	yf_str client_id; /* of the link that led here */
	struct yf_trust *registrars;
	int64_t now_s;
	int64_t skew_s;
};

/*
 * UNTRUSTED    also when the chain is not one of a reader (ISO 18013-5 B.1.7)
 * MISSING      also when there is no registration certificate
 * UNSUPPORTED  an answer address that is not https
 * OVER_ASKED   it asks for a claim that is not in the registration
 * others of yf_request_object_check(), yf_registration_check() and
 * yf_dcql_parse()
 */
YF_CHECKED yf_err yf_request_verify(struct yf_arena *arena, yf_str jws,
				    const struct yf_request_from *from,
				    struct yf_request *out);
