#include "openid/transaction_data.h"

#include "codec/base64url.h"
#include "crypto/hash.h"

/* --- reading --- */

static yf_err read_ids(const struct yf_json *ids, const struct yf_dcql *query,
		       uint64_t *out)
{
	*out = 0;
	if (ids->kind != YF_JSON_ARRAY || !ids->count)
		return YF_FAIL(SYNTAX);
	for (size_t i = 0; i < ids->count; i++) {
		if (ids->items[i].kind != YF_JSON_STRING)
			return YF_FAIL(SYNTAX);
		const struct yf_dcql_credential *asked =
			yf_dcql_find(query, ids->items[i].string);
		if (!asked)
			return YF_FAIL(SYNTAX);
		if (asked->format != YF_DCQL_SD_JWT || !asked->holder_binding)
			return YF_FAIL(UNSUPPORTED);
		*out |= UINT64_C(1) << (asked - query->credentials);
	}
	return YF_OK;
}

static yf_err check_text(yf_str text)
{
	if (!text.len || !yf_str_is_utf8(text) ||
	    yf_str_chars(text) > YF_TRANSACTION_TEXT_MAX)
		return YF_FAIL(RANGE);
	return YF_OK;
}

/* B.3.3.1: when absent, sha-256; when there, one of them must be ours. */
static yf_err check_hashes(const struct yf_json *names)
{
	if (!names)
		return YF_OK;
	if (names->kind != YF_JSON_ARRAY || !names->count)
		return YF_FAIL(SYNTAX);
	for (size_t i = 0; i < names->count; i++)
		if (yf_str_is(names->items[i].string, "sha-256"))
			return YF_OK;
	return YF_FAIL(UNSUPPORTED);
}

static yf_err read_object(const struct yf_json *object,
			  const struct yf_dcql *query,
			  struct yf_transaction *out)
{
	const struct yf_json *ids = NULL;
	const struct yf_json_field head[] = {
		YF_JSON_STR("type", &out->type),
		YF_JSON_ANY("credential_ids", &ids),
		YF_JSON_END,
	};
	const struct yf_json_field fields[] = {
		YF_JSON_STR("text", &out->text),
		YF_JSON_END,
	};

	YF_TRY(yf_json_take_fields(object, head));
	/* 8.4: "The Wallet MUST return an error if [...] the type is not
	 * recognized": first of all, for then nothing else has a meaning. */
	if (!yf_str_is(out->type, YF_TRANSACTION_PURPOSE))
		return YF_FAIL(UNSUPPORTED);
	YF_TRY(yf_json_take_fields(object, fields));
	YF_TRY(check_text(out->text));
	YF_TRY(check_hashes(
		yf_json_get(object, "transaction_data_hashes_alg")));
	return read_ids(ids, query, &out->credentials);
}

static yf_err read_one(struct yf_arena *arena, const struct yf_json *item,
		       const struct yf_dcql *query, struct yf_transaction *out)
{
	const struct yf_json *object = NULL;
	yf_bytes text = { 0 };

	if (item->kind != YF_JSON_STRING)
		return YF_FAIL(SYNTAX);
	if (item->string.len > YF_TRANSACTION_LEN_MAX)
		return YF_FAIL(TOO_LARGE);
	out->encoded = item->string;
	YF_TRY(yf_base64url_decode(arena, item->string, &text));
	YF_TRY(yf_json_parse(arena, yf_str_from(text), &object));
	return read_object(object, query, out);
}

yf_err yf_transactions_parse(struct yf_arena *arena,
			     const struct yf_json *array,
			     const struct yf_dcql *query,
			     struct yf_transactions *out)
{
	*out = (struct yf_transactions){ NULL, 0 };
	if (!array)
		return YF_OK;
	if (array->kind != YF_JSON_ARRAY || !array->count)
		return YF_FAIL(SYNTAX);
	if (array->count > YF_TRANSACTIONS_MAX)
		return YF_FAIL(TOO_LARGE);
	struct yf_transaction *list =
		YF_NEW(arena, struct yf_transaction, array->count);
	if (!list)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < array->count; i++) {
		YF_TRY(read_one(arena, &array->items[i], query, &list[i]));
		for (size_t k = 0; k < i; k++)
			if (yf_str_eq(list[i].encoded, list[k].encoded))
				return YF_FAIL(DUPLICATE);
	}
	*out = (struct yf_transactions){ list, array->count };
	return YF_OK;
}

/* --- making --- */

