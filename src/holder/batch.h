#pragma once

#include "holder/holder.h"
#include "holder/metadata.h"
#include "holder/offer.h"
#include "holder/receive.h"

/*
 * The credential endpoints, OpenID4VCI 1.0 sections 8 to 11: a batch of fresh
 * keys, their proofs, what comes back for them now or later, and what the
 * issuer is told about it.
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
	yf_str identifier; /* credential_identifier; empty for none */
	yf_str client_id;  /* empty: anonymous */
};

/* What the issuer answered: credentials, or where to ask for them later. */
struct yf_batch_answer {
	const struct yf_json *credentials; /* as sent; NULL: later */
	yf_str notification_id;            /* empty for none */
	yf_str transaction_id;             /* of later */
	int64_t interval_s;
};

/*
 * Sends the proofs, with one more try under a new nonce when the issuer says
 * that the first was too old.  Where the issuer can, both ways are encrypted.
 * The credentials are not verified.
 *
 * INVALID_ENCRYPTION  a plain answer where an encrypted one was asked for
 * others as in yf_holder_receive()
 */
YF_CHECKED yf_err yf_batch_request(const struct yf_batch *batch,
				   struct yf_sender *sender,
				   struct yf_arena *arena,
				   const struct yf_batch_ask *ask,
				   struct yf_batch_answer *out);

/*
 * Section 9: asks for what was to come later, under a new encryption key.
 * UNSUPPORTED without deferred endpoint; else as yf_batch_request().
 */
YF_CHECKED yf_err yf_batch_ask_again(const struct yf_batch *batch,
				     struct yf_sender *sender,
				     struct yf_arena *arena,
				     const struct yf_batch_ask *ask,
				     yf_str transaction_id,
				     struct yf_batch_answer *out);

/* Credentials that were verified, each with the index of its key. */
struct yf_batch_checked {
	struct yf_held *held;
	size_t *keys;
	size_t count;
};

/*
 * Every rule of holder/receive.h, on all of them: one that breaks a rule
 * spoils the batch.
 */
YF_CHECKED yf_err yf_batch_check(const struct yf_batch *batch,
				 struct yf_holder *holder,
				 struct yf_arena *arena,
				 const struct yf_batch_ask *ask,
				 const struct yf_json *credentials,
				 struct yf_batch_checked *out);

/*
 * Puts them into the purse as one card; the keys that were used leave the
 * batch.  The codes of yf_purse_add()
 */
YF_CHECKED yf_err yf_batch_keep(struct yf_batch *batch,
				struct yf_holder *holder,
				const struct yf_batch_checked *checked,
				struct yf_received *out);

/*
 * Section 11: tells the issuer what became of it.  A courtesy: whether it
 * arrives changes nothing here.
 */
void yf_batch_notify(struct yf_sender *sender, struct yf_arena *arena,
		     const struct yf_issuer_metadata *issuer,
		     yf_str notification_id, const char *event);
