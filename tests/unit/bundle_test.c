#include "credential/bundle.h"

#include "../support/expect.h"
#include "../support/house.h"
#include "codec/hex.h"
#include "crypto/cose.h"
#include "crypto/hash.h"

#define ISS "https://city.example"
#define LIST_1 ISS "/status/1"
#define LIST_2 ISS "/status/2"

struct built {
	struct house house;
	struct yf_chain chain;
	struct yf_bundle_list lists[2];
	struct yf_bundle bundle;
	yf_bytes bytes;
};

static void pack(struct house *house, const char *uri, int64_t index,
		 uint8_t status, struct yf_bundle_list *out)
{
	struct yf_status_list list;

	OK(yf_status_list_new(house->arena, 2, 1024, &list));
	OK(yf_status_list_set(&list, index, status));
	*out = (struct yf_bundle_list){ .uri = yf_str_of(uri), .bits = 2 };
	OK(yf_status_list_pack(house->arena, &list, &out->lst));
}

static void build(struct built *b)
{
	house_open(&b->house);
	OK(yf_signer_chain(&b->house.issuer, &b->chain));
	pack(&b->house, LIST_1, 7, YF_STATUS_SUSPENDED, &b->lists[0]);
	pack(&b->house, LIST_2, 1023, YF_STATUS_INVALID, &b->lists[1]);
	b->bundle = (struct yf_bundle){
		.issuer = YF_STR(ISS),
		.sequence = 41,
		.made_s = HOUSE_NOW_S,
		.not_before_s = HOUSE_NOW_S,
		.expires_s = HOUSE_NOW_S + 86400,
		.issuers = &b->house.root,
		.issuer_count = 1,
		.signers = b->chain.certs,
		.signer_count = 1,
		.lists = b->lists,
		.list_count = 2,
	};
	OK(yf_bundle_make(b->house.arena, &b->house.issuer, &b->bundle,
			  &b->bytes));
}

static struct yf_bundle_rule good_rule(const struct built *b)
{
	return (struct yf_bundle_rule){
		.trust = b->house.trust,
		.now_s = HOUSE_NOW_S + 1,
		.skew_s = 60,
		.sequence_min = 41,
	};
}

static void round_trip(void **state)
{
	struct built b;
	struct yf_bundle got;
	uint8_t status, hash[YF_SHA256_LEN];
	yf_bytes leaf;

	(void)state;
	build(&b);
	struct yf_arena *arena = b.house.arena;
	const struct yf_bundle_rule rule = good_rule(&b);
	OK(yf_bundle_open(arena, b.bytes, &rule, &got));
	assert_true(yf_str_is(got.issuer, ISS));
	assert_int_equal(got.sequence, 41);
	assert_int_equal(got.made_s, HOUSE_NOW_S);
	assert_int_equal(got.expires_s, HOUSE_NOW_S + 86400);
	assert_int_equal(got.list_count, 2);
	assert_int_equal(got.issuer_count, 1);
	assert_true(yf_bytes_eq(got.issuers[0], b.house.root));
	assert_int_equal(got.registrar_count, 0);
	OK(yf_bundle_status(arena, &got, YF_STR(LIST_1), 7, &status));
	assert_int_equal(status, YF_STATUS_SUSPENDED);
	OK(yf_bundle_status(arena, &got, YF_STR(LIST_1), 8, &status));
	assert_int_equal(status, YF_STATUS_VALID);
	OK(yf_bundle_status(arena, &got, YF_STR(LIST_2), 1023, &status));
	assert_int_equal(status, YF_STATUS_INVALID);
	/* No list and no entry are two things, and neither is "revoked". */
	FAILS(yf_bundle_status(arena, &got, YF_STR(ISS "/status/3"), 7,
			       &status),
	      UNREACHABLE);
	FAILS(yf_bundle_status(arena, &got, YF_STR(LIST_1), 1024, &status),
	      RANGE);
	FAILS(yf_bundle_status(arena, &got, YF_STR(LIST_1), -1, &status),
	      RANGE);
	yf_sha256(b.chain.certs[0], hash);
	OK(yf_bundle_signer(&got, hash, &leaf));
	assert_true(yf_bytes_eq(leaf, b.chain.certs[0]));
	hash[0] ^= 1;
	FAILS(yf_bundle_signer(&got, hash, &leaf), NOT_FOUND);
	house_close(&b.house);
}

