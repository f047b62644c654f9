#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

/*
 * Makes the packed model (face/model.h) from the npm package
 * @vladmandic/face-api: reads the manifests and weights of
 * tiny_face_detector, face_landmark_68 and face_recognition, dequantises
 * (u8 * scale + min), folds the scale layers into the convolutions and lays
 * the weights out for the kernels.
 *
 * folder  of the package; holds LICENSE and model/
 *
 * The digest in the header is left zero for the caller to fill in: it covers
 * out[YF_MODEL_HEAD_LEN ..].
 *
 * NOT_FOUND, IO  a file of the package
 * SYNTAX, MISSING, RANGE, UNSUPPORTED  the package is not what it was
 * MEMORY  the arena needs YF_PACK_ARENA_LEN
 */
enum { YF_PACK_ARENA_LEN = 160 * 1024 * 1024 };

YF_CHECKED yf_err yf_face_pack(struct yf_arena *arena, const char *folder,
			       uint8_t **out, size_t *out_len);
