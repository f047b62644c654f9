#include "openid/authorization_details.h"
#include "openid/client_attestation.h"
#include "openid/key_attestation.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { NOW_S = 1790000000, DAY_S = 86400 };

static void expect(bool held)
{
	if (!held)
		abort();
}

/* A provider that is trusted, whose payloads the fuzzer writes. */
struct provider {
	struct yf_arena *arena;
	struct yf_trust *roots;
	struct yf_key *key;
	struct yf_chain chain;
	struct yf_signer signer;
};

static const struct provider *a_provider(void)
{
	static struct provider p;
	/* The key 1, whose JWK the corpus can hold. */
	static const uint8_t one[32] = { [31] = 1 };
	YF_AUTO(key) root = NULL;
	struct yf_cert_ask ask = { .common_name = YF_STR("Provider"),
				   .not_before_s = NOW_S - DAY_S,
				   .not_after_s = NOW_S + DAY_S,
				   .ca = true };
	yf_bytes der = { 0 };

	if (p.key)
		return &p;
	p.arena = yf_arena_new(1024 * 1024);
	expect(p.arena && !yf_failed(yf_key_new(&root)) &&
	       !yf_failed(yf_cert_make_root(p.arena, root, &ask, &der)) &&
	       !yf_failed(yf_trust_new(&p.roots)) &&
	       !yf_failed(yf_trust_add(p.roots, der)) &&
	       !yf_failed(yf_key_from_scalar(one, &p.key)));
	ask.ca = false;
	p.chain.count = 1;
	expect(!yf_failed(yf_cert_issue(p.arena, root, der, &ask,
					yf_key_public(p.key),
					&p.chain.certs[0])));
	p.signer = yf_signer_of_key(p.key);
	return &p;
}

static yf_str sign(struct yf_arena *arena, const struct provider *p,
		   const char *typ, yf_str payload)
{
	const struct yf_jws_header header = { .typ = yf_str_of(typ),
					      .x5c = &p->chain };
	yf_str jws = YF_STR("");

	if (yf_failed(yf_jws_sign(arena, &p->signer, &header, payload, &jws)))
		return YF_STR("");
	return jws;
}

static void try_client(struct yf_arena *arena, const struct provider *p,
		       yf_str first, yf_str second)
{
	const struct yf_client_attestation_rule rule = {
		.roots = p->roots,
		.issuer = YF_STR("https://a.example"),
		.now_s = NOW_S,
		.age_s = 300,
		.skew_s = 60,
	};
	struct yf_client_attestation out;
	yf_err err =
		yf_client_attestation_check(arena, first, second, &rule, &out);

	/* Nobody can sign but the provider. */
	expect(err.code == YF_CODE_INVALID_ATTESTATION);
	err = yf_client_attestation_check(
		arena, sign(arena, p, YF_ATTESTATION_TYP, first),
		sign(arena, p, YF_ATTESTATION_POP_TYP, second), &rule, &out);
	if (yf_failed(err)) {
		expect(err.code == YF_CODE_INVALID_ATTESTATION ||
		       err.code == YF_CODE_MEMORY);
		return;
	}
	expect(out.client_id.len && out.jti.len &&
	       out.jti.len <= YF_ATTESTATION_JTI_MAX);
	/* Its own key attested, or the proof would not have verified. */
	expect(yf_public_key_eq(&out.key, yf_key_public(p->key)));
}

static void try_keys(struct yf_arena *arena, const struct provider *p,
		     yf_str payload)
{
	const struct yf_key_needs needs = {
		.key_storage = { YF_STR("iso_18045_high") },
		.key_storage_count = 1,
	};
	const struct yf_key_attestation_rule rule = {
		.roots = p->roots, .needs = &needs, .now_s = NOW_S, .skew_s = 60
	};
	struct yf_key_attestation out;
	yf_err err = yf_key_attestation_check(arena, payload, &rule, &out);

	expect(err.code == YF_CODE_INVALID_PROOF);
	err = yf_key_attestation_check(
		arena, sign(arena, p, YF_KEY_ATTESTATION_TYP, payload), &rule,
		&out);
	if (yf_failed(err)) {
		expect(err.code == YF_CODE_INVALID_PROOF ||
		       err.code == YF_CODE_MEMORY);
		return;
	}
	expect(out.key_count && out.key_count <= YF_ATTESTED_KEYS_MAX);
	for (size_t i = 0; i < out.key_count; i++) {
		expect(!yf_failed(yf_public_key_check(&out.keys[i])));
		for (size_t j = 0; j < i; j++)
			expect(!yf_public_key_eq(&out.keys[i], &out.keys[j]));
	}
}

static void try_details(struct yf_arena *arena, yf_str text)
{
	struct yf_authorization_details out;

	if (yf_failed(yf_authorization_details_parse(
		    arena, text, YF_STR("https://a.example"), &out)))
		return;
	expect(out.count && out.count <= YF_DETAILS_MAX);
	for (size_t i = 0; i < out.count; i++)
		expect(out.configuration_ids[i].len);
}

/*
 * Two payloads in two lines: what a trusted provider and a wallet may write.
 * Properties: what is not signed is refused, what is accepted has what its
 * header promises, and there is one error for the rest.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	YF_AUTO(arena) arena = yf_arena_new(16 * 1024 * 1024);
	yf_str rest = { (const char *)data, len };
	yf_str first;

	if (!arena)
		return 0;
	if (!yf_str_cut(&rest, '\n', &first)) {
		first = rest;
		rest = YF_STR("{}");
	}
	try_client(arena, a_provider(), first, rest);
	try_keys(arena, a_provider(), first);
	try_details(arena, first);
	return 0;
}
