#define _GNU_SOURCE
#include "db/db.h"
#include "db/migrate.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

/* Goal: what was answered is kept, what was refused left no trace. */

struct house {
	char folder[64];
	char path[80];
	struct yf_db *db;
};

static yf_err on_create(struct yf_tx *tx, void *ctx)
{
	(void)ctx;
	YF_TRY(yf_tx_script(tx, "CREATE TABLE parent (id BIGINT PRIMARY KEY)"));
	return yf_tx_script(tx, "CREATE TABLE item ("
				" id BIGINT NOT NULL PRIMARY KEY,"
				" name TEXT,"
				" data BLOB,"
				" parent BIGINT REFERENCES parent (id))");
}

static void open_db(struct house *house, struct yf_db_options options)
{
	options.path = house->path;
	assert_int_equal(yf_db_open(&options, &house->db).code, YF_CODE_OK);
}

static void open_house(struct house *house, struct yf_db_options options)
{
	*house = (struct house){ .folder = "/tmp/yufu-db-XXXXXX" };
	assert_non_null(mkdtemp(house->folder));
	snprintf(house->path, sizeof(house->path), "%s/y.db", house->folder);
	open_db(house, options);
	assert_int_equal(yf_db_write(house->db, on_create, NULL).code,
			 YF_CODE_OK);
}

static void close_house(struct house *house)
{
	static const char *const endings[] = { "", "-wal", "-shm" };
	char path[96];

	yf_db_close(house->db);
	for (size_t i = 0; i < YF_COUNT(endings); i++) {
		snprintf(path, sizeof(path), "%s%s", house->path, endings[i]);
		unlink(path);
	}
	rmdir(house->folder);
}

struct item {
	int64_t id;
	yf_str name;
	yf_bytes data;
	yf_err then;  /* what the closure returns after its insert */
	unsigned ran; /* how often it was run */
	int64_t changed;
};

static yf_err on_insert(struct yf_tx *tx, void *ctx)
{
	struct item *item = ctx;

	item->ran++;
	YF_TRY(yf_tx_exec(
		tx,
		"INSERT INTO item (id, name, data)"
		" VALUES ($1, $2, $3)",
		YF_BIND(YF_INT(item->id), YF_TEXT_OPT(item->name),
			item->data.ptr ? YF_BLOB(item->data) : YF_NULL),
		&item->changed));
	return item->then;
}

static yf_err insert(struct yf_db *db, int64_t id)
{
	struct item item = { .id = id, .then = YF_OK };
	return yf_db_write(db, on_insert, &item);
}

static yf_err on_count(struct yf_tx *tx, void *ctx)
{
	YF_AUTO(rows) rows = NULL;

	YF_TRY(yf_tx_find(tx, "SELECT count(*) FROM item", YF_BIND_NONE,
			  &rows));
	*(int64_t *)ctx = yf_row_int(rows, 0);
	return YF_OK;
}

static int64_t count_items(struct yf_db *db)
{
	int64_t count = -1;

	assert_int_equal(yf_db_read(db, on_count, &count).code, YF_CODE_OK);
	return count;
}

struct found {
	struct yf_arena *arena;
	int64_t id;
	yf_str name;
	yf_bytes data;
	bool name_is_null;
};

static yf_err on_find(struct yf_tx *tx, void *ctx)
{
	struct found *found = ctx;
	YF_AUTO(rows) rows = NULL;

	/* Placeholders out of order and one of them twice. */
	YF_TRY(yf_tx_find(tx,
			  "SELECT name, data FROM item"
			  " WHERE $2 = 7 AND id = $1 AND id < $1 + $2",
			  YF_BIND(YF_INT(found->id), YF_INT(7)), &rows));
	found->name_is_null = yf_row_is_null(rows, 0);
	YF_TRY(yf_row_text_copy(rows, 0, found->arena, &found->name));
	return yf_row_blob_copy(rows, 1, found->arena, &found->data);
}

