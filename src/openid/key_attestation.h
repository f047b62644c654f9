#pragma once

#include "openid/attested.h"

/*
 * Key attestations, OpenID4VCI 1.0 appendix D: a wallet provider attests keys
 * and how they are kept.  They come as proof of the type `attestation`, or in
 * the header `key_attestation` of a `jwt` proof.  Pure.
 */
#define YF_KEY_ATTESTATION_TYP "key-attestation+jwt"

enum {
	YF_ATTESTED_KEYS_MAX = 32,
	YF_ATTACK_LEVELS_MAX = 8,
};

/* What a type of card wants of it; an empty list wants nothing. */
struct yf_key_needs {
	yf_str key_storage[YF_ATTACK_LEVELS_MAX];
	size_t key_storage_count;
	yf_str user_authentication[YF_ATTACK_LEVELS_MAX];
	size_t user_authentication_count;
};

struct yf_key_attestation_rule {
	struct yf_trust *roots;
	const struct yf_key_needs *needs;
	int64_t now_s;
	int64_t skew_s;
	bool with_jwt; /* in a jwt proof: then exp must be there */
};

/* Arena memory. */
struct yf_key_attestation {
	const struct yf_public_key *keys; /* attested_keys, none twice */
	size_t key_count;
	yf_str nonce; /* empty when absent */
};

/*
 * INVALID_PROOF  anything that is not right: form, typ, chain, signature,
 *                times, no keys or one twice, a storage or a user
 *                authentication that does not do
 * MEMORY
 */
YF_CHECKED yf_err yf_key_attestation_check(
	struct yf_arena *arena, yf_str jwt,
	const struct yf_key_attestation_rule *rule,
	struct yf_key_attestation *out);
