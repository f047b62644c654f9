#include "openid/authorization_details.h"

static bool is_known(yf_str name)
{
	static const char *const members[] = {
		"type", "credential_configuration_id", "claims", "locations"
	};

	for (size_t i = 0; i < YF_COUNT(members); i++)
		if (yf_str_is(name, members[i]))
			return true;
	return false;
}

/*
 * RFC 9396 5: "The AS MUST refuse to process any unknown authorization details
 * type or authorization details not conforming to the respective type
 * definition", which "contains unknown fields" is one way of.
 */
static yf_err check_members(const struct yf_json *item)
{
	if (item->kind != YF_JSON_OBJECT)
		return YF_FAIL(INVALID_DETAILS);
	for (size_t i = 0; i < item->count; i++)
		if (!is_known(item->items[i].name))
			return YF_FAIL(INVALID_DETAILS);
	return yf_str_is(yf_json_text(item, "type"), "openid_credential")
		       ? YF_OK
		       : YF_FAIL(INVALID_DETAILS);
}

/* OpenID4VCI 5.1.1: "the locations [...] MUST be set to the Credential Issuer
 * Identifier" where they are used. */
static yf_err check_locations(const struct yf_json *item, yf_str issuer)
{
	const struct yf_json *locations = yf_json_get(item, "locations");

	if (!locations)
		return YF_OK;
	if (locations->kind != YF_JSON_ARRAY)
		return YF_FAIL(INVALID_DETAILS);
	for (size_t i = 0; i < locations->count; i++)
		if (locations->items[i].kind == YF_JSON_STRING &&
		    yf_str_eq(locations->items[i].string, issuer))
			return YF_OK;
	return YF_FAIL(INVALID_DETAILS);
}

/* "claims: OPTIONAL. A non-empty array of claims description objects": what
 * the wallet would like; we issue all, so the form is all that is looked at. */
static yf_err check_claims(const struct yf_json *item)
{
	const struct yf_json *claims = yf_json_get(item, "claims");

	if (!claims)
		return YF_OK;
	if (claims->kind != YF_JSON_ARRAY || !claims->count)
		return YF_FAIL(INVALID_DETAILS);
	for (size_t i = 0; i < claims->count; i++) {
		const struct yf_json *path =
			yf_json_get(&claims->items[i], "path");
		if (!path || path->kind != YF_JSON_ARRAY || !path->count)
			return YF_FAIL(INVALID_DETAILS);
	}
	return YF_OK;
}

static void add(struct yf_authorization_details *out, yf_str id)
{
	for (size_t i = 0; i < out->count; i++)
		if (yf_str_eq(out->configuration_ids[i], id))
			return;
	out->configuration_ids[out->count++] = id;
}

yf_err yf_authorization_details_parse(struct yf_arena *arena, yf_str text,
				      yf_str issuer,
				      struct yf_authorization_details *out)
{
	struct yf_authorization_details details = { 0 };
	const struct yf_json *tree = NULL;

	if (text.len > YF_DETAILS_LEN_MAX)
		return YF_FAIL(INVALID_DETAILS);
	const yf_err err = yf_json_parse(arena, text, &tree);
	if (err.code == YF_CODE_MEMORY)
		return err;
	if (yf_failed(err) || tree->kind != YF_JSON_ARRAY || !tree->count ||
	    tree->count > YF_DETAILS_MAX)
		return YF_FAIL(INVALID_DETAILS);
	for (size_t i = 0; i < tree->count; i++) {
		const struct yf_json *item = &tree->items[i];
		YF_TRY(check_members(item));
		YF_TRY(check_locations(item, issuer));
		YF_TRY(check_claims(item));
		const yf_str id =
			yf_json_text(item, "credential_configuration_id");
		if (!id.len)
			return YF_FAIL(INVALID_DETAILS);
		add(&details, id);
	}
	*out = details;
	return YF_OK;
}
