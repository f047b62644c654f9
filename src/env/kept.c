#include "env/kept.h"

#include "codec/base64url.h"
#include "crypto/hash.h"
#include "http/negotiate.h"
#include "http/reply.h"

enum { ETAG_LEN = 16 }; /* bytes of the digest in it */

struct seen {
	const struct yf_kept_rule *rule;
	struct yf_arena *arena;
	int64_t shard;
	uint8_t made_of[YF_KEPT_STATE]; /* what it would be made of now */
	bool found;
	bool same; /* the kept one is made of the same */
	struct yf_kept kept;
};

static int64_t shard_of(yf_str name)
{
	uint8_t hash[YF_SHA256_LEN];

	yf_sha256(yf_bytes_of(name), hash);
	return yf_shard_of(hash);
}

static yf_err load(struct yf_tx *tx, struct seen *seen, yf_bytes *state)
{
	YF_AUTO(rows) row = NULL;
	const yf_err err = yf_tx_find(
		tx,
		"SELECT state, sequence, body, body_gzip, made_s"
		" FROM publication WHERE shard = $1 AND name = $2",
		YF_BIND(YF_INT(seen->shard), YF_TEXT(seen->rule->name)), &row);

	seen->found = false;
	if (err.code == YF_CODE_NOT_FOUND)
		return YF_OK;
	YF_TRY(err);
	YF_TRY(yf_row_blob_copy(row, 0, seen->arena, state));
	seen->kept.sequence = yf_row_int(row, 1);
	YF_TRY(yf_row_blob_copy(row, 2, seen->arena, &seen->kept.body));
	YF_TRY(yf_row_blob_copy(row, 3, seen->arena, &seen->kept.gzip));
	seen->kept.made_s = yf_row_int(row, 4);
	seen->found = true;
	return YF_OK;
}

struct look {
	struct seen *seen;
	const struct yf_env *env;
};

/* Who signs is a part of it: after a change of keys all is signed anew. */
static yf_err look(struct yf_tx *tx, void *ctx)
{
	const struct look *look = ctx;
	struct seen *seen = look->seen;
	struct yf_public_key key;
	uint8_t inputs[YF_KEPT_STATE];
	yf_bytes state = { NULL, 0 };

	YF_TRY(seen->rule->state(tx, seen->rule->ctx, inputs));
	YF_TRY(yf_signer_public_key(&look->env->issuer, &key));
	const yf_bytes parts[] = {
		{ inputs, sizeof(inputs) },
		{ key.x, sizeof(key.x) },
		{ key.y, sizeof(key.y) },
		yf_bytes_of(look->env->settings.url),
	};
	yf_sha256_parts(parts, YF_COUNT(parts), seen->made_of);
	YF_TRY(load(tx, seen, &state));
	seen->same = yf_bytes_eq(
		state, (yf_bytes){ seen->made_of, sizeof(seen->made_of) });
	return YF_OK;
}

/* A clock that went back does not keep a document for ever. */
static bool is_fresh(const struct seen *seen, int64_t now_s)
{
	const int64_t age_s = now_s - seen->kept.made_s;

	if (!seen->found || age_s < 0 || age_s >= seen->rule->step_s)
		return false;
	return seen->same || age_s < seen->rule->rest_s;
}

struct save {
	const struct seen *seen;
	const struct yf_kept *doc;
	int64_t changed;
};

/* Of two who made one at the same time the first is kept. */
static yf_err save(struct yf_tx *tx, void *ctx)
{
	struct save *save = ctx;
	const struct seen *seen = save->seen;
	const yf_bytes state = { seen->made_of, sizeof(seen->made_of) };
	const yf_bytes none = { (const uint8_t *)"", 0 };

	return yf_tx_exec(
		tx,
		"INSERT INTO publication (shard, name, state, sequence, body,"
		" body_gzip, made_s) VALUES ($1, $2, $3, $4, $5, $6, $7)"
		" ON CONFLICT (shard, name) DO UPDATE SET state = $3,"
		" sequence = $4, body = $5, body_gzip = $6, made_s = $7"
		" WHERE publication.sequence = $8",
		YF_BIND(YF_INT(seen->shard), YF_TEXT(seen->rule->name),
			YF_BLOB(state), YF_INT(save->doc->sequence),
			YF_BLOB(save->doc->body),
			YF_BLOB(save->doc->gzip.len ? save->doc->gzip : none),
			YF_INT(save->doc->made_s),
			YF_INT(seen->found ? seen->kept.sequence : -1)),
		&save->changed);
}

