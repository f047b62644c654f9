#include <assert.h>
#include <string.h>

#include "face/template.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is read is written back byte for byte, and is within its limits. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct yf_face_template read, again;
	const yf_bytes bytes = { data, size };
	char text[YF_FACE_IDENTITY_TEXT_LEN];
	yf_bytes written;

	const yf_err err = yf_face_template_decode(bytes, &read);
	if (yf_failed(err)) {
		assert(err.code == YF_CODE_SYNTAX ||
		       err.code == YF_CODE_TOO_LARGE);
		return 0;
	}
	assert(read.len >= 1 && read.len <= sizeof(read.bytes));
	assert(yf_face_is_id(yf_str_of(read.of.engine)));
	assert(yf_face_is_version(yf_str_of(read.of.version)));
	yf_face_identity_text(&read.of, text);
	assert(strlen(text) < sizeof(text));
	YF_AUTO(arena) arena = yf_arena_new(16384);
	assert(arena);
	assert(!yf_failed(yf_face_template_encode(&read, arena, &written)));
	assert(yf_bytes_eq(bytes, written));
	assert(!yf_failed(yf_face_template_decode(written, &again)));
	assert(yf_face_identity_eq(&read.of, &again.of));
	return 0;
}
