#pragma once

#include "codec/json.h"

/*
 * Data of others in ../shared/vectors, one JSON object a file.
 */

/* NULL, and said aloud, when the folder is not there: then the test skips. */
const struct yf_json *vector_load(struct yf_arena *arena, const char *name);

/* The bytes that a hexadecimal member stands for; aborts without it. */
yf_bytes vector_hex(struct yf_arena *arena, const struct yf_json *object,
		    const char *name);
