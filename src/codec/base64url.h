#pragma once

#include "base/str.h"

/*
 * RFC 4648 section 5, without padding, as JOSE uses it (RFC 7515 section 2).
 */

/* Characters that `len` bytes take. */
#define YF_BASE64URL_LEN(len) (((len)*4 + 2) / 3)

/* Writes exactly YF_BASE64URL_LEN(bytes.len) characters, no NUL. */
void yf_base64url_write(yf_bytes bytes, char *out);

/* MEMORY */
YF_CHECKED yf_err yf_base64url_encode(struct yf_arena *arena, yf_bytes bytes,
				      yf_str *out);

/*
 * Strict: no padding, no white space, only the URL alphabet, and the unused
 * bits of the last character are zero, so that each byte string has one form.
 * SYNTAX, MEMORY
 */
YF_CHECKED yf_err yf_base64url_decode(struct yf_arena *arena, yf_str text,
				      yf_bytes *out);

/* The same into exactly `len` bytes.  SYNTAX for any other length too. */
YF_CHECKED yf_err yf_base64url_decode_into(yf_str text, uint8_t *out,
					   size_t len);

/* RFC 4648 section 4, with padding: x5c (RFC 7515 4.1.6) and data URLs. */
#define YF_BASE64_LEN(len) (((len) + 2) / 3 * 4)

/* Writes exactly YF_BASE64_LEN(bytes.len) characters, no NUL. */
void yf_base64_write(yf_bytes bytes, char *out);

YF_CHECKED yf_err yf_base64_encode(struct yf_arena *arena, yf_bytes bytes,
				   yf_str *out);
YF_CHECKED yf_err yf_base64_decode(struct yf_arena *arena, yf_str text,
				   yf_bytes *out);
