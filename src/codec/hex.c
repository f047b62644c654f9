#include "codec/hex.h"

yf_err yf_hex_encode(struct yf_arena *arena, yf_bytes bytes, yf_str *out)
{
	static const char digits[] = "0123456789abcdef";
	char *text = YF_NEW(arena, char, bytes.len * 2 + 1);

	if (!text)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < bytes.len; i++) {
		text[2 * i] = digits[bytes.ptr[i] >> 4];
		text[2 * i + 1] = digits[bytes.ptr[i] & 15];
	}
	*out = (yf_str){ text, bytes.len * 2 };
	return YF_OK;
}

int yf_hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

yf_err yf_hex_decode(struct yf_arena *arena, yf_str text, yf_bytes *out)
{
	if (text.len % 2)
		return YF_FAIL(SYNTAX);

	uint8_t *bytes = YF_NEW(arena, uint8_t, text.len / 2 + 1);
	if (!bytes)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < text.len; i += 2) {
		const int high = yf_hex_digit(text.ptr[i]);
		const int low = yf_hex_digit(text.ptr[i + 1]);
		if (high < 0 || low < 0)
			return YF_FAIL(SYNTAX);
		bytes[i / 2] = (uint8_t)(high << 4 | low);
	}
	*out = (yf_bytes){ bytes, text.len / 2 };
	return YF_OK;
}
