#include "crypto/cert_text.h"

#include <openssl/bio.h>
#include <openssl/err.h>

#include "codec/hex.h"
#include "crypto/hash.h"
#include "crypto/x509.h"

static void drop_bio(BIO **bio)
{
	BIO_free(*bio);
}

/* Control characters and what is no ASCII come out escaped. */
static yf_err take_name(struct yf_arena *arena, const X509_NAME *name,
			yf_str *out)
{
	__attribute__((cleanup(drop_bio))) BIO *bio = BIO_new(BIO_s_mem());
	char *text = NULL;

	if (!bio)
		return YF_FAIL(MEMORY);
	if (X509_NAME_print_ex(bio, name, 0,
			       XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) < 0) {
		ERR_clear_error();
		return YF_FAIL(SYNTAX);
	}
	const long len = BIO_get_mem_data(bio, &text);
	const yf_str view = { text, len > 0 ? (size_t)len : 0 };
	if (!yf_str_is_utf8(view))
		return YF_FAIL(SYNTAX);
	return yf_str_copy(arena, view, out);
}

yf_err yf_cert_describe(struct yf_arena *arena, yf_bytes der,
			struct yf_cert_text *out)
{
	struct yf_cert_text text = { 0 };
	uint8_t hash[YF_SHA256_LEN];
	X509 *read = NULL;

	YF_TRY(yf_x509_read(der, &read));
	YF_AUTO_X509 *cert = read;
	const ASN1_INTEGER *serial = X509_get0_serialNumber(cert);

	YF_TRY(take_name(arena, X509_get_subject_name(cert), &text.subject));
	YF_TRY(take_name(arena, X509_get_issuer_name(cert), &text.issuer));
	YF_TRY(yf_hex_encode(arena,
			     (yf_bytes){ ASN1_STRING_get0_data(serial),
					 (size_t)ASN1_STRING_length(serial) },
			     &text.serial));
	yf_sha256(der, hash);
	YF_TRY(yf_hex_encode(arena, (yf_bytes){ hash, sizeof(hash) },
			     &text.sha256));
	YF_TRY(yf_x509_times(cert, &text.not_before_s, &text.not_after_s));
	*out = text;
	return YF_OK;
}
