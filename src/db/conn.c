#include "db/conn.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/log.h"

enum {
	SLOT_COUNT = 256, /* power of two */
	KEPT_MAX = SLOT_COUNT / 2,
};

/* A prepared statement and, while it is in use, its rows. */
struct yf_rows {
	struct yf_tx *tx;
	sqlite3_stmt *stmt;
	const char *sql;
	bool kept;     /* belongs to the table of its connection */
	bool busy;     /* given out */
	bool on_row;   /* stands on a row */
	bool at_first; /* that row was not yet given by yf_rows_next() */
};

struct yf_tx {
	sqlite3 *sqlite;
	struct yf_rows *slots[SLOT_COUNT];
	size_t kept;
	unsigned busy;
	yf_err err;
	bool rerun;
};

struct yf_conn {
	struct yf_tx tx;
	bool reader;
};

/* The engine's code as ours; what an operator must see goes to the log. */
static yf_err err_of(sqlite3 *sqlite, int code, const char *doing)
{
	yf_err err = YF_FAIL(BUG);

	switch (code & 0xff) {
	case SQLITE_CONSTRAINT:
		if (code == SQLITE_CONSTRAINT_UNIQUE ||
		    code == SQLITE_CONSTRAINT_PRIMARYKEY ||
		    code == SQLITE_CONSTRAINT_ROWID ||
		    code == SQLITE_CONSTRAINT_FOREIGNKEY)
			return YF_FAIL(CONFLICT);
		break;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return YF_FAIL(BUSY);
	case SQLITE_TOOBIG:
		return YF_FAIL(TOO_LARGE);
	case SQLITE_NOMEM:
		err = YF_FAIL(MEMORY);
		break;
	case SQLITE_FULL:
	case SQLITE_IOERR:
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_PROTOCOL:
		err = YF_FAIL(STORE);
		break;
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		err = YF_FAIL(IO);
		break;
	default:
		break;
	}
	yf_log_err(YF_LOG_ERROR, err, "database: %s: %s (%d)", doing,
		   sqlite ? sqlite3_errmsg(sqlite) : sqlite3_errstr(code),
		   code);
	return err;
}

/* A failed statement ends the transaction: the first error stays. */
static yf_err fail(struct yf_tx *tx, int code, const char *doing)
{
	tx->err = err_of(tx->sqlite, code, doing);
	if (tx->err.code == YF_CODE_BUSY)
		tx->rerun = true;
	return tx->err;
}

static uint32_t hash_of(const char *text)
{
	uint32_t hash = 2166136261u;

	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * 16777619u;
	return hash;
}

/* The slot that holds `sql`, or the free one where it belongs. */
static struct yf_rows **slot_of(struct yf_tx *tx, const char *sql)
{
	uint32_t at = hash_of(sql) % SLOT_COUNT;

	while (tx->slots[at] && strcmp(tx->slots[at]->sql, sql) != 0)
		at = (at + 1) % SLOT_COUNT;
	return &tx->slots[at];
}

/* Both engines read "$1"; SQLite would also take names, which we refuse. */
static bool has_numbered_parameters(sqlite3_stmt *stmt, size_t count)
{
	const int parameters = sqlite3_bind_parameter_count(stmt);

	for (int i = 1; i <= parameters; i++) {
		const char *name = sqlite3_bind_parameter_name(stmt, i);
		int64_t number;
		if (!name || name[0] != '$' ||
		    !yf_str_to_int(yf_str_of(name + 1), &number) ||
		    number < 1 || (uint64_t)number > count)
			return false;
	}
	return true;
}

static void statement_free(struct yf_rows *rows)
{
	sqlite3_finalize(rows->stmt);
	free(rows);
}

static yf_err statement_new(struct yf_tx *tx, const char *sql,
			    struct yf_rows **out)
{
	struct yf_rows *rows = calloc(1, sizeof(*rows));
	if (!rows)
		return YF_FAIL(MEMORY);

