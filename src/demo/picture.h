#pragma once

#include "base/str.h"

/*
 * Pictures of the demo city: small, ours, trusted.  What a stranger sends
 * goes to the face worker and never through here.
 */
struct yf_picture {
	uint32_t width, height;
	uint8_t *rgb; /* rows without padding; in the arena */
};

enum { YF_PICTURE_SIDE_MAX = 4096 };

struct yf_picture_rect {
	uint32_t x, y, width, height;
};

/* IMAGE (no JPEG, or a side over the limit), MEMORY */
YF_CHECKED yf_err yf_picture_parse(struct yf_arena *arena, yf_bytes jpeg,
				   struct yf_picture *out);

/* quality 1..100; MEMORY */
YF_CHECKED yf_err yf_picture_encode(struct yf_arena *arena,
				    const struct yf_picture *picture,
				    int quality, yf_bytes *out);

/* A part of a JPEG as a JPEG of its own.  RANGE when it is not inside. */
YF_CHECKED yf_err yf_picture_crop(struct yf_arena *arena, yf_bytes jpeg,
				  struct yf_picture_rect part, yf_bytes *out);
