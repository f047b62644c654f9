#pragma once

#include "holder/batch.h"

/*
 * What an issuer lets a holder come back with: a refresh token for the next
 * batch, and transactions of credentials that will be issued later.  One file
 * each, FOLDER/ID.lease (mode 0600), with the DPoP key that the token is bound
 * to and the keys that wait for their credentials.
 */
enum { YF_LEASES_MAX = 256 };

/* One credential configuration under a lease. */
struct yf_lease_entry {
	yf_str configuration_id;
	yf_str identifier;     /* credential_identifier; may be empty */
	yf_str card;           /* of the purse; empty while it waits */
	size_t copies;         /* that were asked for */
	yf_str transaction_id; /* empty when nothing waits */
	int64_t interval_s;
	int64_t next_s;        /* not to be asked before */
	struct yf_batch batch; /* keys that wait */
};

struct yf_lease {
	yf_str id;
	yf_str issuer;
	yf_str server;    /* authorization server */
	yf_str client_id; /* empty: anonymous */
	yf_str access_token;
	yf_str refresh_token; /* may be empty */
	struct yf_key *key;   /* DPoP */
	struct yf_lease_entry entries[YF_OFFER_CONFIGURATIONS_MAX];
	size_t count;
};

void yf_lease_wipe(struct yf_lease *lease);

#define YF_AUTO_LEASE __attribute__((cleanup(yf_lease_wipe))) struct yf_lease

/*
 * Replaces the file, or takes it away when the lease is good for nothing more:
 * no refresh token and nothing waits.  IO, MEMORY
 */
YF_CHECKED yf_err yf_lease_save(const char *folder,
				const struct yf_lease *lease);

/* Texts in the arena.  NOT_FOUND, IO, SYNTAX, KEY, TOO_LARGE, MEMORY */
YF_CHECKED yf_err yf_lease_load(struct yf_arena *arena, const char *folder,
				yf_str id, struct yf_lease *out);

/* The ids in a folder, in order of their making.  IO, TOO_LARGE, MEMORY */
YF_CHECKED yf_err yf_lease_list(struct yf_arena *arena, const char *folder,
				const yf_str **ids, size_t *count);
