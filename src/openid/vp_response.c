#include "openid/vp_response.h"

static yf_err parse_entry(struct yf_arena *arena, const struct yf_dcql *query,
			  const struct yf_json *member, struct yf_vp_entry *out)
{
	if (member->kind != YF_JSON_ARRAY || !member->count)
		return YF_FAIL(SYNTAX);
	if (member->count > YF_VP_PRESENTATIONS_MAX)
		return YF_FAIL(TOO_LARGE);
	out->query = yf_dcql_find(query, member->name);
	if (!out->query || (!out->query->multiple && member->count > 1))
		return YF_FAIL(NOT_ASKED);

	yf_str *presentations = YF_NEW(arena, yf_str, member->count);
	if (!presentations)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < member->count; i++) {
		if (member->items[i].kind != YF_JSON_STRING)
			return YF_FAIL(SYNTAX);
		presentations[i] = member->items[i].string;
	}
	out->index = (size_t)(out->query - query->credentials);
	out->presentations = presentations;
	out->count = member->count;
	return YF_OK;
}

static yf_err parse_token(struct yf_arena *arena, const struct yf_dcql *query,
			  const struct yf_json *token,
			  struct yf_vp_response *out)
{
	if (token->kind != YF_JSON_OBJECT)
		return YF_FAIL(SYNTAX);
	if (!token->count || token->count > query->credential_count)
		return YF_FAIL(NOT_ASKED);

	struct yf_vp_entry *entries =
		YF_NEW(arena, struct yf_vp_entry, token->count);
	if (!entries)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < token->count; i++)
		YF_TRY(parse_entry(arena, query, &token->items[i],
				   &entries[i]));
	out->entries = entries;
	out->count = token->count;
	return YF_OK;
}

yf_err yf_vp_response_parse(struct yf_arena *arena, const struct yf_dcql *query,
			    yf_str text, struct yf_vp_response *out)
{
	struct yf_vp_response parsed = { 0 };
	const struct yf_json *token = NULL;
	const struct yf_json_field fields[] = {
		YF_JSON_ANY("vp_token", &token),
		YF_JSON_STR_OPT("state", &parsed.state),
		YF_JSON_END,
	};

	YF_TRY(yf_json_decode(arena, text, fields));
	YF_TRY(parse_token(arena, query, token, &parsed));
	*out = parsed;
	return YF_OK;
}

yf_err yf_vp_token_parse(struct yf_arena *arena, const struct yf_dcql *query,
			 const struct yf_json *token,
			 struct yf_vp_response *out)
{
	struct yf_vp_response parsed = { 0 };

	YF_TRY(parse_token(arena, query, token, &parsed));
	*out = parsed;
	return YF_OK;
}

static yf_err encode(struct yf_arena *arena, const struct yf_vp_ask *ask,
		     yf_str *out)
{
	struct yf_json_out json = yf_json_out_new(arena, 4096);

	yf_json_out_object(&json, NULL);
	yf_json_out_object(&json, "vp_token");
	for (size_t i = 0; i < ask->count; i++) {
		const char *id = NULL;

		YF_TRY(yf_str_to_c(arena, ask->answers[i].id, &id));
		yf_json_out_array(&json, id);
		yf_json_out_str(&json, NULL, ask->answers[i].presentation);
		yf_json_out_close(&json);
	}
	yf_json_out_close(&json);
	if (ask->state.len)
		yf_json_out_str(&json, "state", ask->state);
	yf_json_out_close(&json);
	return yf_json_out_end(&json, out);
}

yf_err yf_vp_response_make(struct yf_arena *arena, const struct yf_vp_ask *ask,
			   yf_str *jwe)
{
	const struct yf_jwe_ask header = { .enc = ask->enc,
					   .kid = ask->key_id };
	yf_str plain = { 0 };

	YF_TRY(encode(arena, ask, &plain));
	return yf_jwe_encrypt(arena, ask->key, &header, yf_bytes_of(plain),
			      jwe);
}
