#include "codec/cbor.h"

#include "../support/expect.h"
#include "codec/hex.h"

#include <math.h>

static yf_err parse(struct yf_arena *arena, const char *hex, yf_cbor_mode mode,
		    const struct yf_cbor **out)
{
	yf_bytes bytes;

	OK(yf_hex_decode(arena, yf_str_of(hex), &bytes));
	return yf_cbor_parse(arena, bytes, mode, out);
}

/* RFC 8949 appendix A and what lies around it. */
static const struct {
	const char *hex;
	const char *lenient;
	const char *preferred;
	const char *deterministic;
} texts[] = {
#define ALL(hex)                      \
	{                             \
		hex, "OK", "OK", "OK" \
	}
#define ONLY_LENIENT(hex)                     \
	{                                     \
		hex, "OK", "SYNTAX", "SYNTAX" \
	}
#define NONE(hex, code)               \
	{                             \
		hex, code, code, code \
	}
	ALL("00"),
	ALL("17"),
	ALL("1818"),
	ALL("1903e8"),
	ALL("1a000f4240"),
	ALL("1b000000e8d4a51000"),
	ALL("1bffffffffffffffff"),
	ALL("20"),
	ALL("3863"),
	ALL("3bffffffffffffffff"),
	ALL("40"),
	ALL("4401020304"),
	ALL("60"),
	ALL("62c3bc"),
	ALL("64f0908591"),
	ALL("80"),
	ALL("83010203"),
	ALL("8301820203820405"),
	ALL("a0"),
	ALL("a201020304"),
	ALL("a26161016162820203"),
	ALL("c074323031332d30332d32315432303a30343a30305a"),
	ALL("d903ec6a323031332d30332d3231"),
	ALL("d818456449455446"),
	ALL("d9d9f700"),
	ALL("f4"),
	ALL("f5"),
	ALL("f6"),
	ALL("f7"),
	ALL("e0"),
	ALL("f0"),
	ALL("f820"),
	ALL("f8ff"),
	ALL("f90000"),
	ALL("f98000"),
	ALL("f93c00"),
	ALL("f93e00"),
	ALL("f97bff"),
	ALL("f90001"),
	ALL("f90400"),
	ALL("f9c400"),
	ALL("f97c00"),
	ALL("f97e00"),
	ALL("fa47c35000"),
	ALL("fa7f7fffff"),
	ALL("fb3ff199999999999a"),
	ALL("fb7e37e43c8800759c"),
	/* longer than need be */
	ONLY_LENIENT("1817"),
	ONLY_LENIENT("1900ff"),
	ONLY_LENIENT("1a0000ffff"),
	ONLY_LENIENT("1b00000000ffffffff"),
	ONLY_LENIENT("580101"),
	ONLY_LENIENT("b90000"),
	ONLY_LENIENT("980100"),
	ONLY_LENIENT("d9001801"),
	ONLY_LENIENT("fa3f800000"),
	ONLY_LENIENT("fb3ff0000000000000"),
	ONLY_LENIENT("fb40f86a0000000000"),
	/* indefinite lengths */
	ONLY_LENIENT("5f42010243030405ff"),
	ONLY_LENIENT("5fff"),
	ONLY_LENIENT("7f657374726561646d696e67ff"),
	ONLY_LENIENT("9fff"),
	ONLY_LENIENT("9f018202039f0405ffff"),
	ONLY_LENIENT("bfff"),
	ONLY_LENIENT("bf61610161629f0203ffff"),
	/* keys out of order */
	{ "a203040102", "OK", "OK", "SYNTAX" },
	{ "a2616201616102", "OK", "OK", "SYNTAX" },
	{ "a220010002", "OK", "OK", "SYNTAX" },
	/* the same key twice */
	NONE("a201020103", "DUPLICATE"),
	NONE("a2616101616102", "DUPLICATE"),
	{ "a20102180103", "DUPLICATE", "SYNTAX", "SYNTAX" },
	{ "a261610178016102", "DUPLICATE", "SYNTAX", "SYNTAX" },
	{ "bf01020103ff", "DUPLICATE", "SYNTAX", "SYNTAX" },
	NONE("a2f401f402", "DUPLICATE"),
	NONE("a2f93c0001f93c0002", "DUPLICATE"),
	NONE("a2f97e0001f9ffff02", "DUPLICATE"), /* two NaNs */
	NONE("81a201020103", "DUPLICATE"),
	/* the same text in two types is two keys */
	ALL("a2416101616102"),
	/* keys that hold something */
	NONE("a1800a", "UNSUPPORTED"),
	NONE("a1a00a", "UNSUPPORTED"),
	NONE("a1c0600a", "UNSUPPORTED"),
	/* cut off */
	NONE("", "SYNTAX"),
	NONE("18", "SYNTAX"),
	NONE("19ff", "SYNTAX"),
	NONE("1a000000", "SYNTAX"),
	NONE("1b00000000000000", "SYNTAX"),
	NONE("41", "SYNTAX"),
	NONE("4201", "SYNTAX"),
	NONE("81", "SYNTAX"),
	NONE("a1", "SYNTAX"),
	NONE("a100", "SYNTAX"),
	NONE("c0", "SYNTAX"),
	NONE("9f", "SYNTAX"),
	NONE("9f00", "SYNTAX"),
	NONE("bf00ff", "SYNTAX"),
	NONE("5f41", "SYNTAX"),
	NONE("5f4100", "SYNTAX"),
	NONE("f9", "SYNTAX"),
	NONE("fb00", "SYNTAX"),
	/* something behind */
	NONE("0000", "SYNTAX"),
	NONE("f6f6", "SYNTAX"),
	NONE("80ff", "SYNTAX"),
	/* huge lengths */
	NONE("5affffffff", "SYNTAX"),
	NONE("5bffffffffffffffff", "SYNTAX"),
	NONE("5b0000000100000000", "SYNTAX"),
	NONE("7bffffffffffffffff", "SYNTAX"),
	NONE("9affffffff00", "SYNTAX"),
	NONE("9bffffffffffffffff00", "SYNTAX"),
	NONE("baffffffff00", "SYNTAX"),
	NONE("bbffffffffffffffff00", "SYNTAX"),
	NONE("bb8000000000000000", "SYNTAX"),
	/* not well-formed, RFC 8949 appendix F */
	NONE("1c", "SYNTAX"),
	NONE("1f", "SYNTAX"),
	NONE("3e", "SYNTAX"),
	NONE("3f", "SYNTAX"),
	NONE("5c", "SYNTAX"),
	NONE("dc", "SYNTAX"),
	NONE("df00ff", "SYNTAX"),
	NONE("fc", "SYNTAX"),
	NONE("ff", "SYNTAX"),
	NONE("8200ff", "SYNTAX"),
	NONE("f800", "SYNTAX"),
	NONE("f814", "SYNTAX"),
	NONE("f81f", "SYNTAX"),
	NONE("5f00ff", "SYNTAX"),
	NONE("5f6100ff", "SYNTAX"),
	NONE("7f4100ff", "SYNTAX"),
	NONE("5f5f4100ffff", "SYNTAX"),
	NONE("7f61c361bcff", "SYNTAX"),
	/* not UTF-8 */
	NONE("61ff", "SYNTAX"),
	NONE("62c080", "SYNTAX"),
	NONE("63eda080", "SYNTAX"),
};

