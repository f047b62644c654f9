#include "credential/status_list.h"

#include "../support/expect.h"
#include "../support/house.h"
#include "base/file.h"
#include "codec/base64url.h"
#include "codec/hex.h"

/* Token Status List (draft 20) section 4.1, its two worked examples. */
static void worked_examples(void **state)
{
	static const uint8_t ones[] = { 1, 0, 0, 1, 1, 1, 0, 1,
					1, 1, 0, 0, 0, 1, 0, 1 };
	static const uint8_t twos[] = { 1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3 };
	YF_AUTO(arena) arena = yf_arena_new(256 * 1024);
	struct yf_status_list list;
	yf_str text, hex;
	yf_bytes packed;

	(void)state;
	OK(yf_status_list_new(arena, 1, sizeof(ones), &list));
	for (size_t i = 0; i < sizeof(ones); i++)
		OK(yf_status_list_set(&list, (int64_t)i, ones[i]));
	assert_memory_equal(list.bytes, "\xb9\xa3", 2);
	OK(yf_status_list_encode(arena, &list, &text));
	OK(yf_base64url_decode(arena, text, &packed));
	OK(yf_hex_encode(arena, packed, &hex));
	assert_true(yf_str_is(hex, "78dadbb918000217015d"));

	OK(yf_status_list_new(arena, 2, sizeof(twos), &list));
	for (size_t i = 0; i < sizeof(twos); i++)
		OK(yf_status_list_set(&list, (int64_t)i, twos[i]));
	assert_memory_equal(list.bytes, "\xc9\x44\xf9", 3);
	OK(yf_status_list_encode(arena, &list, &text));
	OK(yf_base64url_decode(arena, text, &packed));
	OK(yf_hex_encode(arena, packed, &hex));
	assert_true(yf_str_is(hex, "78da3be9f2130003df0207"));
}

/* What is set is what is got, for each width, and nothing else changes. */
static void widths(void **state)
{
	static const unsigned bits[] = { 1, 2, 4, 8 };

	(void)state;
	for (size_t i = 0; i < YF_COUNT(bits); i++) {
		YF_AUTO(arena) arena = yf_arena_new(256 * 1024);
		const uint8_t most = (uint8_t)((1u << bits[i]) - 1);
		struct yf_status_list list, again;
		uint8_t status;
		yf_str text;

		OK(yf_status_list_new(arena, bits[i], 1000, &list));
		assert_int_equal(yf_status_list_count(&list), 1000);
		for (int64_t at = 0; at < 1000; at++)
			OK(yf_status_list_set(&list, at,
					      (uint8_t)(at * 7) & most));
		OK(yf_status_list_set(&list, 500, 0));
		OK(yf_status_list_set(&list, 500, most));
		OK(yf_status_list_encode(arena, &list, &text));
		OK(yf_status_list_decode(arena, bits[i], text, 1000, &again));
		for (int64_t at = 0; at < 1000; at++) {
			OK(yf_status_list_get(&again, at, &status));
			assert_int_equal(status,
					 at == 500 ? most
						   : (uint8_t)(at * 7) & most);
		}
		FAILS(yf_status_list_get(&again, 1000, &status), RANGE);
		FAILS(yf_status_list_get(&again, -1, &status), RANGE);
		FAILS(yf_status_list_get(&again, INT64_MAX, &status), RANGE);
		if (bits[i] < 8)
			FAILS(yf_status_list_set(&again, 0,
						 (uint8_t)(most + 1)),
			      RANGE);
	}
	YF_AUTO(arena) arena = yf_arena_new(4096);
	struct yf_status_list list;
	FAILS(yf_status_list_new(arena, 3, 8, &list), RANGE);
	FAILS(yf_status_list_new(arena, 0, 8, &list), RANGE);
	FAILS(yf_status_list_new(arena, 1, 0, &list), RANGE);
	FAILS(yf_status_list_new(arena, 8, YF_STATUS_BYTES_MAX + 1, &list),
	      TOO_LARGE);
	FAILS(yf_status_list_new(arena, 1, 1 << 20, &list), MEMORY);
}

