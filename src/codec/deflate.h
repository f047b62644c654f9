#pragma once

#include "base/str.h"

/*
 * DEFLATE without a wrapper (RFC 1951), as `zip: DEF` of RFC 7516 4.1.3 has
 * it.  What it unpacks to is a stranger's choice: the caller says how much it
 * takes, and not a byte more is ever made.
 */

/* MEMORY */
YF_CHECKED yf_err yf_deflate(struct yf_arena *arena, yf_bytes plain,
			     yf_bytes *out);

/*
 * SYNTAX     not one DEFLATE stream and nothing behind it
 * TOO_LARGE  it is more than `len_max` bytes
 * MEMORY
 */
YF_CHECKED yf_err yf_inflate(struct yf_arena *arena, yf_bytes packed,
			     size_t len_max, yf_bytes *out);
