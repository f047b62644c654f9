#pragma once

#include "codec/cbor.h"

/*
 * Dates in CBOR as ISO 18013-5 section 7.2.1 has them.  tdate is tag 0 on
 * RFC 3339 text; of that, "fraction of seconds shall not be used" and the
 * offset is Z.  full-date is tag 1004 on "YYYY-MM-DD" (RFC 8943).
 */

/* Years 0 to 9999.  RANGE sticks in the buffer for others. */
void yf_tdate_put(struct yf_buf *buf, int64_t seconds);

/* SYNTAX for anything but a tdate of a time that exists. */
YF_CHECKED yf_err yf_tdate_read(const struct yf_cbor *item, int64_t *seconds);

/* `date` is a complete date; RANGE sticks in the buffer for others. */
void yf_full_date_put(struct yf_buf *buf, yf_str date);

/* SYNTAX for anything but a full-date of a day that exists. */
YF_CHECKED yf_err yf_full_date_read(const struct yf_cbor *item, yf_str *date);
