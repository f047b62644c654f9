#include "crypto/cert.h"

#include "../support/expect.h"
#include "../support/house.h"
#include "crypto/hash.h"

static void says_what_was_asked(void **state)
{
	struct house house;
	struct yf_chain chain;
	struct yf_cert leaf, root;

	(void)state;
	house_open(&house);
	OK(yf_signer_chain(&house.issuer, &chain));
	OK(yf_cert_parse(house.arena, chain.certs[0], &leaf));
	OK(yf_cert_parse(house.arena, house.root, &root));
	assert_true(yf_str_is(leaf.common_name, "Test issuer"));
	assert_true(yf_str_is(leaf.organization, "City of Test"));
	assert_true(yf_str_is(leaf.country, "XX"));
	assert_int_equal(leaf.san_dns_count, 1);
	assert_true(yf_str_is(leaf.san_dns[0], "issuer.example"));
	assert_int_equal(leaf.san_uri_count, 1);
	assert_true(yf_str_is(leaf.san_uri[0], "https://issuer.example"));
	assert_int_equal(leaf.not_before_s, HOUSE_NOW_S - 86400);
	assert_int_equal(leaf.not_after_s, HOUSE_NOW_S + HOUSE_YEAR_S);
	assert_false(leaf.ca || leaf.self_issued);
	assert_true(root.ca && root.self_issued);
	assert_true(yf_bytes_eq(leaf.authority_key_id, root.subject_key_id));
	assert_int_equal(root.subject_key_id.len, 20);
	house_close(&house);
}

static void names_of_all_scripts(void **state)
{
	struct house house;
	struct yf_cert cert;

	(void)state;
	house_open(&house);
	const struct yf_chain chain =
		house_chain(&house, "\xe9\xb1\xbc\xe7\xac\xa6 \xd0\xaf",
			    YF_EKU_READER, yf_key_public(house.other_key));
	OK(yf_cert_parse(house.arena, chain.certs[0], &cert));
	assert_true(yf_str_is(cert.common_name,
			      "\xe9\xb1\xbc\xe7\xac\xa6 \xd0\xaf"));
	house_close(&house);
}

static void ask_refusals(void **state)
{
	static const char long_name[] =
		"0123456789012345678901234567890123456789012345678901234567890"
		"1234";
	const struct yf_cert_ask good = { .common_name = YF_STR("x"),
					  .not_before_s = HOUSE_NOW_S,
					  .not_after_s = HOUSE_NOW_S + 1 };
	struct yf_cert_ask asks[] = { good, good, good, good, good, good };
	struct house house;
	yf_bytes der;

	(void)state;
	house_open(&house);
	asks[0].common_name = YF_STR("");
	asks[1].common_name = yf_str_of(long_name);
	asks[2].country = YF_STR("XXX");
	asks[3].not_after_s = HOUSE_NOW_S - 1;
	asks[4].common_name = YF_STR("\xff");
	asks[5].path_len = YF_CHAIN_MAX;
	for (size_t i = 0; i < YF_COUNT(asks); i++)
		FAILS(yf_cert_make_root(house.arena, house.root_key, &asks[i],
					&der),
		      RANGE);
	OK(yf_cert_make_root(house.arena, house.root_key, &good, &der));
	FAILS(yf_cert_issue(house.arena, house.other_key, house.root, &good,
			    yf_key_public(house.other_key), &der),
	      KEY);
	struct yf_public_key off = *yf_key_public(house.other_key);
	off.x[3] ^= 4;
	FAILS(yf_cert_issue(house.arena, house.root_key, house.root, &good,
			    &off, &der),
	      KEY);
	house_close(&house);
}

/* Cut short it is no certificate; with a changed byte it may be another. */
static void parse_refusals(void **state)
{
	struct house house;
	struct yf_cert cert;
	yf_bytes longer;

	(void)state;
	house_open(&house);
	for (size_t i = 0; i < house.root.len; i++) {
		YF_AUTO(arena) arena = yf_arena_new(64 * 1024);
		uint8_t *bad = YF_NEW(arena, uint8_t, house.root.len);

		FAILS(yf_cert_parse(arena, (yf_bytes){ house.root.ptr, i },
				    &cert),
		      SYNTAX);
		memcpy(bad, house.root.ptr, house.root.len);
		bad[i] ^= 0x55;
		const yf_err err = yf_cert_parse(
			arena, (yf_bytes){ bad, house.root.len }, &cert);
		assert_true(err.code == YF_CODE_OK ||
			    err.code == YF_CODE_SYNTAX ||
			    err.code == YF_CODE_KEY);
	}
	OK(yf_bytes_copy(house.arena, house.root, &longer));
	longer.len++; /* the NUL that copies carry */
	FAILS(yf_cert_parse(house.arena, longer, &cert), SYNTAX);
	house_close(&house);
}