static void decode_refusals(void **state)
{
	YF_AUTO(arena) arena = yf_arena_new(8 * 1024 * 1024);
	struct yf_status_list list;
	yf_str text;
	yf_bytes packed;

	(void)state;
	/* A bomb: four megabytes of zeros in a few thousand characters. */
	OK(yf_status_list_new(arena, 8, 4 * 1024 * 1024, &list));
	OK(yf_status_list_encode(arena, &list, &text));
	assert_true(text.len < 8192);
	FAILS(yf_status_list_decode(arena, 8, text, 4 * 1024 * 1024 - 1, &list),
	      TOO_LARGE);
	YF_AUTO(arena) small = yf_arena_new(1024 * 1024);
	FAILS(yf_status_list_decode(small, 8, text, YF_STATUS_BYTES_MAX, &list),
	      MEMORY);

	text = YF_STR("eNrbuRgAAhcBXQ");
	OK(yf_status_list_decode(arena, 1, text, 2, &list));
	FAILS(yf_status_list_decode(arena, 1, text, 1, &list), TOO_LARGE);
	FAILS(yf_status_list_decode(arena, 3, text, 2, &list), RANGE);
	FAILS(yf_status_list_decode(arena, 1, YF_STR(""), 9, &list), SYNTAX);
	FAILS(yf_status_list_decode(arena, 1, YF_STR("eNrbuRgAAhcBXQ=="), 9,
				    &list),
	      SYNTAX);
	OK(yf_base64url_decode(arena, text, &packed));
	uint8_t *bytes = YF_NEW(arena, uint8_t, packed.len + 1);
	for (size_t i = 0; i < packed.len; i++) {
		yf_str bad;
		OK(yf_base64url_encode(arena, (yf_bytes){ packed.ptr, i },
				       &bad));
		FAILS(yf_status_list_decode(arena, 1, bad, 99, &list), SYNTAX);
	}
	memcpy(bytes, packed.ptr, packed.len);
	OK(yf_base64url_encode(arena, (yf_bytes){ bytes, packed.len + 1 },
			       &text));
	FAILS(yf_status_list_decode(arena, 1, text, 99, &list), SYNTAX);
	bytes[packed.len - 1] ^= 1; /* the checksum */
	OK(yf_base64url_encode(arena, (yf_bytes){ bytes, packed.len }, &text));
	FAILS(yf_status_list_decode(arena, 1, text, 99, &list), SYNTAX);
}

/* --- the signed list --- */

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
		.uri = YF_STR(URI),
		.now_s = HOUSE_NOW_S + 1,
		.skew_s = 60,
		.len_max = 4096,
	};
}

static void token_round_trip(void **state)
{
	struct house house;
	struct yf_status_token got;
	uint8_t status;
	yf_str jwt;

	(void)state;
	house_open(&house);
	const struct yf_status_token token = good_token(&house);
	const struct yf_status_rule rule = good_rule(&house);
	OK(yf_status_token_make(house.arena, &house.issuer, &token, &jwt));
	OK(yf_status_token_verify(house.arena, jwt, &rule, &got));
	assert_int_equal(got.ttl_s, 600);
	assert_int_equal(got.expires_s, HOUSE_NOW_S + 3600);
	OK(yf_status_list_get(&got.list, 7, &status));
	assert_int_equal(status, YF_STATUS_SUSPENDED);
	OK(yf_status_list_get(&got.list, 8, &status));
	assert_int_equal(status, YF_STATUS_VALID);
	FAILS(yf_status_list_get(&got.list, 64, &status), RANGE);

	struct yf_status_rule other = rule;
	other.uri = YF_STR("https://issuer.example/status/2");
	FAILS(yf_status_token_verify(house.arena, jwt, &other, &got), AUDIENCE);
	other = rule;
	other.now_s = HOUSE_NOW_S + 3660;
	FAILS(yf_status_token_verify(house.arena, jwt, &other, &got), EXPIRED);
	other.now_s = HOUSE_NOW_S - 61;
	FAILS(yf_status_token_verify(house.arena, jwt, &other, &got), NOT_YET);
	other = rule;
	other.trust = NULL;
	FAILS(yf_status_token_verify(house.arena, jwt, &other, &got),
	      UNTRUSTED);
	other = rule;
	other.eku = YF_EKU_READER;
	FAILS(yf_status_token_verify(house.arena, jwt, &other, &got),
	      UNTRUSTED);
	other = rule;
	other.len_max = 15;
	FAILS(yf_status_token_verify(house.arena, jwt, &other, &got),
	      TOO_LARGE);

	for (size_t i = 0; i < jwt.len; i++) {
		YF_AUTO(arena) arena = yf_arena_new(128 * 1024);
		char *bad = YF_NEW(arena, char, jwt.len);
		memcpy(bad, jwt.ptr, jwt.len);
		bad[i] = bad[i] == 'A' ? 'B' : 'A';
		assert_true(yf_failed(yf_status_token_verify(
			arena, (yf_str){ bad, jwt.len }, &rule, &got)));
		assert_true(yf_failed(yf_status_token_verify(
			arena, (yf_str){ jwt.ptr, i }, &rule, &got)));
	}
	house_close(&house);
}

