#include "crypto/cert.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "codec/base64url.h"
#include "crypto/hash.h"
#include "crypto/x509.h"

static void drop_text(unsigned char **text)
{
	OPENSSL_free(*text);
}

static void drop_names(GENERAL_NAMES **names)
{
	GENERAL_NAMES_free(*names);
}

static void drop_bio(BIO **bio)
{
	BIO_free(*bio);
}

/* As UTF-8 without NUL, whatever string type it was. */
static yf_err take_text(struct yf_arena *arena, const ASN1_STRING *from,
			yf_str *out)
{
	__attribute__((cleanup(drop_text))) unsigned char *text = NULL;
	const int len = ASN1_STRING_to_UTF8(&text, from);

	if (len < 0) {
		ERR_clear_error();
		return YF_FAIL(SYNTAX);
	}
	const yf_str view = { (const char *)text, (size_t)len };
	if (!yf_str_is_utf8(view) || memchr(view.ptr, '\0', view.len))
		return YF_FAIL(SYNTAX);
	return yf_str_copy(arena, view, out);
}

static yf_err take_name(struct yf_arena *arena, const X509_NAME *name, int nid,
			yf_str *out)
{
	const int at = X509_NAME_get_index_by_NID(name, nid, -1);

	if (at < 0)
		return YF_OK;
	return take_text(
		arena, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)),
		out);
}

static yf_err take_alternative(struct yf_arena *arena, const GENERAL_NAME *name,
			       struct yf_cert *out)
{
	int kind;
	const ASN1_STRING *value = GENERAL_NAME_get0_value(name, &kind);

	if (kind != GEN_DNS && kind != GEN_URI)
		return YF_OK;
	size_t *count =
		kind == GEN_DNS ? &out->san_dns_count : &out->san_uri_count;
	yf_str *names = kind == GEN_DNS ? out->san_dns : out->san_uri;
	if (*count == YF_CERT_NAMES_MAX)
		return YF_FAIL(TOO_LARGE);
	YF_TRY(take_text(arena, value, &names[*count]));
	++*count;
	return YF_OK;
}

static yf_err take_alternatives(struct yf_arena *arena, const X509 *cert,
				struct yf_cert *out)
{
	__attribute__((cleanup(drop_names))) GENERAL_NAMES *names =
		X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);

	for (int i = 0; names && i < sk_GENERAL_NAME_num(names); i++)
		YF_TRY(take_alternative(arena, sk_GENERAL_NAME_value(names, i),
					out));
	return YF_OK;
}

static yf_err take_id(struct yf_arena *arena, const ASN1_OCTET_STRING *id,
		      yf_bytes *out)
{
	if (!id)
		return YF_OK;
	return yf_bytes_copy(arena,
			     (yf_bytes){ ASN1_STRING_get0_data(id),
					 (size_t)ASN1_STRING_length(id) },
			     out);
}

yf_err yf_cert_parse(struct yf_arena *arena, yf_bytes der, struct yf_cert *out)
{
	struct yf_cert parsed = { 0 };
	X509 *read = NULL;

	YF_TRY(yf_x509_read(der, &read));
	YF_AUTO_X509 *cert = read;
	const X509_NAME *subject = X509_get_subject_name(cert);

	YF_TRY(yf_x509_key(cert, &parsed.key));
	YF_TRY(yf_x509_times(cert, &parsed.not_before_s, &parsed.not_after_s));
	YF_TRY(take_name(arena, subject, NID_commonName, &parsed.common_name));
	YF_TRY(take_name(arena, subject, NID_organizationName,
			 &parsed.organization));
	YF_TRY(take_name(arena, subject, NID_countryName, &parsed.country));
	YF_TRY(take_alternatives(arena, cert, &parsed));
	YF_TRY(take_id(arena, X509_get0_subject_key_id(cert),
		       &parsed.subject_key_id));
	YF_TRY(take_id(arena, X509_get0_authority_key_id(cert),
		       &parsed.authority_key_id));
	parsed.ca = X509_check_ca(cert) == 1;
	parsed.self_issued =
		X509_NAME_cmp(subject, X509_get_issuer_name(cert)) == 0;
	*out = parsed;
	return YF_OK;
}

/* --- PEM --- */

