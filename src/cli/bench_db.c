#define _GNU_SOURCE
#include "cli/bench_db.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "db/db.h"

enum {
	CLIENTS = 64,
	READERS = 4,
	SYNC_LEN = 4096,
	SYNC_BLOCKS = 1024,
	PATH_LEN = 512,
};

struct scratch {
	char folder[PATH_LEN];
	char path[PATH_LEN + 16];
};

struct client {
	struct yf_db *db;
	pthread_t thread;
	int64_t first;
	int64_t until_ms;
	int64_t done;
	yf_err err;
};

static int64_t now_ms(void)
{
	const struct yf_clock clock = yf_clock_system();
	return yf_clock_mono_ms(&clock);
}

static yf_err create(struct yf_tx *tx, void *ctx)
{
	(void)ctx;
	return yf_tx_script(tx, "CREATE TABLE bench (id BIGINT NOT NULL "
				"PRIMARY KEY, body BLOB NOT NULL)");
}

static yf_err insert(struct yf_tx *tx, void *ctx)
{
	static const uint8_t body[200] = { 0 };
	const struct client *client = ctx;

	return yf_tx_exec(tx, "INSERT INTO bench (id, body) VALUES ($1, $2)",
			  YF_BIND(YF_INT(client->first + client->done),
				  YF_BLOB(((yf_bytes){ body, sizeof(body) }))),
			  NULL);
}

static yf_err find(struct yf_tx *tx, void *ctx)
{
	const struct client *client = ctx;
	YF_AUTO(rows) rows = NULL;

	return yf_tx_find(tx, "SELECT body FROM bench WHERE id = $1",
			  YF_BIND(YF_INT(client->done % client->first)), &rows);
}

static void *write_loop(void *ctx)
{
	struct client *client = ctx;

	while (now_ms() < client->until_ms) {
		client->err = yf_db_write(client->db, insert, client);
		if (yf_failed(client->err))
			break;
		client->done++;
	}
	return NULL;
}

static void *read_loop(void *ctx)
{
	struct client *client = ctx;

	while (now_ms() < client->until_ms) {
		client->err = yf_db_read(client->db, find, client);
		if (yf_failed(client->err))
			break;
		client->done++;
	}
	return NULL;
}

/* Runs `count` clients at once; what they did in a second. */
static yf_err run(struct client *clients, size_t count, unsigned duration_ms,
		  void *(*loop)(void *), double *per_second)
{
	const int64_t begin_ms = now_ms();
	yf_err err = YF_OK;
	int64_t done = 0;
	size_t started = 0;

	for (; started < count; started++) {
		clients[started].until_ms = begin_ms + duration_ms;
		if (pthread_create(&clients[started].thread, NULL, loop,
				   &clients[started]) != 0) {
			err = YF_FAIL(MEMORY);
			break;
		}
	}
	for (size_t i = 0; i < started; i++) {
		pthread_join(clients[i].thread, NULL);
		done += clients[i].done;
		if (yf_failed(clients[i].err))
			err = clients[i].err;
	}
	YF_TRY(err);
	*per_second = (double)done * 1000 / (double)(now_ms() - begin_ms);
	return YF_OK;
}

/* Blocks of a file that is there already, as a write-ahead log mostly is. */
static bool sync_blocks(int fd, int64_t until_ms, int64_t *done)
{
	static const uint8_t block[SYNC_LEN] = { 1 };

	for (int i = 0; i < SYNC_BLOCKS; i++)
		if (pwrite(fd, block, SYNC_LEN, (off_t)i * SYNC_LEN) !=
		    SYNC_LEN)
			return false;
	if (fsync(fd) != 0)
		return false;
	for (*done = 0; now_ms() < until_ms; ++*done) {
		const off_t at = (off_t)(*done % SYNC_BLOCKS) * SYNC_LEN;
		if (pwrite(fd, block, SYNC_LEN, at) != SYNC_LEN ||
		    fdatasync(fd) != 0)
			return false;
	}
	return true;
}

