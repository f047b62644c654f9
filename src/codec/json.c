#include "codec/json.h"

#include <assert.h>
#include <math.h>

#include "codec/base64url.h"
#include "codec/json_plain.h"

const struct yf_json *yf_json_get_str(const struct yf_json *object, yf_str name)
{
	if (!object || object->kind != YF_JSON_OBJECT)
		return NULL;
	for (size_t i = 0; i < object->count; i++)
		if (yf_str_eq(object->items[i].name, name))
			return &object->items[i];
	return NULL;
}

const struct yf_json *yf_json_get(const struct yf_json *object,
				  const char *name)
{
	return yf_json_get_str(object, yf_str_of(name));
}

yf_str yf_json_text(const struct yf_json *object, const char *name)
{
	const struct yf_json *member = yf_json_get(object, name);
	return member && member->kind == YF_JSON_STRING ? member->string
							: (yf_str){ NULL, 0 };
}

static bool is_number(const struct yf_json *value)
{
	return value->kind == YF_JSON_INT || value->kind == YF_JSON_REAL;
}

static bool same_number(const struct yf_json *a, const struct yf_json *b)
{
	if (a->kind == YF_JSON_INT && b->kind == YF_JSON_INT)
		return a->integer == b->integer;
	const double left =
		a->kind == YF_JSON_INT ? (double)a->integer : a->real;
	const double right =
		b->kind == YF_JSON_INT ? (double)b->integer : b->real;
	return !(left < right) && !(left > right);
}

static bool same_items(const struct yf_json *a, const struct yf_json *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++) {
		const struct yf_json *other =
			a->kind == YF_JSON_ARRAY
				? &b->items[i]
				: yf_json_get_str(b, a->items[i].name);
		if (!other || !yf_json_eq(&a->items[i], other))
			return false;
	}
	return true;
}

bool yf_json_eq(const struct yf_json *a, const struct yf_json *b)
{
	if (is_number(a) && is_number(b))
		return same_number(a, b);
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case YF_JSON_BOOL:
		return a->boolean == b->boolean;
	case YF_JSON_STRING:
		return yf_str_eq(a->string, b->string);
	case YF_JSON_ARRAY:
	case YF_JSON_OBJECT:
		return same_items(a, b);
	case YF_JSON_NULL:
	case YF_JSON_INT:
	case YF_JSON_REAL:
		break;
	}
	return true;
}

/* --- tables --- */

static const struct yf_json *step(const struct yf_json *at, yf_str piece)
{
	int64_t index;

	if (at->kind == YF_JSON_OBJECT)
		return yf_json_get_str(at, piece);
	if (at->kind == YF_JSON_ARRAY && yf_str_to_int(piece, &index) &&
	    index >= 0 && (size_t)index < at->count)
		return &at->items[index];
	return NULL;
}

static const struct yf_json *find(const struct yf_json *tree, const char *path)
{
	yf_str rest = yf_str_of(path);
	yf_str piece;

	while (tree && yf_str_next(&rest, '.', &piece))
		tree = step(tree, piece);
	return tree && tree->kind != YF_JSON_NULL ? tree : NULL;
}

static yf_err take_one(const struct yf_json *value,
		       const struct yf_json_field *field)
{
	static const yf_json_kind wanted[] = {
		[YF_JSON_TAKE_STR] = YF_JSON_STRING,
		[YF_JSON_TAKE_INT] = YF_JSON_INT,
		[YF_JSON_TAKE_BOOL] = YF_JSON_BOOL,
	};

	if (field->take != YF_JSON_TAKE_TREE &&
	    value->kind != wanted[field->take])
		return YF_FAIL(SYNTAX);
	switch (field->take) {
	case YF_JSON_TAKE_STR:
		*(yf_str *)field->target = value->string;
		break;
	case YF_JSON_TAKE_INT:
		*(int64_t *)field->target = value->integer;
		break;
	case YF_JSON_TAKE_BOOL:
		*(bool *)field->target = value->boolean;
		break;
	case YF_JSON_TAKE_TREE:
		*(const struct yf_json **)field->target = value;
		break;
	case YF_JSON_TAKE_END:
		break;
	}
	return YF_OK;
}

yf_err yf_json_take_fields(const struct yf_json *tree,
			   const struct yf_json_field *fields)
{
	if (tree->kind != YF_JSON_OBJECT)
		return YF_FAIL(SYNTAX);
	for (; fields->path; fields++) {
		const struct yf_json *value = find(tree, fields->path);
		if (value)
			YF_TRY(take_one(value, fields));
		else if (!fields->optional)
			return YF_FAIL(MISSING);
	}
	return YF_OK;
}

yf_err yf_json_decode(struct yf_arena *arena, yf_str text,
		      const struct yf_json_field *fields)
{
	const struct yf_json *tree;

	YF_TRY(yf_json_parse(arena, text, &tree));
	return yf_json_take_fields(tree, fields);
}

/* --- writing --- */

struct yf_json_out yf_json_out_new(struct yf_arena *arena, size_t room)
{
	return (struct yf_json_out){ .buf = yf_buf_new(arena, room) };
}

static void put_escape(struct yf_buf *buf, char c)
{
	if (c == '"' || c == '\\') {
		yf_buf_char(buf, '\\');
		yf_buf_char(buf, c);
	} else if (c == '\n') {
		yf_buf_text(buf, YF_STR("\\n"));
	} else {
		yf_buf_format(buf, "\\u%04x", (unsigned)(unsigned char)c);
	}
}

