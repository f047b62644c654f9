#define _GNU_SOURCE
#include "crypto/trust.h"

#include <pthread.h>
#include <stdlib.h>
#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "crypto/hash.h"
#include "crypto/x509.h"

/* A verified chain, in the place that its hash says: newer ones push out. */
enum { REMEMBERED_MAX = 1024, PEM_ROOM = 8 * YF_CERT_LEN_MAX };

struct remembered {
	uint8_t hash[YF_SHA256_LEN]; /* of the EKU and the chain */
	bool used;
	struct yf_trusted_leaf leaf;
};

struct anchor {
	uint8_t hash[YF_SHA256_LEN];
	X509 *cert;
};

struct yf_trust {
	pthread_rwlock_t lock;
	X509_STORE *store;
	struct anchor anchors[YF_TRUST_ANCHORS_MAX];
	size_t count;
	struct remembered remembered[REMEMBERED_MAX];
};

static void drop_context(X509_STORE_CTX **context)
{
	X509_STORE_CTX_free(*context);
}

static void drop_stack(STACK_OF(X509) * *stack)
{
	sk_X509_pop_free(*stack, X509_free);
}

static void drop_eku(EXTENDED_KEY_USAGE **eku)
{
	EXTENDED_KEY_USAGE_free(*eku);
}

static void drop_object(ASN1_OBJECT **object)
{
	ASN1_OBJECT_free(*object);
}

static yf_err untrusted(void)
{
	ERR_clear_error();
	return YF_FAIL(UNTRUSTED);
}

/* --- anchors --- */

static yf_err open_trust(struct yf_trust *trust)
{
	trust->store = X509_STORE_new();
	if (!trust->store || pthread_rwlock_init(&trust->lock, NULL))
		return YF_FAIL(MEMORY);
	return YF_OK;
}

yf_err yf_trust_new(struct yf_trust **out)
{
	struct yf_trust *trust = calloc(1, sizeof(*trust));
	if (!trust)
		return YF_FAIL(MEMORY);
	const yf_err err = open_trust(trust);
	if (yf_failed(err))
		yf_trust_free(trust);
	else
		*out = trust;
	return err;
}

void yf_trust_free(struct yf_trust *trust)
{
	if (!trust)
		return;
	for (size_t i = 0; i < trust->count; i++)
		X509_free(trust->anchors[i].cert);
	X509_STORE_free(trust->store);
	pthread_rwlock_destroy(&trust->lock);
	free(trust);
}

void yf_trust_cleanup(struct yf_trust **trust)
{
	yf_trust_free(*trust);
}

/* Under the lock. */
static bool is_anchor(const struct yf_trust *trust,
		      const uint8_t hash[static YF_SHA256_LEN])
{
	for (size_t i = 0; i < trust->count; i++)
		if (memcmp(trust->anchors[i].hash, hash, YF_SHA256_LEN) == 0)
			return true;
	return false;
}

/* Under the lock. */
static yf_err add(struct yf_trust *trust, X509 *cert,
		  const uint8_t hash[static YF_SHA256_LEN])
{
	if (is_anchor(trust, hash))
		return YF_OK;
	if (trust->count == YF_TRUST_ANCHORS_MAX)
		return YF_FAIL(TOO_LARGE);
	if (X509_STORE_add_cert(trust->store, cert) != 1) {
		ERR_clear_error();
		return YF_FAIL(CRYPTO);
	}
	struct anchor *anchor = &trust->anchors[trust->count++];
	memcpy(anchor->hash, hash, YF_SHA256_LEN);
	X509_up_ref(cert);
	anchor->cert = cert;
	return YF_OK;
}

yf_err yf_trust_add(struct yf_trust *trust, yf_bytes der)
{
	struct yf_public_key key;
	uint8_t hash[YF_SHA256_LEN];
	X509 *read = NULL;

	YF_TRY(yf_x509_read(der, &read));
	YF_AUTO_X509 *cert = read;
	YF_TRY(yf_x509_key(cert, &key));
	if (X509_check_ca(cert) != 1)
		return YF_FAIL(UNSUPPORTED);
	yf_sha256(der, hash);
	pthread_rwlock_wrlock(&trust->lock);
	const yf_err err = add(trust, cert, hash);
	pthread_rwlock_unlock(&trust->lock);
	return err;
}

static const char end_line[] = "-----END CERTIFICATE-----";

