#include "crypto/cose.h"

#include "../support/expect.h"
#include "../support/house.h"
#include "codec/hex.h"

static const struct yf_cbor *parse(struct yf_arena *arena, yf_bytes bytes)
{
	const struct yf_cbor *item;

	OK(yf_cbor_parse(arena, bytes, YF_CBOR_LENIENT, &item));
	return item;
}

static const struct yf_cbor *parse_hex(struct yf_arena *arena, const char *hex)
{
	yf_bytes bytes;

	OK(yf_hex_decode(arena, yf_str_of(hex), &bytes));
	return parse(arena, bytes);
}

/*
 * RFC 9052 appendix C.2.1: made by the key "11" of appendix C.7.1 over "This
 * is the content.".
 */
static const char example[] =
	"d28443a10126a10442313154546869732069732074686520636f6e74656e742e5840"
	"8eb33e4ca31d1c465ab05aac34cc6b23d58fef5c083106c4d25a91aef0b0117e"
	"2af9a291aa32e14ab834dc56ed2a223444547e01f11d3b0916e5a4c345cacb36";
static const char example_key[] =
	"a401022001215820bac5b11cad8f99f9c72b05cf4b9e26d244dc189f745228255a"
	"219a86d6a09eff22582020138bf82dc1b6d562be0fa54ab7804a3a64b6d72ccfed"
	"6b6fb6ed28bbfc117e";

static void rfc9052_c_2_1(void **state)
{
	YF_AUTO(arena) arena = yf_arena_new(256 * 1024);
	const struct yf_cbor *item = parse_hex(arena, example);
	struct yf_cose_sign1 sign1;
	struct yf_public_key key;

	(void)state;
	OK(yf_cose_key_parse(parse_hex(arena, example_key), &key));
	OK(yf_cose_sign1_read(arena, item, YF_COSE_TAGGED, &sign1));
	assert_true(
		yf_str_is(yf_str_from(sign1.payload), "This is the content."));
	OK(yf_cose_sign1_verify(&sign1, sign1.payload, &key));
	FAILS(yf_cose_sign1_verify(&sign1, yf_bytes_of(YF_STR("other")), &key),
	      SIGNATURE);
	FAILS(yf_cose_sign1_read(arena, item, YF_COSE_UNTAGGED, &sign1),
	      SYNTAX);
	OK(yf_cose_sign1_read(arena, item->first, YF_COSE_UNTAGGED, &sign1));
	OK(yf_cose_sign1_read(arena, item->first, YF_COSE_EITHER, &sign1));
	OK(yf_cose_sign1_read(arena, item, YF_COSE_EITHER, &sign1));
	FAILS(yf_cose_sign1_read(arena, item->first, YF_COSE_TAGGED, &sign1),
	      SYNTAX);
	FAILS(yf_cose_sign1_read(arena, NULL, YF_COSE_EITHER, &sign1), SYNTAX);
}

/* --- headers --- */

#define ZERO8 "0000000000000000"
#define ZERO32 ZERO8 ZERO8 ZERO8 ZERO8
#define SIG "5840" ZERO32 ZERO32

static const struct {
	const char *name;
	const char *hex; /* the first three items; a signature follows */
	const char *want;
} headers[] = {
	{ "ES256", "8443a10126a040", "OK" },
	{ "ESP256", "8443a10128a040", "OK" },
	{ "detached", "8443a10126a0f6", "OK" },
	{ "no alg", "8441a0a040", "ALGORITHM" },
	{ "empty protected", "8440a040", "ALGORITHM" },
	{ "alg not protected", "8440a1012640", "ALGORITHM" },
	{ "ES384", "8444a1013822a040", "ALGORITHM" },
	{ "EdDSA", "8443a10127a040", "ALGORITHM" },
	{ "HMAC 256/256", "8443a10105a040", "ALGORITHM" },
	{ "alg none", "8443a10100a040", "ALGORITHM" },
	{ "alg as text", "8448a101654553323536a040", "ALGORITHM" },
	{ "alg twice", "8445a201260126a040", "DUPLICATE" },
	{ "alg in both", "8443a10126a1012640", "DUPLICATE" },
	{ "crit", "8446a20126028101a040", "UNSUPPORTED" },
	{ "crit not protected", "8443a10126a102810140", "UNSUPPORTED" },
	{ "protected is a map", "84a10126a040", "SYNTAX" },
	{ "protected is an array", "844180a040", "SYNTAX" },
	{ "protected with more behind", "8444a1012600a040", "SYNTAX" },
	{ "unprotected is bytes", "8443a101264040", "SYNTAX" },
	{ "payload is text", "8443a10126a060", "SYNTAX" },
	{ "payload is undefined", "8443a10126a0f7", "SYNTAX" },
	{ "x5chain", "8443a10126a1182142010240", "OK" },
	{ "x5chain of two",
	  "8443a10126a118218241014102"
	  "40",
	  "OK" },
	{ "x5chain protected",
	  "8448a20126182142aabb"
	  "a040",
	  "OK" },
	{ "x5chain empty", "8443a10126a118218040", "SYNTAX" },
	{ "x5chain of texts",
	  "8443a10126a11821816140"
	  "40",
	  "SYNTAX" },
	{ "x5chain a number", "8443a10126a118210140", "SYNTAX" },
	{ "x5chain of six",
	  "8443a10126a1182186404040404040"
	  "40",
	  "TOO_LARGE" },
	{ "five items", "8543a10126a04040", "SYNTAX" },
	{ "three items", "8343a10126a0", "SYNTAX" },
	{ "a map", "a243a10126a040", "SYNTAX" },
};

