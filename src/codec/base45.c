#include "codec/base45.h"

enum { BASE = 45 };

static const char alphabet[BASE + 1] =
	"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

yf_err yf_base45_encode(struct yf_arena *arena, yf_bytes bytes, yf_str *out)
{
	char *text = YF_NEW(arena, char, YF_BASE45_LEN(bytes.len) + 1);
	size_t at = 0;

	if (!text)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < bytes.len; i += 2) {
		const bool pair = i + 1 < bytes.len;
		unsigned value = bytes.ptr[i];

		if (pair)
			value = value * 256 + bytes.ptr[i + 1];
		text[at++] = alphabet[value % BASE];
		text[at++] = alphabet[value / BASE % BASE];
		if (pair)
			text[at++] = alphabet[value / (BASE * BASE)];
	}
	*out = (yf_str){ text, at };
	return YF_OK;
}

static yf_err digit_of(char c, unsigned *out)
{
	const char *at = c ? memchr(alphabet, c, BASE) : NULL;

	if (!at)
		return YF_FAIL(SYNTAX);
	*out = (unsigned)(at - alphabet);
	return YF_OK;
}

yf_err yf_base45_decode(struct yf_arena *arena, yf_str text, yf_bytes *out)
{
	uint8_t *bytes = YF_NEW(arena, uint8_t, text.len / 3 * 2 + 2);
	size_t at = 0;

	if (text.len % 3 == 1)
		return YF_FAIL(SYNTAX);
	if (!bytes)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < text.len; i += 3) {
		const bool pair = i + 2 < text.len;
		unsigned low = 0, middle = 0, high = 0;

		YF_TRY(digit_of(text.ptr[i], &low));
		YF_TRY(digit_of(text.ptr[i + 1], &middle));
		if (pair)
			YF_TRY(digit_of(text.ptr[i + 2], &high));
		const unsigned value = low + middle * BASE + high * BASE * BASE;
		if (value > (pair ? 0xffffU : 0xffU))
			return YF_FAIL(SYNTAX);
		if (pair)
			bytes[at++] = (uint8_t)(value >> 8);
		bytes[at++] = (uint8_t)value;
	}
	*out = (yf_bytes){ bytes, at };
	return YF_OK;
}
