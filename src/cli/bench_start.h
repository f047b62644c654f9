#pragma once

#include "codec/json.h"

/*
 * `yufu bench start`: what a server costs before it does anything.  Makes a
 * deployment in `folder`, starts `yufu serve` on it `rounds` times and puts
 * rows into the array that is open in `out`:
 *
 *   start.first_answer  milliseconds from fork to the first 200 of /readyz and
 *                       of the issuer metadata; the middle one; limit 100
 *   start.memory        resident MB of the server process at rest: private
 *                       and shared pages (VmRSS); limit 30
 *   start.binary        MB of the program file; limit 8
 *
 * IO, TIMEOUT, UNREACHABLE, MEMORY
 */
YF_CHECKED yf_err yf_bench_start(struct yf_arena *arena, const char *folder,
				 unsigned rounds, struct yf_json_out *out);
