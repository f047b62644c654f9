#include "check/result.h"

const char *yf_verdict_name(yf_verdict verdict)
{
	switch (verdict) {
	case YF_VERDICT_ACCEPTED:
		return "accepted";
	case YF_VERDICT_REFUSED:
		return "refused";
	case YF_VERDICT_UNDETERMINED:
		break;
	}
	return "undetermined";
}

static char lower(char c)
{
	static const char upper_case[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	static const char lower_case[] = "abcdefghijklmnopqrstuvwxyz";
	const char *at = strchr(upper_case, c);

	if (!at || !c)
		return c;
	return lower_case[at - upper_case];
}

yf_err yf_reason_of(struct yf_arena *arena, yf_err err, yf_str *out)
{
	const char *name = yf_err_name(err);
	struct yf_buf buf = yf_buf_new(arena, strlen(name));

	for (const char *c = name; *c; c++)
		yf_buf_char(&buf, lower(*c));
	return yf_buf_str(&buf, out);
}

yf_err yf_result_of_err(struct yf_arena *arena, yf_err err,
			struct yf_result *out)
{
	const yf_kind kind = yf_err_kind(err);
	const bool ours =
		kind == YF_KIND_UNAVAILABLE || kind == YF_KIND_INTERNAL;
	yf_str reason = { 0 };

	YF_TRY(yf_reason_of(arena, err, &reason));
	out->verdict = ours ? YF_VERDICT_UNDETERMINED : YF_VERDICT_REFUSED;
	out->reason = reason;
	out->advice = yf_str_of(yf_err_advice(err));
	return YF_OK;
}

static bool is_error_code(yf_str error)
{
	if (!error.len || error.len > 64)
		return false;
	for (size_t i = 0; i < error.len; i++) {
		const char c = error.ptr[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') &&
		    c != '_')
			return false;
	}
	return true;
}

yf_err yf_result_of_wallet_error(struct yf_arena *arena, yf_str error,
				 struct yf_result *out)
{
	if (!is_error_code(error))
		return YF_FAIL(SYNTAX);
	if (yf_str_is(error, "access_denied")) {
		out->verdict = YF_VERDICT_REFUSED;
		out->reason = YF_STR("declined");
		out->advice = YF_STR("respect it, and offer another way");
		return YF_OK;
	}
	out->verdict = YF_VERDICT_UNDETERMINED;
	out->advice =
		YF_STR("the wallet could not answer: ask for another document");
	return yf_str_copy(arena, error, &out->reason);
}

static void put_text(struct yf_json_out *json, const char *name, yf_str text)
{
	if (text.len)
		yf_json_out_str(json, name, text);
	else
		yf_json_out_null(json, name);
}

static void put_part(struct yf_json_out *json,
		     const struct yf_result_part *part)
{
	if (part->claims)
		yf_json_out_tree(json, "claims", part->claims);
	put_text(json, "assurance_level", part->assurance_level);
	put_text(json, "issuer", part->issuer);
	yf_json_out_bool(json, "demo", part->demo);
	put_text(json, "format", part->format);
	put_text(json, "type", part->type);
	yf_json_out_bool(json, "holder_bound", part->holder_bound);
}

static void put_parts(struct yf_json_out *json, const struct yf_result *result)
{
	yf_json_out_array(json, "credentials");
	for (size_t i = 0; i < result->part_count; i++) {
		yf_json_out_object(json, NULL);
		yf_json_out_str(json, "id", result->parts[i].id);
		put_part(json, &result->parts[i]);
		yf_json_out_close(json);
	}
	yf_json_out_close(json);
}

static void put_transactions(struct yf_json_out *json,
			     const struct yf_result *result)
{
	yf_json_out_array(json, "transaction_data");
	for (size_t i = 0; i < result->transaction_count; i++) {
		const struct yf_result_transaction *at =
			&result->transactions[i];

		yf_json_out_object(json, NULL);
		yf_json_out_str(json, "type", at->type);
		yf_json_out_str(json, "text", at->text);
		yf_json_out_str(json, "credential_id", at->credential_id);
		yf_json_out_close(json);
	}
	yf_json_out_close(json);
}

yf_err yf_result_encode(struct yf_arena *arena, const struct yf_result *result,
			yf_str *json)
{
	const struct yf_result_part nothing = { .claims = NULL };
	struct yf_json_out out = yf_json_out_new(arena, 1024);

	yf_json_out_object(&out, NULL);
	yf_json_out_text(&out, "verdict", yf_verdict_name(result->verdict));
	put_text(&out, "reason", result->reason);
	put_text(&out, "advice", result->advice);
	put_text(&out, "unreachable", result->unreachable);
	if (!result->part_count) {
		yf_json_out_object(&out, "claims");
		yf_json_out_close(&out);
	}
	put_part(&out, result->part_count ? &result->parts[0] : &nothing);
	if (result->part_count > 1)
		put_parts(&out, result);
	if (result->transaction_count)
		put_transactions(&out, result);
	yf_json_out_int(&out, "checked_at", result->checked_at_s);
	yf_json_out_int(&out, "delete_at", result->delete_at_s);
	yf_json_out_close(&out);
	return yf_json_out_end(&out, json);
}
