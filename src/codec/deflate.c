#define ZLIB_CONST
#include "codec/deflate.h"

#include <zlib.h>

#include "base/buf.h"

/* No header, no checksum; AES-GCM is what vouches for the bytes. */
enum { RAW = -15, LEVEL = 6, MEMORY_LEVEL = 8, PIECE = 16 * 1024 };

static void drop_deflate(z_stream *stream)
{
	deflateEnd(stream);
}

static void drop_inflate(z_stream *stream)
{
	inflateEnd(stream);
}

yf_err yf_deflate(struct yf_arena *arena, yf_bytes plain, yf_bytes *out)
{
	__attribute__((cleanup(drop_deflate))) z_stream stream = { 0 };

	if (plain.len > UINT32_MAX / 2)
		return YF_FAIL(TOO_LARGE);
	if (deflateInit2(&stream, LEVEL, Z_DEFLATED, RAW, MEMORY_LEVEL,
			 Z_DEFAULT_STRATEGY) != Z_OK)
		return YF_FAIL(MEMORY);
	const uLong room = deflateBound(&stream, (uLong)plain.len);
	uint8_t *packed = YF_NEW(arena, uint8_t, room);
	if (!packed)
		return YF_FAIL(MEMORY);
	stream.next_in = plain.ptr;
	stream.avail_in = (uInt)plain.len;
	stream.next_out = packed;
	stream.avail_out = (uInt)room;
	if (deflate(&stream, Z_FINISH) != Z_STREAM_END)
		return YF_FAIL(BUG);
	*out = (yf_bytes){ packed, stream.total_out };
	return YF_OK;
}

/* One piece into `buf`; `done` once the stream has ended. */
static yf_err inflate_piece(z_stream *stream, struct yf_buf *buf, bool *done)
{
	uint8_t piece[PIECE];

	stream->next_out = piece;
	stream->avail_out = sizeof(piece);
	const int code = inflate(stream, Z_NO_FLUSH);
	if (code == Z_MEM_ERROR)
		return YF_FAIL(MEMORY);
	if (code != Z_OK && code != Z_STREAM_END)
		return YF_FAIL(SYNTAX);
	yf_buf_put(buf, (yf_bytes){ piece, sizeof(piece) - stream->avail_out });
	*done = code == Z_STREAM_END;
	return YF_OK;
}

yf_err yf_inflate(struct yf_arena *arena, yf_bytes packed, size_t len_max,
		  yf_bytes *out)
{
	__attribute__((cleanup(drop_inflate))) z_stream stream = { 0 };
	struct yf_buf buf = yf_buf_new(arena, 4096);
	bool done = false;

	if (packed.len > UINT32_MAX / 2)
		return YF_FAIL(TOO_LARGE);
	if (inflateInit2(&stream, RAW) != Z_OK)
		return YF_FAIL(MEMORY);
	stream.next_in = packed.ptr;
	stream.avail_in = (uInt)packed.len;
	while (!done) {
		YF_TRY(inflate_piece(&stream, &buf, &done));
		if (stream.total_out > len_max)
			return YF_FAIL(TOO_LARGE);
	}
	if (stream.avail_in)
		return YF_FAIL(SYNTAX);
	return yf_buf_bytes(&buf, out);
}
