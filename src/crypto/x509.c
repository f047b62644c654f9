#define _DEFAULT_SOURCE
#include "crypto/x509.h"

#include <time.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

void yf_x509_drop(X509 **cert)
{
	X509_free(*cert);
}

yf_err yf_x509_read(yf_bytes der, X509 **out)
{
	const unsigned char *at = der.ptr;

	if (der.len > YF_CERT_LEN_MAX)
		return YF_FAIL(TOO_LARGE);
	YF_AUTO_X509 *cert =
		der.len ? d2i_X509(NULL, &at, (long)der.len) : NULL;
	/* The flags are computed here, once, before threads share it. */
	if (!cert || at != der.ptr + der.len ||
	    X509_check_purpose(cert, -1, 0) != 1 ||
	    X509_get_extension_flags(cert) & EXFLAG_INVALID) {
		ERR_clear_error();
		return YF_FAIL(SYNTAX);
	}
	*out = YF_MOVE(cert);
	return YF_OK;
}

yf_err yf_x509_key(const X509 *cert, struct yf_public_key *out)
{
	struct yf_public_key key;
	ASN1_OBJECT *algorithm = NULL;
	X509_ALGOR *parameters = NULL;
	const unsigned char *point = NULL;
	const void *curve = NULL;
	int len = 0, kind = 0;

	if (X509_PUBKEY_get0_param(&algorithm, &point, &len, &parameters,
				   X509_get_X509_PUBKEY(cert)) != 1 ||
	    OBJ_obj2nid(algorithm) != NID_X9_62_id_ecPublicKey)
		return YF_FAIL(KEY);
	X509_ALGOR_get0(NULL, &kind, &curve, parameters);
	/* RFC 5480 2.1.1 and 2.2: a named curve, the uncompressed form. */
	if (kind != V_ASN1_OBJECT ||
	    OBJ_obj2nid(curve) != NID_X9_62_prime256v1 || len != 65 ||
	    point[0] != 4)
		return YF_FAIL(KEY);
	memcpy(key.x, point + 1, sizeof(key.x));
	memcpy(key.y, point + 33, sizeof(key.y));
	YF_TRY(yf_public_key_check(&key));
	*out = key;
	return YF_OK;
}

static yf_err seconds_of(const ASN1_TIME *time, int64_t *out)
{
	struct tm parts;

	if (ASN1_TIME_to_tm(time, &parts) != 1) {
		ERR_clear_error();
		return YF_FAIL(SYNTAX);
	}
	*out = timegm(&parts);
	return YF_OK;
}

yf_err yf_x509_times(const X509 *cert, int64_t *not_before_s,
		     int64_t *not_after_s)
{
	int64_t from = 0, until = 0;

	YF_TRY(seconds_of(X509_get0_notBefore(cert), &from));
	YF_TRY(seconds_of(X509_get0_notAfter(cert), &until));
	*not_before_s = from;
	*not_after_s = until;
	return YF_OK;
}
