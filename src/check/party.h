#pragma once

#include "check/policy.h"
#include "env/env.h"

/*
 * Relying parties: who may ask, and which policies they are registered for.
 * A party has a key and a certificate of the registrar to sign requests with,
 * and an API key to make them.  The API key is shown once; the table holds its
 * HMAC.
 */
enum {
	YF_PARTY_NAME_MAX = 64, /* characters: a certificate holds it */
	YF_PARTY_CERT_DAYS = 825,
};

/* What every API key starts with, so that people and scanners know it. */
#define YF_API_KEY_PREFIX "yufu_rp_"

struct yf_party_ask {
	yf_str name;
	const yf_str *policies; /* names */
	size_t policy_count;
	yf_str actor; /* of the act: "operator", "demo" */
};

struct yf_party_added {
	yf_str id;
	yf_str api_key;
	yf_str client_id;
};

/* Arena memory. */
struct yf_party {
	int64_t shard;
	yf_str id;
	yf_str name;
	struct yf_policies policies;
	yf_bytes certificate; /* DER */
	yf_str client_id;     /* x509_hash:... */
	yf_bytes key_sealed;
};

/*
 * Makes key, certificate and API key and saves them with the act, in one
 * transaction.
 *
 * NAME       empty, over YF_PARTY_NAME_MAX characters, or not UTF-8
 * NOT_FOUND, DUPLICATE, RANGE  of the policies, see yf_policies_of()
 * STORE, BUSY, CRYPTO, MEMORY
 */
YF_CHECKED yf_err yf_party_add(const struct yf_env *env, struct yf_arena *arena,
			       const struct yf_party_ask *ask,
			       struct yf_party_added *out);

/* INVALID_TOKEN for a key that is unknown or of a party withdrawn. */
YF_CHECKED yf_err yf_party_of_key(const struct yf_env *env,
				  struct yf_arena *arena, yf_str api_key,
				  struct yf_party *out);

/* NOT_FOUND also when it is withdrawn. */
YF_CHECKED yf_err yf_party_load(const struct yf_env *env,
				struct yf_arena *arena, int64_t shard,
				yf_str id, struct yf_party *out);

/* Its signing key, held by the caller.  DECRYPT, KEY, MEMORY */
YF_CHECKED yf_err yf_party_key(const struct yf_env *env, struct yf_arena *arena,
			       const struct yf_party *party,
			       struct yf_key **out);

/*
 * The registration certificate (openid/registration.h) for a request that
 * rests on `policies`, signed by the registrar.  `stated` is what the party
 * says about the request; empty for nothing.
 */
YF_CHECKED yf_err yf_party_registration(const struct yf_env *env,
					struct yf_arena *arena,
					const struct yf_party *party,
					const struct yf_policies *policies,
					yf_str stated, yf_str *jwt);

/* The shortest retention of the policies. */
int64_t yf_party_retention_s(const struct yf_policies *policies);
