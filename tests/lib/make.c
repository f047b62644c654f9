/* What the tests of the installed library are shown: a root, a card, a tally
 * and a bundle, made now. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/file.h"
#include "credential/bundle.h"
#include "credential/mdoc_issue.h"
#include "credential/tally.h"

static const char usage[] = "usage: make FOLDER";

static void must(yf_err err)
{
	if (!yf_failed(err))
		return;
	(void)fprintf(stderr, "%s at %s\n", yf_err_text(err), err.where);
	exit(1);
}

static void save(struct yf_arena *arena, const char *folder, const char *name,
		 yf_bytes bytes)
{
	yf_str path = { 0 };

	must(yf_str_format(arena, &path, "%s/%s", folder, name));
	must(yf_file_save(path.ptr, bytes, 0600));
}

struct city {
	struct yf_arena *arena;
	int64_t now_s;
	yf_bytes root;
	struct yf_keyring *ring;
	struct yf_signer issuer;
	struct yf_key *holder;
};

static void found(struct city *city)
{
	const struct yf_cert_ask root = {
		.common_name = YF_STR("Example root"),
		.country = YF_STR("XX"),
		.not_before_s = city->now_s - 86400,
		.not_after_s = city->now_s + 86400,
	};
	const struct yf_cert_ask leaf = {
		.common_name = YF_STR("Example issuer"),
		.country = YF_STR("XX"),
		.eku = YF_EKU_DOCUMENT_SIGNER,
		.not_before_s = city->now_s - 86400,
		.not_after_s = city->now_s + 86400,
	};
	struct yf_chain chain = { .count = 1 };
	struct yf_key *issuer = NULL;
	YF_AUTO(key) root_key = NULL;

	must(yf_key_new(&root_key));
	must(yf_key_new(&issuer));
	must(yf_key_new(&city->holder));
	must(yf_cert_make_root(city->arena, root_key, &root, &city->root));
	must(yf_cert_issue(city->arena, root_key, city->root, &leaf,
			   yf_key_public(issuer), &chain.certs[0]));
	must(yf_keyring_new(&city->ring));
	must(yf_keyring_add(city->ring, YF_STR("issuer"), issuer, &chain));
	must(yf_keyring_find(city->ring, YF_STR("issuer"), &city->issuer));
}

static yf_str card(struct city *city)
{
	struct yf_vc_ask ask = {
		.vct = YF_STR("urn:example:id:1"),
		.issued_at_s = city->now_s,
		.expires_s = city->now_s + 3600,
		.holder = yf_key_public(city->holder),
	};
	struct yf_claim_path path;
	yf_str text = { 0 };

	must(yf_json_parse(city->arena, YF_STR("{\"given_name\":\"An\"}"),
			   &ask.claims));
	must(yf_claim_path_of(city->arena, "given_name", &path));
	ask.disclosable = &path;
	ask.disclosable_count = 1;
	must(yf_vc_issue(city->arena, &city->issuer, &ask, &text));
	return text;
}

static yf_str tally(struct city *city)
{
	static const uint8_t is_true[] = { 0xf5 };
	const struct yf_mdoc_element element = { YF_STR("org.example.id.1"),
						 YF_STR("age_over_18"),
						 { is_true, 1 } };
	const struct yf_mdoc_choice choice = { element.name_space,
					       element.name };
	const struct yf_mdoc_ask mdoc = {
		.doc_type = YF_STR("org.example.id.1"),
		.holder = yf_key_public(city->holder),
		.signed_at_s = city->now_s,
		.valid_from_s = city->now_s,
		.valid_until_s = city->now_s + 3600,
		.elements = &element,
		.element_count = 1,
	};
	const struct yf_signer device = yf_signer_of_key(city->holder);
	struct yf_tally_ask ask = { .choices = &choice,
				    .choice_count = 1,
				    .device = &device,
				    .now_s = city->now_s,
				    .purpose = YF_STR("hotel") };
	yf_str text = { 0 };

	must(yf_mdoc_issue(city->arena, &city->issuer, &mdoc,
			   &ask.issuer_signed));
	must(yf_tally_make(city->arena, &ask, &text));
	return text;
}

static yf_bytes bundle(struct city *city)
{
	struct yf_chain chain = { 0 };
	yf_bytes bytes = { 0 };

	must(yf_signer_chain(&city->issuer, &chain));
	const struct yf_bundle ask = {
		.issuer = YF_STR("https://city.example"),
		.sequence = 1,
		.made_s = city->now_s,
		.not_before_s = city->now_s,
		.expires_s = city->now_s + 3600,
		.issuers = &city->root,
		.issuer_count = 1,
		.signers = chain.certs,
		.signer_count = 1,
	};
	must(yf_bundle_make(city->arena, &city->issuer, &ask, &bytes));
	return bytes;
}

int main(int argc, char **argv)
{
	struct city city = { .arena = yf_arena_new(16 * 1024 * 1024),
			     .now_s = time(NULL) };
	yf_str pem = { 0 };

	if (argc != 2) {
		(void)fprintf(stderr, "%s\n", usage);
		return 2;
	}
	found(&city);
	const struct yf_chain root = { { city.root }, 1 };
	must(yf_chain_to_pem(city.arena, &root, &pem));
	save(city.arena, argv[1], "root.pem", yf_bytes_of(pem));
	save(city.arena, argv[1], "card", yf_bytes_of(card(&city)));
	save(city.arena, argv[1], "tally", yf_bytes_of(tally(&city)));
	save(city.arena, argv[1], "bundle", bundle(&city));
	yf_key_free(city.holder);
	yf_keyring_free(city.ring);
	yf_arena_free(city.arena);
	return 0;
}
