#pragma once

#include "credential/status_list.h"
#include "holder/holder.h"

/*
 * What a status list says about a credential (Token Status List, section 8):
 * as a JWT, or as a CWT for an mdoc.  A list that cannot be had, or that does
 * not verify, says nothing: that is not "revoked".
 */
typedef enum {
	YF_STANDING_NONE, /* the credential names no list */
	YF_STANDING_VALID,
	YF_STANDING_SUSPENDED,
	YF_STANDING_REVOKED,
	YF_STANDING_UNKNOWN,
} yf_standing;

/* Keeps the last list, for all copies of a batch. */
struct yf_standing_list {
	yf_str uri;
	struct yf_status_list list;
	bool usable;
};

/* MEMORY, and the codes of yf_holder_trust() */
YF_CHECKED yf_err yf_holder_standing(struct yf_holder *holder,
				     struct yf_arena *arena,
				     const struct yf_status_ref *ref,
				     struct yf_standing_list *cache,
				     yf_standing *out);

/* "valid", "revoked", ...; static memory. */
const char *yf_standing_name(yf_standing standing);
