#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "base/random.h"
#include "crypto/hash.h"
#include "crypto/key_handle.h"
#include "crypto/x509.h"

/* RFC 5280 4.1 and 4.2.1; the profile follows ISO 18013-5 Annex B. */

static yf_err failure(void)
{
	ERR_clear_error();
	return YF_FAIL(CRYPTO);
}

static void drop_pkey(EVP_PKEY **pkey)
{
	EVP_PKEY_free(*pkey);
}

static void drop_context(EVP_PKEY_CTX **context)
{
	EVP_PKEY_CTX_free(*context);
}

static void drop_bn(BIGNUM **bn)
{
	BN_free(*bn);
}

static void drop_der(unsigned char **der)
{
	OPENSSL_free(*der);
}

static yf_err check_ask(const struct yf_cert_ask *ask)
{
	/* RFC 5280 appendix A.1: ub-common-name and its like. */
	const yf_str names[] = { ask->common_name, ask->organization };

	if (!ask->common_name.len || ask->not_after_s < ask->not_before_s ||
	    (ask->country.len && ask->country.len != 2) ||
	    ask->san_dns.len > 255 || ask->san_uri.len > 1024 ||
	    ask->path_len < 0 || ask->path_len >= YF_CHAIN_MAX)
		return YF_FAIL(RANGE);
	for (size_t i = 0; i < YF_COUNT(names); i++)
		if (!yf_str_is_utf8(names[i]) || yf_str_chars(names[i]) > 64 ||
		    yf_str_count(names[i], '\0'))
			return YF_FAIL(RANGE);
	return YF_OK;
}

static yf_err put_name(X509_NAME *name, int nid, int kind, yf_str text)
{
	if (!text.len)
		return YF_OK;
	return X509_NAME_add_entry_by_NID(name, nid, kind,
					  (const unsigned char *)text.ptr,
					  (int)text.len, -1, 0) == 1
		       ? YF_OK
		       : failure();
}

static yf_err put_subject(X509 *cert, const struct yf_cert_ask *ask)
{
	X509_NAME *name = X509_get_subject_name(cert);

	YF_TRY(put_name(name, NID_countryName, MBSTRING_ASC, ask->country));
	YF_TRY(put_name(name, NID_organizationName, MBSTRING_UTF8,
			ask->organization));
	return put_name(name, NID_commonName, MBSTRING_UTF8, ask->common_name);
}

static yf_err put_serial(X509 *cert)
{
	uint8_t serial[16];

	/* RFC 5280 4.1.2.2: positive, not zero. */
	yf_random_fill(serial, sizeof(serial));
	serial[0] = (uint8_t)((serial[0] & 0x7f) | 0x40);
	__attribute__((cleanup(drop_bn))) BIGNUM *bn =
		BN_bin2bn(serial, sizeof(serial), NULL);
	return bn && BN_to_ASN1_INTEGER(bn, X509_get_serialNumber(cert))
		       ? YF_OK
		       : failure();
}

static yf_err put_times(X509 *cert, const struct yf_cert_ask *ask)
{
	return ASN1_TIME_set(X509_getm_notBefore(cert), ask->not_before_s) &&
			       ASN1_TIME_set(X509_getm_notAfter(cert),
					     ask->not_after_s)
		       ? YF_OK
		       : failure();
}

static yf_err put_key(X509 *cert, const struct yf_public_key *key)
{
	uint8_t point[65] = { 4 };
	char group[] = "P-256";
	EVP_PKEY *made = NULL;

	memcpy(point + 1, key->x, 32);
	memcpy(point + 33, key->y, 32);
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME,
						 group, 0),
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY,
						  point, sizeof(point)),
		OSSL_PARAM_construct_end(),
	};
	__attribute__((cleanup(drop_context))) EVP_PKEY_CTX *context =
		EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	if (!context || EVP_PKEY_fromdata_init(context) != 1 ||
	    EVP_PKEY_fromdata(context, &made, EVP_PKEY_PUBLIC_KEY, params) != 1)
		return failure();
	__attribute__((cleanup(drop_pkey))) EVP_PKEY *pkey = made;
	return X509_set_pubkey(cert, pkey) == 1 ? YF_OK : failure();
}

