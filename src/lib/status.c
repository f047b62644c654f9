#include "lib/check.h"

/* What a list at hand says, before anything is made of it. */
struct found {
	const char *source;
	struct yf_status_list list;
	int64_t made_s;
	int64_t expires_s;
};

/*
 * The newest token that is of this uri and holds.  One that is too old, or
 * not signed by somebody trusted, tells nothing; `last` says why.
 */
static yf_err find_token(struct yf_report *report, yf_str uri,
			 struct found *out, yf_err *last)
{
	const struct yufu_verifier *verifier = report->verifier;
	const struct yf_status_rule rule = {
		.trust = yufu_roots(verifier),
		.keys = verifier->keys,
		.key_count = verifier->key_count,
		.uri = uri,
		.now_s = report->now_s,
		.skew_s = YUFU_SKEW_S,
		.len_max = YF_STATUS_BYTES_MAX,
	};

	for (size_t i = 0; i < verifier->list_count; i++) {
		const struct yf_kept_list *kept = &verifier->lists[i];
		struct yf_status_token token = { 0 };

		if (!yf_str_eq(kept->uri, uri))
			continue;
		const yf_err err = kept->cwt
					   ? yf_status_cwt_verify(report->arena,
								  kept->token,
								  &rule, &token)
					   : yf_status_token_verify(
						     report->arena,
						     yf_str_from(kept->token),
						     &rule, &token);
		if (yf_err_kind(err) == YF_KIND_INTERNAL)
			return err;
		if (yf_failed(err))
			*last = err;
		else if (!out->source || token.issued_at_s > out->made_s)
			*out = (struct found){ "token", token.list,
					       token.issued_at_s,
					       token.expires_s };
	}
	return YF_OK;
}

static yf_err find_in_bundle(struct yf_report *report, yf_str uri,
			     struct found *out, yf_err *last)
{
	const struct yufu_verifier *verifier = report->verifier;
	const struct yf_bundle *bundle = &verifier->bundle;
	struct yf_status_list list = { 0 };

	if (!verifier->bundle_arena ||
	    (out->source && out->made_s >= bundle->made_s))
		return YF_OK;
	/* It was opened in time; this process may run for weeks. */
	if (report->now_s >= bundle->expires_s + YUFU_SKEW_S) {
		*last = YF_FAIL(EXPIRED);
		return YF_OK;
	}
	const yf_err err = yf_bundle_list(report->arena, bundle, uri,
					  YF_STATUS_BYTES_MAX, &list);
	if (err.code == YF_CODE_UNREACHABLE)
		return YF_OK;
	YF_TRY(err);
	*out = (struct found){ "bundle", list, bundle->made_s,
			       bundle->expires_s };
	return YF_OK;
}

static yf_err judge(struct yf_report *report, const struct found *found)
{
	uint8_t status = YF_STATUS_VALID;

	report->status.entries = (int64_t)yf_status_list_count(&found->list);
	if (report->status.index < 0) {
		report->status.value = "valid";
		return YF_OK;
	}
	YF_TRY(yf_status_list_get(&found->list, report->status.index, &status));
	switch (status) {
	case YF_STATUS_VALID:
		report->status.value = "valid";
		return YF_OK;
	case YF_STATUS_INVALID:
		report->status.value = "revoked";
		return YF_FAIL(REVOKED);
	case YF_STATUS_SUSPENDED:
		report->status.value = "suspended";
		return YF_FAIL(SUSPENDED);
	default:
		return YF_FAIL(UNSUPPORTED);
	}
}

static void say_found(struct yf_report *report, yf_err err)
{
	const struct yf_report_status *status = &report->status;
	const yf_str fact = yf_report_say(
		report,
		"entry %lld of %.*s says %s; the list is from a %s, made %.*s "
		"(%lld s ago)",
		(long long)status->index, YF_ARG(status->uri), status->value,
		status->source, YF_ARG(yf_report_time(report, status->made_s)),
		(long long)(report->now_s - status->made_s));

	if (!yf_failed(err))
		yf_report_step(report, "status", YF_STEP_PASSED, "%.*s",
			       YF_ARG(fact));
	else
		yf_report_fail(report, "status", err, fact);
}

static void say_missing(struct yf_report *report, yf_err last)
{
	const yf_str uri = report->status.uri;
	const yf_str fact =
		yf_failed(last)
			? yf_report_say(report,
					"the list %.*s at hand is of no use: "
					"%s",
					YF_ARG(uri), yf_err_text(last))
			: yf_report_say(report,
					"no list at hand is that of %.*s",
					YF_ARG(uri));

	report->err = YF_FAIL(UNREACHABLE);
	report->advice = yf_report_say(
		report,
		"fetch %.*s or a new bundle, give it, and check again; until "
		"then nothing is decided",
		YF_ARG(uri));
	yf_report_step(report, "status", YF_STEP_UNKNOWN, "%.*s", YF_ARG(fact));
}

void yf_check_status_list(struct yf_report *report, yf_str uri, int64_t index)
{
	struct found found = { 0 };
	yf_err last = YF_OK;

	report->status = (struct yf_report_status){ .there = true,
						    .uri = uri,
						    .index = index,
						    .value = "undetermined" };
	report->err = find_token(report, uri, &found, &last);
	if (!yf_failed(report->err))
		report->err = find_in_bundle(report, uri, &found, &last);
	if (!yf_failed(report->err) && !found.source) {
		say_missing(report, last);
		return;
	}
	if (!yf_failed(report->err)) {
		report->status.source = found.source;
		report->status.made_s = found.made_s;
		report->status.expires_s = found.expires_s;
		report->err = judge(report, &found);
		say_found(report, report->err);
		return;
	}
	yf_report_fail(report, "status", report->err, YF_STR(""));
}

void yf_check_status_ref(struct yf_report *report,
			 const struct yf_status_ref *ref)
{
	if (ref->uri.len) {
		yf_check_status_list(report, ref->uri, ref->index);
		return;
	}
	report->status.value = "none";
	yf_report_step(report, "status", YF_STEP_UNCHECKED,
		       "it names no status list: it holds until it expires");
}
