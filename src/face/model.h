#pragma once

#include "base/err.h"
#include "base/str.h"
#include "face/net.h"

/*
 * The packed model: one file that is mapped read-only, shared by all workers
 * and never parsed.  Little-endian, offsets from the start of the file:
 *
 *	0     8  "YUFUFACE"
 *	8     4  version of this layout, 1
 *	12    4  number of layers, YF_LAYERS
 *	16    8  length of the file
 *	24    8  offset of the licence of the weights, text
 *	32    8  its length
 *	40   32  SHA-256 of the file from offset 4096 on
 *	72   16  for each layer: offset, length of its numbers, both 8 bytes
 *	4096     licence, then the layers, each at a multiple of 64
 *
 * The numbers of a layer are its biases and then its weights, fp32, in the
 * order in which the kernels read them (face/kernel.h).
 */
#define YF_MODEL_MAGIC "YUFUFACE"

enum {
	YF_MODEL_MAGIC_LEN = 8,
	YF_MODEL_VERSION = 1,
	YF_MODEL_HEAD_LEN = 4096,
	YF_MODEL_ALIGN = 64,
	YF_MODEL_DIGEST_AT = 40,
	YF_MODEL_TABLE_AT = 72,
	YF_MODEL_LEN_MAX = 64 * 1024 * 1024,
};

/* Where everything is; views of the file. */
struct yf_model_view {
	struct yf_layer layers[YF_LAYERS];
	yf_str licence;
	yf_bytes digest; /* as the file states it; not computed */
};

/*
 * Checks the header against the length and the architecture.  `file` is
 * 64-byte aligned and must stay.  It does not check the digest: reading 25 MB
 * at each start would undo the mapping; `yufu face pack` did.
 *
 * MODEL  damaged, of another version, or for another processor
 */
YF_CHECKED yf_err yf_model_check(yf_bytes file, struct yf_model_view *out);

struct yf_model {
	struct yf_model_view view;
	yf_bytes file;
};

/* NOT_FOUND, IO; MODEL as above.  Close gives the mapping back. */
YF_CHECKED yf_err yf_model_open(const char *path, struct yf_model **out);
void yf_model_close(struct yf_model *model);
void yf_model_cleanup(struct yf_model **model);

/* Unsigned numbers in the header. */
static inline uint64_t yf_model_get(const uint8_t *at, unsigned len)
{
	uint64_t value = 0;
	for (unsigned i = 0; i < len; i++)
		value |= (uint64_t)at[i] << (8 * i);
	return value;
}

static inline void yf_model_put(uint8_t *at, unsigned len, uint64_t value)
{
	for (unsigned i = 0; i < len; i++)
		at[i] = (uint8_t)(value >> (8 * i));
}