static const struct {
	const char *typ;
	const char *payload;
	const char *want;
} payloads[] = {
	{ "statuslist+jwt",
	  "{\"sub\":\"" URI "\",\"iat\":1800000000,\"status_list\":"
	  "{\"bits\":1,\"lst\":\"eNrbuRgAAhcBXQ\"}}",
	  "OK" },
	{ "statuslist+jwt",
	  "{\"sub\":\"" URI "\",\"iat\":1799900000,\"status_list\":"
	  "{\"bits\":1,\"lst\":\"eNrbuRgAAhcBXQ\"}}",
	  "EXPIRED" },
	{ "statuslist+jwt",
	  "{\"sub\":\"" URI "\",\"iat\":1799900000,\"ttl\":200000,"
	  "\"status_list\":{\"bits\":1,\"lst\":\"eNrbuRgAAhcBXQ\"}}",
	  "OK" },
	{ "statuslist+cwt",
	  "{\"sub\":\"" URI "\",\"iat\":1800000000,\"status_list\":"
	  "{\"bits\":1,\"lst\":\"eNrbuRgAAhcBXQ\"}}",
	  "TYP" },
	{ "statuslist+jwt",
	  "{\"sub\":\"" URI "\",\"status_list\":"
	  "{\"bits\":1,\"lst\":\"eNrbuRgAAhcBXQ\"}}",
	  "MISSING" },
	{ "statuslist+jwt", "{\"sub\":\"" URI "\",\"iat\":1800000000}",
	  "MISSING" },
	{ "statuslist+jwt",
	  "{\"iat\":1800000000,\"status_list\":"
	  "{\"bits\":1,\"lst\":\"eNrbuRgAAhcBXQ\"}}",
	  "MISSING" },
	{ "statuslist+jwt",
	  "{\"sub\":\"" URI "\",\"iat\":1800000000,\"status_list\":"
	  "{\"bits\":3,\"lst\":\"eNrbuRgAAhcBXQ\"}}",
	  "RANGE" },
	{ "statuslist+jwt",
	  "{\"sub\":\"" URI "\",\"iat\":1800000000,\"status_list\":"
	  "{\"bits\":-8,\"lst\":\"eNrbuRgAAhcBXQ\"}}",
	  "RANGE" },
	{ "statuslist+jwt",
	  "{\"sub\":\"" URI "\",\"iat\":1800000000,\"status_list\":"
	  "{\"bits\":4294967297,\"lst\":\"eNrbuRgAAhcBXQ\"}}",
	  "RANGE" },
	{ "statuslist+jwt",
	  "{\"sub\":\"" URI "\",\"iat\":1800000000,\"status_list\":"
	  "{\"bits\":\"1\",\"lst\":\"eNrbuRgAAhcBXQ\"}}",
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
		const struct yf_jws_header header = {
			.typ = yf_str_of(payloads[i].typ), .x5c = &chain
		};
		struct yf_status_token got;
		yf_str jwt;

		OK(yf_jws_sign(house.arena, &house.issuer, &header,
			       yf_str_of(payloads[i].payload), &jwt));
		assert_string_equal(yf_err_name(yf_status_token_verify(
					    house.arena, jwt, &rule, &got)),
				    payloads[i].want);
	}
	house_close(&house);
}

/* --- the encodings of the draft --- */

#define VECTORS "../shared/vectors/statuslist/status_list_encoding"

/* The JSON object of a file that is folded for print. */
static const struct yf_json *load_folded(struct yf_arena *arena,
					 const char *name)
{
	struct yf_buf buf = yf_buf_new(arena, 4096);
	const struct yf_json *tree;
	const char *path;
	yf_bytes bytes;
	yf_str text;

	OK(yf_str_format(arena, &text, VECTORS "%s_json.md", name));
	path = text.ptr;
	OK(yf_file_load(arena, path, 65536, &bytes));
	text = yf_str_from(bytes);
	const char *start = memchr(text.ptr, '{', text.len);
	assert_non_null(start);
	for (; start < text.ptr + text.len; start++)
		if (*start != '\n' && *start != ' ')
			yf_buf_char(&buf, *start);
	OK(yf_buf_str(&buf, &text));
	OK(yf_json_parse(arena, text, &tree));
	return tree;
}