static void text_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < YF_COUNT(texts); i++) {
		YF_AUTO(arena) arena = yf_arena_new(64 * 1024);
		const struct yf_cbor *item;
		const char *hex = texts[i].hex;

		print_message("  %s\n", hex);
		assert_string_equal(
			yf_err_name(parse(arena, hex, YF_CBOR_LENIENT, &item)),
			texts[i].lenient);
		assert_string_equal(
			yf_err_name(
				parse(arena, hex, YF_CBOR_PREFERRED, &item)),
			texts[i].preferred);
		assert_string_equal(
			yf_err_name(parse(arena, hex, YF_CBOR_DETERMINISTIC,
					  &item)),
			texts[i].deterministic);
	}
}

static void values(void **state)
{
	YF_AUTO(arena) arena = yf_arena_new(64 * 1024);
	const struct yf_cbor *item;
	int64_t number;
	yf_str text;

	(void)state;
	OK(parse(arena, "a30138186268690902d81843820102", YF_CBOR_LENIENT,
		 &item));
	assert_true(item->count == 3);
	OK(yf_cbor_take_int(yf_cbor_get_int(item, 1), &number));
	assert_int_equal(number, -25);
	assert_null(yf_cbor_get_int(item, -1));
	assert_null(yf_cbor_get(item, "h"));
	OK(yf_cbor_take_int(yf_cbor_get(item, "hi"), &number));
	assert_int_equal(number, 9);
	FAILS(yf_cbor_take_text(yf_cbor_get(item, "hi"), &text), SYNTAX);
	FAILS(yf_cbor_take_int(NULL, &number), SYNTAX);
}

