#include "card/status_api.h"

#include "card/status.h"
#include "http/negotiate.h"
#include "http/reply.h"

static const char jwt_type[] = "application/statuslist+jwt";
static const char cwt_type[] = "application/statuslist+cwt";

/* Section 8.4: the list of another time is not what it would get. */
static yf_err refuse_time(const struct yf_exchange *x, struct yf_reply *reply,
			  bool *refused)
{
	yf_str time;

	YF_TRY(yf_form_get(&x->query, "time", &time));
	*refused = time.ptr != NULL;
	if (*refused)
		yf_reply_text(
			reply, 501, "application/problem+json",
			YF_STR("{\"type\":\"urn:yufu:problem:unsupported\","
			       "\"title\":\"no lists of the past\","
			       "\"status\":501,\"detail\":"
			       "\"ask without time\"}"));
	return YF_OK;
}

yf_err yf_status_get(const struct yf_env *env, struct yf_exchange *x,
		     struct yf_reply *reply)
{
	/* Everybody reads JWT; the other form is for who prefers it. */
	const bool cwt = yf_weight_of(x, "Accept", cwt_type) >
			 yf_weight_of(x, "Accept", jwt_type);
	struct yf_kept kept;
	bool refused;
	int64_t list;

	YF_TRY(refuse_time(x, reply, &refused));
	if (refused)
		return YF_OK;
	if (!yf_str_to_int(yf_exchange_param(x, "n"), &list))
		return YF_FAIL(NOT_FOUND);
	YF_TRY(yf_status_token(env, x->arena, list,
			       cwt ? YF_STATUS_CWT : YF_STATUS_JWT, &kept));
	return yf_kept_reply(env, x, reply, cwt ? cwt_type : jwt_type, &kept);
}

yf_err yf_status_lists_get(const struct yf_env *env, struct yf_exchange *x,
			   struct yf_reply *reply)
{
	struct yf_json_out out = yf_json_out_new(x->arena, 1024);
	const int64_t *lists = NULL;
	size_t count = 0;
	yf_str text;

	YF_TRY(yf_status_lists(env, x->arena, &lists, &count));
	yf_json_out_object(&out, NULL);
	yf_json_out_array(&out, "status_lists");
	for (size_t i = 0; i < count; i++) {
		YF_TRY(yf_status_uri(env, x->arena, lists[i], &text));
		yf_json_out_str(&out, NULL, text);
	}
	yf_json_out_close(&out);
	yf_json_out_close(&out);
	YF_TRY(yf_json_out_end(&out, &text));
	yf_reply_json(reply, 200, text);
	reply->cache_control = YF_STR("public, max-age=300");
	return YF_OK;
}
