#include "codec/cbor.h"

#include <math.h>
#include <stdlib.h>

#include "codec/cbor_head.h"

/* One text being read. */
struct reader {
	struct yf_arena *arena;
	const uint8_t *at;
	const uint8_t *end;
	yf_cbor_mode mode;
	unsigned depth;
	size_t items;
};

static yf_err read_item(struct reader *reader, struct yf_cbor *out);

static size_t left(const struct reader *reader)
{
	return (size_t)(reader->end - reader->at);
}

/* --- heads --- */

static yf_err read_head(struct reader *reader, struct yf_cbor_head *head)
{
	const size_t len = yf_cbor_head_read(reader->at, left(reader), head);

	if (!len)
		return YF_FAIL(SYNTAX);
	if (reader->mode != YF_CBOR_LENIENT &&
	    (head->indefinite || (head->major != YF_CBOR_MAJOR_OTHER &&
				  len != yf_cbor_head_len(head->number))))
		return YF_FAIL(SYNTAX);
	reader->at += len;
	return YF_OK;
}

static bool at_break(const struct reader *reader)
{
	return left(reader) && *reader->at == YF_CBOR_BREAK;
}

static struct yf_cbor *new_item(struct reader *reader, yf_err *err)
{
	if (++reader->items > YF_CBOR_ITEMS_MAX) {
		*err = YF_FAIL(TOO_LARGE);
		return NULL;
	}
	struct yf_cbor *item = YF_NEW(reader->arena, struct yf_cbor, 1);
	if (!item)
		*err = YF_FAIL(MEMORY);
	return item;
}

/* --- strings --- */

static yf_err read_run(struct reader *reader, uint64_t len, yf_bytes *out)
{
	if (len > left(reader))
		return YF_FAIL(SYNTAX);
	*out = (yf_bytes){ reader->at, (size_t)len };
	reader->at += len;
	return YF_OK;
}

static yf_err check_text(const struct yf_cbor *item)
{
	if (item->kind == YF_CBOR_TEXT &&
	    !yf_str_is_utf8(yf_str_from(item->string)))
		return YF_FAIL(SYNTAX);
	return YF_OK;
}

/* Section 3.2.3: chunks of the same type, each definite and valid alone. */
static yf_err read_chunks(struct reader *reader, struct yf_cbor *out)
{
	struct yf_buf buf = { 0 };
	size_t chunks = 0;

	out->string = (yf_bytes){ reader->at, 0 };
	for (; !at_break(reader); chunks++) {
		struct yf_cbor chunk = { .kind = out->kind };
		struct yf_cbor_head head;

		if (++reader->items > YF_CBOR_ITEMS_MAX)
			return YF_FAIL(TOO_LARGE);
		YF_TRY(read_head(reader, &head));
		if (head.indefinite ||
		    head.major != (out->kind == YF_CBOR_TEXT
					   ? YF_CBOR_MAJOR_TEXT
					   : YF_CBOR_MAJOR_BYTES))
			return YF_FAIL(SYNTAX);
		YF_TRY(read_run(reader, head.number, &chunk.string));
		YF_TRY(check_text(&chunk));
		if (chunks == 0)
			out->string = chunk.string;
		if (chunks == 1) {
			buf = yf_buf_new(reader->arena, 2 * out->string.len);
			yf_buf_put(&buf, out->string);
		}
		if (chunks > 0)
			yf_buf_put(&buf, chunk.string);
	}
	reader->at++;
	return chunks > 1 ? yf_buf_bytes(&buf, &out->string) : YF_OK;
}

static yf_err read_string(struct reader *reader,
			  const struct yf_cbor_head *head, struct yf_cbor *out)
{
	out->kind = head->major == YF_CBOR_MAJOR_TEXT ? YF_CBOR_TEXT
						      : YF_CBOR_BYTES;
	if (head->indefinite)
		return read_chunks(reader, out);
	YF_TRY(read_run(reader, head->number, &out->string));
	return check_text(out);
}

/* --- what holds items --- */

