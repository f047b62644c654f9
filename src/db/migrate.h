#pragma once

#include "db/db.h"

/*
 * Tables come from numbered files, sql/0001-name.sql, that the build packs
 * into the program.  A released file is never edited; a change is a new file.
 */
enum { YF_MIGRATIONS_MAX = 512 };

struct yf_migration {
	/* "0001-name": the number counts; numbers rise, and may leave room */
	const char *name;
	const char *sql;
};

struct yf_migrations {
	const struct yf_migration *at;
	size_t count;
};

/* Those of this program, in order. */
struct yf_migrations yf_migrations(void);

/*
 * Applies in order those that were not applied: each in a transaction of its
 * own, recorded in table `yufu_migration` with the length and FNV-1a hash of
 * its text.  Both tell an edited file from the one that was applied; they are
 * no protection against malice.
 *
 * now_s     written beside each
 * applied   how many were new
 *
 * SCHEMA    the database was written by a newer program, or one of its
 *           migrations has another text here: nothing was changed
 * BUG       the SQL is wrong, or the numbers do not rise
 */
YF_CHECKED yf_err yf_migrate(struct yf_db *db, struct yf_migrations all,
			     int64_t now_s, unsigned *applied);
