#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "codec/hex.h"
#include "codec/json.h"
#include "codec/json_plain.h"

/*
 * A reader for RFC 8259 in one pass.  The text is copied once; strings are
 * views into the copy, unescaped where they stand and ended by a NUL in the
 * place of their quote.  Children of open arrays and objects wait on a stack
 * until their number is known.
 */

enum { STACK_ROOM = 32, FEW = 12 };

struct reader {
	struct yf_arena *arena;
	char *at;
	const char *end; /* where the copy has its NUL */
	int depth;
	struct yf_json *stack;
	size_t used;
	size_t room;
};

static void skip_space(struct reader *r)
{
	while (*r->at == ' ' || *r->at == '\n' || *r->at == '\t' ||
	       *r->at == '\r')
		r->at++;
}

/* --- strings --- */

/* Four hexadecimal digits; -1 when they are not. */
static int32_t read_hex4(const char *at)
{
	int32_t value = 0;

	for (int i = 0; i < 4; i++) {
		const int digit = yf_hex_digit(at[i]);
		if (digit < 0)
			return -1;
		value = value << 4 | digit;
	}
	return value;
}

static char *put_utf8(char *to, uint32_t point)
{
	if (point < 0x80) {
		*to++ = (char)point;
		return to;
	}
	if (point < 0x800) {
		*to++ = (char)(0xc0 | point >> 6);
	} else if (point < 0x10000) {
		*to++ = (char)(0xe0 | point >> 12);
		*to++ = (char)(0x80 | (point >> 6 & 0x3f));
	} else {
		*to++ = (char)(0xf0 | point >> 18);
		*to++ = (char)(0x80 | (point >> 12 & 0x3f));
		*to++ = (char)(0x80 | (point >> 6 & 0x3f));
	}
	*to++ = (char)(0x80 | (point & 0x3f));
	return to;
}

/* Behind "\u"; a code point beyond U+FFFF is two of them. */
static yf_err read_unicode(struct reader *r, char **to)
{
	int32_t point = read_hex4(r->at);

	/* U+0000 would end a C string before its end. */
	if (point <= 0 || (point >= 0xdc00 && point <= 0xdfff))
		return YF_FAIL(SYNTAX);
	r->at += 4;
	if (point >= 0xd800 && point <= 0xdbff) {
		if (r->at[0] != '\\' || r->at[1] != 'u')
			return YF_FAIL(SYNTAX);
		const int32_t low = read_hex4(r->at + 2);
		if (low < 0xdc00 || low > 0xdfff)
			return YF_FAIL(SYNTAX);
		point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
		r->at += 6;
	}
	*to = put_utf8(*to, (uint32_t)point);
	return YF_OK;
}

/* Behind '\\'; what it stands for is never longer than it was. */
static yf_err read_escape(struct reader *r, char **to)
{
	static const char names[] = "\"\\/bfnrt";
	static const char values[] = "\"\\/\b\f\n\r\t";
	const char c = *r->at;

	if (c == 'u') {
		r->at++;
		return read_unicode(r, to);
	}
	const char *found = c ? strchr(names, c) : NULL;
	if (!found)
		return YF_FAIL(SYNTAX);
	*(*to)++ = values[found - names];
	r->at++;
	return YF_OK;
}

/* Behind the opening quote. */
static yf_err read_string(struct reader *r, yf_str *out)
{
	char *start = r->at;
	char *to = start;

	for (;;) {
		char *run = r->at;
		const size_t len =
			(size_t)(yf_json_skip_plain(run, r->end) - run);
		r->at += len;
		if (to != run)
			memmove(to, run, len);
		to += len;
		if (*r->at == '"')
			break;
		if (*r->at != '\\')
			return YF_FAIL(SYNTAX);
		r->at++;
		YF_TRY(read_escape(r, &to));
	}
	r->at++;
	*to = '\0';
	*out = (yf_str){ start, (size_t)(to - start) };
	return YF_OK;
}

/* --- numbers --- */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static size_t skip_digits(struct reader *r)
{
	const char *start = r->at;

	while (is_digit(*r->at))
		r->at++;
	return (size_t)(r->at - start);
}

