#pragma once

#include "db/db.h"

/*
 * One connection to the engine and the transaction that runs on it.  Only
 * db.c and writer.c use it; one thread at a time.
 */
struct yf_conn;

YF_CHECKED yf_err yf_conn_open(const char *path, unsigned wait_ms_max,
			       bool reader, struct yf_conn **out);
void yf_conn_close(struct yf_conn *conn);

/* BUSY, STORE */
YF_CHECKED yf_err yf_conn_begin(struct yf_conn *conn);
YF_CHECKED yf_err yf_conn_commit(struct yf_conn *conn);
void yf_conn_rollback(struct yf_conn *conn);

typedef enum {
	YF_RAN_KEPT,   /* its writes are part of the transaction */
	YF_RAN_UNDONE, /* it failed and was taken back alone */
	YF_RAN_RERUN,  /* the transaction must be run again */
	YF_RAN_LOST,   /* the engine gave the transaction up */
} yf_ran;

/*
 * Runs a closure inside the open transaction so that it can be taken back
 * alone.  `err` is what it ends with.
 */
yf_ran yf_conn_run(struct yf_conn *conn, yf_tx_fn fn, void *ctx, yf_err *err);
