#pragma once

#include "base/str.h"

/*
 * Whole files.  Errors are NOT_FOUND (no such file), TOO_LARGE, IO, MEMORY.
 */

/* Reads a file of at most `len_max` bytes into the arena. */
YF_CHECKED yf_err yf_file_load(struct yf_arena *arena, const char *path,
			       size_t len_max, yf_bytes *out);

/*
 * Replaces a file as one step: a neighbour is written, synced and renamed
 * over it.  `mode` as in chmod(2), e.g. 0600.
 */
YF_CHECKED yf_err yf_file_save(const char *path, yf_bytes bytes, unsigned mode);

/* Creates a folder with `mode`; one that exists is fine. */
YF_CHECKED yf_err yf_file_folder(const char *path, unsigned mode);

bool yf_file_exists(const char *path);
