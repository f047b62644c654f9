#pragma once

#include "base/str.h"
#include "face/sample.h"

/*
 * Pictures for tests: pieces of the demo pictures that the npm package
 * @vladmandic/face-api brings, so that none has to be kept here.
 */
struct picture_crop {
	unsigned sample;     /* demo/sampleN.jpg */
	uint32_t x, y, side; /* of the piece, in pixels of the file */
};

/* Faces seen from about the front; no two of one person. */
extern const struct picture_crop picture_ann;
extern const struct picture_crop picture_bea;
extern const struct picture_crop picture_mia;
/* Four people. */
extern const struct picture_crop picture_group;

/* Whether the packages are installed; says so when they are not. */
bool picture_available(void);

/* Decoded pixels of a piece, in the arena; they may be written to. */
struct yf_pixels picture_pixels(struct yf_arena *arena,
				const struct picture_crop *crop);

/* As JPEG: `flags` of tjCompress2(). */
yf_bytes picture_jpeg(struct yf_arena *arena, const struct yf_pixels *pixels,
		      int flags);

/* Shrunk to `side` by averaging. */
struct yf_pixels picture_shrink(struct yf_arena *arena,
				const struct yf_pixels *pixels, uint32_t side);
