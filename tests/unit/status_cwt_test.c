#include "credential/status_list.h"

#include "../support/expect.h"
#include "../support/house.h"
#include "base/file.h"
#include "codec/hex.h"
#include "crypto/cose.h"

#define URI "https://issuer.example/status/1"

static struct yf_status_token good_token(struct house *house)
{
	struct yf_status_token token = {
		.uri = YF_STR(URI),
		.issued_at_s = HOUSE_NOW_S,
		.expires_s = HOUSE_NOW_S + 3600,
		.ttl_s = 600,
	};

	OK(yf_status_list_new(house->arena, 2, 64, &token.list));
	OK(yf_status_list_set(&token.list, 7, YF_STATUS_SUSPENDED));
	return token;
}

static struct yf_status_rule good_rule(const struct house *house)
{
	return (struct yf_status_rule){
		.trust = house->trust,
		.eku = YF_EKU_DOCUMENT_SIGNER,
		.uri = YF_STR(URI),
		.now_s = HOUSE_NOW_S + 1,
		.skew_s = 60,
		.len_max = 4096,
	};
}

static void round_trip(void **state)
{
	struct house house;
	struct yf_status_token got;
	const struct yf_cbor *item;
	uint8_t status;
	yf_bytes cwt;

	(void)state;
	house_open(&house);
	const struct yf_status_token token = good_token(&house);
	const struct yf_status_rule rule = good_rule(&house);
	OK(yf_status_cwt_make(house.arena, &house.issuer, &token, &cwt));
	OK(yf_cbor_parse(house.arena, cwt, YF_CBOR_DETERMINISTIC, &item));
	assert_non_null(yf_cbor_tagged(item, YF_TAG_COSE_SIGN1));
	OK(yf_status_cwt_verify(house.arena, cwt, &rule, &got));
	assert_int_equal(got.ttl_s, 600);
	assert_int_equal(got.issued_at_s, HOUSE_NOW_S);
	assert_int_equal(got.expires_s, HOUSE_NOW_S + 3600);
	OK(yf_status_list_get(&got.list, 7, &status));
	assert_int_equal(status, YF_STATUS_SUSPENDED);
	OK(yf_status_list_get(&got.list, 8, &status));
	assert_int_equal(status, YF_STATUS_VALID);
	house_close(&house);
}

/* Each rule broken alone. */
static void refusals(void **state)
{
	struct house house;
	struct yf_status_token got;
	yf_bytes cwt;

	(void)state;
	house_open(&house);
	struct yf_arena *arena = house.arena;
	const struct yf_status_token token = good_token(&house);
	const struct yf_status_rule rule = good_rule(&house);
	OK(yf_status_cwt_make(arena, &house.issuer, &token, &cwt));
	struct yf_status_rule other = rule;
	other.uri = YF_STR("https://issuer.example/status/2");
	FAILS(yf_status_cwt_verify(arena, cwt, &other, &got), AUDIENCE);
	other = rule;
	other.now_s = HOUSE_NOW_S + 3660;
	FAILS(yf_status_cwt_verify(arena, cwt, &other, &got), EXPIRED);
	other.now_s = HOUSE_NOW_S - 61;
	FAILS(yf_status_cwt_verify(arena, cwt, &other, &got), NOT_YET);
	other = rule;
	other.trust = NULL;
	FAILS(yf_status_cwt_verify(arena, cwt, &other, &got), UNTRUSTED);
	other = rule;
	other.eku = YF_EKU_READER;
	FAILS(yf_status_cwt_verify(arena, cwt, &other, &got), UNTRUSTED);
	other = rule;
	other.len_max = 15;
	FAILS(yf_status_cwt_verify(arena, cwt, &other, &got), TOO_LARGE);
	/* A key that is trusted without a chain, the right one and another. */
	struct yf_trusted_key key = { .kid = YF_STR("k") };
	OK(yf_signer_public_key(&house.issuer, &key.key));
	other = rule;
	other.trust = NULL;
	other.keys = &key;
	other.key_count = 1;
	OK(yf_status_cwt_verify(arena, cwt, &other, &got));
	key.key = *yf_key_public(house.other_key);
	FAILS(yf_status_cwt_verify(arena, cwt, &other, &got), SIGNATURE);

	for (size_t i = 0; i < cwt.len; i++) {
		YF_AUTO(arena) small = yf_arena_new(128 * 1024);
		yf_bytes copy;

		OK(yf_bytes_copy(small, cwt, &copy));
		((uint8_t *)(uintptr_t)copy.ptr)[i] ^= 1;
		assert_true(yf_failed(
			yf_status_cwt_verify(small, copy, &rule, &got)));
		FAILS(yf_status_cwt_verify(small, (yf_bytes){ cwt.ptr, i },
					   &rule, &got),
		      SYNTAX);
	}
	house_close(&house);
}