static yf_err read_real(const char *start, struct yf_json *out)
{
	/* The grammar is checked: strtod sees what it takes and no more. */
	out->kind = YF_JSON_REAL;
	out->real = strtod(start, NULL);
	return isfinite(out->real) ? YF_OK : YF_FAIL(SYNTAX);
}

static yf_err read_integer(yf_str digits, bool negative, struct yf_json *out)
{
	int64_t value = 0;

	for (size_t i = 0; i < digits.len; i++)
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_sub_overflow(value, digits.ptr[i] - '0', &value))
			return YF_FAIL(SYNTAX);
	if (!negative && __builtin_sub_overflow((int64_t)0, value, &value))
		return YF_FAIL(SYNTAX);
	out->kind = YF_JSON_INT;
	out->integer = value;
	return YF_OK;
}

static yf_err read_number(struct reader *r, struct yf_json *out)
{
	const char *start = r->at;
	const bool negative = *r->at == '-';
	bool real = false;

	if (negative)
		r->at++;
	const char *digits = r->at;
	const size_t count = skip_digits(r);
	if (!count || (digits[0] == '0' && count > 1))
		return YF_FAIL(SYNTAX);
	if (*r->at == '.') {
		real = true;
		r->at++;
		if (!skip_digits(r))
			return YF_FAIL(SYNTAX);
	}
	if (*r->at == 'e' || *r->at == 'E') {
		real = true;
		r->at++;
		if (*r->at == '+' || *r->at == '-')
			r->at++;
		if (!skip_digits(r))
			return YF_FAIL(SYNTAX);
	}
	return real ? read_real(start, out)
		    : read_integer((yf_str){ digits, count }, negative, out);
}

/* --- arrays and objects --- */

static yf_err push(struct reader *r, struct yf_json **out)
{
	if (r->used == r->room) {
		struct yf_json *grown =
			YF_NEW(r->arena, struct yf_json, r->room * 2);
		if (!grown)
			return YF_FAIL(MEMORY);
		memcpy(grown, r->stack, r->used * sizeof(*grown));
		r->stack = grown;
		r->room *= 2;
	}
	*out = &r->stack[r->used++];
	**out = (struct yf_json){ .kind = YF_JSON_NULL };
	return YF_OK;
}

/* The children since `first` leave the stack for the arena. */
static yf_err settle(struct reader *r, size_t first, struct yf_json *out)
{
	const size_t count = r->used - first;
	struct yf_json *items = YF_NEW(r->arena, struct yf_json, count);

	if (!items)
		return YF_FAIL(MEMORY);
	memcpy(items, r->stack + first, count * sizeof(*items));
	r->used = first;
	out->items = items;
	out->count = count;
	return YF_OK;
}

static int compare_names(const void *a, const void *b)
{
	const yf_str left = (*(const struct yf_json *const *)a)->name;
	const yf_str right = (*(const struct yf_json *const *)b)->name;

	if (left.len != right.len)
		return left.len < right.len ? -1 : 1;
	return memcmp(left.ptr, right.ptr, left.len);
}

/* Sorted, equal names are neighbours: no input makes this quadratic. */
static yf_err check_many_names(struct yf_arena *arena,
			       const struct yf_json *object)
{
	const struct yf_json **sorted =
		YF_NEW(arena, const struct yf_json *, object->count);

	if (!sorted)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < object->count; i++)
		sorted[i] = &object->items[i];
	qsort(sorted, object->count, sizeof(void *), compare_names);
	for (size_t i = 1; i < object->count; i++)
		if (yf_str_eq(sorted[i - 1]->name, sorted[i]->name))
			return YF_FAIL(DUPLICATE);
	return YF_OK;
}

static yf_err check_names(struct yf_arena *arena, const struct yf_json *object)
{
	if (object->count > FEW)
		return check_many_names(arena, object);
	for (size_t i = 1; i < object->count; i++)
		for (size_t j = 0; j < i; j++)
			if (yf_str_eq(object->items[i].name,
				      object->items[j].name))
				return YF_FAIL(DUPLICATE);
	return YF_OK;
}

static yf_err read_value(struct reader *r, struct yf_json *out);

