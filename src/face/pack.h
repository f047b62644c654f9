#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "face/sidecar.h"

/*
 * Makes packed plans (face/plan.h).
 *
 * The digest in the header is left zero for the caller to fill in: it covers
 * out[YF_PLAN_BODY_AT ..]; yf_plan_seal() of card/plan_file.h does.
 *
 * On failure `problem` is one line that names what is not supported (operator
 * and node, tensor, or key of the sidecar); it may be empty.
 *
 * NOT_FOUND, IO  a file of the package
 * SYNTAX, MISSING, RANGE, UNSUPPORTED  the package or model is not one that is
 *            supported
 * TOO_LARGE  over a limit of face/onnx.h, face/graph.h or face/plan.h
 * MEMORY     the arena needs YF_PACK_ARENA_LEN
 */
enum { YF_PACK_ARENA_LEN = 1600 * 1024 * 1024 };

/*
 * From the npm package @vladmandic/face-api: detector, landmarks and describer
 * in one plan.
 *
 * folder  of the package; holds LICENSE and model/
 */
YF_CHECKED yf_err yf_face_pack(struct yf_arena *arena, const char *folder,
			       yf_bytes *out, yf_str *problem);

/*
 * From an ONNX model: a plan with a describer alone.
 *
 * model    the file
 * sidecar  what the file does not say, face/sidecar.h
 */
YF_CHECKED yf_err yf_face_pack_onnx(struct yf_arena *arena, yf_bytes model,
				    const struct yf_sidecar *sidecar,
				    yf_bytes *out, yf_str *problem);
