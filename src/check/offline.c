#include "check/offline.h"

const char *yf_offline_status_name(yf_offline_status status)
{
	switch (status) {
	case YF_OFFLINE_STATUS_NONE:
		return "none";
	case YF_OFFLINE_STATUS_VALID:
		return "valid";
	case YF_OFFLINE_STATUS_REVOKED:
		return "revoked";
	case YF_OFFLINE_STATUS_SUSPENDED:
		return "suspended";
	case YF_OFFLINE_STATUS_UNDETERMINED:
		break;
	}
	return "undetermined";
}

/* --- status --- */

/*
 * The newest list that is this credential's and holds.  One that is too old,
 * or not signed by somebody trusted, tells nothing.
 */
static yf_err find_list(struct yf_arena *arena,
			const struct yf_offline_ask *ask, yf_str uri,
			struct yf_status_token *out)
{
	const struct yf_status_rule rule = {
		.trust = ask->trust,
		.keys = ask->keys,
		.key_count = ask->key_count,
		.uri = uri,
		.now_s = ask->now_s,
		.skew_s = YF_OFFLINE_SKEW_S,
		.len_max = YF_STATUS_BYTES_MAX,
	};
	bool found = false;

	for (size_t i = 0; i < ask->status_count; i++) {
		struct yf_status_token token = { 0 };
		const yf_err err = yf_status_token_verify(
			arena, ask->status_tokens[i], &rule, &token);

		if (err.code == YF_CODE_MEMORY)
			return err;
		if (yf_failed(err) ||
		    (found && token.issued_at_s <= out->issued_at_s))
			continue;
		*out = token;
		found = true;
	}
	return found ? YF_OK : YF_FAIL(UNREACHABLE);
}

static yf_err check_status(struct yf_arena *arena,
			   const struct yf_offline_ask *ask,
			   const struct yf_status_ref *ref,
			   yf_offline_status *out)
{
	struct yf_status_token token = { 0 };
	uint8_t status = YF_STATUS_VALID;

	*out = YF_OFFLINE_STATUS_NONE;
	if (!ref->uri.len)
		return YF_OK;
	*out = YF_OFFLINE_STATUS_UNDETERMINED;
	YF_TRY(find_list(arena, ask, ref->uri, &token));
	YF_TRY(yf_status_list_get(&token.list, ref->index, &status));
	switch (status) {
	case YF_STATUS_VALID:
		*out = YF_OFFLINE_STATUS_VALID;
		return YF_OK;
	case YF_STATUS_INVALID:
		*out = YF_OFFLINE_STATUS_REVOKED;
		return YF_FAIL(REVOKED);
	case YF_STATUS_SUSPENDED:
		*out = YF_OFFLINE_STATUS_SUSPENDED;
		return YF_FAIL(SUSPENDED);
	default:
		return YF_FAIL(UNSUPPORTED);
	}
}

/* --- the verdict --- */

static yf_str issuer_name(struct yf_arena *arena, const struct yf_vc *vc)
{
	struct yf_cert cert = { 0 };

	if (vc->issuer.len || !vc->chain.count ||
	    yf_failed(yf_cert_parse(arena, vc->chain.certs[0], &cert)))
		return vc->issuer;
	return cert.common_name;
}

static yf_err judge(struct yf_arena *arena, const struct yf_offline_ask *ask,
		    struct yf_offline *out)
{
	const bool bound = ask->nonce.len > 0;
	const struct yf_vc_rule rule = {
		.trust = ask->trust,
		.keys = ask->keys,
		.key_count = ask->key_count,
		.now_s = ask->now_s,
		.skew_s = YF_OFFLINE_SKEW_S,
		.binding = bound ? YF_BINDING_REQUIRED : YF_BINDING_UNCHECKED,
		.audience = ask->audience,
		.nonce = ask->nonce,
		.binding_age_s = YF_OFFLINE_BINDING_S,
	};
	struct yf_vc vc = { 0 };

	YF_TRY(yf_vc_verify(arena, ask->text, &rule, &vc));
	out->claims = vc.claims;
	out->vct = vc.vct;
	out->issuer = issuer_name(arena, &vc);
	out->issued_at_s = vc.issued_at_s;
	out->expires_s = vc.expires_s;
	out->holder_proved = bound;
	return check_status(arena, ask, &vc.status, &out->status);
}

yf_err yf_offline_check(struct yf_arena *arena,
			const struct yf_offline_ask *ask,
			struct yf_offline *out)
{
	struct yf_offline done = {
		.status = YF_OFFLINE_STATUS_UNDETERMINED,
		.result.checked_at_s = ask->now_s,
	};

	if (!ask->nonce.len != !ask->audience.len)
		return YF_FAIL(RANGE);
	const yf_err verdict = judge(arena, ask, &done);
	if (yf_err_kind(verdict) == YF_KIND_INTERNAL)
		return verdict;
	done.result.verdict = YF_VERDICT_ACCEPTED;
	if (yf_failed(verdict))
		YF_TRY(yf_result_of_err(arena, verdict, &done.result));
	/* Who was given nobody to trust cannot refuse for want of trust. */
	if (verdict.code == YF_CODE_UNTRUSTED && !ask->trust && !ask->key_count)
		done.result.verdict = YF_VERDICT_UNDETERMINED;
	*out = done;
	return YF_OK;
}

/* --- as JSON --- */

static void put_text(struct yf_json_out *json, const char *name, yf_str text)
{
	if (text.len)
		yf_json_out_str(json, name, text);
	else
		yf_json_out_null(json, name);
}

static void put_time(struct yf_json_out *json, const char *name, int64_t time_s)
{
	if (time_s)
		yf_json_out_int(json, name, time_s);
	else
		yf_json_out_null(json, name);
}

yf_err yf_offline_encode(struct yf_arena *arena, const struct yf_offline *done,
			 yf_str *json)
{
	struct yf_json_out out = yf_json_out_new(arena, 1024);

	yf_json_out_object(&out, NULL);
	yf_json_out_text(&out, "verdict",
			 yf_verdict_name(done->result.verdict));
	put_text(&out, "reason", done->result.reason);
	put_text(&out, "advice", done->result.advice);
	if (done->claims)
		yf_json_out_tree(&out, "claims", done->claims);
	else
		yf_json_out_null(&out, "claims");
	put_text(&out, "vct", done->vct);
	put_text(&out, "issuer", done->issuer);
	put_time(&out, "issued_at", done->issued_at_s);
	put_time(&out, "expires_at", done->expires_s);
	yf_json_out_text(&out, "holder",
			 done->holder_proved ? "proved" : "unchecked");
	yf_json_out_text(&out, "status", yf_offline_status_name(done->status));
	yf_json_out_int(&out, "checked_at", done->result.checked_at_s);
	yf_json_out_close(&out);
	return yf_json_out_end(&out, json);
}
