#include "card/refresh.h"

#include "card/details.h"
#include "card/dpop_gate.h"
#include "card/evidence.h"
#include "card/type.h"
#include "credential/status_list.h"

yf_err yf_refresh_put(struct yf_tx *tx, const struct yf_refresh *refresh)
{
	return yf_tx_exec(
		tx,
		"INSERT INTO refresh_token (shard, hash, person_shard,"
		" person_id, type, client_id, jkt, details, grant_hash,"
		" expires_s)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
		YF_BIND(YF_INT(refresh->handle.shard),
			YF_BLOB(yf_handle_hash(&refresh->handle)),
			YF_INT(refresh->person.shard),
			YF_TEXT(refresh->person.id), YF_TEXT(refresh->type),
			YF_TEXT(refresh->client_id), YF_TEXT(refresh->jkt),
			YF_TEXT(refresh->details), YF_BLOB(refresh->grant_hash),
			YF_INT(refresh->expires_s)),
		NULL);
}

yf_err yf_refresh_end(struct yf_tx *tx, yf_bytes grant_hash)
{
	return yf_tx_exec(tx, "DELETE FROM refresh_token WHERE grant_hash = $1",
			  YF_BIND(YF_BLOB(grant_hash)), NULL);
}

/* One use: what the closures need and where they put what they found. */
struct use {
	struct yf_arena *arena;
	const struct yf_dpop *dpop;
	const struct yf_client_auth *auth;
	struct yf_refresh refresh;
	struct yf_handle token; /* the new access token */
	yf_str details;         /* what it is for */
	int64_t now_s;
};

static yf_err find(struct yf_tx *tx, void *ctx)
{
	struct use *use = ctx;
	struct yf_refresh *refresh = &use->refresh;
	struct yf_arena *arena = use->arena;
	YF_AUTO(rows) row = NULL;

	YF_TRY(yf_tx_find(tx,
			  "SELECT person_shard, person_id, type, client_id,"
			  " details, grant_hash FROM refresh_token"
			  " WHERE shard = $1 AND hash = $2 AND jkt = $3"
			  " AND expires_s > $4",
			  YF_BIND(YF_INT(refresh->handle.shard),
				  YF_BLOB(yf_handle_hash(&refresh->handle)),
				  YF_TEXT(use->dpop->jkt), YF_INT(use->now_s)),
			  &row));
	refresh->person.shard = yf_row_int(row, 0);
	YF_TRY(yf_row_text_copy(row, 1, arena, &refresh->person.id));
	YF_TRY(yf_row_text_copy(row, 2, arena, &refresh->type));
	YF_TRY(yf_row_text_copy(row, 3, arena, &refresh->client_id));
	YF_TRY(yf_row_text_copy(row, 4, arena, &refresh->details));
	return yf_row_blob_copy(row, 5, arena, &refresh->grant_hash);
}

/* A card of the same code that is not valid now. */
static yf_err check_cards(struct yf_tx *tx, const struct use *use)
{
	YF_AUTO(rows) row = NULL;
	const yf_err err = yf_tx_find(
		tx,
		"SELECT id FROM credential WHERE shard = $1"
		" AND grant_hash = $2 AND status <> $3",
		YF_BIND(YF_INT(use->refresh.person.shard),
			YF_BLOB(use->refresh.grant_hash),
			YF_INT(YF_STATUS_VALID)),
		&row);

	if (err.code == YF_CODE_NOT_FOUND)
		return YF_OK;
	YF_TRY(err);
	return YF_FAIL(INVALID_GRANT);
}

static yf_err put_token(struct yf_tx *tx, const struct use *use)
{
	const struct yf_refresh *refresh = &use->refresh;

	return yf_tx_exec(
		tx,
		"INSERT INTO access_token (shard, hash, person_shard,"
		" person_id, type, client_id, jkt, grant_hash, issued,"
		" expires_s, details)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $10)",
		YF_BIND(YF_INT(use->token.shard),
			YF_BLOB(yf_handle_hash(&use->token)),
			YF_INT(refresh->person.shard),
			YF_TEXT(refresh->person.id), YF_TEXT(refresh->type),
			YF_TEXT(refresh->client_id), YF_TEXT(use->dpop->jkt),
			YF_BLOB(refresh->grant_hash),
			YF_INT(use->now_s + YF_TOKEN_LIFE_S),
			YF_TEXT(use->details)),
		NULL);
}

static yf_err settle(struct yf_tx *tx, void *ctx)
{
	struct use *use = ctx;

	YF_TRY(yf_dpop_spend(tx, use->dpop, use->now_s));
	YF_TRY(yf_client_auth_spend(tx, use->auth, use->now_s));
	/* Again, and now for good: it may have ended since it was read. */
	YF_TRY(find(tx, use));
	YF_TRY(check_cards(tx, use));
	return put_token(tx, use);
}

/* What is asked for is what it stands for, or less. */
static yf_err check_ask(const struct yf_env *env,
			const struct yf_refresh_ask *ask, struct use *use)
{
	const struct yf_refresh *refresh = &use->refresh;
	const struct yf_card_type *type =
		yf_card_type_find(env->types, refresh->type);
	struct yf_carried carried;

	if (!yf_str_eq(refresh->client_id, ask->client_id) &&
	    refresh->client_id.len)
		return YF_FAIL(INVALID_GRANT);
	/* A type may go between two starts. */
	if (!type)
		return YF_FAIL(INVALID_GRANT);
	if (ask->scope.ptr && !yf_str_eq(ask->scope, type->scope))
		return YF_FAIL(INVALID_SCOPE);
	YF_TRY(yf_details_take(env, use->arena, ask->details, &type,
			       &use->details));
	if (!yf_details_within(use->details, refresh->details))
		return YF_FAIL(INVALID_DETAILS);
	if (!use->details.len)
		use->details = refresh->details;
	YF_TRY(yf_evidence_level(env, &refresh->person, &carried));
	const struct yf_card_level level =
		yf_level_of_card(&carried, refresh->client_id.len);
	return level.level == YF_LEVEL_NONE || level.level < type->level
		       ? YF_FAIL(INVALID_GRANT)
		       : YF_OK;
}

yf_err yf_refresh_exchange(const struct yf_env *env, struct yf_arena *arena,
			   const struct yf_refresh_ask *ask,
			   const struct yf_dpop *dpop,
			   struct yf_token_made *out)
{
	struct use use = { .arena = arena,
			   .dpop = dpop,
			   .auth = ask->auth,
			   .now_s = yf_env_now_s(env) };
	yf_str text;

	if (!ask->token.len)
		return YF_FAIL(INVALID_REQUEST);
	use.refresh.handle = yf_handle_of(ask->token);
	yf_err err = yf_db_read(env->db, find, &use);
	if (err.code == YF_CODE_NOT_FOUND)
		return YF_FAIL(INVALID_GRANT);
	YF_TRY(err);
	YF_TRY(check_ask(env, ask, &use));
	YF_TRY(yf_handle_new(arena, &text, &use.token));
	err = yf_db_write(env->db, settle, &use);
	if (err.code == YF_CODE_NOT_FOUND)
		return YF_FAIL(INVALID_GRANT);
	YF_TRY(err);
	*out = (struct yf_token_made){ .token = text,
				       .type = use.refresh.type,
				       .details = use.details };
	return YF_OK;
}
