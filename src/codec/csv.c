#include "codec/csv.h"

struct yf_csv yf_csv_new(yf_str text)
{
	if (yf_str_starts(text, YF_STR("\xef\xbb\xbf")))
		text = yf_str_skip(text, 3);
	return (struct yf_csv){ .rest = text, .next_line = 1 };
}

static void skip_line(struct yf_csv *csv)
{
	yf_str line;

	if (!yf_str_cut(&csv->rest, '\n', &line))
		csv->rest = yf_str_skip(csv->rest, csv->rest.len);
	csv->next_line++;
}

/* Stands behind the opening quote; leaves behind the closing one. */
static yf_err take_quoted(struct yf_csv *csv, struct yf_arena *arena,
			  yf_str *out)
{
	const yf_str start = csv->rest;
	size_t doubled = 0;
	size_t at = 0;

	for (;; at++) {
		if (at >= start.len)
			return YF_FAIL(SYNTAX);
		if (start.ptr[at] == '\n')
			csv->next_line++;
		if (start.ptr[at] != '"')
			continue;
		if (at + 1 >= start.len || start.ptr[at + 1] != '"')
			break;
		doubled++;
		at++;
	}
	csv->rest = yf_str_skip(start, at + 1);
	*out = (yf_str){ start.ptr, at };
	if (!doubled)
		return YF_OK;

	char *plain = YF_NEW(arena, char, at);
	size_t len = 0;
	if (!plain)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < at; i++) {
		plain[len++] = start.ptr[i];
		i += start.ptr[i] == '"';
	}
	*out = (yf_str){ plain, len };
	return YF_OK;
}

/* Of LF or CRLF; a CR alone ends nothing but the text. */
static size_t line_end(yf_str rest)
{
	if (rest.len && rest.ptr[0] == '\n')
		return 1;
	if (yf_str_starts(rest, YF_STR("\r\n")))
		return 2;
	return yf_str_is(rest, "\r");
}

static bool ends_field(yf_str rest)
{
	return !rest.len || rest.ptr[0] == ',' || line_end(rest);
}

static yf_err take_field(struct yf_csv *csv, struct yf_arena *arena,
			 yf_str *out)
{
	if (csv->rest.len && csv->rest.ptr[0] == '"') {
		csv->rest = yf_str_skip(csv->rest, 1);
		YF_TRY(take_quoted(csv, arena, out));
		return ends_field(csv->rest) ? YF_OK : YF_FAIL(SYNTAX);
	}
	size_t len = 0;
	for (; !ends_field(yf_str_skip(csv->rest, len)); len++)
		if (csv->rest.ptr[len] == '"' || csv->rest.ptr[len] == '\r')
			return YF_FAIL(SYNTAX);
	*out = (yf_str){ csv->rest.ptr, len };
	csv->rest = yf_str_skip(csv->rest, len);
	return YF_OK;
}

/* True when the record goes on. */
static bool take_separator(struct yf_csv *csv)
{
	if (csv->rest.len && csv->rest.ptr[0] == ',') {
		csv->rest = yf_str_skip(csv->rest, 1);
		return true;
	}
	skip_line(csv);
	return false;
}

static yf_err take_record(struct yf_csv *csv, struct yf_arena *arena,
			  struct yf_csv_record *out)
{
	out->count = 0;
	do {
		yf_str field = { 0 };
		if (out->count == YF_CSV_FIELDS_MAX)
			return YF_FAIL(TOO_LARGE);
		YF_TRY(take_field(csv, arena, &field));
		if (!yf_str_is_utf8(field))
			return YF_FAIL(SYNTAX);
		out->fields[out->count++] = field;
	} while (take_separator(csv));
	return YF_OK;
}

yf_err yf_csv_next(struct yf_csv *csv, struct yf_arena *arena,
		   struct yf_csv_record *out)
{
	while (line_end(csv->rest))
		skip_line(csv);
	if (!csv->rest.len)
		return YF_FAIL(NOT_FOUND);

	const struct yf_csv start = *csv;
	csv->line = csv->next_line;
	const yf_err err = take_record(csv, arena, out);
	if (yf_failed(err)) {
		/* An open quote must not swallow the rows behind it. */
		*csv = start;
		csv->line = csv->next_line;
		skip_line(csv);
	}
	return err;
}
