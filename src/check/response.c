#include "check/response.h"

#include "check/judge.h"
#include "check/same_device.h"
#include "openid/handover.h"

yf_err yf_answer_check(const struct yf_answer *answer)
{
	const int given = (answer->response.len > 0) +
			  (answer->vp_token != NULL) + (answer->error.len > 0);

	return given == 1 ? YF_OK : YF_FAIL(MISSING);
}

yf_err yf_answer_of_form(struct yf_arena *arena, const struct yf_form *form,
			 struct yf_answer *out)
{
	struct yf_answer answer = { 0 };
	yf_str token = { 0 };

	YF_TRY(yf_form_get(form, "response", &answer.response));
	YF_TRY(yf_form_get(form, "vp_token", &token));
	YF_TRY(yf_form_get(form, "error", &answer.error));
	YF_TRY(yf_form_get(form, "state", &answer.state));
	if (token.len)
		YF_TRY(yf_json_parse(arena, token, &answer.vp_token));
	YF_TRY(yf_answer_check(&answer));
	*out = answer;
	return YF_OK;
}

/* --- what it must be bound to --- */

/* An answer on its way: by the link, or by the Digital Credentials API. */
struct way {
	const struct yf_env *env;
	struct yf_arena *arena;
	const struct yf_request *request;
	bool dc_api;
};

static yf_err bind_to_link(const struct way *way, const uint8_t *thumbprint,
			   struct yf_judge_ask *out)
{
	const struct yf_request *request = way->request;
	struct yf_party party = { 0 };
	yf_str response_uri = { 0 };

	YF_TRY(yf_party_load(way->env, way->arena, request->party_shard,
			     request->party_id, request->made_s, &party));
	YF_TRY(yf_request_client_id(way->env, way->arena, &party, &request->how,
				    &out->audience));
	YF_TRY(yf_request_response_uri(way->env, way->arena, request->id,
				       &response_uri));
	return yf_handover_redirect(way->arena, out->audience, request->nonce,
				    thumbprint, response_uri, &out->transcript);
}

/*
 * A.4: "the audience for the response [...] MUST be the Origin, prefixed with
 * origin:", of signed requests too.
 */
static yf_err bind_to_origin(const struct way *way, const uint8_t *thumbprint,
			     struct yf_judge_ask *out)
{
	const struct yf_request *request = way->request;

	YF_TRY(yf_str_format(way->arena, &out->audience, "origin:%.*s",
			     YF_ARG(request->how.origin)));
	return yf_handover_dc_api(way->arena, request->how.origin,
				  request->nonce, thumbprint, &out->transcript);
}

static yf_err bind(const struct way *way, struct yf_judge_ask *out)
{
	uint8_t thumbprint[YF_HANDOVER_THUMBPRINT_LEN];
	const uint8_t *of_key = way->request->how.plain ? NULL : thumbprint;
	YF_AUTO(key) key = NULL;

	out->request = way->request;
	if (of_key) {
		YF_TRY(yf_request_key(way->env, way->arena, way->request,
				      &key));
		yf_jwk_thumbprint(yf_key_public(key), thumbprint);
	}
	return way->dc_api ? bind_to_origin(way, of_key, out)
			   : bind_to_link(way, of_key, out);
}

/* --- opening --- */

static yf_err open_response(const struct way *way, yf_str text, yf_str *plain)
{
	struct yf_jwe jwe = { 0 };
	yf_bytes opened = { 0 };
	YF_AUTO(key) key = NULL;

	YF_TRY(yf_jwe_parse(way->arena, text, &jwe));
	/* 8.3: `kid` of the key that was used; some wallets leave it out. */
	if (jwe.kid.len && !yf_str_eq(jwe.kid, way->request->id))
		return YF_FAIL(DECRYPT);
	YF_TRY(yf_request_key(way->env, way->arena, way->request, &key));
	YF_TRY(yf_jwe_decrypt(way->arena, &jwe, key, &opened));
	*plain = yf_str_from(opened);
	return YF_OK;
}

