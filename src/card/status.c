#include "card/status.h"

#include "base/random.h"
#include "card/refresh.h"
#include "credential/gzip.h"
#include "crypto/hash.h"
#include "env/act.h"

/* Two numbers for each list, and room to grow into. */
enum { LISTS_ARENA = 4 * 1024 * 1024 };

/* Lists have a number of their own and no person: one bucket a list. */
static int64_t shard_of(int64_t list)
{
	return list % YF_SHARDS;
}

yf_err yf_status_parse(yf_str name, yf_status *out)
{
	static const struct {
		const char *name;
		yf_status status;
	} names[] = { { "valid", YF_STATUS_VALID },
		      { "suspended", YF_STATUS_SUSPENDED },
		      { "revoked", YF_STATUS_INVALID } };

	for (size_t i = 0; i < YF_COUNT(names); i++) {
		if (yf_str_is(name, names[i].name)) {
			*out = names[i].status;
			return YF_OK;
		}
	}
	return YF_FAIL(UNSUPPORTED);
}

yf_err yf_status_uri(const struct yf_env *env, struct yf_arena *arena,
		     int64_t list, yf_str *out)
{
	return yf_str_format(arena, out, "%.*s/status/%lld",
			     YF_ARG(env->settings.url), (long long)list);
}

/* --- giving entries away --- */

struct pick {
	struct yf_status_slot *slots;
	size_t count;
};

static yf_err current_list(struct yf_tx *tx, size_t wanted, int64_t *out)
{
	YF_AUTO(rows) row = NULL;
	const yf_err err = yf_tx_find(tx,
				      "SELECT list, used FROM status_list"
				      " ORDER BY list DESC LIMIT 1",
				      YF_BIND_NONE, &row);

	if (err.code == YF_CODE_NOT_FOUND) {
		*out = 1;
		return YF_OK;
	}
	YF_TRY(err);
	*out = yf_row_int(row, 0);
	if (yf_row_int(row, 1) + (int64_t)wanted > YF_STATUS_USED_MAX)
		++*out;
	return YF_OK;
}

static yf_err is_taken(struct yf_tx *tx, const struct yf_status_slot *slot,
		       bool *out)
{
	YF_AUTO(rows) rows = NULL;

	YF_TRY(yf_tx_query(tx,
			   "SELECT 1 FROM status_slot WHERE list_shard = $1"
			   " AND list = $2 AND idx = $3",
			   YF_BIND(YF_INT(shard_of(slot->list)),
				   YF_INT(slot->list), YF_INT(slot->idx)),
			   &rows));
	return yf_rows_next(rows, out);
}

static bool is_picked(const struct pick *pick, size_t count, int64_t idx)
{
	for (size_t i = 0; i < count; i++)
		if (pick->slots[i].idx == idx)
			return true;
	return false;
}

static yf_err pick_free(struct yf_tx *tx, void *ctx)
{
	struct pick *pick = ctx;
	int64_t list;

	YF_TRY(current_list(tx, pick->count, &list));
	for (size_t i = 0; i < pick->count;) {
		struct yf_status_slot slot = {
			list, yf_random_below(YF_STATUS_ENTRIES)
		};
		bool taken = is_picked(pick, i, slot.idx);
		if (!taken)
			YF_TRY(is_taken(tx, &slot, &taken));
		if (!taken)
			pick->slots[i++] = slot;
	}
	return YF_OK;
}

yf_err yf_status_pick(const struct yf_env *env, size_t count,
		      struct yf_status_slot *out)
{
	struct pick pick = { out, count };

	return yf_db_read(env->db, pick_free, &pick);
}

static yf_err make_list(struct yf_tx *tx, int64_t list, int64_t now_s)
{
	static const uint8_t zeroes[YF_STATUS_ENTRIES / 4];

	return yf_tx_exec(
		tx,
		"INSERT INTO status_list"
		" (shard, list, used, entries, changed_s)"
		" VALUES ($1, $2, 0, $3, $4) ON CONFLICT DO NOTHING",
		YF_BIND(YF_INT(shard_of(list)), YF_INT(list),
			YF_BLOB(((yf_bytes){ zeroes, sizeof(zeroes) })),
			YF_INT(now_s)),
		NULL);
}