static void put_string(struct yf_buf *buf, yf_str text)
{
	const char *at = text.ptr;
	const char *end = at ? at + text.len : NULL;

	yf_buf_char(buf, '"');
	while (at < end) {
		const char *odd = yf_json_skip_plain(at, end);
		yf_buf_text(buf, (yf_str){ at, (size_t)(odd - at) });
		at = odd;
		if (at < end)
			put_escape(buf, *at++);
	}
	yf_buf_char(buf, '"');
}

static void put_name(struct yf_json_out *out, yf_str name)
{
	const bool in_object = out->depth && (out->objects & 1);

	if (out->keyed) {
		assert(!name.ptr);
		out->keyed = false;
		return;
	}
	assert(in_object == (name.ptr != NULL));
	if (out->comma)
		yf_buf_char(&out->buf, ',');
	out->comma = true;
	if (in_object) {
		put_string(&out->buf, name);
		yf_buf_char(&out->buf, ':');
	}
}

void yf_json_out_key(struct yf_json_out *out, yf_str name)
{
	put_name(out, name);
	out->keyed = true;
}

static void open_level(struct yf_json_out *out, yf_str name, bool object)
{
	assert(out->depth < 64);
	put_name(out, name);
	yf_buf_char(&out->buf, object ? '{' : '[');
	out->objects = out->objects << 1 | object;
	out->depth++;
	out->comma = false;
}

void yf_json_out_object(struct yf_json_out *out, const char *name)
{
	open_level(out, yf_str_of(name), true);
}

void yf_json_out_array(struct yf_json_out *out, const char *name)
{
	open_level(out, yf_str_of(name), false);
}

void yf_json_out_close(struct yf_json_out *out)
{
	assert(out->depth);
	yf_buf_char(&out->buf, out->objects & 1 ? '}' : ']');
	out->objects >>= 1;
	out->depth--;
	out->comma = true;
}

static void put_str(struct yf_json_out *out, yf_str name, yf_str value)
{
	put_name(out, name);
	put_string(&out->buf, value);
}

void yf_json_out_str(struct yf_json_out *out, const char *name, yf_str value)
{
	put_str(out, yf_str_of(name), value);
}

void yf_json_out_text(struct yf_json_out *out, const char *name,
		      const char *value)
{
	put_str(out, yf_str_of(name), yf_str_of(value));
}

static void put_int(struct yf_json_out *out, yf_str name, int64_t value)
{
	put_name(out, name);
	yf_buf_int(&out->buf, value);
}

void yf_json_out_int(struct yf_json_out *out, const char *name, int64_t value)
{
	put_int(out, yf_str_of(name), value);
}

static void put_real(struct yf_json_out *out, yf_str name, double value)
{
	put_name(out, name);
	/* JSON has no infinities and no NaN. */
	if (isfinite(value))
		yf_buf_format(&out->buf, "%.17g", value);
	else
		yf_buf_text(&out->buf, YF_STR("null"));
}

void yf_json_out_real(struct yf_json_out *out, const char *name, double value)
{
	put_real(out, yf_str_of(name), value);
}

static void put_raw(struct yf_json_out *out, yf_str name, yf_str json)
{
	put_name(out, name);
	yf_buf_text(&out->buf, json);
}

void yf_json_out_bool(struct yf_json_out *out, const char *name, bool value)
{
	put_raw(out, yf_str_of(name), value ? YF_STR("true") : YF_STR("false"));
}

void yf_json_out_null(struct yf_json_out *out, const char *name)
{
	put_raw(out, yf_str_of(name), YF_STR("null"));
}

void yf_json_out_base64url(struct yf_json_out *out, const char *name,
			   yf_bytes value)
{
	put_name(out, yf_str_of(name));
	yf_buf_char(&out->buf, '"');
	char *at =
		(char *)yf_buf_extend(&out->buf, YF_BASE64URL_LEN(value.len));
	if (at)
		yf_base64url_write(value, at);
	yf_buf_char(&out->buf, '"');
}

void yf_json_out_base64(struct yf_json_out *out, const char *name,
			yf_bytes value)
{
	put_name(out, yf_str_of(name));
	yf_buf_char(&out->buf, '"');
	char *at = (char *)yf_buf_extend(&out->buf, YF_BASE64_LEN(value.len));
	if (at)
		yf_base64_write(value, at);
	yf_buf_char(&out->buf, '"');
}

void yf_json_out_raw(struct yf_json_out *out, const char *name, yf_str json)
{
	put_raw(out, yf_str_of(name), json);
}

static void put_tree(struct yf_json_out *out, yf_str name,
		     const struct yf_json *value)
{
	switch (value->kind) {
	case YF_JSON_NULL:
		put_raw(out, name, YF_STR("null"));
		break;
	case YF_JSON_BOOL:
		put_raw(out, name,
			value->boolean ? YF_STR("true") : YF_STR("false"));
		break;
	case YF_JSON_INT:
		put_int(out, name, value->integer);
		break;
	case YF_JSON_REAL:
		put_real(out, name, value->real);
		break;
	case YF_JSON_STRING:
		put_str(out, name, value->string);
		break;
	case YF_JSON_ARRAY:
	case YF_JSON_OBJECT: {
		const bool object = value->kind == YF_JSON_OBJECT;
		open_level(out, name, object);
		for (size_t i = 0; i < value->count; i++)
			put_tree(out,
				 object ? value->items[i].name
					: (yf_str){ NULL, 0 },
				 &value->items[i]);
		yf_json_out_close(out);
		break;
	}
	}
}

void yf_json_out_tree(struct yf_json_out *out, const char *name,
		      const struct yf_json *value)
{
	put_tree(out, yf_str_of(name), value);
}

yf_err yf_json_out_end(struct yf_json_out *out, yf_str *text)
{
	assert(out->depth == 0 || yf_failed(out->buf.err));
	return yf_buf_str(&out->buf, text);
}