/* --- tokens of others --- */

#define SUB      \
	"02781f" \
	"68747470733a2f2f6973737565722e6578616d706c652f7374617475732f31"
#define LIST "19fffda2646269747301636c73744a78dadbb918000217015d"
#define TYP "application/statuslist+cwt"

static const struct {
	const char *name;
	const char *typ;
	const char *payload;
	const char *want;
} payloads[] = {
	{ "without exp and ttl", TYP, "a3" SUB "061a6b49d200" LIST, "OK" },
	{ "in another order", TYP, "a3" LIST "061a6b49d200" SUB, "OK" },
	{ "iat with a fraction", TYP, "a3" SUB "06fb41dad27480200000" LIST,
	  "OK" },
	{ "older than a day", TYP, "a3" SUB "061a6b484b60" LIST, "EXPIRED" },
	{ "older than a day, with its ttl", TYP,
	  "a4" SUB "061a6b484b60" LIST "19fffe1a00030d40", "OK" },
	{ "typ of a JWT", "statuslist+jwt", "a3" SUB "061a6b49d200" LIST,
	  "TYP" },
	{ "no typ", "", "a3" SUB "061a6b49d200" LIST, "TYP" },
	{ "no iat", TYP, "a2" SUB LIST, "MISSING" },
	{ "no list", TYP, "a2" SUB "061a6b49d200", "MISSING" },
	{ "no sub", TYP, "a2061a6b49d200" LIST, "MISSING" },
	{ "claims are an array", TYP, "80", "MISSING" },
	{ "claims twice", TYP, "a4" SUB "061a6b49d200061a6b49d200" LIST,
	  "DUPLICATE" },
	{ "iat as text", TYP, "a3" SUB "066131" LIST, "SYNTAX" },
	{ "iat negative", TYP, "a3" SUB "0620" LIST, "RANGE" },
	{ "iat not a number", TYP, "a3" SUB "06f97e00" LIST, "RANGE" },
	{ "iat after all years", TYP, "a3" SUB "061b7fffffffffffffff" LIST,
	  "RANGE" },
	{ "lst as text", TYP,
	  "a3" SUB "061a6b49d20019fffda2646269747301636c73746161", "SYNTAX" },
	{ "lst cut off", TYP,
	  "a3" SUB "061a6b49d20019fffda2646269747301636c73744478dadbb9",
	  "SYNTAX" },
	{ "3 bits", TYP,
	  "a3" SUB "061a6b49d20019fffda2646269747303636c73744a78dadbb91800"
	  "0217015d",
	  "RANGE" },
	{ "2^32 + 1 bits", TYP,
	  "a3" SUB "061a6b49d20019fffda264626974731b0000000100000001636c7374"
	  "4a78dadbb918000217015d",
	  "RANGE" },
	{ "the list is a number", TYP, "a3" SUB "061a6b49d20019fffd01",
	  "SYNTAX" },
};