static yf_err measure_sync(const struct scratch *scratch, unsigned duration_ms,
			   double *per_second)
{
	const int fd = open(scratch->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	int64_t done = 0;

	if (fd < 0)
		return YF_FAIL(IO);
	const int64_t begin_ms = now_ms();
	const bool good = sync_blocks(fd, begin_ms + duration_ms, &done);
	*per_second = (double)done * 1000 / (double)(now_ms() - begin_ms);
	close(fd);
	unlink(scratch->path);
	return good ? YF_OK : YF_FAIL(IO);
}

static void remove_database(const struct scratch *scratch)
{
	static const char *const endings[] = { "", "-wal", "-shm" };
	char path[PATH_LEN + 32];

	for (size_t i = 0; i < YF_COUNT(endings); i++) {
		snprintf(path, sizeof(path), "%s%s", scratch->path, endings[i]);
		unlink(path);
	}
}

/* Writes with `group_max` closures a commit and, if wanted, reads. */
static yf_err measure_db(const struct scratch *scratch, unsigned group_max,
			 unsigned duration_ms, double *writes, double *reads)
{
	const struct yf_db_options options = { .path = scratch->path,
					       .group_max = group_max };
	struct client clients[CLIENTS] = { 0 };
	YF_AUTO(db) db = NULL;

	YF_TRY(yf_db_open(&options, &db));
	YF_TRY(yf_db_write(db, create, NULL));
	for (size_t i = 0; i < CLIENTS; i++)
		clients[i] =
			(struct client){ .db = db, .first = (int64_t)i << 32 };
	YF_TRY(run(clients, CLIENTS, duration_ms, write_loop, writes));
	if (!reads)
		return YF_OK;
	/* The rows of the first client are 0, 1, 2, ... */
	const int64_t rows = clients[0].done;
	for (size_t i = 0; i < READERS; i++)
		clients[i] = (struct client){ .db = db, .first = rows };
	return rows ? run(clients, READERS, duration_ms, read_loop, reads)
		    : YF_FAIL(STORE);
}

static void put_row(struct yf_json_out *out, const char *name, double value,
		    double limit, const char *limit_name)
{
	yf_json_out_object(out, NULL);
	yf_json_out_text(out, "name", name);
	yf_json_out_real(out, "value", value);
	yf_json_out_text(out, "unit", "1/s");
	if (limit_name) {
		yf_json_out_text(out, "limit", limit_name);
		yf_json_out_real(out, "limit_value", limit);
		yf_json_out_real(out, "ratio", value / limit);
	}
	yf_json_out_close(out);
}

static yf_err measure(const struct scratch *scratch, unsigned duration_ms,
		      struct yf_json_out *out)
{
	double syncs, alone, grouped, reads;

	YF_TRY(measure_sync(scratch, duration_ms, &syncs));
	yf_err err = measure_db(scratch, 1, duration_ms, &alone, NULL);
	remove_database(scratch);
	YF_TRY(err);
	err = measure_db(scratch, 128, duration_ms, &grouped, &reads);
	remove_database(scratch);
	YF_TRY(err);
	put_row(out, "db.sync", syncs, 0, NULL);
	put_row(out, "db.one_by_one", alone, syncs, "db.sync");
	put_row(out, "db.group_commit", grouped, alone, "db.one_by_one");
	put_row(out, "db.read", reads, 0, NULL);
	return YF_OK;
}

yf_err yf_bench_db(const char *folder, unsigned duration_ms,
		   struct yf_json_out *out)
{
	struct scratch scratch;

	if (snprintf(scratch.folder, sizeof(scratch.folder),
		     "%s/bench-db-XXXXXX",
		     folder) >= (int)sizeof(scratch.folder) ||
	    !mkdtemp(scratch.folder))
		return YF_FAIL(IO);
	snprintf(scratch.path, sizeof(scratch.path), "%s/bench.db",
		 scratch.folder);
	const yf_err err = measure(&scratch, duration_ms, out);
	rmdir(scratch.folder);
	return err;
}
