#pragma once

#include "codec/json.h"

/* Ends the object and prints it as one line on standard output.  IO, MEMORY */
YF_CHECKED yf_err yf_print_json(struct yf_json_out *out);