static void embedded(void **state)
{
	YF_AUTO(arena) arena = yf_arena_new(64 * 1024);
	const struct yf_cbor *item, *inner;

	(void)state;
	OK(parse(arena, "82d8184382010200", YF_CBOR_LENIENT, &item));
	OK(yf_cbor_open(arena, yf_cbor_at(item, 0), YF_CBOR_LENIENT, &inner));
	assert_true(yf_cbor_at(inner, 1)->number == 2);
	assert_null(yf_cbor_at(inner, 2));
	/* The item knows the bytes that a digest is taken over. */
	assert_int_equal(yf_cbor_at(item, 0)->raw.len, 6);
	assert_ptr_equal(yf_cbor_at(item, 0)->raw.ptr, item->raw.ptr + 1);
	FAILS(yf_cbor_open(arena, yf_cbor_at(item, 1), YF_CBOR_LENIENT, &inner),
	      SYNTAX);
	FAILS(yf_cbor_open(arena, NULL, YF_CBOR_LENIENT, &inner), SYNTAX);
	OK(parse(arena, "d8184401020304", YF_CBOR_LENIENT, &item));
	FAILS(yf_cbor_open(arena, item, YF_CBOR_LENIENT, &inner), SYNTAX);
}

/* Chunks of an indefinite-length string read as one. */
static void chunks(void **state)
{
	YF_AUTO(arena) arena = yf_arena_new(64 * 1024);
	const struct yf_cbor *item;
	yf_str text;

	(void)state;
	OK(parse(arena, "7f657374726561646d696e6760612eff", YF_CBOR_LENIENT,
		 &item));
	OK(yf_cbor_take_text(item, &text));
	assert_true(yf_str_is(text, "streaming."));
	OK(parse(arena, "7f61616061626163ff", YF_CBOR_LENIENT, &item));
	OK(yf_cbor_take_text(item, &text));
	assert_true(yf_str_is(text, "abc"));
	OK(parse(arena, "5fff", YF_CBOR_LENIENT, &item));
	assert_int_equal(item->string.len, 0);
}