	const char *tail = NULL;
	const int code = sqlite3_prepare_v3(tx->sqlite, sql, -1,
					    SQLITE_PREPARE_PERSISTENT,
					    &rows->stmt, &tail);
	if (code != SQLITE_OK || !rows->stmt || (tail && *tail)) {
		if (code == SQLITE_OK)
			yf_log(YF_LOG_ERROR, "database: not one statement: %s",
			       sql);
		const yf_err err =
			code == SQLITE_OK ? YF_FAIL(BUG) : fail(tx, code, sql);
		statement_free(rows);
		return err;
	}
	rows->tx = tx;
	rows->sql = sqlite3_sql(rows->stmt);
	*out = rows;
	return YF_OK;
}

/* A statement of that text which nobody uses: kept from before, or new. */
static yf_err statement_take(struct yf_tx *tx, const char *sql,
			     struct yf_rows **out)
{
	struct yf_rows **slot = slot_of(tx, sql);
	struct yf_rows *rows = *slot;

	if (!rows || rows->busy) {
		YF_TRY(statement_new(tx, sql, &rows));
		assert(rows);
		if (!*slot && tx->kept < KEPT_MAX) {
			*slot = rows;
			rows->kept = true;
			tx->kept++;
		}
	}
	rows->busy = true;
	rows->on_row = false;
	rows->at_first = false;
	tx->busy++;
	*out = rows;
	return YF_OK;
}

void yf_rows_free(struct yf_rows *rows)
{
	if (!rows)
		return;
	assert(rows->busy && rows->tx->busy);
	rows->tx->busy--;
	rows->busy = false;
	if (!rows->kept) {
		statement_free(rows);
		return;
	}
	sqlite3_reset(rows->stmt);
	/* Nothing personal stays behind in a statement. */
	sqlite3_clear_bindings(rows->stmt);
}

void yf_rows_cleanup(struct yf_rows **rows)
{
	yf_rows_free(*rows);
}

/* sqlite3_bind_* take a pointer NULL for SQL NULL: empty is not NULL. */
static int bind_one(sqlite3_stmt *stmt, int at, const struct yf_value *value)
{
	const void *ptr =
		value->bytes.ptr ? (const void *)value->bytes.ptr : "";

	switch (value->kind) {
	case YF_VALUE_INT:
		return sqlite3_bind_int64(stmt, at, value->integer);
	case YF_VALUE_TEXT:
		return sqlite3_bind_text64(stmt, at, ptr, value->bytes.len,
					   SQLITE_STATIC, SQLITE_UTF8);
	case YF_VALUE_BLOB:
		return sqlite3_bind_blob64(stmt, at, ptr, value->bytes.len,
					   SQLITE_STATIC);
	case YF_VALUE_NULL:
		break;
	}
	return sqlite3_bind_null(stmt, at);
}

static yf_err bind_all(struct yf_rows *rows, struct yf_values values)
{
	if (values.count > YF_DB_BINDS_MAX ||
	    !has_numbered_parameters(rows->stmt, values.count)) {
		yf_log(YF_LOG_ERROR, "database: $ and values differ: %s",
		       rows->sql);
		rows->tx->err = YF_FAIL(BUG);
		return rows->tx->err;
	}
	for (size_t i = 0; i < values.count; i++) {
		char name[16];
		snprintf(name, sizeof(name), "$%u", (unsigned)i + 1);
		const int at = sqlite3_bind_parameter_index(rows->stmt, name);
		if (!at)
			continue;
		const int code = bind_one(rows->stmt, at, &values.at[i]);
		if (code != SQLITE_OK)
			return fail(rows->tx, code, rows->sql);
	}
	return YF_OK;
}

static yf_err step(struct yf_rows *rows, bool *more)
{
	const int code = sqlite3_step(rows->stmt);

	rows->on_row = code == SQLITE_ROW;
	if (code != SQLITE_ROW && code != SQLITE_DONE)
		return fail(rows->tx, code, rows->sql);
	*more = rows->on_row;
	return YF_OK;
}

yf_err yf_tx_query(struct yf_tx *tx, const char *sql, struct yf_values values,
		   struct yf_rows **out)
{
	YF_AUTO(rows) rows = NULL;

	YF_TRY(tx->err);
	const yf_err err = statement_take(tx, sql, &rows);
	if (yf_failed(err)) {
		tx->err = err;
		return err;
	}
	YF_TRY(bind_all(rows, values));
	*out = YF_MOVE(rows);
	return YF_OK;
}

