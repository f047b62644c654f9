#pragma once

#include "db/conn.h"

/*
 * The one thread that writes.  Closures that wait together share a COMMIT,
 * and so one sync of the disk: that is what bounds the rate of a database
 * whose answers are durable.
 */
struct yf_writer;

struct yf_writer_options {
	struct yf_conn *conn; /* the writer's alone until it is freed */
	unsigned queue_max;
	unsigned group_max;
};

YF_CHECKED yf_err yf_writer_new(const struct yf_writer_options *options,
				struct yf_writer **out);
/* Finishes what is queued. */
void yf_writer_free(struct yf_writer *writer);

/* yf_db_write() */
YF_CHECKED yf_err yf_writer_run(struct yf_writer *writer, yf_tx_fn fn,
				void *ctx);
void yf_writer_counts(struct yf_writer *writer, struct yf_db_counts *out);
