#include "crypto/hash.h"

#include "../support/expect.h"
#include "codec/hex.h"
#include "crypto/gcm.h"
#include "crypto/seal.h"

static yf_bytes hex(struct yf_arena *arena, const char *text)
{
	yf_bytes bytes;

	OK(yf_hex_decode(arena, yf_str_of(text), &bytes));
	return bytes;
}

static void expect_hex(struct yf_arena *arena, const uint8_t *got, size_t len,
		       const char *want)
{
	const yf_bytes bytes = hex(arena, want);

	assert_int_equal(len, bytes.len);
	assert_memory_equal(got, bytes.ptr, len);
}

/* FIPS 180-4 examples; the empty text as everybody knows it. */
static void sha256_examples(void **state)
{
	static const struct {
		yf_str text;
		const char *want;
	} rows[] = {
		{ YF_STR("abc"), "ba7816bf8f01cfea414140de5dae2223"
				 "b00361a396177a9cb410ff61f20015ad" },
		{ YF_STR(""), "e3b0c44298fc1c149afbf4c8996fb924"
			      "27ae41e4649b934ca495991b7852b855" },
		{ YF_STR("abcdbcdecdefdefgefghfghighijhijk"
			 "ijkljklmklmnlmnomnopnopq"),
		  "248d6a61d20638b8e5c026930c3e6039"
		  "a33ce45964ff2167f6ecedd419db06c1" },
	};
	YF_AUTO(arena) arena = yf_arena_new(64 * 1024);

	(void)state;
	for (size_t i = 0; i < YF_COUNT(rows); i++) {
		uint8_t digest[YF_SHA256_LEN];
		yf_sha256(yf_bytes_of(rows[i].text), digest);
		expect_hex(arena, digest, sizeof(digest), rows[i].want);
	}
}

/* Any cut of a message has the digest of the whole. */
static void sha256_parts(void **state)
{
	uint8_t text[150], whole[32], parts[32];

	(void)state;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (uint8_t)(i * 7);
	yf_sha256((yf_bytes){ text, sizeof(text) }, whole);
	for (size_t cut = 0; cut <= sizeof(text); cut++) {
		yf_sha256_parts(
			(yf_bytes[]){ { text, cut },
				      { text + cut, sizeof(text) - cut } },
			2, parts);
		assert_memory_equal(whole, parts, 32);
	}
}

/* RFC 4231 4.2, 4.3, 4.4 and 4.7 (a key longer than a block). */
static void hmac_vectors(void **state)
{
	static const char key_of_131[] =
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"aaaaaaaaaaaaaaaaaaaaaa";
	static const struct {
		const char *key;
		yf_str message;
		const char *want;
	} rows[] = {
		{ "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
		  YF_STR("Hi There"),
		  "b0344c61d8db38535ca8afceaf0bf12b"
		  "881dc200c9833da726e9376c2e32cff7" },
		{ "4a656665", YF_STR("what do ya want for nothing?"),
		  "5bdcc146bf60754e6a042426089575c7"
		  "5a003f089d2739839dec58b964ec3843" },
		{ key_of_131,
		  YF_STR("Test Using Larger Than Block-Size Key - "
			 "Hash Key First"),
		  "60e431591ee0b67f0d8a26aacbf5b77f"
		  "8e0bc6213728c5140546040f0ee37f54" },
	};
	YF_AUTO(arena) arena = yf_arena_new(64 * 1024);

	(void)state;
	for (size_t i = 0; i < YF_COUNT(rows); i++) {
		uint8_t mac[YF_SHA256_LEN];
		yf_hmac_sha256(hex(arena, rows[i].key),
			       yf_bytes_of(rows[i].message), mac);
		expect_hex(arena, mac, sizeof(mac), rows[i].want);
	}
}

/* RFC 5869 A.1 and A.3. */
static void hkdf_vectors(void **state)
{
	static const struct {
		const char *salt, *info, *want;
	} rows[] = {
		{ "000102030405060708090a0b0c", "f0f1f2f3f4f5f6f7f8f9",
		  "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56"
		  "ecc4c5bf34007208d5b887185865" },
		{ "", "",
		  "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f"
		  "3c738d2d9d201395faa4b61a96c8" },
	};
	YF_AUTO(arena) arena = yf_arena_new(64 * 1024);
	uint8_t out[42];

	(void)state;
	for (size_t i = 0; i < YF_COUNT(rows); i++) {
		OK(yf_hkdf_sha256(
			hex(arena,
			    "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"),
			hex(arena, rows[i].salt), hex(arena, rows[i].info), out,
			sizeof(out)));
		expect_hex(arena, out, sizeof(out), rows[i].want);
	}
	const yf_bytes none = { NULL, 0 };
	FAILS(yf_hkdf_sha256(none, none, none, out, 0), RANGE);
	FAILS(yf_hkdf_sha256(none, none, none, out, 255 * 32 + 1), RANGE);
}

