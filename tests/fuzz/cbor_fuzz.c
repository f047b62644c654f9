#include "codec/cbor.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void expect(bool held)
{
	if (!held)
		abort();
}

/*
 * The bytes of an item are its head, those of what it holds one behind the
 * other, and the break of an indefinite length.
 */
static void check_spans(const struct yf_cbor *item)
{
	const uint8_t *end = item->raw.ptr + item->raw.len;

	expect(item->raw.len > 0);
	if (!item->first)
		return;
	const uint8_t *at = item->first->raw.ptr;
	expect(at > item->raw.ptr && at - item->raw.ptr <= 9);
	for (const struct yf_cbor *held = item->first; held;
	     held = held->next) {
		expect(held->raw.ptr == at);
		at += held->raw.len;
		check_spans(held);
	}
	expect(at == end || (at + 1 == end && *at == 0xff));
}

static void write(struct yf_buf *buf, const struct yf_cbor *item)
{
	switch (item->kind) {
	case YF_CBOR_UINT:
		yf_cbor_put_uint(buf, item->number);
		break;
	case YF_CBOR_BYTES:
		yf_cbor_put_bytes(buf, item->string);
		break;
	case YF_CBOR_TEXT:
		yf_cbor_put_text(buf, yf_str_from(item->string));
		break;
	case YF_CBOR_ARRAY:
		yf_cbor_put_array(buf, item->count);
		break;
	case YF_CBOR_MAP:
		yf_cbor_put_map(buf, item->count);
		break;
	case YF_CBOR_TAG:
		yf_cbor_put_tag(buf, item->number);
		break;
	case YF_CBOR_BOOL:
		yf_cbor_put_bool(buf, item->boolean);
		break;
	case YF_CBOR_NULL:
		yf_cbor_put_null(buf);
		break;
	case YF_CBOR_REAL:
		yf_cbor_put_real(buf, yf_cbor_real(item));
		break;
	case YF_CBOR_NINT:
		if (item->number <= INT64_MAX) {
			yf_cbor_put_int(buf, -1 - (int64_t)item->number);
			break;
		}
		yf_cbor_put_raw(buf, item->raw);
		break;
	case YF_CBOR_UNDEFINED:
	case YF_CBOR_SIMPLE:
		yf_cbor_put_raw(buf, item->raw);
		break;
	}
	for (const struct yf_cbor *held = item->first; held; held = held->next)
		write(buf, held);
}

/*
 * Properties: spans tile the input; what was read and written again reads as
 * the same value in the strict mode; and writing that changes nothing.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	YF_AUTO(arena) arena = yf_arena_new(32 * 1024 * 1024);
	const struct yf_cbor *item, *again;
	yf_bytes once, twice;

	if (!arena || yf_failed(yf_cbor_parse(arena, (yf_bytes){ data, len },
					      YF_CBOR_LENIENT, &item)))
		return 0;
	expect(item->raw.ptr == data && item->raw.len == len);
	check_spans(item);
	struct yf_buf buf = yf_buf_new(arena, len);
	write(&buf, item);
	expect(!yf_failed(yf_buf_bytes(&buf, &once)));
	expect(!yf_failed(
		yf_cbor_parse(arena, once, YF_CBOR_PREFERRED, &again)));
	/* One NaN stands for all of them. */
	struct yf_buf second = yf_buf_new(arena, once.len);
	write(&second, again);
	expect(!yf_failed(yf_buf_bytes(&second, &twice)));
	expect(yf_bytes_eq(once, twice));
	expect(yf_cbor_eq(again, again));
	return 0;
}
