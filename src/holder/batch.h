#pragma once

#include "holder/holder.h"
#include "holder/metadata.h"
#include "holder/receive.h"

/*
 * The credential endpoint, OpenID4VCI 1.0 section 8: a batch of fresh keys,
 * their proofs, and what comes back for them.
 */
struct yf_batch {
	struct yf_key *keys[YF_RECEIVE_BATCH_MAX];
	size_t count;
};

void yf_batch_wipe(struct yf_batch *batch);

#define YF_AUTO_BATCH __attribute__((cleanup(yf_batch_wipe))) struct yf_batch

/* Fresh keys in a batch that was all zero.  RANGE, CRYPTO, MEMORY */
YF_CHECKED yf_err yf_batch_fill(struct yf_batch *batch, size_t count);

struct yf_batch_ask {
	const struct yf_issuer_metadata *issuer;
	const struct yf_configuration *configuration;
	const struct yf_granted *granted;
};

/*
 * Sends the proofs, with one more try under a new nonce when the issuer says
 * that the first was too old.  The credentials as the issuer sent them: they
 * are not verified.  Codes as in yf_holder_receive().
 */
YF_CHECKED yf_err yf_batch_request(const struct yf_batch *batch,
				   struct yf_sender *sender,
				   struct yf_arena *arena,
				   const struct yf_batch_ask *ask,
				   const struct yf_json **credentials);

/*
 * Verifies all of them and, when all are right, puts them into the purse; the
 * keys that were used leave the batch.
 */
YF_CHECKED yf_err yf_batch_keep(struct yf_batch *batch,
				struct yf_holder *holder,
				struct yf_arena *arena,
				const struct yf_batch_ask *ask,
				const struct yf_json *credentials,
				struct yf_received *out);
