#include "check/party_key.h"

#include "base/random.h"
#include "codec/base64url.h"
#include "env/act.h"

enum { API_KEY_RANDOM_LEN = 32 };

/* The random part is looked up by its HMAC, which also says the bucket. */
void yf_api_key_hash(const struct yf_env *env, yf_str api_key,
		     uint8_t out[static YF_SHA256_LEN])
{
	const struct yf_secret *key = &env->keys.index;

	yf_hmac_sha256((yf_bytes){ key->bytes, sizeof(key->bytes) },
		       yf_bytes_of(api_key), out);
}

yf_err yf_api_key_new(struct yf_arena *arena, yf_str *out)
{
	uint8_t random[API_KEY_RANDOM_LEN];
	char text[YF_BASE64URL_LEN(API_KEY_RANDOM_LEN)];

	yf_random_fill(random, sizeof(random));
	yf_base64url_write((yf_bytes){ random, sizeof(random) }, text);
	const yf_err err = yf_str_format(arena, out, YF_API_KEY_PREFIX "%.*s",
					 (int)sizeof(text), text);
	yf_wipe(random, sizeof(random));
	yf_wipe(text, sizeof(text));
	return err;
}

yf_err yf_api_key_insert(struct yf_tx *tx, yf_bytes hash, int64_t party_shard,
			 yf_str party_id, int64_t now_s)
{
	return yf_tx_exec(tx,
			  "INSERT INTO api_key (shard, hash, party_shard,"
			  " party_id, made_s) VALUES ($1, $2, $3, $4, $5)",
			  YF_BIND(YF_INT(yf_shard_of(hash.ptr)), YF_BLOB(hash),
				  YF_INT(party_shard), YF_TEXT(party_id),
				  YF_INT(now_s)),
			  NULL);
}

/* --- a new one beside the old --- */

struct rotate {
	yf_str id;
	yf_bytes hash;
	int64_t now_s;
	int64_t until_s;
	struct yf_arena *arena;
};

static yf_err earlier_until(struct yf_tx *tx, yf_str id, int64_t now_s,
			    int64_t *out)
{
	YF_AUTO(rows) rows = NULL;
	bool more;

	*out = 0;
	YF_TRY(yf_tx_query(tx,
			   "SELECT until_s FROM api_key WHERE party_id = $1"
			   " AND until_s > $2 ORDER BY until_s DESC LIMIT 1",
			   YF_BIND(YF_TEXT(id), YF_INT(now_s)), &rows));
	YF_TRY(yf_rows_next(rows, &more));
	if (more)
		*out = yf_row_int(rows, 0);
	return YF_OK;
}

static yf_err shard_of_party(struct yf_tx *tx, yf_str id, int64_t *out)
{
	YF_AUTO(rows) row = NULL;

	YF_TRY(yf_tx_find(tx,
			  "SELECT shard FROM relying_party WHERE id = $1"
			  " AND withdrawn_s IS NULL",
			  YF_BIND(YF_TEXT(id)), &row));
	*out = yf_row_int(row, 0);
	return YF_OK;
}

static yf_err rotate(struct yf_tx *tx, void *ctx)
{
	const struct rotate *r = ctx;
	int64_t shard = 0;
	int64_t until_s = 0;
	yf_str detail;

	YF_TRY(shard_of_party(tx, r->id, &shard));
	YF_TRY(earlier_until(tx, r->id, r->now_s, &until_s));
	if (until_s)
		return YF_FAIL(CONFLICT);
	YF_TRY(yf_tx_exec(
		tx,
		"UPDATE api_key SET until_s = $1 WHERE party_id = $2"
		" AND party_shard = $3 AND until_s IS NULL",
		YF_BIND(YF_INT(r->until_s), YF_TEXT(r->id), YF_INT(shard)),
		NULL));
	YF_TRY(yf_api_key_insert(tx, r->hash, shard, r->id, r->now_s));
	YF_TRY(yf_str_format(r->arena, &detail, "{\"old_until\":%lld}",
			     (long long)r->until_s));
	const struct yf_act act = { shard, "api_key_rotated",
				    YF_STR("operator"), r->id, detail };
	return yf_act_put(tx, &act, r->now_s);
}

yf_err yf_party_rotate_key(const struct yf_env *env, struct yf_arena *arena,
			   yf_str id, int64_t until_s, yf_str *api_key)
{
	uint8_t hash[YF_SHA256_LEN];
	struct rotate row = { .id = id,
			      .hash = { hash, sizeof(hash) },
			      .now_s = yf_env_now_s(env),
			      .until_s = until_s,
			      .arena = arena };
	yf_str made = { NULL, 0 };

	if (until_s < row.now_s)
		return YF_FAIL(RANGE);
	YF_TRY(yf_api_key_new(arena, &made));
	yf_api_key_hash(env, made, hash);
	YF_TRY(yf_db_write(env->db, rotate, &row));
	*api_key = made;
	return YF_OK;
}

struct until {
	yf_str id;
	int64_t now_s;
	int64_t until_s;
};

static yf_err read_until(struct yf_tx *tx, void *ctx)
{
	struct until *until = ctx;

	return earlier_until(tx, until->id, until->now_s, &until->until_s);
}

yf_err yf_party_key_until(const struct yf_env *env, yf_str id, int64_t *until_s)
{
	struct until until = { id, yf_env_now_s(env), 0 };

	YF_TRY(yf_db_read(env->db, read_until, &until));
	*until_s = until.until_s;
	return YF_OK;
}