yf_err yf_status_claim(struct yf_tx *tx, const struct yf_status_slot *slots,
		       size_t count, int64_t credential_shard,
		       yf_str credential_id, int64_t now_s)
{
	const int64_t list = slots[0].list;

	YF_TRY(make_list(tx, list, now_s));
	for (size_t i = 0; i < count; i++)
		YF_TRY(yf_tx_exec(
			tx,
			"INSERT INTO status_slot (list_shard, list, idx,"
			" credential_shard, credential_id)"
			" VALUES ($1, $2, $3, $4, $5)",
			YF_BIND(YF_INT(shard_of(list)), YF_INT(list),
				YF_INT(slots[i].idx), YF_INT(credential_shard),
				YF_TEXT(credential_id)),
			NULL));
	return yf_tx_exec(tx,
			  "UPDATE status_list SET used = used + $1"
			  " WHERE shard = $2 AND list = $3",
			  YF_BIND(YF_INT((int64_t)count),
				  YF_INT(shard_of(list)), YF_INT(list)),
			  NULL);
}

/* --- reading --- */

struct load {
	struct yf_arena *arena; /* NULL: only `idx` is wanted */
	int64_t list;
	int64_t idx;
	uint8_t status;
	yf_bytes entries;
};

static yf_err load_list(struct yf_tx *tx, void *ctx)
{
	struct load *load = ctx;
	YF_AUTO(rows) row = NULL;

	YF_TRY(yf_tx_find(
		tx,
		"SELECT entries FROM status_list"
		" WHERE shard = $1 AND list = $2",
		YF_BIND(YF_INT(shard_of(load->list)), YF_INT(load->list)),
		&row));
	if (load->arena)
		return yf_row_blob_copy(row, 0, load->arena, &load->entries);

	const yf_bytes entries = yf_row_blob(row, 0);
	if (load->idx < 0 || (size_t)load->idx >= entries.len * 4)
		return YF_FAIL(NOT_FOUND);
	load->status =
		(uint8_t)(entries.ptr[load->idx / 4] >> (load->idx % 4 * 2)) &
		3;
	return YF_OK;
}

yf_err yf_status_read(const struct yf_env *env, int64_t list, int64_t idx,
		      uint8_t *status)
{
	struct load load = { .list = list, .idx = idx };

	if (list < 0)
		return YF_FAIL(NOT_FOUND);
	YF_TRY(yf_db_read(env->db, load_list, &load));
	*status = load.status;
	return YF_OK;
}

/* A list that may be written to, of the entries of a row. */
static yf_err list_of(struct yf_arena *arena, yf_bytes entries,
		      struct yf_status_list *out)
{
	YF_TRY(yf_status_list_new(arena, 2, entries.len * 4, out));
	for (size_t i = 0; i < entries.len; i++)
		out->bytes[i] = entries.ptr[i];
	return YF_OK;
}

yf_err yf_status_entries(const struct yf_env *env, struct yf_arena *arena,
			 int64_t list, struct yf_status_list *out)
{
	struct load load = { .arena = arena, .list = list };

	if (list < 0)
		return YF_FAIL(NOT_FOUND);
	YF_TRY(yf_db_read(env->db, load_list, &load));
	return list_of(arena, load.entries, out);
}

/* --- all lists --- */

struct walk {
	struct yf_buf *numbers; /* list, version of each */
	int64_t only;           /* -1: all */
};

static void put_number(struct yf_buf *buf, int64_t number)
{
	yf_buf_put(buf, (yf_bytes){ (const uint8_t *)&number, sizeof(number) });
}

/* In order of the lists, so that the same lists give the same digest. */
static yf_err walk(struct yf_tx *tx, void *ctx)
{
	const struct walk *walk = ctx;
	YF_AUTO(rows) rows = NULL;
	bool more;

	walk->numbers->len = 0;
	YF_TRY(yf_tx_query(tx,
			   "SELECT list, version FROM status_list"
			   " WHERE list = $1 OR $1 < 0 ORDER BY list",
			   YF_BIND(YF_INT(walk->only)), &rows));
	for (;;) {
		YF_TRY(yf_rows_next(rows, &more));
		if (!more)
			return YF_OK;
		put_number(walk->numbers, yf_row_int(rows, 0));
		put_number(walk->numbers, yf_row_int(rows, 1));
	}
}

