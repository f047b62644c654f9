#include "check/check.h"

#include "check/dc_api.h"
#include "check/request.h"
#include "http/reply.h"

/* /check: what a relying party uses.  Its API key is on every call. */

enum {
	BODY_LEN_MAX = 32 * 1024,
	ANSWER_LEN_MAX = 1024 * 1024, /* with a portrait */
};

/* `detail` of a reply that becomes an error says what to do next. */
static yf_err caller(const struct yf_env *env, struct yf_exchange *x,
		     struct yf_reply *reply, struct yf_party *out)
{
	reply->detail = YF_STR("send the API key of the relying party as "
			       "Authorization: Bearer");
	return yf_party_of_key(env, x->arena, x->bearer, out);
}

/* --- GET /check/me --- */

static yf_err put_policy(const struct yf_env *env, struct yf_arena *arena,
			 struct yf_json_out *json,
			 const struct yf_policy *policy)
{
	struct yf_policy_grants grants = { .count = 0 };

	YF_TRY(yf_policy_grants(arena, env->types, policy, &grants));
	const struct yf_dcql_grant *grant = &grants.at[0];
	yf_json_out_object(json, NULL);
	yf_json_out_text(json, "name", policy->name);
	yf_json_out_text(json, "type", policy->type);
	yf_json_out_object(json, "purpose");
	for (size_t i = 0; i < YF_POLICY_TEXTS; i++)
		yf_json_out_str(json, policy->purpose[i].locale.ptr,
				policy->purpose[i].text);
	yf_json_out_close(json);
	yf_json_out_int(json, "retention_s", policy->retention_s);
	yf_json_out_array(json, "claims");
	for (size_t i = 0; i < grant->path_count; i++)
		yf_claim_path_put(json, NULL, &grant->paths[i]);
	yf_json_out_close(json);
	yf_json_out_array(json, "formats");
	yf_json_out_text(json, NULL, "dc+sd-jwt");
	if (grants.count > 1)
		yf_json_out_text(json, NULL, "mso_mdoc");
	yf_json_out_close(json);
	yf_json_out_close(json);
	return YF_OK;
}

static yf_err me(const struct yf_env *env, struct yf_exchange *x,
		 struct yf_reply *reply)
{
	struct yf_party party = { 0 };
	struct yf_json_out json = yf_json_out_new(x->arena, 2048);
	yf_str text = { 0 };

	YF_TRY(caller(env, x, reply, &party));
	yf_json_out_object(&json, NULL);
	yf_json_out_str(&json, "id", party.id);
	yf_json_out_str(&json, "name", party.name);
	yf_json_out_str(&json, "client_id", party.client_id);
	yf_json_out_array(&json, "policies");
	for (size_t i = 0; i < party.policies.count; i++)
		YF_TRY(put_policy(env, x->arena, &json, party.policies.at[i]));
	yf_json_out_close(&json);
	yf_json_out_close(&json);
	YF_TRY(yf_json_out_end(&json, &text));
	yf_reply_json(reply, 200, text);
	return YF_OK;
}

/* --- POST /check/requests --- */

static yf_err decode_ask(const struct yf_exchange *x,
			 struct yf_request_ask *out)
{
	const struct yf_json_field fields[] = {
		YF_JSON_STR_OPT("policy", &out->policy),
		YF_JSON_ANY_OPT("dcql_query", &out->query),
		YF_JSON_STR_OPT("purpose", &out->purpose),
		YF_JSON_ANY_OPT("transaction_data", &out->transaction_data),
		YF_JSON_STR_OPT("client_id_prefix", &out->how.client_id_prefix),
		YF_JSON_STR_OPT("response_mode", &out->how.response_mode),
		YF_JSON_STR_OPT("request_uri_method",
				&out->how.request_uri_method),
		YF_JSON_FLAG_OPT("same_device", &out->how.same_device),
		YF_JSON_STR_OPT("return_uri", &out->how.return_uri),
		YF_JSON_FLAG_OPT("dc_api", &out->how.dc_api),
		YF_JSON_STR_OPT("origin", &out->how.origin),
		YF_JSON_END,
	};

	return yf_json_decode(x->arena, x->body, fields);
}

static yf_err encode_made(const struct yf_exchange *x,
			  const struct yf_request_made *made, yf_str *out)
{
	struct yf_json_out json = yf_json_out_new(x->arena, 1024);

	yf_json_out_object(&json, NULL);
	yf_json_out_str(&json, "id", made->id);
	yf_json_out_str(&json, "uri", made->uri);
	yf_json_out_str(&json, "wallet_uri", made->wallet_uri);
	yf_json_out_int(&json, "expires_in", made->expires_in_s);
	if (made->session.len)
		yf_json_out_str(&json, "session", made->session);
	if (made->digital.len)
		yf_json_out_raw(&json, "digital", made->digital);
	yf_json_out_close(&json);
	return yf_json_out_end(&json, out);
}

static yf_err create(const struct yf_env *env, struct yf_exchange *x,
		     struct yf_reply *reply)
{
	struct yf_party party = { 0 };
	struct yf_request_ask ask = { 0 };
	struct yf_request_made made = { 0 };
	yf_str text = { 0 };

