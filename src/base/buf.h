#pragma once

#include "base/str.h"

/*
 * Bytes that grow, in an arena.  Writers append without looking; the first
 * failure sticks and yf_buf_str()/yf_buf_bytes() report it at the end.
 */
struct yf_buf {
	struct yf_arena *arena;
	uint8_t *ptr;
	size_t len;
	size_t room;
	yf_err err;
};

/* Starts empty; `room` is a guess of the final length. */
struct yf_buf yf_buf_new(struct yf_arena *arena, size_t room);

void yf_buf_put(struct yf_buf *buf, yf_bytes bytes);
void yf_buf_text(struct yf_buf *buf, yf_str text);
void yf_buf_int(struct yf_buf *buf, int64_t value); /* decimal */
void yf_buf_format(struct yf_buf *buf, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * Make room for `len` more bytes and count them as written: the caller fills
 * them.  NULL once the buffer has failed.
 */
uint8_t *yf_buf_extend(struct yf_buf *buf, size_t len);

static inline void yf_buf_char(struct yf_buf *buf, char c)
{
	uint8_t *at = buf->len < buf->room && !yf_failed(buf->err)
			      ? buf->ptr + buf->len++
			      : yf_buf_extend(buf, 1);
	if (at)
		*at = (uint8_t)c;
}

/* A view of what was written (not NUL-terminated).  MEMORY or what stuck. */
YF_CHECKED yf_err yf_buf_bytes(const struct yf_buf *buf, yf_bytes *out);
YF_CHECKED yf_err yf_buf_str(const struct yf_buf *buf, yf_str *out);
