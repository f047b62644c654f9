#include "server/face.h"

#include <stdio.h>

#include "base/file.h"
#include "card/face_certificate.h"

enum { PEM_MAX = 256 * 1024 };

/* Where an operator decides, not in a footnote. */
static const char weights[] =
	"The network that comes with yufu does not keep one false match in"
	" 10,000\nin every group of people: measured on press pictures it was"
	" 3.8 in 100\namong people with East Asian names, about 400 times the"
	" best group.\nInstall a better model, measure your own population,"
	" certify the result:\nyufu-face(1), doc/face.md.\n";

/* --- the certificate of yufu.ini --- */

static yf_err load_text(struct yf_home *home, const char *path, size_t len_max,
			yf_str *out)
{
	yf_bytes bytes;

	home->problem = yf_str_of(path);
	YF_TRY(yf_file_load(home->arena, path, len_max, &bytes));
	home->problem = (yf_str){ NULL, 0 };
	*out = yf_str_trim(yf_str_from(bytes));
	return YF_OK;
}

static yf_err load_roots(struct yf_home *home, struct yf_trust *trust)
{
	yf_str pem;

	if (!home->serving.face_certifiers[0])
		return YF_OK;
	YF_TRY(load_text(home, home->serving.face_certifiers, PEM_MAX, &pem));
	return yf_trust_add_pem(trust, pem);
}

/* FACE_UNCERTIFIED when none is named. */
static yf_err load_certificate(struct yf_home *home,
			       struct yf_face_certificate *out, yf_str *text)
{
	YF_AUTO(trust) trust = NULL;

	if (!home->serving.face_certificate[0])
		return YF_FAIL(FACE_UNCERTIFIED);
	YF_TRY(yf_trust_new(&trust));
	YF_TRY(load_roots(home, trust));
	YF_TRY(load_text(home, home->serving.face_certificate,
			 YF_FACE_CERTIFICATE_LEN_MAX, text));
	return yf_face_certificate_verify(home->arena, *text, trust,
					  yf_env_now_s(&home->env), out);
}

static yf_err check_engine(struct yf_face_pool *pool,
			   const struct yf_face_certificate *certificate)
{
	struct yf_face_identity identity;

	YF_TRY(yf_face_pool_identity(pool, &identity));
	return yf_face_certificate_fits(certificate, yf_str_of(identity.engine),
					yf_str_of(identity.version),
					identity.model_hash);
}

/* Our own failing is no judgement on a certificate. */
static bool is_ours(yf_err err)
{
	return yf_err_kind(err) == YF_KIND_INTERNAL && err.code != YF_CODE_IO;
}

/* --- what the operator is told --- */

static void tell_engine(struct yf_face_pool *pool)
{
	char text[YF_FACE_IDENTITY_TEXT_LEN];
	struct yf_face_identity identity;

	if (yf_failed(yf_face_pool_identity(pool, &identity)))
		return;
	yf_face_identity_text(&identity, text);
	fprintf(stderr, "Face engine and model: %s\n", text);
}

static void tell_certified(const struct yf_face_rule *rule)
{
	fprintf(stderr,
		"Face matches are certified: from score %.6g on at most %.0f of"
		" a million pairs of\ndifferent people were taken for one, %.0f"
		" in the worst group; measured by %.*s%s.\n",
		rule->score_min, rule->fmr * 1e6, rule->group_fmr * 1e6,
		YF_ARG(rule->certificate->by),
		rule->certificate->by_operator ? ", the operator itself" : "");
}

static void tell(const struct yf_face_rule *rule, int64_t now_s)
{
	const yf_err why = yf_face_rule_why(rule, now_s);

	switch (yf_face_rule_standing(rule, now_s)) {
	case YF_FACE_CERTIFIED:
		if (rule->certificate)
			tell_certified(rule);
		return;
	case YF_FACE_DEMO:
		fprintf(stderr,
			"Face matches of this city are for demonstration only:"
			" %s.\nEvery card by face says so.  %s\n",
			yf_err_text(why), weights);
		return;
	case YF_FACE_CLOSED:
		fprintf(stderr,
			"Cards by face are closed: %s;\n%s.\nEverybody is sent"
			" to a service point ([face] demo = yes opens them for"
			" demonstration only).\n%s",
			yf_err_text(why), yf_err_advice(why), weights);
	}
}

yf_err yf_serving_face_rule(struct yf_home *home, struct yf_face_pool *pool,
			    struct yf_face_rule *out)
{
	struct yf_face_certificate *certificate =
		YF_NEW(home->arena, struct yf_face_certificate, 1);
	struct yf_face_point points[YF_REPORT_LIMITS_MAX];
	yf_str text = { NULL, 0 };
	size_t count = 0;

	if (!certificate)
		return YF_FAIL(MEMORY);
	yf_err err = load_certificate(home, certificate, &text);
	if (!yf_failed(err))
		err = check_engine(pool, certificate);
	if (is_ours(err))
		return err;
	if (!yf_failed(err))
		count = yf_face_certificate_points(certificate, points);
	else if (home->problem.len)
		fprintf(stderr, "yufu: %.*s: %s; %s\n", YF_ARG(home->problem),
			yf_err_text(err), yf_err_advice(err));
	home->problem = (yf_str){ NULL, 0 };
	*out = yf_face_rule_make(&home->serving.face_limits, points, count,
				 count ? certificate->expires_s : 0, err);
	out->certificate = count ? certificate : NULL;
	out->signed_text = text;
	tell_engine(pool);
	tell(out, yf_env_now_s(&home->env));
	return YF_OK;
}
