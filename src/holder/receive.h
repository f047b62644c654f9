#pragma once

#include "holder/grant.h"
#include "holder/holder.h"
#include "holder/offer.h"

/*
 * Getting credentials by OpenID4VCI 1.0: by an offer, or by asking an issuer
 * that is known.  Each copy has a fresh key of its own.  Nothing is kept that
 * was not verified: chain, signature, type, times, no key binding in it,
 * digests, the issuer it names, its status, and that it is bound to the key
 * that was made for it.  All of an offer is kept, or nothing of it.
 */
enum {
	YF_RECEIVE_BATCH_MAX = 64,
	YF_RECEIVED_MAX = 256, /* copies of one call */
};

struct yf_receive_ask {
	yf_str link;   /* an offer (holder/link.h); empty: ask `issuer` */
	yf_str issuer; /* credential issuer identifier */
	/* Empty: the first of the offer, or of the issuer, that we can use. */
	yf_str configuration_id;
	bool all;       /* every one of the offer that we can use */
	yf_str tx_code; /* empty for none */
	/* For the authorization code flow; NULL when there is nobody. */
	const struct yf_login *login;
	size_t copies; /* wanted; the issuer's batch_size bounds it; 0 is 1 */
};

struct yf_received {
	const struct yf_held *held[YF_RECEIVED_MAX];
	size_t count;
	size_t waiting;     /* configurations that will be issued later */
	int64_t interval_s; /* ask again then: yf_holder_refresh() */
	size_t skipped;     /* configurations that this holder cannot use */
};

/*
 * MISSING      the offer wants a transaction code and none was given
 * HOLDER       a credential is bound to another key than the one made for it,
 *              twice to one, or comes with a key binding
 * UNTRUSTED    the issuer's chain ends at no root of the trust list
 * CONFLICT     metadata of another issuer; a redirect that is not ours; a
 *              credential that names another issuer
 * REVOKED, SUSPENDED  its status list says so
 * UNSUPPORTED  nothing that we can use is offered; it will be issued later and
 *              there is no folder to wait in
 * others of yf_link_parse(), yf_offer_parse(), yf_grant(), yf_vc_verify(),
 * yf_issuer_signed_parse(), yf_mdoc_verify_issued(), and what the issuer says
 * (INVALID_PROOF, NONCE, REQUEST_DENIED, ...)
 */
YF_CHECKED yf_err yf_holder_receive(struct yf_holder *holder,
				    struct yf_arena *arena,
				    const struct yf_receive_ask *ask,
				    struct yf_received *out);

struct yf_refresh_ask {
	bool early;      /* do not wait for intervals, nor for copies to end */
	int64_t ahead_s; /* renew what expires within that time */
};

struct yf_refreshed {
	struct yf_received received;
	size_t renewed; /* cards that have a new batch */
	size_t failed;  /* leases that could not be used now */
	yf_err why;     /* of the last that failed */
};

/*
 * Goes on where an issuer said "later", and gets new batches for cards whose
 * copies are all shown or expire soon, by their refresh tokens.  The old
 * copies go when the new ones are there.  One issuer that fails stops nobody
 * else: see `failed`.  IO, MEMORY, and what the purse says.
 */
YF_CHECKED yf_err yf_holder_refresh(struct yf_holder *holder,
				    struct yf_arena *arena,
				    const struct yf_refresh_ask *ask,
				    struct yf_refreshed *out);
