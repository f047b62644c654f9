#include "card/grant.h"

#include "card/details.h"
#include "card/dpop_gate.h"
#include "card/refresh.h"
#include "openid/pkce.h"

static void tx_code_hash(const struct yf_env *env, yf_str tx_code,
			 uint8_t out[static YF_SHA256_LEN])
{
	const struct yf_secret *key = &env->keys.index;

	yf_hmac_sha256((yf_bytes){ key->bytes, sizeof(key->bytes) },
		       yf_bytes_of(tx_code), out);
}

yf_err yf_grant_put(const struct yf_env *env, struct yf_tx *tx,
		    const struct yf_grant *grant,
		    const struct yf_handle *handle, int64_t now_s)
{
	uint8_t tx_hash[YF_SHA256_LEN];

	tx_code_hash(env, grant->tx_code, tx_hash);
	return yf_tx_exec(
		tx,
		"INSERT INTO grant_code (shard, hash, kind, person_shard,"
		" person_id, type, client_id, redirect_uri,"
		" code_challenge, dpop_jkt, tx_code_hash, tx_tries, expires_s,"
		" details)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0,"
		" $12, $13)",
		YF_BIND(YF_INT(handle->shard), YF_BLOB(yf_handle_hash(handle)),
			YF_TEXT(yf_str_of(grant->kind)),
			YF_INT(grant->person.shard), YF_TEXT(grant->person.id),
			YF_TEXT(grant->type), YF_TEXT(grant->client_id),
			YF_TEXT(grant->redirect_uri),
			YF_TEXT(grant->code_challenge),
			YF_TEXT(grant->dpop_jkt),
			grant->tx_code.len
				? YF_BLOB(((yf_bytes){ tx_hash,
						       sizeof(tx_hash) }))
				: YF_NULL,
			YF_INT(now_s + grant->life_s),
			YF_TEXT(grant->details)),
		NULL);
}

/* One exchange: what the closure needs and where it puts its outcome. */
struct exchange {
	const struct yf_env *env;
	const struct yf_token_ask *ask;
	const struct yf_dpop *dpop;
	struct yf_handle code;
	struct yf_handle token;
	struct yf_handle refresh;
	const struct yf_card_type *asked; /* by details; NULL: any */
	yf_str details; /* asked; of the grant once it was judged right */
	uint8_t tx_hash[YF_SHA256_LEN];
	int64_t now_s;
	struct yf_arena *arena;
	yf_str type; /* of the grant, once it was judged right */
	yf_err outcome;
};

/* The verdict on a row that is there; rows stays on it. */
static yf_err judge(const struct exchange *e, const struct yf_rows *row,
		    bool tx_code_right)
{
	const struct yf_token_ask *ask = e->ask;
	const yf_str jkt = yf_row_text(row, 7);

	if (!yf_row_is_null(row, 10) || yf_row_int(row, 9) <= e->now_s ||
	    !yf_str_eq(yf_row_text(row, 0), ask->grant_type))
		return YF_FAIL(INVALID_GRANT);
	if (jkt.len && !yf_str_eq(jkt, e->dpop->jkt))
		return YF_FAIL(INVALID_GRANT);
	/* RFC 9396 6: what is asked for here is within what was granted. */
	if (e->asked && (!yf_str_eq(e->asked->name, yf_row_text(row, 3)) ||
			 !yf_details_within(e->details, yf_row_text(row, 12))))
		return YF_FAIL(INVALID_DETAILS);
	if (yf_str_is(ask->grant_type, YF_GRANT_CODE)) {
		/* RFC 6749 4.1.3: client and redirect_uri are those of the
		 * authorization request. */
		if (!yf_str_eq(yf_row_text(row, 4), ask->client_id) ||
		    !yf_str_eq(yf_row_text(row, 5), ask->redirect_uri))
			return YF_FAIL(INVALID_GRANT);
		return yf_pkce_check(ask->code_verifier, yf_row_text(row, 6));
	}
	/* OpenID4VCI 6.3: a tx_code that is missing or not expected is an
	 * invalid_request, a wrong one an invalid_grant. */
	if (yf_row_is_null(row, 8) != (ask->tx_code.ptr == NULL))
		return YF_FAIL(INVALID_REQUEST);
	if (yf_row_is_null(row, 8))
		return YF_OK;
	if (yf_row_int(row, 11) >= YF_TX_CODE_TRIES_MAX)
		return YF_FAIL(INVALID_GRANT);
	return tx_code_right ? YF_OK : YF_FAIL(INVALID_GRANT);
}

