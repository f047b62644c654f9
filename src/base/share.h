#pragma once

#include "base/str.h"

/*
 * Where the files that come with the program are: the web pages (web/), the
 * face model (face.model), the demo's pictures (demo/).  Beside the program
 * (as built), or in ../share/yufu (as installed).
 */

/* NOT_FOUND when neither has `name`.  NUL-terminated beyond .len. */
YF_CHECKED yf_err yf_share_find(struct yf_arena *arena, const char *name,
				yf_str *out);

/* This program's own path, for starting workers.  IO, MEMORY */
YF_CHECKED yf_err yf_share_program(struct yf_arena *arena, yf_str *out);