static void values_come_back(void **state)
{
	static const struct {
		const char *name;
		yf_str text;
		yf_bytes data;
	} cases[] = {
		{ "text and bytes",
		  YF_STR("\xe9\xb1\xbc\xe7\xac\xa6"),
		  { (const uint8_t *)"a\0b", 3 } },
		{ "empty is not null", YF_STR(""), { (const uint8_t *)"", 0 } },
		{ "null", { NULL, 0 }, { NULL, 0 } },
	};
	struct house house;

	(void)state;
	open_house(&house, (struct yf_db_options){ 0 });
	for (size_t i = 0; i < YF_COUNT(cases); i++) {
		YF_AUTO(arena) arena = yf_arena_new(4096);
		struct found found = { .arena = arena, .id = (int64_t)i };
		struct item item = { .id = (int64_t)i,
				     .name = cases[i].text,
				     .data = cases[i].data,
				     .then = YF_OK };
		print_message("  %s\n", cases[i].name);
		assert_int_equal(yf_db_write(house.db, on_insert, &item).code,
				 YF_CODE_OK);
		assert_int_equal(item.changed, 1);
		assert_int_equal(yf_db_read(house.db, on_find, &found).code,
				 YF_CODE_OK);
		assert_true(yf_str_eq(found.name, cases[i].text));
		assert_true(yf_bytes_eq(found.data, cases[i].data));
		assert_true(found.name_is_null == !cases[i].text.ptr);
		assert_true(!found.data.ptr == !cases[i].data.ptr);
	}
	close_house(&house);
}

/* Each runs one statement in a transaction of its own. */
struct attempt {
	const char *name;
	const char *sql;
	struct yf_values values;
	yf_code want;
	bool reading;
};

static yf_err on_attempt(struct yf_tx *tx, void *ctx)
{
	const struct attempt *attempt = ctx;
	YF_AUTO(rows) rows = NULL;

	if (attempt->sql[0] == 'S')
		return yf_tx_find(tx, attempt->sql, attempt->values, &rows);
	return yf_tx_exec(tx, attempt->sql, attempt->values, NULL);
}

static void refusals_have_their_code(void **state)
{
	const struct attempt attempts[] = {
		{ "primary key", "INSERT INTO item (id) VALUES ($1)",
		  YF_BIND(YF_INT(1)), YF_CODE_CONFLICT, false },
		{ "foreign key", "INSERT INTO item (id, parent) VALUES (9, 9)",
		  YF_BIND_NONE, YF_CODE_CONFLICT, false },
		{ "not null", "INSERT INTO item (id) VALUES ($1)",
		  YF_BIND(YF_NULL), YF_CODE_BUG, false },
		{ "no such table", "INSERT INTO nothing VALUES (1)",
		  YF_BIND_NONE, YF_CODE_BUG, false },
		{ "a value is missing", "SELECT id FROM item WHERE id = $2",
		  YF_BIND(YF_INT(1)), YF_CODE_BUG, true },
		{ "another engine's placeholder",
		  "SELECT id FROM item WHERE id = ?", YF_BIND(YF_INT(1)),
		  YF_CODE_BUG, true },
		{ "a double-quoted string",
		  "SELECT id FROM item WHERE name = \"x\"", YF_BIND_NONE,
		  YF_CODE_BUG, true },
		{ "two statements", "DELETE FROM item; DELETE FROM parent",
		  YF_BIND_NONE, YF_CODE_BUG, false },
		{ "a write while reading", "DELETE FROM item", YF_BIND_NONE,
		  YF_CODE_BUG, true },
		{ "no row", "SELECT id FROM item WHERE id = 77", YF_BIND_NONE,
		  YF_CODE_NOT_FOUND, true },
		{ "a row", "SELECT id FROM item WHERE id = 1", YF_BIND_NONE,
		  YF_CODE_OK, true },
	};
	struct house house;

	(void)state;
	open_house(&house, (struct yf_db_options){ 0 });
	assert_false(yf_failed(insert(house.db, 1)));
	for (size_t i = 0; i < YF_COUNT(attempts); i++) {
		struct attempt attempt = attempts[i];
		print_message("  %s\n", attempt.name);
		const yf_err err =
			attempt.reading
				? yf_db_read(house.db, on_attempt, &attempt)
				: yf_db_write(house.db, on_attempt, &attempt);
		assert_int_equal(err.code, attempt.want);
		assert_int_equal(count_items(house.db), 1);
	}
	close_house(&house);
}

