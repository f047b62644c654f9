#pragma once

#include "codec/json.h"

/*
 * NumericDate, RFC 7519 section 2: seconds since 1970 UTC, perhaps with a
 * fraction, which is cut off.
 */

/*
 * A member of an object; `out` keeps what it had when it is absent.
 * SYNTAX when it is no number, RANGE outside of the years 1970 to 9999.
 */
YF_CHECKED yf_err yf_numeric_date_take(const struct yf_json *object,
				       const char *name, int64_t *out);

/* a > b + by, without overflow. */
bool yf_numeric_date_after(int64_t a, int64_t b, int64_t by);
