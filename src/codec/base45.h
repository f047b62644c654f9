#pragma once

#include "base/str.h"

/*
 * RFC 9285: bytes in the 45 characters that a QR code packs densely, two
 * bytes in three characters, a last odd one in two.
 */
#define YF_BASE45_LEN(len) ((len) / 2 * 3 + (len) % 2 * 2)

/* MEMORY */
YF_CHECKED yf_err yf_base45_encode(struct yf_arena *arena, yf_bytes bytes,
				   yf_str *out);

/* SYNTAX for other characters, a value that does not fit, or a length that
 * no bytes have; MEMORY */
YF_CHECKED yf_err yf_base45_decode(struct yf_arena *arena, yf_str text,
				   yf_bytes *out);
