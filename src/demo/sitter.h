#pragma once

#include "demo/picture.h"

/*
 * Who sits before the demo's camera: faces in the sample pictures of the npm
 * package @vladmandic/face-api (MIT), which the build copies to build/demo/.
 * The pictures show groups; each sitter is the part with one face in it.
 */
struct yf_sitter {
	const char *id;   /* stable: for addresses and file names */
	const char *file; /* in the folder of sample pictures */
	struct yf_picture_rect part;
};

/* Static memory; the first is the demo's usual visitor. */
const struct yf_sitter *yf_sitters(size_t *count);

/* NULL when there is none. */
const struct yf_sitter *yf_sitter_find(yf_str id);

/*
 * The sitter's part of the sample picture in `folder` as a JPEG: portrait for
 * the register and input of yf_head_open().
 * It takes up to 12 MiB of the arena.  As yf_file_load(), yf_picture_crop().
 */
YF_CHECKED yf_err yf_sitter_load(struct yf_arena *arena,
				 const struct yf_sitter *sitter,
				 const char *folder, yf_bytes *out_jpeg);
