#include "lib/report.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/civil.h"
#include "crypto/cert_text.h"

void yf_report_plan(struct yf_report *report, const char *format,
		    const char *const *names, size_t count)
{
	report->format = format;
	report->step_count = count;
	for (size_t i = 0; i < count; i++)
		report->steps[i] = (struct yf_report_step){ .name = names[i] };
}

static yf_str say(struct yf_report *report, const char *format, va_list args)
{
	enum { SENTENCE_MAX = 2048 };

	char *text = YF_NEW(report->arena, char, SENTENCE_MAX);
	if (!text)
		return YF_STR("");
	const int len = vsnprintf(text, SENTENCE_MAX, format, args);
	if (len < 0)
		return YF_STR("");
	if (len < SENTENCE_MAX)
		return (yf_str){ text, (size_t)len };
	/* Names in it are strangers': cut, but between characters. */
	size_t cut = SENTENCE_MAX - 1;
	while (cut && !yf_str_is_utf8((yf_str){ text, cut }) &&
	       cut > SENTENCE_MAX - 5)
		cut--;
	return yf_str_is_utf8((yf_str){ text, cut }) ? (yf_str){ text, cut }
						     : YF_STR("");
}

yf_str yf_report_say(struct yf_report *report, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	const yf_str text = say(report, format, args);
	va_end(args);
	return text;
}

static struct yf_report_step *find_step(struct yf_report *report,
					const char *name)
{
	for (size_t i = 0; i < report->step_count; i++)
		if (!strcmp(report->steps[i].name, name))
			return &report->steps[i];
	return NULL;
}

void yf_report_step(struct yf_report *report, const char *name,
		    yf_step_state state, const char *format, ...)
{
	struct yf_report_step *step = find_step(report, name);
	va_list args;

	if (!step)
		return;
	step->state = state;
	va_start(args, format);
	step->detail = say(report, format, args);
	va_end(args);
}

void yf_report_fail(struct yf_report *report, const char *name, yf_err err,
		    yf_str detail)
{
	const yf_kind kind = yf_err_kind(err);

	yf_report_step(report, name,
		       kind == YF_KIND_UNAVAILABLE ? YF_STEP_UNKNOWN
						   : YF_STEP_FAILED,
		       "%s%s%.*s", yf_err_text(err), detail.len ? ": " : "",
		       YF_ARG(detail));
}

yf_str yf_report_time(struct yf_report *report, int64_t time_s)
{
	if (!time_s)
		return YF_STR("never");
	const struct yf_civil date = yf_civil_of(time_s);
	int64_t of_day = time_s % YF_DAY_S;
	if (of_day < 0)
		of_day += YF_DAY_S;
	return yf_report_say(report, "%04d-%02d-%02dT%02d:%02d:%02dZ",
			     date.year, date.month, date.day,
			     (int)(of_day / 3600), (int)(of_day / 60 % 60),
			     (int)(of_day % 60));
}

void yf_report_chain(struct yf_report *report, const struct yf_chain *chain)
{
	struct yf_cert_text leaf = { 0 };
	struct yf_cert_text last = { 0 };
	struct yf_cert cert = { 0 };

	if (!chain->count ||
	    yf_failed(yf_cert_describe(report->arena, chain->certs[0], &leaf)))
		return;
	report->cert = (struct yf_report_cert){
		.there = true,
		.subject = leaf.subject,
		.issuer = leaf.issuer,
		.serial = leaf.serial,
		.sha256 = leaf.sha256,
		.root = leaf.issuer,
		.valid_from_s = leaf.not_before_s,
		.valid_until_s = leaf.not_after_s,
	};
	if (chain->count > 1 &&
	    !yf_failed(yf_cert_describe(report->arena,
					chain->certs[chain->count - 1], &last)))
		report->cert.root = last.issuer;
	if (!report->issuer.len &&
	    !yf_failed(yf_cert_parse(report->arena, chain->certs[0], &cert)))
		report->issuer = cert.common_name;
}

