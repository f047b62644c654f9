#include "card/face_api.h"

#include "card/face_certificate.h"
#include "codec/json.h"
#include "http/reply.h"

static void put_certificate(struct yf_json_out *out,
			    const struct yf_face_rule *rule)
{
	const struct yf_face_certificate *certificate = rule->certificate;

	yf_json_out_object(out, "certificate");
	yf_json_out_str(out, "by", certificate->by);
	yf_json_out_bool(out, "by_operator", certificate->by_operator);
	yf_json_out_str(out, "signer", certificate->signer);
	yf_json_out_str(out, "data", certificate->report.data);
	yf_json_out_str(out, "engine", certificate->report.engine);
	yf_json_out_str(out, "version", certificate->report.version);
	yf_json_out_int(out, "made_at", certificate->made_s);
	yf_json_out_int(out, "expires_at", certificate->expires_s);
	yf_json_out_real(out, "score_min", rule->score_min);
	yf_json_out_real(out, "fmr", rule->fmr);
	yf_json_out_real(out, "fmr_group", rule->group_fmr);
	yf_json_out_close(out);
}

static yf_err put_why(struct yf_json_out *out, struct yf_arena *arena,
		      yf_err why)
{
	yf_str name;

	if (!yf_failed(why)) {
		yf_json_out_null(out, "why");
		yf_json_out_null(out, "advice");
		return YF_OK;
	}
	YF_TRY(yf_str_lower(arena, yf_str_of(yf_err_name(why)), &name));
	yf_json_out_str(out, "why", name);
	yf_json_out_text(out, "advice", yf_err_advice(why));
	return YF_OK;
}

yf_err yf_face_get(const struct yf_env *env, struct yf_exchange *x,
		   struct yf_reply *reply)
{
	const struct yf_face_rule *rule = env->face_rule;
	const int64_t now_s = yf_env_now_s(env);
	const yf_face_standing standing = yf_face_rule_standing(rule, now_s);
	struct yf_json_out out = yf_json_out_new(x->arena, 1024);
	yf_str text;

	yf_json_out_object(&out, NULL);
	yf_json_out_text(&out, "standing", yf_face_standing_name(standing));
	YF_TRY(put_why(&out, x->arena, yf_face_rule_why(rule, now_s)));
	yf_json_out_real(&out, "fmr_max", rule ? rule->limits.fmr_max : 0);
	yf_json_out_real(&out, "fmr_max_group",
			 rule ? rule->limits.group_fmr_max : 0);
	if (standing == YF_FACE_CERTIFIED && rule && rule->certificate)
		put_certificate(&out, rule);
	else
		yf_json_out_null(&out, "certificate");
	yf_json_out_close(&out);
	YF_TRY(yf_json_out_end(&out, &text));
	yf_reply_json(reply, 200, text);
	reply->cache_control = YF_STR("public, max-age=300");
	return YF_OK;
}

yf_err yf_face_certificate_get(const struct yf_env *env, struct yf_exchange *x,
			       struct yf_reply *reply)
{
	const struct yf_face_rule *rule = env->face_rule;

	(void)x;
	if (!rule || !rule->signed_text.len) {
		reply->detail = YF_STR("no certificate is installed here");
		return YF_FAIL(NOT_FOUND);
	}
	yf_reply_text(reply, 200, "application/jwt", rule->signed_text);
	reply->cache_control = YF_STR("public, max-age=300");
	return YF_OK;
}