static void payload_table(void **state)
{
	struct house house;
	struct yf_chain chain;

	(void)state;
	house_open(&house);
	OK(yf_signer_chain(&house.issuer, &chain));
	for (size_t i = 0; i < YF_COUNT(payloads); i++) {
		const struct yf_status_rule rule = good_rule(&house);
		const struct yf_cose_ask ask = {
			.tagged = true,
			.typ = yf_str_of(payloads[i].typ),
			.x5chain = &chain,
		};
		struct yf_buf buf = yf_buf_new(house.arena, 1024);
		struct yf_status_token got;
		yf_bytes payload, cwt;

		print_message("  %s\n", payloads[i].name);
		OK(yf_hex_decode(house.arena, yf_str_of(payloads[i].payload),
				 &payload));
		OK(yf_cose_sign1_put(&buf, &house.issuer, &ask, payload));
		OK(yf_buf_bytes(&buf, &cwt));
		assert_string_equal(yf_err_name(yf_status_cwt_verify(
					    house.arena, cwt, &rule, &got)),
				    payloads[i].want);
	}
	house_close(&house);
}

/* Without tag 18, or with the tag of CWT around it, it is something else. */
static void tags(void **state)
{
	struct house house;
	struct yf_status_token got;
	const struct yf_cbor *item;
	yf_bytes cwt, wrapped;

	(void)state;
	house_open(&house);
	const struct yf_status_token token = good_token(&house);
	const struct yf_status_rule rule = good_rule(&house);
	OK(yf_status_cwt_make(house.arena, &house.issuer, &token, &cwt));
	OK(yf_cbor_parse(house.arena, cwt, YF_CBOR_LENIENT, &item));
	FAILS(yf_status_cwt_verify(house.arena, item->first->raw, &rule, &got),
	      SYNTAX);
	struct yf_buf buf = yf_buf_new(house.arena, 1024);
	yf_cbor_put_tag(&buf, 61);
	yf_cbor_put_raw(&buf, cwt);
	OK(yf_buf_bytes(&buf, &wrapped));
	FAILS(yf_status_cwt_verify(house.arena, wrapped, &rule, &got), SYNTAX);
	house_close(&house);
}

/* --- the draft's own examples --- */

#define VECTORS "../shared/vectors/statuslist/status_list_"

/* The hexadecimal digits behind the line `encoded:`, or of the whole file. */
static bool load_hex(struct yf_arena *arena, const char *name, yf_bytes *out)
{
	struct yf_buf buf = yf_buf_new(arena, 4096);
	yf_bytes bytes;
	yf_str path, rest, line;

	OK(yf_str_format(arena, &path, VECTORS "%s.md", name));
	if (!yf_file_exists(path.ptr)) {
		print_message("SKIPPED: no %s\n", path.ptr);
		return false;
	}
	OK(yf_file_load(arena, path.ptr, 256 * 1024, &bytes));
	rest = yf_str_from(bytes);
	const bool labelled = yf_str_starts(rest, YF_STR("byte_array"));
	bool inside = !labelled;
	while (yf_str_next(&rest, '\n', &line)) {
		if (inside)
			yf_buf_text(&buf, yf_str_trim(line));
		inside = inside || yf_str_starts(line, YF_STR("encoded:"));
	}
	yf_str hex;
	OK(yf_buf_str(&buf, &hex));
	OK(yf_hex_decode(arena, hex, out));
	return true;
}

