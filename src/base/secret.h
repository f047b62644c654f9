#pragma once

#include "base/str.h"

/* A 256-bit secret by value: compared in constant time, wiped after use. */
enum { YF_SECRET_LEN = 32 };

struct yf_secret {
	uint8_t bytes[YF_SECRET_LEN];
};

/* Overwrites in a way that the compiler does not remove. */
void yf_wipe(void *mem, size_t len);
void yf_secret_wipe(struct yf_secret *secret);

/* Equal lengths and bytes; time depends on the lengths only. */
bool yf_secret_eq(const struct yf_secret *a, const struct yf_secret *b);
bool yf_bytes_eq_secret(yf_bytes a, yf_bytes b);

/* A local secret that is wiped at the end of its scope. */
#define YF_AUTO_SECRET __attribute__((cleanup(yf_secret_wipe))) struct yf_secret
