#include "base/buf.h"
#include "codec/csv.h"

#include <assert.h>

/*
 * Any bytes: the reader ends, its line numbers grow, a failed record costs
 * one line and no more, and what it read comes back when a reference writer
 * quotes all of it.
 */
static void check_again(struct yf_arena *arena,
			const struct yf_csv_record *record)
{
	struct yf_buf buf = yf_buf_new(arena, 256);
	struct yf_csv_record again;
	yf_str text;

	for (size_t i = 0; i < record->count; i++) {
		const yf_str field = record->fields[i];
		if (i)
			yf_buf_char(&buf, ',');
		yf_buf_char(&buf, '"');
		for (size_t at = 0; at < field.len; at++) {
			if (field.ptr[at] == '"')
				yf_buf_char(&buf, '"');
			yf_buf_char(&buf, field.ptr[at]);
		}
		yf_buf_char(&buf, '"');
	}
	if (yf_failed(yf_buf_str(&buf, &text)))
		return;
	struct yf_csv csv = yf_csv_new(text);
	const yf_err err = yf_csv_next(&csv, arena, &again);
	if (err.code == YF_CODE_MEMORY)
		return;
	assert(!yf_failed(err) && again.count == record->count);
	for (size_t i = 0; i < record->count; i++)
		assert(yf_str_eq(again.fields[i], record->fields[i]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const yf_str text = { (const char *)data, size };
	struct yf_csv csv = yf_csv_new(text);
	size_t line = 0;

	for (;;) {
		struct yf_arena *arena = yf_arena_new(1024 * 1024);
		struct yf_csv_record record;
		const size_t left = csv.rest.len;
		assert(arena);
		const yf_err err = yf_csv_next(&csv, arena, &record);
		if (err.code == YF_CODE_NOT_FOUND) {
			assert(!csv.rest.len);
			yf_arena_free(arena);
			return 0;
		}
		assert(csv.rest.len < left && csv.line > line);
		line = csv.line;
		if (yf_failed(err))
			assert(csv.next_line == csv.line + 1);
		else
			check_again(arena, &record);
		yf_arena_free(arena);
	}
}
