#include "codec/json.h"

#include <jansson.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void expect(bool held)
{
	if (!held)
		abort();
}

static bool same(const struct yf_json *ours, const json_t *theirs);

static bool same_object(const struct yf_json *ours, const json_t *theirs)
{
	if (ours->count != json_object_size(theirs))
		return false;
	for (size_t i = 0; i < ours->count; i++) {
		const yf_str name = ours->items[i].name;
		expect(name.ptr[name.len] == '\0');
		const json_t *other = json_object_get(theirs, name.ptr);
		if (!other || !same(&ours->items[i], other))
			return false;
	}
	return true;
}

static bool same_array(const struct yf_json *ours, const json_t *theirs)
{
	if (ours->count != json_array_size(theirs))
		return false;
	for (size_t i = 0; i < ours->count; i++)
		if (!same(&ours->items[i], json_array_get(theirs, i)))
			return false;
	return true;
}

static bool same_string(const struct yf_json *ours, const json_t *theirs)
{
	const yf_str other = { json_string_value(theirs),
			       json_string_length(theirs) };

	return yf_str_eq(ours->string, other);
}

static bool same(const struct yf_json *ours, const json_t *theirs)
{
	switch (ours->kind) {
	case YF_JSON_NULL:
		return json_is_null(theirs);
	case YF_JSON_BOOL:
		return json_is_boolean(theirs) &&
		       json_is_true(theirs) == ours->boolean;
	case YF_JSON_INT:
		return json_is_integer(theirs) &&
		       json_integer_value(theirs) == ours->integer;
	case YF_JSON_REAL: {
		const double value = json_real_value(theirs);
		return json_is_real(theirs) &&
		       memcmp(&value, &ours->real, sizeof(value)) == 0;
	}
	case YF_JSON_STRING:
		return json_is_string(theirs) && same_string(ours, theirs);
	case YF_JSON_ARRAY:
		return json_is_array(theirs) && same_array(ours, theirs);
	case YF_JSON_OBJECT:
		return json_is_object(theirs) && same_object(ours, theirs);
	}
	return false;
}

static void write_and_read(struct yf_arena *arena, const struct yf_json *tree)
{
	struct yf_json_out out = yf_json_out_new(arena, 64);
	const struct yf_json *again;
	yf_str text;

	yf_json_out_tree(&out, NULL, tree);
	if (yf_failed(yf_json_out_end(&out, &text)))
		return;
	const yf_err err = yf_json_parse(arena, text, &again);
	if (err.code == YF_CODE_MEMORY)
		return;
	expect(!yf_failed(err) && yf_json_eq(tree, again));
}

/*
 * Properties: jansson takes the same texts and sees the same tree; what is
 * written from a tree reads back as that tree.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	YF_AUTO(arena) arena = yf_arena_new(64 * 1024 * 1024);
	const yf_str text = { (const char *)data, len };
	const struct yf_json *tree;
	json_error_t error;

	if (!arena)
		return 0;
	const yf_err err = yf_json_parse(arena, text, &tree);
	if (err.code == YF_CODE_TOO_DEEP || err.code == YF_CODE_MEMORY)
		return 0;
	/* jansson takes a NUL behind the value for the end of the text. */
	if (len && memchr(data, '\0', len)) {
		expect(err.code == YF_CODE_SYNTAX);
		return 0;
	}
	json_t *other =
		json_loadb(len ? text.ptr : "", len,
			   JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
	expect(yf_failed(err) == !other);
	if (other) {
		expect(same(tree, other));
		write_and_read(arena, tree);
	}
	json_decref(other);
	return 0;
}