static yf_err read_children(struct reader *reader, uint64_t count,
			    bool indefinite, struct yf_cbor *out)
{
	const struct yf_cbor **link = &out->first;
	uint64_t done = 0;

	for (; indefinite ? !at_break(reader) : done < count; done++) {
		yf_err err = YF_OK;
		struct yf_cbor *item = new_item(reader, &err);
		if (!item)
			return err;
		YF_TRY(read_item(reader, item));
		*link = item;
		link = &item->next;
	}
	if (indefinite)
		reader->at++;
	out->count = (size_t)done;
	return YF_OK;
}

static int compare_raw(yf_bytes a, yf_bytes b)
{
	const size_t len = a.len < b.len ? a.len : b.len;
	const int order = len ? memcmp(a.ptr, b.ptr, len) : 0;

	return order ? order : (a.len > b.len) - (a.len < b.len);
}

/* By value: the same key in two encodings is the same key. */
static int compare_values(const struct yf_cbor *a, const struct yf_cbor *b)
{
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->number != b->number)
		return a->number < b->number ? -1 : 1;
	return compare_raw(a->string, b->string);
}

struct key {
	const struct yf_cbor *item;
};

static int compare_keys(const void *a, const void *b)
{
	const struct key *left_key = a;
	const struct key *right_key = b;

	return compare_values(left_key->item, right_key->item);
}

static yf_err check_pairwise(const struct yf_cbor *map)
{
	for (const struct yf_cbor *key = map->first; key; key = key->next->next)
		for (const struct yf_cbor *other = map->first; other != key;
		     other = other->next->next)
			if (compare_values(key, other) == 0)
				return YF_FAIL(DUPLICATE);
	return YF_OK;
}

enum { PAIRWISE_MAX = 12 };

static yf_err check_unique(struct reader *reader, const struct yf_cbor *map)
{
	if (map->count <= PAIRWISE_MAX)
		return check_pairwise(map);
	struct key *keys = YF_NEW(reader->arena, struct key, map->count);
	size_t count = 0;
	if (!keys)
		return YF_FAIL(MEMORY);
	for (const struct yf_cbor *key = map->first; key; key = key->next->next)
		keys[count++].item = key;
	qsort(keys, count, sizeof(*keys), compare_keys);
	for (size_t i = 1; i < count; i++)
		if (compare_values(keys[i - 1].item, keys[i].item) == 0)
			return YF_FAIL(DUPLICATE);
	return YF_OK;
}

/* No format of this house has them, and telling them apart costs time that
 * a stranger must not choose. */
static yf_err check_scalar(const struct yf_cbor *map)
{
	for (const struct yf_cbor *key = map->first; key; key = key->next->next)
		if (key->first || key->kind == YF_CBOR_ARRAY ||
		    key->kind == YF_CBOR_MAP)
			return YF_FAIL(UNSUPPORTED);
	return YF_OK;
}

static yf_err check_order(const struct yf_cbor *map)
{
	const struct yf_cbor *before = NULL;

	for (const struct yf_cbor *key = map->first; key;
	     key = key->next->next) {
		if (before && compare_raw(before->raw, key->raw) > 0)
			return YF_FAIL(SYNTAX);
		before = key;
	}
	return YF_OK;
}

static yf_err read_map(struct reader *reader, const struct yf_cbor_head *head,
		       struct yf_cbor *out)
{
	if (head->number > YF_CBOR_ITEMS_MAX)
		return YF_FAIL(TOO_LARGE);
	YF_TRY(read_children(reader, head->number * 2, head->indefinite, out));
	if (out->count % 2)
		return YF_FAIL(SYNTAX);
	out->count /= 2;
	YF_TRY(check_scalar(out));
	YF_TRY(check_unique(reader, out));
	return reader->mode == YF_CBOR_DETERMINISTIC ? check_order(out) : YF_OK;
}