static yf_err put_token(struct yf_tx *tx, const struct exchange *e,
			const struct yf_rows *row)
{
	return yf_tx_exec(tx,
			  "INSERT INTO access_token (shard, hash, person_shard,"
			  " person_id, type, client_id, jkt, grant_hash,"
			  " issued, expires_s, details)"
			  " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9,"
			  " $10)",
			  YF_BIND(YF_INT(e->token.shard),
				  YF_BLOB(yf_handle_hash(&e->token)),
				  YF_INT(yf_row_int(row, 1)),
				  YF_TEXT(yf_row_text(row, 2)),
				  YF_TEXT(yf_row_text(row, 3)),
				  YF_TEXT(yf_row_text(row, 4)),
				  YF_TEXT(e->dpop->jkt),
				  YF_BLOB(yf_handle_hash(&e->code)),
				  YF_INT(e->now_s + YF_TOKEN_LIFE_S),
				  YF_TEXT(e->details)),
			  NULL);
}

static yf_err put_refresh(struct yf_tx *tx, const struct exchange *e,
			  const struct yf_rows *row)
{
	const int64_t days = e->env->settings.refresh_days;
	const struct yf_refresh refresh = {
		.handle = e->refresh,
		.person = { yf_row_int(row, 1), yf_row_text(row, 2) },
		.type = yf_row_text(row, 3),
		.client_id = yf_row_text(row, 4),
		.jkt = e->dpop->jkt,
		.details = e->details,
		.grant_hash = yf_handle_hash(&e->code),
		.expires_s = e->now_s + days * 86400,
	};

	return days ? yf_refresh_put(tx, &refresh) : YF_OK;
}

static yf_err mark_used(struct yf_tx *tx, const struct exchange *e)
{
	return yf_tx_exec(tx,
			  "UPDATE grant_code SET used_s = $1"
			  " WHERE shard = $2 AND hash = $3",
			  YF_BIND(YF_INT(e->now_s), YF_INT(e->code.shard),
				  YF_BLOB(yf_handle_hash(&e->code))),
			  NULL);
}

/* In the transaction of the comparison: no answer before it is on disk. */
static yf_err count_try(struct yf_tx *tx, const struct exchange *e)
{
	return yf_tx_exec(tx,
			  "UPDATE grant_code SET tx_tries = tx_tries + 1"
			  " WHERE shard = $1 AND hash = $2",
			  YF_BIND(YF_INT(e->code.shard),
				  YF_BLOB(yf_handle_hash(&e->code))),
			  NULL);
}

static yf_err erase_tokens(struct yf_tx *tx, const struct exchange *e)
{
	YF_TRY(yf_refresh_end(tx, yf_handle_hash(&e->code)));
	return yf_tx_exec(tx, "DELETE FROM access_token WHERE grant_hash = $1",
			  YF_BIND(YF_BLOB(yf_handle_hash(&e->code))), NULL);
}

static yf_err settle(struct yf_tx *tx, struct exchange *e,
		     const struct yf_rows *row)
{
	const yf_bytes stored = yf_row_blob(row, 8);
	const bool right = yf_bytes_eq_secret(
		stored, (yf_bytes){ e->tx_hash, sizeof(e->tx_hash) });

	e->outcome = judge(e, row, right);
	if (!yf_failed(e->outcome)) {
		YF_TRY(yf_row_text_copy(row, 3, e->arena, &e->type));
		if (!e->details.len)
			YF_TRY(yf_row_text_copy(row, 12, e->arena,
						&e->details));
		YF_TRY(mark_used(tx, e));
		YF_TRY(put_refresh(tx, e, row));
		return put_token(tx, e, row);
	}
	if (!yf_row_is_null(row, 10))
		return erase_tokens(tx, e);
	return stored.len && e->ask->tx_code.ptr ? count_try(tx, e) : YF_OK;
}

