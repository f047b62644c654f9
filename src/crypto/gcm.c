#include "crypto/gcm.h"

#include <assert.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "base/secret.h"

static void drop(EVP_CIPHER_CTX **context)
{
	EVP_CIPHER_CTX_free(*context);
}

static EVP_CIPHER_CTX *start(yf_bytes key, const uint8_t *nonce, bool encrypt)
{
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();

	assert(key.len == 16 || key.len == 32);
	if (context && EVP_CipherInit_ex2(context,
					  key.len == 16 ? EVP_aes_128_gcm()
							: EVP_aes_256_gcm(),
					  key.ptr, nonce, encrypt, NULL) == 1)
		return context;
	ERR_clear_error();
	EVP_CIPHER_CTX_free(context);
	return NULL;
}

static bool feed(EVP_CIPHER_CTX *context, yf_bytes aad, yf_bytes in,
		 uint8_t *out)
{
	int len = 0;

	if (aad.len > INT_MAX || in.len > INT_MAX)
		return false;
	if (aad.len &&
	    EVP_CipherUpdate(context, NULL, &len, aad.ptr, (int)aad.len) != 1)
		return false;
	return !in.len ||
	       EVP_CipherUpdate(context, out, &len, in.ptr, (int)in.len) == 1;
}

yf_err yf_gcm_encrypt(yf_bytes key,
		      const uint8_t nonce[static YF_GCM_NONCE_LEN],
		      yf_bytes aad, yf_bytes plain, uint8_t *out,
		      uint8_t tag[static YF_GCM_TAG_LEN])
{
	uint8_t rest[16];
	int len = 0;

	__attribute__((cleanup(drop))) EVP_CIPHER_CTX *context =
		start(key, nonce, true);
	if (context && feed(context, aad, plain, out) &&
	    EVP_CipherFinal_ex(context, rest, &len) == 1 &&
	    EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, YF_GCM_TAG_LEN,
				tag) == 1)
		return YF_OK;
	ERR_clear_error();
	return YF_FAIL(CRYPTO);
}

yf_err yf_gcm_decrypt(yf_bytes key,
		      const uint8_t nonce[static YF_GCM_NONCE_LEN],
		      yf_bytes aad, yf_bytes sealed,
		      const uint8_t tag[static YF_GCM_TAG_LEN], uint8_t *out)
{
	uint8_t expected[YF_GCM_TAG_LEN];
	uint8_t rest[16];
	int len = 0;

	memcpy(expected, tag, sizeof(expected));
	__attribute__((cleanup(drop))) EVP_CIPHER_CTX *context =
		start(key, nonce, false);
	if (!context || !feed(context, aad, sealed, out) ||
	    EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, YF_GCM_TAG_LEN,
				expected) != 1) {
		ERR_clear_error();
		return YF_FAIL(CRYPTO);
	}
	if (EVP_CipherFinal_ex(context, rest, &len) == 1)
		return YF_OK;
	ERR_clear_error();
	yf_wipe(out, sealed.len);
	return YF_FAIL(DECRYPT);
}