static yf_err read_holder(struct reader *reader,
			  const struct yf_cbor_head *head, struct yf_cbor *out)
{
	yf_err err;

	if (reader->depth == YF_CBOR_DEPTH_MAX)
		return YF_FAIL(TOO_DEEP);
	/* Each item takes a byte: no memory for what cannot be there. */
	if (head->major != YF_CBOR_MAJOR_TAG && head->number > left(reader))
		return YF_FAIL(SYNTAX);
	reader->depth++;
	if (head->major == YF_CBOR_MAJOR_MAP) {
		out->kind = YF_CBOR_MAP;
		err = read_map(reader, head, out);
	} else if (head->major == YF_CBOR_MAJOR_ARRAY) {
		out->kind = YF_CBOR_ARRAY;
		err = read_children(reader, head->number, head->indefinite,
				    out);
	} else {
		out->kind = YF_CBOR_TAG;
		out->number = head->number;
		err = read_children(reader, 1, false, out);
	}
	reader->depth--;
	return err;
}

/* --- all kinds --- */

#define NAN_BITS UINT64_C(0x7ff8000000000000)

static yf_err read_real(struct reader *reader, const struct yf_cbor_head *head,
			struct yf_cbor *out)
{
	const double value = yf_cbor_real_of(head->number, head->extra);

	out->kind = YF_CBOR_REAL;
	/* All NaNs are one: as keys of a map they are the same key. */
	out->number = isnan(value) ? NAN_BITS : yf_cbor_real_bits(value, 8);
	if (reader->mode != YF_CBOR_LENIENT &&
	    yf_cbor_real_extra(value) != head->extra)
		return YF_FAIL(SYNTAX);
	return YF_OK;
}

static yf_err read_other(struct reader *reader, const struct yf_cbor_head *head,
			 struct yf_cbor *out)
{
	if (head->indefinite)
		return YF_FAIL(SYNTAX); /* a break outside of anything */
	if (head->extra > 1)
		return read_real(reader, head, out);
	/* Section 3.3: two bytes for a value under 32 are not well-formed. */
	if (head->extra == 1 && head->number < 32)
		return YF_FAIL(SYNTAX);
	out->number = head->number;
	switch (head->number) {
	case 20:
	case 21:
		out->kind = YF_CBOR_BOOL;
		out->boolean = head->number == 21;
		return YF_OK;
	case 22:
		out->kind = YF_CBOR_NULL;
		return YF_OK;
	case 23:
		out->kind = YF_CBOR_UNDEFINED;
		return YF_OK;
	default:
		out->kind = YF_CBOR_SIMPLE;
		return YF_OK;
	}
}

static yf_err read_content(struct reader *reader,
			   const struct yf_cbor_head *head, struct yf_cbor *out)
{
	switch (head->major) {
	case YF_CBOR_MAJOR_UINT:
	case YF_CBOR_MAJOR_NINT:
		if (head->indefinite)
			return YF_FAIL(SYNTAX);
		out->kind = head->major == YF_CBOR_MAJOR_UINT ? YF_CBOR_UINT
							      : YF_CBOR_NINT;
		out->number = head->number;
		return YF_OK;
	case YF_CBOR_MAJOR_BYTES:
	case YF_CBOR_MAJOR_TEXT:
		return read_string(reader, head, out);
	case YF_CBOR_MAJOR_TAG:
		if (head->indefinite)
			return YF_FAIL(SYNTAX);
		return read_holder(reader, head, out);
	case YF_CBOR_MAJOR_ARRAY:
	case YF_CBOR_MAJOR_MAP:
		return read_holder(reader, head, out);
	case YF_CBOR_MAJOR_OTHER:
		return read_other(reader, head, out);
	}
	return YF_FAIL(BUG);
}

static yf_err read_item(struct reader *reader, struct yf_cbor *out)
{
	const uint8_t *start = reader->at;
	struct yf_cbor_head head;

	YF_TRY(read_head(reader, &head));
	YF_TRY(read_content(reader, &head, out));
	out->raw = (yf_bytes){ start, (size_t)(reader->at - start) };
	return YF_OK;
}

yf_err yf_cbor_parse(struct yf_arena *arena, yf_bytes bytes, yf_cbor_mode mode,
		     const struct yf_cbor **out)
{
	struct reader reader = {
		.arena = arena,
		.at = bytes.ptr,
		.end = bytes.len ? bytes.ptr + bytes.len : bytes.ptr,
		.mode = mode,
	};
	yf_err err = YF_OK;

	if (bytes.len > YF_CBOR_LEN_MAX)
		return YF_FAIL(TOO_LARGE);
	struct yf_cbor *item = new_item(&reader, &err);
	if (!item)
		return err;
	YF_TRY(read_item(&reader, item));
	if (left(&reader))
		return YF_FAIL(SYNTAX);
	*out = item;
	return YF_OK;
}