static yf_err make(const struct yf_env *env, struct seen *seen, int64_t now_s)
{
	struct yf_kept doc = { .sequence = now_s, .made_s = now_s };
	struct save row = { .seen = seen, .doc = &doc };
	struct look again = { seen, env };

	if (seen->found && seen->kept.sequence >= now_s)
		doc.sequence = seen->kept.sequence + 1;
	YF_TRY(seen->rule->make(env, seen->arena, seen->rule->ctx, &doc));
	YF_TRY(yf_db_write(env->db, save, &row));
	if (!row.changed)
		return yf_db_read(env->db, look, &again);
	seen->kept = doc;
	return YF_OK;
}

yf_err yf_kept_get(const struct yf_env *env, struct yf_arena *arena,
		   const struct yf_kept_rule *rule, struct yf_kept *out)
{
	const int64_t now_s = yf_env_now_s(env);
	struct seen seen = {
		.rule = rule,
		.arena = arena,
		.shard = shard_of(rule->name),
	};
	struct look at = { &seen, env };

	YF_TRY(yf_db_read(env->db, look, &at));
	if (!is_fresh(&seen, now_s))
		YF_TRY(make(env, &seen, now_s));
	*out = seen.kept;
	out->until_s = seen.kept.made_s + rule->step_s;
	return YF_OK;
}

void yf_env_anchors_hash(const struct yf_env *env,
			 uint8_t out[static YF_KEPT_STATE])
{
	const yf_bytes roots[] = { env->issuer_root, env->registrar_root };

	yf_sha256_parts(roots, YF_COUNT(roots), out);
	for (size_t i = 0; i < env->issuer_leaf_count; i++) {
		const yf_bytes parts[] = { { out, YF_KEPT_STATE },
					   env->issuer_leaves[i] };
		uint8_t next[YF_KEPT_STATE];

		yf_sha256_parts(parts, YF_COUNT(parts), next);
		memcpy(out, next, sizeof(next));
	}
}

/* --- as a reply --- */

/* Two forms of one document are two things to a cache. */
static yf_err etag_of(struct yf_arena *arena, yf_bytes body, yf_str *out)
{
	uint8_t hash[YF_SHA256_LEN];
	yf_str name;

	yf_sha256(body, hash);
	YF_TRY(yf_base64url_encode(arena, (yf_bytes){ hash, ETAG_LEN }, &name));
	return yf_str_format(arena, out, "\"%.*s\"", YF_ARG(name));
}

yf_err yf_kept_reply(const struct yf_env *env, const struct yf_exchange *x,
		     struct yf_reply *reply, const char *type,
		     const struct yf_kept *kept)
{
	const bool zipped = kept->gzip.len &&
			    yf_weight_of(x, "Accept-Encoding", "gzip") > 0;
	const yf_bytes body = zipped ? kept->gzip : kept->body;
	const int64_t left_s = kept->until_s - yf_env_now_s(env);
	yf_str etag, modified;

	YF_TRY(etag_of(x->arena, body, &etag));
	YF_TRY(yf_http_date(x->arena, kept->made_s, &modified));
	YF_TRY(yf_reply_header(x, reply, "ETag", etag));
	YF_TRY(yf_reply_header(x, reply, "Last-Modified", modified));
	YF_TRY(yf_reply_header(x, reply, "Vary",
			       YF_STR("Accept, Accept-Encoding")));
	YF_TRY(yf_str_format(x->arena, &reply->cache_control,
			     "public, max-age=%lld",
			     (long long)(left_s > 0 ? left_s : 0)));
	if (yf_client_has(x, etag, modified)) {
		reply->status = 304;
		return YF_OK;
	}
	if (zipped)
		YF_TRY(yf_reply_header(x, reply, "Content-Encoding",
				       YF_STR("gzip")));
	yf_reply_text(reply, 200, type, yf_str_from(body));
	return YF_OK;
}
