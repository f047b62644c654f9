#pragma once

#include <yufu/verify.h>

#include "credential/bundle.h"
#include "crypto/trust.h"

/*
 * What a verifier was given, private to lib/.  Only the functions that fill
 * it write to it; checks read it, several at once.
 */
struct yf_kept_list {
	yf_str uri; /* sub, as it says: proved when the list is used */
	bool cwt;
	yf_bytes token;
};

struct yufu_verifier {
	struct yf_arena *arena; /* keys and lists */
	struct yf_trust *trust;
	struct yf_trusted_key keys[YUFU_KEYS_MAX];
	size_t key_count;
	struct yf_kept_list lists[YUFU_STATUS_LISTS_MAX];
	size_t list_count;
	struct yf_arena *bundle_arena; /* NULL without a bundle */
	struct yf_bundle bundle;
};

enum { YUFU_SKEW_S = 60, YUFU_BINDING_S = 300 };

static inline bool yufu_knows_somebody(const struct yufu_verifier *verifier)
{
	return yf_trust_count(verifier->trust) || verifier->key_count;
}

/* NULL when only keys count: a chain is then no reason to refuse. */
static inline struct yf_trust *yufu_roots(const struct yufu_verifier *verifier)
{
	return yf_trust_count(verifier->trust) ? verifier->trust : NULL;
}

/* The code of include/yufu/verify.h for one of ours. */
int yufu_error_of(yf_err err);

/* 0 is now. */
int64_t yufu_now_s(int64_t now_s);
