#include "openid/handover.h"

#include "../support/expect.h"
#include "../support/vector.h"
#include "codec/cbor.h"
#include "crypto/key.h"

static void is(yf_bytes got, yf_bytes want)
{
	assert_int_equal(got.len, want.len);
	assert_memory_equal(got.ptr, want.ptr, want.len);
}

/* OpenID4VP 1.0 appendix B.2.6, its examples. */
static void openid4vp(void **state)
{
	YF_AUTO(arena) arena = yf_arena_new(1024 * 1024);
	struct yf_public_key key;
	uint8_t thumbprint[32];
	yf_bytes got;

	(void)state;
	const struct yf_json *vector =
		vector_load(arena, "openid4vp/session-transcript.json");
	if (!vector)
		skip();
	OK(yf_jwk_parse(yf_json_get(vector, "encryption_jwk"), &key));
	yf_jwk_thumbprint(&key, thumbprint);
	is((yf_bytes){ thumbprint, 32 },
	   vector_hex(arena, vector, "jwk_thumbprint_hex"));
	const yf_str nonce = yf_json_text(vector, "nonce");
	const struct yf_json *redirect = yf_json_get(vector, "redirect");
	OK(yf_handover_redirect(arena, yf_json_text(redirect, "client_id"),
				nonce, thumbprint,
				yf_json_text(redirect, "response_uri"), &got));
	is(got, vector_hex(arena, redirect, "session_transcript_hex"));

	const struct yf_json *dc_api = yf_json_get(vector, "dc_api");
	const yf_bytes handover = vector_hex(arena, dc_api, "handover_hex");
	OK(yf_handover_dc_api(arena, yf_json_text(dc_api, "origin"), nonce,
			      thumbprint, &got));
	assert_int_equal(got.len, 3 + handover.len);
	assert_memory_equal(got.ptr, "\x83\xf6\xf6", 3);
	assert_memory_equal(got.ptr + 3, handover.ptr, handover.len);
}

/* Whatever one side saw otherwise makes another transcript. */
static void every_part_counts(void **state)
{
	static const uint8_t one[32] = { 1 }, two[32] = { 2 };
	static const struct {
		const char *client, *nonce, *uri;
		const uint8_t *thumbprint;
	} rows[] = {
		{ "a", "n", "u", one }, { "b", "n", "u", one },
		{ "a", "m", "u", one }, { "a", "n", "v", one },
		{ "a", "n", "u", two }, { "a", "n", "u", NULL },
		{ "an", "", "u", one },
	};
	YF_AUTO(arena) arena = yf_arena_new(1024 * 1024);
	yf_bytes got[2 * YF_COUNT(rows)];

	(void)state;
	for (size_t i = 0; i < YF_COUNT(rows); i++) {
		OK(yf_handover_redirect(arena, yf_str_of(rows[i].client),
					yf_str_of(rows[i].nonce),
					rows[i].thumbprint,
					yf_str_of(rows[i].uri), &got[i]));
		OK(yf_handover_dc_api(arena, yf_str_of(rows[i].client),
				      yf_str_of(rows[i].nonce),
				      rows[i].thumbprint,
				      &got[YF_COUNT(rows) + i]));
	}
	/* The API's has no response_uri: row 3 is row 0 there. */
	for (size_t i = 0; i < YF_COUNT(got); i++)
		for (size_t j = 0; j < i; j++)
			assert_true(yf_bytes_eq(got[i], got[j]) ==
				    (j == YF_COUNT(rows) &&
				     i == YF_COUNT(rows) + 3));
}

/* ISO 18013-5 Annex D.5.1, where it began by NFC, and the same by QR. */
static void iso(void **state)
{
	YF_AUTO(arena) arena = yf_arena_new(4 * 1024 * 1024);
	const struct yf_cbor *outer, *transcript, *reader_key;
	yf_bytes got;

	(void)state;
	const struct yf_json *vector =
		vector_load(arena, "iso18013-5-annex-d.json");
	if (!vector)
		skip();
	OK(yf_cbor_parse(arena,
			 vector_hex(arena, vector, "SESSION_TRANSCRIPT_BYTES"),
			 YF_CBOR_LENIENT, &outer));
	OK(yf_cbor_open(arena, outer, YF_CBOR_LENIENT, &transcript));
	OK(yf_cbor_open(arena, yf_cbor_at(transcript, 1), YF_CBOR_LENIENT,
			&reader_key));
	const yf_bytes engagement = yf_cbor_at(transcript, 0)->first->string;
	const struct yf_cbor *handover = yf_cbor_at(transcript, 2);
	OK(yf_handover_nfc(arena, engagement, reader_key->raw,
			   yf_cbor_at(handover, 0)->string,
			   yf_cbor_at(handover, 1)->string, &got));
	is(got, transcript->raw);
	OK(yf_handover_nfc(arena, engagement, reader_key->raw,
			   yf_cbor_at(handover, 0)->string, (yf_bytes){ 0 },
			   &got));
	assert_int_equal(got.ptr[got.len - 1], 0xf6);

	OK(yf_handover_qr(arena, engagement, reader_key->raw, &got));
	const size_t keys_len =
		(size_t)(handover->raw.ptr - transcript->raw.ptr);
	assert_int_equal(got.len, keys_len + 1);
	assert_memory_equal(got.ptr, transcript->raw.ptr, keys_len);
	assert_int_equal(got.ptr[keys_len], 0xf6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(openid4vp),
		cmocka_unit_test(every_part_counts),
		cmocka_unit_test(iso),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
