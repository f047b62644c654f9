#pragma once

#include "base/str.h"

/*
 * The bytes as one gzip member (RFC 1952) without name and time, so that the
 * same bytes give the same result.  For what many fetch and we made ourselves:
 * nothing here unpacks.  TOO_LARGE over 4 GiB, MEMORY
 */
YF_CHECKED yf_err yf_gzip(struct yf_arena *arena, yf_bytes bytes,
			  yf_bytes *out);
