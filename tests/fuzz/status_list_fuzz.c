#include "credential/status_list.h"

#include <stdlib.h>

#include "codec/base64url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { LEN_MAX = 256 * 1024 };

static void expect(bool held)
{
	if (!held)
		abort();
}

static void decode(struct yf_arena *arena, unsigned bits, yf_str lst)
{
	struct yf_status_list list, again;
	uint8_t status;
	yf_str text;

	if (yf_failed(yf_status_list_decode(arena, bits, lst, LEN_MAX, &list)))
		return;
	expect(list.len <= LEN_MAX);
	const int64_t count = (int64_t)yf_status_list_count(&list);
	expect(yf_failed(yf_status_list_get(&list, count, &status)));
	if (count)
		expect(!yf_failed(
			yf_status_list_get(&list, count - 1, &status)));
	expect(!yf_failed(yf_status_list_encode(arena, &list, &text)));
	expect(!yf_failed(
		yf_status_list_decode(arena, bits, text, LEN_MAX, &again)));
	expect(again.len == list.len &&
	       (!list.len || memcmp(again.bytes, list.bytes, list.len) == 0));
}

/*
 * The first byte is the width, the rest is `lst`, or the zlib stream in it.
 * Properties: never longer than the limit, and packs to itself.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	YF_AUTO(arena) arena = yf_arena_new(16 * 1024 * 1024);
	yf_str lst;

	if (!arena || !len)
		return 0;
	const yf_bytes rest = { data + 1, len - 1 };
	decode(arena, data[0], yf_str_from(rest));
	if (!yf_failed(yf_base64url_encode(arena, rest, &lst)))
		decode(arena, data[0], lst);
	return 0;
}
