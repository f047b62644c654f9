#include "credential/engagement.h"

#include "../support/expect.h"
#include "../support/vector.h"
#include "codec/base64url.h"
#include "codec/hex.h"

/* ISO 18013-5 Annex D.3.1, read and written again to the byte. */
static void annex_d(void **state)
{
	YF_AUTO(arena) arena = yf_arena_new(1024 * 1024);
	struct yf_engagement got;
	yf_bytes again;
	yf_str text;

	(void)state;
	const struct yf_json *vector =
		vector_load(arena, "iso18013-5-annex-d.json");
	if (!vector)
		skip();
	const yf_bytes bytes = vector_hex(arena, vector, "DEVICE_ENGAGEMENT");
	OK(yf_engagement_parse(arena, bytes, &got));
	assert_memory_equal(
		got.device_key.x,
		vector_hex(arena, vector, "EPHEMERAL_DEVICE_KEY_X").ptr, 32);
	assert_memory_equal(
		got.device_key.y,
		vector_hex(arena, vector, "EPHEMERAL_DEVICE_KEY_Y").ptr, 32);
	assert_int_equal(got.method_count, 1);
	assert_int_equal(got.methods[0].type, YF_RETRIEVAL_BLE);
	assert_int_equal(got.methods[0].version, 1);
	OK(yf_engagement_encode(arena, &got.device_key, got.methods,
				got.method_count, &again));
	assert_true(yf_bytes_eq(bytes, again));
	OK(yf_engagement_to_qr(arena, bytes, &text));
	OK(yf_engagement_from_qr(arena, text, &got));
	assert_true(yf_bytes_eq(got.raw, bytes));
}

static void methods(void **state)
{
	YF_AUTO(arena) arena = yf_arena_new(1024 * 1024);
	const struct yf_retrieval given[] = {
		{ .type = YF_RETRIEVAL_HTTP,
		  .version = 1,
		  .uri = YF_STR("https://wallet.example/m") },
		{ .type = YF_RETRIEVAL_TCP,
		  .version = 1,
		  .host = YF_STR("192.0.2.1"),
		  .port = 65535 },
	};
	struct yf_retrieval many[YF_RETRIEVAL_MAX + 1];
	struct yf_engagement got;
	const struct yf_cbor *item;
	struct yf_key *made;
	yf_bytes bytes;

	(void)state;
	OK(yf_key_new(&made));
	YF_AUTO(key) key = made;
	OK(yf_engagement_encode(arena, yf_key_public(key), given, 2, &bytes));
	OK(yf_cbor_parse(arena, bytes, YF_CBOR_DETERMINISTIC, &item));
	OK(yf_engagement_parse(arena, bytes, &got));
	assert_int_equal(got.method_count, 2);
	assert_true(yf_str_eq(got.methods[0].uri, given[0].uri));
	assert_true(yf_str_eq(got.methods[1].host, given[1].host));
	assert_int_equal(got.methods[1].port, 65535);
	assert_true(yf_public_key_eq(&got.device_key, yf_key_public(key)));
	OK(yf_engagement_encode(arena, yf_key_public(key), NULL, 0, &bytes));
	OK(yf_engagement_parse(arena, bytes, &got));
	assert_int_equal(got.method_count, 0);
	for (size_t i = 0; i < YF_COUNT(many); i++)
		many[i] = given[0];
	FAILS(yf_engagement_encode(arena, yf_key_public(key), many,
				   YF_COUNT(many), &bytes),
	      TOO_LARGE);
}

#define KEY                                                                \
	"d818584ba401022001215820bac5b11cad8f99f9c72b05cf4b9e26d244dc189f" \
	"745228255a219a86d6a09eff22582020138bf82dc1b6d562be0fa54ab7804a3a" \
	"64b6d72ccfed6b6fb6ed28bbfc117e"
#define BAD_KEY                                                            \
	"d818584ba401022001215820bac5b11cad8f99f9c72b05cf4b9e26d244dc189f" \
	"745228255a219a86d6a09eff22582020138bf82dc1b6d562be0fa54ab7804a3a" \
	"64b6d72ccfed6b6fb6ed28bbfc117f"