static yf_err put_extension(X509 *cert, int nid, void *value, bool critical)
{
	return value && X509_add1_ext_i2d(cert, nid, value, critical, 0) == 1
		       ? YF_OK
		       : failure();
}

static yf_err put_basic_constraints(X509 *cert, const struct yf_cert_ask *ask)
{
	BASIC_CONSTRAINTS *value = BASIC_CONSTRAINTS_new();

	if (value && ask->ca) {
		value->ca = 0xff;
		value->pathlen = ASN1_INTEGER_new();
		if (value->pathlen)
			ASN1_INTEGER_set(value->pathlen, ask->path_len);
	}
	const yf_err err =
		put_extension(cert, NID_basic_constraints, value, true);
	BASIC_CONSTRAINTS_free(value);
	return err;
}

static yf_err put_key_usage(X509 *cert, bool ca)
{
	enum { DIGITAL_SIGNATURE = 0, KEY_CERT_SIGN = 5, CRL_SIGN = 6 };
	ASN1_BIT_STRING *value = ASN1_BIT_STRING_new();

	if (value && ca) {
		ASN1_BIT_STRING_set_bit(value, KEY_CERT_SIGN, 1);
		ASN1_BIT_STRING_set_bit(value, CRL_SIGN, 1);
	} else if (value) {
		ASN1_BIT_STRING_set_bit(value, DIGITAL_SIGNATURE, 1);
	}
	const yf_err err = put_extension(cert, NID_key_usage, value, true);
	ASN1_BIT_STRING_free(value);
	return err;
}

static yf_err put_eku(X509 *cert, const char *oid)
{
	EXTENDED_KEY_USAGE *value = EXTENDED_KEY_USAGE_new();
	ASN1_OBJECT *object = OBJ_txt2obj(oid, 1);

	if (!value || !object || sk_ASN1_OBJECT_push(value, object) <= 0) {
		ASN1_OBJECT_free(object);
		EXTENDED_KEY_USAGE_free(value);
		return failure();
	}
	/* ISO 18013-5 B.1.4: critical. */
	const yf_err err = put_extension(cert, NID_ext_key_usage, value, true);
	EXTENDED_KEY_USAGE_free(value);
	return err;
}

static yf_err add_alternative(GENERAL_NAMES *names, int kind, yf_str text)
{
	GENERAL_NAME *name = GENERAL_NAME_new();
	ASN1_IA5STRING *value = ASN1_IA5STRING_new();

	if (!name || !value ||
	    ASN1_STRING_set(value, text.ptr, (int)text.len) != 1) {
		GENERAL_NAME_free(name);
		ASN1_IA5STRING_free(value);
		return failure();
	}
	GENERAL_NAME_set0_value(name, kind, value);
	if (sk_GENERAL_NAME_push(names, name) > 0)
		return YF_OK;
	GENERAL_NAME_free(name);
	return failure();
}

static void drop_names(GENERAL_NAMES **names)
{
	GENERAL_NAMES_free(*names);
}

static yf_err put_alternatives(X509 *cert, const struct yf_cert_ask *ask)
{
	if (!ask->san_dns.len && !ask->san_uri.len)
		return YF_OK;
	__attribute__((cleanup(drop_names))) GENERAL_NAMES *names =
		GENERAL_NAMES_new();
	if (!names)
		return failure();
	if (ask->san_dns.len)
		YF_TRY(add_alternative(names, GEN_DNS, ask->san_dns));
	if (ask->san_uri.len)
		YF_TRY(add_alternative(names, GEN_URI, ask->san_uri));
	return put_extension(cert, NID_subject_alt_name, names, false);
}

/* RFC 7093 2 method 1: the leftmost 160 bits of SHA-256 of the point. */
enum { KEY_ID_LEN = 20 };

static ASN1_OCTET_STRING *key_id(const struct yf_public_key *key)
{
	const uint8_t form = 4;
	const yf_bytes parts[] = { { &form, 1 },
				   { key->x, 32 },
				   { key->y, 32 } };
	uint8_t digest[YF_SHA256_LEN];
	ASN1_OCTET_STRING *id = ASN1_OCTET_STRING_new();

	yf_sha256_parts(parts, YF_COUNT(parts), digest);
	if (id && ASN1_OCTET_STRING_set(id, digest, KEY_ID_LEN) == 1)
		return id;
	ASN1_OCTET_STRING_free(id);
	return NULL;
}

