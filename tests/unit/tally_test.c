#include "credential/tally.h"

#include "../support/expect.h"
#include "../support/house.h"
#include "codec/base45.h"
#include "crypto/hash.h"

#include <stdio.h>
#include <zlib.h>

#define DOC_TYPE "urn:yufu:id:tally:1"

enum { NOW_S = HOUSE_NOW_S };

static const struct yf_mdoc_choice choices[] = {
	{ { DOC_TYPE, sizeof(DOC_TYPE) - 1 }, { "family_name", 11 } },
	{ { DOC_TYPE, sizeof(DOC_TYPE) - 1 }, { "given_name", 10 } },
	{ { DOC_TYPE, sizeof(DOC_TYPE) - 1 }, { "assurance_level", 15 } },
	{ { DOC_TYPE, sizeof(DOC_TYPE) - 1 }, { "age_over_18", 11 } },
	{ { DOC_TYPE, sizeof(DOC_TYPE) - 1 }, { "portrait_hash", 13 } },
};

/* What a city issues for a tally: ten elements. */
static const char *const names[] = {
	"family_name", "given_name",  "assurance_level", "portrait_hash",
	"age_over_14", "age_over_16", "age_over_18",     "age_over_21",
	"age_over_60", "age_over_65",
};

enum { ELEMENTS = YF_COUNT(names) };

struct home {
	struct house house;
	struct yf_mdoc_element elements[ELEMENTS];
	yf_bytes issued;
	struct yf_chain chain;
	struct yf_tally_ask ask;
	struct yf_tally_rule rule;
	yf_str text;
};

static yf_bytes value_of(struct yf_arena *arena, size_t at)
{
	struct yf_buf buf = yf_buf_new(arena, 64);
	uint8_t hash[YF_SHA256_LEN];
	yf_bytes bytes;

	yf_sha256(yf_bytes_of(YF_STR("a portrait")), hash);
	if (at < 3)
		yf_cbor_put_text(&buf, YF_STR("Mustermann"));
	else if (at == 3)
		yf_cbor_put_bytes(&buf, (yf_bytes){ hash, sizeof(hash) });
	else
		yf_cbor_put_bool(&buf, at < 8);
	OK(yf_buf_bytes(&buf, &bytes));
	return bytes;
}

static void issue(struct home *home, int64_t until_s)
{
	struct yf_mdoc_ask ask = {
		.doc_type = YF_STR(DOC_TYPE),
		.holder = yf_key_public(home->house.holder_key),
		.signed_at_s = NOW_S - 3600,
		.valid_from_s = NOW_S - 3600,
		.valid_until_s = until_s,
		.status = { YF_STR("https://issuer.example/status/1"), 4711 },
		.elements = home->elements,
		.element_count = ELEMENTS,
	};

	OK(yf_mdoc_issue(home->house.arena, &home->house.issuer, &ask,
			 &home->issued));
	home->ask.issuer_signed = home->issued;
}

static void home_open(struct home *home)
{
	*home = (struct home){ 0 };
	house_open(&home->house);
	for (size_t i = 0; i < ELEMENTS; i++)
		home->elements[i] = (struct yf_mdoc_element){
			YF_STR(DOC_TYPE), yf_str_of(names[i]),
			value_of(home->house.arena, i)
		};
	OK(yf_signer_chain(&home->house.issuer, &home->chain));
	home->ask = (struct yf_tally_ask){
		.choices = choices,
		.choice_count = YF_COUNT(choices),
		.device = &home->house.holder,
		.now_s = NOW_S,
		.purpose = YF_STR("hotel"),
	};
	issue(home, NOW_S + 86400);
	home->rule = (struct yf_tally_rule){
		.trust = home->house.trust,
		.eku = YF_EKU_DOCUMENT_SIGNER,
		.signers = home->chain.certs,
		.signer_count = 1,
		.now_s = NOW_S + 5,
		.skew_s = YF_TALLY_SKEW_S,
	};
	OK(yf_tally_make(home->house.arena, &home->ask, &home->text));
}

static void home_close(struct home *home)
{
	house_close(&home->house);
}

static yf_err verify(struct home *home, yf_str text)
{
	YF_AUTO(arena) arena = yf_arena_new(1024 * 1024);
	struct yf_tally tally;

	assert_non_null(arena);
	return yf_tally_verify(arena, text, &home->rule, NULL, &tally);
}