/* One PEM block at a time: a list may be longer than a chain. */
yf_err yf_trust_add_pem(struct yf_trust *trust, yf_str pem)
{
	size_t added = 0;

	while (yf_str_trim(pem).len) {
		const char *end = memmem(pem.ptr, pem.len, end_line,
					 sizeof(end_line) - 1);
		if (!end)
			break;
		const size_t len =
			(size_t)(end - pem.ptr) + sizeof(end_line) - 1;
		struct yf_chain one;
		YF_AUTO(arena) arena = yf_arena_new(PEM_ROOM);
		if (!arena)
			return YF_FAIL(MEMORY);
		YF_TRY(yf_chain_from_pem(arena, (yf_str){ pem.ptr, len },
					 &one));
		YF_TRY(yf_trust_add(trust, one.certs[0]));
		pem = yf_str_skip(pem, len);
		added++;
	}
	return added ? YF_OK : YF_FAIL(SYNTAX);
}

yf_err yf_trust_add_all(struct yf_trust *trust, const struct yf_trust *from)
{
	yf_err err = YF_OK;

	pthread_rwlock_wrlock(&trust->lock);
	for (size_t i = 0; i < from->count && !yf_failed(err); i++)
		err = add(trust, from->anchors[i].cert, from->anchors[i].hash);
	pthread_rwlock_unlock(&trust->lock);
	return err;
}

size_t yf_trust_count(const struct yf_trust *trust)
{
	return trust->count;
}

/* --- one chain --- */

static yf_err read_chain(const struct yf_chain *chain, STACK_OF(X509) * certs)
{
	for (size_t i = 0; i < chain->count; i++) {
		X509 *read = NULL;
		YF_TRY(yf_x509_read(chain->certs[i], &read));
		YF_AUTO_X509 *cert = read;
		if (sk_X509_push(certs, cert) <= 0)
			return YF_FAIL(MEMORY);
		(void)YF_MOVE(cert);
	}
	return YF_OK;
}

/*
 * RFC 7515 4.1.6: each following certificate certifies the one before.
 * HAIP 1.0 6.1.1: the trust anchor is not in it, the leaf not self-signed.
 */
static yf_err check_shape(const struct yf_trust *trust,
			  const struct yf_chain *chain,
			  const STACK_OF(X509) * certs)
{
	for (int i = 0; i < sk_X509_num(certs); i++) {
		X509 *cert = sk_X509_value(certs, i);
		uint8_t hash[YF_SHA256_LEN];

		yf_sha256(chain->certs[i], hash);
		if (is_anchor(trust, hash) ||
		    X509_get_extension_flags(cert) & EXFLAG_SS ||
		    (X509_check_ca(cert) == 1) != (i > 0))
			return YF_FAIL(UNTRUSTED);
		if (i > 0 &&
		    X509_check_issued(cert, sk_X509_value(certs, i - 1)) !=
			    X509_V_OK)
			return YF_FAIL(UNTRUSTED);
	}
	return YF_OK;
}

static yf_err check_leaf(X509 *leaf, const char *eku)
{
	/* All bits are set when there is no keyUsage at all. */
	if (!(X509_get_key_usage(leaf) & KU_DIGITAL_SIGNATURE))
		return YF_FAIL(UNTRUSTED);
	if (!eku)
		return YF_OK;
	__attribute__((cleanup(drop_eku))) EXTENDED_KEY_USAGE *found =
		X509_get_ext_d2i(leaf, NID_ext_key_usage, NULL, NULL);
	__attribute__((cleanup(drop_object))) ASN1_OBJECT *wanted =
		OBJ_txt2obj(eku, 1);
	for (int i = 0; wanted && found && i < sk_ASN1_OBJECT_num(found); i++)
		if (OBJ_cmp(sk_ASN1_OBJECT_value(found, i), wanted) == 0)
			return YF_OK;
	return untrusted();
}

static yf_err window(const STACK_OF(X509) * path, struct yf_trusted_leaf *out)
{
	out->valid_from_s = INT64_MIN;
	out->valid_until_s = INT64_MAX;
	for (int i = 0; i < sk_X509_num(path); i++) {
		int64_t from = 0, until = 0;
		YF_TRY(yf_x509_times(sk_X509_value(path, i), &from, &until));
		if (from > out->valid_from_s)
			out->valid_from_s = from;
		if (until < out->valid_until_s)
			out->valid_until_s = until;
	}
	return YF_OK;
}

/* Signatures, CA bits, key usages, path lengths, critical extensions. */
static yf_err check_path(const struct yf_trust *trust, STACK_OF(X509) * certs,
			 struct yf_trusted_leaf *out)
{
	enum { AUTH_LEVEL_112_BITS = 2 };

