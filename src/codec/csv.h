#pragma once

#include "base/str.h"

/*
 * Comma-separated values, RFC 4180: quoted fields with doubled quotes, CRLF
 * or LF, a byte order mark at the start is skipped.
 */
enum { YF_CSV_FIELDS_MAX = 64 };

struct yf_csv {
	yf_str rest;
	size_t line; /* of the record read last, from 1 */
	size_t next_line;
};

struct yf_csv_record {
	yf_str fields[YF_CSV_FIELDS_MAX];
	size_t count;
};

/* `text` must outlive the reader. */
struct yf_csv yf_csv_new(yf_str text);

/*
 * The next record; views into the text, or into the arena where a field had
 * doubled quotes.  Empty lines are skipped.  A record that is malformed is
 * passed over: the next call goes on with the following line.
 *
 * NOT_FOUND  the end
 * SYNTAX     a quote or a lone CR where none may be, or not UTF-8
 * TOO_LARGE  over YF_CSV_FIELDS_MAX
 * MEMORY
 */
YF_CHECKED yf_err yf_csv_next(struct yf_csv *csv, struct yf_arena *arena,
			      struct yf_csv_record *out);