#define START "0063312e30018201" KEY

static const struct {
	const char *name;
	const char *hex;
	const char *want;
} texts[] = {
	{ "least", "a2" START, "OK" },
	{ "unknown members", "a3" START "0580", "OK" },
	{ "version 1.1", "a20063312e31018201" KEY, "OK" },
	{ "version 2.0", "a20063322e30018201" KEY, "UNSUPPORTED" },
	{ "no version", "a1018201" KEY, "SYNTAX" },
	{ "no security", "a10063312e30", "SYNTAX" },
	{ "cipher suite 2", "a20063312e30018202" KEY, "UNSUPPORTED" },
	{ "a key not on the curve", "a20063312e30018201" BAD_KEY, "KEY" },
	{ "a key not in tag 24", "a20063312e30018201a0", "SYNTAX" },
	{ "methods are a map", "a3" START "02a0", "SYNTAX" },
	{ "a method without options", "a3" START "0281820401", "SYNTAX" },
	{ "HTTP without uri", "a3" START "0281830401a0", "SYNTAX" },
	{ "HTTP", "a3" START "0281830401a1006161", "OK" },
	{ "HTTP with a number", "a3" START "0281830401a10001", "SYNTAX" },
	{ "TCP", "a3" START "0281832901a2006161011850", "OK" },
	{ "TCP without port", "a3" START "0281832901a1006161", "SYNTAX" },
	{ "TCP to port 0", "a3" START "0281832901a20061610100", "RANGE" },
	{ "TCP to port 65536", "a3" START "0281832901a2006161011a00010000",
	  "RANGE" },
	{ "BLE", "a3" START "0281830201a200f401f5", "OK" },
	{ "nine methods",
	  "a3" START "0289830201a0830201a0830201a0830201a0830201a0830201a0"
	  "830201a0830201a0830201a0",
	  "TOO_LARGE" },
	{ "a key twice", "a3" START "0063312e30", "DUPLICATE" },
	{ "an array", "80", "SYNTAX" },
	{ "nothing", "", "SYNTAX" },
};

static void text_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < YF_COUNT(texts); i++) {
		YF_AUTO(arena) arena = yf_arena_new(256 * 1024);
		struct yf_engagement got;
		yf_bytes bytes;

		print_message("  %s\n", texts[i].name);
		OK(yf_hex_decode(arena, yf_str_of(texts[i].hex), &bytes));
		assert_string_equal(
			yf_err_name(yf_engagement_parse(arena, bytes, &got)),
			texts[i].want);
		if (strcmp(texts[i].want, "OK") != 0)
			continue;
		for (size_t len = 0; len < bytes.len; len++)
			FAILS(yf_engagement_parse(arena,
						  (yf_bytes){ bytes.ptr, len },
						  &got),
			      SYNTAX);
	}
}

static void qr(void **state)
{
	YF_AUTO(arena) arena = yf_arena_new(256 * 1024);
	struct yf_engagement got;

	(void)state;
	FAILS(yf_engagement_from_qr(arena, YF_STR("mdoc:"), &got), SYNTAX);
	FAILS(yf_engagement_from_qr(arena, YF_STR("mdoc"), &got), SYNTAX);
	FAILS(yf_engagement_from_qr(arena, YF_STR("MDOC:oA"), &got), SYNTAX);
	FAILS(yf_engagement_from_qr(arena, YF_STR("mdoc:oA=="), &got), SYNTAX);
	FAILS(yf_engagement_from_qr(arena, YF_STR("mdoc:oA"), &got), SYNTAX);
	char *text = YF_NEW(arena, char, 3 * YF_ENGAGEMENT_LEN_MAX);
	memset(text, 'A', 3 * (size_t)YF_ENGAGEMENT_LEN_MAX);
	memcpy(text, "mdoc:", 5);
	FAILS(yf_engagement_from_qr(
		      arena, (yf_str){ text, 3 * YF_ENGAGEMENT_LEN_MAX }, &got),
	      TOO_LARGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(annex_d),
		cmocka_unit_test(methods),
		cmocka_unit_test(text_table),
		cmocka_unit_test(qr),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
