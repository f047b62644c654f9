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

/* 0..63, 0xff for what is not in the alphabet. */
struct values {
	uint8_t of[256];
};

#define NO 0xff
#define NO_8 NO, NO, NO, NO, NO, NO, NO, NO
#define NO_32 NO_8, NO_8, NO_8, NO_8
#define LETTERS(first)                                                  \
	(first), (first) + 1, (first) + 2, (first) + 3, (first) + 4,    \
		(first) + 5, (first) + 6, (first) + 7, (first) + 8,     \
		(first) + 9, (first) + 10, (first) + 11, (first) + 12,  \
		(first) + 13, (first) + 14, (first) + 15, (first) + 16, \
		(first) + 17, (first) + 18, (first) + 19, (first) + 20, \
		(first) + 21, (first) + 22, (first) + 23, (first) + 24, \
		(first) + 25
/* From '+' to '_', with what the two alphabets have at + - / and _. */
#define VALUES(plus, minus, slash, line)                                       \
	{                                                                      \
		{                                                              \
			NO_32, NO_8, NO, NO, NO, plus, NO, minus, NO, slash,   \
				52, 53, 54, 55, 56, 57, 58, 59, 60, 61, NO,    \
				NO, NO, NO, NO, NO, NO, LETTERS(0), NO, NO,    \
				NO, NO, line, NO, LETTERS(26), NO, NO, NO, NO, \
				NO, NO_32, NO_32, NO_32, NO_32                 \
		}                                                              \
	}

static const struct values url_values = VALUES(NO, 62, NO, 63);
static const struct values plain_values = VALUES(62, NO, 63, NO);

/* The last 2 or 3 characters; unused bits that are set would give a byte
 * string two forms. */
static yf_err read_tail(const struct values *values, yf_str text, uint8_t *out)
{
	uint32_t bits = 0;

	for (size_t i = 0; i < text.len; i++) {
		const uint8_t value = values->of[(uint8_t)text.ptr[i]];
		if (value == NO)
			return YF_FAIL(SYNTAX);
		bits |= (uint32_t)value << (18 - 6 * i);
	}
	if (bits & (text.len == 2 ? 0xffffu : 0xffu))
		return YF_FAIL(SYNTAX);
	out[0] = (uint8_t)(bits >> 16);
	if (text.len == 3)
		out[1] = (uint8_t)(bits >> 8);
	return YF_OK;
}

/* `out` holds text.len * 3 / 4 bytes. */
static yf_err read_chars(const struct values *values, yf_str text, uint8_t *out)
{
	const uint8_t *at = (const uint8_t *)text.ptr;
	size_t left = text.len;

	if (left % 4 == 1)
		return YF_FAIL(SYNTAX);
	for (; left >= 4; left -= 4, at += 4) {
		const uint8_t a = values->of[at[0]], b = values->of[at[1]];
		const uint8_t c = values->of[at[2]], d = values->of[at[3]];
		/* Values are under 64: only NO has the high bit. */
		if ((a | b | c | d) & 0x80)
			return YF_FAIL(SYNTAX);
		*out++ = (uint8_t)(a << 2 | b >> 4);
		*out++ = (uint8_t)(b << 4 | c >> 2);
		*out++ = (uint8_t)(c << 6 | d);
	}
	if (!left)
		return YF_OK;
	return read_tail(values, (yf_str){ (const char *)at, left }, out);
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

static yf_err decode(struct yf_arena *arena, const struct values *values,
		     yf_str text, yf_bytes *out)
{
	const size_t len = text.len / 4 * 3 + text.len % 4 * 3 / 4;
	uint8_t *bytes = YF_NEW(arena, uint8_t, len + 1);

	if (!bytes)
		return YF_FAIL(MEMORY);
	YF_TRY(read_chars(values, text, bytes));
	*out = (yf_bytes){ bytes, len };
	return YF_OK;
}

yf_err yf_base64url_decode(struct yf_arena *arena, yf_str text, yf_bytes *out)
{
	return decode(arena, &url_values, text, out);
}

yf_err yf_base64url_decode_into(yf_str text, uint8_t *out, size_t len)
{
	if (text.len != YF_BASE64URL_LEN(len))
		return YF_FAIL(SYNTAX);
	return read_chars(&url_values, text, out);
}

void yf_base64_write(yf_bytes bytes, char *out)
{
	const size_t len = YF_BASE64_LEN(bytes.len);
	const size_t written = write_chars(plain_alphabet, bytes, out);

	assert(written <= len);
	memset(out + written, '=', len - written);
}

yf_err yf_base64_encode(struct yf_arena *arena, yf_bytes bytes, yf_str *out)
{
	const size_t len = YF_BASE64_LEN(bytes.len);
	char *text = YF_NEW(arena, char, len + 1);

	if (!text)
		return YF_FAIL(MEMORY);
	yf_base64_write(bytes, text);
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
	return decode(arena, &plain_values, text, out);
}
