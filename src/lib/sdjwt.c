#define _GNU_SOURCE
#include "lib/check.h"

#include "codec/base64url.h"
#include "crypto/hash.h"

static const char *const steps[] = {
	[YF_VC_FORM] = "form",           [YF_VC_CHAIN] = "certificate",
	[YF_VC_SIGNATURE] = "signature", [YF_VC_DISCLOSURES] = "digests",
	[YF_VC_TYPE] = "type",           [YF_VC_VALIDITY] = "validity",
	[YF_VC_BINDING] = "holder",      "status",
};

/* --- which digests --- */

static bool contains(yf_str text, const char digest[static YF_SHA256_TEXT_LEN])
{
	return text.len &&
	       memmem(text.ptr, text.len, digest, YF_SHA256_TEXT_LEN) != NULL;
}

/* Only to tell which one it was: whether it holds is proved elsewhere. */
static bool is_named(struct yf_report *report, const struct yf_sdjwt *sdjwt,
		     yf_str payload, size_t at)
{
	char digest[YF_SHA256_TEXT_LEN];

	yf_sha256_text(sdjwt->disclosures[at], digest);
	if (contains(payload, digest))
		return true;
	for (size_t i = 0; i < sdjwt->disclosure_count; i++) {
		yf_bytes text = { 0 };
		if (i != at &&
		    !yf_failed(yf_base64url_decode(
			    report->arena, sdjwt->disclosures[i], &text)) &&
		    contains(yf_str_from(text), digest))
			return true;
	}
	return false;
}

static yf_str name_of(struct yf_report *report, const struct yf_sdjwt *sdjwt,
		      size_t at)
{
	const struct yf_json *tree = NULL;
	char digest[YF_SHA256_TEXT_LEN];
	yf_bytes text = { 0 };
	yf_str name = YF_STR("?");

	yf_sha256_text(sdjwt->disclosures[at], digest);
	if (!yf_failed(yf_base64url_decode(report->arena,
					   sdjwt->disclosures[at], &text)) &&
	    !yf_failed(
		    yf_json_parse(report->arena, yf_str_from(text), &tree)) &&
	    tree->kind == YF_JSON_ARRAY && tree->count == 3 &&
	    tree->items[1].kind == YF_JSON_STRING)
		name = tree->items[1].string;
	return yf_report_say(report, "disclosure %zu (%.*s, digest %.*s)",
			     at + 1, YF_ARG(name), (int)sizeof(digest), digest);
}

static void count_digests(struct yf_report *report,
			  const struct yf_sdjwt *sdjwt, yf_str payload)
{
	/* A stranger's 256 times 256 hashes and searches are too many. */
	enum { LOOKED_AT_MAX = 64 };

	report->digests = (int64_t)sdjwt->disclosure_count;
	report->digests_good = 0;
	for (size_t i = 0; i < sdjwt->disclosure_count && i < LOOKED_AT_MAX;
	     i++) {
		if (is_named(report, sdjwt, payload, i))
			report->digests_good++;
		else if (!report->digest_bad.len)
			report->digest_bad = name_of(report, sdjwt, i);
	}
}

/* --- what it says of itself --- */

static void take(struct yf_report *report, const struct yf_vc *vc)
{
	report->type = vc->vct;
	report->issuer = vc->issuer;
	report->issued_at_s = vc->issued_at_s;
	report->valid_from_s =
		vc->not_before_s ? vc->not_before_s : vc->issued_at_s;
	report->valid_until_s = vc->expires_s;
	yf_report_chain(report, &vc->chain);
}

/* Unproved, to tell a person which certificate and which times these were. */
static void peek(struct yf_report *report, yf_str text, yf_vc_step stopped)
{
	struct yf_vc vc = { 0 };
	struct yf_sdjwt sdjwt;
	struct yf_jws jws;

	if (yf_failed(yf_sdjwt_parse(report->arena, text, &sdjwt)) ||
	    yf_failed(yf_jws_parse(report->arena, sdjwt.issuer_jwt, &jws)))
		return;
	if (!yf_failed(yf_vc_peek(report->arena, text, &vc)))
		take(report, &vc);
	else
		yf_report_chain(report, &jws.x5c);
	if (stopped == YF_VC_DISCLOSURES)
		count_digests(report, &sdjwt, jws.payload);
}

