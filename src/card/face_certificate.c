#include "card/face_certificate.h"

#include <math.h>

#include "base/civil.h"
#include "codec/json.h"
#include "crypto/jws.h"

/* Clocks of those who measure and of those who read. */
enum { SKEW_S = 300 };

/* --- what must be true of the figures --- */

/* No error at all is no rate of 0. */
static double rate_of(const struct yf_rate *rate)
{
	return rate->known && rate->errors ? rate->value : rate->at_most;
}

static bool is_enough(const struct yf_report_limit *limit)
{
	return (double)limit->fmr.trials * limit->target >=
	       YF_FACE_ERRORS_MIN - 1e-6;
}

static yf_err check_figures(const struct yf_face_report *report)
{
	if (!report->limit_count)
		return YF_FAIL(FACE_IMPOSTORS);
	for (size_t i = 0; i < report->limit_count; i++) {
		const struct yf_report_limit *limit = &report->limits[i];

		if (!is_enough(limit))
			return YF_FAIL(FACE_IMPOSTORS);
		if (limit->fmr.trials > report->impostors)
			return YF_FAIL(RANGE);
		if (rate_of(&limit->fmr) > limit->target * (1 + 1e-9))
			return YF_FAIL(RANGE);
	}
	return YF_OK;
}

static yf_err check_by(yf_str by)
{
	if (!by.len)
		return YF_FAIL(MISSING);
	return yf_str_is_printable(by, false) &&
			       yf_str_chars(by) <= YF_FACE_CERTIFICATE_BY_MAX
		       ? YF_OK
		       : YF_FAIL(RANGE);
}

static yf_err check_times(int64_t made_s, int64_t expires_s)
{
	return made_s >= 0 && expires_s > made_s &&
			       expires_s - made_s <=
				       YF_FACE_CERTIFICATE_DAYS_MAX *
					       (int64_t)YF_DAY_S
		       ? YF_OK
		       : YF_FAIL(RANGE);
}

/* --- making --- */

static yf_err write_claims(struct yf_arena *arena,
			   const struct yf_face_certificate_ask *ask,
			   yf_str *out)
{
	struct yf_json_out json = yf_json_out_new(arena, 16384);
	yf_str report;

	YF_TRY(yf_face_report_encode(ask->report, arena, &report));
	yf_json_out_object(&json, NULL);
	yf_json_out_str(&json, "by", ask->by);
	yf_json_out_int(&json, "iat", ask->made_s);
	yf_json_out_int(&json, "exp", ask->made_s + ask->days * YF_DAY_S);
	yf_json_out_raw(&json, "report", report);
	yf_json_out_close(&json);
	return yf_json_out_end(&json, out);
}

yf_err yf_face_certificate_make(struct yf_arena *arena,
				const struct yf_signer *signer,
				const struct yf_face_certificate_ask *ask,
				yf_str *out)
{
	struct yf_chain chain = { .count = 0 };
	const struct yf_jws_header header = {
		.typ = YF_STR(YF_FACE_CERTIFICATE_TYP),
		.x5c = &chain,
	};
	yf_str claims;
	yf_str text;

	YF_TRY(check_by(ask->by));
	if (!ask->report->data.len)
		return YF_FAIL(MISSING);
	if (ask->days < 1 || ask->days > YF_FACE_CERTIFICATE_DAYS_MAX)
		return YF_FAIL(RANGE);
	YF_TRY(check_figures(ask->report));
	YF_TRY(yf_signer_chain(signer, &chain));
	if (!chain.count)
		return YF_FAIL(KEY);
	YF_TRY(write_claims(arena, ask, &claims));
	YF_TRY(yf_jws_sign(arena, signer, &header, claims, &text));
	if (text.len > YF_FACE_CERTIFICATE_LEN_MAX)
		return YF_FAIL(TOO_LARGE);
	*out = text;
	return YF_OK;
}

/* --- reading --- */

static yf_err take_report(struct yf_arena *arena, const struct yf_json *tree,
			  struct yf_face_report *out)
{
	struct yf_json_out json = yf_json_out_new(arena, 16384);
	yf_str text;

	yf_json_out_tree(&json, NULL, tree);
	YF_TRY(yf_json_out_end(&json, &text));
	return yf_face_report_decode(arena, text, out);
}

static yf_err take_signer(struct yf_arena *arena, const struct yf_chain *chain,
			  struct yf_face_certificate *out,
			  struct yf_public_key *key)
{
	struct yf_cert leaf = { 0 };

	if (!chain->count)
		return YF_FAIL(MISSING);
	YF_TRY(yf_cert_parse(arena, chain->certs[0], &leaf));
	if (!yf_str_is_printable(leaf.common_name, false))
		return YF_FAIL(RANGE);
	out->signer = leaf.common_name;
	for (size_t i = 0; i < leaf.san_uri_count; i++)
		if (yf_str_is(leaf.san_uri[i], YF_FACE_CERTIFIER_OPERATOR))
			out->by_operator = true;
	*key = leaf.key;
	return YF_OK;
}

struct parsed {
	struct yf_jws jws;
	struct yf_public_key key; /* of the leaf, which proves nothing */
	struct yf_face_certificate certificate;
};

