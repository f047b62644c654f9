#include "holder/offer.h"

#define PRE_AUTHORIZED "urn:ietf:params:oauth:grant-type:pre-authorized_code"

static yf_err configurations(const struct yf_json *ids,
			     struct yf_credential_offer *out)
{
	if (ids->kind != YF_JSON_ARRAY || ids->count == 0)
		return YF_FAIL(SYNTAX);
	if (ids->count > YF_OFFER_CONFIGURATIONS_MAX)
		return YF_FAIL(TOO_LARGE);
	for (size_t i = 0; i < ids->count; i++) {
		const struct yf_json *id = &ids->items[i];
		if (id->kind != YF_JSON_STRING || !id->string.len)
			return YF_FAIL(SYNTAX);
		out->configurations[i] = id->string;
	}
	out->configuration_count = ids->count;
	return YF_OK;
}

static yf_err pre_authorized(const struct yf_json *grant,
			     struct yf_credential_offer *out)
{
	const struct yf_json *tx_code = NULL;
	const struct yf_json_field fields[] = {
		YF_JSON_STR("pre-authorized_code", &out->pre_authorized_code),
		YF_JSON_ANY_OPT("tx_code", &tx_code),
		YF_JSON_STR_OPT("authorization_server",
				&out->authorization_server),
		YF_JSON_NUM_OPT("tx_code.length", &out->tx_code_len),
		YF_JSON_END,
	};

	YF_TRY(yf_json_take_fields(grant, fields));
	if (!out->pre_authorized_code.len)
		return YF_FAIL(SYNTAX);
	if (tx_code && tx_code->kind != YF_JSON_OBJECT)
		return YF_FAIL(SYNTAX);
	/* Section 4.1.1: the object "even if empty" asks for a code. */
	out->wants_tx_code = tx_code != NULL;
	return YF_OK;
}

static yf_err authorization_code(const struct yf_json *grant,
				 struct yf_credential_offer *out)
{
	yf_str server = { 0 };
	const struct yf_json_field fields[] = {
		YF_JSON_STR_OPT("issuer_state", &out->issuer_state),
		YF_JSON_STR_OPT("authorization_server", &server),
		YF_JSON_END,
	};

	YF_TRY(yf_json_take_fields(grant, fields));
	out->has_authorization_code = true;
	if (!out->pre_authorized_code.len)
		out->authorization_server = server;
	return YF_OK;
}

yf_err yf_offer_parse(struct yf_arena *arena, yf_str json,
		      struct yf_credential_offer *out)
{
	struct yf_credential_offer offer = { 0 };
	const struct yf_json *ids = NULL;
	const struct yf_json *grants = NULL;
	const struct yf_json_field fields[] = {
		YF_JSON_STR("credential_issuer", &offer.issuer),
		YF_JSON_ANY("credential_configuration_ids", &ids),
		YF_JSON_ANY_OPT("grants", &grants),
		YF_JSON_END,
	};

	if (json.len > YF_OFFER_LEN_MAX)
		return YF_FAIL(TOO_LARGE);
	YF_TRY(yf_json_decode(arena, json, fields));
	YF_TRY(configurations(ids, &offer));
	if (grants && grants->kind != YF_JSON_OBJECT)
		return YF_FAIL(SYNTAX);

	const struct yf_json *pre = yf_json_get(grants, PRE_AUTHORIZED);
	const struct yf_json *code = yf_json_get(grants, "authorization_code");
	if (pre)
		YF_TRY(pre_authorized(pre, &offer));
	if (code)
		YF_TRY(authorization_code(code, &offer));
	if (!grants || grants->count == 0)
		offer.has_authorization_code = true;
	*out = offer;
	return YF_OK;
}