static void pem_and_x5c(void **state)
{
	struct house house;
	struct yf_chain chain, again;
	const struct yf_json *json;
	yf_str text, hash;
	char expected[YF_SHA256_TEXT_LEN];

	(void)state;
	house_open(&house);
	OK(yf_signer_chain(&house.issuer, &chain));
	chain.certs[chain.count++] = house.root;
	OK(yf_chain_to_pem(house.arena, &chain, &text));
	OK(yf_chain_from_pem(house.arena, text, &again));
	assert_int_equal(again.count, 2);
	assert_true(yf_bytes_eq(again.certs[1], house.root));
	for (size_t len = 0; len + 1 < text.len; len += 7) {
		YF_AUTO(arena) arena = yf_arena_new(64 * 1024);
		const yf_err err = yf_chain_from_pem(
			arena, (yf_str){ text.ptr, len }, &again);
		/* One whole certificate and half a line of the next. */
		assert_true(err.code == YF_CODE_SYNTAX ||
			    (err.code == YF_CODE_OK && again.count == 1));
	}
	FAILS(yf_chain_from_pem(house.arena, YF_STR("nothing here"), &again),
	      SYNTAX);
	OK(yf_key_save(house.other_key, house.arena, &text));
	FAILS(yf_chain_from_pem(house.arena, text, &again), SYNTAX);

	struct yf_json_out out = yf_json_out_new(house.arena, 64);
	yf_x5c_put(&out, NULL, &chain);
	OK(yf_json_out_end(&out, &text));
	OK(yf_json_parse(house.arena, text, &json));
	OK(yf_x5c_parse(house.arena, json, &again));
	assert_int_equal(again.count, 2);
	assert_true(yf_bytes_eq(again.certs[0], chain.certs[0]));

	OK(yf_x509_hash(house.arena, chain.certs[0], &hash));
	yf_sha256_text(yf_str_from(chain.certs[0]), expected);
	assert_true(yf_str_eq(hash, (yf_str){ expected, sizeof(expected) }));
	house_close(&house);
}

/* --- trust --- */

static void trust_accepts(void **state)
{
	struct house house;
	struct yf_chain chain;
	struct yf_trusted_leaf leaf;
	struct yf_public_key key;

	(void)state;
	house_open(&house);
	OK(yf_signer_chain(&house.issuer, &chain));
	OK(yf_signer_public_key(&house.issuer, &key));
	for (int i = 0; i < 2; i++) { /* the second time it is remembered */
		OK(yf_trust_verify(house.trust, &chain, YF_EKU_DOCUMENT_SIGNER,
				   HOUSE_NOW_S, &leaf));
		assert_true(yf_public_key_eq(&leaf.key, &key));
		FAILS(yf_trust_verify(house.trust, &chain,
				      YF_EKU_DOCUMENT_SIGNER,
				      HOUSE_NOW_S - 86401, &leaf),
		      NOT_YET);
		FAILS(yf_trust_verify(house.trust, &chain,
				      YF_EKU_DOCUMENT_SIGNER,
				      HOUSE_NOW_S + HOUSE_YEAR_S + 1, &leaf),
		      EXPIRED);
		OK(yf_trust_verify(house.trust, &chain, NULL, HOUSE_NOW_S,
				   &leaf));
		FAILS(yf_trust_verify(house.trust, &chain, YF_EKU_READER,
				      HOUSE_NOW_S, &leaf),
		      UNTRUSTED);
	}
	assert_int_equal(yf_trust_count(house.trust), 1);
	OK(yf_trust_add(house.trust, house.root));
	assert_int_equal(yf_trust_count(house.trust), 1);
	house_close(&house);
}

