#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>

bool yf_str_next(yf_str *rest, char sep, yf_str *piece)
{
	if (!rest->ptr)
		return false;
	if (yf_str_cut(rest, sep, piece))
		return true;
	*piece = *rest;
	*rest = (yf_str){ NULL, 0 };
	return true;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

yf_str yf_str_trim(yf_str text)
{
	while (text.len && is_space(text.ptr[0]))
		text = yf_str_skip(text, 1);
	while (text.len && is_space(text.ptr[text.len - 1]))
		text.len--;
	return text;
}

static char lower(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (char)(c - 'A' + 'a');
	return c;
}

bool yf_str_eq_nocase(yf_str a, yf_str b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (lower(a.ptr[i]) != lower(b.ptr[i]))
			return false;
	return true;
}

yf_err yf_str_lower(struct yf_arena *arena, yf_str text, yf_str *out)
{
	char *copy = YF_NEW(arena, char, text.len + 1);

	if (!copy)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < text.len; i++)
		copy[i] = lower(text.ptr[i]);
	*out = (yf_str){ copy, text.len };
	return YF_OK;
}

bool yf_str_to_int(yf_str text, int64_t *out)
{
	const bool negative = text.len && text.ptr[0] == '-';
	int64_t value = 0;

	if (negative)
		text = yf_str_skip(text, 1);
	if (!text.len || (text.ptr[0] == '0' && (text.len > 1 || negative)))
		return false;
	for (size_t i = 0; i < text.len; i++) {
		const char c = text.ptr[i];
		if (c < '0' || c > '9' ||
		    __builtin_mul_overflow(value, 10, &value) ||
		    __builtin_sub_overflow(value, c - '0', &value))
			return false;
	}
	if (!negative && __builtin_sub_overflow((int64_t)0, value, &value))
		return false;
	*out = value;
	return true;
}

/* Length of the code point that starts at `at`, 0 when it is malformed. */
static size_t utf8_len(const unsigned char *at, size_t left)
{
	static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t len;
	uint32_t point;

	if (at[0] < 0x80)
		return 1;
	if (at[0] >= 0xc2 && at[0] <= 0xdf)
		len = 2;
	else if ((at[0] & 0xf0) == 0xe0)
		len = 3;
	else if (at[0] >= 0xf0 && at[0] <= 0xf4)
		len = 4;
	else
		return 0;
	if (len > left)
		return 0;
	point = at[0] & (0xffu >> (len + 1));
	for (size_t i = 1; i < len; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
		point = point << 6 | (at[i] & 0x3fu);
	}
	if (point < smallest[len] || point > 0x10ffff ||
	    (point >= 0xd800 && point <= 0xdfff))
		return 0;
	return len;
}

static bool is_ascii_8(const unsigned char *at)
{
	uint64_t word;

	memcpy(&word, at, sizeof(word));
	return !(word & 0x8080808080808080);
}

bool yf_str_is_utf8(yf_str text)
{
	const unsigned char *bytes = (const unsigned char *)text.ptr;

	for (size_t at = 0; at < text.len;) {
		if (text.len - at >= 8 && is_ascii_8(bytes + at)) {
			at += 8;
			continue;
		}
		const size_t len = utf8_len(bytes + at, text.len - at);
		if (!len)
			return false;
		at += len;
	}
	return true;
}

static bool is_line_end(unsigned char c)
{
	return c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

bool yf_str_is_printable(yf_str text, bool lines)
{
	const unsigned char *at = (const unsigned char *)text.ptr;

	if (!yf_str_is_utf8(text))
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if ((at[i] < ' ' && !(lines && is_line_end(at[i]))) ||
		    at[i] == 0x7f)
			return false;
		/* U+0080 to U+009F; well-formed: one more byte follows */
		if (at[i] == 0xc2 && at[i + 1] < 0xa0)
			return false;
	}
	return true;
}

size_t yf_str_chars(yf_str text)
{
	size_t count = 0;
	for (size_t i = 0; i < text.len; i++)
		count += ((unsigned char)text.ptr[i] & 0xc0) != 0x80;
	return count;
}

yf_err yf_bytes_copy(struct yf_arena *arena, yf_bytes bytes, yf_bytes *out)
{
	uint8_t *copy = YF_NEW(arena, uint8_t, bytes.len + 1);
	if (!copy)
		return YF_FAIL(MEMORY);
	if (bytes.len)
		memcpy(copy, bytes.ptr, bytes.len);
	*out = (yf_bytes){ copy, bytes.len };
	return YF_OK;
}

yf_err yf_str_copy(struct yf_arena *arena, yf_str text, yf_str *out)
{
	yf_bytes copy;

	YF_TRY(yf_bytes_copy(arena, yf_bytes_of(text), &copy));
	*out = yf_str_from(copy);
	return YF_OK;
}

yf_err yf_str_to_c(struct yf_arena *arena, yf_str text, const char **out)
{
	yf_str copy;

	if (text.len && memchr(text.ptr, '\0', text.len))
		return YF_FAIL(SYNTAX);
	YF_TRY(yf_str_copy(arena, text, &copy));
	*out = copy.ptr;
	return YF_OK;
}

yf_err yf_str_format(struct yf_arena *arena, yf_str *out, const char *format,
		     ...)
{
	va_list args;

	va_start(args, format);
	const int len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (len < 0)
		return YF_FAIL(BUG);

	char *text = YF_NEW(arena, char, (size_t)len + 1);
	if (!text)
		return YF_FAIL(MEMORY);
	va_start(args, format);
	vsnprintf(text, (size_t)len + 1, format, args);
	va_end(args);
	*out = (yf_str){ text, (size_t)len };
	return YF_OK;
}