	__attribute__((cleanup(drop_context))) X509_STORE_CTX *context =
		X509_STORE_CTX_new();
	if (!context ||
	    X509_STORE_CTX_init(context, trust->store, sk_X509_value(certs, 0),
				certs) != 1) {
		ERR_clear_error();
		return YF_FAIL(MEMORY);
	}
	X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(context);
	/* An anchor ends the path, self-signed or not; time comes after. */
	X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN |
						   X509_V_FLAG_NO_CHECK_TIME);
	X509_VERIFY_PARAM_set_depth(param, YF_CHAIN_MAX);
	X509_VERIFY_PARAM_set_auth_level(param, AUTH_LEVEL_112_BITS);
	if (X509_verify_cert(context) != 1)
		return untrusted();
	return window(X509_STORE_CTX_get0_chain(context), out);
}

/* Two letters, or nothing. */
static void take_country(const X509 *leaf, char out[static 3])
{
	const X509_NAME *subject = X509_get_subject_name(leaf);
	const int at = X509_NAME_get_index_by_NID(subject, NID_countryName, -1);

	if (at < 0)
		return;
	const ASN1_STRING *text =
		X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at));
	if (ASN1_STRING_length(text) == 2)
		memcpy(out, ASN1_STRING_get0_data(text), 2);
}

/* Everything but the time.  Under the lock. */
static yf_err verify(const struct yf_trust *trust, const struct yf_chain *chain,
		     const char *eku, struct yf_trusted_leaf *out)
{
	__attribute__((cleanup(drop_stack))) STACK_OF(X509) *certs =
		sk_X509_new_null();
	if (!certs)
		return YF_FAIL(MEMORY);
	YF_TRY(read_chain(chain, certs));
	YF_TRY(yf_x509_key(sk_X509_value(certs, 0), &out->key));
	yf_sha256(chain->certs[0], out->hash);
	take_country(sk_X509_value(certs, 0), out->country);
	YF_TRY(check_shape(trust, chain, certs));
	YF_TRY(check_leaf(sk_X509_value(certs, 0), eku));
	return check_path(trust, certs, out);
}

/* --- remembering --- */

static void hash_chain(const struct yf_chain *chain, const char *eku,
		       uint8_t out[static YF_SHA256_LEN])
{
	/* The lengths too: other cuts of the same bytes are another chain. */
	size_t lens[1 + YF_CHAIN_MAX] = { eku ? strlen(eku) : 0 };
	yf_bytes parts[2 + YF_CHAIN_MAX] = {
		{ (const uint8_t *)lens, sizeof(lens) },
		{ (const uint8_t *)eku, lens[0] },
	};

	for (size_t i = 0; i < chain->count; i++) {
		lens[1 + i] = chain->certs[i].len;
		parts[2 + i] = chain->certs[i];
	}
	yf_sha256_parts(parts, 2 + chain->count, out);
}

static size_t place_of(const uint8_t hash[static YF_SHA256_LEN])
{
	return ((size_t)hash[0] << 8 | hash[1]) % REMEMBERED_MAX;
}

static bool recall(struct yf_trust *trust,
		   const uint8_t hash[static YF_SHA256_LEN],
		   struct yf_trusted_leaf *out)
{
	const struct remembered *at = &trust->remembered[place_of(hash)];

	pthread_rwlock_rdlock(&trust->lock);
	const bool found =
		at->used && memcmp(at->hash, hash, YF_SHA256_LEN) == 0;
	if (found)
		*out = at->leaf;
	pthread_rwlock_unlock(&trust->lock);
	return found;
}

static void remember(struct yf_trust *trust,
		     const uint8_t hash[static YF_SHA256_LEN],
		     const struct yf_trusted_leaf *leaf)
{
	struct remembered *at = &trust->remembered[place_of(hash)];

	pthread_rwlock_wrlock(&trust->lock);
	memcpy(at->hash, hash, YF_SHA256_LEN);
	at->leaf = *leaf;
	at->used = true;
	pthread_rwlock_unlock(&trust->lock);
}

yf_err yf_trust_verify(struct yf_trust *trust, const struct yf_chain *chain,
		       const char *eku, int64_t now_s,
		       struct yf_trusted_leaf *out)
{
	struct yf_trusted_leaf leaf = { 0 };
	uint8_t hash[YF_SHA256_LEN];

	if (!chain->count)
		return YF_FAIL(UNTRUSTED);
	hash_chain(chain, eku, hash);
	if (!recall(trust, hash, &leaf)) {
		pthread_rwlock_rdlock(&trust->lock);
		const yf_err err = verify(trust, chain, eku, &leaf);
		pthread_rwlock_unlock(&trust->lock);
		YF_TRY(err);
		remember(trust, hash, &leaf);
	}
	if (now_s < leaf.valid_from_s)
		return YF_FAIL(NOT_YET);
	if (now_s > leaf.valid_until_s)
		return YF_FAIL(EXPIRED);
	*out = leaf;
	return YF_OK;
}
