#include "check/check.h"

#include "check/response.h"
#include "http/reply.h"

/* /vp: what a wallet sees of a request, OpenID4VP 1.0. */

enum {
	FORM_LEN_MAX = 1024 * 1024, /* an answer with a portrait */
	POST_LEN_MAX = 64 * 1024,   /* wallet_metadata */
};

#define FORM "application/x-www-form-urlencoded"

/* --- the request object --- */

/*
 * A code that was scanned too late or twice is gone, and says so: a wallet
 * must be able to tell it from a failing network.
 */
static yf_err reply_gone(struct yf_exchange *x, struct yf_reply *reply,
			 yf_err err)
{
	enum { GONE = 410 };
	struct yf_json_out json = yf_json_out_new(x->arena, 256);
	yf_str reason = { 0 };
	yf_str type = { 0 };
	yf_str text = { 0 };

	YF_TRY(yf_reason_of(x->arena, err, &reason));
	YF_TRY(yf_str_format(x->arena, &type, "urn:yufu:problem:%.*s",
			     YF_ARG(reason)));
	yf_json_out_object(&json, NULL);
	yf_json_out_str(&json, "type", type);
	yf_json_out_text(&json, "title", yf_err_text(err));
	yf_json_out_int(&json, "status", GONE);
	yf_json_out_text(&json, "detail",
			 "ask the other side for a new request");
	yf_json_out_close(&json);
	YF_TRY(yf_json_out_end(&json, &text));
	yf_reply_text(reply, GONE, "application/problem+json", text);
	return YF_OK;
}

static yf_err reply_object(const struct yf_env *env, struct yf_exchange *x,
			   const struct yf_wallet_says *wallet,
			   struct yf_reply *reply)
{
	yf_str jwt = { 0 };
	const yf_err err = yf_request_object(
		env, x->arena, yf_exchange_param(x, "id"), wallet, &jwt);

	reply->detail = yf_err_kind(err) == YF_KIND_INPUT
				? YF_STR("send a wallet_nonce and the "
					 "wallet_metadata of OpenID4VP 1.0; "
					 "what the request needs is in its "
					 "client_metadata and dcql_query")
				: YF_STR("ask the other side for a new "
					 "request");
	if (err.code == YF_CODE_EXPIRED || err.code == YF_CODE_REPLAYED)
		return reply_gone(x, reply, err);
	YF_TRY(err);
	yf_reply_text(reply, 200, "application/oauth-authz-req+jwt", jwt);
	return YF_OK;
}

static yf_err get_object(const struct yf_env *env, struct yf_exchange *x,
			 struct yf_reply *reply)
{
	const struct yf_wallet_says nothing = { .nonce = { NULL, 0 } };

	return reply_object(env, x, &nothing, reply);
}

/* Section 5.10: request_uri_method=post. */
static yf_err post_object(const struct yf_env *env, struct yf_exchange *x,
			  struct yf_reply *reply)
{
	struct yf_form form = { 0 };
	struct yf_wallet_says wallet = { .nonce = { NULL, 0 } };

	YF_TRY(yf_exchange_form(x, &form));
	YF_TRY(yf_form_get(&form, "wallet_nonce", &wallet.nonce));
	YF_TRY(yf_form_get(&form, "wallet_metadata", &wallet.metadata));
	return reply_object(env, x, &wallet, reply);
}

/* --- the answer --- */

/*
 * A wallet is told in a form that a program reads why its answer did not do:
 * the reason is the one that the party sees.  `verdict` is there when that is
 * what was stored; without it the request is still open, or closed before.
 */
static yf_err reply_refusal(struct yf_exchange *x, struct yf_reply *reply,
			    const char *verdict, yf_str reason, yf_str advice)
{
	struct yf_json_out json = yf_json_out_new(x->arena, 256);
	yf_str text = { 0 };

	yf_json_out_object(&json, NULL);
	yf_json_out_text(&json, "error", "invalid_request");
	yf_json_out_str(&json, "error_description", advice);
	yf_json_out_str(&json, "reason", reason);
	if (verdict)
		yf_json_out_text(&json, "verdict", verdict);
	yf_json_out_close(&json);
	YF_TRY(yf_json_out_end(&json, &text));
	yf_reply_json(reply, 400, text);
	return YF_OK;
}

/* 8.2: redirect_uri; a wallet ignores what it does not know, and ours shows
 * it. */
static yf_err reply_taken(struct yf_exchange *x, struct yf_reply *reply,
			  const struct yf_taken *taken)
{
	struct yf_json_out json = yf_json_out_new(x->arena, 256);
	yf_str text = { 0 };

	yf_json_out_object(&json, NULL);
	if (taken->redirect_uri.len)
		yf_json_out_str(&json, "redirect_uri", taken->redirect_uri);
	yf_json_out_text(&json, "verdict",
			 yf_verdict_name(taken->result.verdict));
	if (taken->result.reason.len)
		yf_json_out_str(&json, "reason", taken->result.reason);
	yf_json_out_close(&json);
	YF_TRY(yf_json_out_end(&json, &text));
	yf_reply_json(reply, 200, text);
	return YF_OK;
}

/* What a wallet did wrong; our own failings and a wrong address stay errors. */
static bool is_wallets(yf_err err)
{
	const yf_kind kind = yf_err_kind(err);

	return kind == YF_KIND_INPUT || kind == YF_KIND_DENIED ||
	       kind == YF_KIND_CONFLICT || kind == YF_KIND_LIMIT;
}

static yf_err take(const struct yf_env *env, struct yf_exchange *x,
		   struct yf_taken *out)
{
	struct yf_form form = { 0 };
	struct yf_answer answer = { 0 };

	YF_TRY(yf_exchange_form(x, &form));
	YF_TRY(yf_answer_of_form(x->arena, &form, &answer));
	return yf_response_take(env, x->arena, yf_exchange_param(x, "id"),
				&answer, out);
}

static yf_err post_response(const struct yf_env *env, struct yf_exchange *x,
			    struct yf_reply *reply)
{
	struct yf_taken taken = { .redirect_uri = { NULL, 0 } };
	const struct yf_result *result = &taken.result;
	const yf_err err = take(env, x, &taken);

	if (yf_failed(err) && is_wallets(err)) {
		yf_str reason = { 0 };

		YF_TRY(yf_reason_of(x->arena, err, &reason));
		return reply_refusal(x, reply, NULL, reason,
				     yf_str_of(yf_err_advice(err)));
	}
	YF_TRY(err);
	/* That the holder declined was the wallet's own message. */
	if (result->verdict == YF_VERDICT_REFUSED &&
	    !yf_str_is(result->reason, "declined"))
		return reply_refusal(x, reply, yf_verdict_name(result->verdict),
				     result->reason, result->advice);
	return reply_taken(x, reply, &taken);
}

static const struct yf_route routes[] = {
	{ YF_GET, "/vp/{id}", get_object, 0, NULL, YF_ROUTE_CORS },
	{ YF_POST, "/vp/{id}", post_object, POST_LEN_MAX, FORM, YF_ROUTE_CORS },
	{ YF_POST, "/vp/{id}/response", post_response, FORM_LEN_MAX, FORM,
	  YF_ROUTE_CORS | YF_ROUTE_OAUTH },
};

struct yf_routes yf_vp_routes(void)
{
	return YF_ROUTES(routes);
}
