#pragma once

#include "base/err.h"
#include "base/str.h"
#include "face/look.h"
#include "face/nets.h"
#include "face/sample.h"

/*
 * From a JPEG to a look, in this process.  Only the worker and tests use it;
 * everybody else goes through face/pool.h.  One thread at a time.
 *
 * How a face is found: the detector runs at 128, then 224, then 416 pixels,
 * because this network misses large faces at large sizes and selfies are
 * large faces.  Each hit counts only when the landmarks fit a face and stay
 * where they are when they are found again; hits of low score must fit better.
 * It stops at the first size at which a face is so large that no second face
 * of comparable size can have been too small to be seen.
 */
struct yf_engine;

/*
 * Allocates all that it will ever use, except what libturbojpeg takes for each
 * picture.  The plans must outlive it.
 *
 * finder     detector and landmarks: face.model
 * describer  another plan whose describer is used, e.g. one packed from an
 *            ONNX model; NULL: that of `finder`.  It brings its alignment,
 *            input range, mirror averaging, and the length of descriptors.
 *
 * MODEL  a network is missing, or not of the expected shape
 * MEMORY
 */
YF_CHECKED yf_err yf_engine_new(const struct yf_plan *finder,
				const struct yf_plan *describer,
				const struct yf_kernel *kernel,
				struct yf_engine **out);
void yf_engine_free(struct yf_engine *engine);
void yf_engine_cleanup(struct yf_engine **engine);

/*
 * The same in memory that the caller has: yf_engine_len() bytes, 64-byte
 * aligned, that hold anything; `nets` comes from yf_nets_find().  It has no
 * decoder: only yf_engine_look_at() and yf_engine_wipe() work on it, and there
 * is nothing to free.
 */
size_t yf_engine_len(const struct yf_nets *nets);
struct yf_engine *yf_engine_place(const struct yf_nets *nets, void *at);

/* IMAGE, MEMORY as yf_decode() */
YF_CHECKED yf_err yf_engine_look(struct yf_engine *engine, yf_bytes jpeg,
				 yf_face_depth depth, struct yf_look *out);

/* The same for pixels that are there already. */
void yf_engine_look_at(struct yf_engine *engine, const struct yf_pixels *pixels,
		       yf_face_depth depth, struct yf_look *out);

/* Overwrites all that is left of the last picture. */
void yf_engine_wipe(struct yf_engine *engine);
