#pragma once

#include "env/env.h"

/*
 * The keys of a deployment, as files of mode 0600 in DIR/keys:
 *
 *	master.key            32 random bytes, hex: wraps what the database
 *	                      seals
 *	issuer-root.{key,pem}     CA of credential issuers: the trust anchor
 *	issuer.{key,pem}          signs credentials and lists
 *	registrar-root.{key,pem}  CA of relying parties
 *	registrar.{key,pem}       signs registration certificates
 *
 * and issuer-2, issuer-3, ... of later generations (server/key_files.h).
 *
 * The two CAs are apart so that a relying party's certificate can never sign
 * a credential.
 */
enum {
	YF_ROOT_DAYS = 3650,
	YF_LEAF_DAYS = 825,
};

/* Makes them all.  CONFLICT when the folder has a master.key; IO, CRYPTO */
YF_CHECKED yf_err yf_keys_make(struct yf_arena *arena, const char *folder,
			       yf_str city, yf_str country, int64_t now_s);

struct yf_keys;

/*
 * Those that sign at now_s, and the certificates that count then
 * (server/key_files.h).  NOT_FOUND, IO, KEY, SYNTAX, ... : `problem`, in
 * `arena`, names the file.
 */
YF_CHECKED yf_err yf_keys_load(struct yf_arena *arena, const char *folder,
			       int64_t now_s, yf_str *problem,
			       struct yf_keys **out);

/* Whether both sign with the same and announce the same. */
bool yf_keys_same(const struct yf_keys *a, const struct yf_keys *b);

void yf_keys_free(struct yf_keys *keys);
void yf_keys_cleanup(struct yf_keys **keys);

/*
 * The key that wallets encrypt credential requests to, of that number: the
 * same at every start and in every process, derived from the master key.
 */
YF_CHECKED yf_err yf_keys_request(const struct yf_keys *keys,
				  int64_t generation, struct yf_key **out);

/* Fills the signers, roots, trust lists and derived keys; `keys` outlives. */
YF_CHECKED yf_err yf_keys_into(struct yf_keys *keys, struct yf_env *env);
