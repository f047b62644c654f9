#include "crypto/key.h"

#include <stdlib.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include "crypto/key_handle.h"
#include "crypto/local.h"

enum { POINT_LEN = 65, PEM_MAX = 16 * 1024 };

#define DROP(noun) __attribute__((cleanup(drop_##noun)))

static void drop_bn(BIGNUM **bn)
{
	BN_clear_free(*bn);
}

static void drop_bio(BIO **bio)
{
	BIO_free(*bio);
}

static void drop_point(EC_POINT **point)
{
	EC_POINT_free(*point);
}

static void drop_group(EC_GROUP **group)
{
	EC_GROUP_free(*group);
}

static void drop_pkey(EVP_PKEY **pkey)
{
	EVP_PKEY_free(*pkey);
}

static void drop_context(EVP_PKEY_CTX **context)
{
	EVP_PKEY_CTX_free(*context);
}

static yf_err crypto_failure(void)
{
	ERR_clear_error();
	return YF_FAIL(CRYPTO);
}

/* --- public keys --- */

bool yf_public_key_eq(const struct yf_public_key *a,
		      const struct yf_public_key *b)
{
	return memcmp(a->x, b->x, sizeof(a->x)) == 0 &&
	       memcmp(a->y, b->y, sizeof(a->y)) == 0;
}

yf_err yf_public_key_check(const struct yf_public_key *key)
{
	struct yf_local *local = yf_local_get();
	struct yf_peer *peer;

	if (!local)
		return YF_FAIL(MEMORY);
	return yf_local_peer(local, key, &peer);
}

/* --- handles --- */

void yf_key_free(struct yf_key *key)
{
	if (!key)
		return;
	if (key->idle) {
		while (key->idle->count)
			EVP_PKEY_CTX_free(
				key->idle->contexts[--key->idle->count]);
		pthread_mutex_destroy(&key->idle->lock);
		free(key->idle);
	}
	EVP_PKEY_free(key->pkey);
	free(key);
}

void yf_key_cleanup(struct yf_key **key)
{
	yf_key_free(*key);
}

EVP_PKEY_CTX *yf_key_take_context(const struct yf_key *key)
{
	EVP_PKEY_CTX *context = NULL;

	pthread_mutex_lock(&key->idle->lock);
	if (key->idle->count)
		context = key->idle->contexts[--key->idle->count];
	pthread_mutex_unlock(&key->idle->lock);
	if (context)
		return context;

	context = EVP_PKEY_CTX_new_from_pkey(NULL, key->pkey, NULL);
	if (context && EVP_PKEY_sign_init(context) == 1)
		return context;
	EVP_PKEY_CTX_free(context);
	return NULL;
}

void yf_key_give_context(const struct yf_key *key, EVP_PKEY_CTX *context)
{
	pthread_mutex_lock(&key->idle->lock);
	if (key->idle->count < YF_KEY_IDLE_MAX) {
		key->idle->contexts[key->idle->count++] = context;
		context = NULL;
	}
	pthread_mutex_unlock(&key->idle->lock);
	EVP_PKEY_CTX_free(context);
}

static yf_err open_idle(struct yf_key *key)
{
	struct yf_key_idle *idle = calloc(1, sizeof(*idle));

	if (!idle)
		return YF_FAIL(MEMORY);
	if (pthread_mutex_init(&idle->lock, NULL)) {
		free(idle);
		return YF_FAIL(MEMORY);
	}
	key->idle = idle;
	return YF_OK;
}

static yf_err read_value(const EVP_PKEY *pkey, struct yf_public_key *out)
{
	uint8_t point[POINT_LEN];
	size_t len = 0;

	if (EVP_PKEY_get_octet_string_param(pkey, OSSL_PKEY_PARAM_PUB_KEY,
					    point, sizeof(point), &len) != 1 ||
	    len != POINT_LEN || point[0] != 4)
		return crypto_failure();
	memcpy(out->x, point + 1, sizeof(out->x));
	memcpy(out->y, point + 33, sizeof(out->y));
	return YF_OK;
}

static yf_err open_key(struct yf_key *key, EVP_PKEY *pkey)
{
	YF_TRY(open_idle(key));
	YF_TRY(read_value(pkey, &key->value));
	key->pkey = pkey;
	return YF_OK;
}

/* Takes `pkey` over on success only. */
static yf_err wrap(EVP_PKEY *pkey, struct yf_key **out)
{
	struct yf_key *key = calloc(1, sizeof(*key));
	if (!key)
		return YF_FAIL(MEMORY);
	const yf_err err = open_key(key, pkey);
	if (yf_failed(err))
		yf_key_free(key);
	else
		*out = key;
	return err;
}

yf_err yf_key_new(struct yf_key **out)
{
	DROP(pkey) EVP_PKEY *pkey = EVP_EC_gen("P-256");

	if (!pkey)
		return crypto_failure();
	YF_TRY(wrap(pkey, out));
	(void)YF_MOVE(pkey);
	return YF_OK;
}

