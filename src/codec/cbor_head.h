#pragma once

#include "base/str.h"

/*
 * The head of a CBOR item, RFC 8949 section 3: three bits of major type, five
 * of additional information, and up to eight bytes of argument.  Private to
 * codec/cbor*.
 */
typedef enum {
	YF_CBOR_MAJOR_UINT,
	YF_CBOR_MAJOR_NINT,
	YF_CBOR_MAJOR_BYTES,
	YF_CBOR_MAJOR_TEXT,
	YF_CBOR_MAJOR_ARRAY,
	YF_CBOR_MAJOR_MAP,
	YF_CBOR_MAJOR_TAG,
	YF_CBOR_MAJOR_OTHER,
} yf_cbor_major;

enum { YF_CBOR_BREAK = 0xff };

struct yf_cbor_head {
	yf_cbor_major major;
	bool indefinite; /* additional information 31; number is 0 */
	unsigned extra;  /* bytes of argument: 0, 1, 2, 4, 8 */
	uint64_t number;
};

/* Its length, or 0 when it is cut off or reserved. */
size_t yf_cbor_head_read(const uint8_t *at, size_t len,
			 struct yf_cbor_head *out);

/* Length of the shortest head with this argument. */
size_t yf_cbor_head_len(uint64_t number);

/* Writes the shortest head, at most 9 bytes; its length. */
size_t yf_cbor_head_write(yf_cbor_major major, uint64_t number,
			  uint8_t out[static 9]);

/* A float from its bits in 2, 4 or 8 bytes. */
double yf_cbor_real_of(uint64_t bits, unsigned extra);

/* In how many bytes it goes without loss: 2, 4 or 8. */
unsigned yf_cbor_real_extra(double value);

/* Its bits in that many bytes. */
uint64_t yf_cbor_real_bits(double value, unsigned extra);
