#include "crypto/jwe.h"

#include "../support/expect.h"
#include "../support/house.h"
#include "codec/base64url.h"
#include "crypto/gcm.h"

#define ALICE                                                    \
	"{\"kty\":\"EC\",\"crv\":\"P-256\","                     \
	"\"x\":\"gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0\"," \
	"\"y\":\"SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps\"}"
#define BOB_D "VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw"
#define HEAD "{\"alg\":\"ECDH-ES\",\"enc\":\"A128GCM\","
#define PARTIES "\"apu\":\"QWxpY2U\",\"apv\":\"Qm9i\","

/* header..nonce.sealed.tag under a content key that the caller knows. */
static yf_str seal_under(struct yf_arena *arena, const char *header,
			 yf_bytes key, yf_str plain)
{
	static const uint8_t nonce[12] = { 7 };
	uint8_t sealed[64], tag[16];
	yf_str head, iv, body, end, text;

	assert_true(plain.len <= sizeof(sealed));
	OK(yf_base64url_encode(arena, yf_bytes_of(yf_str_of(header)), &head));
	OK(yf_gcm_encrypt(key, nonce, yf_bytes_of(head), yf_bytes_of(plain),
			  sealed, tag));
	OK(yf_base64url_encode(arena, (yf_bytes){ nonce, 12 }, &iv));
	OK(yf_base64url_encode(arena, (yf_bytes){ sealed, plain.len }, &body));
	OK(yf_base64url_encode(arena, (yf_bytes){ tag, 16 }, &end));
	OK(yf_str_format(arena, &text, "%.*s..%.*s.%.*s.%.*s", YF_ARG(head),
			 YF_ARG(iv), YF_ARG(body), YF_ARG(end)));
	return text;
}

/*
 * RFC 7518 appendix C: Alice's ephemeral key and Bob's key derive
 * "VqqN6vgjbSBcIijNcacQGg".  What is sealed under that opens for Bob.
 */
static void rfc7518_c(void **state)
{
	YF_AUTO(arena) arena = yf_arena_new(64 * 1024);
	uint8_t scalar[32], content[16];
	struct yf_key *made;
	struct yf_jwe jwe;
	yf_bytes plain;

	(void)state;
	OK(yf_base64url_decode_into(YF_STR(BOB_D), scalar, 32));
	OK(yf_base64url_decode_into(YF_STR("VqqN6vgjbSBcIijNcacQGg"), content,
				    16));
	OK(yf_key_from_scalar(scalar, &made));
	YF_AUTO(key) bob = made;
	const yf_bytes key = { content, sizeof(content) };
	yf_str text = seal_under(arena, HEAD PARTIES "\"epk\":" ALICE "}", key,
				 YF_STR("hello Bob"));
	OK(yf_jwe_parse(arena, text, &jwe));
	assert_true(yf_bytes_eq(jwe.apu, yf_bytes_of(YF_STR("Alice"))));
	assert_true(yf_bytes_eq(jwe.apv, yf_bytes_of(YF_STR("Bob"))));
	OK(yf_jwe_decrypt(arena, &jwe, bob, &plain));
	assert_true(yf_str_is(yf_str_from(plain), "hello Bob"));

	/* Without the parties the key is another one. */
	text = seal_under(arena, HEAD "\"epk\":" ALICE "}", key,
			  YF_STR("hello Bob"));
	OK(yf_jwe_parse(arena, text, &jwe));
	FAILS(yf_jwe_decrypt(arena, &jwe, bob, &plain), DECRYPT);
}

static const struct {
	const char *header;
	const char *want;
} headers[] = {
	{ HEAD "\"epk\":" ALICE "}", "OK" },
	{ HEAD "\"kid\":\"1\",\"epk\":" ALICE "}", "OK" },
	{ "{\"alg\":\"ECDH-ES\",\"enc\":\"A256GCM\",\"epk\":" ALICE "}", "OK" },
	{ "{\"alg\":\"ECDH-ES+A128KW\",\"enc\":\"A128GCM\",\"epk\":" ALICE "}",
	  "ALGORITHM" },
	{ "{\"alg\":\"dir\",\"enc\":\"A128GCM\",\"epk\":" ALICE "}",
	  "ALGORITHM" },
	{ "{\"enc\":\"A128GCM\",\"epk\":" ALICE "}", "ALGORITHM" },
	{ "{\"alg\":\"ECDH-ES\",\"enc\":\"A128CBC-HS256\",\"epk\":" ALICE "}",
	  "UNSUPPORTED" },
	{ "{\"alg\":\"ECDH-ES\",\"epk\":" ALICE "}", "UNSUPPORTED" },
	{ HEAD "\"zip\":\"DEF\",\"epk\":" ALICE "}", "UNSUPPORTED" },
	{ HEAD "\"crit\":[],\"epk\":" ALICE "}", "UNSUPPORTED" },
	{ HEAD "\"kid\":\"1\"}", "KEY" },
	{ HEAD "\"epk\":{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\"}}",
	  "KEY" },
	{ HEAD "\"apu\":1,\"epk\":" ALICE "}", "SYNTAX" },
	{ HEAD "\"apu\":\"=\",\"epk\":" ALICE "}", "SYNTAX" },
	{ HEAD "\"epk\":" ALICE ",\"epk\":" ALICE "}", "DUPLICATE" },
	{ "[]", "SYNTAX" },
};

