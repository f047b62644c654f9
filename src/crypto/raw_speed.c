#include "crypto/raw_speed.h"

#include <stdint.h>
#include <stdlib.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "base/random.h"

enum { DIGEST_LEN = 32, SIGNATURE_MAX = 80 };

struct yf_raw_speed {
	EVP_PKEY *key;
	EVP_PKEY_CTX *sign;
	EVP_PKEY_CTX *verify;
	uint8_t digest[DIGEST_LEN];
	uint8_t signature[SIGNATURE_MAX];
	size_t signature_len;
};

void yf_raw_speed_free(struct yf_raw_speed *raw)
{
	if (!raw)
		return;
	EVP_PKEY_CTX_free(raw->sign);
	EVP_PKEY_CTX_free(raw->verify);
	EVP_PKEY_free(raw->key);
	free(raw);
}

void yf_raw_speed_cleanup(struct yf_raw_speed **raw)
{
	yf_raw_speed_free(*raw);
}

static yf_err sign_once(struct yf_raw_speed *raw)
{
	raw->signature_len = sizeof(raw->signature);
	if (EVP_PKEY_sign(raw->sign, raw->signature, &raw->signature_len,
			  raw->digest, DIGEST_LEN) == 1)
		return YF_OK;
	ERR_clear_error();
	return YF_FAIL(CRYPTO);
}

static yf_err verify_once(struct yf_raw_speed *raw)
{
	if (EVP_PKEY_verify(raw->verify, raw->signature, raw->signature_len,
			    raw->digest, DIGEST_LEN) == 1)
		return YF_OK;
	ERR_clear_error();
	return YF_FAIL(CRYPTO);
}

static yf_err open_contexts(struct yf_raw_speed *raw)
{
	raw->key = EVP_EC_gen("P-256");
	if (raw->key) {
		raw->sign = EVP_PKEY_CTX_new_from_pkey(NULL, raw->key, NULL);
		raw->verify = EVP_PKEY_CTX_new_from_pkey(NULL, raw->key, NULL);
	}
	if (!raw->sign || !raw->verify || EVP_PKEY_sign_init(raw->sign) != 1 ||
	    EVP_PKEY_verify_init(raw->verify) != 1) {
		ERR_clear_error();
		return YF_FAIL(CRYPTO);
	}
	return YF_OK;
}

yf_err yf_raw_speed_new(struct yf_raw_speed **out)
{
	struct yf_raw_speed *raw = calloc(1, sizeof(*raw));
	if (!raw)
		return YF_FAIL(MEMORY);
	yf_err err = open_contexts(raw);
	/* Zeros would spare the verifier half of its multiplication. */
	yf_random_fill(raw->digest, sizeof(raw->digest));
	if (!yf_failed(err))
		err = sign_once(raw);
	if (yf_failed(err))
		yf_raw_speed_free(raw);
	else
		*out = raw;
	return err;
}

yf_err yf_raw_speed_run(struct yf_raw_speed *raw, yf_raw_work work,
			unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		YF_TRY(work == YF_RAW_SIGN ? sign_once(raw) : verify_once(raw));
	return YF_OK;
}
