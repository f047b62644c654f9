#include "codec/cbor_head.h"

#include <math.h>

size_t yf_cbor_head_read(const uint8_t *at, size_t len,
			 struct yf_cbor_head *out)
{
	if (!len)
		return 0;
	const unsigned info = at[0] & 0x1f;
	struct yf_cbor_head head = {
		.major = (yf_cbor_major)(at[0] >> 5),
		.number = info < 24 ? info : 0,
		.indefinite = info == 31,
	};

	if (info >= 24 && info < 28)
		head.extra = 1u << (info - 24);
	else if (info >= 28 && info < 31)
		return 0;
	if (head.extra > len - 1)
		return 0;
	for (unsigned i = 0; i < head.extra; i++)
		head.number = head.number << 8 | at[1 + i];
	*out = head;
	return 1 + head.extra;
}

size_t yf_cbor_head_len(uint64_t number)
{
	if (number < 24)
		return 1;
	if (number <= UINT8_MAX)
		return 2;
	if (number <= UINT16_MAX)
		return 3;
	return number <= UINT32_MAX ? 5 : 9;
}

size_t yf_cbor_head_write(yf_cbor_major major, uint64_t number,
			  uint8_t out[static 9])
{
	static const uint8_t info[] = {
		[1] = 24, [2] = 25, [4] = 26, [8] = 27
	};
	const size_t len = yf_cbor_head_len(number);

	out[0] = (uint8_t)((unsigned)major << 5 |
			   (len == 1 ? (unsigned)number : info[len - 1]));
	for (size_t i = len - 1; i > 0; i--) {
		out[i] = (uint8_t)number;
		number >>= 8;
	}
	return len;
}

/* --- floats: IEEE 754 binary16, binary32, binary64 --- */

static double real_of_half(uint16_t bits)
{
	const int exponent = bits >> 10 & 0x1f;
	const int fraction = bits & 0x3ff;
	double value;

	if (exponent == 0)
		value = ldexp(fraction, -24);
	else if (exponent < 31)
		value = ldexp(fraction + 1024, exponent - 25);
	else
		value = fraction ? (double)NAN : (double)INFINITY;
	return bits & 0x8000 ? -value : value;
}

double yf_cbor_real_of(uint64_t bits, unsigned extra)
{
	if (extra == 2)
		return real_of_half((uint16_t)bits);
	if (extra == 4) {
		const uint32_t narrow = (uint32_t)bits;
		float value;
		memcpy(&value, &narrow, sizeof(value));
		return (double)value;
	}
	double value;
	memcpy(&value, &bits, sizeof(value));
	return value;
}

/* The half with this value, when there is one. */
static bool half_of_real(double value, uint16_t *out)
{
	const uint16_t sign = signbit(value) ? 0x8000 : 0;
	int exponent = 0;

	if (isnan(value)) {
		*out = 0x7e00; /* RFC 8949 4.2.2: one NaN */
		return true;
	}
	if (isinf(value) || fpclassify(value) == FP_ZERO) {
		*out = sign | (isinf(value) ? 0x7c00 : 0);
		return true;
	}
	const double fraction = frexp(fabs(value), &exponent);
	/* value = mantissa * 2^scale, with 11 bits or as many as fit. */
	const int scale = exponent - 11 > -24 ? exponent - 11 : -24;
	const double mantissa = ldexp(fraction, exponent - scale);
	if (exponent > 16 || floor(mantissa) < mantissa || mantissa < 1)
		return false;
	const unsigned whole = (unsigned)mantissa;
	*out = whole < 1024 ? (uint16_t)(sign | whole)
			    : (uint16_t)(sign | (unsigned)(scale + 25) << 10 |
					 (whole - 1024));
	return true;
}

static bool is_single(double value)
{
	const float narrow = (float)value;

	return yf_cbor_real_bits((double)narrow, 8) ==
	       yf_cbor_real_bits(value, 8);
}

unsigned yf_cbor_real_extra(double value)
{
	uint16_t half;

	if (half_of_real(value, &half))
		return 2;
	/* A double over the range of float would not convert. */
	return fabs(value) <= 3.4028234663852886e38 && is_single(value) ? 4 : 8;
}

uint64_t yf_cbor_real_bits(double value, unsigned extra)
{
	uint16_t half = 0;
	uint32_t narrow;
	uint64_t bits;
	float single;

	if (extra == 2)
		return half_of_real(value, &half) ? half : 0;
	if (extra == 4) {
		single = (float)value;
		memcpy(&narrow, &single, sizeof(narrow));
		return narrow;
	}
	memcpy(&bits, &value, sizeof(bits));
	return bits;
}
