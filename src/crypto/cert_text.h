#pragma once

#include "crypto/cert.h"

/*
 * A certificate for a person who asks which one it was; yf_cert_parse() is for
 * programs, and does not take the time for this.
 */
struct yf_cert_text {
	yf_str subject; /* RFC 2253, e.g. "CN=Example issuer,C=XX" */
	yf_str issuer;
	yf_str serial; /* lower-case hexadecimal */
	yf_str sha256; /* of the DER, lower-case hexadecimal */
	int64_t not_before_s;
	int64_t not_after_s;
};

/* SYNTAX, TOO_LARGE, MEMORY */
YF_CHECKED yf_err yf_cert_describe(struct yf_arena *arena, yf_bytes der,
				   struct yf_cert_text *out);