static void limits(void **state)
{
	YF_AUTO(arena) arena = yf_arena_new(16 * 1024 * 1024);
	const size_t len = YF_CBOR_LEN_MAX + 1;
	uint8_t *bytes = YF_NEW(arena, uint8_t, len);
	const struct yf_cbor *item;
	static const uint8_t nesting[] = { 0x81, 0xc1, 0x9f, 0xbf };

	(void)state;
	for (size_t i = 0; i < sizeof(nesting); i++) {
		memset(bytes, nesting[i], len);
		FAILS(yf_cbor_parse(arena, (yf_bytes){ bytes, 100000 },
				    YF_CBOR_LENIENT, &item),
		      TOO_DEEP);
	}
	memset(bytes, 0x81, YF_CBOR_DEPTH_MAX);
	bytes[YF_CBOR_DEPTH_MAX] = 0;
	OK(yf_cbor_parse(arena, (yf_bytes){ bytes, YF_CBOR_DEPTH_MAX + 1 },
			 YF_CBOR_LENIENT, &item));
	FAILS(yf_cbor_parse(arena, (yf_bytes){ bytes, len }, YF_CBOR_LENIENT,
			    &item),
	      TOO_LARGE);
	/* Many small things, with the count in front and without. */
	memset(bytes, 0, 100000);
	memcpy(bytes, "\x9a\x00\x01\x00\x00", 5);
	FAILS(yf_cbor_parse(arena, (yf_bytes){ bytes, 100000 }, YF_CBOR_LENIENT,
			    &item),
	      TOO_LARGE);
	bytes[0] = 0x9f;
	FAILS(yf_cbor_parse(arena, (yf_bytes){ bytes, 100000 }, YF_CBOR_LENIENT,
			    &item),
	      TOO_LARGE);
	memset(bytes, 0x40, 100000);
	bytes[0] = 0x5f;
	FAILS(yf_cbor_parse(arena, (yf_bytes){ bytes, 100000 }, YF_CBOR_LENIENT,
			    &item),
	      TOO_LARGE);
	YF_AUTO(arena) small = yf_arena_new(64);
	FAILS(yf_cbor_parse(small, (yf_bytes){ bytes + 1, 1 }, YF_CBOR_LENIENT,
			    &item),
	      MEMORY);
}

/* A thousand keys, and then one of them again. */
static void many_keys(void **state)
{
	YF_AUTO(arena) arena = yf_arena_new(4 * 1024 * 1024);
	const struct yf_cbor *item;
	yf_bytes bytes;

	(void)state;
	for (size_t again = 0; again < 2; again++) {
		struct yf_buf buf = yf_buf_new(arena, 1024);
		yf_cbor_put_map(&buf, 1000);
		for (size_t i = 0; i < 1000; i++) {
			yf_cbor_put_uint(&buf, again && i == 999 ? 7 : i * 3);
			yf_cbor_put_null(&buf);
		}
		OK(yf_buf_bytes(&buf, &bytes));
		OK(yf_cbor_parse(arena, bytes, YF_CBOR_LENIENT, &item));
		if (!again)
			OK(yf_cbor_parse(arena, bytes, YF_CBOR_DETERMINISTIC,
					 &item));
	}
	struct yf_buf buf = yf_buf_new(arena, 1024);
	yf_cbor_put_map(&buf, 1000);
	for (size_t i = 0; i < 1000; i++) {
		yf_cbor_put_uint(&buf, i == 999 ? 6 : i * 3);
		yf_cbor_put_null(&buf);
	}
	OK(yf_buf_bytes(&buf, &bytes));
	FAILS(yf_cbor_parse(arena, bytes, YF_CBOR_LENIENT, &item), DUPLICATE);
}

/* --- writing --- */

static void is_hex(struct yf_arena *arena, const struct yf_buf *buf,
		   const char *want)
{
	yf_bytes bytes;
	yf_str hex;

	OK(yf_buf_bytes(buf, &bytes));
	OK(yf_hex_encode(arena, bytes, &hex));
	assert_true(yf_str_is(hex, want));
}

static void writing(void **state)
{
	static const int64_t numbers[] = {
		0,         23,        24, 255, 256, 65535, 65536, UINT32_MAX,
		1ll << 32, INT64_MAX, -1, -24, -25, -256,  -257,  INT64_MIN
	};
	YF_AUTO(arena) arena = yf_arena_new(256 * 1024);

	(void)state;
	for (size_t i = 0; i < YF_COUNT(numbers); i++) {
		struct yf_buf buf = yf_buf_new(arena, 16);
		const struct yf_cbor *item;
		yf_bytes bytes;
		int64_t number;

		yf_cbor_put_int(&buf, numbers[i]);
		OK(yf_buf_bytes(&buf, &bytes));
		OK(yf_cbor_parse(arena, bytes, YF_CBOR_DETERMINISTIC, &item));
		OK(yf_cbor_take_int(item, &number));
		assert_true(number == numbers[i]);
	}
	struct yf_buf buf = yf_buf_new(arena, 16);
	yf_cbor_put_map(&buf, 2);
	yf_cbor_put_text(&buf, YF_STR("a"));
	const size_t at = yf_cbor_open_embedded(&buf);
	yf_cbor_put_array(&buf, 2);
	const size_t inner = yf_cbor_open_bytes(&buf);
	yf_cbor_close_bytes(&buf, inner);
	yf_cbor_put_bool(&buf, true);
	yf_cbor_close_embedded(&buf, at);
	yf_cbor_put_text(&buf, YF_STR("b"));
	yf_cbor_put_embedded(&buf, yf_bytes_of(YF_STR("\xf6")));
	is_hex(arena, &buf, "a26161d818438240f56162d81841f6");
}

