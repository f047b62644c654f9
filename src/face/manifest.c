#include "face/manifest.h"

#include <math.h>

#include "codec/json.h"

static bool to_number(const struct yf_json *value, double *out)
{
	if (!value ||
	    (value->kind != YF_JSON_REAL && value->kind != YF_JSON_INT))
		return false;
	*out = value->kind == YF_JSON_REAL ? value->real
					   : (double)value->integer;
	/* so that any byte times it is a float */
	return fabs(*out) <= 1e30;
}

static yf_err read_count(const struct yf_json *row, size_t *out)
{
	const struct yf_json *shape = yf_json_get(row, "shape");
	size_t count = 1;

	if (!shape || shape->kind != YF_JSON_ARRAY)
		return YF_FAIL(MISSING);
	for (size_t i = 0; i < shape->count; i++) {
		const struct yf_json *side = &shape->items[i];
		if (side->kind != YF_JSON_INT || side->integer < 1 ||
		    side->integer > YF_MANIFEST_TENSOR_MAX)
			return YF_FAIL(RANGE);
		count *= (size_t)side->integer;
		if (count > YF_MANIFEST_TENSOR_MAX)
			return YF_FAIL(RANGE);
	}
	*out = count;
	return YF_OK;
}

static yf_err read_type(const struct yf_json *row,
			struct yf_manifest_tensor *out)
{
	const struct yf_json *quantized = yf_json_get(row, "quantization");

	if (!yf_str_is(yf_json_text(row, "dtype"), "float32"))
		return YF_FAIL(UNSUPPORTED);
	out->quantized = quantized != NULL;
	if (!quantized)
		return YF_OK;
	if (!yf_str_is(yf_json_text(quantized, "dtype"), "uint8"))
		return YF_FAIL(UNSUPPORTED);
	return to_number(yf_json_get(quantized, "scale"), &out->scale) &&
			       to_number(yf_json_get(quantized, "min"),
					 &out->least)
		       ? YF_OK
		       : YF_FAIL(RANGE);
}

/* `rest` is what the tensors before it left of the file. */
static yf_err read_tensor(const struct yf_json *row, yf_bytes *rest,
			  struct yf_manifest_tensor *out)
{
	struct yf_manifest_tensor tensor = { .name = yf_json_text(row,
								  "name") };

	if (!tensor.name.len)
		return YF_FAIL(MISSING);
	YF_TRY(read_count(row, &tensor.count));
	YF_TRY(read_type(row, &tensor));
	const size_t len =
		tensor.quantized ? tensor.count : tensor.count * sizeof(float);
	if (len > rest->len)
		return YF_FAIL(RANGE);
	tensor.raw = (yf_bytes){ rest->ptr, len };
	rest->ptr += len;
	rest->len -= len;
	*out = tensor;
	return YF_OK;
}

yf_err yf_manifest_parse(struct yf_arena *arena, yf_str text, yf_bytes bin,
			 struct yf_manifest *out)
{
	struct yf_manifest_tensor *tensors;
	const struct yf_json *tree, *rows;

	YF_TRY(yf_json_parse(arena, text, &tree));
	if (tree->kind != YF_JSON_ARRAY || tree->count != 1)
		return YF_FAIL(SYNTAX);
	rows = yf_json_get(&tree->items[0], "weights");
	if (!rows || rows->kind != YF_JSON_ARRAY || !rows->count)
		return YF_FAIL(MISSING);
	if (rows->count > YF_MANIFEST_TENSORS_MAX)
		return YF_FAIL(TOO_LARGE);
	tensors = YF_NEW(arena, struct yf_manifest_tensor, rows->count);
	if (!tensors)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < rows->count; i++)
		YF_TRY(read_tensor(&rows->items[i], &bin, &tensors[i]));
	*out = (struct yf_manifest){ tensors, rows->count };
	return YF_OK;
}

static yf_err read_numbers(struct yf_arena *arena,
			   const struct yf_manifest_tensor *tensor,
			   const float **out)
{
	float *values = YF_NEW(arena, float, tensor->count);

	if (!values)
		return YF_FAIL(MEMORY);
	if (!tensor->quantized)
		memcpy(values, tensor->raw.ptr, tensor->raw.len);
	for (size_t i = 0; tensor->quantized && i < tensor->count; i++)
		values[i] = (float)(tensor->raw.ptr[i] * tensor->scale +
				    tensor->least);
	*out = values;
	return YF_OK;
}

yf_err yf_manifest_read(struct yf_arena *arena,
			const struct yf_manifest *manifest, yf_str name,
			size_t count, const float **out)
{
	for (size_t i = 0; i < manifest->count; i++) {
		const struct yf_manifest_tensor *tensor = &manifest->tensors[i];

		if (!yf_str_eq(tensor->name, name))
			continue;
		return tensor->count == count ? read_numbers(arena, tensor, out)
					      : YF_FAIL(RANGE);
	}
	return YF_FAIL(MISSING);
}
