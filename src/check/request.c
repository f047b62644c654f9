#include "check/request.h"

#include "base/random.h"
#include "check/dc_api.h"
#include "check/request_store.h"
#include "check/result.h"
#include "check/same_device.h"
#include "check/wallet_metadata.h"
#include "codec/base64url.h"
#include "codec/url.h"
#include "crypto/hash.h"
#include "crypto/seal.h"

enum {
	ID_RANDOM_LEN = 24,
	NONCE_RANDOM_LEN = 32,
	STATE_RANDOM_LEN = 16,
	WALLET_NONCE_MAX = 512,
};

static const struct {
	yf_request_state state;
	const char *name;
} state_names[] = {
	{ YF_REQUEST_WAITING, "waiting" },
	{ YF_REQUEST_FETCHED, "fetched" },
	{ YF_REQUEST_ANSWERED, "answered" },
	{ YF_REQUEST_EXPIRED, "expired" },
};

const char *yf_request_state_name(yf_request_state state)
{
	return state_names[state].name;
}

yf_err yf_request_state_parse(yf_str name, yf_request_state *out)
{
	for (size_t i = 0; i < YF_COUNT(state_names); i++)
		if (yf_str_is(name, state_names[i].name)) {
			*out = state_names[i].state;
			return YF_OK;
		}
	return YF_FAIL(BUG);
}

yf_request_state yf_request_state_at(const struct yf_request *request,
				     int64_t now_s)
{
	if (request->state != YF_REQUEST_ANSWERED &&
	    now_s >= request->expires_s)
		return YF_REQUEST_EXPIRED;
	return request->state;
}

/* --- what may be asked --- */

static yf_err check_supported(const struct yf_dcql *query)
{
	for (size_t i = 0; i < query->credential_count; i++) {
		const struct yf_dcql_credential *asked = &query->credentials[i];

		for (size_t k = 0; k < asked->authority_count; k++)
			if (!yf_str_is(asked->authorities[k].type, "aki"))
				return YF_FAIL(UNSUPPORTED);
	}
	return YF_OK;
}

yf_err yf_request_check(struct yf_arena *arena,
			const struct yf_card_types *types,
			const struct yf_policies *policies,
			const struct yf_json *dcql,
			struct yf_policies *rests_on)
{
	struct yf_dcql query = { 0 };

	YF_TRY(yf_dcql_parse(arena, dcql, &query));
	YF_TRY(yf_policies_cover(arena, types, policies, &query, rests_on));
	return check_supported(&query);
}

static yf_err ask_by_policy(struct yf_arena *arena,
			    const struct yf_card_types *types,
			    const struct yf_party *party,
			    const struct yf_request_ask *ask,
			    struct yf_request *out)
{
	const struct yf_policy *policy =
		yf_policies_find(&party->policies, ask->policy);

	if (!policy)
		return yf_policy_find(ask->policy) ? YF_FAIL(OVER_ASKED)
						   : YF_FAIL(UNSUPPORTED);
	out->policies = (struct yf_policies){ { policy }, 1 };
	/* An mdoc does not sign what is agreed to beside it. */
	return yf_policy_query(arena, types, policy,
			       ask->transaction_data ? YF_POLICY_SD_JWT
						     : YF_POLICY_ANY_FORMAT,
			       &out->dcql);
}

static yf_err ask_by_query(struct yf_arena *arena,
			   const struct yf_card_types *types,
			   const struct yf_party *party,
			   const struct yf_request_ask *ask,
			   struct yf_request *out)
{
	if (!ask->purpose.len)
		return YF_FAIL(MISSING);
	if (!yf_str_is_utf8(ask->purpose) ||
	    yf_str_chars(ask->purpose) > YF_REQUEST_PURPOSE_MAX)
		return YF_FAIL(RANGE);
	out->purpose = ask->purpose;
	out->dcql = ask->query;
	return yf_request_check(arena, types, &party->policies, ask->query,
				&out->policies);
}

/* --- making --- */

static yf_err random_text(struct yf_arena *arena, size_t len, yf_str *out)
{
	uint8_t *random = YF_NEW(arena, uint8_t, len);

	if (!random)
		return YF_FAIL(MEMORY);
	yf_random_fill(random, len);
	return yf_base64url_encode(arena, (yf_bytes){ random, len }, out);
}

