#include "lib/check.h"

#include "codec/base64url.h"
#include "codec/hex.h"
#include "credential/tally.h"
#include "openid/handover.h"

static const char *const steps[] = {
	"form",    "certificate", "signature", "type",
	"digests", "validity",    "holder",    "status",
};

enum {
	STEP_FORM,
	STEP_CERT,
	STEP_SIGNATURE,
	STEP_TYPE,
	STEP_DIGESTS,
	STEP_VALIDITY,
	STEP_HOLDER,
	STEP_STATUS
};

/* Nothing of an mdoc was looked at yet. */
#define STEP_NONE ((yf_mdoc_step)(YF_MDOC_DEVICE_ITEM + 1))

static size_t step_of(yf_mdoc_step step)
{
	switch (step) {
	case YF_MDOC_CHAIN:
		return STEP_CERT;
	case YF_MDOC_ISSUER_AUTH:
		return STEP_SIGNATURE;
	case YF_MDOC_DOC_TYPE:
		return STEP_TYPE;
	case YF_MDOC_DIGEST:
		return STEP_DIGESTS;
	case YF_MDOC_COUNTRY:
	case YF_MDOC_VALIDITY:
		return STEP_VALIDITY;
	case YF_MDOC_DEVICE_AUTH:
	case YF_MDOC_DEVICE_ITEM:
		return STEP_HOLDER;
	}
	return STEP_FORM;
}

/* --- what it says of itself --- */

static void take(struct yf_report *report, const struct yf_issuer_signed *mdoc)
{
	report->type = mdoc->mso.doc_type;
	report->issuer = (yf_str){ 0 };
	report->issued_at_s = mdoc->mso.signed_at_s;
	report->valid_from_s = mdoc->mso.valid_from_s;
	report->valid_until_s = mdoc->mso.valid_until_s;
	report->digests = (int64_t)mdoc->item_count;
	yf_report_chain(report, &mdoc->issuer_auth.x5chain);
}

static yf_str element_of(struct yf_report *report,
			 const struct yf_mdoc_finding *finding)
{
	return yf_report_say(report, "%.*s of %.*s", YF_ARG(finding->name),
			     YF_ARG(finding->name_space));
}

static yf_str fact_of(struct yf_report *report, size_t step,
		      const struct yf_mdoc_finding *finding)
{
	switch (step) {
	case STEP_CERT:
		return yf_report_say_cert(report);
	case STEP_SIGNATURE:
		return YF_STR("ES256 of the issuer over the security object");
	case STEP_TYPE:
		return report->type;
	case STEP_DIGESTS:
		return yf_report_say_digests(report);
	case STEP_VALIDITY:
		if (finding && finding->step == YF_MDOC_COUNTRY)
			return yf_report_say(
				report, "%.*s is not the country in %.*s",
				YF_ARG(element_of(report, finding)),
				YF_ARG(report->cert.subject));
		return yf_report_say_times(report);
	case STEP_HOLDER:
		if (finding && finding->step == YF_MDOC_DEVICE_ITEM)
			return yf_report_say(
				report,
				"the device signed %.*s, which the issuer did "
				"not allow it to",
				YF_ARG(element_of(report, finding)));
		return YF_STR("the device's signature over this session");
	default:
		return yf_str_of(report->format);
	}
}

static void say_steps(struct yf_report *report,
		      const struct yf_mdoc_finding *finding)
{
	const bool failed = yf_failed(report->err);
	const size_t stopped = failed ? step_of(finding->step) : STEP_STATUS;

	for (size_t step = 0; step < stopped; step++)
		yf_report_step(report, steps[step], YF_STEP_PASSED, "%.*s",
			       YF_ARG(fact_of(report, step, NULL)));
	if (failed) {
		yf_report_fail(report, steps[stopped], report->err,
			       fact_of(report, stopped, finding));
		return;
	}
	if (!report->holder_proved)
		yf_report_step(report, "holder", YF_STEP_UNCHECKED,
			       "no session was given, so a copy would do as "
			       "well");
}

static void advise(struct yf_report *report)
{
	const yf_code code = report->err.code;

	if (code == YF_CODE_UNTRUSTED && !yufu_knows_somebody(report->verifier))
		report->advice =
			YF_STR("nobody is trusted yet: give the issuer's root "
			       "certificate, a key or a trust list");
	else if (code == YF_CODE_HOLDER)
		report->advice = YF_STR(
			"it was made by another device or for another "
			"session: compare nonce, audience and response_uri "
			"with the request, and ask again");
	else if (code == YF_CODE_DIGEST)
		report->advice = YF_STR(
			"this element was altered: refuse it, and ask for the "
			"card again");
}

