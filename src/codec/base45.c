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

/* The digit and one more; 0 for what is none. */
static const uint8_t digits[128] = {
	['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,
	['6'] = 7,  ['7'] = 8,  ['8'] = 9,  ['9'] = 10, ['A'] = 11, ['B'] = 12,
	['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16, ['G'] = 17, ['H'] = 18,
	['I'] = 19, ['J'] = 20, ['K'] = 21, ['L'] = 22, ['M'] = 23, ['N'] = 24,
	['O'] = 25, ['P'] = 26, ['Q'] = 27, ['R'] = 28, ['S'] = 29, ['T'] = 30,
	['U'] = 31, ['V'] = 32, ['W'] = 33, ['X'] = 34, ['Y'] = 35, ['Z'] = 36,
	[' '] = 37, ['$'] = 38, ['%'] = 39, ['*'] = 40, ['+'] = 41, ['-'] = 42,
	['.'] = 43, ['/'] = 44, [':'] = 45,
};

static yf_err digit_of(char c, unsigned *out)
{
	const unsigned found = c > 0 ? digits[(unsigned char)c & 0x7f] : 0;

	if (!found)
		return YF_FAIL(SYNTAX);
	*out = found - 1;
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
