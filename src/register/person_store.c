#include "register/register.h"

#include "codec/uuid.h"
#include "crypto/hash.h"
#include "crypto/seal.h"
#include "env/act.h"

/* The sealed bytes of one person open in no other row and column. */
static yf_err context_of(struct yf_arena *arena, yf_str id, const char *column,
			 yf_bytes *out)
{
	yf_str text;

	YF_TRY(yf_str_format(arena, &text, "person/%.*s/%s", YF_ARG(id),
			     column));
	*out = yf_bytes_of(text);
	return YF_OK;
}

static void index_of(const struct yf_env *env, const yf_id_number *number,
		     uint8_t out[static YF_SHA256_LEN])
{
	const struct yf_secret *key = &env->keys.index;

	yf_hmac_sha256((yf_bytes){ key->bytes, sizeof(key->bytes) },
		       yf_bytes_of(yf_id_number_str(number)), out);
}

struct row {
	const struct yf_env *env;
	struct yf_person_ref ref;
	yf_bytes number_index;
	yf_bytes wrapped_key;
	yf_bytes sealed;
	yf_bytes portrait;
	yf_str actor;
	const char *why;
	int64_t now_s;
	struct yf_arena *arena;
};

static yf_err insert(struct yf_tx *tx, void *ctx)
{
	const struct row *row = ctx;
	const struct yf_act act = { row->ref.shard,
				    "person_added",
				    row->actor,
				    row->ref.id,
				    { NULL, 0 } };

	YF_TRY(yf_tx_exec(
		tx,
		"INSERT INTO person (shard, id, number_index, person_key,"
		" sealed, portrait, made_s, changed_s)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $7)",
		YF_BIND(YF_INT(row->ref.shard), YF_TEXT(row->ref.id),
			YF_BLOB(row->number_index), YF_BLOB(row->wrapped_key),
			YF_BLOB(row->sealed),
			row->portrait.ptr ? YF_BLOB(row->portrait) : YF_NULL,
			YF_INT(row->now_s)),
		NULL));
	return yf_act_put(tx, &act, row->now_s);
}

static yf_err seal_fields(const struct yf_env *env, struct yf_arena *arena,
			  const struct yf_person *person, yf_bytes portrait,
			  struct row *row)
{
	YF_AUTO_SECRET key;
	yf_bytes context;
	yf_str json;
	uint8_t *wrapped = YF_NEW(arena, uint8_t, YF_WRAPPED_KEY_LEN);

	if (!wrapped)
		return YF_FAIL(MEMORY);
	yf_seal_key_new(&key);
	YF_TRY(context_of(arena, row->ref.id, "key", &context));
	YF_TRY(yf_wrap_key(&env->keys.seal, &key, context, wrapped));
	row->wrapped_key = (yf_bytes){ wrapped, YF_WRAPPED_KEY_LEN };

	YF_TRY(yf_person_encode(arena, person, &json));
	YF_TRY(context_of(arena, row->ref.id, "fields", &context));
	YF_TRY(yf_seal(arena, &key, yf_bytes_of(json), context, &row->sealed));
	if (!portrait.len)
		return YF_OK;
	YF_TRY(context_of(arena, row->ref.id, "portrait", &context));
	return yf_seal(arena, &key, portrait, context, &row->portrait);
}

yf_err yf_register_add(const struct yf_env *env, struct yf_arena *arena,
		       const struct yf_person *person, yf_bytes portrait,
		       yf_str actor, struct yf_person_ref *out)
{
	const int64_t now_s = yf_env_now_s(env);
	const yf_uuid id = yf_uuid_new(now_s);
	uint8_t index[YF_SHA256_LEN];
	struct row row = { .env = env, .actor = actor, .now_s = now_s };

	YF_TRY(yf_person_check(person));
	if (portrait.len > YF_PORTRAIT_LEN_MAX)
		return YF_FAIL(TOO_LARGE);
	index_of(env, &person->number, index);
	row.number_index = (yf_bytes){ index, sizeof(index) };
	row.ref.shard = yf_shard_of(index);
	YF_TRY(yf_str_copy(arena, yf_uuid_str(&id), &row.ref.id));
	YF_TRY(seal_fields(env, arena, person, portrait, &row));
	YF_TRY(yf_db_write(env->db, insert, &row));
	*out = row.ref;
	return YF_OK;
}

static yf_err select_by_index(struct yf_tx *tx, void *ctx)
{
	struct row *row = ctx;
	YF_AUTO(rows) rows = NULL;

	YF_TRY(yf_tx_find(
		tx,
		"SELECT id FROM person"
		" WHERE shard = $1 AND number_index = $2",
		YF_BIND(YF_INT(row->ref.shard), YF_BLOB(row->number_index)),
		&rows));
	return yf_row_text_copy(rows, 0, row->arena, &row->ref.id);
}