static void draft_encodings(void **state)
{
	/* Draft 20 appendix B: entries that are not 0. */
	static const struct {
		const char *name;
		unsigned bits;
		int64_t count;
		struct {
			int64_t index;
			uint8_t status;
		} some[9];
	} rows[] = {
		{ "", 1, 16, { { 0, 1 }, { 1, 0 }, { 15, 1 } } },
		{ "2", 2, 12, { { 0, 1 }, { 1, 2 }, { 3, 3 }, { 11, 3 } } },
		{ "1_long",
		  1,
		  1 << 20,
		  { { 0, 1 },
		    { 1993, 1 },
		    { 25460, 1 },
		    { 159495, 1 },
		    { 495669, 1 },
		    { 554353, 1 },
		    { 645645, 1 },
		    { 723232, 1 },
		    { 854545, 1 } } },
		{ "2_long",
		  2,
		  1 << 20,
		  { { 0, 1 },
		    { 1993, 2 },
		    { 25460, 1 },
		    { 159495, 3 },
		    { 495669, 1 },
		    { 554353, 1 },
		    { 645645, 2 },
		    { 723232, 1 },
		    { 854545, 1 } } },
		{ "4",
		  4,
		  1 << 20,
		  { { 0, 1 },
		    { 1993, 2 },
		    { 35460, 3 },
		    { 459495, 4 },
		    { 595669, 5 },
		    { 754353, 6 },
		    { 845645, 7 },
		    { 923232, 8 },
		    { 924445, 9 } } },
	};
	YF_AUTO(arena) arena = yf_arena_new(64 * 1024 * 1024);

	(void)state;
	if (!yf_file_exists(VECTORS "_json.md")) {
		print_message("SKIPPED: no " VECTORS "_json.md\n");
		skip();
	}
	for (size_t i = 0; i < YF_COUNT(rows); i++) {
		const struct yf_json *json = load_folded(arena, rows[i].name);
		const unsigned bits =
			(unsigned)yf_json_get(json, "bits")->integer;
		struct yf_status_list list;
		uint8_t status;

		print_message("  %s\n", rows[i].name);
		assert_int_equal(bits, rows[i].bits);
		OK(yf_status_list_decode(arena, bits, yf_json_text(json, "lst"),
					 YF_STATUS_BYTES_MAX, &list));
		assert_true(yf_status_list_count(&list) ==
			    (size_t)rows[i].count);
		for (size_t j = 0; j < 9; j++) {
			if (j && !rows[i].some[j].index)
				break;
			OK(yf_status_list_get(&list, rows[i].some[j].index,
					      &status));
			assert_int_equal(status, rows[i].some[j].status);
		}
		yf_str text;
		OK(yf_status_list_encode(arena, &list, &text));
		struct yf_status_list again;
		OK(yf_status_list_decode(arena, bits, text, YF_STATUS_BYTES_MAX,
					 &again));
		assert_int_equal(list.len, again.len);
		assert_memory_equal(list.bytes, again.bytes, list.len);
	}
	/* 8 bits: every value once, in scattered places. */
	const struct yf_json *json = load_folded(arena, "8");
	struct yf_status_list list;
	size_t seen[256] = { 0 };
	OK(yf_status_list_decode(arena, 8, yf_json_text(json, "lst"),
				 YF_STATUS_BYTES_MAX, &list));
	for (size_t i = 0; i < list.len; i++)
		seen[list.bytes[i]]++;
	for (size_t i = 1; i < 256; i++)
		assert_int_equal(seen[i], 1);
}

/* The signed example of the draft parses and has its list. */
static void draft_jwt(void **state)
{
	static const char path[] =
		"../shared/vectors/statuslist/status_list_jwt_raw.md";
	YF_AUTO(arena) arena = yf_arena_new(256 * 1024);
	struct yf_buf buf = yf_buf_new(arena, 1024);
	const struct yf_json *claims;
	struct yf_status_list list;
	struct yf_jws jws;
	yf_bytes bytes;
	yf_str text;

	(void)state;
	if (!yf_file_exists(path)) {
		print_message("SKIPPED: no %s\n", path);
		skip();
	}
	OK(yf_file_load(arena, path, 65536, &bytes));
	for (size_t i = 0; i < bytes.len; i++)
		if (bytes.ptr[i] > ' ')
			yf_buf_char(&buf, (char)bytes.ptr[i]);
	OK(yf_buf_str(&buf, &text));
	OK(yf_jws_parse(arena, text, &jws));
	assert_true(yf_str_is(jws.typ, "statuslist+jwt"));
	assert_true(yf_str_is(jws.kid, "12"));
	OK(yf_json_parse(arena, jws.payload, &claims));
	OK(yf_status_list_decode(
		arena, 1,
		yf_json_text(yf_json_get(claims, "status_list"), "lst"), 2,
		&list));
	assert_memory_equal(list.bytes, "\xb9\xa3", 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(worked_examples),
		cmocka_unit_test(widths),
		cmocka_unit_test(decode_refusals),
		cmocka_unit_test(token_round_trip),
		cmocka_unit_test(payload_table),
		cmocka_unit_test(draft_encodings),
		cmocka_unit_test(draft_jwt),
	};
	return cmocka_run_group_tests_name("credential/status_list", tests,
					   NULL, NULL);
}
