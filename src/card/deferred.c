#include "card/deferred.h"

#include "crypto/seal.h"
#include "env/act.h"

static const char *const states[] = {
	[YF_DEFERRED_WAITING] = "waiting",
	[YF_DEFERRED_APPROVED] = "approved",
	[YF_DEFERRED_REFUSED] = "refused",
	[YF_DEFERRED_DELIVERED] = "delivered",
};

static struct yf_value text_of(yf_deferred_state state)
{
	return YF_TEXT(yf_str_of(states[state]));
}

static yf_err context_of(struct yf_arena *arena, yf_str id, yf_bytes *out)
{
	yf_str text;

	YF_TRY(yf_str_format(arena, &text, "deferred/%.*s", YF_ARG(id)));
	*out = yf_bytes_of(text);
	return YF_OK;
}

yf_err yf_deferred_seal(const struct yf_env *env, struct yf_arena *arena,
			const struct yf_deferred *deferred, yf_bytes *sealed)
{
	yf_bytes context;

	YF_TRY(context_of(arena, deferred->id, &context));
	return yf_seal(arena, &env->keys.seal, yf_bytes_of(deferred->content),
		       context, sealed);
}

yf_err yf_deferred_put(struct yf_tx *tx, const struct yf_deferred *deferred,
		       yf_bytes sealed, int64_t now_s)
{
	const struct yf_act act = { deferred->person.shard,
				    "card_deferred",
				    YF_STR("holder"),
				    deferred->id,
				    { NULL, 0 } };

	YF_TRY(yf_tx_exec(
		tx,
		"INSERT INTO deferred (shard, id, hash, person_id, type,"
		" client_id, jkt, sealed, state, reason, made_s, expires_s)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', $10, $11)",
		YF_BIND(YF_INT(deferred->person.shard), YF_TEXT(deferred->id),
			YF_BLOB(yf_handle_hash(&deferred->handle)),
			YF_TEXT(deferred->person.id), YF_TEXT(deferred->type),
			YF_TEXT(deferred->client_id), YF_TEXT(deferred->jkt),
			YF_BLOB(sealed), text_of(YF_DEFERRED_WAITING),
			YF_INT(now_s), YF_INT(now_s + YF_DEFERRED_LIFE_S)),
		NULL));
	return yf_act_put(tx, &act, now_s);
}

/* --- finding --- */

struct find {
	struct yf_arena *arena;
	struct yf_deferred deferred;
	yf_bytes sealed;
	int64_t now_s;
};

static yf_deferred_state state_of(yf_str name)
{
	size_t i = 0;

	while (i + 1 < YF_COUNT(states) && !yf_str_is(name, states[i]))
		i++;
	return (yf_deferred_state)i;
}

static yf_err find(struct yf_tx *tx, void *ctx)
{
	struct find *find = ctx;
	struct yf_deferred *deferred = &find->deferred;
	YF_AUTO(rows) row = NULL;

	YF_TRY(yf_tx_find(tx,
			  "SELECT id, type, sealed, state, reason, made_s"
			  " FROM deferred WHERE hash = $1 AND shard = $2"
			  " AND person_id = $3 AND client_id = $4 AND jkt = $5"
			  " AND expires_s > $6 AND state <> $7",
			  YF_BIND(YF_BLOB(yf_handle_hash(&deferred->handle)),
				  YF_INT(deferred->person.shard),
				  YF_TEXT(deferred->person.id),
				  YF_TEXT(deferred->client_id),
				  YF_TEXT(deferred->jkt), YF_INT(find->now_s),
				  text_of(YF_DEFERRED_DELIVERED)),
			  &row));
	YF_TRY(yf_row_text_copy(row, 0, find->arena, &deferred->id));
	YF_TRY(yf_row_text_copy(row, 1, find->arena, &deferred->type));
	YF_TRY(yf_row_blob_copy(row, 2, find->arena, &find->sealed));
	deferred->state = state_of(yf_row_text(row, 3));
	deferred->made_s = yf_row_int(row, 5);
	return yf_row_text_copy(row, 4, find->arena, &deferred->reason);
}

yf_err yf_deferred_find(const struct yf_env *env, struct yf_arena *arena,
			yf_str transaction_id, const struct yf_token *token,
			yf_str jkt, struct yf_deferred *out)
{
	struct find found = {
		.arena = arena,
		.deferred = { .handle = yf_handle_of(transaction_id),
			      .person = token->person,
			      .client_id = token->client_id,
			      .jkt = jkt },
		.now_s = yf_env_now_s(env),
	};
	yf_bytes context;
	yf_bytes plain;

	const yf_err err = yf_db_read(env->db, find, &found);
	if (err.code == YF_CODE_NOT_FOUND)
		return YF_FAIL(INVALID_TRANSACTION_ID);
	YF_TRY(err);
	YF_TRY(context_of(arena, found.deferred.id, &context));
	YF_TRY(yf_unseal(arena, &env->keys.seal, found.sealed, context,
			 &plain));
	found.deferred.content = yf_str_from(plain);
	*out = found.deferred;
	return YF_OK;
}

