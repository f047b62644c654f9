#include "check/wallet_metadata.h"

/* An array that is there must have it; an absent one says nothing. */
static yf_err check_list(const struct yf_json *metadata, const char *name,
			 const char *want)
{
	const struct yf_json *list = yf_json_get(metadata, name);

	if (!list)
		return YF_OK;
	if (list->kind != YF_JSON_ARRAY)
		return YF_FAIL(SYNTAX);
	for (size_t i = 0; i < list->count; i++)
		if (yf_str_is(list->items[i].string, want))
			return YF_OK;
	return YF_FAIL(UNSUPPORTED);
}

/* "dc+sd-jwt" without algorithms means all of them. */
static bool has_sd_jwt(const struct yf_json *formats)
{
	const struct yf_json *format = yf_json_get(formats, "dc+sd-jwt");

	return format &&
	       !yf_failed(check_list(format, "sd-jwt_alg_values", "ES256")) &&
	       !yf_failed(check_list(format, "kb-jwt_alg_values", "ES256"));
}

static yf_err check_formats(const struct yf_json *metadata,
			    const struct yf_dcql *query)
{
	const struct yf_json *formats =
		yf_json_get(metadata, "vp_formats_supported");
	uint64_t can = 0;

	if (!formats)
		return YF_OK;
	if (formats->kind != YF_JSON_OBJECT)
		return YF_FAIL(SYNTAX);
	for (size_t i = 0; i < query->credential_count; i++) {
		const bool fits =
			query->credentials[i].format == YF_DCQL_SD_JWT
				? has_sd_jwt(formats)
				: yf_json_get(formats, "mso_mdoc") != NULL;
		can |= (uint64_t)fits << i;
	}
	return yf_dcql_satisfied(query, can) ? YF_OK : YF_FAIL(UNSUPPORTED);
}

yf_err yf_wallet_metadata_check(struct yf_arena *arena, yf_str metadata,
				const struct yf_request *request)
{
	const char *prefix = request->how.prefix == YF_PREFIX_X509_HASH
				     ? "x509_hash"
				     : "x509_san_dns";
	const struct yf_json *tree = NULL;

	if (!metadata.len)
		return YF_OK;
	YF_TRY(yf_json_parse(arena, metadata, &tree));
	if (tree->kind != YF_JSON_OBJECT)
		return YF_FAIL(SYNTAX);
	YF_TRY(check_list(tree, "client_id_prefixes_supported", prefix));
	YF_TRY(check_list(tree, "response_types_supported", "vp_token"));
	YF_TRY(check_list(tree, "response_modes_supported",
			  request->how.plain ? "direct_post"
					     : "direct_post.jwt"));
	YF_TRY(check_list(tree, "request_object_signing_alg_values_supported",
			  "ES256"));
	return check_formats(tree, &request->query);
}
