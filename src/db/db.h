#pragma once

#include "base/str.h"

/*
 * The database: statements, transactions, group commit.
 *
 * This header names no engine.  SQLite is behind it now; what a closure may
 * rely on is what PostgreSQL can give too, and the SQL text is the same for
 * both: `$1` placeholders, no engine's own functions, ON CONFLICT, RETURNING.
 *
 * All functions may be called from any thread.
 */
struct yf_db;
struct yf_tx;
struct yf_rows;

enum {
	YF_DB_BINDS_MAX = 32,
	YF_DB_READERS_MAX = 64,
};

/* Zero in a number means the default beside it. */
struct yf_db_options {
	const char *path;     /* a file; created with mode 0600 when absent */
	unsigned readers;     /* connections for reading: 4 */
	unsigned queue_max;   /* closures that may wait for the writer: 1024 */
	unsigned group_max;   /* closures in one commit: 128 */
	unsigned wait_ms_max; /* for another process or a reader: 5000 */
};

/*
 * IO      the file cannot be opened or created
 * STORE   it is no database, or is damaged
 * MEMORY
 */
YF_CHECKED yf_err yf_db_open(const struct yf_db_options *options,
			     struct yf_db **out);

/* Finishes what was queued, then closes.  No other thread may still use it. */
void yf_db_close(struct yf_db *db);
void yf_db_cleanup(struct yf_db **db);

/*
 * What happens inside one transaction.  A closure
 *  - runs on another thread while its caller waits, and MAY RUN MORE THAN
 *    ONCE (a busy or serialisation failure reruns it from the start): it
 *    resets what it wrote to ctx at its beginning, and does nothing that
 *    cannot be taken back: no network, no mail, no reply, no random choice
 *    that somebody outside has seen;
 *  - is short: no signing, no hashing of passwords, no waiting, for every
 *    other writer waits behind it;
 *  - calls neither yf_db_write() nor yf_db_read();
 *  - returns YF_OK to commit and any error to roll back; that very error is
 *    what yf_db_write() returns.  A refusal that must be remembered (a failed
 *    try that counts) is thus not an error here: the closure writes the try,
 *    puts the outcome into ctx and returns YF_OK.
 *  - returns after the first statement that failed.  The transaction is lost
 *    by then (PostgreSQL 40000 family): further statements fail with the same
 *    error, and a closure that returns YF_OK nevertheless is rolled back.
 *    "Insert unless it is there" is ON CONFLICT DO NOTHING and the count.
 */
typedef yf_err (*yf_tx_fn)(struct yf_tx *tx, void *ctx);

/*
 * Runs the closure and returns when its COMMIT is on disk.  Closures of
 * several threads share a commit; one that fails is rolled back alone.
 * Whoever sees YF_OK finds the rows after a power cut.
 *
 * BUSY    the queue is full, or another process keeps the database
 * STORE   disk full, IO error: nothing of this closure was written
 * or what the closure returned
 */
YF_CHECKED yf_err yf_db_write(struct yf_db *db, yf_tx_fn fn, void *ctx);

/*
 * Runs the closure over one unchanging view of what is committed, on the
 * calling thread.  Statements that write fail with BUG.
 *
 * BUSY    no connection became free in time
 */
YF_CHECKED yf_err yf_db_read(struct yf_db *db, yf_tx_fn fn, void *ctx);

/* A value for a placeholder; text and bytes are borrowed for the call. */
typedef enum {
	YF_VALUE_NULL,
	YF_VALUE_INT,
	YF_VALUE_TEXT,
	YF_VALUE_BLOB,
} yf_value_kind;

struct yf_value {
	yf_value_kind kind;
	int64_t integer;
	yf_bytes bytes;
};

struct yf_values {
	const struct yf_value *at;
	size_t count;
};

static inline struct yf_value yf_value_int(int64_t value)
{
	return (struct yf_value){ YF_VALUE_INT, value, { NULL, 0 } };
}

static inline struct yf_value yf_value_text(yf_str text)
{
	return (struct yf_value){ YF_VALUE_TEXT, 0, yf_bytes_of(text) };
}

