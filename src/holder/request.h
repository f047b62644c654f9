#pragma once

#include "openid/registration.h"
#include "openid/transaction_data.h"
#include "openid/vp_request.h"

/*
 * A verifier's request as a holder reads it: the signed object, what a
 * registrar says its sender may ask, and the query, which stays inside that.
 */
struct yf_request {
	struct yf_vp_request object;
	bool registered; /* false: only as a person allowed it */
	bool over_asked; /* the same */
	struct yf_registration registration; /* when registered */
	struct yf_dcql query;
	struct yf_transactions transactions; /* to be agreed to */
};

struct yf_request_from {
	yf_str client_id;    /* of the link that led here */
	yf_str wallet_nonce; /* that was sent; empty for none */
	struct yf_trust *registrars;
	/* What a person may allow knowingly; never the default. */
	bool unregistered_too;
	bool over_asking_too;
	int64_t now_s;
	int64_t skew_s;
};

/*
 * UNTRUSTED    also when the chain is not one of a reader (ISO 18013-5 B.1.7)
 * MISSING      also when there is no registration certificate
 * OVER_ASKED   it asks for a claim that is not in the registration
 * UNSUPPORTED  also for formats that it does not take itself, and transaction
 *              data of a type that is not known here
 * others of yf_vp_request_read(), yf_registration_check(), yf_dcql_parse() and
 * yf_transactions_parse()
 *
 * refusal  whom to tell what, on an error (yf_holder_refuse())
 */
YF_CHECKED yf_err yf_request_verify(struct yf_arena *arena, yf_str jws,
				    const struct yf_request_from *from,
				    struct yf_vp_refusal *refusal,
				    struct yf_request *out);