/* --- sentences --- */

yf_str yf_report_say_cert(struct yf_report *report)
{
	const struct yf_report_cert *cert = &report->cert;

	if (!cert->there)
		return YF_STR("no certificate: a key that was given");
	return yf_report_say(
		report, "%.*s, serial %.*s, of %.*s, valid %.*s to %.*s",
		YF_ARG(cert->subject), YF_ARG(cert->serial), YF_ARG(cert->root),
		YF_ARG(yf_report_time(report, cert->valid_from_s)),
		YF_ARG(yf_report_time(report, cert->valid_until_s)));
}

yf_str yf_report_say_times(struct yf_report *report)
{
	const yf_str now = yf_report_time(report, report->now_s);

	if (!report->valid_from_s && !report->valid_until_s)
		return yf_report_say(report, "it names no time; now is %.*s",
				     YF_ARG(now));
	const yf_str from = yf_report_time(report, report->valid_from_s);
	const yf_str until = yf_report_time(report, report->valid_until_s);
	if (!report->valid_until_s)
		return yf_report_say(report, "valid from %.*s on; now is %.*s",
				     YF_ARG(from), YF_ARG(now));
	if (!report->valid_from_s)
		return yf_report_say(report, "valid until %.*s; now is %.*s",
				     YF_ARG(until), YF_ARG(now));
	return yf_report_say(report, "valid from %.*s until %.*s; now is %.*s",
			     YF_ARG(from), YF_ARG(until), YF_ARG(now));
}

yf_str yf_report_say_digests(struct yf_report *report)
{
	if (!report->digest_bad.len)
		return yf_report_say(report, "%lld of %lld match (SHA-256)",
				     (long long)report->digests_good,
				     (long long)report->digests);
	return yf_report_say(report, "%.*s does not match (SHA-256)",
			     YF_ARG(report->digest_bad));
}

/* --- as JSON --- */

enum yufu_verdict yf_report_verdict(const struct yf_report *report)
{
	if (!yf_failed(report->err))
		return YUFU_ACCEPTED;
	if (yf_err_kind(report->err) == YF_KIND_UNAVAILABLE)
		return YUFU_UNDETERMINED;
	/* Who was given nobody to trust cannot refuse for want of trust. */
	if (report->err.code == YF_CODE_UNTRUSTED &&
	    !yufu_knows_somebody(report->verifier))
		return YUFU_UNDETERMINED;
	return YUFU_REFUSED;
}

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

static void put_raw(struct yf_json_out *json, const char *name, yf_str raw)
{
	if (raw.len)
		yf_json_out_raw(json, name, raw);
	else
		yf_json_out_null(json, name);
}

static void put_cert(struct yf_json_out *json,
		     const struct yf_report_cert *cert)
{
	if (!cert->there) {
		yf_json_out_null(json, "certificate");
		return;
	}
	yf_json_out_object(json, "certificate");
	put_text(json, "subject", cert->subject);
	put_text(json, "issuer", cert->issuer);
	put_text(json, "serial", cert->serial);
	put_text(json, "sha256", cert->sha256);
	put_text(json, "root", cert->root);
	yf_json_out_int(json, "valid_from", cert->valid_from_s);
	yf_json_out_int(json, "valid_until", cert->valid_until_s);
	yf_json_out_close(json);
}

static void put_status(struct yf_json_out *json, const struct yf_report *report)
{
	const struct yf_report_status *status = &report->status;

	yf_json_out_text(json, "status",
			 status->value ? status->value : "undetermined");
	if (!status->there) {
		yf_json_out_null(json, "status_list");
		return;
	}
	yf_json_out_object(json, "status_list");
	put_text(json, "uri", status->uri);
	if (status->index >= 0)
		yf_json_out_int(json, "index", status->index);
	else
		yf_json_out_null(json, "index");
	if (status->source) {
		yf_json_out_text(json, "source", status->source);
		yf_json_out_int(json, "made_at", status->made_s);
		yf_json_out_int(json, "age", report->now_s - status->made_s);
		put_time(json, "expires_at", status->expires_s);
		yf_json_out_int(json, "entries", status->entries);
	} else {
		yf_json_out_null(json, "source");
	}
	yf_json_out_close(json);
}