/* --- what fits --- */

static void accepted(void **state)
{
	struct home home;
	struct yf_tally tally;
	yf_bytes hash;

	(void)state;
	home_open(&home);
	assert_true(yf_tally_is(home.text));
	OK(yf_tally_verify(home.house.arena, home.text, &home.rule, NULL,
			   &tally));
	assert_true(yf_str_is(tally.purpose, "hotel"));
	assert_int_equal(tally.window_s, NOW_S);
	assert_int_equal(tally.mdoc.item_count, YF_COUNT(choices));
	assert_int_equal(tally.mdoc.mso->status.index, 4711);
	OK(yf_cbor_take_bytes(
		yf_mdoc_find(tally.mdoc.items, tally.mdoc.item_count,
			     YF_STR(DOC_TYPE), YF_STR("portrait_hash"))
			->value,
		&hash));
	assert_int_equal(hash.len, YF_SHA256_LEN);
	home_close(&home);
}

/* "<= 1,300 bytes for name, level, age and the portrait's hash". */
static void small_enough(void **state)
{
	struct home home;
	yf_str with_chain;
	yf_bytes packed;

	(void)state;
	home_open(&home);
	OK(yf_base45_decode(home.house.arena,
			    yf_str_skip(home.text, YF_TALLY_PREFIX.len),
			    &packed));
	home.ask.with_chain = true;
	OK(yf_tally_make(home.house.arena, &home.ask, &with_chain));
	print_message("tally: %zu bytes, %zu characters; %zu with the chain\n",
		      packed.len, home.text.len, with_chain.len);
	assert_true(packed.len <= 1300);
	assert_true(with_chain.len > home.text.len);
	home_close(&home);
}

/* The chain inside does as well as the bundle's. */
static void chain_inside(void **state)
{
	struct home home;

	(void)state;
	home_open(&home);
	home.ask.with_chain = true;
	home.rule.signer_count = 0;
	FAILS(verify(&home, home.text), SIGNER);
	OK(yf_tally_make(home.house.arena, &home.ask, &home.text));
	OK(verify(&home, home.text));
	home_close(&home);
}

/* The vector of doc/tally.md. */
static void transcript(void **state)
{
	static const uint8_t want[] = {
		0x83, 0xf6, 0xf6, 0x83, 0x6c, 'y', 'u', 'f',  'u',  '-',
		't',  'a',  'l',  'l',  'y',  '-', '1', 0x1a, 0x6b, 0x49,
		0xd2, 0x00, 0x65, 'h',  'o',  't', 'e', 'l',
	};
	YF_AUTO(arena) arena = yf_arena_new(4096);
	yf_bytes bytes;

	(void)state;
	OK(yf_tally_transcript(arena, 1800000000, YF_STR("hotel"), &bytes));
	assert_true(yf_bytes_eq(bytes, (yf_bytes){ want, sizeof(want) }));
}

/* --- what does not --- */

static void window(void **state)
{
	static const struct {
		int64_t at_s;
		const char *code;
	} rows[] = {
		{ -31, "NOT_YET" },  { -30, "OK" },        { 0, "OK" },
		{ 59, "OK" },        { 89, "OK" },         { 90, "EXPIRED" },
		{ 3600, "EXPIRED" }, { -7200, "NOT_YET" },
	};
	struct home home;

	(void)state;
	home_open(&home);
	for (size_t i = 0; i < YF_COUNT(rows); i++) {
		home.rule.now_s = NOW_S + rows[i].at_s;
		assert_string_equal(yf_err_name(verify(&home, home.text)),
				    rows[i].code);
	}
	home_close(&home);
}

static void purposes(void **state)
{
	const yf_str cafe[] = { YF_STR("cafe"), YF_STR("age") };
	const yf_str both[] = { YF_STR("cafe"), YF_STR("hotel") };
	const char *const bad[] = { "", "Hotel", "a b", "h\n",
				    "a23456789012345678901234567890123" };
	struct home home;
	yf_str text;

	(void)state;
	home_open(&home);
	home.rule.purposes = cafe;
	home.rule.purpose_count = 2;
	FAILS(verify(&home, home.text), AUDIENCE);
	home.rule.purposes = both;
	OK(verify(&home, home.text));
	for (size_t i = 0; i < YF_COUNT(bad); i++) {
		home.ask.purpose = yf_str_of(bad[i]);
		FAILS(yf_tally_make(home.house.arena, &home.ask, &text), RANGE);
	}
	home_close(&home);
}

