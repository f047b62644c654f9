#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"

/* A borrowed run of bytes that is text.  Not NUL-terminated, never owned. */
typedef struct {
	const char *ptr;
	size_t len;
} yf_str;

/* A borrowed run of bytes that is not text. */
typedef struct {
	const uint8_t *ptr;
	size_t len;
} yf_bytes;

#define YF_STR(literal) ((yf_str){ (literal), sizeof(literal) - 1 })

/* View of a NUL-terminated string; NULL is the empty text. */
static inline yf_str yf_str_of(const char *text)
{
	return (yf_str){ text, text ? strlen(text) : 0 };
}

static inline yf_bytes yf_bytes_of(yf_str text)
{
	return (yf_bytes){ (const uint8_t *)text.ptr, text.len };
}

static inline yf_str yf_str_from(yf_bytes bytes)
{
	return (yf_str){ (const char *)bytes.ptr, bytes.len };
}

static inline bool yf_str_eq(yf_str a, yf_str b)
{
	return a.len == b.len &&
	       (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool yf_str_is(yf_str a, const char *b)
{
	return yf_str_eq(a, yf_str_of(b));
}

static inline bool yf_bytes_eq(yf_bytes a, yf_bytes b)
{
	return yf_str_eq(yf_str_from(a), yf_str_from(b));
}

static inline bool yf_str_starts(yf_str text, yf_str prefix)
{
	return text.len >= prefix.len &&
	       yf_str_eq((yf_str){ text.ptr, prefix.len }, prefix);
}

static inline bool yf_str_ends(yf_str text, yf_str suffix)
{
	return text.len >= suffix.len &&
	       yf_str_eq(
		       (yf_str){ text.ptr + text.len - suffix.len, suffix.len },
		       suffix);
}

static inline yf_str yf_str_skip(yf_str text, size_t count)
{
	return (yf_str){ text.ptr + count, text.len - count };
}

static inline size_t yf_str_count(yf_str text, char wanted)
{
	size_t count = 0;
	for (size_t i = 0; i < text.len; i++)
		count += text.ptr[i] == wanted;
	return count;
}

/*
 * Cut `*rest` at the first `sep`: `*head` is what precedes it, `*rest` moves
 * past it.  False, and nothing changed, when there is none.
 */
static inline bool yf_str_cut(yf_str *rest, char sep, yf_str *head)
{
	const char *at = rest->len ? memchr(rest->ptr, sep, rest->len) : NULL;
	if (!at)
		return false;
	head->ptr = rest->ptr;
	head->len = (size_t)(at - rest->ptr);
	rest->ptr += head->len + 1;
	rest->len -= head->len + 1;
	return true;
}

/* Like yf_str_cut(), but the last piece counts too; false at the end. */
bool yf_str_next(yf_str *rest, char sep, yf_str *piece);

/* Without white space (space, tab, CR, LF) at both ends. */
yf_str yf_str_trim(yf_str text);

/* ASCII letters compared without case: for header names and schemes. */
bool yf_str_eq_nocase(yf_str a, yf_str b);

/* A decimal integer without sign prefix '+', spaces or leading zeros. */
bool yf_str_to_int(yf_str text, int64_t *out);

/* Well-formed UTF-8: no surrogates, no overlong forms, at most U+10FFFF. */
bool yf_str_is_utf8(yf_str text);

/*
 * That, and nothing that moves the cursor, changes colours or erases what
 * stands on a terminal: no control character of ASCII or Unicode.  `lines`
 * lets tabs, line and page ends through.
 */
bool yf_str_is_printable(yf_str text, bool lines);

/* Characters (code points) of well-formed UTF-8. */
size_t yf_str_chars(yf_str text);

/* Copies into the arena, NUL-terminated beyond .len.  MEMORY */
YF_CHECKED yf_err yf_str_copy(struct yf_arena *arena, yf_str text, yf_str *out);
/* The same with ASCII letters in lower case.  MEMORY */
YF_CHECKED yf_err yf_str_lower(struct yf_arena *arena, yf_str text,
			       yf_str *out);
YF_CHECKED yf_err yf_bytes_copy(struct yf_arena *arena, yf_bytes bytes,
				yf_bytes *out);

/* NUL-terminated copy, for C libraries.  SYNTAX for an inner NUL, MEMORY */
YF_CHECKED yf_err yf_str_to_c(struct yf_arena *arena, yf_str text,
			      const char **out);

/* printf into the arena.  MEMORY */
YF_CHECKED yf_err yf_str_format(struct yf_arena *arena, yf_str *out,
				const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* "%.*s" arguments of a yf_str. */
#define YF_ARG(text) (int)(text).len, (text).ptr
