#include "check/response.h"

#include "card/status.h"
#include "openid/vp_response.h"

enum { CLOCK_SKEW_S = 60 };

yf_err yf_answer_of_form(const struct yf_form *form, struct yf_answer *out)
{
	struct yf_answer answer = { 0 };

	YF_TRY(yf_form_get(form, "response", &answer.response));
	YF_TRY(yf_form_get(form, "error", &answer.error));
	YF_TRY(yf_form_get(form, "state", &answer.state));
	if (!answer.response.len == !answer.error.len)
		return YF_FAIL(MISSING);
	*out = answer;
	return YF_OK;
}

/* --- status --- */

/* <url>/status/<n>, as we write it: exactly one text for each list. */
static bool is_our_list(const struct yf_env *env, struct yf_arena *arena,
			yf_str uri, int64_t *list)
{
	yf_str prefix = { 0 };
	yf_str own = { 0 };

	if (yf_failed(yf_str_format(arena, &prefix, "%.*s/status/",
				    YF_ARG(env->settings.url))) ||
	    !yf_str_starts(uri, prefix) ||
	    !yf_str_to_int(yf_str_skip(uri, prefix.len), list))
		return false;
	return !yf_failed(yf_status_uri(env, arena, *list, &own)) &&
	       yf_str_eq(uri, own);
}

/*
 * An error is the verdict.  Our own lists are read from the table; a list of
 * another issuer is not fetched here.
 */
static yf_err check_status(const struct yf_env *env, struct yf_arena *arena,
			   const struct yf_status_ref *ref)
{
	uint8_t status = YF_STATUS_VALID;
	int64_t list = 0;

	if (!ref->uri.len)
		return YF_OK;
	if (!is_our_list(env, arena, ref->uri, &list))
		return YF_FAIL(UNREACHABLE);
	YF_TRY(yf_status_read(env, list, ref->index, &status));
	switch (status) {
	case YF_STATUS_VALID:
		return YF_OK;
	case YF_STATUS_INVALID:
		return YF_FAIL(REVOKED);
	case YF_STATUS_SUSPENDED:
		return YF_FAIL(SUSPENDED);
	default:
		return YF_FAIL(UNSUPPORTED);
	}
}

/* --- one presentation --- */

struct judge {
	const struct yf_env *env;
	struct yf_arena *arena;
	const struct yf_request *request;
	yf_str client_id;
	int64_t now_s;
	struct yf_result_part *parts;
	size_t part_count;
	yf_err doubt; /* what could not be found out; OK when nothing */
};

static yf_err verify(const struct judge *judge,
		     const struct yf_dcql_credential *asked, yf_str text,
		     struct yf_vc *out)
{
	const struct yf_vc_rule rule = {
		.trust = judge->env->issuers,
		.eku = YF_EKU_DOCUMENT_SIGNER,
		.vcts = asked->vcts,
		.vct_count = asked->vct_count,
		.now_s = judge->now_s,
		.skew_s = CLOCK_SKEW_S,
		.binding = YF_BINDING_REQUIRED,
		.audience = judge->client_id,
		.nonce = judge->request->nonce,
		.binding_age_s = YF_REQUEST_LIFE_S,
	};

	return yf_vc_verify(judge->arena, text, &rule, out);
}

/* As people know the issuer: what its certificate says, else `iss`. */
static yf_str issuer_name(struct yf_arena *arena, const struct yf_vc *vc)
{
	struct yf_cert cert = { 0 };

	if (vc->chain.count &&
	    !yf_failed(yf_cert_parse(arena, vc->chain.certs[0], &cert))) {
		if (cert.organization.len)
			return cert.organization;
		if (cert.common_name.len)
			return cert.common_name;
	}
	return vc->issuer;
}

/*
 * An answer that discloses more than was asked is cut: the level counts as
 * asked, or as said by an issuer who does not let the holder withhold it.
 */
static yf_str level_of(const struct yf_vc *vc, const struct yf_json *picked)
{
	const yf_str asked = yf_json_text(picked, "assurance_level");

	return asked.len ? asked : yf_json_text(vc->payload, "assurance_level");
}

/* Not asked and never cut: whoever relies on a card must learn it. */
static bool is_demo(const struct yf_vc *vc)
{
	const struct yf_json *demo = yf_json_get(vc->payload, "demo");

	return demo && demo->kind == YF_JSON_BOOL && demo->boolean;
}

static yf_err judge_one(struct judge *judge,
			const struct yf_dcql_credential *asked, yf_str text)
{
	struct yf_result_part *part = &judge->parts[judge->part_count];
	struct yf_vc vc = { 0 };
	uint64_t match = 0;

	YF_TRY(verify(judge, asked, text, &vc));
	YF_TRY(yf_dcql_authority(judge->arena, asked, &vc.chain));
	YF_TRY(yf_dcql_match(judge->arena, asked, vc.claims, &match));
	YF_TRY(yf_dcql_pick(judge->arena, asked, match, vc.claims,
			    &part->claims));
	part->id = asked->id;
	part->issuer = issuer_name(judge->arena, &vc);
	part->assurance_level = level_of(&vc, part->claims);
	part->demo = is_demo(&vc);
	judge->part_count++;

	const yf_err status =
		check_status(judge->env, judge->arena, &vc.status);
	if (status.code != YF_CODE_UNREACHABLE)
		return status;
	judge->doubt = status;
	return YF_OK;
}

