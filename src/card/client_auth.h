#pragma once

#include "env/env.h"
#include "http/exchange.h"
#include "openid/client_attestation.h"

/*
 * Who a client is, at PAR and token: attestation-based client authentication
 * where it comes or is due.
 *
 * It is due in the HAIP profile, and of a client that the configuration calls
 * attested.  Others are public clients.
 */
#define YF_NONCE_ATTESTATION "attestation"

struct yf_client_auth {
	bool attested;
	struct yf_client_attestation attestation;
};

/*
 * client_id  of the request; empty when it names none: then it is the one of
 *            the attestation
 *
 * INVALID_CLIENT             none comes and it is due, or it is of another
 *                            client
 * INVALID_ATTESTATION        it is not right, comes by halves or twice, or
 *                            nobody is trusted to attest here
 * USE_ATTESTATION_CHALLENGE  its challenge is not (or no longer) ours; a
 *                            fresh one is put into the reply
 */
YF_CHECKED yf_err yf_client_auth_gate(const struct yf_env *env,
				      struct yf_exchange *x, yf_str client_id,
				      struct yf_reply *reply,
				      struct yf_client_auth *out);

/*
 * Inside the transaction; `auth` may be NULL or not attested: then there is
 * nothing to spend.  INVALID_ATTESTATION when its jti was seen.
 */
YF_CHECKED yf_err yf_client_auth_spend(struct yf_tx *tx,
				       const struct yf_client_auth *auth,
				       int64_t now_s);
