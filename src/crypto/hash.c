#include "crypto/hash.h"

#include <assert.h>
#include <stdlib.h>

#include "codec/base64url.h"
#include "crypto/local.h"

enum { BLOCK_LEN = 64 };

void yf_sha256_parts(const yf_bytes *parts, size_t count,
		     uint8_t out[static YF_SHA256_LEN])
{
	struct yf_local *local = yf_local_get();

	if (!local ||
	    EVP_DigestInit_ex2(local->digest, local->sha256, NULL) != 1)
		abort();
	for (size_t i = 0; i < count; i++)
		if (EVP_DigestUpdate(local->digest, parts[i].ptr,
				     parts[i].len) != 1)
			abort();
	if (EVP_DigestFinal_ex(local->digest, out, NULL) != 1)
		abort();
}

void yf_sha256(yf_bytes message, uint8_t out[static YF_SHA256_LEN])
{
	yf_sha256_parts(&message, 1, out);
}

void yf_sha256_text(yf_str text, char out[static YF_SHA256_TEXT_LEN])
{
	uint8_t digest[YF_SHA256_LEN];

	yf_sha256(yf_bytes_of(text), digest);
	yf_base64url_write((yf_bytes){ digest, sizeof(digest) }, out);
}

void yf_hmac_sha256_parts(yf_bytes key, const yf_bytes *parts, size_t count,
			  uint8_t out[static YF_SHA256_LEN])
{
	uint8_t block[BLOCK_LEN] = { 0 };
	uint8_t inner[YF_SHA256_LEN];
	yf_bytes padded[1 + YF_HMAC_PARTS_MAX] = { { block, BLOCK_LEN } };

	assert(count <= YF_HMAC_PARTS_MAX);
	if (key.len > BLOCK_LEN)
		yf_sha256(key, block);
	else if (key.len)
		memcpy(block, key.ptr, key.len);
	memcpy(padded + 1, parts, count * sizeof(*parts));

	for (size_t i = 0; i < BLOCK_LEN; i++)
		block[i] ^= 0x36;
	yf_sha256_parts(padded, 1 + count, inner);
	for (size_t i = 0; i < BLOCK_LEN; i++)
		block[i] ^= 0x36 ^ 0x5c;
	yf_sha256_parts(
		(yf_bytes[]){ { block, BLOCK_LEN }, { inner, sizeof(inner) } },
		2, out);
	yf_wipe(block, sizeof(block));
	yf_wipe(inner, sizeof(inner));
}

void yf_hmac_sha256(yf_bytes key, yf_bytes message,
		    uint8_t out[static YF_SHA256_LEN])
{
	yf_hmac_sha256_parts(key, &message, 1, out);
}

/* T(i) = HMAC(PRK, T(i-1) | info | i), RFC 5869 2.3, with `block` = T. */
static void expand_one(const uint8_t prk[static YF_SHA256_LEN], yf_bytes before,
		       yf_bytes info, uint8_t number, uint8_t *text,
		       uint8_t block[static YF_SHA256_LEN])
{
	size_t len = 0;

	if (before.len)
		memcpy(text, before.ptr, before.len);
	len += before.len;
	if (info.len)
		memcpy(text + len, info.ptr, info.len);
	len += info.len;
	text[len++] = number;
	yf_hmac_sha256((yf_bytes){ prk, YF_SHA256_LEN },
		       (yf_bytes){ text, len }, block);
}

enum { HKDF_INFO_MAX = 1024, HKDF_OUT_MAX = 255 * YF_SHA256_LEN };

yf_err yf_hkdf_sha256(yf_bytes secret, yf_bytes salt, yf_bytes info,
		      uint8_t *out, size_t len)
{
	uint8_t prk[YF_SHA256_LEN];
	uint8_t block[YF_SHA256_LEN];
	uint8_t text[YF_SHA256_LEN + HKDF_INFO_MAX + 1];

	if (!len || len > HKDF_OUT_MAX || info.len > HKDF_INFO_MAX)
		return YF_FAIL(RANGE);
	/* HMAC pads its key with zeros: an empty salt is 32 zero bytes. */
	yf_hmac_sha256(salt, secret, prk);
	for (size_t done = 0, number = 1; done < len; number++) {
		const size_t take =
			len - done < YF_SHA256_LEN ? len - done : YF_SHA256_LEN;
		expand_one(prk, (yf_bytes){ block, done ? YF_SHA256_LEN : 0 },
			   info, (uint8_t)number, text, block);
		memcpy(out + done, block, take);
		done += take;
	}
	yf_wipe(prk, sizeof(prk));
	yf_wipe(block, sizeof(block));
	yf_wipe(text, sizeof(text));
	return YF_OK;
}
