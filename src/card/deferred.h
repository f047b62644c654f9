#pragma once

#include "card/grant.h"

/*
 * Cards that wait for an operator, OpenID4VCI 1.0 section 9: the store.  What
 * was asked for is kept sealed, so that it survives a restart; card/issue.h
 * makes the card when it was approved.
 */
enum {
	YF_DEFERRED_LIFE_S = 30 * 86400,
	YF_DEFERRED_INTERVAL_S = 10,
	YF_DEFERRED_LIST_MAX = 1000,
	YF_DEFERRED_REASON_CHARS_MAX = 200,
};

typedef enum {
	YF_DEFERRED_WAITING,
	YF_DEFERRED_APPROVED,
	YF_DEFERRED_REFUSED,
	YF_DEFERRED_DELIVERED,
} yf_deferred_state;

struct yf_deferred {
	struct yf_handle handle; /* of the transaction_id */
	yf_str id;               /* what an operator names it by */
	struct yf_person_ref person;
	yf_str type;
	yf_str client_id;
	yf_str jkt;
	yf_str content; /* JSON; sealed in the row */
	yf_deferred_state state;
	yf_str reason; /* of a refusal */
	int64_t made_s;
};

/* The bytes of the row, before its transaction.  MEMORY, CRYPTO */
YF_CHECKED yf_err yf_deferred_seal(const struct yf_env *env,
				   struct yf_arena *arena,
				   const struct yf_deferred *deferred,
				   yf_bytes *sealed);

/* Inside the transaction that spends what came with the request. */
YF_CHECKED yf_err yf_deferred_put(struct yf_tx *tx,
				  const struct yf_deferred *deferred,
				  yf_bytes sealed, int64_t now_s);

/*
 * The one of this transaction_id, for the person, client and key of `token`.
 *
 * INVALID_TRANSACTION_ID  unknown, another's, expired or delivered
 */
YF_CHECKED yf_err yf_deferred_find(const struct yf_env *env,
				   struct yf_arena *arena,
				   yf_str transaction_id,
				   const struct yf_token *token, yf_str jkt,
				   struct yf_deferred *out);

/* Inside the transaction that makes the card: it is over, once.
 * INVALID_TRANSACTION_ID when somebody was faster. */
YF_CHECKED yf_err yf_deferred_take(struct yf_tx *tx,
				   const struct yf_deferred *deferred);

/* --- the operator --- */

struct yf_deferred_list {
	const struct yf_deferred *at; /* without content; the oldest first */
	size_t count;
};

/* Those that wait, at most YF_DEFERRED_LIST_MAX. */
YF_CHECKED yf_err yf_deferred_waiting(const struct yf_env *env,
				      struct yf_arena *arena,
				      struct yf_deferred_list *out);

/*
 * Approves, or refuses with a reason (shown to the holder; not empty).  The
 * act is in the log.
 *
 * NOT_FOUND  no such request, or it expired
 * CONFLICT   it was decided before
 * RANGE      the reason is over YF_DEFERRED_REASON_CHARS_MAX or not text
 */
YF_CHECKED yf_err yf_deferred_decide(const struct yf_env *env, yf_str id,
				     yf_str refuse_reason, yf_str actor);