yf_err yf_tx_find(struct yf_tx *tx, const char *sql, struct yf_values values,
		  struct yf_rows **out)
{
	YF_AUTO(rows) rows = NULL;
	bool found = false;

	YF_TRY(yf_tx_query(tx, sql, values, &rows));
	YF_TRY(step(rows, &found));
	if (!found)
		return YF_FAIL(NOT_FOUND);
	rows->at_first = true;
	*out = YF_MOVE(rows);
	return YF_OK;
}

yf_err yf_tx_exec(struct yf_tx *tx, const char *sql, struct yf_values values,
		  int64_t *changed)
{
	YF_AUTO(rows) rows = NULL;
	bool more = false;

	YF_TRY(yf_tx_query(tx, sql, values, &rows));
	YF_TRY(step(rows, &more));
	if (more) {
		yf_log(YF_LOG_ERROR, "database: exec returns rows: %s", sql);
		tx->err = YF_FAIL(BUG);
		return tx->err;
	}
	if (changed)
		*changed = sqlite3_changes64(tx->sqlite);
	return YF_OK;
}

yf_err yf_tx_script(struct yf_tx *tx, const char *sql)
{
	YF_TRY(tx->err);
	const int code = sqlite3_exec(tx->sqlite, sql, NULL, NULL, NULL);
	return code == SQLITE_OK ? YF_OK : fail(tx, code, "script");
}

yf_err yf_rows_next(struct yf_rows *rows, bool *more)
{
	YF_TRY(rows->tx->err);
	if (rows->at_first) {
		rows->at_first = false;
		*more = true;
		return YF_OK;
	}
	return step(rows, more);
}

bool yf_row_is_null(const struct yf_rows *rows, unsigned column)
{
	assert(rows->on_row &&
	       column < (unsigned)sqlite3_column_count(rows->stmt));
	return sqlite3_column_type(rows->stmt, (int)column) == SQLITE_NULL;
}

int64_t yf_row_int(const struct yf_rows *rows, unsigned column)
{
	if (yf_row_is_null(rows, column))
		return 0;
	return sqlite3_column_int64(rows->stmt, (int)column);
}

yf_str yf_row_text(const struct yf_rows *rows, unsigned column)
{
	if (yf_row_is_null(rows, column))
		return (yf_str){ NULL, 0 };
	const void *text = sqlite3_column_text(rows->stmt, (int)column);
	const int len = sqlite3_column_bytes(rows->stmt, (int)column);
	return (yf_str){ text ? text : "", (size_t)len };
}

yf_bytes yf_row_blob(const struct yf_rows *rows, unsigned column)
{
	if (yf_row_is_null(rows, column))
		return (yf_bytes){ NULL, 0 };
	const void *blob = sqlite3_column_blob(rows->stmt, (int)column);
	const int len = sqlite3_column_bytes(rows->stmt, (int)column);
	return (yf_bytes){ blob ? blob : (const void *)"", (size_t)len };
}

yf_err yf_row_text_copy(const struct yf_rows *rows, unsigned column,
			struct yf_arena *arena, yf_str *out)
{
	const yf_str text = yf_row_text(rows, column);

	if (!text.ptr) {
		*out = text;
		return YF_OK;
	}
	return yf_str_copy(arena, text, out);
}

yf_err yf_row_blob_copy(const struct yf_rows *rows, unsigned column,
			struct yf_arena *arena, yf_bytes *out)
{
	const yf_bytes blob = yf_row_blob(rows, column);

	if (!blob.ptr) {
		*out = blob;
		return YF_OK;
	}
	return yf_bytes_copy(arena, blob, out);
}

/* For the transaction itself, not for closures. */
static yf_err command(struct yf_conn *conn, const char *sql)
{
	YF_AUTO(rows) rows = NULL;
	int code;

	YF_TRY(statement_take(&conn->tx, sql, &rows));
	do
		code = sqlite3_step(rows->stmt);
	while (code == SQLITE_ROW);
	return code == SQLITE_DONE ? YF_OK : err_of(conn->tx.sqlite, code, sql);
}

