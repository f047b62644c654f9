#include "card/face_rule.h"

#include <math.h>

const char *yf_face_standing_name(yf_face_standing standing)
{
	static const char *const names[] = {
		[YF_FACE_CLOSED] = "closed",
		[YF_FACE_DEMO] = "demo",
		[YF_FACE_CERTIFIED] = "certified",
	};
	return names[standing];
}

/* A little under for limits that are no binary numbers. */
static bool is_enough(int64_t impostors, double limit)
{
	return (double)impostors * limit >= YF_FACE_ERRORS_MIN - 1e-6;
}

/* Why this point does not serve; OK when it does. */
static yf_err judge(const struct yf_face_limits *limits,
		    const struct yf_face_point *point)
{
	if (!is_enough(point->impostors, limits->fmr_max))
		return YF_FAIL(FACE_IMPOSTORS);
	if (!point->has_groups)
		return YF_FAIL(FACE_GROUPS);
	if (!is_enough(point->group_impostors, limits->group_fmr_max))
		return YF_FAIL(FACE_IMPOSTORS);
	if (!(point->fmr <= limits->fmr_max))
		return YF_FAIL(FACE_FMR);
	if (!(point->group_fmr <= limits->group_fmr_max))
		return YF_FAIL(FACE_GROUP_FMR);
	return isfinite(point->score) ? YF_OK : YF_FAIL(FACE_FMR);
}

struct yf_face_rule yf_face_rule_make(const struct yf_face_limits *limits,
				      const struct yf_face_point *points,
				      size_t count, int64_t expires_s,
				      yf_err missing)
{
	struct yf_face_rule rule = { .limits = *limits, .why = missing };

	for (size_t i = 0; i < count; i++) {
		rule.why = judge(limits, &points[i]);
		if (yf_failed(rule.why))
			continue;
		rule.expires_s = expires_s;
		rule.score_min = points[i].score;
		rule.fmr = points[i].fmr;
		rule.group_fmr = points[i].group_fmr;
		break;
	}
	if (!count && !yf_failed(missing))
		rule.why = YF_FAIL(FACE_UNCERTIFIED);
	return rule;
}

yf_err yf_face_rule_why(const struct yf_face_rule *rule, int64_t now_s)
{
	if (!rule)
		return YF_FAIL(FACE_UNCERTIFIED);
	if (yf_failed(rule->why))
		return rule->why;
	return now_s < rule->expires_s ? YF_OK : YF_FAIL(FACE_EXPIRED);
}

yf_face_standing yf_face_rule_standing(const struct yf_face_rule *rule,
				       int64_t now_s)
{
	if (!yf_failed(yf_face_rule_why(rule, now_s)))
		return YF_FACE_CERTIFIED;
	return rule && rule->limits.demo ? YF_FACE_DEMO : YF_FACE_CLOSED;
}

bool yf_face_decide(const struct yf_face_rule *rule, double score,
		    double log10_fmr, int64_t now_s)
{
	switch (yf_face_rule_standing(rule, now_s)) {
	case YF_FACE_CERTIFIED:
		return score >= rule->score_min;
	case YF_FACE_DEMO:
		/* 1e-4 and its logarithm are not exact: a claim that is
		 * meant to be the limit counts. */
		return log10_fmr <= log10(rule->limits.fmr_max) + 1e-6;
	case YF_FACE_CLOSED:
		break;
	}
	return false;
}

yf_err yf_face_rule_list(const struct yf_face_rule *rule, int64_t now_s,
			 struct yf_face_list_rule *out)
{
	if (yf_face_rule_standing(rule, now_s) != YF_FACE_CERTIFIED)
		return YF_FAIL(FACE_UNCERTIFIED);
	/* No false match at all among the pairs is no rate of 0; the limits
	 * say what the pairs of each were enough for. */
	const double all = rule->fmr > 0 ? rule->fmr : rule->limits.fmr_max;
	const double group = rule->group_fmr > 0 ? rule->group_fmr
						 : rule->limits.group_fmr_max;

	out->fmr = fmax(all, group);
	out->score_min = rule->score_min;
	return YF_OK;
}
