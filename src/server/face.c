#include "server/face.h"

#include <stdio.h>

/* Where an operator decides, not in a footnote. */
static const char weights[] =
	"The network that comes with yufu does not keep one false match in"
	" 10,000\nin every group of people: measured on press pictures it was"
	" 3.8 in 100\namong people with East Asian names, about 400 times the"
	" best group.\nInstall a better model, measure your own population,"
	" certify the result:\nyufu-face(1), doc/face.md.\n";

static void tell(const struct yf_face_rule *rule, int64_t now_s)
{
	const yf_err why = yf_face_rule_why(rule, now_s);

	switch (yf_face_rule_standing(rule, now_s)) {
	case YF_FACE_CERTIFIED:
		fprintf(stderr,
			"Face matches are certified: at most %.0f of a million"
			" pairs of different people\nwere taken for one, %.0f "
			"in"
			" the worst group.\n",
			rule->fmr * 1e6, rule->group_fmr * 1e6);
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
	(void)pool;
	*out = yf_face_rule_make(&home->serving.face_limits, NULL, 0, 0, YF_OK);
	tell(out, yf_env_now_s(&home->env));
	return YF_OK;
}
