#include "base/civil.h"
#include "check/party_key.h"
#include "codec/url.h"
#include "codec/uuid.h"
#include "crypto/hash.h"
#include "crypto/seal.h"
#include "env/act.h"
#include "openid/request_object.h"

enum { CLOCK_SKEW_S = 300 };

/* --- its signing key --- */

static yf_err key_context(struct yf_arena *arena, yf_str id, yf_bytes *out)
{
	yf_str text = { 0 };

	YF_TRY(yf_str_format(arena, &text, "relying_party/%.*s/key",
			     YF_ARG(id)));
	*out = yf_bytes_of(text);
	return YF_OK;
}

static yf_err seal_key(const struct yf_env *env, struct yf_arena *arena,
		       const struct yf_key *key, struct yf_party *party)
{
	yf_bytes context = { 0 };
	yf_str pem = { 0 };

	YF_TRY(key_context(arena, party->id, &context));
	YF_TRY(yf_key_save(key, arena, &pem));
	return yf_seal(arena, &env->keys.seal, yf_bytes_of(pem), context,
		       &party->key_sealed);
}

yf_err yf_party_key(const struct yf_env *env, struct yf_arena *arena,
		    const struct yf_party *party, struct yf_key **out)
{
	yf_bytes context = { 0 };
	yf_bytes pem = { 0 };

	YF_TRY(key_context(arena, party->id, &context));
	YF_TRY(yf_unseal(arena, &env->keys.seal, party->key_sealed, context,
			 &pem));
	return yf_key_load(yf_str_from(pem), out);
}

/*
 * The name of this server, where requests are answered (x509_san_dns); empty
 * when it has an address only.
 */
static yf_str server_name(const struct yf_env *env)
{
	const yf_str none = { NULL, 0 };
	struct yf_url url = { 0 };

	if (yf_failed(yf_url_parse(env->settings.url, &url)))
		return none;
	for (size_t i = 0; i < url.host.len; i++) {
		const char c = url.host.ptr[i];

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
			return url.host.ptr[0] == '[' ? none : url.host;
	}
	return none;
}

yf_err yf_party_certify(const struct yf_env *env, struct yf_arena *arena,
			yf_str name, const struct yf_public_key *key,
			yf_bytes *out)
{
	const int64_t now_s = yf_env_now_s(env);
	const struct yf_cert_ask ask = {
		.common_name = name,
		.country = env->settings.country,
		.san_dns = server_name(env),
		.eku = YF_EKU_READER,
		.not_before_s = now_s - CLOCK_SKEW_S,
		.not_after_s = now_s + (int64_t)YF_PARTY_CERT_DAYS * YF_DAY_S,
	};

	return yf_cert_issue(arena, env->registrar_ca_key, env->registrar_root,
			     &ask, key, out);
}

/* --- adding --- */

struct insert {
	const struct yf_party *party;
	yf_bytes api_key_hash;
	yf_str policies;
	yf_str returns;
	yf_str actor;
	int64_t now_s;
};

static yf_err insert(struct yf_tx *tx, void *ctx)
{
	const struct insert *row = ctx;
	const struct yf_party *party = row->party;
	const struct yf_act act = {
		.shard = party->shard,
		.kind = "relying_party_added",
		.actor = row->actor,
		.subject = party->id,
		.detail = row->policies,
	};

	YF_TRY(yf_tx_exec(
		tx,
		"INSERT INTO relying_party (shard, id, name, policies,"
		" key_sealed, certificate, made_s, return_uris)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
		YF_BIND(YF_INT(party->shard), YF_TEXT(party->id),
			YF_TEXT(party->name), YF_TEXT(row->policies),
			YF_BLOB(party->key_sealed), YF_BLOB(party->certificate),
			YF_INT(row->now_s), YF_TEXT(row->returns)),
		NULL));
	YF_TRY(yf_api_key_insert(tx, row->api_key_hash, party->shard, party->id,
				 row->now_s));
	return yf_act_put(tx, &act, row->now_s);
}

static yf_err check_name(yf_str name)
{
	if (!name.len || !yf_str_is_utf8(name) ||
	    yf_str_chars(name) > YF_PARTY_NAME_MAX)
		return YF_FAIL(NAME);
	return YF_OK;
}

static yf_err check_return(yf_str uri)
{
	struct yf_url url = { 0 };

	if (uri.len > YF_PARTY_RETURN_LEN_MAX)
		return YF_FAIL(TOO_LARGE);
	YF_TRY(yf_url_parse(uri, &url));
	return yf_str_eq_nocase(url.scheme, YF_STR("https")) ||
			       yf_url_is_loopback(&url)
		       ? YF_OK
		       : YF_FAIL(UNSUPPORTED);
}

static yf_err encode_returns(struct yf_arena *arena,
			     const struct yf_party_ask *ask, yf_str *out)
{
	struct yf_json_out json = yf_json_out_new(arena, 64);

	if (ask->return_count > YF_PARTY_RETURNS_MAX)
		return YF_FAIL(TOO_LARGE);
	yf_json_out_array(&json, NULL);
	for (size_t i = 0; i < ask->return_count; i++) {
		YF_TRY(check_return(ask->returns[i]));
		yf_json_out_str(&json, NULL, ask->returns[i]);
	}
	yf_json_out_close(&json);
	return yf_json_out_end(&json, out);
}