static void trust_refuses(void **state)
{
	struct house house;
	struct yf_chain chain;
	struct yf_trusted_leaf leaf;
	struct yf_trust *empty;

	(void)state;
	house_open(&house);
	OK(yf_signer_chain(&house.issuer, &chain));

	OK(yf_trust_new(&empty));
	FAILS(yf_trust_verify(empty, &chain, NULL, HOUSE_NOW_S, &leaf),
	      UNTRUSTED);
	FAILS(yf_trust_add(empty, chain.certs[0]), UNSUPPORTED);
	yf_trust_free(empty);

	struct yf_chain with_root = chain;
	with_root.certs[with_root.count++] = house.root;
	FAILS(yf_trust_verify(house.trust, &with_root, NULL, HOUSE_NOW_S,
			      &leaf),
	      UNTRUSTED);
	const struct yf_chain root = { .certs = { house.root }, .count = 1 };
	FAILS(yf_trust_verify(house.trust, &root, NULL, HOUSE_NOW_S, &leaf),
	      UNTRUSTED);
	const struct yf_chain none = { .count = 0 };
	FAILS(yf_trust_verify(house.trust, &none, NULL, HOUSE_NOW_S, &leaf),
	      UNTRUSTED);

	/* Every byte counts: of the signed part, and of the signature. */
	YF_AUTO(arena) arena = yf_arena_new(64 * 1024);
	uint8_t *bad = YF_NEW(arena, uint8_t, chain.certs[0].len);
	for (size_t i = 0; i < chain.certs[0].len; i++) {
		memcpy(bad, chain.certs[0].ptr, chain.certs[0].len);
		bad[i] ^= 0x01;
		const struct yf_chain changed = {
			.certs = { { bad, chain.certs[0].len } }, .count = 1
		};
		const yf_err err = yf_trust_verify(house.trust, &changed, NULL,
						   HOUSE_NOW_S, &leaf);
		assert_true(err.code == YF_CODE_UNTRUSTED ||
			    err.code == YF_CODE_SYNTAX ||
			    err.code == YF_CODE_KEY);
	}
	house_close(&house);
}

/* root -> middle -> leaf, and what may not be in it. */
static void trust_with_intermediate(void **state)
{
	struct house house;
	struct yf_trusted_leaf leaf;
	struct yf_cert_ask ca = { .common_name = YF_STR("Middle"),
				  .not_before_s = HOUSE_NOW_S - 10,
				  .not_after_s = HOUSE_NOW_S + 10,
				  .ca = true };
	struct yf_cert_ask end = { .common_name = YF_STR("End"),
				   .eku = YF_EKU_READER,
				   .not_before_s = HOUSE_NOW_S - 100,
				   .not_after_s = HOUSE_NOW_S + 100 };
	struct yf_chain chain = { .count = 2 };

	(void)state;
	house_open(&house);
	const struct yf_public_key *holder = yf_key_public(house.holder_key);
	const struct yf_public_key *other = yf_key_public(house.other_key);
	const struct yf_cert_ask deep_root = {
		.common_name = YF_STR("Deep root"),
		.not_before_s = HOUSE_NOW_S - 1000,
		.not_after_s = HOUSE_NOW_S + 1000,
		.path_len = 1,
	};
	yf_bytes root;
	OK(yf_cert_make_root(house.arena, house.root_key, &deep_root, &root));
	OK(yf_cert_issue(house.arena, house.root_key, root, &ca, other,
			 &chain.certs[1]));
	OK(yf_cert_issue(house.arena, house.other_key, chain.certs[1], &end,
			 holder, &chain.certs[0]));
	FAILS(yf_trust_verify(house.trust, &chain, YF_EKU_READER, HOUSE_NOW_S,
			      &leaf),
	      UNTRUSTED);
	OK(yf_trust_add(house.trust, root));
	OK(yf_trust_verify(house.trust, &chain, YF_EKU_READER, HOUSE_NOW_S,
			   &leaf));
	assert_true(yf_public_key_eq(&leaf.key, holder));
	/* The window is that of the shortest-lived of them. */
	FAILS(yf_trust_verify(house.trust, &chain, YF_EKU_READER,
			      HOUSE_NOW_S + 11, &leaf),
	      EXPIRED);
	FAILS(yf_trust_verify(house.trust, &chain, YF_EKU_READER,
			      HOUSE_NOW_S - 11, &leaf),
	      NOT_YET);

	const struct yf_chain swapped = {
		.certs = { chain.certs[1], chain.certs[0] }, .count = 2
	};
	FAILS(yf_trust_verify(house.trust, &swapped, NULL, HOUSE_NOW_S, &leaf),
	      UNTRUSTED);
	const struct yf_chain alone = { .certs = { chain.certs[0] },
					.count = 1 };
	FAILS(yf_trust_verify(house.trust, &alone, NULL, HOUSE_NOW_S, &leaf),
	      UNTRUSTED);

	/* A leaf that signs: the one above it is no CA. */
	struct yf_chain forged = chain;
	ca.ca = false;
	OK(yf_cert_issue(house.arena, house.root_key, root, &ca, other,
			 &forged.certs[1]));
	OK(yf_cert_issue(house.arena, house.other_key, forged.certs[1], &end,
			 holder, &forged.certs[0]));
	FAILS(yf_trust_verify(house.trust, &forged, NULL, HOUSE_NOW_S, &leaf),
	      UNTRUSTED);

	/* Path length 0 at the root of the house: no CA may follow. */
	ca.ca = true;
	OK(yf_cert_issue(house.arena, house.root_key, house.root, &ca, other,
			 &forged.certs[1]));
	OK(yf_cert_issue(house.arena, house.other_key, forged.certs[1], &end,
			 holder, &forged.certs[0]));
	FAILS(yf_trust_verify(house.trust, &forged, NULL, HOUSE_NOW_S, &leaf),
	      UNTRUSTED);
	house_close(&house);
}