/* What a closure swallowed is not committed. */
static yf_err on_swallow(struct yf_tx *tx, void *ctx)
{
	YF_AUTO(rows) rows = NULL;

	(void)ctx;
	YF_TRY(yf_tx_exec(tx, "INSERT INTO item (id) VALUES (50)", YF_BIND_NONE,
			  NULL));
	assert_int_equal(yf_tx_exec(tx, "INSERT INTO item (id) VALUES (50)",
				    YF_BIND_NONE, NULL)
				 .code,
			 YF_CODE_CONFLICT);
	assert_int_equal(
		yf_tx_query(tx, "SELECT id FROM item", YF_BIND_NONE, &rows)
			.code,
		YF_CODE_CONFLICT);
	return YF_OK;
}

static void an_error_ends_the_transaction(void **state)
{
	struct item refused = { .id = 2, .then = YF_FAIL(EXPIRED) };
	struct house house;

	(void)state;
	open_house(&house, (struct yf_db_options){ 0 });
	assert_int_equal(yf_db_write(house.db, on_swallow, NULL).code,
			 YF_CODE_CONFLICT);
	assert_int_equal(yf_db_write(house.db, on_insert, &refused).code,
			 YF_CODE_EXPIRED);
	assert_int_equal(refused.ran, 1);
	assert_int_equal(count_items(house.db), 0);
	close_house(&house);
}

/* The same statement twice at a time, and a write between two rows. */
static yf_err on_nested(struct yf_tx *tx, void *ctx)
{
	static const char sql[] = "SELECT id FROM item ORDER BY id";
	YF_AUTO(rows) outer = NULL;
	int64_t pairs = 0;
	bool more, more_inside;

	YF_TRY(yf_tx_query(tx, sql, YF_BIND_NONE, &outer));
	for (;;) {
		YF_AUTO(rows) inner = NULL;
		YF_TRY(yf_rows_next(outer, &more));
		if (!more)
			break;
		YF_TRY(yf_tx_query(tx, sql, YF_BIND_NONE, &inner));
		for (;;) {
			YF_TRY(yf_rows_next(inner, &more_inside));
			if (!more_inside)
				break;
			pairs++;
		}
		YF_TRY(yf_tx_exec(tx, "INSERT INTO parent (id) VALUES ($1)",
				  YF_BIND(YF_INT(yf_row_int(outer, 0))), NULL));
	}
	*(int64_t *)ctx = pairs;
	return YF_OK;
}

static void statements_nest(void **state)
{
	struct house house;
	int64_t pairs = 0;

	(void)state;
	open_house(&house, (struct yf_db_options){ 0 });
	for (int64_t id = 0; id < 5; id++)
		assert_false(yf_failed(insert(house.db, id)));
	assert_false(yf_failed(yf_db_write(house.db, on_nested, &pairs)));
	assert_int_equal(pairs, 25);
	close_house(&house);
}

struct writer {
	struct yf_db *db;
	int64_t first;
	unsigned count;
	unsigned kept;
};

/* Every third closure fails after its insert. */
static void *write_many(void *ctx)
{
	struct writer *writer = ctx;

	for (unsigned i = 0; i < writer->count; i++) {
		struct item item = { .id = writer->first + i,
				     .then = i % 3 == 2 ? YF_FAIL(DENIED)
							: YF_OK };
		const yf_err err = yf_db_write(writer->db, on_insert, &item);
		if (err.code != item.then.code || item.ran != 1)
			return NULL;
		writer->kept += !yf_failed(err);
	}
	return NULL;
}

static void *read_many(void *ctx)
{
	struct writer *reader = ctx;
	int64_t last = 0;

	for (unsigned i = 0; i < reader->count; i++) {
		int64_t count = 0;
		if (yf_failed(yf_db_read(reader->db, on_count, &count)) ||
		    count < last)
			return NULL;
		last = count;
		reader->kept++;
	}
	return NULL;
}