/* Each rule broken alone. */
static void refusals(void **state)
{
	static const struct {
		const char *name;
		int64_t now_s, age_max_s, sequence_min;
		const char *want;
	} rows[] = {
		{ "good", HOUSE_NOW_S, 0, 0, "OK" },
		{ "the same again", HOUSE_NOW_S, 0, 41, "OK" },
		{ "an older file", HOUSE_NOW_S, 0, 42, "REPLAYED" },
		{ "last second", HOUSE_NOW_S + 86400 + 59, 0, 0, "OK" },
		{ "over", HOUSE_NOW_S + 86400 + 60, 0, 0, "EXPIRED" },
		{ "within the policy", HOUSE_NOW_S + 3659, 3600, 0, "OK" },
		{ "over the policy", HOUSE_NOW_S + 3660, 3600, 0, "EXPIRED" },
		{ "a policy longer than exp", HOUSE_NOW_S + 86460, 864000, 0,
		  "EXPIRED" },
		{ "the clock here is behind", HOUSE_NOW_S - 61, 0, 0,
		  "NOT_YET" },
		{ "a little behind", HOUSE_NOW_S - 60, 0, 0, "OK" },
	};
	struct built b;
	struct yf_bundle got;

	(void)state;
	build(&b);
	for (size_t i = 0; i < YF_COUNT(rows); i++) {
		struct yf_bundle_rule rule = good_rule(&b);

		print_message("  %s\n", rows[i].name);
		rule.now_s = rows[i].now_s;
		rule.age_max_s = rows[i].age_max_s;
		rule.sequence_min = rows[i].sequence_min;
		assert_string_equal(
			yf_err_name(yf_bundle_open(b.house.arena, b.bytes,
						   &rule, &got)),
			rows[i].want);
	}
	struct yf_bundle_rule rule = good_rule(&b);
	rule.trust = NULL;
	FAILS(yf_bundle_open(b.house.arena, b.bytes, &rule, &got), UNTRUSTED);
	struct yf_trusted_key key = { .kid = YF_STR("k") };
	OK(yf_signer_public_key(&b.house.issuer, &key.key));
	rule.keys = &key;
	rule.key_count = 1;
	OK(yf_bundle_open(b.house.arena, b.bytes, &rule, &got));
	key.key = *yf_key_public(b.house.other_key);
	FAILS(yf_bundle_open(b.house.arena, b.bytes, &rule, &got), SIGNATURE);
	house_close(&b.house);
}

static void every_byte(void **state)
{
	struct built b;
	struct yf_bundle got;

	(void)state;
	build(&b);
	const struct yf_bundle_rule rule = good_rule(&b);
	for (size_t i = 0; i < b.bytes.len; i++) {
		YF_AUTO(arena) arena = yf_arena_new(256 * 1024);
		yf_bytes copy;

		OK(yf_bytes_copy(arena, b.bytes, &copy));
		((uint8_t *)(uintptr_t)copy.ptr)[i] ^= 1;
		assert_true(
			yf_failed(yf_bundle_open(arena, copy, &rule, &got)));
		FAILS(yf_bundle_open(arena, (yf_bytes){ b.bytes.ptr, i }, &rule,
				     &got),
		      SYNTAX);
	}
	house_close(&b.house);
}

/* A registrar and a reader are trusted to ask, not to say how cards stand. */
static void other_signers(void **state)
{
	static const char *const ekus[] = { YF_EKU_READER, NULL };
	struct built b;
	struct yf_bundle got;
	yf_bytes bytes;

	(void)state;
	build(&b);
	for (size_t i = 0; i < YF_COUNT(ekus); i++) {
		const struct yf_bundle_rule rule = good_rule(&b);
		struct yf_key *key;
		struct yf_signer signer;
		yf_str id;

		OK(yf_key_new(&key));
		OK(yf_str_format(b.house.arena, &id, "other-%zu", i));
		const struct yf_chain chain = house_chain(
			&b.house, "Another", ekus[i], yf_key_public(key));
		OK(yf_keyring_add(b.house.ring, id, key, &chain));
		OK(yf_keyring_find(b.house.ring, id, &signer));
		OK(yf_bundle_make(b.house.arena, &signer, &b.bundle, &bytes));
		FAILS(yf_bundle_open(b.house.arena, bytes, &rule, &got),
		      UNTRUSTED);
	}
	/* A status list of the same issuer is not a bundle. */
	struct yf_status_token token = { .uri = YF_STR(LIST_1),
					 .issued_at_s = HOUSE_NOW_S };
	const struct yf_bundle_rule rule = good_rule(&b);
	OK(yf_status_list_new(b.house.arena, 2, 8, &token.list));
	OK(yf_status_cwt_make(b.house.arena, &b.house.issuer, &token, &bytes));
	FAILS(yf_bundle_open(b.house.arena, bytes, &rule, &got), TYP);
	house_close(&b.house);
}