static void trust_list_of_many(void **state)
{
	struct house house;
	struct yf_trust *trust;
	struct yf_buf list;
	yf_str text;

	(void)state;
	house_open(&house);
	list = yf_buf_new(house.arena, 1024);
	for (int i = 0; i < 20; i++) { /* more than a chain may have */
		const struct yf_cert_ask ask = {
			.common_name = YF_STR("One of many"),
			.not_after_s = HOUSE_NOW_S + 1 + i,
		};
		struct yf_chain one = { .count = 1 };
		OK(yf_cert_make_root(house.arena, house.other_key, &ask,
				     &one.certs[0]));
		OK(yf_chain_to_pem(house.arena, &one, &text));
		yf_buf_text(&list, text);
	}
	OK(yf_buf_str(&list, &text));
	OK(yf_trust_new(&trust));
	OK(yf_trust_add_pem(trust, text));
	assert_int_equal(yf_trust_count(trust), 20);
	FAILS(yf_trust_add_pem(trust, YF_STR("")), SYNTAX);
	FAILS(yf_trust_add_pem(trust, YF_STR("no certificate")), SYNTAX);
	yf_trust_free(trust);
	house_close(&house);
}

static void keyring_rules(void **state)
{
	struct house house;
	struct yf_signer signer;
	struct yf_chain chain;
	struct yf_key *made;

	(void)state;
	house_open(&house);
	OK(yf_signer_chain(&house.issuer, &chain));
	OK(yf_key_new(&made));
	YF_AUTO(key) key = made;
	FAILS(yf_keyring_add(house.ring, YF_STR("issuer"), key, NULL),
	      CONFLICT);
	FAILS(yf_keyring_add(house.ring, YF_STR("new"), key, &chain), KEY);
	FAILS(yf_keyring_add(house.ring, YF_STR(""), key, NULL), TOO_LARGE);
	FAILS(yf_keyring_find(house.ring, YF_STR("new"), &signer), NOT_FOUND);
	OK(yf_keyring_add(house.ring, YF_STR("new"), key, NULL));
	(void)YF_MOVE(key);
	OK(yf_keyring_find(house.ring, YF_STR("new"), &signer));
	assert_true(yf_str_is(signer.key_id, "new"));
	OK(yf_signer_chain(&signer, &chain));
	assert_int_equal(chain.count, 0);
	house_close(&house);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_what_was_asked),
		cmocka_unit_test(names_of_all_scripts),
		cmocka_unit_test(ask_refusals),
		cmocka_unit_test(parse_refusals),
		cmocka_unit_test(pem_and_x5c),
		cmocka_unit_test(trust_accepts),
		cmocka_unit_test(trust_refuses),
		cmocka_unit_test(trust_with_intermediate),
		cmocka_unit_test(trust_list_of_many),
		cmocka_unit_test(keyring_rules),
	};
	return cmocka_run_group_tests_name("crypto/cert, trust, signer", tests,
					   NULL, NULL);
}
