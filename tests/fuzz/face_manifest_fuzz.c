#include <assert.h>

#include "face/manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * The manifest up to the first NUL, the weights behind it.  Tensors that are
 * accepted lie in the weights, one behind the other, and can be read.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = size ? memchr(data, 0, size) : NULL;
	const size_t text_len = end ? (size_t)(end - data) : size;
	const size_t skip = end ? text_len + 1 : size;
	const yf_bytes bin = { data + skip, size - skip };
	YF_AUTO(arena) arena = yf_arena_new(64u << 20);
	struct yf_manifest manifest;
	size_t at = 0;

	assert(arena);
	const yf_err err = yf_manifest_parse(
		arena, (yf_str){ (const char *)data, text_len }, bin,
		&manifest);
	if (yf_failed(err)) {
		assert(yf_err_kind(err) != YF_KIND_INTERNAL ||
		       err.code == YF_CODE_MEMORY);
		return 0;
	}
	assert(manifest.count >= 1 &&
	       manifest.count <= YF_MANIFEST_TENSORS_MAX);
	for (size_t i = 0; i < manifest.count; i++) {
		const struct yf_manifest_tensor *tensor = &manifest.tensors[i];
		const float *numbers;

		assert(tensor->raw.ptr == bin.ptr + at);
		assert(tensor->count >= 1 && tensor->raw.len <= bin.len - at);
		at += tensor->raw.len;
		const yf_err read =
			yf_manifest_read(arena, &manifest, tensor->name,
					 tensor->count, &numbers);
		/* an earlier tensor may bear the same name */
		assert(!yf_failed(read) || read.code == YF_CODE_RANGE);
	}
	return 0;
}
