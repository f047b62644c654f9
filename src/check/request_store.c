#include "check/request_store.h"

#include "check/check.h"

/* --- making --- */

struct insert {
	const struct yf_request *request;
	yf_str policies;
	yf_str dcql;
	yf_str options;
};

static yf_err insert(struct yf_tx *tx, void *ctx)
{
	const struct insert *row = ctx;
	const struct yf_request *r = row->request;

	return yf_tx_exec(
		tx,
		"INSERT INTO presentation (shard, id, relying_party_shard,"
		" relying_party_id, policies, purpose, dcql, nonce,"
		" wallet_state, key_sealed, state, made_s, expires_s, delete_s,"
		" options)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,"
		" $13, $14, $15)",
		YF_BIND(YF_INT(r->shard), YF_TEXT(r->id),
			YF_INT(r->party_shard), YF_TEXT(r->party_id),
			YF_TEXT(row->policies), YF_TEXT(r->purpose),
			YF_TEXT(row->dcql), YF_TEXT(r->nonce),
			YF_TEXT(r->wallet_state), YF_BLOB(r->key_sealed),
			YF_TEXT(yf_str_of(yf_request_state_name(r->state))),
			YF_INT(r->made_s), YF_INT(r->expires_s),
			YF_INT(r->delete_s), YF_TEXT(row->options)),
		NULL);
}

yf_err yf_request_insert(const struct yf_env *env, struct yf_arena *arena,
			 const struct yf_request *request)
{
	struct insert row = { .request = request };
	struct yf_json_out dcql = yf_json_out_new(arena, 512);

	yf_json_out_tree(&dcql, NULL, request->dcql);
	YF_TRY(yf_json_out_end(&dcql, &row.dcql));
	if (row.dcql.len > YF_REQUEST_DCQL_MAX)
		return YF_FAIL(TOO_LARGE);
	YF_TRY(yf_policies_encode(arena, &request->policies, &row.policies));
	YF_TRY(yf_request_how_encode(arena, &request->how, &row.options));
	return yf_db_write(env->db, insert, &row);
}

/* --- loading --- */

struct load {
	struct yf_arena *arena;
	yf_str policies;
	yf_str dcql;
	yf_str options;
	yf_str state;
	struct yf_request request;
};

static yf_err load_row(struct yf_tx *tx, void *ctx)
{
	struct load *load = ctx;
	struct yf_arena *arena = load->arena;
	struct yf_request *r = &load->request;
	YF_AUTO(rows) row = NULL;

	YF_TRY(yf_tx_find(tx,
			  "SELECT relying_party_shard, relying_party_id,"
			  " policies, purpose, dcql, nonce, wallet_state,"
			  " key_sealed, state, result, made_s, expires_s,"
			  " delete_s, options FROM presentation"
			  " WHERE shard = $1 AND id = $2",
			  YF_BIND(YF_INT(r->shard), YF_TEXT(r->id)), &row));
	r->party_shard = yf_row_int(row, 0);
	YF_TRY(yf_row_text_copy(row, 1, arena, &r->party_id));
	YF_TRY(yf_row_text_copy(row, 2, arena, &load->policies));
	YF_TRY(yf_row_text_copy(row, 3, arena, &r->purpose));
	YF_TRY(yf_row_text_copy(row, 4, arena, &load->dcql));
	YF_TRY(yf_row_text_copy(row, 5, arena, &r->nonce));
	YF_TRY(yf_row_text_copy(row, 6, arena, &r->wallet_state));
	YF_TRY(yf_row_blob_copy(row, 7, arena, &r->key_sealed));
	YF_TRY(yf_row_text_copy(row, 8, arena, &load->state));
	YF_TRY(yf_row_blob_copy(row, 9, arena, &r->result_sealed));
	r->made_s = yf_row_int(row, 10);
	r->expires_s = yf_row_int(row, 11);
	r->delete_s = yf_row_int(row, 12);
	return yf_row_text_copy(row, 13, arena, &load->options);
}

yf_err yf_request_load(const struct yf_env *env, struct yf_arena *arena,
		       yf_str id, struct yf_request *out)
{
	struct load load = { .arena = arena };
	struct yf_request *r = &load.request;

	YF_TRY(yf_str_copy(arena, id, &r->id));
	r->shard = yf_request_shard(id);
	YF_TRY(yf_db_read(env->db, load_row, &load));
	/* Erased at delete_s, whether or not the sweep came by already. */
	if (yf_env_now_s(env) >= r->delete_s)
		return YF_FAIL(NOT_FOUND);
	YF_TRY(yf_request_state_parse(load.state, &r->state));
	YF_TRY(yf_policies_parse(arena, load.policies, &r->policies));
	YF_TRY(yf_json_parse(arena, load.dcql, &r->dcql));
	YF_TRY(yf_dcql_parse(arena, r->dcql, &r->query));
	YF_TRY(yf_request_how_parse(arena, load.options, &r->how));
	YF_TRY(yf_transactions_parse(arena, r->how.transaction_data, &r->query,
				     &r->transactions));
	*out = *r;
	return YF_OK;
}

yf_err yf_request_load_own(const struct yf_env *env, struct yf_arena *arena,
			   const struct yf_party *party, yf_str id,
			   struct yf_request *out)
{
	struct yf_request found = { 0 };

