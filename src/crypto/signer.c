#include "crypto/signer.h"

#include <assert.h>

yf_err yf_signer_sign(const struct yf_signer *signer,
		      const uint8_t digest[static 32],
		      uint8_t out[static YF_SIGNATURE_LEN])
{
	return signer->sign(signer->self, signer->key_id, digest, out);
}

yf_err yf_signer_public_key(const struct yf_signer *signer,
			    struct yf_public_key *out)
{
	return signer->public_key(signer->self, signer->key_id, out);
}

yf_err yf_signer_chain(const struct yf_signer *signer, struct yf_chain *out)
{
	return signer->chain(signer->self, signer->key_id, out);
}

static yf_err key_sign(void *self, yf_str key_id,
		       const uint8_t digest[static 32],
		       uint8_t out[static YF_SIGNATURE_LEN])
{
	(void)key_id;
	return yf_sign_digest(self, digest, out);
}

static yf_err key_public(void *self, yf_str key_id, struct yf_public_key *out)
{
	(void)key_id;
	*out = *yf_key_public(self);
	return YF_OK;
}

static yf_err key_chain(void *self, yf_str key_id, struct yf_chain *out)
{
	(void)self;
	(void)key_id;
	*out = (struct yf_chain){ .count = 0 };
	return YF_OK;
}

struct yf_signer yf_signer_of_key(const struct yf_key *key)
{
	assert(key);
	/* The calls only read: `self` is one pointer for all signers. */
	union {
		const struct yf_key *key;
		void *self;
	} view = { .key = key };

	return (struct yf_signer){
		.sign = key_sign,
		.public_key = key_public,
		.chain = key_chain,
		.self = view.self,
	};
}