/* Closures share commits; a failing one takes nobody with it. */
static void many_write_at_once(void **state)
{
	enum { WRITERS = 24, READERS = 6, EACH = 60 };
	struct writer writers[WRITERS], readers[READERS];
	pthread_t threads[WRITERS + READERS];
	struct house house;

	(void)state;
	open_house(&house, (struct yf_db_options){ 0 });
	const uint64_t before = yf_db_counts(house.db).commits;
	for (size_t i = 0; i < WRITERS; i++) {
		writers[i] =
			(struct writer){ house.db, (int64_t)i * EACH, EACH, 0 };
		pthread_create(&threads[i], NULL, write_many, &writers[i]);
	}
	for (size_t i = 0; i < READERS; i++) {
		readers[i] = (struct writer){ house.db, 0, EACH, 0 };
		pthread_create(&threads[WRITERS + i], NULL, read_many,
			       &readers[i]);
	}
	for (size_t i = 0; i < WRITERS + READERS; i++)
		pthread_join(threads[i], NULL);
	for (size_t i = 0; i < WRITERS; i++)
		assert_int_equal(writers[i].kept, EACH * 2 / 3);
	for (size_t i = 0; i < READERS; i++)
		assert_int_equal(readers[i].kept, EACH);
	assert_int_equal(count_items(house.db), WRITERS * EACH * 2 / 3);
	const struct yf_db_counts counts = yf_db_counts(house.db);
	assert_int_equal(counts.failed, WRITERS * EACH / 3);
	assert_true(counts.commits - before < WRITERS * EACH / 2);
	close_house(&house);
}

static yf_err on_nap(struct yf_tx *tx, void *ctx)
{
	const struct timespec pause = { 0, 200 * 1000000L };

	(void)tx;
	(void)ctx;
	nanosleep(&pause, NULL);
	return YF_OK;
}

static void *nap(void *ctx)
{
	struct writer *writer = ctx;

	writer->kept =
		yf_db_write(writer->db, on_nap, NULL).code == YF_CODE_BUSY;
	return NULL;
}

static void a_full_queue_is_busy(void **state)
{
	enum { COUNT = 12 };
	struct writer writers[COUNT];
	pthread_t threads[COUNT];
	struct house house;
	unsigned refused = 0;

	(void)state;
	open_house(&house,
		   (struct yf_db_options){ .queue_max = 3, .group_max = 1 });
	for (size_t i = 0; i < COUNT; i++) {
		writers[i] = (struct writer){ .db = house.db };
		pthread_create(&threads[i], NULL, nap, &writers[i]);
	}
	for (size_t i = 0; i < COUNT; i++) {
		pthread_join(threads[i], NULL);
		refused += writers[i].kept;
	}
	/* One runs, three wait, the others come too late. */
	assert_in_range(refused, 7, 9);
	assert_int_equal(yf_db_counts(house.db).refused, refused);
	close_house(&house);
}