yf_err yf_register_find(const struct yf_env *env, struct yf_arena *arena,
			const yf_id_number *number, struct yf_person_ref *out)
{
	uint8_t index[YF_SHA256_LEN];
	struct row row = { .arena = arena };

	index_of(env, number, index);
	row.number_index = (yf_bytes){ index, sizeof(index) };
	row.ref.shard = yf_shard_of(index);
	YF_TRY(yf_db_read(env->db, select_by_index, &row));
	*out = row.ref;
	return YF_OK;
}

static yf_err select_row(struct yf_tx *tx, void *ctx)
{
	struct row *row = ctx;
	yf_str detail;

	{
		YF_AUTO(rows) rows = NULL;
		YF_TRY(yf_tx_find(
			tx,
			"SELECT person_key, sealed, portrait"
			" FROM person WHERE shard = $1 AND id = $2",
			YF_BIND(YF_INT(row->ref.shard), YF_TEXT(row->ref.id)),
			&rows));
		YF_TRY(yf_row_blob_copy(rows, 0, row->arena,
					&row->wrapped_key));
		YF_TRY(yf_row_blob_copy(rows, 1, row->arena, &row->sealed));
		YF_TRY(yf_row_blob_copy(rows, 2, row->arena, &row->portrait));
	}
	YF_TRY(yf_str_format(row->arena, &detail, "{\"why\":\"%s\"}",
			     row->why));
	const struct yf_act act = { row->ref.shard, "person_read", row->actor,
				    row->ref.id, detail };
	return yf_act_put(tx, &act, row->now_s);
}

static yf_err load(const struct yf_env *env, struct row *row,
		   struct yf_secret *key)
{
	yf_bytes context;

	row->now_s = yf_env_now_s(env);
	YF_TRY(yf_db_write(env->db, select_row, row));
	YF_TRY(context_of(row->arena, row->ref.id, "key", &context));
	return yf_unwrap_key(&env->keys.seal, row->wrapped_key, context, key);
}

static yf_err open_fields(struct row *row, const struct yf_secret *key,
			  struct yf_person *out)
{
	yf_bytes context;
	yf_bytes json;

	YF_TRY(context_of(row->arena, row->ref.id, "fields", &context));
	YF_TRY(yf_unseal(row->arena, key, row->sealed, context, &json));
	/* Stored numbers are in normal form; their rule was kept on entry. */
	return yf_person_decode(row->arena, "none", yf_str_from(json), out);
}

static yf_err open_portrait(struct row *row, const struct yf_secret *key,
			    yf_bytes *out)
{
	yf_bytes context;

	if (!row->portrait.len) {
		*out = (yf_bytes){ NULL, 0 };
		return YF_OK;
	}
	YF_TRY(context_of(row->arena, row->ref.id, "portrait", &context));
	return yf_unseal(row->arena, key, row->portrait, context, out);
}

yf_err yf_register_read(const struct yf_env *env, struct yf_arena *arena,
			const struct yf_person_ref *ref, yf_str actor,
			const char *why, struct yf_person *out)
{
	YF_AUTO_SECRET key;
	struct row row = {
		.ref = *ref, .actor = actor, .why = why, .arena = arena
	};

	YF_TRY(load(env, &row, &key));
	return open_fields(&row, &key, out);
}

yf_err yf_register_read_all(const struct yf_env *env, struct yf_arena *arena,
			    const struct yf_person_ref *ref, yf_str actor,
			    const char *why, struct yf_person_all *out)
{
	YF_AUTO_SECRET key;
	struct row row = {
		.ref = *ref, .actor = actor, .why = why, .arena = arena
	};

	YF_TRY(load(env, &row, &key));
	YF_TRY(open_fields(&row, &key, &out->person));
	return open_portrait(&row, &key, &out->portrait);
}

yf_err yf_register_portrait(const struct yf_env *env, struct yf_arena *arena,
			    const struct yf_person_ref *ref, yf_str actor,
			    const char *why, yf_bytes *out)
{
	YF_AUTO_SECRET key;
	struct row row = {
		.ref = *ref, .actor = actor, .why = why, .arena = arena
	};

	YF_TRY(load(env, &row, &key));
	return open_portrait(&row, &key, out);
}

yf_err yf_register_erase(struct yf_tx *tx, const struct yf_person_ref *ref)
{
	int64_t changed = 0;

	YF_TRY(yf_tx_exec(tx, "DELETE FROM person WHERE shard = $1 AND id = $2",
			  YF_BIND(YF_INT(ref->shard), YF_TEXT(ref->id)),
			  &changed));
	return changed ? YF_OK : YF_FAIL(NOT_FOUND);
}

static yf_err count_rows(struct yf_tx *tx, void *ctx)
{
	YF_AUTO(rows) rows = NULL;

	YF_TRY(yf_tx_find(tx, "SELECT count(*) FROM person", YF_BIND_NONE,
			  &rows));
	*(int64_t *)ctx = yf_row_int(rows, 0);
	return YF_OK;
}

yf_err yf_register_count(const struct yf_env *env, int64_t *out)
{
	return yf_db_read(env->db, count_rows, out);
}
