#pragma once

#include "base/buf.h"
#include "base/str.h"

/*
 * JSON, RFC 8259, read strictly and written plainly.
 *
 * Reading gives a tree in the arena.  Endpoints do not walk it: they declare
 * a table of fields and yf_json_decode() fills a typed struct.  Formats whose
 * shape is not known beforehand (SD-JWT claims, DCQL) walk the tree.
 */

enum {
	YF_JSON_LEN_MAX = 4 * 1024 * 1024,
	YF_JSON_DEPTH_MAX = 32,
};

typedef enum {
	YF_JSON_NULL,
	YF_JSON_BOOL,
	YF_JSON_INT,
	YF_JSON_REAL,
	YF_JSON_STRING,
	YF_JSON_ARRAY,
	YF_JSON_OBJECT,
} yf_json_kind;

struct yf_json {
	yf_json_kind kind;
	bool boolean;
	int64_t integer;
	double real;
	yf_str string; /* text of a STRING, UTF-8 */
	yf_str name;   /* set when this is a member of an object */
	const struct yf_json *items; /* of an ARRAY or OBJECT, in order */
	size_t count;
};

/*
 * text   UTF-8; need not outlive the tree
 *
 * SYNTAX     not JSON, not UTF-8, U+0000 in a string, a number that does not
 *            fit int64 or double, or something behind the value
 * DUPLICATE  a member name twice in one object
 * TOO_DEEP   over YF_JSON_DEPTH_MAX
 * TOO_LARGE  over YF_JSON_LEN_MAX
 * MEMORY     the arena is spent
 */
YF_CHECKED yf_err yf_json_parse(struct yf_arena *arena, yf_str text,
				const struct yf_json **out);

/* Member of an object; NULL when absent, or when `object` is no object. */
const struct yf_json *yf_json_get(const struct yf_json *object,
				  const char *name);
const struct yf_json *yf_json_get_str(const struct yf_json *object,
				      yf_str name);

/* The text of a string member; an empty text with ptr NULL otherwise. */
yf_str yf_json_text(const struct yf_json *object, const char *name);

/* Deep equality; an INT equals a REAL of the same value, member order is
 * of no account. */
bool yf_json_eq(const struct yf_json *a, const struct yf_json *b);

/* Values made in place, e.g. for the claims of a credential.  Views. */
static inline struct yf_json yf_json_of_str(const char *name, yf_str value)
{
	return (struct yf_json){ .kind = YF_JSON_STRING,
				 .string = value,
				 .name = yf_str_of(name) };
}

static inline struct yf_json yf_json_of_int(const char *name, int64_t value)
{
	return (struct yf_json){ .kind = YF_JSON_INT,
				 .integer = value,
				 .name = yf_str_of(name) };
}

static inline struct yf_json yf_json_of_bool(const char *name, bool value)
{
	return (struct yf_json){ .kind = YF_JSON_BOOL,
				 .boolean = value,
				 .name = yf_str_of(name) };
}

/* `kind` is YF_JSON_ARRAY or YF_JSON_OBJECT; `items` must outlive it. */
static inline struct yf_json yf_json_of_items(const char *name,
					      yf_json_kind kind,
					      const struct yf_json *items,
					      size_t count)
{
	return (struct yf_json){ .kind = kind,
				 .items = items,
				 .count = count,
				 .name = yf_str_of(name) };
}

/*
 * A table of what an endpoint takes.  Paths are member names joined by '.',
 * a decimal piece indexes an array.  Members that no row names are ignored.
 * `_OPT` rows may be absent (or null): the target keeps what it had.
 */
typedef enum {
	YF_JSON_TAKE_END,
	YF_JSON_TAKE_STR,
	YF_JSON_TAKE_INT,
	YF_JSON_TAKE_BOOL,
	YF_JSON_TAKE_TREE,
} yf_json_take;

struct yf_json_field {
	const char *path;
	yf_json_take take;
	bool optional;
	void *target; /* yf_str, int64_t, bool, const struct yf_json * */
};

#define YF_JSON_STR(path, out)                         \
	{                                              \
		(path), YF_JSON_TAKE_STR, false, (out) \
	}