int64_t yf_request_shard(yf_str id)
{
	uint8_t hash[YF_SHA256_LEN];

	yf_sha256(yf_bytes_of(id), hash);
	return yf_shard_of(hash);
}

static yf_err key_context(struct yf_arena *arena, yf_str id, const char *column,
			  yf_bytes *out)
{
	yf_str text = { 0 };

	YF_TRY(yf_str_format(arena, &text, "presentation/%.*s/%s", YF_ARG(id),
			     column));
	*out = yf_bytes_of(text);
	return YF_OK;
}

/* HAIP 1.0 5.1: "ephemeral encryption public keys ... specific to each
 * Authorization Request". */
static yf_err make_key(const struct yf_env *env, struct yf_arena *arena,
		       struct yf_request *out)
{
	YF_AUTO(key) key = NULL;
	yf_bytes context = { 0 };
	yf_str pem = { 0 };

	YF_TRY(yf_key_new(&key));
	YF_TRY(yf_key_save(key, arena, &pem));
	YF_TRY(key_context(arena, out->id, "key", &context));
	return yf_seal(arena, &env->keys.seal, yf_bytes_of(pem), context,
		       &out->key_sealed);
}

yf_err yf_request_key(const struct yf_env *env, struct yf_arena *arena,
		      const struct yf_request *request, struct yf_key **out)
{
	yf_bytes context = { 0 };
	yf_bytes pem = { 0 };

	YF_TRY(key_context(arena, request->id, "key", &context));
	YF_TRY(yf_unseal(arena, &env->keys.seal, request->key_sealed, context,
			 &pem));
	return yf_key_load(yf_str_from(pem), out);
}

static yf_err vp_uri(const struct yf_env *env, struct yf_arena *arena,
		     yf_str id, const char *suffix, yf_str *out)
{
	return yf_str_format(arena, out, "%.*s/vp/%.*s%s",
			     YF_ARG(env->settings.url), YF_ARG(id), suffix);
}

static yf_err make_links(const struct yf_env *env, struct yf_arena *arena,
			 const struct yf_request *request, yf_str client_id,
			 struct yf_request_made *out)
{
	struct yf_buf buf = yf_buf_new(arena, 256);
	yf_str request_uri = { 0 };
	yf_str query = { 0 };

	YF_TRY(vp_uri(env, arena, request->id, "", &request_uri));
	yf_form_put(&buf, "client_id", client_id);
	yf_form_put(&buf, "request_uri", request_uri);
	if (request->how.post)
		yf_form_put(&buf, "request_uri_method", YF_STR("post"));
	YF_TRY(yf_buf_str(&buf, &query));
	YF_TRY(yf_str_format(arena, &out->uri, "openid4vp://?%.*s",
			     YF_ARG(query)));
	return yf_str_format(arena, &out->wallet_uri, "%.*s/wallet/?%.*s",
			     YF_ARG(env->settings.url), YF_ARG(query));
}

/* What, and how, as far as the party may. */
static yf_err take_ask(const struct yf_env *env, struct yf_arena *arena,
		       const struct yf_party *party,
		       const struct yf_request_ask *ask, struct yf_request *out)
{
	if (!ask->policy.len && !ask->query)
		return YF_FAIL(MISSING);
	if (ask->policy.len && ask->query)
		return YF_FAIL(SYNTAX);
	if (ask->query)
		YF_TRY(ask_by_query(arena, env->types, party, ask, out));
	else
		YF_TRY(ask_by_policy(arena, env->types, party, ask, out));
	YF_TRY(yf_dcql_parse(arena, out->dcql, &out->query));
	YF_TRY(yf_request_how_of(env, arena, party, &ask->how, &out->how));
	if (!ask->transaction_data)
		return YF_OK;
	return yf_transactions_make(arena, ask->transaction_data, &out->query,
				    &out->how.transaction_data);
}

/* What the party is given to hand on, beside the links. */
static yf_err make_extras(const struct yf_env *env, struct yf_arena *arena,
			  const struct yf_party *party,
			  const struct yf_request *request,
			  struct yf_request_made *out)
{
	if (request->how.return_uri.len)
		YF_TRY(yf_same_device_session(env, arena, request->id,
					      &out->session));
	if (request->how.origin.len)
		YF_TRY(yf_dc_api_requests(env, arena, party, request,
					  &out->digital));
	return YF_OK;
}