static void fail(struct yf_report *report, yf_err err, size_t step)
{
	report->err = err;
	yf_report_fail(report, steps[step], err, fact_of(report, step, NULL));
	advise(report);
}

/* Everything but the status. */
static void conclude(struct yf_report *report, yf_err err,
		     const struct yf_mdoc_finding *finding,
		     const struct yf_mdoc *mdoc)
{
	report->err = err;
	if (yf_failed(err)) {
		if (finding->step == YF_MDOC_DIGEST)
			report->digest_bad = element_of(report, finding);
		report->holder_proved = false;
		report->holder_by = NULL;
		report->claims = (yf_str){ 0 };
		report->document_count = 0;
		say_steps(report, finding);
		advise(report);
		return;
	}
	report->digests_good = report->digests;
	yf_str claims = { 0 };
	err = yf_mdoc_claims(report->arena, mdoc, &claims);
	if (yf_failed(err)) {
		fail(report, err, STEP_FORM);
		return;
	}
	if (!report->claims.len)
		report->claims = claims;
	say_steps(report, finding);
	yf_check_status_ref(report, &mdoc->mso->status);
	if (report->document_count < YF_REPORT_DOCUMENTS_MAX)
		report->documents[report->document_count++] = claims;
}

/* --- the session --- */

static yf_err session_of(struct yf_report *report, yf_bytes *transcript)
{
	const struct yufu_ask *ask = &report->ask;
	const yf_str audience = yf_str_of(ask->audience);
	const yf_str origin = YF_STR("origin:");
	uint8_t thumbprint[YF_HANDOVER_THUMBPRINT_LEN];

	if (ask->transcript) {
		*transcript =
			(yf_bytes){ ask->transcript, ask->transcript_len };
		return YF_OK;
	}
	if (ask->thumbprint)
		YF_TRY(yf_base64url_decode_into(yf_str_of(ask->thumbprint),
						thumbprint,
						sizeof(thumbprint)));
	const uint8_t *key = ask->thumbprint ? thumbprint : NULL;
	if (yf_str_starts(audience, origin))
		return yf_handover_dc_api(
			report->arena, yf_str_skip(audience, origin.len),
			yf_str_of(ask->nonce), key, transcript);
	return yf_handover_redirect(report->arena, audience,
				    yf_str_of(ask->nonce), key,
				    yf_str_of(ask->response_uri), transcript);
}

static struct yf_mdoc_rule rule_of(const struct yf_report *report,
				   const yf_str *type)
{
	return (struct yf_mdoc_rule){
		.trust = yufu_roots(report->verifier),
		.keys = report->verifier->keys,
		.key_count = report->verifier->key_count,
		.doc_types = type,
		.doc_type_count = type->len ? 1 : 0,
		.now_s = report->now_s,
		.skew_s = YUFU_SKEW_S,
	};
}

/* --- the two forms --- */

static bool is_bound(const struct yf_report *report)
{
	return report->ask.nonce || report->ask.transcript;
}

static void check_issued(struct yf_report *report, yf_bytes bytes)
{
	const yf_str type = yf_str_of(report->ask.type);
	const struct yf_mdoc_rule rule = rule_of(report, &type);
	struct yf_mdoc_finding finding = { .step = STEP_NONE };
	struct yf_issuer_signed issued;
	struct yf_mdoc mdoc = { 0 };

	const yf_err err =
		yf_issuer_signed_parse(report->arena, bytes, &issued);
	if (yf_failed(err)) {
		fail(report, err, STEP_FORM);
		return;
	}
	take(report, &issued);
	conclude(report, yf_mdoc_verify_issued(&issued, &rule, &finding, &mdoc),
		 &finding, &mdoc);
	if (is_bound(report) && report->claims.len) {
		report->claims = (yf_str){ 0 };
		fail(report, YF_FAIL(HOLDER), STEP_HOLDER);
		report->advice = YF_STR("this is a card as issued: ask for a "
					"presentation of it");
	}
}