	YF_TRY(caller(env, x, reply, &party));
	reply->detail = YF_STR("send {policy} or {dcql_query, purpose} within "
			       "what GET /check/me lists");
	YF_TRY(decode_ask(x, &ask));
	YF_TRY(yf_request_create(env, x->arena, &party, &ask, &made));
	YF_TRY(encode_made(x, &made, &text));
	yf_reply_json(reply, 201, text);
	return YF_OK;
}

/* --- GET /check/requests/{id} and its events --- */

static yf_err load_own(const struct yf_env *env, struct yf_exchange *x,
		       struct yf_reply *reply, struct yf_request *request)
{
	struct yf_party party = { 0 };

	YF_TRY(caller(env, x, reply, &party));
	reply->detail = YF_STR("the request is unknown or erased by now: make "
			       "a new one");
	return yf_request_load_own(env, x->arena, &party,
				   yf_exchange_param(x, "id"), request);
}

static yf_err view(const struct yf_env *env, struct yf_exchange *x,
		   struct yf_reply *reply, struct yf_request *request,
		   yf_str *json)
{
	YF_TRY(load_own(env, x, reply, request));
	return yf_request_view(env, x->arena, request, json);
}

static yf_err show(const struct yf_env *env, struct yf_exchange *x,
		   struct yf_reply *reply)
{
	struct yf_request request = { 0 };
	yf_str json = { 0 };

	YF_TRY(view(env, x, reply, &request, &json));
	yf_reply_json(reply, 200, json);
	return YF_OK;
}

/* --- what comes back through the browser --- */

static yf_err decode_return(const struct yf_exchange *x, yf_str *session,
			    yf_str *response_code)
{
	const struct yf_json_field fields[] = {
		YF_JSON_STR("session", session),
		YF_JSON_STR("response_code", response_code),
		YF_JSON_END,
	};

	return yf_json_decode(x->arena, x->body, fields);
}

static yf_err release(const struct yf_env *env, struct yf_exchange *x,
		      struct yf_reply *reply)
{
	struct yf_request request = { 0 };
	yf_str session = { 0 };
	yf_str code = { 0 };
	yf_str json = { 0 };

	YF_TRY(load_own(env, x, reply, &request));
	reply->detail = YF_STR("send {session, response_code}: the session "
			       "that this browser started with, and the code "
			       "that it came back with; where they do not fit, "
			       "start again");
	YF_TRY(decode_return(x, &session, &code));
	YF_TRY(yf_request_release(env, x->arena, &request, session, code,
				  &json));
	yf_reply_json(reply, 200, json);
	return YF_OK;
}

static yf_err take_dc_api(const struct yf_env *env, struct yf_exchange *x,
			  struct yf_reply *reply)
{
	struct yf_request request = { 0 };
	struct yf_answer answer = { 0 };
	struct yf_taken taken = { .redirect_uri = { NULL, 0 } };

	YF_TRY(load_own(env, x, reply, &request));
	reply->detail = YF_STR("send {protocol, data} as "
			       "navigator.credentials.get() gave it, for a "
			       "request made with dc_api");
	YF_TRY(yf_dc_api_answer(x->arena, x->body, &answer));
	YF_TRY(yf_response_take_dc_api(env, x->arena, &request, &answer,
				       &taken));
	return show(env, x, reply);
}

static bool is_over(yf_request_state state)
{
	return state == YF_REQUEST_ANSWERED || state == YF_REQUEST_EXPIRED;
}

/*
 * The right to listen first, then the stream, then the state: an answer in
 * between is in the stream.
 */
static yf_err listen(const struct yf_env *env, struct yf_exchange *x,
		     struct yf_reply *reply)
{
	struct yf_request request = { 0 };
	yf_str json = { 0 };

	YF_TRY(view(env, x, reply, &request, &json));
	YF_TRY(yf_events_subscribe(env->events, request.id, &reply->stream));
	YF_TRY(view(env, x, reply, &request, &json));
	yf_events_publish(env->events, request.id, "state", json);
	if (is_over(yf_request_state_at(&request, yf_env_now_s(env))))
		yf_events_end(env->events, request.id);
	return YF_OK;
}

static const struct yf_route routes[] = {
	{ YF_GET, "/check/me", me, 0, NULL, YF_ROUTE_PLAIN },
	{ YF_POST, "/check/requests", create, BODY_LEN_MAX, "application/json",
	  YF_ROUTE_PLAIN },
	{ YF_GET, "/check/requests/{id}", show, 0, NULL, YF_ROUTE_PLAIN },
	{ YF_GET, "/check/requests/{id}/events", listen, 0, NULL,
	  YF_ROUTE_PLAIN },
	{ YF_POST, "/check/requests/{id}/result", release, BODY_LEN_MAX,
	  "application/json", YF_ROUTE_PLAIN },
	{ YF_POST, "/check/requests/{id}/dc_api", take_dc_api, ANSWER_LEN_MAX,
	  "application/json", YF_ROUTE_PLAIN },
};

struct yf_routes yf_check_routes(void)
{
	return YF_ROUTES(routes);
}