static yf_err exchange(struct yf_tx *tx, void *ctx)
{
	struct exchange *e = ctx;
	YF_AUTO(rows) row = NULL;

	YF_TRY(yf_dpop_spend(tx, e->dpop, e->now_s));
	YF_TRY(yf_client_auth_spend(tx, e->ask->auth, e->now_s));
	const yf_err err =
		yf_tx_find(tx,
			   "SELECT kind, person_shard, person_id, type,"
			   " client_id, redirect_uri, code_challenge, dpop_jkt,"
			   " tx_code_hash, expires_s, used_s, tx_tries,"
			   " details"
			   " FROM grant_code WHERE shard = $1 AND hash = $2",
			   YF_BIND(YF_INT(e->code.shard),
				   YF_BLOB(yf_handle_hash(&e->code))),
			   &row);
	if (err.code == YF_CODE_NOT_FOUND) {
		e->outcome = YF_FAIL(INVALID_GRANT);
		return YF_OK;
	}
	YF_TRY(err);
	return settle(tx, e, row);
}

yf_err yf_token_exchange(const struct yf_env *env, struct yf_arena *arena,
			 const struct yf_token_ask *ask,
			 const struct yf_dpop *dpop, struct yf_token_made *out)
{
	struct exchange e = { .env = env,
			      .ask = ask,
			      .dpop = dpop,
			      .arena = arena,
			      .now_s = yf_env_now_s(env) };
	yf_str text;
	yf_str refresh;

	if (!yf_str_is(ask->grant_type, YF_GRANT_CODE) &&
	    !yf_str_is(ask->grant_type, YF_GRANT_PRE_AUTHORIZED))
		return ask->grant_type.len ? YF_FAIL(UNSUPPORTED_GRANT_TYPE)
					   : YF_FAIL(INVALID_REQUEST);
	if (!ask->code.len)
		return YF_FAIL(INVALID_REQUEST);
	if (yf_str_is(ask->grant_type, YF_GRANT_CODE) &&
	    (!ask->code_verifier.len || !ask->redirect_uri.len))
		return YF_FAIL(INVALID_REQUEST);
	e.code = yf_handle_of(ask->code);
	tx_code_hash(env, ask->tx_code, e.tx_hash);
	YF_TRY(yf_details_take(env, arena, ask->details, &e.asked, &e.details));
	YF_TRY(yf_handle_new(arena, &text, &e.token));
	YF_TRY(yf_handle_new(arena, &refresh, &e.refresh));
	YF_TRY(yf_db_write(env->db, exchange, &e));
	/* RFC 7636 4.6: "If the values are not equal, an error response
	 * indicating invalid_grant" - a malformed verifier is not equal. */
	if (e.outcome.code == YF_CODE_SYNTAX)
		return YF_FAIL(INVALID_GRANT);
	YF_TRY(e.outcome);
	*out = (struct yf_token_made){ .token = text,
				       .type = e.type,
				       .details = e.details };
	if (env->settings.refresh_days)
		out->refresh = refresh;
	return YF_OK;
}

struct load {
	struct yf_arena *arena;
	struct yf_token token;
	yf_str jkt;
	int64_t now_s;
};

static yf_err load_row(struct yf_tx *tx, void *ctx)
{
	struct load *load = ctx;
	struct yf_token *token = &load->token;
	YF_AUTO(rows) row = NULL;

	YF_TRY(yf_tx_find(tx,
			  "SELECT person_shard, person_id, type,"
			  " client_id, details, grant_hash FROM access_token"
			  " WHERE shard = $1 AND hash = $2 AND jkt = $3"
			  " AND expires_s > $4",
			  YF_BIND(YF_INT(token->handle.shard),
				  YF_BLOB(yf_handle_hash(&token->handle)),
				  YF_TEXT(load->jkt), YF_INT(load->now_s)),
			  &row));
	token->person.shard = yf_row_int(row, 0);
	YF_TRY(yf_row_text_copy(row, 1, load->arena, &token->person.id));
	YF_TRY(yf_row_text_copy(row, 2, load->arena, &token->type));
	YF_TRY(yf_row_text_copy(row, 3, load->arena, &token->client_id));
	YF_TRY(yf_row_text_copy(row, 4, load->arena, &token->details));
	return yf_row_blob_copy(row, 5, load->arena, &token->grant_hash);
}

yf_err yf_token_load(const struct yf_env *env, struct yf_arena *arena,
		     yf_str token, yf_str jkt, struct yf_token *out)
{
	struct load load = { .arena = arena,
			     .jkt = jkt,
			     .now_s = yf_env_now_s(env) };

	load.token.handle = yf_handle_of(token);
	const yf_err err = yf_db_read(env->db, load_row, &load);
	if (err.code == YF_CODE_NOT_FOUND)
		return YF_FAIL(INVALID_TOKEN);
	YF_TRY(err);
	*out = load.token;
	return YF_OK;
}
