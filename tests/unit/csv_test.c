#include "codec/csv.h"

#include "../support/expect.h"
#include "base/buf.h"

#include <stdlib.h>

enum { ARENA_LEN = 1024 * 1024, FIELDS = 4, RECORDS = 6 };

/* What a text gives: fields joined by '|', records by '/', codes in <>. */
static yf_str read_all(struct yf_arena *arena, yf_str text)
{
	struct yf_csv csv = yf_csv_new(text);
	struct yf_buf buf = yf_buf_new(arena, 256);
	yf_str out = { NULL, 0 };

	for (size_t records = 0;; records++) {
		struct yf_csv_record record;
		const yf_err err = yf_csv_next(&csv, arena, &record);
		if (err.code == YF_CODE_NOT_FOUND)
			break;
		assert_true(records < 64);
		if (records)
			yf_buf_char(&buf, '/');
		yf_buf_format(&buf, "%zu:", csv.line);
		if (yf_failed(err)) {
			yf_buf_format(&buf, "<%s>", yf_err_name(err));
			continue;
		}
		for (size_t i = 0; i < record.count; i++) {
			if (i)
				yf_buf_char(&buf, '|');
			yf_buf_text(&buf, record.fields[i]);
		}
	}
	OK(yf_buf_str(&buf, &out));
	return out;
}

static const struct {
	const char *name;
	const char *text;
	const char *want;
} cases[] = {
	{ "nothing", "", "" },
	{ "empty lines only", "\n\r\n\n", "" },
	{ "a mark and nothing", "\xef\xbb\xbf", "" },
	{ "LF", "a,b\nc,d\n", "1:a|b/2:c|d" },
	{ "CRLF", "a,b\r\nc,d\r\n", "1:a|b/2:c|d" },
	{ "no end of line", "a,b\nc,d", "1:a|b/2:c|d" },
	{ "a byte order mark", "\xef\xbb\xbf\"a\",b\n", "1:a|b" },
	{ "a mark in the middle is text",
	  "a\n\xef\xbb\xbf"
	  "b\n",
	  "1:a/2:\xef\xbb\xbf"
	  "b" },
	{ "empty fields", ",\n,,x\n", "1:|/2:||x" },
	{ "empty lines are skipped", "a\n\n\r\nb\n", "1:a/4:b" },
	{ "spaces are text", " a , b \n", "1: a | b " },
	{ "quoted", "\"a,b\",\"c\"\n", "1:a,b|c" },
	{ "quoted and empty", "\"\",\"\"\nx\n", "1:|/2:x" },
	{ "a doubled quote", "\"a\"\"b\",\"\"\"\"\n", "1:a\"b|\"" },
	{ "a line end in quotes", "\"a\nb\",c\nd\n", "1:a\nb|c/3:d" },
	{ "CRLF in quotes", "\"a\r\nb\"\r\nd\r\n", "1:a\r\nb/3:d" },
	{ "UTF-8", "\xe6\xac\xa7\xe9\x98\xb3,\xf0\xa0\xae\xb7\n",
	  "1:\xe6\xac\xa7\xe9\x98\xb3|\xf0\xa0\xae\xb7" },
	{ "a quote in a plain field", "a\"b,c\nd,e\n", "1:<SYNTAX>/2:d|e" },
	{ "text behind a quote", "\"a\"b,c\nd,e\n", "1:<SYNTAX>/2:d|e" },
	{ "an open quote at the end", "a,\"b\n", "1:<SYNTAX>" },
	{ "an open quote swallows nothing", "a,\"b\nc,d\ne,f\n",
	  "1:<SYNTAX>/2:c|d/3:e|f" },
	{ "two open quotes", "\"a\n\"b\nc\n", "1:<SYNTAX>/2:<SYNTAX>/3:c" },
	{ "no UTF-8", "a,\xff\nb\n", "1:<SYNTAX>/2:b" },
	{ "no UTF-8 in quotes", "\"\xc0\xaf\"\nb\n", "1:<SYNTAX>/2:b" },
	{ "half of a character", "\xe6\xac\nb\n", "1:<SYNTAX>/2:b" },
	{ "a lone CR loses nothing silently", "a\rb,c\nd\n", "1:<SYNTAX>/2:d" },
	{ "a lone CR at the start", "\rb,c\nd\n", "1:<SYNTAX>/2:d" },
	{ "a lone CR behind a quote", "\"a\"\rb\nd\n", "1:<SYNTAX>/2:d" },
	{ "a CR at the very end", "a,b\r", "1:a|b" },
};

static void table(void **state)
{
	(void)state;
	for (size_t i = 0; i < YF_COUNT(cases); i++) {
		struct yf_arena *arena = yf_arena_new(ARENA_LEN);
		print_message("  %s\n", cases[i].name);
		const yf_str got = read_all(arena, yf_str_of(cases[i].text));
		if (!yf_str_is(got, cases[i].want))
			fail_msg("'%.*s', not '%s'", YF_ARG(got),
				 cases[i].want);
		yf_arena_free(arena);
	}
}