static void draft_cwt(void **state)
{
	YF_AUTO(arena) arena = yf_arena_new(1024 * 1024);
	const struct yf_cbor *item, *claims;
	struct yf_cose_sign1 sign1;
	struct yf_status_list list;
	yf_bytes bytes, lst, made;
	int64_t number;
	yf_str text;

	(void)state;
	if (!load_hex(arena, "cwt", &bytes))
		skip();
	OK(yf_cbor_parse(arena, bytes, YF_CBOR_LENIENT, &item));
	OK(yf_cose_sign1_read(arena, item, YF_COSE_TAGGED, &sign1));
	OK(yf_cbor_take_text(yf_cbor_get_int(sign1.protected_map, YF_COSE_TYP),
			     &text));
	assert_true(yf_str_is(text, TYP));
	OK(yf_cbor_parse(arena, sign1.payload, YF_CBOR_LENIENT, &claims));
	OK(yf_cbor_take_int(yf_cbor_get_int(claims, 6), &number));
	assert_int_equal(number, 1686920170);
	OK(yf_cbor_take_int(yf_cbor_get_int(claims, 65534), &number));
	assert_int_equal(number, 43200);
	OK(yf_cbor_take_bytes(
		yf_cbor_get(yf_cbor_get_int(claims, 65533), "lst"), &lst));
	OK(yf_status_list_unpack(arena, 1, lst, 2, &list));
	assert_memory_equal(list.bytes, "\xb9\xa3", 2);

	/* Ours has the same header to the byte, and the same claims. */
	struct house house;
	house_open(&house);
	const struct yf_status_token token = {
		.uri = YF_STR("https://example.com/statuslists/1"),
		.issued_at_s = 1686920170,
		.expires_s = 2291720170,
		.ttl_s = 43200,
		.list = list,
	};
	struct yf_cose_sign1 ours;
	const struct yf_cbor *our_claims;
	OK(yf_status_cwt_make(arena, &house.issuer, &token, &made));
	OK(yf_cbor_parse(arena, made, YF_CBOR_LENIENT, &item));
	OK(yf_cose_sign1_read(arena, item, YF_COSE_TAGGED, &ours));
	assert_true(yf_bytes_eq(ours.protected_bytes, sign1.protected_bytes));
	OK(yf_cbor_parse(arena, ours.payload, YF_CBOR_DETERMINISTIC,
			 &our_claims));
	static const int64_t same[] = { 2, 4, 6, 65534 };
	for (size_t i = 0; i < YF_COUNT(same); i++)
		assert_true(yf_cbor_eq(yf_cbor_get_int(claims, same[i]),
				       yf_cbor_get_int(our_claims, same[i])));
	assert_int_equal(ours.payload.len, sign1.payload.len);
	house_close(&house);
}

static void draft_encodings(void **state)
{
	static const struct {
		const char *name;
		unsigned bits;
		size_t len; /* of the unpacked list */
	} rows[] = {
		{ "encoding_cbor", 1, 2 },
		{ "encoding2_cbor", 2, 3 },
		{ "encoding1_long_cbor", 1, 0 },
		{ "encoding2_long_cbor", 2, 0 },
		{ "encoding4_cbor", 4, 0 },
		{ "encoding8_cbor", 8, 0 },
	};

	(void)state;
	for (size_t i = 0; i < YF_COUNT(rows); i++) {
		YF_AUTO(arena) arena = yf_arena_new(64 * 1024 * 1024);
		const struct yf_cbor *map;
		struct yf_status_list list, again;
		yf_bytes bytes, lst, packed;
		int64_t bits;

		if (!load_hex(arena, rows[i].name, &bytes))
			skip();
		OK(yf_cbor_parse(arena, bytes, YF_CBOR_LENIENT, &map));
		OK(yf_cbor_take_int(yf_cbor_get(map, "bits"), &bits));
		assert_int_equal(bits, rows[i].bits);
		OK(yf_cbor_take_bytes(yf_cbor_get(map, "lst"), &lst));
		OK(yf_status_list_unpack(arena, rows[i].bits, lst,
					 YF_STATUS_BYTES_MAX, &list));
		if (rows[i].len)
			assert_int_equal(list.len, rows[i].len);
		OK(yf_status_list_pack(arena, &list, &packed));
		OK(yf_status_list_unpack(arena, rows[i].bits, packed,
					 YF_STATUS_BYTES_MAX, &again));
		assert_int_equal(again.len, list.len);
		assert_memory_equal(again.bytes, list.bytes, list.len);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip),
		cmocka_unit_test(refusals),
		cmocka_unit_test(payload_table),
		cmocka_unit_test(tags),
		cmocka_unit_test(draft_cwt),
		cmocka_unit_test(draft_encodings),
	};
	return cmocka_run_group_tests_name("credential/status_cwt", tests, NULL,
					   NULL);
}