static void put_tally(struct yf_json_out *json,
		      const struct yf_report_tally *tally)
{
	if (!tally->there)
		return;
	yf_json_out_object(json, "tally");
	put_text(json, "id", tally->id);
	put_text(json, "purpose", tally->purpose);
	yf_json_out_int(json, "window", tally->window_s);
	yf_json_out_close(json);
}

static void put_steps(struct yf_json_out *json, const struct yf_report *report)
{
	static const char *const states[] = {
		[YF_STEP_NOT_REACHED] = "not_reached",
		[YF_STEP_PASSED] = "passed",
		[YF_STEP_FAILED] = "failed",
		[YF_STEP_UNCHECKED] = "unchecked",
		[YF_STEP_UNKNOWN] = "unknown",
	};

	yf_json_out_array(json, "steps");
	for (size_t i = 0; i < report->step_count; i++) {
		const struct yf_report_step *step = &report->steps[i];
		yf_json_out_object(json, NULL);
		yf_json_out_text(json, "step", step->name);
		yf_json_out_text(json, "result", states[step->state]);
		put_text(json, "detail", step->detail);
		yf_json_out_close(json);
	}
	yf_json_out_close(json);
}

static yf_err put_verdict(struct yf_json_out *json,
			  const struct yf_report *report)
{
	static const char *const verdicts[] = {
		[YUFU_ACCEPTED] = "accepted",
		[YUFU_REFUSED] = "refused",
		[YUFU_UNDETERMINED] = "undetermined",
	};
	yf_str reason = { 0 };
	yf_str advice = report->advice;

	if (yf_failed(report->err)) {
		YF_TRY(yf_str_lower(report->arena,
				    yf_str_of(yf_err_name(report->err)),
				    &reason));
		if (!advice.len)
			advice = yf_str_of(yf_err_advice(report->err));
	}
	yf_json_out_text(json, "verdict", verdicts[yf_report_verdict(report)]);
	put_text(json, "reason", reason);
	put_text(json, "advice", advice);
	return YF_OK;
}

yf_err yf_report_encode(const struct yf_report *report, yf_str *json)
{
	struct yf_json_out out = yf_json_out_new(report->arena, 2048);

	yf_json_out_object(&out, NULL);
	YF_TRY(put_verdict(&out, report));
	put_raw(&out, "claims", report->claims);
	put_text(&out, "format", yf_str_of(report->format));
	put_text(&out, "type", report->type);
	/* The name that it had before there were mdocs. */
	put_text(&out, "vct", report->type);
	put_text(&out, "issuer", report->issuer);
	put_time(&out, "issued_at", report->issued_at_s);
	put_time(&out, "valid_from", report->valid_from_s);
	put_time(&out, "expires_at", report->valid_until_s);
	yf_json_out_text(&out, "holder",
			 report->holder_proved ? "proved" : "unchecked");
	put_text(&out, "holder_by", yf_str_of(report->holder_by));
	put_status(&out, report);
	put_cert(&out, &report->cert);
	yf_json_out_object(&out, "digests");
	yf_json_out_int(&out, "count", report->digests);
	yf_json_out_int(&out, "matched", report->digests_good);
	put_text(&out, "mismatch", report->digest_bad);
	yf_json_out_close(&out);
	put_tally(&out, &report->tally);
	if (report->document_count) {
		yf_json_out_array(&out, "documents");
		for (size_t i = 0; i < report->document_count; i++)
			yf_json_out_raw(&out, NULL, report->documents[i]);
		yf_json_out_close(&out);
	}
	put_steps(&out, report);
	yf_json_out_int(&out, "checked_at", report->now_s);
	yf_json_out_close(&out);
	return yf_json_out_end(&out, json);
}
