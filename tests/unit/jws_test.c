#include "crypto/jws.h"

#include "../support/expect.h"
#include "../support/house.h"
#include "codec/base64url.h"

/* RFC 7515 A.3, the example with ES256. */
static const char example[] =
	"eyJhbGciOiJFUzI1NiJ9"
	".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt"
	"cGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
	".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQ"
	"xfKTUJqPP3-Kg6NU1Q";
static const char example_key[] =
	"{\"kty\":\"EC\",\"crv\":\"P-256\","
	"\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
	"\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}";

static void rfc7515_a3(void **state)
{
	YF_AUTO(arena) arena = yf_arena_new(64 * 1024);
	const struct yf_json *jwk;
	struct yf_public_key key;
	struct yf_jws jws;

	(void)state;
	OK(yf_json_parse(arena, yf_str_of(example_key), &jwk));
	OK(yf_jwk_parse(jwk, &key));
	OK(yf_jws_parse(arena, yf_str_of(example), &jws));
	OK(yf_jws_verify(&jws, &key));
	assert_true(yf_str_is(jws.payload,
			      "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n "
			      "\"http://example.com/is_root\":true}"));
}

static yf_str with_header(struct yf_arena *arena, const char *header)
{
	yf_str head, text;

	OK(yf_base64url_encode(arena, yf_bytes_of(yf_str_of(header)), &head));
	OK(yf_str_format(arena, &text, "%.*s%s", YF_ARG(head),
			 strchr(example, '.')));
	return text;
}

#define ES "\"alg\":\"ES256\""

static const struct {
	const char *header;
	const char *want;
} headers[] = {
	{ "{" ES "}", "OK" },
	{ "{" ES ",\"typ\":\"x\",\"kid\":\"1\"}", "OK" },
	{ "{}", "ALGORITHM" },
	{ "{\"alg\":\"none\"}", "ALGORITHM" },
	{ "{\"alg\":\"None\"}", "ALGORITHM" },
	{ "{\"alg\":\"HS256\"}", "ALGORITHM" },
	{ "{\"alg\":\"RS256\"}", "ALGORITHM" },
	{ "{\"alg\":\"es256\"}", "ALGORITHM" },
	{ "{\"alg\":[\"ES256\"]}", "SYNTAX" },
	{ "{" ES ",\"alg\":\"none\"}", "DUPLICATE" },
	{ "{" ES ",\"crit\":[\"exp\"],\"exp\":1}", "UNSUPPORTED" },
	{ "{" ES ",\"crit\":[]}", "UNSUPPORTED" },
	{ "{" ES ",\"b64\":false}", "UNSUPPORTED" },
	{ "{" ES ",\"typ\":7}", "SYNTAX" },
	{ "{" ES ",\"kid\":{}}", "SYNTAX" },
	{ "{" ES ",\"jwk\":{}}", "KEY" },
	{ "{" ES ",\"jwk\":{\"kty\":\"oct\",\"k\":\"AA\"}}", "KEY" },
	{ "{" ES ",\"x5c\":[]}", "SYNTAX" },
	{ "{" ES ",\"x5c\":\"AAAA\"}", "SYNTAX" },
	{ "{" ES ",\"x5c\":[\"A-_A\"]}", "SYNTAX" },
	{ "{" ES ",\"x5c\":[\"AAAA\",\"AAAA\",\"AAAA\",\"AAAA\",\"AAAA\","
	  "\"AAAA\"]}",
	  "TOO_LARGE" },
	{ "[]", "SYNTAX" },
	{ "\"ES256\"", "SYNTAX" },
	{ "", "SYNTAX" },
	{ "{" ES "} ", "OK" },
	{ "{" ES "}}", "SYNTAX" },
};

static void header_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < YF_COUNT(headers); i++) {
		YF_AUTO(arena) arena = yf_arena_new(256 * 1024);
		struct yf_jws jws;

		print_message("  %s\n", headers[i].header);
		assert_string_equal(
			yf_err_name(yf_jws_parse(
				arena, with_header(arena, headers[i].header),
				&jws)),
			headers[i].want);
	}
}

static void limits(void **state)
{
	YF_AUTO(arena) arena = yf_arena_new(16 * 1024 * 1024);
	struct yf_jws jws;
	char *text = YF_NEW(arena, char, YF_JWS_LEN_MAX + 2);
	yf_str deep;

	(void)state;
	memset(text, 'A', YF_JWS_LEN_MAX + 1);
	FAILS(yf_jws_parse(arena, (yf_str){ text, YF_JWS_LEN_MAX + 1 }, &jws),
	      TOO_LARGE);
	text[YF_JWS_HEADER_MAX + 1] = '.';
	text[YF_JWS_HEADER_MAX + 3] = '.';
	FAILS(yf_jws_parse(arena, (yf_str){ text, YF_JWS_HEADER_MAX + 10 },
			   &jws),
	      TOO_LARGE);
	memset(text, '[', 100);
	OK(yf_base64url_encode(arena, yf_bytes_of((yf_str){ text, 100 }),
			       &deep));
	OK(yf_str_format(arena, &deep, "%.*s..", YF_ARG(deep)));
	FAILS(yf_jws_parse(arena, deep, &jws), TOO_DEEP);
}

