#include "card/nonce.h"

#include "base/random.h"
#include "codec/base64url.h"
#include "crypto/hash.h"

enum { RANDOM_LEN = 16, MAC_LEN = 16 };

struct nonce {
	uint8_t time[8];
	uint8_t random[RANDOM_LEN];
	uint8_t mac[MAC_LEN];
};

static void mac_of(const struct yf_env *env, const char *kind,
		   const struct nonce *nonce, uint8_t out[static MAC_LEN])
{
	const struct yf_secret *key = &env->keys.nonce;
	uint8_t message[64] = { 0 };
	uint8_t mac[YF_SHA256_LEN];

	const size_t kind_len = strnlen(kind, 32);
	memcpy(message, kind, kind_len);
	memcpy(message + 32, nonce->time, sizeof(nonce->time));
	memcpy(message + 40, nonce->random, sizeof(nonce->random));
	yf_hmac_sha256((yf_bytes){ key->bytes, sizeof(key->bytes) },
		       (yf_bytes){ message, sizeof(message) }, mac);
	memcpy(out, mac, MAC_LEN);
}

yf_err yf_nonce_make(const struct yf_env *env, struct yf_arena *arena,
		     const char *kind, yf_str *out)
{
	const uint64_t now = (uint64_t)yf_env_now_s(env);
	struct nonce nonce;

	for (int i = 0; i < 8; i++)
		nonce.time[i] = (uint8_t)(now >> (56 - 8 * i));
	yf_random_fill(nonce.random, sizeof(nonce.random));
	mac_of(env, kind, &nonce, nonce.mac);
	return yf_base64url_encode(
		arena, (yf_bytes){ (const uint8_t *)&nonce, sizeof(nonce) },
		out);
}

yf_err yf_nonce_check(const struct yf_env *env, const char *kind, yf_str text)
{
	struct nonce nonce;
	uint8_t mac[MAC_LEN];
	uint64_t made = 0;

	if (yf_failed(yf_base64url_decode_into(text, (uint8_t *)&nonce,
					       sizeof(nonce))))
		return YF_FAIL(NONCE);
	mac_of(env, kind, &nonce, mac);
	if (!yf_bytes_eq_secret((yf_bytes){ mac, sizeof(mac) },
				(yf_bytes){ nonce.mac, sizeof(nonce.mac) }))
		return YF_FAIL(NONCE);
	for (int i = 0; i < 8; i++)
		made = made << 8 | nonce.time[i];
	return yf_env_now_s(env) - (int64_t)made < YF_NONCE_AGE_S
		       ? YF_OK
		       : YF_FAIL(NONCE);
}

yf_err yf_spend(struct yf_tx *tx, const char *kind, yf_str what,
		int64_t expires_s)
{
	uint8_t hash[YF_SHA256_LEN];
	int64_t changed = 0;

	yf_sha256(yf_bytes_of(what), hash);
	YF_TRY(yf_tx_exec(tx,
			  "INSERT INTO spent (shard, kind, hash, expires_s)"
			  " VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
			  YF_BIND(YF_INT(yf_shard_of(hash)),
				  YF_TEXT(yf_str_of(kind)),
				  YF_BLOB(((yf_bytes){ hash, sizeof(hash) })),
				  YF_INT(expires_s)),
			  &changed));
	return changed ? YF_OK : YF_FAIL(REPLAYED);
}
