#pragma once

#include "crypto/trust.h"

/*
 * Whom a holder believes: the roots of issuers and of registrars, as a city
 * publishes them at /trust (doc/api.md).
 *
 * The list is signed by a key under one of its own issuer roots.  That proves
 * nothing the first time: the first list is believed because of the address
 * and its TLS, every later one because a root that was known signed it.
 */
struct yf_trust_list;

enum { YF_TRUST_LIST_ENTRIES_MAX = 256 };

struct yf_trust_list_rule {
	struct yf_trust *known; /* roots known before; NULL: the first list */
	int64_t now_s;
	int64_t skew_s;
	bool expired_too; /* a list kept from earlier: only to know its roots */
};

void yf_trust_list_free(struct yf_trust_list *list);
void yf_trust_list_cleanup(struct yf_trust_list **list);

/*
 * TYP        not trust-list+jwt
 * UNTRUSTED  its chain ends at no known root, or, the first time, at none of
 *            its own issuers
 * SIGNATURE, EXPIRED, NOT_YET, MISSING, SYNTAX, TOO_LARGE, MEMORY
 */
YF_CHECKED yf_err yf_trust_list_open(struct yf_arena *arena, yf_str jws,
				     const struct yf_trust_list_rule *rule,
				     struct yf_trust_list **out);

/*
 * The same roots for issuers and registrars, for ever.  What a certificate is
 * for still counts: a reader's cannot issue.  The codes of yf_trust_add_pem()
 */
YF_CHECKED yf_err yf_trust_list_of_pem(yf_str pem, struct yf_trust_list **out);

/* Views, as long as the list lives. */
struct yf_trust *yf_trust_list_issuers(const struct yf_trust_list *list);
struct yf_trust *yf_trust_list_registrars(const struct yf_trust_list *list);
int64_t yf_trust_list_expires_s(const struct yf_trust_list *list);