static void header_table(void **state)
{
	static const uint8_t zeros[16];

	(void)state;
	for (size_t i = 0; i < YF_COUNT(headers); i++) {
		YF_AUTO(arena) arena = yf_arena_new(64 * 1024);
		struct yf_jwe jwe;

		print_message("  %s\n", headers[i].header);
		assert_string_equal(yf_err_name(yf_jwe_parse(
					    arena,
					    seal_under(arena, headers[i].header,
						       (yf_bytes){ zeros, 16 },
						       YF_STR("x")),
					    &jwe)),
				    headers[i].want);
	}
}

static void round_trip(void **state)
{
	static const yf_jwe_enc encs[] = { YF_JWE_A128GCM, YF_JWE_A256GCM };
	struct house house;

	(void)state;
	house_open(&house);
	for (size_t i = 0; i < YF_COUNT(encs); i++) {
		const struct yf_jwe_ask ask = {
			.enc = encs[i],
			.kid = YF_STR("enc-1"),
			.cty = YF_STR("json"),
			.apv = yf_bytes_of(YF_STR("nonce")),
		};
		struct yf_jwe jwe;
		yf_str text;
		yf_bytes plain;

		OK(yf_jwe_encrypt(house.arena, yf_key_public(house.holder_key),
				  &ask, yf_bytes_of(YF_STR("{\"a\":1}")),
				  &text));
		OK(yf_jwe_parse(house.arena, text, &jwe));
		assert_int_equal(jwe.enc, encs[i]);
		assert_true(yf_str_is(jwe.kid, "enc-1"));
		OK(yf_jwe_decrypt(house.arena, &jwe, house.holder_key, &plain));
		assert_true(yf_str_is(yf_str_from(plain), "{\"a\":1}"));
		FAILS(yf_jwe_decrypt(house.arena, &jwe, house.other_key,
				     &plain),
		      DECRYPT);
	}
	yf_jwe_enc enc;
	OK(yf_jwe_enc_parse(YF_STR("A256GCM"), &enc));
	assert_int_equal(enc, YF_JWE_A256GCM);
	FAILS(yf_jwe_enc_parse(YF_STR("A192GCM"), &enc), UNSUPPORTED);
	house_close(&house);
}

static void every_byte_and_length(void **state)
{
	struct house house;
	const struct yf_jwe_ask ask = { .enc = YF_JWE_A256GCM };
	yf_str text;
	yf_bytes plain;

	(void)state;
	house_open(&house);
	OK(yf_jwe_encrypt(house.arena, yf_key_public(house.holder_key), &ask,
			  yf_bytes_of(YF_STR("{\"vp_token\":{}}")), &text));
	for (size_t i = 0; i < text.len; i++) {
		YF_AUTO(arena) arena = yf_arena_new(64 * 1024);
		char *bad = YF_NEW(arena, char, text.len);
		struct yf_jwe jwe;

		memcpy(bad, text.ptr, text.len);
		bad[i] = bad[i] == 'A' ? 'B' : 'A';
		yf_err err =
			yf_jwe_parse(arena, (yf_str){ bad, text.len }, &jwe);
		if (!yf_failed(err))
			err = yf_jwe_decrypt(arena, &jwe, house.holder_key,
					     &plain);
		assert_true(err.code == YF_CODE_DECRYPT ||
			    err.code == YF_CODE_SYNTAX ||
			    err.code == YF_CODE_ALGORITHM ||
			    err.code == YF_CODE_UNSUPPORTED ||
			    err.code == YF_CODE_KEY);
		FAILS(yf_jwe_parse(arena, (yf_str){ text.ptr, i }, &jwe),
		      SYNTAX);
	}
	house_close(&house);
}

static void survives_every_allocation_failure(void **state)
{
	struct house house;
	const struct yf_jwe_ask ask = { .enc = YF_JWE_A256GCM };
	const yf_bytes message = yf_bytes_of(YF_STR("{}"));
	yf_str text;
	bool done = false;

	(void)state;
	house_open(&house);
	for (size_t limit = 0; !done; limit += 64) {
		YF_AUTO(arena) arena = yf_arena_new(limit);
		struct yf_jwe jwe;
		yf_bytes plain;
		yf_err err =
			yf_jwe_encrypt(arena, yf_key_public(house.holder_key),
				       &ask, message, &text);
		if (!yf_failed(err))
			err = yf_jwe_parse(arena, text, &jwe);
		if (!yf_failed(err))
			err = yf_jwe_decrypt(arena, &jwe, house.holder_key,
					     &plain);
		done = !yf_failed(err);
		if (!done)
			assert_int_equal(err.code, YF_CODE_MEMORY);
	}
	house_close(&house);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rfc7518_c),
		cmocka_unit_test(header_table),
		cmocka_unit_test(round_trip),
		cmocka_unit_test(every_byte_and_length),
		cmocka_unit_test(survives_every_allocation_failure),
	};
	return cmocka_run_group_tests_name("crypto/jwe", tests, NULL, NULL);
}
