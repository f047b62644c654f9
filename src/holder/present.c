#include "holder/present.h"

#include "codec/url.h"
#include "credential/sdjwt_vc.h"
#include "holder/link.h"
#include "openid/vp_response.h"

yf_err yf_holder_read(struct yf_holder *holder, struct yf_arena *arena,
		      yf_str text, struct yf_request *out)
{
	const struct yf_fetch_header accept = {
		YF_STR("Accept"), YF_STR("application/oauth-authz-req+jwt")
	};
	struct yf_fetch_ask ask = { .headers = &accept, .header_count = 1 };
	const struct yf_trust_list *trust;
	struct yf_fetched reply;
	struct yf_link link;

	YF_TRY(yf_link_parse(arena, text, &link));
	if (link.kind != YF_LINK_REQUEST)
		return YF_FAIL(UNSUPPORTED);
	YF_TRY(yf_holder_trust(holder, arena, &trust));
	ask.url = link.reference;
	YF_TRY(yf_wire_send(&holder->options.wire, arena, &ask, &reply));
	if (reply.status != 200)
		return yf_wire_refusal(arena, &reply);
	if (!yf_wire_is_type(&reply, "application/oauth-authz-req+jwt"))
		return YF_FAIL(MEDIA_TYPE);
	const struct yf_request_from from = {
		.client_id = link.client_id,
		.registrars = yf_trust_list_registrars(trust),
		.now_s = yf_holder_now_s(holder),
		.skew_s = YF_HOLDER_SKEW_S,
	};
	return yf_request_verify(arena, yf_str_trim(reply.body), &from, out);
}

static bool accepts(const struct yf_dcql_credential *query, yf_str vct)
{
	for (size_t i = 0; i < query->vct_count; i++)
		if (yf_str_eq(query->vcts[i], vct))
			return true;
	return false;
}

static yf_err take_paths(struct yf_arena *arena,
			 const struct yf_dcql_credential *query, uint64_t match,
			 struct yf_choice *out)
{
	struct yf_claim_path *paths =
		YF_NEW(arena, struct yf_claim_path, query->claim_count + 1);

	if (!paths)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < query->claim_count; i++)
		if (match >> i & 1)
			paths[out->path_count++] = query->claims[i].path;
	out->paths = paths;
	return YF_OK;
}

/* NOT_ASKED when this credential does not fit the query. */
static yf_err fit(struct yf_arena *arena,
		  const struct yf_dcql_credential *query,
		  const struct yf_held *held, int64_t now_s,
		  struct yf_choice *out)
{
	struct yf_choice choice = { .query = query, .held = held };
	struct yf_vc vc;
	uint64_t match;

	if (query->format != YF_DCQL_SD_JWT || !accepts(query, held->vct) ||
	    (held->expires_s && held->expires_s <= now_s))
		return YF_FAIL(NOT_ASKED);
	YF_TRY(yf_vc_peek(arena, held->text, &vc));
	YF_TRY(yf_dcql_authority(arena, query, &vc.chain));
	YF_TRY(yf_dcql_match(arena, query, vc.claims, &match));
	YF_TRY(yf_dcql_pick(arena, query, match, vc.claims, &choice.claims));
	YF_TRY(take_paths(arena, query, match, &choice));
	*out = choice;
	return YF_OK;
}

static bool is_chosen(const struct yf_choices *choices,
		      const struct yf_held *held)
{
	for (size_t i = 0; i < choices->count; i++)
		if (choices->at[i].held == held)
			return true;
	return false;
}

/* Fresh copies first; a copy answers one query only while there are others. */
static yf_err find(struct yf_holder *holder, struct yf_arena *arena,
		   const struct yf_dcql_credential *query,
		   struct yf_choices *choices)
{
	const size_t count = yf_purse_count(holder->purse);

	for (int used_too = 0; used_too < 2; used_too++)
		for (size_t i = 0; i < count; i++) {
			const struct yf_held *held =
				yf_purse_at(holder->purse, i);
			const bool used =
				held->shown || is_chosen(choices, held);
			if (used != (used_too == 1))
				continue;
			const yf_err err =
				fit(arena, query, held, yf_holder_now_s(holder),
				    &choices->at[choices->count]);
			if (err.code == YF_CODE_NOT_ASKED)
				continue;
			YF_TRY(err);
			choices->count++;
			return YF_OK;
		}
	return YF_FAIL(NOT_ASKED);
}

static bool is_answered(const struct yf_choices *choices,
			const struct yf_dcql_credential *query)
{
	for (size_t i = 0; i < choices->count; i++)
		if (choices->at[i].query == query)
			return true;
	return false;
}

/* All credentials of an option, or, with NOT_ASKED, none of them. */
static yf_err find_option(struct yf_holder *holder, struct yf_arena *arena,
			  const struct yf_dcql *query,
			  const struct yf_dcql_option *option,
			  struct yf_choices *choices)
{
	const size_t before = choices->count;