yf_err yf_request_create(const struct yf_env *env, struct yf_arena *arena,
			 const struct yf_party *party,
			 const struct yf_request_ask *ask,
			 struct yf_request_made *out)
{
	const int64_t now_s = yf_env_now_s(env);
	struct yf_request request = {
		.party_shard = party->shard,
		.party_id = party->id,
		.state = YF_REQUEST_WAITING,
		.made_s = now_s,
		.expires_s = now_s + YF_REQUEST_LIFE_S,
		.delete_s = now_s + YF_REQUEST_LIFE_S + YF_POLICY_SHOWN_S,
	};
	struct yf_request_made made = { .expires_in_s = YF_REQUEST_LIFE_S };
	yf_str client_id = { 0 };

	YF_TRY(take_ask(env, arena, party, ask, &request));
	YF_TRY(yf_request_client_id(env, arena, party, &request.how,
				    &client_id));
	YF_TRY(random_text(arena, ID_RANDOM_LEN, &request.id));
	YF_TRY(random_text(arena, NONCE_RANDOM_LEN, &request.nonce));
	YF_TRY(random_text(arena, STATE_RANDOM_LEN, &request.wallet_state));
	request.shard = yf_request_shard(request.id);
	YF_TRY(make_key(env, arena, &request));
	YF_TRY(make_links(env, arena, &request, client_id, &made));
	YF_TRY(make_extras(env, arena, party, &request, &made));
	YF_TRY(yf_request_insert(env, arena, &request));
	made.id = request.id;
	*out = made;
	return YF_OK;
}

/* --- what the wallet gets --- */

yf_err yf_request_response_uri(const struct yf_env *env, struct yf_arena *arena,
			       yf_str id, yf_str *out)
{
	return vp_uri(env, arena, id, "/response", out);
}

yf_err yf_request_fill(const struct yf_env *env, struct yf_arena *arena,
		       const struct yf_request *request,
		       const struct yf_party *party, yf_response_mode mode,
		       struct yf_request_object *out)
{
	YF_AUTO(key) key = NULL;

	YF_TRY(yf_request_key(env, arena, request, &key));
	YF_TRY(yf_request_client_id(env, arena, party, &request->how,
				    &out->client_id));
	out->mode = mode;
	out->nonce = request->nonce;
	out->state = request->wallet_state;
	out->origin = request->how.origin;
	out->query = request->dcql;
	out->transaction_data = request->how.transaction_data;
	out->key = *yf_key_public(key);
	out->key_id = request->id;
	out->issued_at_s = request->made_s;
	out->expires_s = request->expires_s;
	YF_TRY(yf_request_response_uri(env, arena, request->id,
				       &out->response_uri));
	const struct yf_party_request named = { out->client_id,
						&request->policies,
						request->purpose };
	return yf_party_registration(env, arena, party, &named,
				     &out->registration);
}

yf_err yf_request_sign(const struct yf_env *env, struct yf_arena *arena,
		       const struct yf_party *party,
		       const struct yf_request_object *object, yf_str *jwt)
{
	YF_AUTO(key) key = NULL;

	YF_TRY(yf_party_key(env, arena, party, &key));
	const struct yf_chain chain = { { party->certificate }, 1 };
	const struct yf_signer signer = yf_signer_of_key(key);
	return yf_request_object_make(arena, &signer, &chain, object, jwt);
}

static yf_err sign_for_link(const struct yf_env *env, struct yf_arena *arena,
			    const struct yf_request *request,
			    yf_str wallet_nonce, yf_str *jwt)
{
	const yf_response_mode mode = request->how.plain
					      ? YF_MODE_DIRECT_POST
					      : YF_MODE_DIRECT_POST_JWT;
	struct yf_request_object object = { .wallet_nonce = wallet_nonce };
	struct yf_party party = { 0 };

	YF_TRY(yf_party_load(env, arena, request->party_shard,
			     request->party_id, request->made_s, &party));
	YF_TRY(yf_request_fill(env, arena, request, &party, mode, &object));
	return yf_request_sign(env, arena, &party, &object, jwt);
}

static void tell(const struct yf_env *env, struct yf_arena *arena,
		 const struct yf_request *request)
{
	yf_str json = { 0 };

	/* Whoever listens can also ask: a lost event loses nothing. */
	if (!yf_failed(yf_request_view(env, arena, request, &json)))
		yf_events_publish(env->events, request->id, "state", json);
}

