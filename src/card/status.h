#pragma once

#include "credential/status_list.h"
#include "env/kept.h"

/*
 * Status lists (Token Status List draft 20), 2 bits an entry.  Copies of
 * cards get random free entries of the list that is being filled, so that an
 * index tells neither who nor when.  A list is filled to a half, so that a
 * free entry is found at once; the other half are decoys.
 */
enum {
	YF_STATUS_ENTRIES = 1 << 17,
	YF_STATUS_USED_MAX = YF_STATUS_ENTRIES / 2,
	YF_STATUS_LIFE_S = 12 * 3600, /* exp of a token */
	YF_STATUS_TTL_S = 300,
};

/* An entry of a list. */
struct yf_status_slot {
	int64_t list;
	int64_t idx;
};

/*
 * Random entries that look free; claiming them is what decides.
 * STORE, MEMORY
 */
YF_CHECKED yf_err yf_status_pick(const struct yf_env *env, size_t count,
				 struct yf_status_slot *out);

/* Inside the issuing transaction.  CONFLICT when one was taken meanwhile. */
YF_CHECKED yf_err yf_status_claim(struct yf_tx *tx,
				  const struct yf_status_slot *slots,
				  size_t count, int64_t credential_shard,
				  yf_str credential_id, int64_t now_s);

/* `<url>/status/<list>`.  MEMORY */
YF_CHECKED yf_err yf_status_uri(const struct yf_env *env,
				struct yf_arena *arena, int64_t list,
				yf_str *out);

/* One entry.  NOT_FOUND for a list or index that is not there. */
YF_CHECKED yf_err yf_status_read(const struct yf_env *env, int64_t list,
				 int64_t idx, uint8_t *status);

/*
 * Sets the status of a card: its row and the entries of all its copies, with
 * the act, in one transaction.  Revoked is for ever.
 *
 * NOT_FOUND  no such card
 * CONFLICT   it is revoked
 */
YF_CHECKED yf_err yf_status_set(const struct yf_env *env, yf_str credential_id,
				yf_status status, yf_str actor);

typedef enum {
	YF_STATUS_JWT, /* for SD-JWT VC; with a gzip of it */
	YF_STATUS_CWT, /* for mdoc */
} yf_status_form;

/*
 * The signed token of a list, kept until an entry changes or its ttl is
 * over.  NOT_FOUND
 */
YF_CHECKED yf_err yf_status_token(const struct yf_env *env,
				  struct yf_arena *arena, int64_t list,
				  yf_status_form form, struct yf_kept *out);

/* The numbers of all lists, rising.  STORE, MEMORY */
YF_CHECKED yf_err yf_status_lists(const struct yf_env *env,
				  struct yf_arena *arena, const int64_t **out,
				  size_t *count);

/* Inside a read: SHA-256 over all lists and how often each changed. */
YF_CHECKED yf_err yf_status_state(struct yf_tx *tx,
				  uint8_t out[static YF_KEPT_STATE]);

/* The entries of one list as they stand.  NOT_FOUND, STORE, MEMORY */
YF_CHECKED yf_err yf_status_entries(const struct yf_env *env,
				    struct yf_arena *arena, int64_t list,
				    struct yf_status_list *out);

/* "valid", "suspended", "revoked". */
YF_CHECKED yf_err yf_status_parse(yf_str name, yf_status *out);