	for (size_t i = 0; i < option->count; i++) {
		const struct yf_dcql_credential *credential =
			&query->credentials[option->at[i]];
		if (is_answered(choices, credential))
			continue;
		const yf_err err = find(holder, arena, credential, choices);
		if (yf_failed(err)) {
			choices->count = before;
			return err;
		}
	}
	return YF_OK;
}

static yf_err find_set(struct yf_holder *holder, struct yf_arena *arena,
		       const struct yf_dcql *query,
		       const struct yf_dcql_set *set,
		       struct yf_choices *choices)
{
	for (size_t i = 0; i < set->option_count; i++) {
		const yf_err err = find_option(holder, arena, query,
					       &set->options[i], choices);
		if (err.code != YF_CODE_NOT_ASKED)
			return err;
	}
	return YF_FAIL(NOT_ASKED);
}

yf_err yf_holder_choose(struct yf_holder *holder, struct yf_arena *arena,
			const struct yf_request *request,
			struct yf_choices *out)
{
	const struct yf_dcql *query = &request->query;
	struct yf_choices got = { 0 };

	for (size_t i = 0; i < query->set_count; i++)
		if (query->sets[i].required)
			YF_TRY(find_set(holder, arena, query, &query->sets[i],
					&got));
	for (size_t i = 0; query->set_count == 0 && i < query->credential_count;
	     i++)
		YF_TRY(find(holder, arena, &query->credentials[i], &got));
	*out = got;
	return YF_OK;
}

/* One presentation: the claims that were chosen, bound to this request. */
static yf_err present(struct yf_holder *holder, struct yf_arena *arena,
		      const struct yf_request *request,
		      const struct yf_choice *choice, yf_str *out)
{
	const struct yf_signer signer = yf_signer_of_key(choice->held->key);
	const struct yf_kb_ask ask = {
		.audience = request->object.client_id,
		.nonce = request->object.nonce,
		.now_s = yf_holder_now_s(holder),
	};
	yf_str selected;

	YF_TRY(yf_sdjwt_select(arena, choice->held->text, choice->paths,
			       choice->path_count, &selected));
	YF_TRY(yf_purse_show(holder->purse, choice->held));
	return yf_sdjwt_bind(arena, &signer, selected, &ask, out);
}

yf_err yf_holder_answer(struct yf_holder *holder, struct yf_arena *arena,
			const struct yf_request *request,
			const struct yf_choices *choices, yf_str *form)
{
	struct yf_vp_answer answers[YF_DCQL_CREDENTIALS_MAX];
	const struct yf_vp_ask ask = {
		.key = &request->object.key,
		.key_id = request->object.key_id,
		.enc = YF_JWE_A128GCM,
		.state = request->object.state,
		.answers = answers,
		.count = choices->count,
	};
	struct yf_buf buf = yf_buf_new(arena, 4096);
	yf_str jwe;

	for (size_t i = 0; i < choices->count; i++) {
		answers[i].id = choices->at[i].query->id;
		YF_TRY(present(holder, arena, request, &choices->at[i],
			       &answers[i].presentation));
	}
	YF_TRY(yf_vp_response_make(arena, &ask, &jwe));
	yf_form_put(&buf, "response", jwe);
	return yf_buf_str(&buf, form);
}

yf_err yf_holder_decline(struct yf_arena *arena,
			 const struct yf_request *request, yf_str *form)
{
	struct yf_buf buf = yf_buf_new(arena, 128);

	yf_form_put(&buf, "error", YF_STR("access_denied"));
	if (request->object.state.len)
		yf_form_put(&buf, "state", request->object.state);
	return yf_buf_str(&buf, form);
}

yf_err yf_holder_post(struct yf_holder *holder, struct yf_arena *arena,
		      const struct yf_request *request, yf_str form,
		      yf_str *redirect_uri)
{
	const struct yf_fetch_header type = {
		YF_STR("Content-Type"),
		YF_STR("application/x-www-form-urlencoded"),
	};
	const struct yf_fetch_ask ask = {
		.method = "POST",
		.url = request->object.response_uri,
		.headers = &type,
		.header_count = 1,
		.body = form,
	};
	struct yf_fetched reply;
	yf_str next = { 0 };
	const struct yf_json_field fields[] = {
		YF_JSON_STR_OPT("redirect_uri", &next),
		YF_JSON_END,
	};

	YF_TRY(yf_wire_send(&holder->options.wire, arena, &ask, &reply));
	if (reply.status != 200)
		return yf_wire_refusal(arena, &reply);
	YF_TRY(yf_json_decode(arena, reply.body, fields));
	*redirect_uri = next;
	return YF_OK;
}
