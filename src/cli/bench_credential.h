#pragma once

#include "codec/json.h"

/*
 * `yufu bench sdjwt`, `mdoc` and `tally`: issuing and verifying credentials
 * beside what P-256 alone costs.  Rows and rounds are those of
 * yf_bench_measure().
 */
YF_CHECKED yf_err yf_bench_credential(unsigned rounds,
				      struct yf_json_out *rows);
YF_CHECKED yf_err yf_bench_mdoc(unsigned rounds, struct yf_json_out *rows);
YF_CHECKED yf_err yf_bench_tally(unsigned rounds, struct yf_json_out *rows);