static inline struct yf_value yf_value_blob(yf_bytes bytes)
{
	return (struct yf_value){ YF_VALUE_BLOB, 0, bytes };
}

static inline struct yf_value yf_value_null(void)
{
	return (struct yf_value){ YF_VALUE_NULL, 0, { NULL, 0 } };
}

#define YF_INT(value) yf_value_int(value)
#define YF_TEXT(text) yf_value_text(text)
#define YF_BLOB(bytes) yf_value_blob(bytes)
#define YF_NULL yf_value_null()
/* NULL when the text is absent (ptr NULL), as yf_form_get() delivers it. */
#define YF_TEXT_OPT(text) ((text).ptr ? yf_value_text(text) : yf_value_null())

/* $1, $2, ... in order: YF_BIND(YF_INT(shard), YF_TEXT(name)) */
#define YF_BIND(...)                                               \
	((struct yf_values){                                       \
		(const struct yf_value[]){ __VA_ARGS__ },          \
		sizeof((const struct yf_value[]){ __VA_ARGS__ }) / \
			sizeof(struct yf_value) })
#define YF_BIND_NONE ((struct yf_values){ NULL, 0 })

/*
 * Runs one statement that returns no rows.  `sql` is a string constant: the
 * prepared statement is kept.  `changed` is the count of affected rows, or
 * NULL.
 *
 * CONFLICT   a unique, primary or foreign key forbids it
 * BUG        the SQL is wrong, a placeholder has no value, NOT NULL, CHECK
 * STORE      the disk
 */
YF_CHECKED yf_err yf_tx_exec(struct yf_tx *tx, const char *sql,
			     struct yf_values values, int64_t *changed);

/*
 * Runs one statement that returns rows (SELECT, or a write with RETURNING).
 * Held by YF_AUTO(rows); it stands before the first row and must end before
 * the closure returns.
 *
 *	YF_AUTO(rows) rows = NULL;
 *	bool more;
 *
 *	YF_TRY(yf_tx_query(tx, "SELECT ...", YF_BIND(...), &rows));
 *	for (;;) {
 *		YF_TRY(yf_rows_next(rows, &more));
 *		if (!more)
 *			break;
 *		...
 *	}
 */
YF_CHECKED yf_err yf_tx_query(struct yf_tx *tx, const char *sql,
			      struct yf_values values, struct yf_rows **out);

/* The same, standing on the first row.  NOT_FOUND when there is none; that
 * one does not end the transaction. */
YF_CHECKED yf_err yf_tx_find(struct yf_tx *tx, const char *sql,
			     struct yf_values values, struct yf_rows **out);

YF_CHECKED yf_err yf_rows_next(struct yf_rows *rows, bool *more);
void yf_rows_free(struct yf_rows *rows);
void yf_rows_cleanup(struct yf_rows **rows);

/*
 * Columns of the row it stands on, from 0.  NULL reads as 0 or as an empty
 * view with ptr NULL.  Views last until the next row; _copy into an arena
 * (NUL-terminated beyond .len) is what outlives the closure.  MEMORY
 */
bool yf_row_is_null(const struct yf_rows *rows, unsigned column);
int64_t yf_row_int(const struct yf_rows *rows, unsigned column);
yf_str yf_row_text(const struct yf_rows *rows, unsigned column);
yf_bytes yf_row_blob(const struct yf_rows *rows, unsigned column);
YF_CHECKED yf_err yf_row_text_copy(const struct yf_rows *rows, unsigned column,
				   struct yf_arena *arena, yf_str *out);
YF_CHECKED yf_err yf_row_blob_copy(const struct yf_rows *rows, unsigned column,
				   struct yf_arena *arena, yf_bytes *out);

/* Several statements at once, without values: for migrations. */
YF_CHECKED yf_err yf_tx_script(struct yf_tx *tx, const char *sql);

/* How the writer fares, for /metrics: closures per commit is the group. */
struct yf_db_counts {
	uint64_t commits;
	uint64_t written; /* closures committed */
	uint64_t failed;  /* closures rolled back */
	uint64_t rerun;
	uint64_t refused; /* queue full */
	uint64_t reads;
	unsigned waiting;
};

struct yf_db_counts yf_db_counts(struct yf_db *db);