static yf_str fact_of(struct yf_report *report, yf_vc_step step, yf_err err)
{
	const struct yufu_ask *ask = &report->ask;

	switch (step) {
	case YF_VC_CHAIN:
		return yf_report_say_cert(report);
	case YF_VC_SIGNATURE:
		return YF_STR("ES256 of the issuer over the card");
	case YF_VC_DISCLOSURES:
		return yf_report_say_digests(report);
	case YF_VC_TYPE:
		return yf_report_say(
			report, "%.*s%s%s", YF_ARG(report->type),
			ask->type && yf_failed(err) ? ", not " : "",
			ask->type && yf_failed(err) ? ask->type : "");
	case YF_VC_VALIDITY:
		return yf_report_say_times(report);
	case YF_VC_BINDING:
		return ask->audience
			       ? yf_report_say(report,
					       "key binding for %s, nonce %s",
					       ask->audience, ask->nonce)
			       : YF_STR("");
	case YF_VC_FORM:
		break;
	}
	return YF_STR("SD-JWT VC");
}

static void say_steps(struct yf_report *report, yf_vc_step stopped)
{
	for (yf_vc_step step = YF_VC_FORM; step <= YF_VC_BINDING; step++) {
		if (yf_failed(report->err) && step == stopped) {
			yf_report_fail(report, steps[step], report->err,
				       fact_of(report, step, report->err));
			return;
		}
		yf_report_step(report, steps[step], YF_STEP_PASSED, "%.*s",
			       YF_ARG(fact_of(report, step, YF_OK)));
	}
	if (!report->holder_proved)
		yf_report_step(report, "holder", YF_STEP_UNCHECKED,
			       "no nonce and audience were given, so a copy "
			       "would do as well");
}

static void advise(struct yf_report *report, yf_vc_step stopped)
{
	if (report->err.code == YF_CODE_DIGEST && stopped == YF_VC_BINDING)
		report->advice = YF_STR(
			"the holder signed over other disclosures: ask for a "
			"new presentation");
	if (report->err.code == YF_CODE_UNTRUSTED &&
	    !yufu_knows_somebody(report->verifier))
		report->advice =
			YF_STR("nobody is trusted yet: give the issuer's root "
			       "certificate, a key or a trust list");
}

void yf_check_sdjwt(struct yf_report *report, yf_str text)
{
	const bool bound = report->ask.nonce != NULL;
	const yf_str type = yf_str_of(report->ask.type);
	const struct yf_vc_rule rule = {
		.trust = yufu_roots(report->verifier),
		.keys = report->verifier->keys,
		.key_count = report->verifier->key_count,
		.vcts = &type,
		.vct_count = type.len ? 1 : 0,
		.now_s = report->now_s,
		.skew_s = YUFU_SKEW_S,
		.binding = bound ? YF_BINDING_REQUIRED : YF_BINDING_UNCHECKED,
		.audience = yf_str_of(report->ask.audience),
		.nonce = yf_str_of(report->ask.nonce),
		.binding_age_s = YUFU_BINDING_S,
	};
	yf_vc_step stopped = YF_VC_FORM;
	struct yf_sdjwt sdjwt;
	struct yf_vc vc = { 0 };

	yf_report_plan(report, "dc+sd-jwt", steps, YF_COUNT(steps));
	if (report->ask.transcript) {
		report->err = YF_FAIL(UNSUPPORTED);
		report->advice = YF_STR("a transcript is of an mdoc: give "
					"nonce and audience instead");
		yf_report_fail(report, "holder", report->err, YF_STR(""));
		return;
	}
	report->err =
		yf_vc_verify_steps(report->arena, text, &rule, &stopped, &vc);
	if (yf_failed(report->err)) {
		peek(report, text, stopped);
		advise(report, stopped);
		say_steps(report, stopped);
		return;
	}
	take(report, &vc);
	report->err = yf_sdjwt_parse(report->arena, text, &sdjwt);
	report->digests = report->digests_good =
		(int64_t)sdjwt.disclosure_count;
	report->holder_proved = bound;
	report->holder_by = bound ? "key_binding" : NULL;
	struct yf_json_out out = yf_json_out_new(report->arena, 1024);
	yf_json_out_tree(&out, NULL, vc.claims);
	if (!yf_failed(report->err))
		report->err = yf_json_out_end(&out, &report->claims);
	say_steps(report, YF_VC_BINDING);
	if (!yf_failed(report->err))
		yf_check_status_ref(report, &vc.status);
}