static yf_err put_subject_key_id(X509 *cert, const struct yf_public_key *key)
{
	ASN1_OCTET_STRING *id = key_id(key);
	const yf_err err =
		put_extension(cert, NID_subject_key_identifier, id, false);

	ASN1_OCTET_STRING_free(id);
	return err;
}

/* The CA's own identifier as it wrote it, or the one we would give it. */
static yf_err put_authority_key_id(X509 *cert, X509 *ca,
				   const struct yf_key *ca_key)
{
	AUTHORITY_KEYID *value = AUTHORITY_KEYID_new();
	const ASN1_OCTET_STRING *own = ca ? X509_get0_subject_key_id(ca) : NULL;

	if (value)
		value->keyid = own ? ASN1_OCTET_STRING_dup(own)
				   : key_id(yf_key_public(ca_key));
	const yf_err err =
		value && value->keyid
			? put_extension(cert, NID_authority_key_identifier,
					value, false)
			: failure();
	AUTHORITY_KEYID_free(value);
	return err;
}

static yf_err put_extensions(X509 *cert, X509 *ca, const struct yf_key *ca_key,
			     const struct yf_cert_ask *ask,
			     const struct yf_public_key *subject)
{
	YF_TRY(put_basic_constraints(cert, ask));
	YF_TRY(put_key_usage(cert, ask->ca));
	if (ask->eku)
		YF_TRY(put_eku(cert, ask->eku));
	YF_TRY(put_alternatives(cert, ask));
	YF_TRY(put_subject_key_id(cert, subject));
	return put_authority_key_id(cert, ca, ca_key);
}

/* `ca` is NULL for a root. */
static yf_err make(struct yf_arena *arena, X509 *ca,
		   const struct yf_key *ca_key, const struct yf_cert_ask *ask,
		   const struct yf_public_key *subject, yf_bytes *out)
{
	YF_TRY(check_ask(ask));
	YF_AUTO_X509 *cert = X509_new();
	if (!cert || X509_set_version(cert, X509_VERSION_3) != 1)
		return failure();
	YF_TRY(put_serial(cert));
	YF_TRY(put_subject(cert, ask));
	if (X509_set_issuer_name(cert, X509_get_subject_name(ca ? ca : cert)) !=
	    1)
		return failure();
	YF_TRY(put_times(cert, ask));
	YF_TRY(put_key(cert, subject));
	YF_TRY(put_extensions(cert, ca, ca_key, ask, subject));
	if (!X509_sign(cert, ca_key->pkey, EVP_sha256()))
		return failure();

	__attribute__((cleanup(drop_der))) unsigned char *der = NULL;
	const int len = i2d_X509(cert, &der);
	if (len <= 0)
		return failure();
	if (len > YF_CERT_LEN_MAX)
		return YF_FAIL(RANGE);
	return yf_bytes_copy(arena, (yf_bytes){ der, (size_t)len }, out);
}

yf_err yf_cert_make_root(struct yf_arena *arena, const struct yf_key *key,
			 const struct yf_cert_ask *ask, yf_bytes *der)
{
	struct yf_cert_ask root = *ask;

	root.ca = true;
	return make(arena, NULL, key, &root, yf_key_public(key), der);
}

yf_err yf_cert_issue(struct yf_arena *arena, const struct yf_key *ca_key,
		     yf_bytes ca_der, const struct yf_cert_ask *ask,
		     const struct yf_public_key *subject, yf_bytes *der)
{
	struct yf_public_key key;
	X509 *read = NULL;

	YF_TRY(yf_public_key_check(subject));
	YF_TRY(yf_x509_read(ca_der, &read));
	YF_AUTO_X509 *ca = read;
	YF_TRY(yf_x509_key(ca, &key));
	if (!yf_public_key_eq(&key, yf_key_public(ca_key)))
		return YF_FAIL(KEY);
	return make(arena, ca, ca_key, ask, subject, der);
}