/* What the house signs verifies with its key, and changed in no byte. */
static void round_trip(void **state)
{
	struct house house;
	struct yf_jws jws;
	struct yf_chain chain;
	struct yf_public_key key;
	yf_str text;

	(void)state;
	house_open(&house);
	OK(yf_signer_chain(&house.issuer, &chain));
	OK(yf_signer_public_key(&house.issuer, &key));
	const struct yf_jws_header header = { .typ = YF_STR("a+jwt"),
					      .kid = YF_STR("k\"1"),
					      .jwk = &key,
					      .x5c = &chain };
	OK(yf_jws_sign(house.arena, &house.issuer, &header, YF_STR("{}"),
		       &text));
	OK(yf_jws_parse(house.arena, text, &jws));
	OK(yf_jws_verify(&jws, &key));
	assert_true(yf_str_is(jws.typ, "a+jwt"));
	assert_true(yf_str_is(jws.kid, "k\"1"));
	assert_true(jws.has_jwk && yf_public_key_eq(&jws.jwk, &key));
	assert_int_equal(jws.x5c.count, 1);
	assert_true(yf_bytes_eq(jws.x5c.certs[0], chain.certs[0]));
	assert_true(yf_str_is(jws.payload, "{}"));
	FAILS(yf_jws_verify(&jws, yf_key_public(house.other_key)), SIGNATURE);
	house_close(&house);
}

static void every_byte_and_length(void **state)
{
	struct house house;
	struct yf_jws jws;
	yf_str text;

	(void)state;
	house_open(&house);
	const struct yf_public_key *key = yf_key_public(house.holder_key);
	const struct yf_jws_header header = { .typ = YF_STR("a+jwt") };
	OK(yf_jws_sign(house.arena, &house.holder, &header, YF_STR("{\"a\":1}"),
		       &text));
	for (size_t i = 0; i < text.len; i++) {
		YF_AUTO(arena) arena = yf_arena_new(64 * 1024);
		char *bad = YF_NEW(arena, char, text.len);

		memcpy(bad, text.ptr, text.len);
		bad[i] = bad[i] == 'A' ? 'B' : 'A';
		yf_err err =
			yf_jws_parse(arena, (yf_str){ bad, text.len }, &jws);
		if (!yf_failed(err))
			err = yf_jws_verify(&jws, key);
		assert_true(err.code == YF_CODE_SIGNATURE ||
			    err.code == YF_CODE_SYNTAX ||
			    err.code == YF_CODE_ALGORITHM);
		FAILS(yf_jws_parse(arena, (yf_str){ text.ptr, i }, &jws),
		      SYNTAX);
	}
	house_close(&house);
}

static void survives_every_allocation_failure(void **state)
{
	struct house house;
	yf_str text, again;
	int parsed = 0;

	(void)state;
	house_open(&house);
	const struct yf_jws_header header = {
		.typ = YF_STR("a+jwt"), .jwk = yf_key_public(house.holder_key)
	};
	OK(yf_jws_sign(house.arena, &house.holder, &header, YF_STR("{}"),
		       &text));
	for (size_t limit = 0; !parsed; limit += 64) {
		YF_AUTO(arena) arena = yf_arena_new(limit);
		struct yf_jws jws;
		yf_err err = yf_jws_parse(arena, text, &jws);
		parsed = !yf_failed(err);
		if (!parsed)
			assert_int_equal(err.code, YF_CODE_MEMORY);
	}
	for (size_t limit = 0, made = 0; !made; limit += 64) {
		YF_AUTO(arena) arena = yf_arena_new(limit);
		yf_err err = yf_jws_sign(arena, &house.holder, &header,
					 YF_STR("{}"), &again);
		made = !yf_failed(err);
		if (!made)
			assert_int_equal(err.code, YF_CODE_MEMORY);
	}
	house_close(&house);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rfc7515_a3),
		cmocka_unit_test(header_table),
		cmocka_unit_test(limits),
		cmocka_unit_test(round_trip),
		cmocka_unit_test(every_byte_and_length),
		cmocka_unit_test(survives_every_allocation_failure),
	};
	return cmocka_run_group_tests_name("crypto/jws", tests, NULL, NULL);
}
