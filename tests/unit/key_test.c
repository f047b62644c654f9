#include "crypto/key.h"

#include <pthread.h>

#include "../support/expect.h"
#include "codec/base64url.h"
#include "crypto/sign.h"

/* The key of RFC 7515 A.3. */
#define X "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"
#define Y "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
#define D "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"
#define EC "\"kty\":\"EC\",\"crv\":\"P-256\","
#define XY "\"x\":\"" X "\",\"y\":\"" Y "\""

static const struct {
	const char *name;
	const char *jwk;
	bool good;
} jwks[] = {
	{ "plain", "{" EC XY "}", true },
	{ "with use and kid", "{" EC XY ",\"use\":\"sig\",\"kid\":\"1\"}",
	  true },
	{ "for ES256", "{" EC XY ",\"alg\":\"ES256\"}", true },
	{ "for ECDH-ES", "{" EC XY ",\"alg\":\"ECDH-ES\"}", true },
	{ "for HS256", "{" EC XY ",\"alg\":\"HS256\"}", false },
	{ "alg no text", "{" EC XY ",\"alg\":7}", false },
	{ "private", "{" EC XY ",\"d\":\"" D "\"}", false },
	{ "symmetric", "{\"kty\":\"oct\",\"k\":\"" X "\"}", false },
	{ "EC with k", "{" EC XY ",\"k\":\"" X "\"}", false },
	{ "RSA", "{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}", false },
	{ "OKP", "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" X "\"}",
	  false },
	{ "P-384", "{\"kty\":\"EC\",\"crv\":\"P-384\"," XY "}", false },
	{ "no y", "{" EC "\"x\":\"" X "\"}", false },
	{ "x and y exchanged", "{" EC "\"x\":\"" Y "\",\"y\":\"" X "\"}",
	  false },
	{ "31 bytes",
	  "{" EC "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVA\","
	  "\"y\":\"" Y "\"}",
	  false },
	{ "padded", "{" EC "\"x\":\"" X "=\",\"y\":\"" Y "\"}", false },
	{ "zeros",
	  "{" EC "\"x\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\","
	  "\"y\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}",
	  false },
	{ "x over the field",
	  "{" EC "\"x\":\"__________________________________________8\","
	  "\"y\":\"" Y "\"}",
	  false },
	{ "an array", "[]", false },
};

static void jwk_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < YF_COUNT(jwks); i++) {
		YF_AUTO(arena) arena = yf_arena_new(64 * 1024);
		const struct yf_json *jwk;
		struct yf_public_key key;

		print_message("  %s\n", jwks[i].name);
		OK(yf_json_parse(arena, yf_str_of(jwks[i].jwk), &jwk));
		if (jwks[i].good)
			OK(yf_jwk_parse(jwk, &key));
		else
			FAILS(yf_jwk_parse(jwk, &key), KEY);
	}
	struct yf_public_key key;
	FAILS(yf_jwk_parse(NULL, &key), KEY);
}

static struct yf_key *known_key(void)
{
	uint8_t scalar[32];
	struct yf_key *key;

	OK(yf_base64url_decode_into(YF_STR(D), scalar, sizeof(scalar)));
	OK(yf_key_from_scalar(scalar, &key));
	return key;
}

/* The scalar of RFC 7515 A.3 gives its point; its JWK reads back. */
static void scalar_gives_point(void **state)
{
	YF_AUTO(arena) arena = yf_arena_new(64 * 1024);
	YF_AUTO(key) key = known_key();
	const struct yf_json *jwk;
	struct yf_public_key again;
	yf_str text;

	(void)state;
	OK(yf_jwk_encode(arena, yf_key_public(key), &text));
	assert_true(yf_str_is(text, "{" EC XY "}"));
	OK(yf_json_parse(arena, text, &jwk));
	OK(yf_jwk_parse(jwk, &again));
	assert_true(yf_public_key_eq(&again, yf_key_public(key)));
}

static void scalar_limits(void **state)
{
	static const uint8_t order[32] = {
		0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00,
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84,
		0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
	};
	uint8_t scalar[32] = { 0 };
	struct yf_key *key;

	(void)state;
	FAILS(yf_key_from_scalar(scalar, &key), KEY);
	FAILS(yf_key_from_scalar(order, &key), KEY);
	memcpy(scalar, order, 32);
	scalar[31]--;
	OK(yf_key_from_scalar(scalar, &key));
	yf_key_free(key);
}

/*
 * RFC 7638 3: a thumbprint is the digest of the members in their order; the
 * value is of the DPoP key of RFC 9449 section 6.1.
 */
static void thumbprint(void **state)
{
	static const char jwk_text[] =
		"{\"kty\":\"EC\",\"crv\":\"P-256\","
		"\"x\":\"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs\","
		"\"y\":\"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA\"}";
	YF_AUTO(arena) arena = yf_arena_new(64 * 1024);
	const struct yf_json *jwk;
	struct yf_public_key key;
	yf_str text;

	(void)state;
	OK(yf_json_parse(arena, yf_str_of(jwk_text), &jwk));
	OK(yf_jwk_parse(jwk, &key));
	OK(yf_jwk_thumbprint_text(arena, &key, &text));
	assert_true(
		yf_str_is(text, "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"));
}

