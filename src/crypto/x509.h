#pragma once

#include <openssl/x509.h>

#include "crypto/cert.h"

/*
 * Certificates as the library holds them, private to crypto/.
 */

/* SYNTAX, TOO_LARGE; exactly one certificate.  Freed by X509_free(). */
YF_CHECKED yf_err yf_x509_read(yf_bytes der, X509 **out);

/* Its public key, on the curve.  KEY */
YF_CHECKED yf_err yf_x509_key(const X509 *cert, struct yf_public_key *out);

/* Seconds since 1970 UTC.  SYNTAX */
YF_CHECKED yf_err yf_x509_times(const X509 *cert, int64_t *not_before_s,
				int64_t *not_after_s);

void yf_x509_drop(X509 **cert);

#define YF_AUTO_X509 __attribute__((cleanup(yf_x509_drop))) X509
