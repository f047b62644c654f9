#pragma once

#include "base/buf.h"

/*
 * Names.  What is stored is exactly what stands on the document; comparing
 * is done on a key: NFKC with case folded (so full-width forms, ligatures and
 * letter case agree), without spaces, hyphens, apostrophes and the middle
 * dots that scripts write between name parts.
 *
 * Variants (traditional, simplified, characters without a code point) do not
 * agree by key: a caller sends the person to a human, never away.  Pure.
 */

enum { YF_NAME_CHARS_MAX = 150 };

/*
 * NAME  not UTF-8, control characters or line separators, or over
 *       YF_NAME_CHARS_MAX
 */
YF_CHECKED yf_err yf_name_check(yf_str name);

/* MEMORY; NAME for text that is not UTF-8. */
YF_CHECKED yf_err yf_name_key(struct yf_arena *arena, yf_str name, yf_str *out);
