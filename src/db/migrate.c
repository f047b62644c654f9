#include "db/migrate.h"

#include <stdio.h>

#include "base/log.h"

static const char create_table[] = "CREATE TABLE IF NOT EXISTS yufu_migration ("
				   " number BIGINT NOT NULL PRIMARY KEY,"
				   " name TEXT NOT NULL,"
				   " len BIGINT NOT NULL,"
				   " hash BIGINT NOT NULL,"
				   " applied_s BIGINT NOT NULL)";

static int64_t fnv1a(yf_str text)
{
	uint64_t hash = 14695981039346656037u;

	for (size_t i = 0; i < text.len; i++)
		hash = (hash ^ (unsigned char)text.ptr[i]) * 1099511628211u;
	return (int64_t)hash;
}

/* The name says its number: "0007-pins" is the seventh; 0 for none. */
static int64_t number_of(const struct yf_migration *migration)
{
	const yf_str name = yf_str_of(migration->name);
	int64_t number = 0;

	for (size_t i = 0; i < 5; i++) {
		const int c = i < name.len ? name.ptr[i] : 0;
		if (i == 4)
			return c == '-' ? number : 0;
		if (c < '0' || c > '9')
			return 0;
		number = number * 10 + (c - '0');
	}
	return 0;
}

static yf_err create(struct yf_tx *tx, void *ctx)
{
	(void)ctx;
	return yf_tx_script(tx, create_table);
}

struct state {
	const struct yf_migrations *all;
	bool applied[YF_MIGRATIONS_MAX];
};

/* Its place, or all->count when it is not of this program. */
static size_t find(const struct yf_migrations *all, int64_t number)
{
	size_t i = 0;

	while (i < all->count && number_of(&all->at[i]) != number)
		i++;
	return i;
}

/* What was applied must be what this program would apply. */
static yf_err compare(struct yf_tx *tx, void *ctx)
{
	struct state *state = ctx;
	YF_AUTO(rows) rows = NULL;
	bool more;

	memset(state->applied, 0, sizeof(state->applied));
	YF_TRY(yf_tx_query(tx, "SELECT number, len, hash FROM yufu_migration",
			   YF_BIND_NONE, &rows));
	for (;;) {
		YF_TRY(yf_rows_next(rows, &more));
		if (!more)
			return YF_OK;
		const int64_t number = yf_row_int(rows, 0);
		const size_t at = find(state->all, number);
		if (at == state->all->count) {
			yf_log(YF_LOG_ERROR,
			       "database: migration %lld is not known here",
			       (long long)number);
			return YF_FAIL(SCHEMA);
		}
		const struct yf_migration *ours = &state->all->at[at];
		const yf_str sql = yf_str_of(ours->sql);
		if (yf_row_int(rows, 1) != (int64_t)sql.len ||
		    yf_row_int(rows, 2) != fnv1a(sql)) {
			yf_log(YF_LOG_ERROR,
			       "database: migration %s was applied with "
			       "another text",
			       ours->name);
			return YF_FAIL(SCHEMA);
		}
		state->applied[at] = true;
	}
}

struct step {
	const struct yf_migration *migration;
	int64_t number;
	int64_t now_s;
	bool fresh;
};

static yf_err apply(struct yf_tx *tx, void *ctx)
{
	struct step *step = ctx;
	const yf_str sql = yf_str_of(step->migration->sql);
	int64_t changed;

	/* Another process may have been faster. */
	YF_TRY(yf_tx_exec(tx,
			  "INSERT INTO yufu_migration (number, name, len, hash,"
			  " applied_s) VALUES ($1, $2, $3, $4, $5)"
			  " ON CONFLICT (number) DO NOTHING",
			  YF_BIND(YF_INT(step->number),
				  YF_TEXT(yf_str_of(step->migration->name)),
				  YF_INT((int64_t)sql.len), YF_INT(fnv1a(sql)),
				  YF_INT(step->now_s)),
			  &changed));
	step->fresh = changed == 1;
	return step->fresh ? yf_tx_script(tx, step->migration->sql) : YF_OK;
}

yf_err yf_migrate(struct yf_db *db, struct yf_migrations all, int64_t now_s,
		  unsigned *applied)
{
	struct state state = { .all = &all };
	unsigned fresh = 0;

	if (all.count > YF_MIGRATIONS_MAX)
		return YF_FAIL(BUG);
	for (size_t i = 0; i < all.count; i++)
		if (number_of(&all.at[i]) <=
		    (i ? number_of(&all.at[i - 1]) : 0))
			return YF_FAIL(BUG);
	YF_TRY(yf_db_write(db, create, NULL));
	YF_TRY(yf_db_read(db, compare, &state));
	for (size_t i = 0; i < all.count; i++) {
		struct step step = { &all.at[i], number_of(&all.at[i]), now_s,
				     false };
		if (state.applied[i])
			continue;
		YF_TRY(yf_db_write(db, apply, &step));
		fresh += step.fresh;
	}
	/* Whoever was faster must have applied the same. */
	YF_TRY(yf_db_read(db, compare, &state));
	*applied = fresh;
	return YF_OK;
}