static void clock_bounds(void **state)
{
	struct home home;

	(void)state;
	home_open(&home);
	home.rule.clock_from_s = home.rule.now_s + 1;
	FAILS(verify(&home, home.text), CLOCK);
	home.rule.clock_from_s = home.rule.now_s;
	home.rule.clock_until_s = home.rule.now_s;
	OK(verify(&home, home.text));
	home.rule.now_s++;
	FAILS(verify(&home, home.text), CLOCK);
	home_close(&home);
}

static void others(void **state)
{
	const yf_str types[] = { YF_STR("org.example.other") };
	struct house stranger;
	struct home home;
	yf_str text;

	(void)state;
	home_open(&home);
	house_open(&stranger);
	home.rule.trust = stranger.trust;
	FAILS(verify(&home, home.text), UNTRUSTED);
	home.rule.trust = home.house.trust;
	home.rule.doc_types = types;
	home.rule.doc_type_count = 1;
	FAILS(verify(&home, home.text), NOT_ASKED);
	home.rule.doc_type_count = 0;
	home.ask.device = &home.house.other;
	OK(yf_tally_make(home.house.arena, &home.ask, &text));
	FAILS(verify(&home, text), HOLDER);
	home.ask.device = &home.house.holder;
	issue(&home, NOW_S - 600);
	OK(yf_tally_make(home.house.arena, &home.ask, &text));
	FAILS(verify(&home, text), EXPIRED);
	house_close(&stranger);
	home_close(&home);
}

/* A tally seen again has the same id; the next one another. */
static void ids(void **state)
{
	struct home home;
	struct yf_tally first, again, next;
	yf_str text;

	(void)state;
	home_open(&home);
	struct yf_arena *arena = home.house.arena;
	OK(yf_tally_verify(arena, home.text, &home.rule, NULL, &first));
	OK(yf_tally_make(arena, &home.ask, &text));
	OK(yf_tally_verify(arena, text, &home.rule, NULL, &again));
	assert_memory_equal(first.id, again.id, sizeof(first.id));
	home.ask.now_s++;
	OK(yf_tally_make(arena, &home.ask, &text));
	OK(yf_tally_verify(arena, text, &home.rule, NULL, &next));
	assert_memory_not_equal(first.id, next.id, sizeof(first.id));
	home_close(&home);
}

/* --- damage --- */

static yf_bytes unpacked(struct home *home)
{
	struct yf_arena *arena = home->house.arena;
	uint8_t *bytes = YF_NEW(arena, uint8_t, YF_TALLY_LEN_MAX);
	uLongf len = YF_TALLY_LEN_MAX;
	yf_bytes packed;

	OK(yf_base45_decode(arena, yf_str_skip(home->text, YF_TALLY_PREFIX.len),
			    &packed));
	assert_int_equal(uncompress(bytes, &len, packed.ptr, packed.len), Z_OK);
	return (yf_bytes){ bytes, len };
}

static yf_str packed(struct yf_arena *arena, yf_bytes bytes)
{
	uLongf len = compressBound(bytes.len);
	uint8_t *room = YF_NEW(arena, uint8_t, len);
	yf_str base45, text;

	assert_non_null(room);
	assert_int_equal(compress2(room, &len, bytes.ptr, bytes.len, 9), Z_OK);
	OK(yf_base45_encode(arena, (yf_bytes){ room, len }, &base45));
	OK(yf_str_format(arena, &text, "YF1:%.*s", YF_ARG(base45)));
	return text;
}

/* Nothing in it can be changed, signed or not. */
static void every_byte(void **state)
{
	struct home home;
	size_t taken = 0;

	(void)state;
	home_open(&home);
	const yf_bytes bytes = unpacked(&home);
	uint8_t *flipped = YF_NEW(home.house.arena, uint8_t, bytes.len);
	for (size_t i = 0; i < bytes.len; i++) {
		YF_AUTO(arena) arena = yf_arena_new(1024 * 1024);

		memcpy(flipped, bytes.ptr, bytes.len);
		flipped[i] ^= 1;
		const yf_err err = verify(
			&home, packed(arena, (yf_bytes){ flipped, bytes.len }));
		assert_int_not_equal(yf_err_kind(err), YF_KIND_INTERNAL);
		taken += !yf_failed(err);
	}
	assert_int_equal(taken, 0);
	home_close(&home);
}