/* What was reserved for the head becomes the head, for each length of it. */
static void heads_around(void **state)
{
	static const size_t lens[] = { 0,   1,   23,    24,    255,
				       256, 257, 65535, 65536, 70000 };
	YF_AUTO(arena) arena = yf_arena_new(16 * 1024 * 1024);

	(void)state;
	for (size_t i = 0; i < YF_COUNT(lens); i++) {
		struct yf_buf buf = yf_buf_new(arena, 16);
		const struct yf_cbor *item;
		yf_bytes bytes, got;

		yf_cbor_put_array(&buf, 2);
		const size_t at = yf_cbor_open_bytes(&buf);
		for (size_t j = 0; j < lens[i]; j++)
			yf_buf_char(&buf, (char)(j * 31));
		yf_cbor_close_bytes(&buf, at);
		yf_cbor_put_null(&buf);
		OK(yf_buf_bytes(&buf, &bytes));
		OK(yf_cbor_parse(arena, bytes, YF_CBOR_DETERMINISTIC, &item));
		OK(yf_cbor_take_bytes(yf_cbor_at(item, 0), &got));
		assert_int_equal(got.len, lens[i]);
		for (size_t j = 0; j < lens[i]; j++)
			assert_int_equal(got.ptr[j], (uint8_t)(j * 31));
	}
}

static const struct {
	double value;
	const char *hex;
} reals[] = {
	{ 0.0, "f90000" },
	{ -0.0, "f98000" },
	{ 1.0, "f93c00" },
	{ 1.5, "f93e00" },
	{ 65504.0, "f97bff" },
	{ 65536.0, "fa47800000" },
	{ 100000.0, "fa47c35000" },
	{ 0x1p-24, "f90001" },
	{ 0x1p-14, "f90400" },
	{ -4.0, "f9c400" },
	{ 0x1p-25, "fa33000000" },
	{ 1.1, "fb3ff199999999999a" },
	{ 1.0e+300, "fb7e37e43c8800759c" },
	{ 3.4028234663852886e38, "fa7f7fffff" },
	{ INFINITY, "f97c00" },
	{ -INFINITY, "f9fc00" },
	{ NAN, "f97e00" },
};

static void real_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < YF_COUNT(reals); i++) {
		YF_AUTO(arena) arena = yf_arena_new(4096);
		struct yf_buf buf = yf_buf_new(arena, 16);
		const struct yf_cbor *item;

		print_message("  %s\n", reals[i].hex);
		yf_cbor_put_real(&buf, reals[i].value);
		is_hex(arena, &buf, reals[i].hex);
		OK(parse(arena, reals[i].hex, YF_CBOR_DETERMINISTIC, &item));
		const double got = yf_cbor_real(item);
		assert_true(isnan(reals[i].value)
				    ? isnan(got)
				    : memcmp(&got, &reals[i].value,
					     sizeof(double)) == 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_table), cmocka_unit_test(values),
		cmocka_unit_test(embedded),   cmocka_unit_test(chunks),
		cmocka_unit_test(limits),     cmocka_unit_test(many_keys),
		cmocka_unit_test(writing),    cmocka_unit_test(heads_around),
		cmocka_unit_test(real_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
