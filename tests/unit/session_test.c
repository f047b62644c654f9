#include "credential/session.h"

#include "../support/expect.h"
#include "../support/house.h"
#include "../support/vector.h"
#include "codec/hex.h"
#include "credential/device_request.h"
#include "credential/engagement.h"
#include "openid/handover.h"

/* --- ISO 18013-5 Annex D.5 --- */

struct annex {
	struct yf_arena *arena;
	const struct yf_json *vector;
	struct yf_key *reader;
	struct yf_key *device;
	yf_bytes transcript;
	struct yf_session at_reader;
	struct yf_session at_device;
};

static yf_bytes hex(const struct annex *annex, const char *name)
{
	return vector_hex(annex->arena, annex->vector, name);
}

static bool annex_open(struct annex *annex)
{
	const struct yf_cbor *outer;

	*annex = (struct annex){ .arena = yf_arena_new(4 * 1024 * 1024) };
	annex->vector = vector_load(annex->arena, "iso18013-5-annex-d.json");
	if (!annex->vector)
		return false;
	OK(yf_key_from_scalar(hex(annex, "EPHEMERAL_READER_KEY_D").ptr,
			      &annex->reader));
	OK(yf_key_from_scalar(hex(annex, "EPHEMERAL_DEVICE_KEY_D").ptr,
			      &annex->device));
	OK(yf_cbor_parse(annex->arena, hex(annex, "SESSION_TRANSCRIPT_BYTES"),
			 YF_CBOR_LENIENT, &outer));
	annex->transcript = outer->first->string;
	OK(yf_session_start(YF_SESSION_READER, annex->reader,
			    yf_key_public(annex->device), annex->transcript,
			    &annex->at_reader));
	OK(yf_session_start(YF_SESSION_DEVICE, annex->device,
			    yf_key_public(annex->reader), annex->transcript,
			    &annex->at_device));
	return true;
}

static void annex_close(struct annex *annex)
{
	yf_key_free(annex->reader);
	yf_key_free(annex->device);
	yf_arena_free(annex->arena);
}

/* The device opens what the reader sent, to the byte, and the other way. */
static void annex_d(void **state)
{
	struct annex annex;
	struct yf_session_establishment start;
	struct yf_session_data answer, end;
	yf_bytes plain, data, message;

	(void)state;
	if (!annex_open(&annex)) {
		annex_close(&annex);
		skip();
	}
	struct yf_arena *arena = annex.arena;
	OK(yf_session_establishment_parse(
		arena, hex(&annex, "SESSION_ESTABLISHMENT"), &start));
	assert_true(yf_public_key_eq(&start.reader_key,
				     yf_key_public(annex.reader)));
	OK(yf_session_open(arena, &annex.at_device, start.data, &plain));
	assert_true(yf_bytes_eq(plain, hex(&annex, "DEVICE_REQUEST")));

	OK(yf_session_data_parse(arena, hex(&annex, "SESSION_DATA"), &answer));
	OK(yf_session_open(arena, &annex.at_reader, answer.data, &plain));
	assert_true(yf_bytes_eq(plain, hex(&annex, "DEVICE_RESPONSE")));
	OK(yf_session_data_parse(arena, hex(&annex, "SESSION_TERMINATION"),
				 &end));
	assert_int_equal(end.status, YF_SESSION_TERMINATION);
	assert_null(end.data.ptr);

	OK(yf_session_seal(arena, &annex.at_reader,
			   hex(&annex, "DEVICE_REQUEST"), &data));
	OK(yf_session_establishment_encode(arena, start.reader_key_raw, data,
					   &message));
	assert_true(yf_bytes_eq(message, hex(&annex, "SESSION_ESTABLISHMENT")));
	answer.status = 0;
	OK(yf_session_seal(arena, &annex.at_device,
			   hex(&annex, "DEVICE_RESPONSE"), &answer.data));
	OK(yf_session_data_encode(arena, &answer, &message));
	assert_true(yf_bytes_eq(message, hex(&annex, "SESSION_DATA")));
	OK(yf_session_data_encode(arena, &end, &message));
	assert_true(yf_bytes_eq(message, hex(&annex, "SESSION_TERMINATION")));
	annex_close(&annex);
}

