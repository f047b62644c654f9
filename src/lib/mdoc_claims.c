#include "lib/check.h"

#include <math.h>
#include <stdio.h>

/*
 * The elements of an mdoc as JSON.  What JSON has no word for: bytes are
 * base64url, dates their text, numbers past 2^63 decimal text, and a map with
 * a key that is no text an array of pairs.
 */
enum { DEPTH_MAX = 16 };

static yf_err put(struct yf_json_out *out, const struct yf_cbor *value,
		  unsigned depth);

/* An empty name may have no address, which the writer takes for none. */
static yf_str as_key(yf_str name)
{
	return name.len ? name : YF_STR("");
}

static bool has_text_keys(const struct yf_cbor *map)
{
	const struct yf_cbor *key = map->first;

	for (; key; key = key->next->next)
		if (key->kind != YF_CBOR_TEXT)
			return false;
	return true;
}

static yf_err put_map(struct yf_json_out *out, const struct yf_cbor *map,
		      unsigned depth)
{
	const struct yf_cbor *key = map->first;

	yf_json_out_object(out, NULL);
	for (; key; key = key->next->next) {
		yf_json_out_key(out, as_key(yf_str_from(key->string)));
		YF_TRY(put(out, key->next, depth));
	}
	yf_json_out_close(out);
	return YF_OK;
}

/* An array; or a map as [key, value] pairs. */
static yf_err put_items(struct yf_json_out *out, const struct yf_cbor *value,
			unsigned depth)
{
	const bool pairs = value->kind == YF_CBOR_MAP;

	yf_json_out_array(out, NULL);
	for (const struct yf_cbor *at = value->first; at; at = at->next) {
		if (pairs)
			yf_json_out_array(out, NULL);
		YF_TRY(put(out, at, depth));
		if (!pairs)
			continue;
		at = at->next;
		YF_TRY(put(out, at, depth));
		yf_json_out_close(out);
	}
	yf_json_out_close(out);
	return YF_OK;
}

static void put_number(struct yf_json_out *out, const struct yf_cbor *value)
{
	char text[32];

	if (value->number > INT64_MAX - 1) {
		(void)snprintf(text, sizeof(text), "%s%llu",
			       value->kind == YF_CBOR_NINT ? "-1-" : "",
			       (unsigned long long)value->number);
		yf_json_out_text(out, NULL, text);
		return;
	}
	const int64_t number = (int64_t)value->number;
	yf_json_out_int(out, NULL,
			value->kind == YF_CBOR_NINT ? -1 - number : number);
}

static yf_err put(struct yf_json_out *out, const struct yf_cbor *value,
		  unsigned depth)
{
	if (depth == DEPTH_MAX)
		return YF_FAIL(TOO_DEEP);
	switch (value->kind) {
	case YF_CBOR_UINT:
	case YF_CBOR_NINT:
		put_number(out, value);
		return YF_OK;
	case YF_CBOR_BYTES:
		yf_json_out_base64url(out, NULL, value->string);
		return YF_OK;
	case YF_CBOR_TEXT:
		yf_json_out_str(out, NULL, yf_str_from(value->string));
		return YF_OK;
	case YF_CBOR_MAP:
		if (has_text_keys(value))
			return put_map(out, value, depth + 1);
		return put_items(out, value, depth + 2);
	case YF_CBOR_ARRAY:
		return put_items(out, value, depth + 1);
	case YF_CBOR_TAG:
		return put(out, value->first, depth + 1);
	case YF_CBOR_BOOL:
		yf_json_out_bool(out, NULL, value->boolean);
		return YF_OK;
	case YF_CBOR_REAL:
		if (isfinite(yf_cbor_real(value))) {
			yf_json_out_real(out, NULL, yf_cbor_real(value));
			return YF_OK;
		}
		break;
	case YF_CBOR_NULL:
	case YF_CBOR_UNDEFINED:
	case YF_CBOR_SIMPLE:
		break;
	}
	yf_json_out_null(out, NULL);
	return YF_OK;
}

static bool seen_before(const struct yf_mdoc_item *items, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (yf_str_eq(items[i].name_space, items[at].name_space))
			return true;
	return false;
}

static yf_err put_space(struct yf_json_out *out,
			const struct yf_mdoc_item *items, size_t count,
			yf_str name_space)
{
	for (size_t i = 0; i < count; i++) {
		if (!yf_str_eq(items[i].name_space, name_space))
			continue;
		yf_json_out_key(out, as_key(items[i].name));
		YF_TRY(put(out, items[i].value, 0));
	}
	return YF_OK;
}

yf_err yf_mdoc_claims(struct yf_arena *arena, const struct yf_mdoc *mdoc,
		      yf_str *json)
{
	struct yf_json_out out = yf_json_out_new(arena, 1024);

	yf_json_out_object(&out, NULL);
	for (size_t i = 0; i < mdoc->item_count; i++) {
		if (seen_before(mdoc->items, i))
			continue;
		yf_json_out_key(&out, as_key(mdoc->items[i].name_space));
		yf_json_out_object(&out, NULL);
		YF_TRY(put_space(&out, mdoc->items, mdoc->item_count,
				 mdoc->items[i].name_space));
		yf_json_out_close(&out);
	}
	yf_json_out_close(&out);
	return yf_json_out_end(&out, json);
}
