#define ZLIB_CONST
#include "credential/gzip.h"

#include <zlib.h>

#include "base/buf.h"

enum { WINDOW_GZIP = 15 + 16, MEMORY_LEVEL = 8 };

static void drop(z_stream *stream)
{
	deflateEnd(stream);
}

yf_err yf_gzip(struct yf_arena *arena, yf_bytes bytes, yf_bytes *out)
{
	__attribute__((cleanup(drop))) z_stream stream = { 0 };
	struct yf_buf buf = yf_buf_new(arena, 4096);
	uint8_t chunk[4096];
	int result = Z_OK;

	if (bytes.len > UINT32_MAX)
		return YF_FAIL(TOO_LARGE);
	if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, WINDOW_GZIP,
			 MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK)
		return YF_FAIL(MEMORY);
	stream.next_in = bytes.ptr;
	stream.avail_in = (uInt)bytes.len;
	while (result == Z_OK) {
		stream.next_out = chunk;
		stream.avail_out = sizeof(chunk);
		result = deflate(&stream, Z_FINISH);
		yf_buf_put(&buf, (yf_bytes){ chunk, sizeof(chunk) -
							    stream.avail_out });
	}
	return result == Z_STREAM_END ? yf_buf_bytes(&buf, out) : YF_FAIL(BUG);
}
