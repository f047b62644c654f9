#include "codec/base64url.h"

#include <assert.h>

static const char url_alphabet[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const char plain_alphabet[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static size_t write_chars(const char *alphabet, yf_bytes bytes, char *out)
{
	const uint8_t *at = bytes.ptr;
	char *to = out;
	size_t left = bytes.len;

	for (; left >= 3; left -= 3, at += 3) {
		const uint32_t bits =
			(uint32_t)at[0] << 16 | (uint32_t)at[1] << 8 | at[2];
		*to++ = alphabet[bits >> 18];
		*to++ = alphabet[bits >> 12 & 63];
		*to++ = alphabet[bits >> 6 & 63];
		*to++ = alphabet[bits & 63];
	}
	if (left) {
		const uint32_t bits = (uint32_t)at[0] << 16 |
				      (left > 1 ? (uint32_t)at[1] << 8 : 0);
		*to++ = alphabet[bits >> 18];
		*to++ = alphabet[bits >> 12 & 63];
		if (left > 1)
			*to++ = alphabet[bits >> 6 & 63];
	}
	return (size_t)(to - out);
}

/* 0..63, or -1. */
static int value_of(const char *alphabet, char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == alphabet[62])
		return 62;
	return c == alphabet[63] ? 63 : -1;
}

/* `out` holds text.len * 3 / 4 bytes. */
static yf_err read_chars(const char *alphabet, yf_str text, uint8_t *out)
{
	uint32_t bits = 0;
	unsigned held = 0;

	if (text.len % 4 == 1)
		return YF_FAIL(SYNTAX);
	for (size_t i = 0; i < text.len; i++) {
		const int value = value_of(alphabet, text.ptr[i]);
		if (value < 0)
			return YF_FAIL(SYNTAX);
		bits = bits << 6 | (uint32_t)value;
		held += 6;
		if (held >= 8) {
			held -= 8;
			*out++ = (uint8_t)(bits >> held);
		}
	}
	/* Unused bits that are set would give a byte string two forms. */
	return bits & ((1u << held) - 1) ? YF_FAIL(SYNTAX) : YF_OK;
}

void yf_base64url_write(yf_bytes bytes, char *out)
{
	write_chars(url_alphabet, bytes, out);
}

yf_err yf_base64url_encode(struct yf_arena *arena, yf_bytes bytes, yf_str *out)
{
	const size_t len = YF_BASE64URL_LEN(bytes.len);
	char *text = YF_NEW(arena, char, len + 1);

	if (!text)
		return YF_FAIL(MEMORY);
	yf_base64url_write(bytes, text);
	*out = (yf_str){ text, len };
	return YF_OK;
}

static yf_err decode(struct yf_arena *arena, const char *alphabet, yf_str text,
		     yf_bytes *out)
{
	const size_t len = text.len / 4 * 3 + text.len % 4 * 3 / 4;
	uint8_t *bytes = YF_NEW(arena, uint8_t, len + 1);

	if (!bytes)
		return YF_FAIL(MEMORY);
	YF_TRY(read_chars(alphabet, text, bytes));
	*out = (yf_bytes){ bytes, len };
	return YF_OK;
}

yf_err yf_base64url_decode(struct yf_arena *arena, yf_str text, yf_bytes *out)
{
	return decode(arena, url_alphabet, text, out);
}

yf_err yf_base64url_decode_into(yf_str text, uint8_t *out, size_t len)
{
	if (text.len != YF_BASE64URL_LEN(len))
		return YF_FAIL(SYNTAX);
	return read_chars(url_alphabet, text, out);
}

yf_err yf_base64_encode(struct yf_arena *arena, yf_bytes bytes, yf_str *out)
{
	const size_t len = (bytes.len + 2) / 3 * 4;
	char *text = YF_NEW(arena, char, len + 1);

	if (!text)
		return YF_FAIL(MEMORY);
	const size_t written = write_chars(plain_alphabet, bytes, text);
	assert(written <= len);
	memset(text + written, '=', len - written);
	*out = (yf_str){ text, len };
	return YF_OK;
}

yf_err yf_base64_decode(struct yf_arena *arena, yf_str text, yf_bytes *out)
{
	if (text.len % 4)
		return YF_FAIL(SYNTAX);
	for (int i = 0; i < 2; i++)
		if (text.len && text.ptr[text.len - 1] == '=')
			text.len--;
	return decode(arena, plain_alphabet, text, out);
}