/* Annex D.4: what the reader asked, and that it was this reader. */
static void annex_d_request(void **state)
{
	struct annex annex;
	struct yf_device_request request;
	struct yf_cert cert;

	(void)state;
	if (!annex_open(&annex)) {
		annex_close(&annex);
		skip();
	}
	struct yf_arena *arena = annex.arena;
	OK(yf_device_request_parse(arena, hex(&annex, "DEVICE_REQUEST"),
				   &request));
	assert_int_equal(request.count, 1);
	const struct yf_doc_request *asked = request.requests;
	assert_true(yf_str_is(asked->doc_type, "org.iso.18013.5.1.mDL"));
	assert_int_equal(asked->wish_count, 6);
	assert_true(yf_str_is(asked->wishes[5].name, "portrait"));
	assert_false(asked->wishes[5].retain);
	assert_true(asked->wishes[0].retain);
	OK(yf_cert_parse(arena, hex(&annex, "READER_CERT"), &cert));
	OK(yf_reader_auth_check(arena, asked, annex.transcript, &cert.key));
	FAILS(yf_reader_auth_check(arena, asked, annex.transcript,
				   yf_key_public(annex.reader)),
	      SIGNATURE);
	annex.transcript.len--;
	FAILS(yf_reader_auth_check(arena, asked, annex.transcript, &cert.key),
	      SIGNATURE);

	/* The same asked by us, to the byte. */
	const struct yf_doc_ask ask = {
		.doc_type = asked->doc_type,
		.wishes = asked->wishes,
		.wish_count = asked->wish_count,
	};
	struct yf_device_request ours;
	yf_bytes made;
	OK(yf_device_request_make(arena, &ask, 1, &made));
	OK(yf_device_request_parse(arena, made, &ours));
	assert_true(yf_bytes_eq(ours.requests[0].items_request,
				asked->items_request));
	assert_false(ours.requests[0].has_reader_auth);
	FAILS(yf_reader_auth_check(arena, ours.requests, annex.transcript,
				   &cert.key),
	      HOLDER);
	annex_close(&annex);
}

/* --- a session of our own --- */

struct pair {
	struct house house;
	struct yf_session reader;
	struct yf_session device;
	yf_bytes transcript;
};

static void pair_open(struct pair *pair)
{
	yf_bytes engagement, reader_key;

	house_open(&pair->house);
	struct yf_arena *arena = pair->house.arena;
	const struct yf_key *device = pair->house.holder_key;
	const struct yf_key *reader = pair->house.other_key;
	struct yf_buf buf = yf_buf_new(arena, 80);
	yf_cose_key_put(&buf, yf_key_public(reader));
	OK(yf_buf_bytes(&buf, &reader_key));
	OK(yf_engagement_encode(arena, yf_key_public(device), NULL, 0,
				&engagement));
	OK(yf_handover_qr(arena, engagement, reader_key, &pair->transcript));
	OK(yf_session_start(YF_SESSION_DEVICE, device, yf_key_public(reader),
			    pair->transcript, &pair->device));
	OK(yf_session_start(YF_SESSION_READER, reader, yf_key_public(device),
			    pair->transcript, &pair->reader));
}

static void several_messages(void **state)
{
	struct pair pair;
	yf_bytes data, plain;

	(void)state;
	pair_open(&pair);
	struct yf_arena *arena = pair.house.arena;
	for (unsigned i = 0; i < 20; i++) {
		const yf_bytes sent = { (const uint8_t *)"0123456789012345678",
					i };
		OK(yf_session_seal(arena, &pair.reader, sent, &data));
		OK(yf_session_open(arena, &pair.device, data, &plain));
		assert_true(yf_bytes_eq(plain, sent));
		if (i % 3)
			continue;
		OK(yf_session_seal(arena, &pair.device, sent, &data));
		OK(yf_session_open(arena, &pair.reader, data, &plain));
		assert_true(yf_bytes_eq(plain, sent));
	}
	house_close(&pair.house);
}

/* Repeated, left out, turned around, changed, cut: none of it opens. */
static void not_the_next_message(void **state)
{
	struct pair pair;
	yf_bytes first, second, plain, copy;
	const yf_bytes sent = yf_bytes_of(YF_STR("message"));

	(void)state;
	pair_open(&pair);
	struct yf_arena *arena = pair.house.arena;
	OK(yf_session_seal(arena, &pair.reader, sent, &first));
	OK(yf_session_seal(arena, &pair.reader, sent, &second));
	FAILS(yf_session_open(arena, &pair.device, second, &plain), DECRYPT);
	FAILS(yf_session_open(arena, &pair.reader, first, &plain), DECRYPT);
	for (size_t i = 0; i < first.len; i++) {
		OK(yf_bytes_copy(arena, first, &copy));
		((uint8_t *)(uintptr_t)copy.ptr)[i] ^= 1;
		FAILS(yf_session_open(arena, &pair.device, copy, &plain),
		      DECRYPT);
		copy = (yf_bytes){ first.ptr, i };
		FAILS(yf_session_open(arena, &pair.device, copy, &plain),
		      DECRYPT);
	}
	OK(yf_session_open(arena, &pair.device, first, &plain));
	FAILS(yf_session_open(arena, &pair.device, first, &plain), DECRYPT);
	OK(yf_session_open(arena, &pair.device, second, &plain));
	pair.reader.sent = UINT32_MAX;
	FAILS(yf_session_seal(arena, &pair.reader, sent, &first), RANGE);
	pair.device.received = UINT32_MAX;
	FAILS(yf_session_open(arena, &pair.device, second, &plain), DECRYPT);
	house_close(&pair.house);
}