/* Another process at the same file: both write, nobody loses a row. */
static void two_databases_one_file(void **state)
{
	struct house house, second;
	struct writer writers[2];
	pthread_t threads[2];

	(void)state;
	open_house(&house, (struct yf_db_options){ 0 });
	second = house;
	open_db(&second, (struct yf_db_options){ 0 });
	writers[0] = (struct writer){ house.db, 0, 60, 0 };
	writers[1] = (struct writer){ second.db, 1000, 60, 0 };
	for (size_t i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, write_many, &writers[i]);
	for (size_t i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(writers[0].kept + writers[1].kept, 80);
	assert_int_equal(count_items(second.db), 80);
	yf_db_close(second.db);
	close_house(&house);
}

static void the_file_is_private(void **state)
{
	struct house house;
	struct stat info;

	(void)state;
	open_house(&house, (struct yf_db_options){ 0 });
	assert_int_equal(stat(house.path, &info), 0);
	assert_int_equal(info.st_mode & 0777, 0600);
	close_house(&house);
}

static void what_is_no_database_is_refused(void **state)
{
	char path[] = "/tmp/yufu-db-XXXXXX";
	const int fd = mkstemp(path);
	const struct yf_db_options garbage = { .path = path };
	const struct yf_db_options nowhere = { .path = "/nowhere/y.db" };
	struct yf_db *db = NULL;

	(void)state;
	for (int i = 0; i < 600; i++)
		assert_int_equal(write(fd, "not a database", 14), 14);
	close(fd);
	assert_int_equal(yf_db_open(&garbage, &db).code, YF_CODE_STORE);
	assert_int_equal(yf_db_open(&nowhere, &db).code, YF_CODE_IO);
	unlink(path);
}

/* --- kill -9 --- */

struct acknowledger {
	struct yf_db *db;
	int64_t first;
	int pipe;
};

static void *acknowledge(void *ctx)
{
	struct acknowledger *acknowledger = ctx;

	for (int64_t id = acknowledger->first;; id++) {
		if (yf_failed(insert(acknowledger->db, id)))
			_exit(3);
		if (write(acknowledger->pipe, &id, sizeof(id)) != sizeof(id))
			_exit(4);
	}
	return NULL;
}

/* Writes rows from several threads, and says each once it is committed. */
static void run_child(const struct house *house, int pipe_fd, int64_t round)
{
	enum { THREADS = 6 };
	const struct yf_db_options options = { .path = house->path };
	struct acknowledger acknowledgers[THREADS];
	pthread_t threads[THREADS];
	struct yf_db *db;

	if (yf_failed(yf_db_open(&options, &db)))
		_exit(2);
	for (int64_t i = 0; i < THREADS; i++) {
		acknowledgers[i] = (struct acknowledger){
			db, (round * THREADS + i) * 1000000, pipe_fd
		};
		pthread_create(&threads[i], NULL, acknowledge,
			       &acknowledgers[i]);
	}
	pthread_join(threads[0], NULL);
	_exit(5);
}

static yf_err on_is_there(struct yf_tx *tx, void *ctx)
{
	YF_AUTO(rows) rows = NULL;

	return yf_tx_find(tx, "SELECT id FROM item WHERE id = $1",
			  YF_BIND(YF_INT(*(const int64_t *)ctx)), &rows);
}

static size_t check_acknowledged(struct house *house, int pipe_fd)
{
	size_t count = 0;
	int64_t id;

	open_db(house, (struct yf_db_options){ 0 });
	for (; read(pipe_fd, &id, sizeof(id)) == sizeof(id); count++)
		if (yf_failed(yf_db_read(house->db, on_is_there, &id)))
			fail_msg("row %lld was acknowledged and is lost",
				 (long long)id);
	yf_db_close(house->db);
	return count;
}

static void what_was_acknowledged_survives_kill(void **state)
{
	enum { ROUNDS = 12 };
	struct house house;
	unsigned seed = (unsigned)getpid();
	size_t acknowledged = 0;

	(void)state;
	open_house(&house, (struct yf_db_options){ 0 });
	yf_db_close(house.db);
	for (int64_t round = 0; round < ROUNDS; round++) {
		int ends[2], status;
		assert_int_equal(pipe(ends), 0);
		const pid_t child = fork();
		assert_true(child >= 0);
		if (child == 0) {
			close(ends[0]);
			run_child(&house, ends[1], round);
		}
		close(ends[1]);
		const struct timespec life = { 0, (20 + rand_r(&seed) % 250) *
							  1000000L };
		nanosleep(&life, NULL);
		assert_int_equal(kill(child, SIGKILL), 0);
		waitpid(child, &status, 0);
		assert_true(WIFSIGNALED(status));
		acknowledged += check_acknowledged(&house, ends[0]);
		close(ends[0]);
	}
	print_message("  %zu acknowledged rows\n", acknowledged);
	assert_true(acknowledged > ROUNDS);
	open_db(&house, (struct yf_db_options){ 0 });
	close_house(&house);
}

/* --- migrations --- */

static void migrations(void **state)
{
	static const struct yf_migration first[] = {
		{ "0001-a", "CREATE TABLE a (x BIGINT);\n"
			    "INSERT INTO a (x) VALUES (1);" },
		{ "0002-b", "CREATE TABLE b (x BIGINT);" },
	};
	static const struct yf_migration edited[] = {
		{ "0001-a", "CREATE TABLE a (x BIGINT, y BIGINT);" },
		{ "0002-b", "CREATE TABLE b (x BIGINT);" },
	};
	static const struct yf_migration broken[] = {
		{ "0001-a", "CREATE TABLE a (x BIGINT);\n"
			    "INSERT INTO a (x) VALUES (1);" },
		{ "0002-b", "CREATE TABLE b (x BIGINT);" },
		{ "0003-c", "CREATE TABLE c (x BIGINT); CREATE TABLE b (z);" },
	};
	static const struct yf_migration unsorted[] = {
		{ "0002-b", "SELECT 1" },
		{ "0001-a", "SELECT 1" },
	};
	static const struct yf_migration unnumbered[] = {
		{ "first", "SELECT 1" },
	};
	static const struct yf_migration gap[] = {
		{ "0001-a", "CREATE TABLE a (x BIGINT);\n"
			    "INSERT INTO a (x) VALUES (1);" },
		{ "0002-b", "CREATE TABLE b (x BIGINT);" },
		{ "0020-t", "CREATE TABLE t (x BIGINT);" },
	};
	static const struct yf_migration filled[] = {
		{ "0001-a", "CREATE TABLE a (x BIGINT);\n"
			    "INSERT INTO a (x) VALUES (1);" },
		{ "0002-b", "CREATE TABLE b (x BIGINT);" },
		{ "0010-j", "CREATE TABLE j (x BIGINT);" },
		{ "0020-t", "CREATE TABLE t (x BIGINT);" },
	};
	const struct {
		const char *name;
		struct yf_migrations all;
		yf_code want;
		unsigned applied;
	} steps[] = {
		{ "the first alone", { first, 1 }, YF_CODE_OK, 1 },
		{ "the second follows", { first, 2 }, YF_CODE_OK, 1 },
		{ "nothing to do", { first, 2 }, YF_CODE_OK, 0 },
		{ "the database is newer", { first, 1 }, YF_CODE_SCHEMA, 0 },
		{ "a file was edited", { edited, 2 }, YF_CODE_SCHEMA, 0 },
		{ "numbers rise", { unsorted, 2 }, YF_CODE_BUG, 0 },
		{ "names have numbers", { unnumbered, 1 }, YF_CODE_BUG, 0 },
		{ "one that fails is not half done",
		  { broken, 3 },
		  YF_CODE_BUG,
		  0 },
		{ "nor recorded", { first, 2 }, YF_CODE_OK, 0 },
		{ "numbers may leave room", { gap, 3 }, YF_CODE_OK, 1 },
		{ "which is filled later", { filled, 4 }, YF_CODE_OK, 1 },
		{ "those of this program are numbered", yf_migrations(),
		  YF_CODE_SCHEMA, 0 },
	};
	struct house house;

	(void)state;
	open_house(&house, (struct yf_db_options){ 0 });
	for (size_t i = 0; i < YF_COUNT(steps); i++) {
		unsigned applied = 0;
		print_message("  %s\n", steps[i].name);
		assert_int_equal(
			yf_migrate(house.db, steps[i].all, 1000, &applied).code,
			steps[i].want);
		assert_int_equal(applied, steps[i].applied);
	}
	close_house(&house);
}

static void our_migrations_apply(void **state)
{
	const struct yf_migrations ours = yf_migrations();
	struct house house;
	unsigned applied = 0;

	(void)state;
	open_house(&house, (struct yf_db_options){ 0 });
	assert_int_equal(yf_migrate(house.db, ours, 1000, &applied).code,
			 YF_CODE_OK);
	assert_int_equal(applied, ours.count);
	close_house(&house);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_come_back),
		cmocka_unit_test(refusals_have_their_code),
		cmocka_unit_test(an_error_ends_the_transaction),
		cmocka_unit_test(statements_nest),
		cmocka_unit_test(many_write_at_once),
		cmocka_unit_test(a_full_queue_is_busy),
		cmocka_unit_test(two_databases_one_file),
		cmocka_unit_test(the_file_is_private),
		cmocka_unit_test(what_is_no_database_is_refused),
		cmocka_unit_test(what_was_acknowledged_survives_kill),
		cmocka_unit_test(migrations),
		cmocka_unit_test(our_migrations_apply),
	};
	return cmocka_run_group_tests_name("db", tests, NULL, NULL);
}