/* SQLite would create the file for everybody to read. */
static yf_err create_file(const char *path)
{
	/* Never open one that exists: closing it again would drop the locks
	 * that this process holds on it (POSIX). */
	const int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return errno == EEXIST ? YF_OK : YF_FAIL(IO);
	close(fd);
	return YF_OK;
}

static yf_err set_up(struct yf_conn *conn, unsigned wait_ms_max)
{
	sqlite3 *sqlite = conn->tx.sqlite;

	sqlite3_busy_timeout(sqlite, (int)wait_ms_max);
	/* "x" is never a string by accident, and SQL never edits the schema
	 * table. */
	sqlite3_db_config(sqlite, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	sqlite3_db_config(sqlite, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	sqlite3_db_config(sqlite, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	YF_TRY(command(conn, "PRAGMA trusted_schema = OFF"));
	YF_TRY(command(conn, "PRAGMA foreign_keys = ON"));
	if (conn->reader)
		return command(conn, "PRAGMA query_only = ON");
	YF_TRY(command(conn, "PRAGMA journal_mode = WAL"));
	YF_TRY(command(conn, "PRAGMA synchronous = FULL"));
	/* What is deleted is overwritten: erasure is meant.  FAST would leave
	 * whole pages (portraits, results of checks) in the free list. */
	return command(conn, "PRAGMA secure_delete = ON");
}

yf_err yf_conn_open(const char *path, unsigned wait_ms_max, bool reader,
		    struct yf_conn **out)
{
	if (!reader)
		YF_TRY(create_file(path));

	struct yf_conn *conn = calloc(1, sizeof(*conn));
	if (!conn)
		return YF_FAIL(MEMORY);
	conn->reader = reader;
	const int code =
		sqlite3_open_v2(path, &conn->tx.sqlite,
				SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
					SQLITE_OPEN_EXRESCODE,
				NULL);
	const yf_err err = code == SQLITE_OK
				   ? set_up(conn, wait_ms_max)
				   : err_of(conn->tx.sqlite, code, path);
	if (yf_failed(err)) {
		yf_conn_close(conn);
		return err;
	}
	*out = conn;
	return YF_OK;
}

void yf_conn_close(struct yf_conn *conn)
{
	if (!conn)
		return;
	for (size_t i = 0; i < SLOT_COUNT; i++)
		if (conn->tx.slots[i])
			statement_free(conn->tx.slots[i]);
	sqlite3_close_v2(conn->tx.sqlite);
	free(conn);
}

yf_err yf_conn_begin(struct yf_conn *conn)
{
	conn->tx.err = YF_OK;
	conn->tx.rerun = false;
	return command(conn, conn->reader ? "BEGIN" : "BEGIN IMMEDIATE");
}

yf_err yf_conn_commit(struct yf_conn *conn)
{
	return command(conn, "COMMIT");
}

void yf_conn_rollback(struct yf_conn *conn)
{
	if (sqlite3_get_autocommit(conn->tx.sqlite))
		return;
	/* A rollback that fails (IO) leaves a journal that the next reader
	 * ignores; the error is in the log. */
	if (yf_failed(command(conn, "ROLLBACK")))
		return;
}

yf_ran yf_conn_run(struct yf_conn *conn, yf_tx_fn fn, void *ctx, yf_err *err)
{
	struct yf_tx *tx = &conn->tx;

	tx->err = YF_OK;
	tx->rerun = false;
	*err = command(conn, "SAVEPOINT one");
	if (!yf_failed(*err)) {
		*err = fn(tx, ctx);
		/* Rows left open would keep the transaction from ending. */
		assert(tx->busy == 0);
	}
	if (!yf_failed(*err))
		*err = tx->err;
	if (sqlite3_get_autocommit(tx->sqlite))
		return YF_RAN_LOST;
	if (tx->rerun)
		return YF_RAN_RERUN;
	if (!yf_failed(*err))
		return yf_failed(command(conn, "RELEASE one")) ? YF_RAN_LOST
							       : YF_RAN_KEPT;
	if (yf_failed(command(conn, "ROLLBACK TO one")) ||
	    yf_failed(command(conn, "RELEASE one")))
		return YF_RAN_LOST;
	return YF_RAN_UNDONE;
}
