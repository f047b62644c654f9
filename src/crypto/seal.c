#include "crypto/seal.h"

#include "base/random.h"
#include "crypto/gcm.h"

static yf_bytes secret_bytes(const struct yf_secret *secret)
{
	return (yf_bytes){ secret->bytes, sizeof(secret->bytes) };
}

/* nonce | ciphertext | tag into plain.len + YF_SEAL_EXTRA_LEN bytes. */
static yf_err seal_into(const struct yf_secret *key, yf_bytes plain,
			yf_bytes context, uint8_t *out)
{
	yf_random_fill(out, YF_SEAL_NONCE_LEN);
	uint8_t *text = out + YF_SEAL_NONCE_LEN;
	return yf_gcm_encrypt(secret_bytes(key), out, context, plain, text,
			      text + plain.len);
}

/* Into sealed.len - YF_SEAL_EXTRA_LEN bytes. */
static yf_err unseal_into(const struct yf_secret *key, yf_bytes sealed,
			  yf_bytes context, uint8_t *out)
{
	const yf_bytes text = { sealed.ptr + YF_SEAL_NONCE_LEN,
				sealed.len - YF_SEAL_EXTRA_LEN };

	return yf_gcm_decrypt(secret_bytes(key), sealed.ptr, context, text,
			      text.ptr + text.len, out);
}

yf_err yf_seal(struct yf_arena *arena, const struct yf_secret *key,
	       yf_bytes plain, yf_bytes context, yf_bytes *out)
{
	if (plain.len > YF_SEAL_PLAIN_MAX)
		return YF_FAIL(TOO_LARGE);
	const size_t len = plain.len + YF_SEAL_EXTRA_LEN;
	uint8_t *sealed = YF_NEW(arena, uint8_t, len);
	if (!sealed)
		return YF_FAIL(MEMORY);
	YF_TRY(seal_into(key, plain, context, sealed));
	*out = (yf_bytes){ sealed, len };
	return YF_OK;
}

yf_err yf_unseal(struct yf_arena *arena, const struct yf_secret *key,
		 yf_bytes sealed, yf_bytes context, yf_bytes *out)
{
	if (sealed.len < YF_SEAL_EXTRA_LEN ||
	    sealed.len - YF_SEAL_EXTRA_LEN > YF_SEAL_PLAIN_MAX)
		return YF_FAIL(DECRYPT);
	const size_t len = sealed.len - YF_SEAL_EXTRA_LEN;
	uint8_t *plain = YF_NEW(arena, uint8_t, len + 1);
	if (!plain)
		return YF_FAIL(MEMORY);
	YF_TRY(unseal_into(key, sealed, context, plain));
	*out = (yf_bytes){ plain, len };
	return YF_OK;
}

void yf_seal_key_new(struct yf_secret *out)
{
	yf_random_fill(out->bytes, sizeof(out->bytes));
}

yf_err yf_wrap_key(const struct yf_secret *master,
		   const struct yf_secret *data_key, yf_bytes context,
		   uint8_t out[static YF_WRAPPED_KEY_LEN])
{
	return seal_into(master, secret_bytes(data_key), context, out);
}

yf_err yf_unwrap_key(const struct yf_secret *master, yf_bytes wrapped,
		     yf_bytes context, struct yf_secret *out)
{
	YF_AUTO_SECRET plain;

	if (wrapped.len != YF_WRAPPED_KEY_LEN)
		return YF_FAIL(DECRYPT);
	YF_TRY(unseal_into(master, wrapped, context, plain.bytes));
	*out = plain;
	return YF_OK;
}
