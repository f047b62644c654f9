#include "register/name.h"

#include <stdlib.h>

#include <utf8proc.h>

/* C0, C1, and the separators that end a line: none stands on a document. */
static bool is_control(utf8proc_int32_t point)
{
	return point < 0x20 || (point >= 0x7f && point < 0xa0) ||
	       point == 0x2028 || point == 0x2029;
}

yf_err yf_name_check(yf_str name)
{
	const utf8proc_uint8_t *at = (const utf8proc_uint8_t *)name.ptr;
	utf8proc_ssize_t left = (utf8proc_ssize_t)name.len;

	if (!yf_str_is_utf8(name) || yf_str_chars(name) > YF_NAME_CHARS_MAX)
		return YF_FAIL(NAME);
	while (left > 0) {
		utf8proc_int32_t point;
		const utf8proc_ssize_t step =
			utf8proc_iterate(at, left, &point);
		if (step <= 0 || is_control(point))
			return YF_FAIL(NAME);
		at += step;
		left -= step;
	}
	return YF_OK;
}

/* Signs that stand between the parts of a name and carry no identity. */
static bool is_joiner(utf8proc_int32_t point)
{
	static const utf8proc_int32_t joiners[] = {
		' ',    '-',    '\'',   ',',    '.',    0x00b7, 0x02bc,
		0x2010, 0x2011, 0x2018, 0x2019, 0x2022, 0x2027, 0x30fb,
	};

	for (size_t i = 0; i < YF_COUNT(joiners); i++)
		if (point == joiners[i])
			return true;
	return false;
}

static void free_text(utf8proc_uint8_t **text)
{
	free(*text);
}

yf_err yf_name_key(struct yf_arena *arena, yf_str name, yf_str *out)
{
	__attribute__((cleanup(free_text))) utf8proc_uint8_t *folded = NULL;
	const utf8proc_ssize_t len = utf8proc_map(
		(const utf8proc_uint8_t *)name.ptr, (utf8proc_ssize_t)name.len,
		&folded,
		UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT |
			UTF8PROC_CASEFOLD | UTF8PROC_IGNORE);

	if (len == UTF8PROC_ERROR_NOMEM)
		return YF_FAIL(MEMORY);
	if (len < 0)
		return YF_FAIL(NAME);

	struct yf_buf key = yf_buf_new(arena, (size_t)len);
	for (utf8proc_ssize_t at = 0; at < len;) {
		utf8proc_int32_t point;
		const utf8proc_ssize_t step =
			utf8proc_iterate(folded + at, len - at, &point);
		if (step <= 0)
			return YF_FAIL(NAME);
		if (!is_joiner(point))
			yf_buf_put(&key,
				   (yf_bytes){ folded + at, (size_t)step });
		at += step;
	}
	return yf_buf_str(&key, out);
}
