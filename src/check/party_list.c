#include "base/civil.h"
#include "base/log.h"
#include "check/party_key.h"
#include "env/act.h"

/* Relying parties together: as the trust list names them, and renewing. */
enum { RENEW_MAX = 256, RENEW_ARENA = 8 * 1024 * 1024 };

/* --- listing --- */

yf_err yf_party_state(struct yf_tx *tx, uint8_t out[static YF_KEPT_STATE])
{
	uint8_t chain[YF_SHA256_LEN] = { 0 };
	YF_AUTO(rows) rows = NULL;
	bool more;

	YF_TRY(yf_tx_query(tx,
			   "SELECT id, version FROM relying_party"
			   " WHERE withdrawn_s IS NULL ORDER BY shard, id",
			   YF_BIND_NONE, &rows));
	for (;;) {
		YF_TRY(yf_rows_next(rows, &more));
		if (!more)
			break;
		const int64_t version = yf_row_int(rows, 1);
		const yf_bytes parts[] = {
			{ chain, sizeof(chain) },
			yf_bytes_of(yf_row_text(rows, 0)),
			{ (const uint8_t *)&version, sizeof(version) },
		};
		yf_sha256_parts(parts, YF_COUNT(parts), chain);
	}
	memcpy(out, chain, sizeof(chain));
	return YF_OK;
}

struct list {
	struct yf_arena *arena;
	struct yf_party_listed *at;
	size_t room;
	size_t count;
};

static yf_err count_parties(struct yf_tx *tx, size_t *out)
{
	YF_AUTO(rows) row = NULL;

	YF_TRY(yf_tx_find(tx,
			  "SELECT count(*) FROM relying_party"
			  " WHERE withdrawn_s IS NULL",
			  YF_BIND_NONE, &row));
	*out = (size_t)yf_row_int(row, 0);
	return YF_OK;
}

static yf_err take_row(const struct yf_rows *row, struct list *list)
{
	struct yf_party_listed *party = &list->at[list->count];
	yf_str policies;

	YF_TRY(yf_row_text_copy(row, 0, list->arena, &party->name));
	YF_TRY(yf_row_text_copy(row, 1, list->arena, &policies));
	YF_TRY(yf_row_blob_copy(row, 2, list->arena, &party->certificates[0]));
	YF_TRY(yf_row_blob_copy(row, 3, list->arena, &party->certificates[1]));
	party->certificate_count = party->certificates[1].len ? 2 : 1;
	/* One with a policy that is no more asks nothing: not listed. */
	if (!yf_failed(
		    yf_policies_parse(list->arena, policies, &party->policies)))
		list->count++;
	return YF_OK;
}

static yf_err list_parties(struct yf_tx *tx, void *ctx)
{
	struct list *list = ctx;
	YF_AUTO(rows) rows = NULL;
	bool more;

	list->count = 0;
	YF_TRY(count_parties(tx, &list->room));
	list->at = YF_NEW(list->arena, struct yf_party_listed, list->room + 1);
	if (!list->at)
		return YF_FAIL(MEMORY);
	YF_TRY(yf_tx_query(tx,
			   "SELECT name, policies, certificate,"
			   " next_certificate FROM relying_party"
			   " WHERE withdrawn_s IS NULL ORDER BY shard, id",
			   YF_BIND_NONE, &rows));
	for (;;) {
		YF_TRY(yf_rows_next(rows, &more));
		if (!more)
			return YF_OK;
		YF_TRY(take_row(rows, list));
	}
}

yf_err yf_party_list(const struct yf_env *env, struct yf_arena *arena,
		     const struct yf_party_listed **out, size_t *count)
{
	struct list list = { .arena = arena };

	YF_TRY(yf_db_read(env->db, list_parties, &list));
	*out = list.at;
	*count = list.count;
	return YF_OK;
}

/* --- renewing --- */

struct renewal {
	int64_t shard;
	yf_str id;
	yf_str name;
	yf_bytes present;
	bool in_use; /* `present` is the next one of the row, in use now */
	yf_bytes next;
	int64_t next_from_s;
};

struct renew {
	struct yf_arena *arena;
	int64_t now_s;
	struct renewal rows[RENEW_MAX];
	size_t count;
};