/* The point of the scalar.  KEY when it is not in 1 .. order - 1. */
static yf_err point_of(const BIGNUM *scalar, uint8_t point[static POINT_LEN])
{
	DROP(group)
	EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
	DROP(point) EC_POINT *at = group ? EC_POINT_new(group) : NULL;

	if (!at)
		return crypto_failure();
	if (BN_is_zero(scalar) || BN_is_negative(scalar) ||
	    BN_cmp(scalar, EC_GROUP_get0_order(group)) >= 0)
		return YF_FAIL(KEY);
	if (EC_POINT_mul(group, at, scalar, NULL, NULL, NULL) != 1 ||
	    EC_POINT_point2oct(group, at, POINT_CONVERSION_UNCOMPRESSED, point,
			       POINT_LEN, NULL) != POINT_LEN)
		return crypto_failure();
	return YF_OK;
}

static yf_err import_pair(uint8_t scalar[static 32],
			  uint8_t point[static POINT_LEN], EVP_PKEY **out)
{
	/* OSSL_PARAM takes integers in the byte order of the machine. */
	uint8_t native[32];
	for (size_t i = 0; i < sizeof(native); i++)
		native[i] = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
				    ? scalar[31 - i]
				    : scalar[i];
	char group[] = "P-256";
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME,
						 group, 0),
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY,
						  point, POINT_LEN),
		OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_PRIV_KEY, native,
					sizeof(native)),
		OSSL_PARAM_construct_end(),
	};
	DROP(context)
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	const bool done =
		context && EVP_PKEY_fromdata_init(context) == 1 &&
		EVP_PKEY_fromdata(context, out, EVP_PKEY_KEYPAIR, params) == 1;
	yf_wipe(native, sizeof(native));
	return done ? YF_OK : crypto_failure();
}

static yf_err from_bn(const BIGNUM *bn, struct yf_key **out)
{
	uint8_t point[POINT_LEN];
	YF_AUTO_SECRET scalar = { 0 };
	EVP_PKEY *made = NULL;

	YF_TRY(point_of(bn, point));
	if (BN_bn2binpad(bn, scalar.bytes, sizeof(scalar.bytes)) < 0)
		return crypto_failure();
	YF_TRY(import_pair(scalar.bytes, point, &made));
	DROP(pkey) EVP_PKEY *pkey = made;
	YF_TRY(wrap(pkey, out));
	(void)YF_MOVE(pkey);
	return YF_OK;
}

yf_err yf_key_from_scalar(const uint8_t scalar[static 32], struct yf_key **out)
{
	DROP(bn) BIGNUM *bn = BN_secure_new();

	if (!bn || !BN_bin2bn(scalar, 32, bn))
		return crypto_failure();
	return from_bn(bn, out);
}

/* --- PEM --- */

/* Without a callback the library would ask on the terminal. */
static int no_passphrase(char *buf, int len, int writing, void *self)
{
	(void)buf;
	(void)len;
	(void)writing;
	(void)self;
	return -1;
}

yf_err yf_key_load(yf_str pem, struct yf_key **out)
{
	char group[32] = "";

	if (!pem.len || pem.len > PEM_MAX)
		return YF_FAIL(KEY);
	DROP(bio) BIO *bio = BIO_new_mem_buf(pem.ptr, (int)pem.len);
	if (!bio)
		return crypto_failure();
	DROP(pkey)
	EVP_PKEY *pkey =
		PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL);
	BIGNUM *found = NULL;

	if (!pkey || !EVP_PKEY_is_a(pkey, "EC") ||
	    EVP_PKEY_get_group_name(pkey, group, sizeof(group), NULL) != 1 ||
	    strcmp(group, SN_X9_62_prime256v1) != 0 ||
	    EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_PRIV_KEY, &found) !=
		    1) {
		ERR_clear_error();
		return YF_FAIL(KEY);
	}
	DROP(bn) BIGNUM *bn = found;
	return from_bn(bn, out);
}

yf_err yf_key_save(const struct yf_key *key, struct yf_arena *arena,
		   yf_str *pem)
{
	DROP(bio) BIO *bio = BIO_new(BIO_s_secmem());
	char *text = NULL;

	if (!bio || PEM_write_bio_PKCS8PrivateKey(bio, key->pkey, NULL, NULL, 0,
						  NULL, NULL) != 1)
		return crypto_failure();
	const long len = BIO_get_mem_data(bio, &text);
	if (len <= 0)
		return crypto_failure();
	return yf_str_copy(arena, (yf_str){ text, (size_t)len }, pem);
}

const struct yf_public_key *yf_key_public(const struct yf_key *key)
{
	return &key->value;
}

/* --- agreement --- */

yf_err yf_key_agree(const struct yf_key *key, const struct yf_public_key *peer,
		    struct yf_secret *out)
{
	struct yf_local *local = yf_local_get();
	struct yf_peer *kept;
	size_t len = sizeof(out->bytes);

	if (!local)
		return YF_FAIL(MEMORY);
	YF_TRY(yf_local_peer(local, peer, &kept));
	DROP(context)
	EVP_PKEY_CTX *context =
		EVP_PKEY_CTX_new_from_pkey(NULL, key->pkey, NULL);
	/* The peer is on the curve, and the cofactor of P-256 is 1. */
	if (!context || EVP_PKEY_derive_init(context) != 1 ||
	    EVP_PKEY_derive_set_peer_ex(context, kept->key, 0) != 1 ||
	    EVP_PKEY_derive(context, out->bytes, &len) != 1 ||
	    len != sizeof(out->bytes))
		return crypto_failure();
	return YF_OK;
}
