#pragma once

#include "base/str.h"

/* Lower-case hexadecimal.  MEMORY */
YF_CHECKED yf_err yf_hex_encode(struct yf_arena *arena, yf_bytes bytes,
				yf_str *out);

/* Either case, even length.  SYNTAX, MEMORY */
YF_CHECKED yf_err yf_hex_decode(struct yf_arena *arena, yf_str text,
				yf_bytes *out);

/* 0..15, or -1 for a character that is no hexadecimal digit. */
int yf_hex_digit(char c);