yf_err yf_cbor_open(struct yf_arena *arena, const struct yf_cbor *outer,
		    yf_cbor_mode mode, const struct yf_cbor **out)
{
	const struct yf_cbor *inner = yf_cbor_tagged(outer, YF_TAG_EMBEDDED);

	if (!yf_cbor_is(inner, YF_CBOR_BYTES))
		return YF_FAIL(SYNTAX);
	return yf_cbor_parse(arena, inner->string, mode, out);
}

/* --- looking --- */

bool yf_cbor_is(const struct yf_cbor *item, yf_cbor_kind kind)
{
	return item && item->kind == kind;
}

const struct yf_cbor *yf_cbor_get_str(const struct yf_cbor *map, yf_str key)
{
	if (!yf_cbor_is(map, YF_CBOR_MAP))
		return NULL;
	for (const struct yf_cbor *at = map->first; at; at = at->next->next)
		if (at->kind == YF_CBOR_TEXT &&
		    yf_str_eq(yf_str_from(at->string), key))
			return at->next;
	return NULL;
}

const struct yf_cbor *yf_cbor_get(const struct yf_cbor *map, const char *key)
{
	return yf_cbor_get_str(map, yf_str_of(key));
}

const struct yf_cbor *yf_cbor_get_int(const struct yf_cbor *map, int64_t key)
{
	const yf_cbor_kind kind = key < 0 ? YF_CBOR_NINT : YF_CBOR_UINT;
	const uint64_t number = (uint64_t)(key < 0 ? -1 - key : key);

	if (!yf_cbor_is(map, YF_CBOR_MAP))
		return NULL;
	for (const struct yf_cbor *at = map->first; at; at = at->next->next)
		if (at->kind == kind && at->number == number)
			return at->next;
	return NULL;
}

const struct yf_cbor *yf_cbor_at(const struct yf_cbor *array, size_t index)
{
	if (!yf_cbor_is(array, YF_CBOR_ARRAY))
		return NULL;
	const struct yf_cbor *at = array->first;
	while (at && index--)
		at = at->next;
	return at;
}

const struct yf_cbor *yf_cbor_tagged(const struct yf_cbor *item, uint64_t tag)
{
	return yf_cbor_is(item, YF_CBOR_TAG) && item->number == tag
		       ? item->first
		       : NULL;
}

double yf_cbor_real(const struct yf_cbor *item)
{
	return yf_cbor_real_of(item->number, 8);
}

bool yf_cbor_eq(const struct yf_cbor *a, const struct yf_cbor *b)
{
	if (a->kind != b->kind || a->number != b->number ||
	    a->count != b->count || a->boolean != b->boolean ||
	    !yf_bytes_eq(a->string, b->string))
		return false;
	a = a->first;
	b = b->first;
	for (; a && b; a = a->next, b = b->next)
		if (!yf_cbor_eq(a, b))
			return false;
	return a == b;
}

yf_err yf_cbor_take_int(const struct yf_cbor *item, int64_t *out)
{
	if (!yf_cbor_is(item, YF_CBOR_UINT) && !yf_cbor_is(item, YF_CBOR_NINT))
		return YF_FAIL(SYNTAX);
	if (item->number > INT64_MAX)
		return YF_FAIL(RANGE);
	const int64_t number = (int64_t)item->number;
	*out = item->kind == YF_CBOR_UINT ? number : -1 - number;
	return YF_OK;
}

yf_err yf_cbor_take_text(const struct yf_cbor *item, yf_str *out)
{
	if (!yf_cbor_is(item, YF_CBOR_TEXT))
		return YF_FAIL(SYNTAX);
	*out = yf_str_from(item->string);
	return YF_OK;
}

yf_err yf_cbor_take_bytes(const struct yf_cbor *item, yf_bytes *out)
{
	if (!yf_cbor_is(item, YF_CBOR_BYTES))
		return YF_FAIL(SYNTAX);
	*out = item->string;
	return YF_OK;
}
