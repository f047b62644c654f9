#include "credential/engagement.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void expect(bool held)
{
	if (!held)
		abort();
}

static void check(struct yf_arena *arena, const struct yf_engagement *got)
{
	struct yf_engagement again;
	yf_bytes bytes;
	yf_str text;

	expect(got->method_count <= YF_RETRIEVAL_MAX);
	expect(!yf_failed(yf_public_key_check(&got->device_key)));
	const yf_err err =
		yf_engagement_encode(arena, &got->device_key, got->methods,
				     got->method_count, &bytes);
	/* Definite lengths may take more bytes than indefinite ones. */
	if (err.code == YF_CODE_TOO_LARGE)
		return;
	expect(!yf_failed(err));
	expect(!yf_failed(yf_engagement_to_qr(arena, bytes, &text)));
	expect(!yf_failed(yf_engagement_from_qr(arena, text, &again)));
	expect(again.method_count == got->method_count);
	expect(yf_public_key_eq(&again.device_key, &got->device_key));
	for (size_t i = 0; i < got->method_count; i++) {
		expect(again.methods[i].type == got->methods[i].type);
		expect(yf_str_eq(again.methods[i].uri, got->methods[i].uri));
		expect(yf_str_eq(again.methods[i].host, got->methods[i].host));
		expect(again.methods[i].port == got->methods[i].port);
	}
}

/* Property: what was read and written again reads the same, also as QR. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	YF_AUTO(arena) arena = yf_arena_new(16 * 1024 * 1024);
	const yf_bytes bytes = { data, len };
	struct yf_engagement got;

	if (!arena)
		return 0;
	if (!yf_failed(yf_engagement_parse(arena, bytes, &got)))
		check(arena, &got);
	if (!yf_failed(yf_engagement_from_qr(arena, yf_str_from(bytes), &got)))
		check(arena, &got);
	return 0;
}
