#define _DEFAULT_SOURCE
#include "db/db.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "db/conn.h"
#include "db/writer.h"

/* A place for a reading connection, opened at its first use. */
struct seat {
	struct yf_conn *conn;
	bool taken;
};

struct yf_db {
	char *path;
	unsigned wait_ms_max;
	struct yf_conn *write_conn;
	struct yf_writer *writer;
	pthread_mutex_t lock; /* guards the seats and `reads` */
	pthread_cond_t freed;
	struct seat seats[YF_DB_READERS_MAX];
	unsigned seat_count;
	uint64_t reads;
};

static unsigned or_default(unsigned value, unsigned otherwise)
{
	return value ? value : otherwise;
}

static yf_err start(struct yf_db *db, const struct yf_db_options *options)
{
	db->path = strdup(options->path);
	if (!db->path)
		return YF_FAIL(MEMORY);
	db->wait_ms_max = or_default(options->wait_ms_max, 5000);
	db->seat_count = or_default(options->readers, 4);
	if (db->seat_count > YF_DB_READERS_MAX)
		db->seat_count = YF_DB_READERS_MAX;
	YF_TRY(yf_conn_open(db->path, db->wait_ms_max, false, &db->write_conn));
	const struct yf_writer_options writer = {
		.conn = db->write_conn,
		.queue_max = or_default(options->queue_max, 1024),
		.group_max = or_default(options->group_max, 128),
	};
	return yf_writer_new(&writer, &db->writer);
}

yf_err yf_db_open(const struct yf_db_options *options, struct yf_db **out)
{
	YF_AUTO(db) db = calloc(1, sizeof(*db));
	pthread_condattr_t monotonic;

	if (!db)
		return YF_FAIL(MEMORY);
	pthread_mutex_init(&db->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&db->freed, &monotonic);
	pthread_condattr_destroy(&monotonic);
	YF_TRY(start(db, options));
	*out = YF_MOVE(db);
	return YF_OK;
}

void yf_db_close(struct yf_db *db)
{
	if (!db)
		return;
	yf_writer_free(db->writer);
	for (unsigned i = 0; i < db->seat_count; i++)
		yf_conn_close(db->seats[i].conn);
	/* Last, so that it can fold the log into the file. */
	yf_conn_close(db->write_conn);
	pthread_cond_destroy(&db->freed);
	pthread_mutex_destroy(&db->lock);
	free(db->path);
	free(db);
}

void yf_db_cleanup(struct yf_db **db)
{
	yf_db_close(*db);
}

yf_err yf_db_write(struct yf_db *db, yf_tx_fn fn, void *ctx)
{
	return yf_writer_run(db->writer, fn, ctx);
}

/* A free seat, those with an open connection first; NULL: all taken. */
static struct seat *free_seat(struct yf_db *db)
{
	struct seat *found = NULL;

	for (unsigned i = 0; i < db->seat_count; i++) {
		struct seat *seat = &db->seats[i];
		if (seat->taken)
			continue;
		if (seat->conn)
			return seat;
		if (!found)
			found = seat;
	}
	return found;
}

static struct seat *take_seat(struct yf_db *db)
{
	struct timespec end;
	struct seat *seat;
	int waited = 0;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += db->wait_ms_max / 1000;
	end.tv_nsec += db->wait_ms_max % 1000 * 1000000L;
	if (end.tv_nsec >= 1000000000L) {
		end.tv_sec++;
		end.tv_nsec -= 1000000000L;
	}
	pthread_mutex_lock(&db->lock);
	while (!(seat = free_seat(db)) && waited == 0)
		waited = pthread_cond_timedwait(&db->freed, &db->lock, &end);
	if (seat) {
		seat->taken = true;
		db->reads++;
	}
	pthread_mutex_unlock(&db->lock);
	return seat;
}

static void leave_seat(struct yf_db *db, struct seat *seat)
{
	pthread_mutex_lock(&db->lock);
	seat->taken = false;
	pthread_cond_signal(&db->freed);
	pthread_mutex_unlock(&db->lock);
}

static yf_err read_with(struct yf_db *db, struct seat *seat, yf_tx_fn fn,
			void *ctx)
{
	yf_err err;

	if (!seat->conn)
		YF_TRY(yf_conn_open(db->path, db->wait_ms_max, true,
				    &seat->conn));
	YF_TRY(yf_conn_begin(seat->conn));
	const yf_ran ran = yf_conn_run(seat->conn, fn, ctx, &err);
	yf_conn_rollback(seat->conn);
	if (ran == YF_RAN_LOST && !yf_failed(err))
		return YF_FAIL(STORE);
	return err;
}

yf_err yf_db_read(struct yf_db *db, yf_tx_fn fn, void *ctx)
{
	struct seat *seat = take_seat(db);

	if (!seat)
		return YF_FAIL(BUSY);
	const yf_err err = read_with(db, seat, fn, ctx);
	leave_seat(db, seat);
	return err;
}

struct yf_db_counts yf_db_counts(struct yf_db *db)
{
	struct yf_db_counts counts;

	yf_writer_counts(db->writer, &counts);
	pthread_mutex_lock(&db->lock);
	counts.reads = db->reads;
	pthread_mutex_unlock(&db->lock);
	return counts;
}