static void not_made(void **state)
{
	struct built b;
	yf_bytes bytes;

	(void)state;
	build(&b);
	struct yf_arena *arena = b.house.arena;
	struct yf_bundle bad = b.bundle;
	bad.expires_s = bad.made_s;
	FAILS(yf_bundle_make(arena, &b.house.issuer, &bad, &bytes), RANGE);
	bad = b.bundle;
	bad.not_before_s = bad.made_s + 1;
	FAILS(yf_bundle_make(arena, &b.house.issuer, &bad, &bytes), RANGE);
	bad = b.bundle;
	bad.sequence = -1;
	FAILS(yf_bundle_make(arena, &b.house.issuer, &bad, &bytes), RANGE);
	bad = b.bundle;
	bad.issuer_count = 0;
	FAILS(yf_bundle_make(arena, &b.house.issuer, &bad, &bytes), RANGE);
	bad = b.bundle;
	bad.list_count = YF_BUNDLE_LISTS_MAX + 1;
	FAILS(yf_bundle_make(arena, &b.house.issuer, &bad, &bytes), TOO_LARGE);
	house_close(&b.house);
}

/* --- claims of others, signed by whom we trust --- */

#define HEAD           \
	"a9"           \
	"016161"       \
	"041a70000000" \
	"051a6b49d200" \
	"061a6b49d200"
#define LISTS "656c69737473"
#define NO_LISTS LISTS "80"
#define ISSUERS              \
	"676973737565727381" \
	"4101"
#define SIGNERS "677369676e65727380"
#define SEQUENCE "6873657175656e63651829"
#define REGISTRARS               \
	"6a72656769737472617273" \
	"80"
#define TAIL ISSUERS SIGNERS SEQUENCE REGISTRARS
#define ENTRY(n)         \
	"83"             \
	"61" n "02"      \
	"48789c03000000" \
	"0001"

static const struct {
	const char *name;
	const char *payload;
	const char *want;
} payloads[] = {
	{ "good", HEAD NO_LISTS TAIL, "OK" },
	{ "two lists", HEAD LISTS "82" ENTRY("61") ENTRY("62") TAIL, "OK" },
	{ "a list twice", HEAD LISTS "82" ENTRY("61") ENTRY("61") TAIL,
	  "DUPLICATE" },
	{ "lists not in order", HEAD LISTS "82" ENTRY("62") ENTRY("61") TAIL,
	  "DUPLICATE" },
	{ "lists are a map", HEAD LISTS "a0" TAIL, "SYNTAX" },
	{ "a list of two members",
	  HEAD LISTS "81"
		     "82"
		     "6161"
		     "02" TAIL,
	  "SYNTAX" },
	{ "a list of 2^32 + 2 bits",
	  HEAD LISTS "81"
		     "83"
		     "6161"
		     "1b0000000100000002"
		     "40" TAIL,
	  "RANGE" },
	{ "a list without address",
	  HEAD LISTS "81"
		     "83"
		     "60"
		     "02"
		     "40" TAIL,
	  "RANGE" },
	{ "no issuer's root",
	  HEAD NO_LISTS "6769737375657273"
			"80" SIGNERS SEQUENCE REGISTRARS,
	  "RANGE" },
	{ "an empty root",
	  HEAD NO_LISTS "6769737375657273"
			"8140" SIGNERS SEQUENCE REGISTRARS,
	  "RANGE" },
	{ "a root that is text",
	  HEAD NO_LISTS "6769737375657273"
			"816161" SIGNERS SEQUENCE REGISTRARS,
	  "SYNTAX" },
	{ "no registrars",
	  "a8"
	  "016161"
	  "041a70000000"
	  "051a6b49d200"
	  "061a6b49d200" NO_LISTS ISSUERS SIGNERS SEQUENCE,
	  "MISSING" },
	{ "no exp",
	  "a8"
	  "016161"
	  "051a6b49d200"
	  "061a6b49d200" NO_LISTS TAIL,
	  "MISSING" },
	{ "exp before the beginning",
	  "a9"
	  "016161"
	  "0420"
	  "051a6b49d200"
	  "061a6b49d200" NO_LISTS TAIL,
	  "RANGE" },
	{ "exp after all years",
	  "a9"
	  "016161"
	  "041b7fffffffffffffff"
	  "051a6b49d200"
	  "061a6b49d200" NO_LISTS TAIL,
	  "RANGE" },
	{ "iat before nbf",
	  "a9"
	  "016161"
	  "041a70000000"
	  "051a6b49d201"
	  "061a6b49d200" NO_LISTS TAIL,
	  "RANGE" },
	{ "exp as text",
	  "a9"
	  "016161"
	  "046131"
	  "051a6b49d200"
	  "061a6b49d200" NO_LISTS TAIL,
	  "SYNTAX" },
	{ "another order",
	  "a9"
	  "041a70000000"
	  "016161"
	  "051a6b49d200"
	  "061a6b49d200" NO_LISTS TAIL,
	  "SYNTAX" },
	{ "an array", "80", "MISSING" },
	{ "nothing", "", "SYNTAX" },
};