/* Test case 4 of the GCM specification. */
static void gcm_vector(void **state)
{
	YF_AUTO(arena) arena = yf_arena_new(64 * 1024);
	const yf_bytes key = hex(arena, "feffe9928665731c6d6a8f9467308308");
	const yf_bytes nonce = hex(arena, "cafebabefacedbaddecaf888");
	const yf_bytes aad =
		hex(arena, "feedfacedeadbeeffeedfacedeadbeefabaddad2");
	const yf_bytes plain =
		hex(arena,
		    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d"
		    "8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657"
		    "ba637b39");
	uint8_t sealed[60], opened[60], tag[16];

	(void)state;
	OK(yf_gcm_encrypt(key, nonce.ptr, aad, plain, sealed, tag));
	expect_hex(arena, sealed, sizeof(sealed),
		   "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e23"
		   "29aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac97"
		   "3d58e091");
	expect_hex(arena, tag, sizeof(tag), "5bc94fbc3221a5db94fae95ae7121a47");
	OK(yf_gcm_decrypt(key, nonce.ptr, aad, (yf_bytes){ sealed, 60 }, tag,
			  opened));
	assert_memory_equal(opened, plain.ptr, 60);
	tag[15] ^= 1;
	FAILS(yf_gcm_decrypt(key, nonce.ptr, aad, (yf_bytes){ sealed, 60 }, tag,
			     opened),
	      DECRYPT);
}

/* Sealed bytes open whole, with their key and context, and not otherwise. */
static void seal_refusals(void **state)
{
	YF_AUTO(arena) arena = yf_arena_new(1024 * 1024);
	struct yf_secret key, other;
	const yf_bytes plain = yf_bytes_of(YF_STR("family name"));
	const yf_bytes context = yf_bytes_of(YF_STR("person 7, name"));
	yf_bytes sealed, opened;

	(void)state;
	yf_seal_key_new(&key);
	yf_seal_key_new(&other);
	OK(yf_seal(arena, &key, plain, context, &sealed));
	assert_int_equal(sealed.len, plain.len + YF_SEAL_EXTRA_LEN);
	OK(yf_unseal(arena, &key, sealed, context, &opened));
	assert_true(yf_bytes_eq(opened, plain));

	FAILS(yf_unseal(arena, &other, sealed, context, &opened), DECRYPT);
	FAILS(yf_unseal(arena, &key, sealed,
			yf_bytes_of(YF_STR("person 8, name")), &opened),
	      DECRYPT);
	uint8_t *bytes = YF_NEW(arena, uint8_t, sealed.len);
	for (size_t i = 0; i < sealed.len; i++) {
		memcpy(bytes, sealed.ptr, sealed.len);
		bytes[i] ^= 1;
		FAILS(yf_unseal(arena, &key, (yf_bytes){ bytes, sealed.len },
				context, &opened),
		      DECRYPT);
		FAILS(yf_unseal(arena, &key, (yf_bytes){ sealed.ptr, i },
				context, &opened),
		      DECRYPT);
	}
	OK(yf_seal(arena, &key, (yf_bytes){ NULL, 0 }, context, &sealed));
	OK(yf_unseal(arena, &key, sealed, context, &opened));
	assert_int_equal(opened.len, 0);
}

static void wrapped_keys(void **state)
{
	struct yf_secret master, data, got;
	uint8_t wrapped[YF_WRAPPED_KEY_LEN];
	const yf_bytes context = yf_bytes_of(YF_STR("person 7"));

	(void)state;
	yf_seal_key_new(&master);
	yf_seal_key_new(&data);
	OK(yf_wrap_key(&master, &data, context, wrapped));
	OK(yf_unwrap_key(&master, (yf_bytes){ wrapped, sizeof(wrapped) },
			 context, &got));
	assert_true(yf_secret_eq(&got, &data));
	FAILS(yf_unwrap_key(&master, (yf_bytes){ wrapped, sizeof(wrapped) - 1 },
			    context, &got),
	      DECRYPT);
	FAILS(yf_unwrap_key(&data, (yf_bytes){ wrapped, sizeof(wrapped) },
			    context, &got),
	      DECRYPT);
	FAILS(yf_unwrap_key(&master, (yf_bytes){ wrapped, sizeof(wrapped) },
			    yf_bytes_of(YF_STR("person 8")), &got),
	      DECRYPT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sha256_examples),
		cmocka_unit_test(sha256_parts),
		cmocka_unit_test(hmac_vectors),
		cmocka_unit_test(hkdf_vectors),
		cmocka_unit_test(gcm_vector),
		cmocka_unit_test(seal_refusals),
		cmocka_unit_test(wrapped_keys),
	};
	return cmocka_run_group_tests_name("crypto/hash, seal", tests, NULL,
					   NULL);
}