/* Reads onto the top of the stack, which may move meanwhile. */
static yf_err read_child(struct reader *r, yf_str name)
{
	struct yf_json value = { .kind = YF_JSON_NULL };
	struct yf_json *child;

	skip_space(r);
	YF_TRY(read_value(r, &value));
	value.name = name;
	YF_TRY(push(r, &child));
	*child = value;
	skip_space(r);
	return YF_OK;
}

static yf_err read_array(struct reader *r, struct yf_json *out)
{
	const size_t first = r->used;

	out->kind = YF_JSON_ARRAY;
	skip_space(r);
	if (*r->at != ']') {
		YF_TRY(read_child(r, (yf_str){ NULL, 0 }));
		while (*r->at == ',') {
			r->at++;
			YF_TRY(read_child(r, (yf_str){ NULL, 0 }));
		}
	}
	if (*r->at != ']')
		return YF_FAIL(SYNTAX);
	r->at++;
	return settle(r, first, out);
}

static yf_err read_member(struct reader *r)
{
	yf_str name;

	skip_space(r);
	if (*r->at != '"')
		return YF_FAIL(SYNTAX);
	r->at++;
	YF_TRY(read_string(r, &name));
	skip_space(r);
	if (*r->at != ':')
		return YF_FAIL(SYNTAX);
	r->at++;
	return read_child(r, name);
}

static yf_err read_object(struct reader *r, struct yf_json *out)
{
	const size_t first = r->used;

	out->kind = YF_JSON_OBJECT;
	skip_space(r);
	if (*r->at != '}') {
		YF_TRY(read_member(r));
		while (*r->at == ',') {
			r->at++;
			YF_TRY(read_member(r));
		}
	}
	if (*r->at != '}')
		return YF_FAIL(SYNTAX);
	r->at++;
	YF_TRY(settle(r, first, out));
	return check_names(r->arena, out);
}

static yf_err read_word(struct reader *r, yf_str word)
{
	if ((size_t)(r->end - r->at) < word.len ||
	    memcmp(r->at, word.ptr, word.len) != 0)
		return YF_FAIL(SYNTAX);
	r->at += word.len;
	return YF_OK;
}

static yf_err read_nested(struct reader *r, bool object, struct yf_json *out)
{
	if (++r->depth > YF_JSON_DEPTH_MAX)
		return YF_FAIL(TOO_DEEP);
	r->at++;
	YF_TRY(object ? read_object(r, out) : read_array(r, out));
	r->depth--;
	return YF_OK;
}

static yf_err read_value(struct reader *r, struct yf_json *out)
{
	switch (*r->at) {
	case '{':
		return read_nested(r, true, out);
	case '[':
		return read_nested(r, false, out);
	case '"':
		r->at++;
		out->kind = YF_JSON_STRING;
		return read_string(r, &out->string);
	case 't':
		out->kind = YF_JSON_BOOL;
		out->boolean = true;
		return read_word(r, YF_STR("true"));
	case 'f':
		out->kind = YF_JSON_BOOL;
		return read_word(r, YF_STR("false"));
	case 'n':
		return read_word(r, YF_STR("null"));
	default:
		return read_number(r, out);
	}
}

yf_err yf_json_parse(struct yf_arena *arena, yf_str text,
		     const struct yf_json **out)
{
	struct yf_json stack[STACK_ROOM];
	yf_str copy;

	if (text.len > YF_JSON_LEN_MAX)
		return YF_FAIL(TOO_LARGE);
	/* A NUL inside would look like the end of the copy. */
	if (!yf_str_is_utf8(text) ||
	    (text.len && memchr(text.ptr, '\0', text.len)))
		return YF_FAIL(SYNTAX);
	YF_TRY(yf_str_copy(arena, text, &copy));
	struct yf_json *tree = YF_NEW(arena, struct yf_json, 1);
	if (!tree)
		return YF_FAIL(MEMORY);

	struct reader r = {
		.arena = arena,
		.end = copy.ptr + copy.len,
		.stack = stack,
		.room = STACK_ROOM,
	};
	memcpy(&r.at, &copy.ptr, sizeof(r.at)); /* the copy is ours */
	skip_space(&r);
	YF_TRY(read_value(&r, tree));
	skip_space(&r);
	if (r.at != r.end)
		return YF_FAIL(SYNTAX);
	assert(r.depth == 0 && r.used == 0);
	*out = tree;
	return YF_OK;
}