static void header_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < YF_COUNT(headers); i++) {
		YF_AUTO(arena) arena = yf_arena_new(256 * 1024);
		struct yf_cose_sign1 sign1;
		yf_str hex;

		print_message("  %s\n", headers[i].name);
		OK(yf_str_format(arena, &hex, "%s" SIG, headers[i].hex));
		assert_string_equal(yf_err_name(yf_cose_sign1_read(
					    arena, parse_hex(arena, hex.ptr),
					    YF_COSE_UNTAGGED, &sign1)),
				    headers[i].want);
	}
}

static void signature_length(void **state)
{
	YF_AUTO(arena) arena = yf_arena_new(256 * 1024);
	struct yf_cose_sign1 sign1;

	(void)state;
	FAILS(yf_cose_sign1_read(arena, parse_hex(arena, "8443a10126a04040"),
				 YF_COSE_UNTAGGED, &sign1),
	      SYNTAX);
	FAILS(yf_cose_sign1_read(arena, parse_hex(arena, "8443a10126a04041ff"),
				 YF_COSE_UNTAGGED, &sign1),
	      SYNTAX);
}

/* --- keys --- */

#define X "bac5b11cad8f99f9c72b05cf4b9e26d244dc189f745228255a219a86d6a09eff"
#define Y "20138bf82dc1b6d562be0fa54ab7804a3a64b6d72ccfed6b6fb6ed28bbfc117e"

static const struct {
	const char *name;
	const char *hex;
	const char *want;
} keys[] = {
	{ "plain", "a401022001215820" X "225820" Y, "OK" },
	{ "other order", "a4225820" Y "215820" X "20010102", "OK" },
	{ "kid, alg and key_ops",
	  "a70102024131032604810220012158"
	  "20" X "225820" Y,
	  "OK" },
	{ "ESP256",
	  "a50102032820012158"
	  "20" X "225820" Y,
	  "OK" },
	{ "ECDH",
	  "a50102033818"
	  "20012158"
	  "20" X "225820" Y,
	  "OK" },
	{ "alg for another curve",
	  "a50102033822"
	  "20012158"
	  "20" X "225820" Y,
	  "KEY" },
	{ "private", "a501022001215820" X "225820" Y "235820" X, "KEY" },
	{ "compressed", "a401022001215820" X "22f5", "KEY" },
	{ "P-384", "a401022002215820" X "225820" Y, "KEY" },
	{ "OKP", "a401012001215820" X "225820" Y, "KEY" },
	{ "kty as text", "a401634543322001215820" X "225820" Y, "KEY" },
	{ "no y", "a301022001215820" X, "KEY" },
	{ "x of 31 bytes",
	  "a40102200121581f"
	  "c5b11cad8f99f9c72b05cf4b9e26d244dc189f745228255a219a86d6a09eff"
	  "225820" Y,
	  "KEY" },
	{ "not on the curve", "a401022001215820" X "225820" X, "KEY" },
	{ "x over the prime",
	  "a401022001215820"
	  "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
	  "225820" Y,
	  "KEY" },
	{ "no map", "80", "KEY" },
};

static void key_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < YF_COUNT(keys); i++) {
		YF_AUTO(arena) arena = yf_arena_new(256 * 1024);
		struct yf_public_key key, again;
		yf_bytes bytes;

		print_message("  %s\n", keys[i].name);
		const yf_err err =
			yf_cose_key_parse(parse_hex(arena, keys[i].hex), &key);
		assert_string_equal(yf_err_name(err), keys[i].want);
		if (yf_failed(err))
			continue;
		struct yf_buf buf = yf_buf_new(arena, 80);
		yf_cose_key_put(&buf, &key);
		OK(yf_buf_bytes(&buf, &bytes));
		OK(yf_cose_key_parse(parse(arena, bytes), &again));
		assert_true(yf_public_key_eq(&key, &again));
	}
	struct yf_public_key key;
	FAILS(yf_cose_key_parse(NULL, &key), KEY);
}

/* --- signing --- */

