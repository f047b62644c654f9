#include "codec/cbor.h"

#include <assert.h>

#include "codec/cbor_head.h"

static void put_head(struct yf_buf *buf, yf_cbor_major major, uint64_t number)
{
	uint8_t head[YF_CBOR_HEAD_MAX];
	const size_t len = yf_cbor_head_write(major, number, head);

	yf_buf_put(buf, (yf_bytes){ head, len });
}

void yf_cbor_put_uint(struct yf_buf *buf, uint64_t value)
{
	put_head(buf, YF_CBOR_MAJOR_UINT, value);
}

void yf_cbor_put_int(struct yf_buf *buf, int64_t value)
{
	if (value < 0)
		put_head(buf, YF_CBOR_MAJOR_NINT, (uint64_t)(-1 - value));
	else
		put_head(buf, YF_CBOR_MAJOR_UINT, (uint64_t)value);
}

void yf_cbor_put_bytes_head(struct yf_buf *buf, size_t len)
{
	put_head(buf, YF_CBOR_MAJOR_BYTES, len);
}

void yf_cbor_put_bytes(struct yf_buf *buf, yf_bytes value)
{
	yf_cbor_put_bytes_head(buf, value.len);
	yf_buf_put(buf, value);
}

void yf_cbor_put_text(struct yf_buf *buf, yf_str value)
{
	put_head(buf, YF_CBOR_MAJOR_TEXT, value.len);
	yf_buf_text(buf, value);
}

void yf_cbor_put_array(struct yf_buf *buf, size_t count)
{
	put_head(buf, YF_CBOR_MAJOR_ARRAY, count);
}

void yf_cbor_put_map(struct yf_buf *buf, size_t count)
{
	put_head(buf, YF_CBOR_MAJOR_MAP, count);
}

void yf_cbor_put_tag(struct yf_buf *buf, uint64_t tag)
{
	put_head(buf, YF_CBOR_MAJOR_TAG, tag);
}

void yf_cbor_put_bool(struct yf_buf *buf, bool value)
{
	put_head(buf, YF_CBOR_MAJOR_OTHER, value ? 21 : 20);
}

void yf_cbor_put_null(struct yf_buf *buf)
{
	put_head(buf, YF_CBOR_MAJOR_OTHER, 22);
}

void yf_cbor_put_real(struct yf_buf *buf, double value)
{
	const unsigned extra = yf_cbor_real_extra(value);
	uint64_t bits = yf_cbor_real_bits(value, extra);
	uint8_t text[YF_CBOR_HEAD_MAX];

	text[0] = extra == 2 ? 0xf9 : extra == 4 ? 0xfa : 0xfb;
	for (unsigned i = extra; i > 0; i--) {
		text[i] = (uint8_t)bits;
		bits >>= 8;
	}
	yf_buf_put(buf, (yf_bytes){ text, 1 + extra });
}

void yf_cbor_put_raw(struct yf_buf *buf, yf_bytes item)
{
	yf_buf_put(buf, item);
}

void yf_cbor_put_embedded(struct yf_buf *buf, yf_bytes item)
{
	yf_cbor_put_tag(buf, YF_TAG_EMBEDDED);
	yf_cbor_put_bytes(buf, item);
}

/* Room for a head of three bytes, the usual one; made fit at the end. */
enum { GUESS_LEN = 3 };

size_t yf_cbor_open_bytes(struct yf_buf *buf)
{
	(void)yf_buf_extend(buf, GUESS_LEN);
	return buf->len;
}

void yf_cbor_close_bytes(struct yf_buf *buf, size_t at)
{
	uint8_t head[YF_CBOR_HEAD_MAX];

	if (yf_failed(buf->err))
		return;
	assert(at >= GUESS_LEN && at <= buf->len);
	const size_t len = buf->len - at;
	const size_t head_len =
		yf_cbor_head_write(YF_CBOR_MAJOR_BYTES, len, head);
	if (head_len > GUESS_LEN && !yf_buf_extend(buf, head_len - GUESS_LEN))
		return;
	uint8_t *start = buf->ptr + at - GUESS_LEN;
	memmove(start + head_len, start + GUESS_LEN, len);
	memcpy(start, head, head_len);
	buf->len = at - GUESS_LEN + head_len + len;
}

size_t yf_cbor_open_embedded(struct yf_buf *buf)
{
	yf_cbor_put_tag(buf, YF_TAG_EMBEDDED);
	return yf_cbor_open_bytes(buf);
}

void yf_cbor_close_embedded(struct yf_buf *buf, size_t at)
{
	yf_cbor_close_bytes(buf, at);
}

size_t yf_cbor_bytes_head(size_t len, uint8_t out[static YF_CBOR_HEAD_MAX])
{
	return yf_cbor_head_write(YF_CBOR_MAJOR_BYTES, len, out);
}
