#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>

struct yf_buf yf_buf_new(struct yf_arena *arena, size_t room)
{
	struct yf_buf buf = { .arena = arena };

	buf.ptr = YF_NEW(arena, uint8_t, room ? room : 1);
	buf.room = room ? room : 1;
	if (!buf.ptr)
		buf.err = YF_FAIL(MEMORY);
	return buf;
}

uint8_t *yf_buf_extend(struct yf_buf *buf, size_t len)
{
	if (yf_failed(buf->err))
		return NULL;
	if (len > buf->room - buf->len) {
		size_t room = buf->room * 2;
		if (room < buf->len + len)
			room = buf->len + len;
		uint8_t *grown = YF_NEW(buf->arena, uint8_t, room);
		if (!grown) {
			buf->err = YF_FAIL(MEMORY);
			return NULL;
		}
		memcpy(grown, buf->ptr, buf->len);
		buf->ptr = grown;
		buf->room = room;
	}
	uint8_t *at = buf->ptr + buf->len;
	buf->len += len;
	return at;
}

void yf_buf_put(struct yf_buf *buf, yf_bytes bytes)
{
	uint8_t *at = yf_buf_extend(buf, bytes.len);
	if (at && bytes.len)
		memcpy(at, bytes.ptr, bytes.len);
}

void yf_buf_text(struct yf_buf *buf, yf_str text)
{
	yf_buf_put(buf, yf_bytes_of(text));
}

void yf_buf_int(struct yf_buf *buf, int64_t value)
{
	char text[20]; /* "-9223372036854775808" */
	size_t at = sizeof(text);
	/* Negated as unsigned: the smallest value has no positive twin. */
	uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;

	do {
		text[--at] = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest);
	if (value < 0)
		text[--at] = '-';
	yf_buf_text(buf, (yf_str){ text + at, sizeof(text) - at });
}

void yf_buf_format(struct yf_buf *buf, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	const int len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (len < 0) {
		buf->err = YF_FAIL(BUG);
		return;
	}
	/* vsnprintf writes a NUL, which is taken back. */
	uint8_t *at = yf_buf_extend(buf, (size_t)len + 1);
	if (!at)
		return;
	va_start(args, format);
	vsnprintf((char *)at, (size_t)len + 1, format, args);
	va_end(args);
	buf->len--;
}

yf_err yf_buf_bytes(const struct yf_buf *buf, yf_bytes *out)
{
	YF_TRY(buf->err);
	*out = (yf_bytes){ buf->ptr, buf->len };
	return YF_OK;
}

yf_err yf_buf_str(const struct yf_buf *buf, yf_str *out)
{
	YF_TRY(buf->err);
	*out = (yf_str){ (const char *)buf->ptr, buf->len };
	return YF_OK;
}
