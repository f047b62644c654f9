#pragma once

#include "card/face_rule.h"
#include "crypto/signer.h"
#include "crypto/trust.h"
#include "face/report.h"

/*
 * The certificate of a face engine: a report of the bench (face/report.h),
 * signed by whoever measured.  A compact JWS with ES256:
 *
 *	header   typ "yufu-face-certificate+jwt", x5c (leaf first, no root)
 *	payload  {"by": who measured, "iat", "exp", "report": {...}}
 *
 * It proves who says that these figures were measured, for one engine in one
 * version with one model and one decoder of pictures, on the data that it
 * describes.  It does not prove that the figures are true of anybody else:
 * other people, other cameras.
 */
#define YF_FACE_CERTIFICATE_TYP "yufu-face-certificate+jwt"
/* subjectAltName of certificates that `yufu face certifier` makes: the
 * operator measured for itself, and every page of the figures says so. */
#define YF_FACE_CERTIFIER_OPERATOR "urn:yufu:face-certifier:operator"

enum {
	YF_FACE_CERTIFICATE_LEN_MAX = 512 * 1024,
	YF_FACE_CERTIFICATE_BY_MAX = 200, /* characters */
	YF_FACE_CERTIFICATE_DAYS_MAX = 1096,
	YF_FACE_CERTIFICATE_DAYS = 365, /* unless asked otherwise */
};

struct yf_face_certificate {
	struct yf_face_report report;
	yf_str by;
	int64_t made_s;
	int64_t expires_s;
	yf_str signer;    /* common name of the x5c leaf */
	bool by_operator; /* see YF_FACE_CERTIFIER_OPERATOR */
};

struct yf_face_certificate_ask {
	const struct yf_face_report *report;
	yf_str by;
	int64_t made_s;
	int64_t days;
};

/*
 * MISSING   the report does not say what was measured (`--data`), or nobody
 *           measured it (`by` is empty)
 * RANGE     by over its length or no text; days not 1 to
 *           YF_FACE_CERTIFICATE_DAYS_MAX
 * FACE_IMPOSTORS  a limit rests on too few pairs, or there is no limit at all
 * KEY       the signer has no certificate
 * TOO_LARGE, MEMORY, and what the signer says
 */
YF_CHECKED yf_err yf_face_certificate_make(
	struct yf_arena *arena, const struct yf_signer *signer,
	const struct yf_face_certificate_ask *ask, yf_str *out);

/*
 * Reads and checks the form and that the figures can be; proves nothing.
 *
 * SYNTAX, MISSING, RANGE, TOO_LARGE, ALGORITHM, ...  of JWS, chain and report
 * TYP             another kind of token
 * FACE_IMPOSTORS  as above
 */
YF_CHECKED yf_err yf_face_certificate_parse(struct yf_arena *arena, yf_str text,
					    struct yf_face_certificate *out);

/*
 * trust  roots of those whose measuring is believed; NULL or empty believes
 *        nobody.  `out` is written also on FACE_CHAIN and FACE_EXPIRED, so
 *        that a person can be told what it would have said.
 *
 * SIGNATURE     it was altered, or signed with another key
 * FACE_CHAIN    signed by nobody of them
 * FACE_EXPIRED  its time, or that of its chain, is over
 * NOT_YET       it is from the future
 * and those of yf_face_certificate_parse()
 */
YF_CHECKED yf_err yf_face_certificate_verify(struct yf_arena *arena,
					     yf_str text,
					     struct yf_trust *trust,
					     int64_t now_s,
					     struct yf_face_certificate *out);

/*
 * Is it of this engine?  `version` is that of templates: the engine's own,
 * '+', the host's decoder.
 *
 * FACE_ENGINE, FACE_VERSION, FACE_DECODER, FACE_MODEL
 */
YF_CHECKED yf_err yf_face_certificate_fits(
	const struct yf_face_certificate *certificate, yf_str engine,
	yf_str version, const uint8_t model_hash[static YF_REPORT_HASH_LEN]);

/*
 * Its figures for yf_face_rule_make(), by rising score.  A rate counts as
 * measured where its trials carry the value and there were errors, and
 * otherwise as the most that it can be with 95 % confidence.  One group alone
 * is everybody and says nothing of groups.
 */
size_t yf_face_certificate_points(
	const struct yf_face_certificate *certificate,
	struct yf_face_point out[static YF_REPORT_LIMITS_MAX]);
