#include "credential/mdoc_claims.h"

#include <inttypes.h>
#include <math.h>

static yf_err put_value(struct yf_arena *arena, struct yf_json_out *json,
			const struct yf_cbor *value);

static yf_err put_number(struct yf_arena *arena, struct yf_json_out *json,
			 const struct yf_cbor *value)
{
	yf_str text = { 0 };

	if (value->number <= INT64_MAX) {
		const int64_t number = (int64_t)value->number;

		yf_json_out_int(json, NULL,
				value->kind == YF_CBOR_UINT ? number
							    : -1 - number);
		return YF_OK;
	}
	/* JSON's readers keep 53 bits or 64: past them a text loses nothing */
	if (value->kind == YF_CBOR_NINT)
		return YF_FAIL(UNSUPPORTED);
	YF_TRY(yf_str_format(arena, &text, "%" PRIu64, value->number));
	yf_json_out_str(json, NULL, text);
	return YF_OK;
}

static yf_err key_text(struct yf_arena *arena, const struct yf_cbor *key,
		       yf_str *out)
{
	int64_t number = 0;

	if (key->kind == YF_CBOR_TEXT)
		return yf_cbor_take_text(key, out);
	if (yf_failed(yf_cbor_take_int(key, &number)))
		return YF_FAIL(UNSUPPORTED);
	return yf_str_format(arena, out, "%" PRId64, number);
}

static yf_err put_map(struct yf_arena *arena, struct yf_json_out *json,
		      const struct yf_cbor *map)
{
	const struct yf_cbor *key = map->first;

	yf_json_out_object(json, NULL);
	for (size_t i = 0; i < map->count; i++, key = key->next->next) {
		yf_str name = { 0 };

		YF_TRY(key_text(arena, key, &name));
		yf_json_out_key(json, name);
		YF_TRY(put_value(arena, json, key->next));
	}
	yf_json_out_close(json);
	return YF_OK;
}

static yf_err put_array(struct yf_arena *arena, struct yf_json_out *json,
			const struct yf_cbor *array)
{
	yf_json_out_array(json, NULL);
	for (const struct yf_cbor *at = array->first; at; at = at->next)
		YF_TRY(put_value(arena, json, at));
	yf_json_out_close(json);
	return YF_OK;
}

/* Depth is bounded by YF_CBOR_DEPTH_MAX. */
static yf_err put_value(struct yf_arena *arena, struct yf_json_out *json,
			const struct yf_cbor *value)
{
	switch (value->kind) {
	case YF_CBOR_UINT:
	case YF_CBOR_NINT:
		return put_number(arena, json, value);
	case YF_CBOR_BYTES:
		yf_json_out_base64url(json, NULL, value->string);
		return YF_OK;
	case YF_CBOR_TEXT:
		yf_json_out_str(json, NULL, yf_str_from(value->string));
		return YF_OK;
	case YF_CBOR_ARRAY:
		return put_array(arena, json, value);
	case YF_CBOR_MAP:
		return put_map(arena, json, value);
	case YF_CBOR_TAG:
		return put_value(arena, json, value->first);
	case YF_CBOR_BOOL:
		yf_json_out_bool(json, NULL, value->boolean);
		return YF_OK;
	case YF_CBOR_NULL:
	case YF_CBOR_UNDEFINED:
		yf_json_out_null(json, NULL);
		return YF_OK;
	case YF_CBOR_REAL:
		if (!isfinite(yf_cbor_real(value)))
			return YF_FAIL(SYNTAX);
		yf_json_out_real(json, NULL, yf_cbor_real(value));
		return YF_OK;
	case YF_CBOR_SIMPLE:
		break;
	}
	return YF_FAIL(UNSUPPORTED);
}

static bool is_first_of(const struct yf_mdoc_item *items, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (yf_str_eq(items[k].name_space, items[i].name_space))
			return false;
	return true;
}

yf_err yf_mdoc_claims(struct yf_arena *arena, const struct yf_mdoc_item *items,
		      size_t count, const struct yf_json **out)
{
	struct yf_json_out json = yf_json_out_new(arena, 1024);
	yf_str text = { 0 };

	yf_json_out_object(&json, NULL);
	for (size_t i = 0; i < count; i++) {
		if (!is_first_of(items, i))
			continue;
		yf_json_out_key(&json, items[i].name_space);
		yf_json_out_object(&json, NULL);
		for (size_t k = i; k < count; k++) {
			if (!yf_str_eq(items[k].name_space,
				       items[i].name_space))
				continue;
			yf_json_out_key(&json, items[k].name);
			YF_TRY(put_value(arena, &json, items[k].value));
		}
		yf_json_out_close(&json);
	}
	yf_json_out_close(&json);
	YF_TRY(yf_json_out_end(&json, &text));
	return yf_json_parse(arena, text, out);
}