yf_err yf_request_object(const struct yf_env *env, struct yf_arena *arena,
			 yf_str id, const struct yf_wallet_says *wallet,
			 yf_str *jwt)
{
	const int64_t now_s = yf_env_now_s(env);
	struct yf_request request = { 0 };
	bool changed = false;

	if (wallet->nonce.len > WALLET_NONCE_MAX)
		return YF_FAIL(RANGE);
	YF_TRY(yf_request_load(env, arena, id, &request));
	switch (yf_request_state_at(&request, now_s)) {
	case YF_REQUEST_ANSWERED:
		return YF_FAIL(REPLAYED);
	case YF_REQUEST_EXPIRED:
		return YF_FAIL(EXPIRED);
	case YF_REQUEST_WAITING:
	case YF_REQUEST_FETCHED:
		break;
	}
	YF_TRY(yf_wallet_metadata_check(arena, wallet->metadata, &request));
	YF_TRY(sign_for_link(env, arena, &request, wallet->nonce, jwt));
	if (request.state == YF_REQUEST_WAITING)
		YF_TRY(yf_request_mark_fetched(env, &request, &changed));
	if (changed) {
		request.state = YF_REQUEST_FETCHED;
		tell(env, arena, &request);
	}
	return YF_OK;
}

/* --- its result --- */

yf_err yf_request_answer(const struct yf_env *env, struct yf_arena *arena,
			 const struct yf_request *request, yf_str result,
			 int64_t delete_s)
{
	struct yf_request answered = *request;
	yf_bytes context = { 0 };

	YF_TRY(key_context(arena, request->id, "result", &context));
	YF_TRY(yf_seal(arena, &env->keys.seal, yf_bytes_of(result), context,
		       &answered.result_sealed));
	answered.state = YF_REQUEST_ANSWERED;
	answered.delete_s = delete_s;
	YF_TRY(yf_request_close(env, &answered, yf_env_now_s(env)));
	tell(env, arena, &answered);
	yf_events_end(env->events, request->id);
	return YF_OK;
}

static yf_err unseal_result(const struct yf_env *env, struct yf_arena *arena,
			    const struct yf_request *request, yf_str *out)
{
	yf_bytes context = { 0 };
	yf_bytes result = { 0 };

	YF_TRY(key_context(arena, request->id, "result", &context));
	YF_TRY(yf_unseal(arena, &env->keys.seal, request->result_sealed,
			 context, &result));
	*out = yf_str_from(result);
	return YF_OK;
}

static bool is_refusal(struct yf_arena *arena, yf_str result)
{
	const struct yf_json *tree = NULL;

	return !yf_failed(yf_json_parse(arena, result, &tree)) &&
	       yf_str_is(yf_json_text(tree, "verdict"),
			 yf_verdict_name(YF_VERDICT_REFUSED));
}

static yf_err encode_view(const struct yf_env *env, struct yf_arena *arena,
			  const struct yf_request *request, bool is_back,
			  yf_str *json)
{
	const yf_request_state state =
		yf_request_state_at(request, yf_env_now_s(env));
	struct yf_json_out out =
		yf_json_out_new(arena, 128 + request->result_sealed.len);
	yf_str result = { 0 };
	bool withheld = false;

	if (state == YF_REQUEST_ANSWERED) {
		YF_TRY(unseal_result(env, arena, request, &result));
		withheld = request->how.return_uri.len && !is_back &&
			   !is_refusal(arena, result);
	}
	yf_json_out_object(&out, NULL);
	yf_json_out_str(&out, "id", request->id);
	yf_json_out_text(&out, "state", yf_request_state_name(state));
	if (state == YF_REQUEST_ANSWERED && !withheld)
		yf_json_out_raw(&out, "result", result);
	else
		yf_json_out_null(&out, "result");
	if (withheld)
		yf_json_out_bool(&out, "withheld", true);
	yf_json_out_close(&out);
	return yf_json_out_end(&out, json);
}

yf_err yf_request_view(const struct yf_env *env, struct yf_arena *arena,
		       const struct yf_request *request, yf_str *json)
{
	return encode_view(env, arena, request, false, json);
}

yf_err yf_request_release(const struct yf_env *env, struct yf_arena *arena,
			  const struct yf_request *request, yf_str session,
			  yf_str response_code, yf_str *json)
{
	YF_TRY(yf_same_device_check(env, arena, request, session,
				    response_code));
	return encode_view(env, arena, request, true, json);
}
