#pragma once

#include "base/buf.h"
#include "crypto/hash.h"

/*
 * Unguessable texts that are handed out once and stored as a hash: codes,
 * tokens, request_uris, session cookies.
 */
enum { YF_HANDLE_LEN = 43 }; /* 256 bits of base64url */

struct yf_handle {
	uint8_t hash[YF_SHA256_LEN];
	int64_t shard;
};

/* A fresh one and its hash.  MEMORY */
YF_CHECKED yf_err yf_handle_new(struct yf_arena *arena, yf_str *text,
				struct yf_handle *out);

/* The hash of one that came back. */
struct yf_handle yf_handle_of(yf_str text);

static inline yf_bytes yf_handle_hash(const struct yf_handle *handle)
{
	return (yf_bytes){ handle->hash, sizeof(handle->hash) };
}

/*
 * `groups` groups of four characters that cannot be mistaken for each other
 * when read aloud or printed (no 0 O 1 I L U), e.g. "K7M4-Q2PX".  MEMORY
 */
YF_CHECKED yf_err yf_spoken_code(struct yf_arena *arena, unsigned groups,
				 yf_str *out);

/* Decimal digits, uniform.  MEMORY */
YF_CHECKED yf_err yf_digits_code(struct yf_arena *arena, unsigned digits,
				 yf_str *out);
