#pragma once

#include "holder/grant.h"
#include "holder/holder.h"

/*
 * Getting credentials by OpenID4VCI 1.0: by an offer, or by asking an issuer
 * that is known.  Each copy has a fresh key of its own.  Nothing is kept that
 * was not verified: chain, signature, type, times, no key binding in it, and
 * `cnf` is the key that was made for it.
 */
enum { YF_RECEIVE_BATCH_MAX = 64 };

struct yf_receive_ask {
	yf_str link;   /* an offer (holder/link.h); empty: ask `issuer` */
	yf_str issuer; /* credential issuer identifier */
	/* Empty: the first of the offer, or of the issuer, that we can use. */
	yf_str configuration_id;
	yf_str tx_code; /* empty for none */
	/* For the authorization code flow; NULL when there is nobody. */
	const struct yf_login *login;
	size_t copies; /* wanted; the issuer's batch_size bounds it; 0 is 1 */
};

struct yf_received {
	const struct yf_held *held[YF_RECEIVE_BATCH_MAX];
	size_t count;
};

/*
 * MISSING      the offer wants a transaction code and none was given
 * HOLDER       a credential is bound to another key than the one made for it,
 *              twice to one, or comes with a key binding
 * UNTRUSTED    the issuer's chain ends at no root of the trust list
 * UNSUPPORTED  nothing that we can use is offered, or it will be issued later
 * CONFLICT     metadata of another issuer; a redirect that is not ours
 * others of yf_link_parse(), yf_offer_parse(), yf_grant(), yf_vc_verify(), and
 * what the issuer says (INVALID_PROOF, NONCE, REQUEST_DENIED, ...)
 */
YF_CHECKED yf_err yf_holder_receive(struct yf_holder *holder,
				    struct yf_arena *arena,
				    const struct yf_receive_ask *ask,
				    struct yf_received *out);