/* What was asked for goes with it: keys and addresses of a wallet. */
yf_err yf_deferred_take(struct yf_tx *tx, const struct yf_deferred *deferred)
{
	static const uint8_t nothing[1];
	int64_t changed = 0;

	YF_TRY(yf_tx_exec(tx,
			  "UPDATE deferred SET state = $1, sealed = $2"
			  " WHERE shard = $3 AND id = $4 AND state = $5",
			  YF_BIND(text_of(YF_DEFERRED_DELIVERED),
				  YF_BLOB(((yf_bytes){ nothing, 0 })),
				  YF_INT(deferred->person.shard),
				  YF_TEXT(deferred->id),
				  text_of(YF_DEFERRED_APPROVED)),
			  &changed));
	return changed ? YF_OK : YF_FAIL(INVALID_TRANSACTION_ID);
}

/* --- the operator --- */

struct list {
	struct yf_arena *arena;
	struct yf_deferred *at;
	size_t count;
	int64_t now_s;
};

static yf_err take_row(const struct yf_rows *row, struct yf_arena *arena,
		       struct yf_deferred *out)
{
	*out = (struct yf_deferred){ .made_s = yf_row_int(row, 2) };
	YF_TRY(yf_row_text_copy(row, 0, arena, &out->id));
	return yf_row_text_copy(row, 1, arena, &out->type);
}

static yf_err list_rows(struct yf_tx *tx, void *ctx)
{
	struct list *list = ctx;
	YF_AUTO(rows) rows = NULL;
	bool more;

	list->count = 0;
	YF_TRY(yf_tx_query(tx,
			   "SELECT id, type, made_s FROM deferred"
			   " WHERE state = $1 AND expires_s > $2"
			   " ORDER BY made_s, id LIMIT $3",
			   YF_BIND(text_of(YF_DEFERRED_WAITING),
				   YF_INT(list->now_s),
				   YF_INT(YF_DEFERRED_LIST_MAX)),
			   &rows));
	for (;;) {
		YF_TRY(yf_rows_next(rows, &more));
		if (!more || list->count == YF_DEFERRED_LIST_MAX)
			return YF_OK;
		YF_TRY(take_row(rows, list->arena, &list->at[list->count++]));
	}
}

yf_err yf_deferred_waiting(const struct yf_env *env, struct yf_arena *arena,
			   struct yf_deferred_list *out)
{
	struct list list = {
		.arena = arena,
		.at = YF_NEW(arena, struct yf_deferred, YF_DEFERRED_LIST_MAX),
		.now_s = yf_env_now_s(env),
	};

	if (!list.at)
		return YF_FAIL(MEMORY);
	YF_TRY(yf_db_read(env->db, list_rows, &list));
	*out = (struct yf_deferred_list){ list.at, list.count };
	return YF_OK;
}

struct decide {
	yf_str id;
	yf_str reason;
	yf_str actor;
	yf_deferred_state state;
	int64_t now_s;
};

/* Who it was about, if it still waits. */
static yf_err find_waiting(struct yf_tx *tx, const struct decide *decide,
			   int64_t *shard)
{
	YF_AUTO(rows) row = NULL;

	YF_TRY(yf_tx_find(tx,
			  "SELECT shard, state FROM deferred WHERE id = $1"
			  " AND expires_s > $2",
			  YF_BIND(YF_TEXT(decide->id), YF_INT(decide->now_s)),
			  &row));
	*shard = yf_row_int(row, 0);
	return state_of(yf_row_text(row, 1)) == YF_DEFERRED_WAITING
		       ? YF_OK
		       : YF_FAIL(CONFLICT);
}

static yf_err decide(struct yf_tx *tx, void *ctx)
{
	const struct decide *decide = ctx;
	int64_t shard = 0;

	YF_TRY(find_waiting(tx, decide, &shard));
	YF_TRY(yf_tx_exec(tx,
			  "UPDATE deferred SET state = $1, reason = $2"
			  " WHERE shard = $3 AND id = $4",
			  YF_BIND(text_of(decide->state),
				  YF_TEXT(decide->reason), YF_INT(shard),
				  YF_TEXT(decide->id)),
			  NULL));
	const struct yf_act act = { shard,
				    decide->state == YF_DEFERRED_APPROVED
					    ? "card_approved"
					    : "card_refused",
				    decide->actor,
				    decide->id,
				    { NULL, 0 } };
	return yf_act_put(tx, &act, decide->now_s);
}

yf_err yf_deferred_decide(const struct yf_env *env, yf_str id,
			  yf_str refuse_reason, yf_str actor)
{
	struct decide ask = {
		.id = id,
		.reason = refuse_reason.len ? refuse_reason : YF_STR(""),
		.actor = actor,
		.state = refuse_reason.len ? YF_DEFERRED_REFUSED
					   : YF_DEFERRED_APPROVED,
		.now_s = yf_env_now_s(env),
	};

	if (!yf_str_is_utf8(ask.reason) ||
	    yf_str_chars(ask.reason) > YF_DEFERRED_REASON_CHARS_MAX)
		return YF_FAIL(RANGE);
	return yf_db_write(env->db, decide, &ask);
}