static yf_err state_of(struct yf_tx *tx, int64_t only,
		       uint8_t out[static YF_KEPT_STATE])
{
	YF_AUTO(arena) arena = yf_arena_new(LISTS_ARENA);
	struct yf_buf numbers = yf_buf_new(arena, 256);
	struct walk all = { &numbers, only };
	yf_bytes bytes = { NULL, 0 };

	if (!arena)
		return YF_FAIL(MEMORY);
	YF_TRY(walk(tx, &all));
	YF_TRY(yf_buf_bytes(&numbers, &bytes));
	if (only >= 0 && !bytes.len)
		return YF_FAIL(NOT_FOUND);
	yf_sha256(bytes, out);
	return YF_OK;
}

yf_err yf_status_state(struct yf_tx *tx, uint8_t out[static YF_KEPT_STATE])
{
	return state_of(tx, -1, out);
}

yf_err yf_status_lists(const struct yf_env *env, struct yf_arena *arena,
		       const int64_t **out, size_t *count)
{
	struct yf_buf numbers = yf_buf_new(arena, 256);
	struct walk all = { &numbers, -1 };
	yf_bytes bytes = { NULL, 0 };

	YF_TRY(yf_db_read(env->db, walk, &all));
	YF_TRY(yf_buf_bytes(&numbers, &bytes));
	const size_t pairs = bytes.len / (2 * sizeof(int64_t));
	int64_t *lists = YF_NEW(arena, int64_t, pairs + 1);
	if (!lists)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < pairs; i++)
		memcpy(&lists[i], bytes.ptr + i * 2 * sizeof(int64_t),
		       sizeof(int64_t));
	*out = lists;
	*count = pairs;
	return YF_OK;
}

/* --- a signed list --- */

struct token {
	int64_t list;
	yf_status_form form;
};

static yf_err token_state(struct yf_tx *tx, void *ctx,
			  uint8_t out[static YF_KEPT_STATE])
{
	const struct token *token = ctx;

	return state_of(tx, token->list, out);
}

static yf_err token_make(const struct yf_env *env, struct yf_arena *arena,
			 void *ctx, struct yf_kept *doc)
{
	const struct token *what = ctx;
	struct yf_status_token token = {
		.issued_at_s = doc->made_s,
		.expires_s = doc->made_s + YF_STATUS_LIFE_S,
		.ttl_s = YF_STATUS_TTL_S,
	};
	yf_str jwt;

	YF_TRY(yf_status_uri(env, arena, what->list, &token.uri));
	YF_TRY(yf_str_format(arena, &token.aggregation_uri, "%.*s/status",
			     YF_ARG(env->settings.url)));
	YF_TRY(yf_status_entries(env, arena, what->list, &token.list));
	/* What is in a CWT is compressed already; base64url is not. */
	if (what->form == YF_STATUS_CWT)
		return yf_status_cwt_make(arena, &env->issuer, &token,
					  &doc->body);
	YF_TRY(yf_status_token_make(arena, &env->issuer, &token, &jwt));
	doc->body = yf_bytes_of(jwt);
	return yf_gzip(arena, doc->body, &doc->gzip);
}

yf_err yf_status_token(const struct yf_env *env, struct yf_arena *arena,
		       int64_t list, yf_status_form form, struct yf_kept *out)
{
	struct token token = { list, form };
	struct yf_kept_rule rule = {
		.step_s = YF_STATUS_TTL_S,
		.state = token_state,
		.make = token_make,
		.ctx = &token,
	};

	if (list < 0)
		return YF_FAIL(NOT_FOUND);
	YF_TRY(yf_str_format(arena, &rule.name, "status/%lld/%s",
			     (long long)list,
			     form == YF_STATUS_CWT ? "cwt" : "jwt"));
	return yf_kept_get(env, arena, &rule, out);
}

/* --- setting --- */

/* Two copies of a list of 32 KiB, for each list and each rerun. */
enum { COPIES_MAX = 64, SET_ARENA = 16 * 1024 * 1024 };

struct set {
	yf_str id;
	yf_status status;
	yf_str actor;
	int64_t now_s;
	struct yf_arena *arena;
	int64_t shard;
	yf_bytes grant_hash; /* empty for a card older than the column */
	struct yf_status_slot slots[COPIES_MAX];
	size_t count;
};

