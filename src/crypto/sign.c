#include "crypto/sign.h"

#include <openssl/err.h>

#include "crypto/hash.h"
#include "crypto/key_handle.h"
#include "crypto/local.h"

/*
 * The library speaks Ecdsa-Sig-Value (RFC 3279 2.2.3): SEQUENCE of two
 * INTEGERs, each at most 33 bytes, so that every length is one byte.
 */
enum { DER_MAX = 2 + 2 * (2 + 33), TAG_INTEGER = 2, TAG_SEQUENCE = 0x30 };

static size_t put_integer(const uint8_t value[static 32], uint8_t *out)
{
	size_t skip = 0;

	while (skip < 31 && !value[skip])
		skip++;
	const size_t sign = value[skip] >> 7;
	const size_t len = 32 - skip + sign;
	out[0] = TAG_INTEGER;
	out[1] = (uint8_t)len;
	out[2] = 0;
	memcpy(out + 2 + sign, value + skip, 32 - skip);
	return 2 + len;
}

static size_t der_of_raw(const uint8_t raw[static YF_SIGNATURE_LEN],
			 uint8_t out[static DER_MAX])
{
	size_t len = 2;

	len += put_integer(raw, out + len);
	len += put_integer(raw + 32, out + len);
	out[0] = TAG_SEQUENCE;
	out[1] = (uint8_t)(len - 2);
	return len;
}

/* Length of the INTEGER at `at`, 0 when there is none of at most 256 bits. */
static size_t take_integer(const uint8_t *at, size_t left,
			   uint8_t out[static 32])
{
	if (left < 3 || at[0] != TAG_INTEGER || at[1] > left - 2 || !at[1])
		return 0;
	const uint8_t *value = at + 2;
	size_t len = at[1];
	if (len > 1 && !value[0]) {
		value++;
		len--;
	}
	if (len > 32)
		return 0;
	memset(out, 0, 32 - len);
	memcpy(out + 32 - len, value, len);
	return 2 + (size_t)at[1];
}

static bool raw_of_der(const uint8_t *der, size_t len,
		       uint8_t out[static YF_SIGNATURE_LEN])
{
	if (len < 2 || der[0] != TAG_SEQUENCE || der[1] != len - 2)
		return false;
	const size_t first = take_integer(der + 2, len - 2, out);
	return first && take_integer(der + 2 + first, len - 2 - first,
				     out + 32) == len - 2 - first;
}

yf_err yf_sign_digest(const struct yf_key *key, const uint8_t digest[static 32],
		      uint8_t out[static YF_SIGNATURE_LEN])
{
	uint8_t der[DER_MAX];
	size_t len = sizeof(der);

	EVP_PKEY_CTX *context = yf_key_take_context(key);
	if (!context)
		return YF_FAIL(MEMORY);
	const int done = EVP_PKEY_sign(context, der, &len, digest, 32);
	if (done != 1) {
		ERR_clear_error();
		EVP_PKEY_CTX_free(context);
		return YF_FAIL(CRYPTO);
	}
	yf_key_give_context(key, context);
	return raw_of_der(der, len, out) ? YF_OK : YF_FAIL(CRYPTO);
}

yf_err yf_sign(const struct yf_key *key, yf_bytes message,
	       uint8_t out[static YF_SIGNATURE_LEN])
{
	uint8_t digest[YF_SHA256_LEN];

	yf_sha256(message, digest);
	return yf_sign_digest(key, digest, out);
}

yf_err yf_verify_digest(const struct yf_public_key *key,
			const uint8_t digest[static 32],
			const uint8_t signature[static YF_SIGNATURE_LEN])
{
	struct yf_local *local = yf_local_get();
	struct yf_peer *peer;
	uint8_t der[DER_MAX];

	if (!local)
		return YF_FAIL(MEMORY);
	YF_TRY(yf_local_peer(local, key, &peer));
	const size_t len = der_of_raw(signature, der);
	if (EVP_PKEY_verify(peer->verify, der, len, digest, 32) == 1)
		return YF_OK;
	ERR_clear_error();
	return YF_FAIL(SIGNATURE);
}

yf_err yf_verify(const struct yf_public_key *key, yf_bytes message,
		 const uint8_t signature[static YF_SIGNATURE_LEN])
{
	uint8_t digest[YF_SHA256_LEN];

	yf_sha256(message, digest);
	return yf_verify_digest(key, digest, signature);
}
