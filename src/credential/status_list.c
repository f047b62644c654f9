#define ZLIB_CONST
#include "credential/status_list.h"

#include <zlib.h>

#include "codec/base64url.h"

enum { CHAIN_MAX = 512 };

static bool is_width(unsigned bits)
{
	return bits == 1 || bits == 2 || bits == 4 || bits == 8;
}

yf_err yf_status_list_new(struct yf_arena *arena, unsigned bits, size_t count,
			  struct yf_status_list *out)
{
	if (!is_width(bits) || !count)
		return YF_FAIL(RANGE);
	const size_t per_byte = 8 / bits;
	if (count > YF_STATUS_BYTES_MAX * per_byte)
		return YF_FAIL(TOO_LARGE);
	const size_t len = (count + per_byte - 1) / per_byte;
	uint8_t *bytes = YF_NEW(arena, uint8_t, len);
	if (!bytes)
		return YF_FAIL(MEMORY);
	*out = (struct yf_status_list){ bits, bytes, len };
	return YF_OK;
}

size_t yf_status_list_count(const struct yf_status_list *list)
{
	return list->len * (8 / list->bits);
}

/* Section 4.1: from the least significant bit of each byte upwards. */
static unsigned shift_of(const struct yf_status_list *list, int64_t index)
{
	return (unsigned)((size_t)index % (8 / list->bits)) * list->bits;
}

static bool is_inside(const struct yf_status_list *list, int64_t index)
{
	return index >= 0 && (uint64_t)index < yf_status_list_count(list);
}

yf_err yf_status_list_get(const struct yf_status_list *list, int64_t index,
			  uint8_t *status)
{
	if (!is_inside(list, index))
		return YF_FAIL(RANGE);
	const uint8_t byte = list->bytes[(size_t)index / (8 / list->bits)];
	*status = (uint8_t)(byte >> shift_of(list, index) &
			    ((1u << list->bits) - 1));
	return YF_OK;
}

yf_err yf_status_list_set(struct yf_status_list *list, int64_t index,
			  uint8_t status)
{
	const unsigned mask = (1u << list->bits) - 1;

	if (!is_inside(list, index) || status > mask)
		return YF_FAIL(RANGE);
	const unsigned shift = shift_of(list, index);
	uint8_t *byte = &list->bytes[(size_t)index / (8 / list->bits)];
	*byte = (uint8_t)((*byte & ~(mask << shift)) | (unsigned)status
							       << shift);
	return YF_OK;
}

static void drop_deflate(z_stream *stream)
{
	deflateEnd(stream);
}

/* In pieces: a list of millions packs into kilobytes. */
yf_err yf_status_list_pack(struct yf_arena *arena,
			   const struct yf_status_list *list, yf_bytes *lst)
{
	__attribute__((cleanup(drop_deflate))) z_stream stream = { 0 };
	struct yf_buf buf = yf_buf_new(arena, 4096);
	uint8_t chunk[4096];
	int result = Z_OK;

	if (deflateInit(&stream, Z_BEST_COMPRESSION) != Z_OK)
		return YF_FAIL(MEMORY);
	/* The chains of level 9 are 4096 long.  Of a list with 2^20 entries,
	 * one in a hundred set, that costs four times the time and saves 7 %
	 * (`yufu bench status`). */
	deflateTune(&stream, 32, 258, 258, CHAIN_MAX);
	stream.next_in = list->bytes;
	stream.avail_in = (uInt)list->len;
	while (result == Z_OK) {
		stream.next_out = chunk;
		stream.avail_out = sizeof(chunk);
		result = deflate(&stream, Z_FINISH);
		yf_buf_put(&buf, (yf_bytes){ chunk, sizeof(chunk) -
							    stream.avail_out });
	}
	return result == Z_STREAM_END ? yf_buf_bytes(&buf, lst) : YF_FAIL(BUG);
}

yf_err yf_status_list_encode(struct yf_arena *arena,
			     const struct yf_status_list *list, yf_str *lst)
{
	yf_bytes packed;

	YF_TRY(yf_status_list_pack(arena, list, &packed));
	return yf_base64url_encode(arena, packed, lst);
}

/* --- unpacking --- */

static void drop(z_stream *stream)
{
	inflateEnd(stream);
}

/* One pass that only counts: memory is taken when the length is known. */
static yf_err unpacked_len(yf_bytes packed, size_t len_max, size_t *out)
{
	__attribute__((cleanup(drop))) z_stream stream = { 0 };
	uint8_t chunk[4096];
	size_t len = 0;
	int result = Z_OK;

	if (packed.len > UINT32_MAX || inflateInit(&stream) != Z_OK)
		return YF_FAIL(MEMORY);
	stream.next_in = packed.ptr;
	stream.avail_in = (uInt)packed.len;
	while (result == Z_OK) {
		stream.next_out = chunk;
		stream.avail_out = sizeof(chunk);
		result = inflate(&stream, Z_NO_FLUSH);
		len += sizeof(chunk) - stream.avail_out;
		if (len > len_max)
			return YF_FAIL(TOO_LARGE);
	}
	/* Z_BUF_ERROR: the input ended before the stream did. */
	if (result != Z_STREAM_END || stream.avail_in)
		return YF_FAIL(SYNTAX);
	*out = len;
	return YF_OK;
}

yf_err yf_status_list_unpack(struct yf_arena *arena, unsigned bits,
			     yf_bytes lst, size_t len_max,
			     struct yf_status_list *out)
{
	size_t len = 0;

	if (!is_width(bits))
		return YF_FAIL(RANGE);
	if (len_max > YF_STATUS_BYTES_MAX)
		len_max = YF_STATUS_BYTES_MAX;
	YF_TRY(unpacked_len(lst, len_max, &len));
	uint8_t *bytes = YF_NEW(arena, uint8_t, len + 1);
	if (!bytes)
		return YF_FAIL(MEMORY);
	uLongf filled = len;
	if (len && (uncompress(bytes, &filled, lst.ptr, lst.len) != Z_OK ||
		    filled != len))
		return YF_FAIL(SYNTAX);
	*out = (struct yf_status_list){ bits, bytes, len };
	return YF_OK;
}

yf_err yf_status_list_decode(struct yf_arena *arena, unsigned bits, yf_str lst,
			     size_t len_max, struct yf_status_list *out)
{
	yf_bytes packed;

	if (!is_width(bits))
		return YF_FAIL(RANGE);
	YF_TRY(yf_base64url_decode(arena, lst, &packed));
	return yf_status_list_unpack(arena, bits, packed, len_max, out);
}