/* Another key or another transcript is another session. */
static void other_sessions(void **state)
{
	struct pair pair;
	struct yf_session other;
	yf_bytes data, plain, transcript;

	(void)state;
	pair_open(&pair);
	struct yf_arena *arena = pair.house.arena;
	OK(yf_session_seal(arena, &pair.reader, yf_bytes_of(YF_STR("x")),
			   &data));
	OK(yf_session_start(YF_SESSION_DEVICE, pair.house.root_key,
			    yf_key_public(pair.house.other_key),
			    pair.transcript, &other));
	FAILS(yf_session_open(arena, &other, data, &plain), DECRYPT);
	transcript = pair.transcript;
	transcript.len--;
	OK(yf_session_start(YF_SESSION_DEVICE, pair.house.holder_key,
			    yf_key_public(pair.house.other_key), transcript,
			    &other));
	FAILS(yf_session_open(arena, &other, data, &plain), DECRYPT);
	yf_session_wipe(&other);
	static const struct yf_session empty;
	assert_memory_equal(&other, &empty, sizeof(empty));
	house_close(&pair.house);
}

/* --- messages --- */

#define KEY                                                                \
	"d818584ba401022001215820bac5b11cad8f99f9c72b05cf4b9e26d244dc189f" \
	"745228255a219a86d6a09eff22582020138bf82dc1b6d562be0fa54ab7804a3a" \
	"64b6d72ccfed6b6fb6ed28bbfc117e"

static const struct {
	const char *name;
	const char *hex;
	const char *establishment; /* what reading it as either says */
	const char *data;
} messages[] = {
	{ "establishment", "a26a655265616465724b6579" KEY "646461746141aa",
	  "OK", "OK" },
	{ "no data", "a16a655265616465724b6579" KEY, "SYNTAX", "SYNTAX" },
	{ "data as text", "a26a655265616465724b6579" KEY "64646174616161",
	  "SYNTAX", "SYNTAX" },
	{ "no key", "a1646461746141aa", "SYNTAX", "OK" },
	{ "key not in tag 24", "a26a655265616465724b6579a0646461746141aa",
	  "SYNTAX", "OK" },
	{ "a key of another kind",
	  "a26a655265616465724b6579d81843a10101646461746141aa", "KEY", "OK" },
	{ "status alone", "a16673746174757314", "SYNTAX", "OK" },
	{ "both", "a2646461746141aa6673746174757314", "SYNTAX", "OK" },
	{ "status as text", "a1667374617475736161", "SYNTAX", "SYNTAX" },
	{ "neither", "a0", "SYNTAX", "SYNTAX" },
	{ "data twice", "a2646461746141aa646461746141bb", "DUPLICATE",
	  "DUPLICATE" },
	{ "an array", "80", "SYNTAX", "SYNTAX" },
	{ "nothing", "", "SYNTAX", "SYNTAX" },
};

static void message_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < YF_COUNT(messages); i++) {
		YF_AUTO(arena) arena = yf_arena_new(256 * 1024);
		struct yf_session_establishment start;
		struct yf_session_data data;
		yf_bytes bytes;

		print_message("  %s\n", messages[i].name);
		OK(yf_hex_decode(arena, yf_str_of(messages[i].hex), &bytes));
		assert_string_equal(yf_err_name(yf_session_establishment_parse(
					    arena, bytes, &start)),
				    messages[i].establishment);
		assert_string_equal(
			yf_err_name(yf_session_data_parse(arena, bytes, &data)),
			messages[i].data);
	}
}

/* --- requests of our own --- */