static yf_err find_card(struct yf_tx *tx, struct set *set)
{
	YF_AUTO(rows) row = NULL;

	YF_TRY(yf_tx_find(tx,
			  "SELECT shard, status, grant_hash FROM credential"
			  " WHERE id = $1",
			  YF_BIND(YF_TEXT(set->id)), &row));
	set->shard = yf_row_int(row, 0);
	YF_TRY(yf_row_blob_copy(row, 2, set->arena, &set->grant_hash));
	/* What is revoked stays so: verifiers may have kept the list. */
	return yf_row_int(row, 1) == YF_STATUS_INVALID ? YF_FAIL(CONFLICT)
						       : YF_OK;
}

static yf_err find_slots(struct yf_tx *tx, struct set *set)
{
	YF_AUTO(rows) rows = NULL;
	bool more;

	set->count = 0;
	YF_TRY(yf_tx_query(tx,
			   "SELECT list, idx FROM status_slot"
			   " WHERE credential_shard = $1 AND credential_id = $2"
			   " ORDER BY list",
			   YF_BIND(YF_INT(set->shard), YF_TEXT(set->id)),
			   &rows));
	for (;;) {
		YF_TRY(yf_rows_next(rows, &more));
		if (!more)
			return YF_OK;
		if (set->count == COPIES_MAX)
			return YF_FAIL(BUG);
		set->slots[set->count++] =
			(struct yf_status_slot){ yf_row_int(rows, 0),
						 yf_row_int(rows, 1) };
	}
}

/* The entries of one list, `first` to before `end`: one row is written. */
static yf_err write_list(struct yf_tx *tx, const struct set *set, size_t first,
			 size_t end)
{
	const int64_t at = set->slots[first].list;
	struct load load = { .arena = set->arena, .list = at };
	struct yf_status_list list;

	YF_TRY(load_list(tx, &load));
	YF_TRY(list_of(set->arena, load.entries, &list));
	for (size_t i = first; i < end; i++)
		YF_TRY(yf_status_list_set(&list, set->slots[i].idx,
					  (uint8_t)set->status));
	return yf_tx_exec(tx,
			  "UPDATE status_list SET entries = $1,"
			  " changed_s = $2, version = version + 1"
			  " WHERE shard = $3 AND list = $4",
			  YF_BIND(YF_BLOB(((yf_bytes){ list.bytes, list.len })),
				  YF_INT(set->now_s), YF_INT(shard_of(at)),
				  YF_INT(at)),
			  NULL);
}

static yf_err write_lists(struct yf_tx *tx, const struct set *set)
{
	size_t first = 0;

	while (first < set->count) {
		size_t end = first + 1;
		while (end < set->count &&
		       set->slots[end].list == set->slots[first].list)
			end++;
		YF_TRY(write_list(tx, set, first, end));
		first = end;
	}
	return YF_OK;
}

static yf_err set_card(struct yf_tx *tx, void *ctx)
{
	struct set *set = ctx;
	yf_str detail;

	YF_TRY(find_card(tx, set));
	YF_TRY(find_slots(tx, set));
	YF_TRY(write_lists(tx, set));
	YF_TRY(yf_tx_exec(tx,
			  "UPDATE credential SET status = $1"
			  " WHERE shard = $2 AND id = $3",
			  YF_BIND(YF_INT(set->status), YF_INT(set->shard),
				  YF_TEXT(set->id)),
			  NULL));
	/* Nothing grows again from a card that is revoked. */
	if (set->status == YF_STATUS_INVALID && set->grant_hash.len)
		YF_TRY(yf_refresh_end(tx, set->grant_hash));
	YF_TRY(yf_str_format(set->arena, &detail, "{\"status\":%d}",
			     (int)set->status));
	const struct yf_act act = { set->shard, "status_changed", set->actor,
				    set->id, detail };
	return yf_act_put(tx, &act, set->now_s);
}

yf_err yf_status_set(const struct yf_env *env, yf_str credential_id,
		     yf_status status, yf_str actor)
{
	YF_AUTO(arena) arena = yf_arena_new(SET_ARENA);
	struct set set = { .id = credential_id,
			   .status = status,
			   .actor = actor,
			   .now_s = yf_env_now_s(env),
			   .arena = arena };

	if (!arena)
		return YF_FAIL(MEMORY);
	return yf_db_write(env->db, set_card, &set);
}