static void pem_round_trip(void **state)
{
	YF_AUTO(arena) arena = yf_arena_new(256 * 1024);
	YF_AUTO(key) key = known_key();
	struct yf_key *read;
	yf_str pem;

	(void)state;
	OK(yf_key_save(key, arena, &pem));
	assert_true(yf_str_starts(pem, YF_STR("-----BEGIN PRIVATE KEY-----")));
	OK(yf_key_load(pem, &read));
	YF_AUTO(key) again = read;
	assert_true(yf_public_key_eq(yf_key_public(again), yf_key_public(key)));

	for (size_t len = 0; len + 1 < pem.len; len++)
		FAILS(yf_key_load((yf_str){ pem.ptr, len }, &read), KEY);
	FAILS(yf_key_load(YF_STR("-----BEGIN PUBLIC KEY-----\n"), &read), KEY);
}

/* A P-384 key made with `openssl genpkey` for this test. */
static void pem_of_other_curve(void **state)
{
	static const char p384[] =
		"-----BEGIN PRIVATE KEY-----\n"
		"MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDC0EO1eofz4PyxR4L"
		"qO\n"
		"nbq+pNFB5+jDipMiV2qjJZDwXEwogyc/"
		"mbKp9+XiM60B+zKhZANiAAQ2sJ5ptemo\n"
		"abDuCLHkCAFndJ8VNgM3fWOSP+N/4k/"
		"GCJMbxsHDu5r+BXqgWb3WErvxU9J+fMCI\n"
		"bdVXi+MKLBTFyKtG1oXq4laIPusuo8UwNGG6yVbZPJDSdCOni3+NcKQ=\n"
		"-----END PRIVATE KEY-----\n";
	struct yf_key *read;

	(void)state;
	FAILS(yf_key_load(yf_str_of(p384), &read), KEY);
}

static void signs_and_verifies(void **state)
{
	YF_AUTO(key) key = known_key();
	struct yf_key *made;
	OK(yf_key_new(&made));
	YF_AUTO(key) other = made;
	const yf_bytes message = yf_bytes_of(YF_STR("two halves that fit"));
	uint8_t signature[YF_SIGNATURE_LEN], bad[YF_SIGNATURE_LEN];

	(void)state;
	/* Many: r and s of every length, zeros in front included. */
	for (int i = 0; i < 600; i++) {
		OK(yf_sign(key, message, signature));
		OK(yf_verify(yf_key_public(key), message, signature));
	}
	FAILS(yf_verify(yf_key_public(other), message, signature), SIGNATURE);
	FAILS(yf_verify(yf_key_public(key),
			yf_bytes_of(YF_STR("two halves that fiT")), signature),
	      SIGNATURE);
	for (size_t i = 0; i < sizeof(bad); i++) {
		memcpy(bad, signature, sizeof(bad));
		bad[i] ^= 0x80;
		FAILS(yf_verify(yf_key_public(key), message, bad), SIGNATURE);
	}
	memset(bad, 0, sizeof(bad));
	FAILS(yf_verify(yf_key_public(key), message, bad), SIGNATURE);
	memset(bad, 0xff, sizeof(bad));
	FAILS(yf_verify(yf_key_public(key), message, bad), SIGNATURE);

	struct yf_public_key off = *yf_key_public(key);
	off.y[31] ^= 1;
	FAILS(yf_verify(&off, message, signature), KEY);
	FAILS(yf_public_key_check(&off), KEY);
	/* The kept key must not be the one before after a refused one. */
	OK(yf_verify(yf_key_public(key), message, signature));
}

/* Both sides come to one secret; a point off the curve to none. */
static void agreement(void **state)
{
	struct yf_key *made;
	struct yf_secret ours, theirs;

	(void)state;
	OK(yf_key_new(&made));
	YF_AUTO(key) a = made;
	OK(yf_key_new(&made));
	YF_AUTO(key) b = made;
	OK(yf_key_agree(a, yf_key_public(b), &ours));
	OK(yf_key_agree(b, yf_key_public(a), &theirs));
	assert_true(yf_secret_eq(&ours, &theirs));
	OK(yf_key_agree(b, yf_key_public(b), &theirs));
	assert_false(yf_secret_eq(&ours, &theirs));

	struct yf_public_key off = *yf_key_public(b);
	off.x[0] ^= 1;
	FAILS(yf_key_agree(a, &off, &ours), KEY);
}

struct worker {
	const struct yf_key *key;
	const struct yf_public_key *mine;
	int failures;
};

static void *work(void *self)
{
	struct worker *worker = self;
	uint8_t signature[YF_SIGNATURE_LEN];

	for (uint8_t i = 0; i < 100; i++) {
		const yf_bytes message = { &i, 1 };
		if (yf_failed(yf_sign(worker->key, message, signature)) ||
		    yf_failed(yf_verify(worker->mine, message, signature)))
			worker->failures++;
	}
	return NULL;
}

/* One key, many threads: contexts are lent, never shared. */
static void threads_share_a_key(void **state)
{
	YF_AUTO(key) key = known_key();
	struct worker workers[8];
	pthread_t threads[8];

	(void)state;
	for (size_t i = 0; i < YF_COUNT(threads); i++) {
		workers[i] = (struct worker){ key, yf_key_public(key), 0 };
		assert_int_equal(
			pthread_create(&threads[i], NULL, work, &workers[i]),
			0);
	}
	for (size_t i = 0; i < YF_COUNT(threads); i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(workers[i].failures, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(jwk_table),
		cmocka_unit_test(scalar_gives_point),
		cmocka_unit_test(scalar_limits),
		cmocka_unit_test(thumbprint),
		cmocka_unit_test(pem_round_trip),
		cmocka_unit_test(pem_of_other_curve),
		cmocka_unit_test(signs_and_verifies),
		cmocka_unit_test(agreement),
		cmocka_unit_test(threads_share_a_key),
	};
	return cmocka_run_group_tests_name("crypto/key", tests, NULL, NULL);
}
