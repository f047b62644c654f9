#include "card/par.h"

#include "card/client.h"
#include "card/details.h"
#include "card/dpop_gate.h"
#include "card/type.h"
#include "openid/pkce.h"

#define REQUEST_URI_PREFIX "urn:ietf:params:oauth:request_uri:"

enum { STATE_LEN_MAX = 512 };

static yf_err check(const struct yf_env *env, struct yf_arena *arena,
		    const struct yf_par_ask *ask)
{
	if (!yf_str_is(ask->response_type, "code"))
		return YF_FAIL(UNSUPPORTED_RESPONSE_TYPE);
	YF_TRY(yf_client_check(&env->settings, arena, ask->client_id,
			       ask->redirect_uri));
	/* RFC 7636 4.3 knows "plain" too; HAIP 1.0 4.1 wants S256. */
	if (!yf_str_is(ask->code_challenge_method, "S256") ||
	    yf_failed(yf_pkce_challenge_check(ask->code_challenge)) ||
	    ask->state.len > STATE_LEN_MAX)
		return YF_FAIL(INVALID_REQUEST);
	/* RFC 9449 10: "the JWK Thumbprint [...] using the SHA-256 hash": 43
	 * characters of base64url, as a challenge is. */
	if (ask->dpop_jkt.len &&
	    yf_failed(yf_pkce_challenge_check(ask->dpop_jkt)))
		return YF_FAIL(INVALID_REQUEST);
	return YF_OK;
}

struct push {
	const struct yf_par_ask *ask;
	const struct yf_dpop *dpop;
	struct yf_handle handle;
	yf_str jkt;
	yf_str type;
	yf_str details;
	int64_t now_s;
};

/* What card it is about. */
static yf_err name_card(const struct yf_env *env, struct yf_arena *arena,
			const struct yf_par_ask *ask, struct push *push)
{
	const struct yf_card_type *type = NULL;

	if (ask->scope.len || !ask->details.ptr) {
		type = yf_card_type_of_scope(env->types, ask->scope);
		if (!type)
			return YF_FAIL(INVALID_SCOPE);
	}
	YF_TRY(yf_details_take(env, arena, ask->details, &type,
			       &push->details));
	push->type = type->name;
	return YF_OK;
}

static yf_err insert(struct yf_tx *tx, void *ctx)
{
	const struct push *push = ctx;
	const struct yf_par_ask *ask = push->ask;

	if (push->dpop)
		YF_TRY(yf_dpop_spend(tx, push->dpop, push->now_s));
	YF_TRY(yf_client_auth_spend(tx, ask->auth, push->now_s));
	return yf_tx_exec(
		tx,
		"INSERT INTO par_request (shard, hash, client_id,"
		" redirect_uri, state, code_challenge, dpop_jkt, expires_s,"
		" type, details)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
		YF_BIND(YF_INT(push->handle.shard),
			YF_BLOB(yf_handle_hash(&push->handle)),
			YF_TEXT(ask->client_id), YF_TEXT(ask->redirect_uri),
			YF_TEXT(ask->state), YF_TEXT(ask->code_challenge),
			YF_TEXT(push->jkt), YF_INT(push->now_s + YF_PAR_LIFE_S),
			YF_TEXT(push->type), YF_TEXT(push->details)),
		NULL);
}

yf_err yf_par_push(const struct yf_env *env, struct yf_arena *arena,
		   const struct yf_par_ask *ask, const struct yf_dpop *dpop,
		   yf_str *request_uri)
{
	struct push push = { .ask = ask,
			     .dpop = dpop,
			     .jkt = ask->dpop_jkt,
			     .now_s = yf_env_now_s(env) };
	yf_str text;

	YF_TRY(check(env, arena, ask));
	if (dpop) {
		/* RFC 9449 10.1: both present and different is an error. */
		if (push.jkt.len && !yf_str_eq(push.jkt, dpop->jkt))
			return YF_FAIL(INVALID_DPOP_PROOF);
		push.jkt = dpop->jkt;
	}
	YF_TRY(name_card(env, arena, ask, &push));
	YF_TRY(yf_handle_new(arena, &text, &push.handle));
	YF_TRY(yf_db_write(env->db, insert, &push));
	return yf_str_format(arena, request_uri, REQUEST_URI_PREFIX "%.*s",
			     YF_ARG(text));
}

bool yf_par_is(yf_str request_uri, const struct yf_handle *handle)
{
	const yf_str prefix = YF_STR(REQUEST_URI_PREFIX);

	if (!yf_str_starts(request_uri, prefix))
		return false;
	const struct yf_handle own =
		yf_handle_of(yf_str_skip(request_uri, prefix.len));
	return yf_bytes_eq(yf_handle_hash(&own), yf_handle_hash(handle));
}

struct take {
	struct yf_arena *arena;
	yf_str client_id;
	struct yf_par par;
	int64_t now_s;
};

static yf_err take_row(struct yf_tx *tx, void *ctx)
{
	struct take *take = ctx;
	struct yf_par *par = &take->par;
	YF_AUTO(rows) rows = NULL;

	YF_TRY(yf_tx_find(tx,
			  "UPDATE par_request SET used_s = $1"
			  " WHERE shard = $2 AND hash = $3 AND client_id = $4"
			  " AND used_s IS NULL AND expires_s > $1"
			  " RETURNING redirect_uri, state, code_challenge,"
			  " dpop_jkt, type, details",
			  YF_BIND(YF_INT(take->now_s),
				  YF_INT(par->handle.shard),
				  YF_BLOB(yf_handle_hash(&par->handle)),
				  YF_TEXT(take->client_id)),
			  &rows));
	YF_TRY(yf_row_text_copy(rows, 0, take->arena, &par->redirect_uri));
	YF_TRY(yf_row_text_copy(rows, 1, take->arena, &par->state));
	YF_TRY(yf_row_text_copy(rows, 2, take->arena, &par->code_challenge));
	YF_TRY(yf_row_text_copy(rows, 3, take->arena, &par->dpop_jkt));
	YF_TRY(yf_row_text_copy(rows, 4, take->arena, &par->type));
	return yf_row_text_copy(rows, 5, take->arena, &par->details);
}

yf_err yf_par_take(const struct yf_env *env, struct yf_arena *arena,
		   yf_str client_id, yf_str request_uri, struct yf_par *out)
{
	struct take take = { .arena = arena,
			     .client_id = client_id,
			     .now_s = yf_env_now_s(env) };
	const yf_str prefix = YF_STR(REQUEST_URI_PREFIX);

	if (!yf_str_starts(request_uri, prefix))
		return YF_FAIL(INVALID_REQUEST);
	take.par.client_id = client_id;
	take.par.handle = yf_handle_of(yf_str_skip(request_uri, prefix.len));
	const yf_err err = yf_db_write(env->db, take_row, &take);
	if (err.code == YF_CODE_NOT_FOUND)
		return YF_FAIL(INVALID_REQUEST);
	YF_TRY(err);
	*out = take.par;
	return YF_OK;
}