/* What was asked in secret is not taken in the clear, nor the other way. */
static yf_err read_answer(const struct way *way, const struct yf_answer *answer,
			  struct yf_vp_response *out)
{
	yf_str plain = { 0 };

	if (way->request->how.plain != (answer->vp_token != NULL))
		return YF_FAIL(INVALID_ENCRYPTION);
	if (answer->vp_token) {
		YF_TRY(yf_vp_token_parse(way->arena, &way->request->query,
					 answer->vp_token, out));
		out->state = answer->state;
		return YF_OK;
	}
	YF_TRY(open_response(way, answer->response, &plain));
	return yf_vp_response_parse(way->arena, &way->request->query, plain,
				    out);
}

/* A.3: the DC API has no state, for the browser knows whom it asked. */
static yf_err check_state(const struct way *way, yf_str state)
{
	if (way->dc_api || yf_str_eq(state, way->request->wallet_state))
		return YF_OK;
	return YF_FAIL(INVALID_REQUEST);
}

static yf_err judge_answer(const struct way *way,
			   const struct yf_answer *answer,
			   struct yf_result *out)
{
	struct yf_vp_response response = { 0 };
	struct yf_judge_ask ask = { 0 };

	if (answer->error.len) {
		YF_TRY(check_state(way, answer->state));
		return yf_result_of_wallet_error(way->arena, answer->error,
						 out);
	}
	YF_TRY(read_answer(way, answer, &response));
	YF_TRY(check_state(way, response.state));
	YF_TRY(bind(way, &ask));
	return yf_judge(way->env, way->arena, &ask, &response, out);
}

/* --- taking --- */

static yf_err check_open(const struct way *way)
{
	switch (yf_request_state_at(way->request, yf_env_now_s(way->env))) {
	case YF_REQUEST_ANSWERED:
		return YF_FAIL(REPLAYED);
	case YF_REQUEST_EXPIRED:
		return YF_FAIL(EXPIRED);
	case YF_REQUEST_WAITING:
	case YF_REQUEST_FETCHED:
		break;
	}
	return YF_OK;
}

/* A person who said no goes back as well; a refused answer stays where it is
 * refused, for the wallet to say why. */
static bool goes_back(const struct way *way, const struct yf_answer *answer,
		      const struct yf_result *result)
{
	return way->request->how.return_uri.len > 0 &&
	       (answer->error.len > 0 || result->verdict != YF_VERDICT_REFUSED);
}

static yf_err take(const struct way *way, const struct yf_answer *answer,
		   struct yf_taken *out)
{
	const int64_t now_s = yf_env_now_s(way->env);
	struct yf_taken taken = { .result.checked_at_s = now_s };
	yf_str json = { 0 };

	YF_TRY(check_open(way));
	YF_TRY(judge_answer(way, answer, &taken.result));
	taken.result.delete_at_s = yf_policy_delete_s(
		yf_party_retention_s(&way->request->policies), now_s);
	YF_TRY(yf_result_encode(way->arena, &taken.result, &json));
	if (goes_back(way, answer, &taken.result))
		YF_TRY(yf_same_device_return(way->env, way->arena, way->request,
					     &taken.redirect_uri));
	YF_TRY(yf_request_answer(way->env, way->arena, way->request, json,
				 taken.result.delete_at_s));
	*out = taken;
	return YF_OK;
}

yf_err yf_response_take(const struct yf_env *env, struct yf_arena *arena,
			yf_str id, const struct yf_answer *answer,
			struct yf_taken *out)
{
	struct yf_request request = { 0 };

	YF_TRY(yf_request_load(env, arena, id, &request));
	const struct way way = { env, arena, &request, false };
	return take(&way, answer, out);
}

yf_err yf_response_take_dc_api(const struct yf_env *env, struct yf_arena *arena,
			       const struct yf_request *request,
			       const struct yf_answer *answer,
			       struct yf_taken *out)
{
	const struct way way = { env, arena, request, true };

	if (!request->how.origin.len)
		return YF_FAIL(INVALID_REQUEST);
	return take(&way, answer, out);
}