static bool ends_soon(struct yf_arena *arena, yf_bytes der, int64_t now_s)
{
	struct yf_cert cert = { 0 };

	if (yf_failed(yf_cert_parse(arena, der, &cert)))
		return false;
	return cert.not_after_s <
	       now_s + (int64_t)YF_PARTY_RENEW_DAYS * YF_DAY_S;
}

static yf_err find_ending(struct yf_tx *tx, void *ctx)
{
	struct renew *renew = ctx;
	YF_AUTO(rows) rows = NULL;
	bool more;

	renew->count = 0;
	/* No certificate ends before this long after its row was made. */
	YF_TRY(yf_tx_query(
		tx,
		"SELECT shard, id, name, certificate, next_certificate"
		" FROM relying_party WHERE withdrawn_s IS NULL"
		" AND (next_from_s IS NULL AND made_s < $1"
		" OR next_from_s < $1)",
		YF_BIND(YF_INT(renew->now_s -
			       (int64_t)(YF_PARTY_CERT_DAYS -
					 YF_PARTY_RENEW_DAYS - 2) *
				       YF_DAY_S)),
		&rows));
	while (renew->count < RENEW_MAX) {
		struct renewal *row = &renew->rows[renew->count];
		YF_TRY(yf_rows_next(rows, &more));
		if (!more)
			return YF_OK;
		const yf_bytes next = yf_row_blob(rows, 4);
		row->in_use = next.len > 0;
		YF_TRY(yf_row_blob_copy(rows, row->in_use ? 4 : 3, renew->arena,
					&row->present));
		if (!ends_soon(renew->arena, row->present, renew->now_s))
			continue;
		row->shard = yf_row_int(rows, 0);
		YF_TRY(yf_row_text_copy(rows, 1, renew->arena, &row->id));
		YF_TRY(yf_row_text_copy(rows, 2, renew->arena, &row->name));
		renew->count++;
	}
	return YF_OK;
}

/* The condition is in the statement: two processes renew one row once. */
static yf_err save_next(struct yf_tx *tx, void *ctx)
{
	const struct renew *renew = ctx;

	for (size_t i = 0; i < renew->count; i++) {
		const struct renewal *row = &renew->rows[i];
		const struct yf_act act = { row->shard, "certificate_renewed",
					    YF_STR("operator"), row->id,
					    YF_STR("") };
		int64_t changed;

		YF_TRY(yf_tx_exec(
			tx,
			"UPDATE relying_party SET certificate = $1,"
			" next_certificate = $2, next_from_s = $3,"
			" version = version + 1 WHERE shard = $4 AND id = $5"
			" AND (next_from_s IS NULL OR next_from_s < $6)",
			YF_BIND(YF_BLOB(row->present), YF_BLOB(row->next),
				YF_INT(row->next_from_s), YF_INT(row->shard),
				YF_TEXT(row->id),
				YF_INT(renew->now_s - YF_PARTY_NEXT_S)),
			&changed));
		if (changed)
			YF_TRY(yf_act_put(tx, &act, renew->now_s));
	}
	return YF_OK;
}

yf_err yf_party_renew(const struct yf_env *env)
{
	YF_AUTO(arena) arena = yf_arena_new(RENEW_ARENA);
	struct renew *renew = arena ? YF_NEW(arena, struct renew, 1) : NULL;

	if (!renew)
		return YF_FAIL(MEMORY);
	renew->arena = arena;
	renew->now_s = yf_env_now_s(env);
	YF_TRY(yf_db_read(env->db, find_ending, renew));
	if (!renew->count)
		return YF_OK;
	for (size_t i = 0; i < renew->count; i++) {
		struct renewal *row = &renew->rows[i];
		struct yf_cert cert = { 0 };

		YF_TRY(yf_cert_parse(arena, row->present, &cert));
		YF_TRY(yf_party_certify(env, arena, row->name, &cert.key,
					&row->next));
		/* Nobody was here for weeks: better new than over. */
		row->next_from_s = renew->now_s + YF_PARTY_NEXT_S;
		if (cert.not_after_s <= row->next_from_s)
			row->next_from_s = renew->now_s;
	}
	YF_TRY(yf_db_write(env->db, save_next, renew));
	yf_log(YF_LOG_INFO, "renewed %zu certificates of relying parties",
	       renew->count);
	return YF_OK;
}