static void payload_table(void **state)
{
	struct built b;

	(void)state;
	build(&b);
	for (size_t i = 0; i < YF_COUNT(payloads); i++) {
		const struct yf_bundle_rule rule = good_rule(&b);
		const struct yf_cose_ask ask = {
			.tagged = true,
			.typ = YF_STR("application/yufu-bundle+cwt"),
			.x5chain = &b.chain,
		};
		struct yf_buf buf = yf_buf_new(b.house.arena, 1024);
		struct yf_bundle got;
		yf_bytes payload, bytes;

		print_message("  %s\n", payloads[i].name);
		OK(yf_hex_decode(b.house.arena, yf_str_of(payloads[i].payload),
				 &payload));
		OK(yf_cose_sign1_put(&buf, &b.house.issuer, &ask, payload));
		OK(yf_buf_bytes(&buf, &bytes));
		assert_string_equal(yf_err_name(yf_bundle_open(
					    b.house.arena, bytes, &rule, &got)),
				    payloads[i].want);
	}
	house_close(&b.house);
}

/* A list that unpacks to more than was agreed to is refused before it is
 * unpacked. */
static void zip_bomb(void **state)
{
	struct built b;
	struct yf_status_list list, got;

	(void)state;
	build(&b);
	OK(yf_status_list_new(b.house.arena, 2, 4 * 1024 * 1024, &list));
	OK(yf_status_list_pack(b.house.arena, &list, &b.lists[0].lst));
	assert_true(b.lists[0].lst.len < 4096);
	YF_AUTO(arena) small = yf_arena_new(64 * 1024);
	FAILS(yf_bundle_list(small, &b.bundle, YF_STR(LIST_1), 32 * 1024, &got),
	      TOO_LARGE);
	house_close(&b.house);
}

static void little_memory(void **state)
{
	struct built b;
	bool opened = false;

	(void)state;
	build(&b);
	const struct yf_bundle_rule rule = good_rule(&b);
	for (size_t limit = 0; limit < 64 * 1024; limit += 512) {
		YF_AUTO(arena) arena = yf_arena_new(limit);
		struct yf_bundle got;

		if (!arena)
			continue;
		const yf_err err = yf_bundle_open(arena, b.bytes, &rule, &got);
		opened = !yf_failed(err);
		assert_true(opened || err.code == YF_CODE_MEMORY);
	}
	assert_true(opened);
	house_close(&b.house);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip), cmocka_unit_test(refusals),
		cmocka_unit_test(every_byte), cmocka_unit_test(other_signers),
		cmocka_unit_test(not_made),   cmocka_unit_test(payload_table),
		cmocka_unit_test(zip_bomb),   cmocka_unit_test(little_memory),
	};
	return cmocka_run_group_tests_name("credential/bundle", tests, NULL,
					   NULL);
}