static yf_err judge_entry(struct judge *judge, const struct yf_vp_entry *entry)
{
	for (size_t i = 0; i < entry->count; i++)
		YF_TRY(judge_one(judge, entry->query, entry->presentations[i]));
	return YF_OK;
}

/* In the order of the query: the party says what comes first, not the wallet.
 */
static yf_err judge_all(struct judge *judge,
			const struct yf_vp_response *response)
{
	const size_t asked = judge->request->query.credential_count;
	uint64_t answered = 0;

	for (size_t index = 0; index < asked; index++) {
		for (size_t i = 0; i < response->count; i++) {
			const struct yf_vp_entry *entry = &response->entries[i];

			if (entry->index != index)
				continue;
			YF_TRY(judge_entry(judge, entry));
			answered |= UINT64_C(1) << index;
		}
	}
	if (!yf_dcql_satisfied(&judge->request->query, answered))
		return YF_FAIL(NOT_ASKED);
	return judge->doubt;
}

/* --- the verdict --- */

static bool is_our_failing(yf_err err)
{
	const yf_kind kind = yf_err_kind(err);

	return kind == YF_KIND_INTERNAL ||
	       (kind == YF_KIND_UNAVAILABLE && err.code != YF_CODE_UNREACHABLE);
}

static size_t presentations_of(const struct yf_vp_response *response)
{
	size_t count = 0;

	for (size_t i = 0; i < response->count; i++)
		count += response->entries[i].count;
	return count;
}

static yf_err judge_response(const struct yf_env *env, struct yf_arena *arena,
			     const struct yf_request *request,
			     const struct yf_vp_response *response,
			     struct yf_result *out)
{
	struct judge judge = { .env = env,
			       .arena = arena,
			       .request = request,
			       .now_s = yf_env_now_s(env) };
	struct yf_party party = { 0 };

	YF_TRY(yf_party_load(env, arena, request->party_shard,
			     request->party_id, request->made_s, &party));
	judge.client_id = party.client_id;
	judge.parts = YF_NEW(arena, struct yf_result_part,
			     presentations_of(response));
	if (!judge.parts)
		return YF_FAIL(MEMORY);

	const yf_err verdict = judge_all(&judge, response);
	if (is_our_failing(verdict))
		return verdict;
	out->verdict = YF_VERDICT_ACCEPTED;
	if (yf_failed(verdict))
		YF_TRY(yf_result_of_err(arena, verdict, out));
	if (out->verdict == YF_VERDICT_REFUSED)
		return YF_OK;
	out->parts = judge.parts;
	out->part_count = judge.part_count;
	return YF_OK;
}

/* --- opening --- */

static yf_err open_response(const struct yf_env *env, struct yf_arena *arena,
			    const struct yf_request *request, yf_str text,
			    yf_str *plain)
{
	struct yf_jwe jwe = { 0 };
	yf_bytes opened = { 0 };
	YF_AUTO(key) key = NULL;

	YF_TRY(yf_jwe_parse(arena, text, &jwe));
	/* 8.3: `kid` of the key that was used; some wallets leave it out. */
	if (jwe.kid.len && !yf_str_eq(jwe.kid, request->id))
		return YF_FAIL(DECRYPT);
	YF_TRY(yf_request_key(env, arena, request, &key));
	YF_TRY(yf_jwe_decrypt(arena, &jwe, key, &opened));
	*plain = yf_str_from(opened);
	return YF_OK;
}

static yf_err read_response(const struct yf_env *env, struct yf_arena *arena,
			    const struct yf_request *request, yf_str text,
			    struct yf_result *out)
{
	struct yf_vp_response response = { 0 };
	yf_str plain = { 0 };

	YF_TRY(open_response(env, arena, request, text, &plain));
	YF_TRY(yf_vp_response_parse(arena, &request->query, plain, &response));
	if (!yf_str_eq(response.state, request->wallet_state))
		return YF_FAIL(INVALID_REQUEST);
	return judge_response(env, arena, request, &response, out);
}

static yf_err check_open(const struct yf_env *env,
			 const struct yf_request *request)
{
	switch (yf_request_state_at(request, yf_env_now_s(env))) {
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

static yf_err judge_answer(const struct yf_env *env, struct yf_arena *arena,
			   const struct yf_request *request,
			   const struct yf_answer *answer,
			   struct yf_result *out)
{
	if (!answer->error.len)
		return read_response(env, arena, request, answer->response,
				     out);
	if (!yf_str_eq(answer->state, request->wallet_state))
		return YF_FAIL(INVALID_REQUEST);
	return yf_result_of_wallet_error(arena, answer->error, out);
}

yf_err yf_response_take(const struct yf_env *env, struct yf_arena *arena,
			yf_str id, const struct yf_answer *answer,
			struct yf_result *out)
{
	const int64_t now_s = yf_env_now_s(env);
	struct yf_request request = { 0 };
	struct yf_result result = { .checked_at_s = now_s };
	yf_str json = { 0 };

	YF_TRY(yf_request_load(env, arena, id, &request));
	YF_TRY(check_open(env, &request));
	YF_TRY(judge_answer(env, arena, &request, answer, &result));
	result.delete_at_s = yf_policy_delete_s(
		yf_party_retention_s(&request.policies), now_s);
	YF_TRY(yf_result_encode(arena, &result, &json));
	YF_TRY(yf_request_answer(env, arena, &request, json,
				 result.delete_at_s));
	*out = result;
	return YF_OK;
}
