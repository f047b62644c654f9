#include <assert.h>
#include <stdlib.h>

#include "face/model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * Any header that is accepted points inside the file.  The input is laid over
 * a file that would be accepted, so that the fuzzer gets past the length.
 */
enum { FILE_LEN = 32 * 1024 * 1024 };

static uint8_t *good_file(void)
{
	uint8_t *file = aligned_alloc(4096, FILE_LEN);
	uint64_t at = YF_MODEL_HEAD_LEN;

	assert(file);
	memset(file, 0, YF_MODEL_HEAD_LEN);
	memcpy(file, "YUFUFACE", 8);
	yf_model_put(file + 8, 4, YF_MODEL_VERSION);
	yf_model_put(file + 12, 4, YF_LAYERS);
	yf_model_put(file + 16, 8, FILE_LEN);
	yf_model_put(file + 24, 8, at);
	for (size_t i = 0; i < YF_LAYERS; i++) {
		const struct yf_layer_form *form = &yf_layer_forms[i];
		const uint64_t len = sizeof(float) * (yf_layer_biases(form) +
						      yf_layer_weights(form));
		yf_model_put(file + YF_MODEL_TABLE_AT + i * 16, 8, at);
		yf_model_put(file + YF_MODEL_TABLE_AT + i * 16 + 8, 8, len);
		at = (at + len + 63) / 64 * 64;
	}
	assert(at <= FILE_LEN);
	return file;
}

static bool inside(const void *at, size_t len, const uint8_t *file)
{
	const uint8_t *from = at;

	return from >= file + YF_MODEL_HEAD_LEN && from <= file + FILE_LEN &&
	       len <= (size_t)(file + FILE_LEN - from);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t *file;
	uint8_t kept[YF_MODEL_HEAD_LEN];
	struct yf_model_view view;

	if (!file)
		file = good_file();
	if (size < 4)
		return 0;
	/* four bytes say where, the rest is laid there */
	const size_t at = yf_model_get(data, 4) % YF_MODEL_HEAD_LEN;
	const size_t len = size - 4 < YF_MODEL_HEAD_LEN - at
				   ? size - 4
				   : YF_MODEL_HEAD_LEN - at;
	memcpy(kept, file, sizeof(kept));
	memcpy(file + at, data + 4, len);
	const yf_err err = yf_model_check((yf_bytes){ file, FILE_LEN }, &view);
	assert(!yf_failed(err) || err.code == YF_CODE_MODEL);
	for (size_t i = 0; !yf_failed(err) && i < YF_LAYERS; i++) {
		const struct yf_layer_form *form = &yf_layer_forms[i];
		assert(inside(view.layers[i].bias,
			      yf_layer_biases(form) * sizeof(float), file));
		assert(inside(view.layers[i].weights,
			      yf_layer_weights(form) * sizeof(float), file));
		assert((uintptr_t)view.layers[i].bias % YF_MODEL_ALIGN == 0);
	}
	if (!yf_failed(err))
		assert(inside(view.licence.ptr, view.licence.len, file));
	memcpy(file, kept, sizeof(kept));

	/* and as it is, which is mostly too short */
	assert(yf_model_check((yf_bytes){ data, size }, &view).code ==
	       YF_CODE_MODEL);
	return 0;
}