/* A byte that is not there: every cut of a text is read without harm. */
static void truncated(void **state)
{
	const yf_str whole =
		YF_STR("\xef\xbb\xbf\"a\"\"b\",c\r\n\"d\ne\",\"f\",\n,g\n");

	(void)state;
	for (size_t len = 0; len <= whole.len; len++) {
		struct yf_arena *arena = yf_arena_new(ARENA_LEN);
		char *copy = malloc(len + 1);
		assert_non_null(copy);
		memcpy(copy, whole.ptr, len);
		(void)read_all(arena, (yf_str){ copy, len });
		free(copy);
		yf_arena_free(arena);
	}
}

static void too_many_fields(void **state)
{
	struct yf_arena *arena = yf_arena_new(ARENA_LEN);
	struct yf_buf buf = yf_buf_new(arena, 256);
	struct yf_csv_record record;
	yf_str text;

	(void)state;
	for (int i = 0; i < YF_CSV_FIELDS_MAX - 1; i++)
		yf_buf_char(&buf, ',');
	yf_buf_char(&buf, '\n');
	for (int i = 0; i < YF_CSV_FIELDS_MAX; i++)
		yf_buf_char(&buf, ',');
	yf_buf_text(&buf, YF_STR("\nx\n"));
	OK(yf_buf_str(&buf, &text));
	struct yf_csv csv = yf_csv_new(text);
	OK(yf_csv_next(&csv, arena, &record));
	assert_int_equal(record.count, YF_CSV_FIELDS_MAX);
	FAILS(yf_csv_next(&csv, arena, &record), TOO_LARGE);
	OK(yf_csv_next(&csv, arena, &record));
	assert_int_equal(csv.line, 3);
	FAILS(yf_csv_next(&csv, arena, &record), NOT_FOUND);
	FAILS(yf_csv_next(&csv, arena, &record), NOT_FOUND);
	yf_arena_free(arena);
}

/* A reference writer that quotes when it must, and sometimes when not. */
static void put_field(struct yf_buf *buf, yf_str field, bool quote)
{
	for (size_t i = 0; i < field.len; i++)
		quote = quote || field.ptr[i] == ',' || field.ptr[i] == '"' ||
			field.ptr[i] == '\n' || field.ptr[i] == '\r';
	if (!quote) {
		yf_buf_text(buf, field);
		return;
	}
	yf_buf_char(buf, '"');
	for (size_t i = 0; i < field.len; i++) {
		if (field.ptr[i] == '"')
			yf_buf_char(buf, '"');
		yf_buf_char(buf, field.ptr[i]);
	}
	yf_buf_char(buf, '"');
}

static uint32_t next(uint64_t *random)
{
	*random = *random * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*random >> 33);
}

static yf_str draw_field(struct yf_arena *arena, uint64_t *random)
{
	static const char *const pieces[] = {
		"a",    "\"", ",",
		"\n",   "\r", "\r\n",
		" ",    ";",  "\xe6\xac\xa7",
		"\x01", "'",  "\xf0\xa0\xae\xb7"
	};
	struct yf_buf buf = yf_buf_new(arena, 16);
	yf_str out = { NULL, 0 };

	for (uint32_t i = next(random) % 6; i; i--)
		yf_buf_text(&buf,
			    yf_str_of(pieces[next(random) % YF_COUNT(pieces)]));
	OK(yf_buf_str(&buf, &out));
	return out;
}

static void written_is_read(void **state)
{
	uint64_t random = 20261121;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		struct yf_arena *arena = yf_arena_new(ARENA_LEN);
		struct yf_buf buf = yf_buf_new(arena, 256);
		const char *end = next(&random) % 2 ? "\n" : "\r\n";
		yf_str fields[RECORDS][FIELDS];
		struct yf_csv_record record;
		yf_str text;
		for (size_t r = 0; r < RECORDS; r++) {
			for (size_t f = 0; f < FIELDS; f++) {
				fields[r][f] = draw_field(arena, &random);
				if (f)
					yf_buf_char(&buf, ',');
				put_field(&buf, fields[r][f],
					  next(&random) % 4 == 0);
			}
			yf_buf_text(&buf, yf_str_of(end));
		}
		OK(yf_buf_str(&buf, &text));
		struct yf_csv csv = yf_csv_new(text);
		for (size_t r = 0; r < RECORDS; r++) {
			OK(yf_csv_next(&csv, arena, &record));
			assert_int_equal(record.count, FIELDS);
			for (size_t f = 0; f < FIELDS; f++)
				assert_true(yf_str_eq(record.fields[f],
						      fields[r][f]));
		}
		FAILS(yf_csv_next(&csv, arena, &record), NOT_FOUND);
		yf_arena_free(arena);
	}
}

static void out_of_memory(void **state)
{
	const yf_str text = YF_STR("\"a\"\"a\",\"b\"\"b\"\nc\n");
	bool done = false;

	(void)state;
	for (size_t limit = 0; !done; limit += 64) {
		struct yf_arena *arena = yf_arena_new(limit);
		struct yf_csv csv = yf_csv_new(text);
		struct yf_csv_record record;
		if (!arena)
			continue;
		const yf_err err = yf_csv_next(&csv, arena, &record);
		done = !yf_failed(err);
		if (!done)
			assert_int_equal(err.code, YF_CODE_MEMORY);
		yf_arena_free(arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table),
		cmocka_unit_test(truncated),
		cmocka_unit_test(too_many_fields),
		cmocka_unit_test(written_is_read),
		cmocka_unit_test(out_of_memory),
	};
	return cmocka_run_group_tests_name("codec/csv", tests, NULL, NULL);
}
