#pragma once

#include "base/arena.h"
#include "codec/json.h"

/*
 * `yufu bench face`: the arithmetic of the face engine beside its limits, on
 * one core.  Appends one object a row to the array that is open in `out`, each
 * with `what`, `value`, `unit`, `limit`, `ratio` (1 and more is kept) and
 * `kept`.
 *
 *   share of the peak  of the recognition network, for each kernel that this
 *                      processor runs: the multiply-adds of its definition
 *                      beside the most that the same kernel does in registers,
 *                      measured in turns; `done` is the same for those that
 *                      Winograd's method leaves
 *   match              of two templates
 *   open               a packed model
 *   session            60 camera pictures of the demo, five of them described
 *   worker             resident memory of the first and of a further worker
 *
 * model    path of face.model
 * samples  folder of the demo's sample pictures
 * kept     set to false when a limit is not kept
 *
 * NOT_FOUND, IO, MODEL, MEMORY, as the engine
 */
YF_CHECKED yf_err yf_bench_face(struct yf_arena *arena, const char *model,
				const char *samples, unsigned rounds,
				struct yf_json_out *out, bool *kept);
