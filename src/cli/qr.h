#pragma once

#include <stdio.h>

#include "base/str.h"

/* A QR code of `text` in half blocks.  TOO_LARGE, MEMORY, IO */
YF_CHECKED yf_err yf_qr_print(struct yf_arena *arena, yf_str text, FILE *out);