static void cut(void **state)
{
	struct home home;

	(void)state;
	home_open(&home);
	for (size_t len = 0; len < home.text.len; len += 7)
		assert_true(yf_failed(
			verify(&home, (yf_str){ home.text.ptr, len })));
	FAILS(verify(&home, YF_STR("")), SYNTAX);
	FAILS(verify(&home, YF_STR("HC1:ABC")), SYNTAX);
	FAILS(verify(&home, YF_STR("YF1:abc")), SYNTAX);
	home_close(&home);
}

static void bombs(void **state)
{
	struct home home;
	uint8_t *zeros;

	(void)state;
	home_open(&home);
	struct yf_arena *arena = home.house.arena;
	zeros = YF_NEW(arena, uint8_t, 100000);
	assert_non_null(zeros);
	FAILS(verify(&home, packed(arena, (yf_bytes){ zeros, 100000 })),
	      TOO_LARGE);
	char *text = YF_NEW(arena, char, YF_TALLY_TEXT_MAX + 2);
	memset(text, '0', YF_TALLY_TEXT_MAX + 1);
	memcpy(text, "YF1:", 4);
	FAILS(verify(&home, (yf_str){ text, YF_TALLY_TEXT_MAX + 1 }),
	      TOO_LARGE);
	const uint8_t other[] = { 0x85, 2, 0, 0x61, 'a', 0x40, 0xa0 };
	FAILS(verify(&home, packed(arena, (yf_bytes){ other, sizeof(other) })),
	      UNSUPPORTED);
	home_close(&home);
}

/* RFC 9285, sections 4.3 and 4.4. */
static void base45(void **state)
{
	static const char *const rows[][2] = {
		{ "AB", "BB8" },
		{ "Hello!!", "%69 VD92EX0" },
		{ "base-45", "UJCLQE7W581" },
		{ "ietf!", "QED8WEX0" },
		{ "", "" },
	};
	static const char *const bad[] = { "GGW",  ":::", "A",
					   "ABCD", "bb8", "::" };
	YF_AUTO(arena) arena = yf_arena_new(65536);
	yf_str text;
	yf_bytes bytes;

	(void)state;
	for (size_t i = 0; i < YF_COUNT(rows); i++) {
		OK(yf_base45_encode(arena, yf_bytes_of(yf_str_of(rows[i][0])),
				    &text));
		assert_true(yf_str_is(text, rows[i][1]));
		OK(yf_base45_decode(arena, text, &bytes));
		assert_true(yf_str_is(yf_str_from(bytes), rows[i][0]));
	}
	for (size_t i = 0; i < YF_COUNT(bad); i++)
		FAILS(yf_base45_decode(arena, yf_str_of(bad[i]), &bytes),
		      SYNTAX);
}

/* Whatever memory there is: it works, or says so. */
static void little_memory(void **state)
{
	struct home home;
	bool worked = false;

	(void)state;
	home_open(&home);
	for (size_t room = 0; room < 256 * 1024 && !worked; room += 2048) {
		YF_AUTO(arena) arena = yf_arena_new(room);
		struct yf_tally tally;

		if (!arena)
			continue;
		const yf_err err = yf_tally_verify(arena, home.text, &home.rule,
						   NULL, &tally);
		worked = !yf_failed(err);
		assert_true(worked || err.code == YF_CODE_MEMORY);
	}
	assert_true(worked);
	home_close(&home);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepted),      cmocka_unit_test(small_enough),
		cmocka_unit_test(chain_inside),  cmocka_unit_test(window),
		cmocka_unit_test(purposes),      cmocka_unit_test(clock_bounds),
		cmocka_unit_test(others),        cmocka_unit_test(ids),
		cmocka_unit_test(every_byte),    cmocka_unit_test(cut),
		cmocka_unit_test(bombs),         cmocka_unit_test(base45),
		cmocka_unit_test(little_memory), cmocka_unit_test(transcript),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
