#pragma once

#include "base/clock.h"
#include "holder/purse.h"
#include "credential/trust_list.h"
#include "holder/wire.h"

/*
 * A wallet without a screen: it receives credentials (holder/receive.h) and
 * presents them (holder/present.h).  It believes the issuers and registrars
 * of one city's trust list and nobody else.  One thread at a time.
 */
struct yf_holder_options {
	struct yf_clock clock;
	struct yf_wire wire;
	yf_str home; /* credential issuer identifier whose /trust counts */
	/* PEM roots of issuers and registrars, in the place of a trust list;
	 * empty for the list of `home`. */
	yf_str trust_pem;
	/* This wallet as an OAuth client, as it is registered with issuers. */
	yf_str client_id;
	yf_str redirect_uri;
	/* Where credentials, keys and the trust list are kept; NULL: memory
	 * only. */
	const char *folder;
	/* Show a copy again when no fresh one is left: two relying parties can
	 * then join what they saw. */
	bool reuse;
	/* Verifiers that a person lets ask all the same (holder/request.h). */
	bool unregistered_too;
	bool over_asking_too;
};

enum { YF_HOLDER_SKEW_S = 60 };

struct yf_holder {
	struct yf_holder_options options; /* texts are the holder's own */
	struct yf_arena *arena;
	struct yf_purse *purse;
	struct yf_trust_list *trust; /* NULL until it was needed */
};

/* The codes of yf_purse_open(); `options` is copied. */
YF_CHECKED yf_err yf_holder_open(const struct yf_holder_options *options,
				 struct yf_holder **out);
void yf_holder_close(struct yf_holder *holder);
void yf_holder_cleanup(struct yf_holder **holder);

int64_t yf_holder_now_s(const struct yf_holder *holder);

/*
 * The roots given, or the trust list: the one at hand while it is valid, else a
 * new one from `home`, signed under a root of the one before.  A view, until
 * the next call. The codes of yf_wire_send(), yf_wire_refusal() and
 * yf_trust_list_open().
 */
YF_CHECKED yf_err yf_holder_trust(struct yf_holder *holder,
				  struct yf_arena *arena,
				  const struct yf_trust_list **out);
