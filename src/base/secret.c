#define _DEFAULT_SOURCE
#include "base/secret.h"

void yf_wipe(void *mem, size_t len)
{
	explicit_bzero(mem, len);
}

void yf_secret_wipe(struct yf_secret *secret)
{
	yf_wipe(secret->bytes, sizeof(secret->bytes));
}

bool yf_bytes_eq_secret(yf_bytes a, yf_bytes b)
{
	volatile uint8_t different = 0;

	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		different = (uint8_t)(different | (a.ptr[i] ^ b.ptr[i]));
	return different == 0;
}

bool yf_secret_eq(const struct yf_secret *a, const struct yf_secret *b)
{
	return yf_bytes_eq_secret((yf_bytes){ a->bytes, sizeof(a->bytes) },
				  (yf_bytes){ b->bytes, sizeof(b->bytes) });
}