static void put_default_ids(struct yf_json_out *json,
			    const struct yf_dcql *query)
{
	yf_json_out_array(json, "credential_ids");
	for (size_t i = 0; i < query->credential_count; i++)
		if (query->credentials[i].format == YF_DCQL_SD_JWT &&
		    query->credentials[i].holder_binding)
			yf_json_out_str(json, NULL, query->credentials[i].id);
	yf_json_out_close(json);
}

static yf_err make_one(struct yf_arena *arena, const struct yf_json *ask,
		       const struct yf_dcql *query, struct yf_json *out)
{
	struct yf_json_out json = yf_json_out_new(arena, 512);
	const struct yf_json *ids = NULL;
	yf_str type = { 0 };
	yf_str text = { 0 };
	yf_str plain = { 0 };
	const struct yf_json_field fields[] = {
		YF_JSON_STR("type", &type),
		YF_JSON_STR("text", &text),
		YF_JSON_ANY_OPT("credential_ids", &ids),
		YF_JSON_END,
	};

	YF_TRY(yf_json_take_fields(ask, fields));
	yf_json_out_object(&json, NULL);
	yf_json_out_str(&json, "type", type);
	if (ids)
		yf_json_out_tree(&json, "credential_ids", ids);
	else
		put_default_ids(&json, query);
	yf_json_out_str(&json, "text", text);
	yf_json_out_close(&json);
	YF_TRY(yf_json_out_end(&json, &plain));
	out->kind = YF_JSON_STRING;
	return yf_base64url_encode(arena, yf_bytes_of(plain), &out->string);
}

yf_err yf_transactions_make(struct yf_arena *arena, const struct yf_json *ask,
			    const struct yf_dcql *query,
			    const struct yf_json **out)
{
	struct yf_transactions made = { NULL, 0 };

	if (ask->kind != YF_JSON_ARRAY || !ask->count)
		return YF_FAIL(SYNTAX);
	if (ask->count > YF_TRANSACTIONS_MAX)
		return YF_FAIL(TOO_LARGE);
	struct yf_json *array = YF_NEW(arena, struct yf_json, 1);
	struct yf_json *items = YF_NEW(arena, struct yf_json, ask->count);
	if (!array || !items)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < ask->count; i++)
		YF_TRY(make_one(arena, &ask->items[i], query, &items[i]));
	*array = yf_json_of_items("", YF_JSON_ARRAY, items, ask->count);
	YF_TRY(yf_transactions_parse(arena, array, query, &made));
	*out = array;
	return YF_OK;
}

/* --- what was signed --- */

/* B.3.3.1: "a hash [...] calculated over the string received in the
 * transaction_data request parameter", not over what it decodes to. */
yf_err yf_transaction_hash(struct yf_arena *arena, yf_str encoded, yf_str *out)
{
	char text[YF_SHA256_TEXT_LEN];

	yf_sha256_text(encoded, text);
	return yf_str_copy(arena, (yf_str){ text, sizeof(text) }, out);
}

static yf_err find_hash(struct yf_arena *arena,
			const struct yf_transactions *transactions,
			size_t index, const struct yf_json *hash,
			uint64_t *found)
{
	for (size_t i = 0; i < transactions->count; i++) {
		const struct yf_transaction *at = &transactions->at[i];
		yf_str own = { 0 };

		YF_TRY(yf_transaction_hash(arena, at->encoded, &own));
		if (hash->kind != YF_JSON_STRING ||
		    !yf_str_eq(hash->string, own))
			continue;
		if (!(at->credentials >> index & 1))
			return YF_FAIL(HOLDER);
		*found |= UINT64_C(1) << i;
		return YF_OK;
	}
	return YF_FAIL(HOLDER);
}

yf_err yf_transactions_signed(struct yf_arena *arena,
			      const struct yf_transactions *transactions,
			      size_t index, const struct yf_json *binding,
			      uint64_t *out)
{
	const struct yf_json *hashes =
		yf_json_get(binding, "transaction_data_hashes");
	const struct yf_json *alg =
		yf_json_get(binding, "transaction_data_hashes_alg");
	uint64_t found = 0;

	*out = 0;
	if (!hashes)
		return YF_OK;
	if (hashes->kind != YF_JSON_ARRAY ||
	    (alg && !yf_str_is(alg->string, "sha-256")))
		return YF_FAIL(HOLDER);
	for (size_t i = 0; i < hashes->count; i++)
		YF_TRY(find_hash(arena, transactions, index, &hashes->items[i],
				 &found));
	*out = found;
	return YF_OK;
}