static yf_err take_pem(struct yf_arena *arena, const char *label,
		       const unsigned char *der, long len, struct yf_chain *out)
{
	if (strcmp(label, PEM_STRING_X509) != 0)
		return YF_FAIL(SYNTAX);
	if (out->count == YF_CHAIN_MAX)
		return YF_FAIL(TOO_LARGE);
	YF_TRY(yf_bytes_copy(arena, (yf_bytes){ der, (size_t)len },
			     &out->certs[out->count]));
	out->count++;
	return YF_OK;
}

enum { PEM_MAX = YF_CHAIN_MAX * YF_CERT_LEN_MAX * 2 };

yf_err yf_chain_from_pem(struct yf_arena *arena, yf_str pem,
			 struct yf_chain *out)
{
	struct yf_chain chain = { .count = 0 };

	if (pem.len > PEM_MAX)
		return YF_FAIL(TOO_LARGE);
	__attribute__((cleanup(drop_bio))) BIO *bio =
		BIO_new_mem_buf(pem.len ? pem.ptr : "", (int)pem.len);
	if (!bio)
		return YF_FAIL(MEMORY);
	for (;;) {
		char *label = NULL, *header = NULL;
		unsigned char *der = NULL;
		long len = 0;

		if (PEM_read_bio(bio, &label, &header, &der, &len) != 1)
			break;
		const yf_err err = take_pem(arena, label, der, len, &chain);
		OPENSSL_free(label);
		OPENSSL_free(header);
		OPENSSL_free(der);
		YF_TRY(err);
	}
	/* The end shows as "no start line"; anything else is damage. */
	const unsigned long reason = ERR_peek_last_error();
	ERR_clear_error();
	if (!chain.count || ERR_GET_REASON(reason) != PEM_R_NO_START_LINE)
		return YF_FAIL(SYNTAX);
	*out = chain;
	return YF_OK;
}

yf_err yf_chain_to_pem(struct yf_arena *arena, const struct yf_chain *chain,
		       yf_str *pem)
{
	enum { LINE = 64 };
	struct yf_buf buf = yf_buf_new(arena, 2048);

	for (size_t i = 0; i < chain->count; i++) {
		yf_str text;
		YF_TRY(yf_base64_encode(arena, chain->certs[i], &text));
		yf_buf_text(&buf, YF_STR("-----BEGIN CERTIFICATE-----\n"));
		for (size_t at = 0; at < text.len; at += LINE) {
			const size_t left = text.len - at;
			yf_buf_text(&buf,
				    (yf_str){ text.ptr + at,
					      left < LINE ? left : LINE });
			yf_buf_char(&buf, '\n');
		}
		yf_buf_text(&buf, YF_STR("-----END CERTIFICATE-----\n"));
	}
	return yf_buf_str(&buf, pem);
}

/* --- x5c --- */

yf_err yf_x5c_parse(struct yf_arena *arena, const struct yf_json *x5c,
		    struct yf_chain *out)
{
	struct yf_chain chain = { .count = 0 };

	if (!x5c || x5c->kind != YF_JSON_ARRAY || !x5c->count)
		return YF_FAIL(SYNTAX);
	if (x5c->count > YF_CHAIN_MAX)
		return YF_FAIL(TOO_LARGE);
	for (; chain.count < x5c->count; chain.count++) {
		const struct yf_json *text = &x5c->items[chain.count];
		if (text->kind != YF_JSON_STRING || !text->string.len)
			return YF_FAIL(SYNTAX);
		if (text->string.len > YF_CERT_LEN_MAX / 3 * 4 + 4)
			return YF_FAIL(TOO_LARGE);
		YF_TRY(yf_base64_decode(arena, text->string,
					&chain.certs[chain.count]));
	}
	*out = chain;
	return YF_OK;
}

void yf_x5c_put(struct yf_json_out *out, const char *name,
		const struct yf_chain *chain)
{
	yf_json_out_array(out, name);
	for (size_t i = 0; i < chain->count; i++)
		yf_json_out_base64(out, NULL, chain->certs[i]);
	yf_json_out_close(out);
}

yf_err yf_x509_hash(struct yf_arena *arena, yf_bytes leaf, yf_str *out)
{
	uint8_t digest[YF_SHA256_LEN];

	yf_sha256(leaf, digest);
	return yf_base64url_encode(arena, (yf_bytes){ digest, sizeof(digest) },
				   out);
}
