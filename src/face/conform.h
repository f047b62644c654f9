#pragma once

#include "base/err.h"
#include "base/str.h"

/*
 * Does a face engine keep the rules of <yufu/face.h>?  Each check runs in
 * processes of its own, caged before the engine is loaded, with a deadline:
 * an engine that hangs, crashes or attacks costs its row and nothing else.
 *
 * What it cannot show: that an engine recognises people (`yufu face bench`
 * measures that), and that one which was written to deceive it behaves the
 * same elsewhere.  The cage of the worker is what holds such an engine.
 */
typedef enum {
	YF_CONFORM_FAIL,
	YF_CONFORM_PASS,
	YF_CONFORM_SKIP, /* could not be asked; see why */
} yf_conform_state;

enum { YF_CONFORM_WHY_LEN = 200, YF_CONFORM_ROWS_MAX = 32 };

struct yf_conform_row {
	const char *name;  /* stable: "no_calls" */
	const char *means; /* one sentence */
	yf_conform_state state;
	char why[YF_CONFORM_WHY_LEN]; /* of a failure or a skip; or empty */
};

struct yf_conform_config {
	const char *engine_path; /* NULL: the reference engine */
	const char *folder;      /* of the engine's own files; may be NULL */
	const char *model_path;  /* may be NULL */
	int64_t deadline_ms;     /* of one call of the engine */
	uint64_t memory_len_max;
	/* Photographs of faces, JPEG.  Without any, made pictures are shown,
	 * and what needs a template is skipped. */
	const yf_bytes *jpegs;
	size_t jpeg_count;
};

enum { YF_CONFORM_JPEGS_MAX = 8 };

/* Called in one thread; it starts processes.  MEMORY, IO */
YF_CHECKED yf_err yf_conform_run(
	const struct yf_conform_config *config,
	struct yf_conform_row rows[static YF_CONFORM_ROWS_MAX], size_t *count);

bool yf_conform_passed(const struct yf_conform_row *rows, size_t count);

/* "fail", "pass", "skip" */
const char *yf_conform_state_name(yf_conform_state state);