	YF_TRY(yf_request_load(env, arena, id, &found));
	if (found.party_shard != party->shard ||
	    !yf_str_eq(found.party_id, party->id))
		return YF_FAIL(NOT_FOUND);
	*out = found;
	return YF_OK;
}

/* --- its states --- */

struct change {
	const struct yf_request *request;
	int64_t now_s;
	int64_t changed;
};

static yf_err mark_fetched(struct yf_tx *tx, void *ctx)
{
	struct change *change = ctx;

	return yf_tx_exec(tx,
			  "UPDATE presentation SET state = 'fetched'"
			  " WHERE shard = $1 AND id = $2"
			  " AND state = 'waiting'",
			  YF_BIND(YF_INT(change->request->shard),
				  YF_TEXT(change->request->id)),
			  &change->changed);
}

yf_err yf_request_mark_fetched(const struct yf_env *env,
			       const struct yf_request *request, bool *changed)
{
	struct change change = { .request = request };

	YF_TRY(yf_db_write(env->db, mark_fetched, &change));
	*changed = change.changed == 1;
	return YF_OK;
}

/* The condition is in the statement: of several answers one changes a row. */
static yf_err close_row(struct yf_tx *tx, void *ctx)
{
	struct change *change = ctx;
	const struct yf_request *r = change->request;
	const yf_bytes none = { (const uint8_t *)"", 0 };

	return yf_tx_exec(tx,
			  "UPDATE presentation SET state = 'answered',"
			  " result = $1, delete_s = $2, key_sealed = $3"
			  " WHERE shard = $4 AND id = $5 AND expires_s > $6"
			  " AND (state = 'waiting' OR state = 'fetched')",
			  YF_BIND(YF_BLOB(r->result_sealed),
				  YF_INT(r->delete_s), YF_BLOB(none),
				  YF_INT(r->shard), YF_TEXT(r->id),
				  YF_INT(change->now_s)),
			  &change->changed);
}

yf_err yf_request_close(const struct yf_env *env,
			const struct yf_request *answered, int64_t now_s)
{
	struct change change = { .request = answered, .now_s = now_s };

	YF_TRY(yf_db_write(env->db, close_row, &change));
	return change.changed == 1 ? YF_OK : YF_FAIL(REPLAYED);
}

/* --- erasing --- */

enum { SWEEP_MAX = 256, SWEEP_ARENA_LEN = 1024 * 1024 };

struct sweep {
	struct yf_arena *arena;
	int64_t now_s;
	yf_str ids[SWEEP_MAX];
	size_t count;
};

static yf_err find_expired(struct yf_tx *tx, void *ctx)
{
	struct sweep *sweep = ctx;
	YF_AUTO(rows) rows = NULL;
	bool more = false;

	sweep->count = 0;
	YF_TRY(yf_tx_query(tx,
			   "SELECT id FROM presentation"
			   " WHERE (state = 'waiting' OR state = 'fetched')"
			   " AND expires_s <= $1 ORDER BY expires_s LIMIT $2",
			   YF_BIND(YF_INT(sweep->now_s), YF_INT(SWEEP_MAX)),
			   &rows));
	for (;;) {
		YF_TRY(yf_rows_next(rows, &more));
		if (!more || sweep->count == SWEEP_MAX)
			return YF_OK;
		YF_TRY(yf_row_text_copy(rows, 0, sweep->arena,
					&sweep->ids[sweep->count]));
		sweep->count++;
	}
}

static yf_err erase(struct yf_tx *tx, void *ctx)
{
	const struct sweep *sweep = ctx;
	const yf_bytes none = { (const uint8_t *)"", 0 };

	for (size_t i = 0; i < sweep->count; i++)
		YF_TRY(yf_tx_exec(
			tx,
			"UPDATE presentation SET state = 'expired',"
			" key_sealed = $1 WHERE shard = $2 AND id = $3"
			" AND (state = 'waiting' OR state = 'fetched')",
			YF_BIND(YF_BLOB(none),
				YF_INT(yf_request_shard(sweep->ids[i])),
				YF_TEXT(sweep->ids[i])),
			NULL));
	return yf_tx_exec(tx, "DELETE FROM presentation WHERE delete_s <= $1",
			  YF_BIND(YF_INT(sweep->now_s)), NULL);
}

yf_err yf_check_sweep(const struct yf_env *env)
{
	YF_AUTO(arena) arena = yf_arena_new(SWEEP_ARENA_LEN);
	struct sweep *sweep = arena ? YF_NEW(arena, struct sweep, 1) : NULL;

	if (!sweep)
		return YF_FAIL(MEMORY);
	sweep->arena = arena;
	sweep->now_s = yf_env_now_s(env);
	YF_TRY(yf_db_read(env->db, find_expired, sweep));
	YF_TRY(yf_db_write(env->db, erase, sweep));
	for (size_t i = 0; i < sweep->count; i++) {
		yf_str json = { 0 };

		YF_TRY(yf_str_format(arena, &json,
				     "{\"id\":\"%.*s\",\"state\":\"expired\","
				     "\"result\":null}",
				     YF_ARG(sweep->ids[i])));
		yf_events_publish(env->events, sweep->ids[i], "state", json);
		yf_events_end(env->events, sweep->ids[i]);
	}
	return YF_OK;
}
