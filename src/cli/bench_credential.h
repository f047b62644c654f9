#pragma once

#include "codec/json.h"

/*
 * `yufu bench sdjwt`: issuing and verifying SD-JWT VC beside what P-256 alone
 * costs, both measured in turns on one core in processor time, so that a
 * busy machine slows both alike.
 *
 * Puts one object for each figure into the array that is open in `rows`:
 * {"what","per_second","limit","limit_per_second","ratio","target"}.
 * `rounds` turns of about 40 ms each for every figure; the middle one counts.
 */
enum { YF_BENCH_ROUNDS_MAX = 101 };

YF_CHECKED yf_err yf_bench_credential(unsigned rounds,
				      struct yf_json_out *rows);