yf_err yf_party_add(const struct yf_env *env, struct yf_arena *arena,
		    const struct yf_party_ask *ask, struct yf_party_added *out)
{
	const int64_t now_s = yf_env_now_s(env);
	const yf_uuid id = yf_uuid_new(now_s);
	uint8_t hash[YF_SHA256_LEN];
	struct yf_party party = { .name = ask->name };
	struct insert row = { .party = &party,
			      .api_key_hash = { hash, sizeof(hash) },
			      .actor = ask->actor,
			      .now_s = now_s };
	yf_str api_key = { 0 };
	YF_AUTO(key) key = NULL;

	YF_TRY(check_name(ask->name));
	YF_TRY(yf_policies_of(ask->policies, ask->policy_count,
			      &party.policies));
	YF_TRY(yf_policies_encode(arena, &party.policies, &row.policies));
	YF_TRY(encode_returns(arena, ask, &row.returns));
	YF_TRY(yf_str_copy(arena, yf_uuid_str(&id), &party.id));
	YF_TRY(yf_api_key_new(arena, &api_key));
	yf_api_key_hash(env, api_key, hash);
	party.shard = yf_shard_of(hash);
	YF_TRY(yf_key_new(&key));
	YF_TRY(seal_key(env, arena, key, &party));
	YF_TRY(yf_party_certify(env, arena, party.name, yf_key_public(key),
				&party.certificate));
	YF_TRY(yf_client_id_of(arena, party.certificate, &party.client_id));
	YF_TRY(yf_db_write(env->db, insert, &row));
	*out = (struct yf_party_added){ party.id, api_key, party.client_id };
	return YF_OK;
}

/* --- finding --- */

struct find {
	struct yf_arena *arena;
	int64_t at_s;
	int64_t shard;
	yf_str id;        /* by id, or */
	yf_bytes api_key; /* by hash, when .ptr is set */
	yf_str policies;
	yf_str returns;
	struct yf_party party;
};

static yf_err find_by_id(struct yf_tx *tx, struct find *find)
{
	YF_AUTO(rows) row = NULL;
	struct yf_party *party = &find->party;

	YF_TRY(yf_tx_find(tx,
			  "SELECT name, policies, key_sealed,"
			  " CASE WHEN next_from_s <= $1 THEN next_certificate"
			  " ELSE certificate END, return_uris"
			  " FROM relying_party WHERE shard = $2"
			  " AND id = $3 AND withdrawn_s IS NULL",
			  YF_BIND(YF_INT(find->at_s), YF_INT(find->shard),
				  YF_TEXT(find->id)),
			  &row));
	party->shard = find->shard;
	party->id = find->id;
	YF_TRY(yf_row_text_copy(row, 0, find->arena, &party->name));
	YF_TRY(yf_row_text_copy(row, 1, find->arena, &find->policies));
	YF_TRY(yf_row_blob_copy(row, 2, find->arena, &party->key_sealed));
	YF_TRY(yf_row_blob_copy(row, 3, find->arena, &party->certificate));
	return yf_row_text_copy(row, 4, find->arena, &find->returns);
}

static yf_err find_by_key(struct yf_tx *tx, struct find *find)
{
	YF_AUTO(rows) row = NULL;

	YF_TRY(yf_tx_find(tx,
			  "SELECT party_shard, party_id FROM api_key"
			  " WHERE shard = $1 AND hash = $2"
			  " AND (until_s IS NULL OR until_s > $3)",
			  YF_BIND(YF_INT(yf_shard_of(find->api_key.ptr)),
				  YF_BLOB(find->api_key), YF_INT(find->at_s)),
			  &row));
	find->shard = yf_row_int(row, 0);
	return yf_row_text_copy(row, 1, find->arena, &find->id);
}

static yf_err find_party(struct yf_tx *tx, void *ctx)
{
	struct find *find = ctx;

	if (find->api_key.ptr)
		YF_TRY(find_by_key(tx, find));
	return find_by_id(tx, find);
}

/*
 * A policy that left the table since (an older program, a withdrawn row) is
 * an operator's matter: BUG says so, the party asks nothing meanwhile.
 */
static yf_err load(const struct yf_env *env, struct find *find,
		   struct yf_party *out)
{
	YF_TRY(yf_db_read(env->db, find_party, find));
	if (yf_failed(yf_policies_parse(find->arena, find->policies,
					&find->party.policies)))
		return YF_FAIL(BUG);
	YF_TRY(yf_json_parse(find->arena, find->returns, &find->party.returns));
	YF_TRY(yf_client_id_of(find->arena, find->party.certificate,
			       &find->party.client_id));
	*out = find->party;
	return YF_OK;
}

yf_err yf_party_of_key(const struct yf_env *env, struct yf_arena *arena,
		       yf_str api_key, struct yf_party *out)
{
	uint8_t hash[YF_SHA256_LEN];
	struct find find = { .arena = arena,
			     .at_s = yf_env_now_s(env),
			     .api_key = { hash, sizeof(hash) } };

	if (!yf_str_starts(api_key, YF_STR(YF_API_KEY_PREFIX)))
		return YF_FAIL(INVALID_TOKEN);
	yf_api_key_hash(env, api_key, hash);
	const yf_err err = load(env, &find, out);
	if (err.code == YF_CODE_NOT_FOUND)
		return YF_FAIL(INVALID_TOKEN);
	return err;
}

yf_err yf_party_load(const struct yf_env *env, struct yf_arena *arena,
		     int64_t shard, yf_str id, int64_t at_s,
		     struct yf_party *out)
{
	struct find find = {
		.arena = arena, .at_s = at_s, .shard = shard, .id = id
	};

	return load(env, &find, out);
}