#define YF_JSON_STR_OPT(path, out)                    \
	{                                             \
		(path), YF_JSON_TAKE_STR, true, (out) \
	}
#define YF_JSON_NUM(path, out)                         \
	{                                              \
		(path), YF_JSON_TAKE_INT, false, (out) \
	}
#define YF_JSON_NUM_OPT(path, out)                    \
	{                                             \
		(path), YF_JSON_TAKE_INT, true, (out) \
	}
#define YF_JSON_FLAG(path, out)                         \
	{                                               \
		(path), YF_JSON_TAKE_BOOL, false, (out) \
	}
#define YF_JSON_FLAG_OPT(path, out)                    \
	{                                              \
		(path), YF_JSON_TAKE_BOOL, true, (out) \
	}
#define YF_JSON_ANY(path, out)                          \
	{                                               \
		(path), YF_JSON_TAKE_TREE, false, (out) \
	}
#define YF_JSON_ANY_OPT(path, out)                     \
	{                                              \
		(path), YF_JSON_TAKE_TREE, true, (out) \
	}
#define YF_JSON_END                                 \
	{                                           \
		NULL, YF_JSON_TAKE_END, false, NULL \
	}

/*
 * Errors of yf_json_parse(), and
 * MISSING  a row that is not optional has no member
 * SYNTAX   the member is of another kind, or the text is no object
 */
YF_CHECKED yf_err yf_json_decode(struct yf_arena *arena, yf_str text,
				 const struct yf_json_field *fields);
YF_CHECKED yf_err yf_json_take_fields(const struct yf_json *tree,
				      const struct yf_json_field *fields);

/*
 * Writing: calls in document order, commas and escapes are put by the writer.
 * Nothing fails until yf_json_out_end(), which gives the text.  Unbalanced
 * calls and a value without a name inside an object are programmer errors.
 *
 *	struct yf_json_out out = yf_json_out_new(arena, 256);
 *	yf_json_out_object(&out, NULL);
 *	yf_json_out_str(&out, "error", name);
 *	yf_json_out_close(&out);
 *	YF_TRY(yf_json_out_end(&out, &text));
 *
 * `name` is the member name inside an object, NULL elsewhere, and NULL behind
 * yf_json_out_key().
 */
struct yf_json_out {
	struct yf_buf buf;
	uint64_t objects; /* one bit a level: object or array */
	unsigned depth;
	bool comma;
	bool keyed; /* the name of the next value is written already */
};

struct yf_json_out yf_json_out_new(struct yf_arena *arena, size_t room);
/* The name of the next value, for names that are no C strings. */
void yf_json_out_key(struct yf_json_out *out, yf_str name);
void yf_json_out_object(struct yf_json_out *out, const char *name);
void yf_json_out_array(struct yf_json_out *out, const char *name);
void yf_json_out_close(struct yf_json_out *out);
void yf_json_out_str(struct yf_json_out *out, const char *name, yf_str value);
void yf_json_out_text(struct yf_json_out *out, const char *name,
		      const char *value);
void yf_json_out_int(struct yf_json_out *out, const char *name, int64_t value);
void yf_json_out_real(struct yf_json_out *out, const char *name, double value);
void yf_json_out_bool(struct yf_json_out *out, const char *name, bool value);
void yf_json_out_null(struct yf_json_out *out, const char *name);
/* base64url of bytes, as a string. */
void yf_json_out_base64url(struct yf_json_out *out, const char *name,
			   yf_bytes value);
/* The same with the alphabet and padding of x5c. */
void yf_json_out_base64(struct yf_json_out *out, const char *name,
			yf_bytes value);
/* A subtree as it was parsed. */
void yf_json_out_tree(struct yf_json_out *out, const char *name,
		      const struct yf_json *value);
/* Text that is JSON already: the caller answers for it. */
void yf_json_out_raw(struct yf_json_out *out, const char *name, yf_str json);
/* MEMORY */
YF_CHECKED yf_err yf_json_out_end(struct yf_json_out *out, yf_str *text);
