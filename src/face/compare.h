#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Templates of one byte a number: a direction, scaled so that its largest
 * number is 127.  The scale drops out of what is compared, so that nothing
 * else has to be kept, and the distance of two of them is that of the unit
 * vectors they came from within about 0.01.
 */
enum { YF_TEMPLATE_LARGEST = 127 };

/* False when `from` has no direction, or none that is finite. */
bool yf_template_make(const float *from, size_t len, int8_t *out);

/*
 * Euclidean distance of the two unit vectors that the templates point along:
 * 0..2.  2 when one of them is all zeros.
 *
 * a, b  -127..127, as yf_template_make() makes them; -128 is
 *       taken for itself or for -127
 * len   at most 65536, so that the sums fit
 */
float yf_template_distance(const int8_t *a, const int8_t *b, size_t len);

/* The same without the instructions of this processor: what it is measured
 * against. */
float yf_template_distance_plain(const int8_t *a, const int8_t *b, size_t len);