static yf_err parse(struct yf_arena *arena, yf_str text, struct parsed *out)
{
	struct yf_face_certificate *certificate = &out->certificate;
	const struct yf_json *report = NULL;
	const struct yf_json_field fields[] = {
		YF_JSON_STR("by", &certificate->by),
		YF_JSON_NUM("iat", &certificate->made_s),
		YF_JSON_NUM("exp", &certificate->expires_s),
		YF_JSON_ANY("report", &report),
		YF_JSON_END,
	};

	if (text.len > YF_FACE_CERTIFICATE_LEN_MAX)
		return YF_FAIL(TOO_LARGE);
	YF_TRY(yf_jws_parse(arena, text, &out->jws));
	if (!yf_str_is(out->jws.typ, YF_FACE_CERTIFICATE_TYP))
		return YF_FAIL(TYP);
	YF_TRY(yf_json_decode(arena, out->jws.payload, fields));
	YF_TRY(check_by(certificate->by));
	YF_TRY(check_times(certificate->made_s, certificate->expires_s));
	YF_TRY(take_signer(arena, &out->jws.x5c, certificate, &out->key));
	YF_TRY(take_report(arena, report, &certificate->report));
	if (!certificate->report.data.len)
		return YF_FAIL(MISSING);
	return check_figures(&certificate->report);
}

yf_err yf_face_certificate_parse(struct yf_arena *arena, yf_str text,
				 struct yf_face_certificate *out)
{
	struct parsed parsed = { .certificate = { .by_operator = false } };

	YF_TRY(parse(arena, text, &parsed));
	*out = parsed.certificate;
	return YF_OK;
}

static yf_err check_chain(struct yf_trust *trust, const struct yf_chain *chain,
			  int64_t now_s)
{
	struct yf_trusted_leaf leaf;

	if (!trust || !yf_trust_count(trust))
		return YF_FAIL(FACE_CHAIN);
	const yf_err err = yf_trust_verify(trust, chain, NULL, now_s, &leaf);
	if (err.code == YF_CODE_UNTRUSTED)
		return YF_FAIL(FACE_CHAIN);
	return err.code == YF_CODE_EXPIRED ? YF_FAIL(FACE_EXPIRED) : err;
}

yf_err yf_face_certificate_verify(struct yf_arena *arena, yf_str text,
				  struct yf_trust *trust, int64_t now_s,
				  struct yf_face_certificate *out)
{
	struct parsed parsed = { .certificate = { .by_operator = false } };
	const struct yf_face_certificate *certificate = &parsed.certificate;

	YF_TRY(parse(arena, text, &parsed));
	/* First that it is unaltered: what follows may be shown to people. */
	YF_TRY(yf_jws_verify(&parsed.jws, &parsed.key));
	*out = *certificate;
	YF_TRY(check_chain(trust, &parsed.jws.x5c, now_s));
	if (certificate->made_s > now_s + SKEW_S)
		return YF_FAIL(NOT_YET);
	return now_s < certificate->expires_s ? YF_OK : YF_FAIL(FACE_EXPIRED);
}

/* --- is it of this engine, and what does it say --- */

/* "2+turbojpeg2": the decoder is behind the last '+'. */
static yf_str cut_decoder(yf_str *version)
{
	size_t at = version->len;

	while (at && version->ptr[at - 1] != '+')
		at--;
	const yf_str decoder =
		at ? yf_str_skip(*version, at) : (yf_str){ NULL, 0 };
	if (at)
		version->len = at - 1;
	return decoder;
}

yf_err
yf_face_certificate_fits(const struct yf_face_certificate *certificate,
			 yf_str engine, yf_str version,
			 const uint8_t model_hash[static YF_REPORT_HASH_LEN])
{
	const struct yf_face_report *report = &certificate->report;
	yf_str measured = report->version;
	const yf_str measured_decoder = cut_decoder(&measured);
	const yf_str decoder = cut_decoder(&version);

	if (!yf_str_eq(report->engine, engine))
		return YF_FAIL(FACE_ENGINE);
	if (!yf_str_eq(measured, version))
		return YF_FAIL(FACE_VERSION);
	if (!yf_str_eq(measured_decoder, decoder))
		return YF_FAIL(FACE_DECODER);
	return memcmp(report->model_hash, model_hash, YF_REPORT_HASH_LEN) == 0
		       ? YF_OK
		       : YF_FAIL(FACE_MODEL);
}

static int64_t pairs_of(const struct yf_rate *rate)
{
	return rate->trials > INT64_MAX ? INT64_MAX : (int64_t)rate->trials;
}

size_t yf_face_certificate_points(
	const struct yf_face_certificate *certificate,
	struct yf_face_point out[static YF_REPORT_LIMITS_MAX])
{
	const struct yf_face_report *report = &certificate->report;

	for (size_t i = 0; i < report->limit_count; i++) {
		const struct yf_report_limit *limit = &report->limits[i];
		struct yf_face_point point = {
			.score = limit->score,
			.fmr = rate_of(&limit->fmr),
			.impostors = pairs_of(&limit->fmr),
			.has_groups = report->group_count > 1,
			.group_impostors = INT64_MAX,
		};

		for (size_t g = 0; g < report->group_count; g++) {
			const struct yf_rate *rate = &limit->group_fmr[g];

			point.group_fmr = fmax(point.group_fmr, rate_of(rate));
			if (pairs_of(rate) < point.group_impostors)
				point.group_impostors = pairs_of(rate);
		}
		out[i] = point;
	}
	return report->limit_count;
}
