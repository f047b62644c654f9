#include "house.h"

#include <stdlib.h>

/* A test house that does not stand is a broken test, not a finding. */
static void must(yf_err err)
{
	if (yf_failed(err))
		abort();
}

struct yf_chain house_chain(struct house *house, const char *name,
			    const char *eku, const struct yf_public_key *key)
{
	const struct yf_cert_ask ask = {
		.common_name = yf_str_of(name),
		.organization = YF_STR("City of Test"),
		.country = YF_STR("XX"),
		.san_dns = YF_STR("issuer.example"),
		.san_uri = YF_STR("https://issuer.example"),
		.eku = eku,
		.not_before_s = HOUSE_NOW_S - 86400,
		.not_after_s = HOUSE_NOW_S + HOUSE_YEAR_S,
	};
	struct yf_chain chain = { .count = 1 };

	must(yf_cert_issue(house->arena, house->root_key, house->root, &ask,
			   key, &chain.certs[0]));
	return chain;
}

void house_open(struct house *house)
{
	const struct yf_cert_ask root = {
		.common_name = YF_STR("Test root"),
		.country = YF_STR("XX"),
		.not_before_s = HOUSE_NOW_S - HOUSE_YEAR_S,
		.not_after_s = HOUSE_NOW_S + 10 * (int64_t)HOUSE_YEAR_S,
	};
	struct yf_key *issuer_key;

	*house = (struct house){ .arena = yf_arena_new(16 * 1024 * 1024) };
	must(yf_key_new(&house->root_key));
	must(yf_key_new(&issuer_key));
	must(yf_key_new(&house->holder_key));
	must(yf_key_new(&house->other_key));
	must(yf_cert_make_root(house->arena, house->root_key, &root,
			       &house->root));
	must(yf_trust_new(&house->trust));
	must(yf_trust_add(house->trust, house->root));
	must(yf_keyring_new(&house->ring));
	const struct yf_chain chain =
		house_chain(house, "Test issuer", YF_EKU_DOCUMENT_SIGNER,
			    yf_key_public(issuer_key));
	must(yf_keyring_add(house->ring, YF_STR("issuer"), issuer_key, &chain));
	must(yf_keyring_find(house->ring, YF_STR("issuer"), &house->issuer));
	house->holder = yf_signer_of_key(house->holder_key);
	house->other = yf_signer_of_key(house->other_key);
}

void house_close(struct house *house)
{
	yf_key_free(house->root_key);
	yf_key_free(house->holder_key);
	yf_key_free(house->other_key);
	yf_keyring_free(house->ring);
	yf_trust_free(house->trust);
	yf_arena_free(house->arena);
}
