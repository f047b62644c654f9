#include "credential/bundle.h"

#include <stdlib.h>

#include "crypto/cose.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { NOW_S = 1800000000, LIST_MAX = 64 * 1024 };

static void expect(bool held)
{
	if (!held)
		abort();
}

static const struct yf_key *a_key(void)
{
	static struct yf_key *key;

	if (!key)
		expect(!yf_failed(yf_key_new(&key)));
	return key;
}

static struct yf_bundle_rule rule_of(const struct yf_trusted_key *key)
{
	return (struct yf_bundle_rule){
		.keys = key,
		.key_count = 1,
		.now_s = NOW_S,
		.skew_s = 60,
		.sequence_min = 1,
		.age_max_s = 86400,
	};
}

/* What was opened keeps what the header promises, and can be looked into. */
static void look(struct yf_arena *arena, const struct yf_bundle *bundle)
{
	uint8_t hash[32] = { 0 };
	struct yf_status_list list;
	yf_bytes leaf, again;

	expect(bundle->issuer.len && bundle->issuer_count);
	expect(bundle->sequence >= 1);
	expect(bundle->not_before_s <= bundle->made_s);
	expect(bundle->made_s <= NOW_S + 60);
	expect(bundle->expires_s > NOW_S - 60);
	expect(bundle->list_count <= YF_BUNDLE_LISTS_MAX);
	expect(bundle->signer_count <= YF_BUNDLE_CERTS_MAX);
	expect(yf_failed(yf_bundle_signer(bundle, hash, &leaf)));
	for (size_t i = 0; i < bundle->list_count && i < 8; i++)
		if (!yf_failed(yf_bundle_list(arena, bundle,
					      bundle->lists[i].uri, LIST_MAX,
					      &list)))
			expect(list.len <= LIST_MAX);
	const struct yf_signer signer = yf_signer_of_key(a_key());
	expect(!yf_failed(yf_bundle_make(arena, &signer, bundle, &again)));
}

/*
 * As a file: nobody whom we know signed it, so it never opens.  And as claims
 * that one whom we know did sign: what opens is within every bound.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	YF_AUTO(arena) arena = yf_arena_new(64 * 1024 * 1024);
	const struct yf_trusted_key key = { .key = *yf_key_public(a_key()) };
	const struct yf_bundle_rule rule = rule_of(&key);
	const struct yf_signer signer = yf_signer_of_key(a_key());
	const struct yf_cose_ask ask = {
		.tagged = true,
		.typ = YF_STR("application/yufu-bundle+cwt"),
	};
	struct yf_bundle bundle;
	yf_bytes bytes;

	if (!arena)
		return 0;
	expect(yf_failed(yf_bundle_open(arena, (yf_bytes){ data, len }, &rule,
					&bundle)));
	struct yf_buf buf = yf_buf_new(arena, len + 256);
	expect(!yf_failed(yf_cose_sign1_put(&buf, &signer, &ask,
					    (yf_bytes){ data, len })));
	if (!yf_failed(yf_buf_bytes(&buf, &bytes)) &&
	    !yf_failed(yf_bundle_open(arena, bytes, &rule, &bundle)))
		look(arena, &bundle);
	return 0;
}
