#pragma once

#include "check/party.h"
#include "crypto/hash.h"

/* API keys and certificates of relying parties, private to check/. */

/* A fresh one.  MEMORY */
YF_CHECKED yf_err yf_api_key_new(struct yf_arena *arena, yf_str *out);

/* What the table holds of it; its first bytes say the bucket. */
void yf_api_key_hash(const struct yf_env *env, yf_str api_key,
		     uint8_t out[static YF_SHA256_LEN]);

YF_CHECKED yf_err yf_api_key_insert(struct yf_tx *tx, yf_bytes hash,
				    int64_t party_shard, yf_str party_id,
				    int64_t now_s);

/* A certificate of the registrar for the key of a party. */
YF_CHECKED yf_err yf_party_certify(const struct yf_env *env,
				   struct yf_arena *arena, yf_str name,
				   const struct yf_public_key *key,
				   yf_bytes *out);