static void sign_and_verify(void **state)
{
	struct house house;
	struct yf_cose_sign1 sign1;
	struct yf_chain chain;
	yf_bytes bytes;
	const yf_bytes payload = yf_bytes_of(YF_STR("payload"));

	(void)state;
	house_open(&house);
	OK(yf_signer_chain(&house.issuer, &chain));
	for (unsigned i = 0; i < 16; i++) {
		const struct yf_cose_ask ask = {
			.tagged = i & 1,
			.typ = i & 2 ? YF_STR("application/statuslist+cwt")
				     : YF_STR(""),
			.kid = yf_bytes_of(i & 4 ? YF_STR("k") : YF_STR("")),
			.x5chain = i & 4 ? &chain : NULL,
			.detached = i & 8,
		};
		struct yf_buf buf = yf_buf_new(house.arena, 64);
		struct yf_public_key key;

		OK(yf_cose_sign1_put(&buf, &house.issuer, &ask, payload));
		OK(yf_buf_bytes(&buf, &bytes));
		const struct yf_cbor *item;
		OK(yf_cbor_parse(house.arena, bytes, YF_CBOR_DETERMINISTIC,
				 &item));
		OK(yf_cose_sign1_read(house.arena, item,
				      ask.tagged ? YF_COSE_TAGGED
						 : YF_COSE_UNTAGGED,
				      &sign1));
		OK(yf_signer_public_key(&house.issuer, &key));
		assert_true(sign1.detached == ask.detached);
		assert_int_equal(sign1.x5chain.count, i & 4 ? 1 : 0);
		OK(yf_cose_sign1_verify(&sign1, payload, &key));
		FAILS(yf_cose_sign1_verify(&sign1, payload,
					   yf_key_public(house.other_key)),
		      SIGNATURE);
	}
	house_close(&house);
}

/* Each byte that is signed matters, and the signature as well. */
static void flipped(void **state)
{
	YF_AUTO(arena) arena = yf_arena_new(16 * 1024 * 1024);
	struct yf_public_key key;
	yf_bytes bytes;
	size_t refused = 0;

	(void)state;
	OK(yf_cose_key_parse(parse_hex(arena, example_key), &key));
	OK(yf_hex_decode(arena, yf_str_of(example), &bytes));
	uint8_t *copy = YF_NEW(arena, uint8_t, bytes.len);
	for (size_t i = 0; i < bytes.len; i++) {
		const struct yf_cbor *item;
		struct yf_cose_sign1 sign1;

		memcpy(copy, bytes.ptr, bytes.len);
		copy[i] ^= 1;
		yf_err err = yf_cbor_parse(arena, (yf_bytes){ copy, bytes.len },
					   YF_CBOR_LENIENT, &item);
		if (!yf_failed(err))
			err = yf_cose_sign1_read(arena, item, YF_COSE_TAGGED,
						 &sign1);
		if (!yf_failed(err))
			err = yf_cose_sign1_verify(&sign1, sign1.payload, &key);
		/* Only the unprotected kid may change: 5 bytes of it. */
		if (i >= 6 && i <= 10 && !yf_failed(err))
			continue;
		assert_true(yf_failed(err));
		refused++;
	}
	assert_true(refused >= bytes.len - 5);
	for (size_t len = 0; len < bytes.len; len++) {
		const struct yf_cbor *item;
		FAILS(yf_cbor_parse(arena, (yf_bytes){ bytes.ptr, len },
				    YF_CBOR_LENIENT, &item),
		      SYNTAX);
	}
}

/* --- Mac0 --- */

static void mac0(void **state)
{
	YF_AUTO(arena) arena = yf_arena_new(256 * 1024);
	struct yf_secret key = { { 1, 2, 3 } };
	const yf_bytes payload = yf_bytes_of(YF_STR("payload"));
	struct yf_buf buf = yf_buf_new(arena, 64);
	struct yf_cose_mac0 got;
	yf_bytes bytes;

	(void)state;
	yf_cose_mac0_put_detached(&buf, &key, payload);
	OK(yf_buf_bytes(&buf, &bytes));
	OK(yf_cose_mac0_read(arena, parse(arena, bytes), &got));
	assert_true(got.detached);
	OK(yf_cose_mac0_verify(&got, payload, &key));
	FAILS(yf_cose_mac0_verify(&got, yf_bytes_of(YF_STR("Payload")), &key),
	      SIGNATURE);
	key.bytes[31] ^= 1;
	FAILS(yf_cose_mac0_verify(&got, payload, &key), SIGNATURE);
	FAILS(yf_cose_mac0_read(arena, parse_hex(arena, "8443a10126a0f640"),
				&got),
	      ALGORITHM);
	FAILS(yf_cose_mac0_read(arena, parse_hex(arena, "8443a10105a0f640"),
				&got),
	      SYNTAX);
	FAILS(yf_cose_mac0_read(arena, NULL, &got), SYNTAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rfc9052_c_2_1),
		cmocka_unit_test(header_table),
		cmocka_unit_test(signature_length),
		cmocka_unit_test(key_table),
		cmocka_unit_test(sign_and_verify),
		cmocka_unit_test(flipped),
		cmocka_unit_test(mac0),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
