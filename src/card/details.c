#include "card/details.h"

#include "openid/authorization_details.h"

#define IDENTIFIER_PREFIX "card:"

static bool has(yf_str kept, yf_str id)
{
	yf_str piece;

	while (yf_str_next(&kept, ' ', &piece))
		if (piece.len && yf_str_eq(piece, id))
			return true;
	return false;
}

yf_err yf_details_take(const struct yf_env *env, struct yf_arena *arena,
		       yf_str raw, const struct yf_card_type **type,
		       yf_str *kept)
{
	struct yf_authorization_details details;
	struct yf_buf buf = yf_buf_new(arena, 128);
	const struct yf_card_type *own = *type;
	yf_card_format format;

	*kept = YF_STR("");
	if (!raw.ptr)
		return YF_OK;
	YF_TRY(yf_authorization_details_parse(arena, raw, env->settings.url,
					      &details));
	for (size_t i = 0; i < details.count; i++) {
		const yf_str id = details.configuration_ids[i];
		const struct yf_card_type *found =
			yf_card_type_of_configuration(env->types, id, &format);
		/* A code stands for one type, in any of its formats. */
		if (!found || (own && own != found))
			return YF_FAIL(INVALID_DETAILS);
		own = found;
		if (i)
			yf_buf_char(&buf, ' ');
		yf_buf_text(&buf, id);
	}
	*type = own;
	return yf_buf_str(&buf, kept);
}

bool yf_details_within(yf_str some, yf_str all)
{
	yf_str piece;

	if (!all.len)
		return true;
	while (yf_str_next(&some, ' ', &piece))
		if (piece.len && !has(all, piece))
			return false;
	return true;
}

bool yf_details_configuration(yf_str kept, yf_str identifier, yf_str *out)
{
	const yf_str prefix = YF_STR(IDENTIFIER_PREFIX);

	if (!yf_str_starts(identifier, prefix))
		return false;
	const yf_str id = yf_str_skip(identifier, prefix.len);
	if (!id.len || !has(kept, id))
		return false;
	*out = id;
	return true;
}

yf_err yf_details_put(struct yf_json_out *out, yf_str kept)
{
	yf_str piece;
	yf_str identifier;

	if (!kept.len)
		return YF_OK;
	yf_json_out_array(out, "authorization_details");
	while (yf_str_next(&kept, ' ', &piece)) {
		YF_TRY(yf_str_format(out->buf.arena, &identifier,
				     IDENTIFIER_PREFIX "%.*s", YF_ARG(piece)));
		yf_json_out_object(out, NULL);
		yf_json_out_text(out, "type", "openid_credential");
		yf_json_out_str(out, "credential_configuration_id", piece);
		yf_json_out_array(out, "credential_identifiers");
		yf_json_out_str(out, NULL, identifier);
		yf_json_out_close(out);
		yf_json_out_close(out);
	}
	yf_json_out_close(out);
	return YF_OK;
}