static void check_document(struct yf_report *report,
			   const struct yf_mdoc_rule *rule,
			   const struct yf_mdoc_document *document)
{
	struct yf_mdoc_finding finding = { .step = STEP_NONE };
	struct yf_mdoc mdoc = { 0 };

	take(report, &document->issuer_signed);
	report->holder_proved = rule->transcript.len > 0;
	report->holder_by = report->holder_proved ? "device_signature" : NULL;
	const yf_err err =
		report->holder_proved
			? yf_mdoc_verify(report->arena, document, rule,
					 &finding, &mdoc)
			: yf_mdoc_verify_issued(&document->issuer_signed, rule,
						&finding, &mdoc);
	conclude(report, err, &finding, &mdoc);
}

static void check_response(struct yf_report *report, yf_bytes bytes)
{
	const yf_str type = yf_str_of(report->ask.type);
	struct yf_mdoc_rule rule = rule_of(report, &type);
	struct yf_device_response response = { 0 };

	yf_err err = yf_device_response_parse(report->arena, bytes, &response);
	if (!yf_failed(err) && is_bound(report))
		err = session_of(report, &rule.transcript);
	if (!yf_failed(err) && !response.document_count)
		err = YF_FAIL(MISSING);
	if (yf_failed(err)) {
		fail(report, err, STEP_FORM);
		return;
	}
	for (size_t i = 0; i < response.document_count; i++) {
		check_document(report, &rule, &response.documents[i]);
		if (yf_failed(report->err))
			return;
	}
}

/* One document is in `claims`; several are all in `documents`. */
void yf_check_mdoc(struct yf_report *report, yf_bytes bytes)
{
	const struct yf_cbor *item = NULL;

	yf_report_plan(report, "mso_mdoc", steps, YF_COUNT(steps));
	const yf_err err =
		yf_cbor_parse(report->arena, bytes, YF_CBOR_LENIENT, &item);
	if (yf_failed(err)) {
		fail(report, err, STEP_FORM);
		return;
	}
	if (yf_cbor_get(item, "issuerAuth"))
		check_issued(report, bytes);
	else
		check_response(report, bytes);
	if (report->document_count == 1)
		report->document_count = 0;
}

/* --- the tally --- */

static void take_tally(struct yf_report *report, const struct yf_tally *tally)
{
	const struct yf_mso *mso = tally->mdoc.mso;

	report->type = tally->mdoc.doc_type;
	report->issued_at_s = mso->signed_at_s;
	report->valid_from_s = mso->valid_from_s;
	report->valid_until_s = mso->valid_until_s;
	report->digests = (int64_t)tally->mdoc.item_count;
	yf_report_chain(report, &tally->mdoc.chain);
	report->holder_proved = true;
	report->holder_by = "device_signature";
	report->tally = (struct yf_report_tally){
		.there = true,
		.purpose = tally->purpose,
		.window_s = tally->window_s,
	};
}

void yf_check_tally(struct yf_report *report, yf_str text)
{
	const struct yufu_verifier *verifier = report->verifier;
	const bool bundled = verifier->bundle_arena != NULL;
	const yf_str type = yf_str_of(report->ask.type);
	const yf_str purpose = yf_str_of(report->ask.purpose);
	const struct yf_tally_rule rule = {
		.trust = yufu_roots(verifier),
		.keys = verifier->keys,
		.key_count = verifier->key_count,
		.signers = verifier->bundle.signers,
		.signer_count = bundled ? verifier->bundle.signer_count : 0,
		.doc_types = &type,
		.doc_type_count = type.len ? 1 : 0,
		.purposes = &purpose,
		.purpose_count = purpose.len ? 1 : 0,
		.now_s = report->now_s,
		.skew_s = YF_TALLY_SKEW_S,
		.clock_from_s =
			bundled ? verifier->bundle.not_before_s - YUFU_SKEW_S
				: 0,
		.clock_until_s = bundled ? verifier->bundle.expires_s : 0,
	};
	struct yf_mdoc_finding finding = { .step = STEP_NONE };
	struct yf_tally tally = { 0 };

	yf_report_plan(report, "tally", steps, YF_COUNT(steps));
	yf_err err =
		yf_tally_verify(report->arena, text, &rule, &finding, &tally);
	if (!yf_failed(err)) {
		take_tally(report, &tally);
		err = yf_hex_encode(report->arena,
				    (yf_bytes){ tally.id, sizeof(tally.id) },
				    &report->tally.id);
	}
	/* Window, purpose and signer are looked at before the card in it. */
	if (yf_failed(err) && finding.step == STEP_NONE) {
		fail(report, err, STEP_FORM);
		return;
	}
	conclude(report, err, &finding, &tally.mdoc);
	report->document_count = 0;
}
