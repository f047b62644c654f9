#pragma once

#include "credential/sdjwt_vc.h"
#include "crypto/signer.h"
#include "crypto/trust.h"

/*
 * A small public-key house for tests: a root, an issuer under it, a trust
 * list with the root, and a holder.  Made afresh for each test.
 */
enum { HOUSE_NOW_S = 1800000000, HOUSE_YEAR_S = 365 * 86400 };

struct house {
	struct yf_arena *arena;
	struct yf_key *root_key;
	yf_bytes root;
	struct yf_keyring *ring;
	struct yf_signer issuer; /* key id "issuer", with its chain */
	struct yf_trust *trust;
	struct yf_key *holder_key;
	struct yf_signer holder;
	struct yf_key *other_key; /* of nobody here */
	struct yf_signer other;
};

void house_open(struct house *house);
void house_close(struct house *house);

/* A leaf with `eku` for a key, under the root of the house. */
struct yf_chain house_chain(struct house *house, const char *name,
			    const char *eku, const struct yf_public_key *key);
