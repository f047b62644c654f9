#include "codec/base64url.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void expect(bool held)
{
	if (!held)
		abort();
}

/* Property: what decodes is the one form of its bytes, in both alphabets. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	YF_AUTO(arena) arena = yf_arena_new(16 * len + 4096);
	const yf_str text = { (const char *)data, len };
	const yf_bytes raw = { data, len };
	yf_bytes bytes;
	yf_str again;

	if (!arena)
		return 0;
	if (!yf_failed(yf_base64url_decode(arena, text, &bytes))) {
		expect(!yf_failed(yf_base64url_encode(arena, bytes, &again)));
		expect(yf_str_eq(again, text));
	}
	if (!yf_failed(yf_base64_decode(arena, text, &bytes))) {
		expect(!yf_failed(yf_base64_encode(arena, bytes, &again)));
		expect(yf_str_eq(again, text));
	}
	expect(!yf_failed(yf_base64url_encode(arena, raw, &again)));
	expect(!yf_failed(yf_base64url_decode(arena, again, &bytes)));
	expect(yf_bytes_eq(bytes, raw));
	expect(!yf_failed(yf_base64_encode(arena, raw, &again)));
	expect(!yf_failed(yf_base64_decode(arena, again, &bytes)));
	expect(yf_bytes_eq(bytes, raw));
	return 0;
}