static void reader_auth(void **state)
{
	struct pair pair;
	struct yf_device_request request;
	struct yf_trusted_leaf leaf;
	struct yf_signer reader;
	struct yf_key *key;
	yf_bytes bytes;

	(void)state;
	pair_open(&pair);
	struct house *house = &pair.house;
	OK(yf_key_new(&key));
	const struct yf_chain chain = house_chain(
		house, "Test reader", YF_EKU_READER, yf_key_public(key));
	OK(yf_keyring_add(house->ring, YF_STR("reader"), key, &chain));
	OK(yf_keyring_find(house->ring, YF_STR("reader"), &reader));
	const struct yf_mdoc_wish wishes[] = {
		{ YF_STR("n.1"), YF_STR("a"), false },
		{ YF_STR("n.2"), YF_STR("a"), true },
		{ YF_STR("n.1"), YF_STR("b"), true },
	};
	struct yf_doc_ask ask = {
		.doc_type = YF_STR("d.1"),
		.wishes = wishes,
		.wish_count = 3,
		.reader = &reader,
		.transcript = pair.transcript,
	};
	OK(yf_device_request_make(house->arena, &ask, 1, &bytes));
	OK(yf_device_request_parse(house->arena, bytes, &request));
	assert_int_equal(request.requests[0].wish_count, 3);
	assert_true(yf_str_is(request.requests[0].wishes[1].name, "b"));
	assert_true(request.requests[0].wishes[1].retain);
	OK(yf_reader_auth_verify(house->arena, request.requests,
				 pair.transcript, house->trust, HOUSE_NOW_S,
				 &leaf));
	assert_string_equal(leaf.country, "XX");
	FAILS(yf_reader_auth_verify(house->arena, request.requests,
				    pair.transcript, house->trust,
				    HOUSE_NOW_S + 2ll * HOUSE_YEAR_S, &leaf),
	      EXPIRED);
	FAILS(yf_reader_auth_verify(house->arena, request.requests,
				    (yf_bytes){ pair.transcript.ptr,
						pair.transcript.len - 1 },
				    house->trust, HOUSE_NOW_S, &leaf),
	      SIGNATURE);
	/* An issuer is not a reader; a key without a chain is nobody. */
	ask.reader = &house->issuer;
	OK(yf_device_request_make(house->arena, &ask, 1, &bytes));
	OK(yf_device_request_parse(house->arena, bytes, &request));
	FAILS(yf_reader_auth_verify(house->arena, request.requests,
				    pair.transcript, house->trust, HOUSE_NOW_S,
				    &leaf),
	      UNTRUSTED);
	ask.reader = &house->holder;
	FAILS(yf_device_request_make(house->arena, &ask, 1, &bytes), MISSING);
	ask.reader = NULL;
	ask.wish_count = 0;
	FAILS(yf_device_request_make(house->arena, &ask, 1, &bytes), RANGE);
	FAILS(yf_device_request_make(house->arena, &ask, 0, &bytes), RANGE);
	const struct yf_mdoc_wish twice[] = { wishes[0], wishes[0] };
	ask.wishes = twice;
	ask.wish_count = 2;
	FAILS(yf_device_request_make(house->arena, &ask, 1, &bytes), DUPLICATE);
	house_close(house);
}

#define VERSION "6776657273696f6e63312e30"
#define REQUESTS "6b646f635265717565737473"
#define ITEMS "6c6974656d7352657175657374"

static const struct {
	const char *name;
	const char *hex;
	const char *want;
} requests[] = {
	{ "no requests", "a1" VERSION, "SYNTAX" },
	{ "requests empty", "a2" VERSION REQUESTS "80", "SYNTAX" },
	{ "requests a map", "a2" VERSION REQUESTS "a0", "SYNTAX" },
	{ "a request without items", "a2" VERSION REQUESTS "81a0", "SYNTAX" },
	{ "items not in tag 24", "a2" VERSION REQUESTS "81a1" ITEMS "a0",
	  "SYNTAX" },
	{ "version 2.0", "a26776657273696f6e63322e30" REQUESTS "80",
	  "UNSUPPORTED" },
	{ "no version", "a1" REQUESTS "80", "SYNTAX" },
	{ "seventeen requests",
	  "a2" VERSION REQUESTS "91a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0",
	  "TOO_LARGE" },
};

static void request_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < YF_COUNT(requests); i++) {
		YF_AUTO(arena) arena = yf_arena_new(256 * 1024);
		struct yf_device_request request;
		yf_bytes bytes;

		print_message("  %s\n", requests[i].name);
		OK(yf_hex_decode(arena, yf_str_of(requests[i].hex), &bytes));
		assert_string_equal(yf_err_name(yf_device_request_parse(
					    arena, bytes, &request)),
				    requests[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(annex_d),
		cmocka_unit_test(annex_d_request),
		cmocka_unit_test(several_messages),
		cmocka_unit_test(not_the_next_message),
		cmocka_unit_test(other_sessions),
		cmocka_unit_test(message_table),
		cmocka_unit_test(reader_auth),
		cmocka_unit_test(request_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
