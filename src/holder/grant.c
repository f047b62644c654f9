#include "holder/grant.h"

#include "base/random.h"
#include "codec/base64url.h"
#include "codec/url.h"
#include "openid/pkce.h"

#define PRE_AUTHORIZED "urn:ietf:params:oauth:grant-type:pre-authorized_code"

static const char form_type[] = "application/x-www-form-urlencoded";

/* What one round through the authorization endpoint must remember. */
struct round {
	yf_str state;
	yf_str verifier;
	yf_str challenge;
};

static yf_err round_new(struct yf_arena *arena, struct round *out)
{
	uint8_t random[16];
	char verifier[YF_PKCE_VERIFIER_LEN];
	char challenge[YF_PKCE_CHALLENGE_LEN];

	yf_random_fill(random, sizeof(random));
	YF_TRY(yf_base64url_encode(arena, (yf_bytes){ random, sizeof(random) },
				   &out->state));
	yf_pkce_verifier_new(verifier);
	yf_pkce_challenge((yf_str){ verifier, sizeof(verifier) }, challenge);
	YF_TRY(yf_str_copy(arena, (yf_str){ verifier, sizeof(verifier) },
			   &out->verifier));
	return yf_str_copy(arena, (yf_str){ challenge, sizeof(challenge) },
			   &out->challenge);
}

/* RFC 9126 section 2: the request goes to the server, not by the browser. */
static yf_err push(struct yf_sender *sender, struct yf_arena *arena,
		   const struct yf_grant_ask *ask, const struct round *round,
		   yf_str *request_uri)
{
	struct yf_buf form = yf_buf_new(arena, 512);
	const struct yf_json_field fields[] = {
		YF_JSON_STR("request_uri", request_uri),
		YF_JSON_END,
	};
	struct yf_fetched reply;
	yf_str body;

	yf_form_put(&form, "response_type", YF_STR("code"));
	yf_form_put(&form, "client_id", ask->client_id);
	yf_form_put(&form, "redirect_uri", ask->redirect_uri);
	yf_form_put(&form, "scope", ask->scope);
	yf_form_put(&form, "state", round->state);
	yf_form_put(&form, "code_challenge", round->challenge);
	yf_form_put(&form, "code_challenge_method", YF_STR("S256"));
	if (ask->issuer_state.len)
		yf_form_put(&form, "issuer_state", ask->issuer_state);
	YF_TRY(yf_buf_str(&form, &body));
	YF_TRY(yf_sender_post(sender, arena, ask->server->par_endpoint,
			      yf_str_of(form_type), body, &reply));
	if (reply.status != 201 && reply.status != 200)
		return yf_wire_refusal(arena, &reply);
	return yf_json_decode(arena, reply.body, fields);
}

static yf_err authorize_url(struct yf_arena *arena,
			    const struct yf_grant_ask *ask, yf_str request_uri,
			    yf_str *out)
{
	struct yf_buf query = yf_buf_new(arena, 256);
	yf_str text;
	yf_str rest = ask->server->authorize_endpoint;
	yf_str before;
	const char mark = yf_str_cut(&rest, '?', &before) ? '&' : '?';

	yf_form_put(&query, "client_id", ask->client_id);
	yf_form_put(&query, "request_uri", request_uri);
	YF_TRY(yf_buf_str(&query, &text));
	return yf_str_format(arena, out, "%.*s%c%.*s",
			     YF_ARG(ask->server->authorize_endpoint), mark,
			     YF_ARG(text));
}

yf_err yf_grant_answer(struct yf_arena *arena, yf_str redirect,
		       yf_str redirect_uri, yf_str state, yf_str issuer,
		       yf_str *code)
{
	struct yf_form form;
	yf_str rest = redirect;
	yf_str target;
	yf_str got_state;
	yf_str got_issuer;
	yf_str error;

	if (!yf_str_cut(&rest, '?', &target))
		return YF_FAIL(SYNTAX);
	if (!yf_str_eq(target, redirect_uri))
		return YF_FAIL(CONFLICT);
	YF_TRY(yf_form_parse(arena, rest, &form));
	YF_TRY(yf_form_get(&form, "state", &got_state));
	YF_TRY(yf_form_get(&form, "iss", &got_issuer));
	YF_TRY(yf_form_get(&form, "error", &error));
	YF_TRY(yf_form_get(&form, "code", code));
	/*
	 * RFC 9207 section 2.4: "Clients MUST then compare the value [...] If
	 * the value does not match [...] MUST reject the authorization
	 * response and MUST NOT proceed", for error answers too.
	 */
	if (!yf_str_eq(got_state, state) || !yf_str_eq(got_issuer, issuer))
		return YF_FAIL(CONFLICT);
	if (error.len) {
		yf_err err = YF_FAIL(DENIED);
		const yf_code named = yf_wire_code(error);
		err.code = named == YF_CODE_BUG ? err.code : named;
		return err;
	}
	return code->len ? YF_OK : YF_FAIL(MISSING);
}

static yf_err take_token(struct yf_arena *arena, const struct yf_fetched *reply,
			 struct yf_granted *out)
{
	yf_str type = { 0 };
	const struct yf_json_field fields[] = {
		YF_JSON_STR("access_token", &out->access_token),
		YF_JSON_STR("token_type", &type),
		YF_JSON_STR_OPT("refresh_token", &out->refresh_token),
		YF_JSON_ANY_OPT("authorization_details",
				&out->authorization_details),
		YF_JSON_END,
	};

	if (reply->status != 200)
		return yf_wire_refusal(arena, reply);
	if (!yf_wire_is_type(reply, "application/json"))
		return YF_FAIL(MEDIA_TYPE);
	YF_TRY(yf_json_decode(arena, reply->body, fields));
	if (!out->access_token.len)
		return YF_FAIL(SYNTAX);
	/* A bearer token is not bound to our key: no silent downgrade. */
	if (!yf_str_eq_nocase(type, YF_STR("DPoP")))
		return YF_FAIL(TYP);
	return YF_OK;
}

static yf_err redeem(struct yf_sender *sender, struct yf_arena *arena,
		     const struct yf_grant_ask *ask, struct yf_buf *form,
		     struct yf_granted *out)
{
	struct yf_fetched reply;
	yf_str body;

	YF_TRY(yf_buf_str(form, &body));
	YF_TRY(yf_sender_post(sender, arena, ask->server->token_endpoint,
			      yf_str_of(form_type), body, &reply));
	return take_token(arena, &reply, out);
}

yf_err yf_grant_refresh(struct yf_sender *sender, struct yf_arena *arena,
			yf_str token_endpoint, yf_str client_id,
			yf_str refresh_token, struct yf_granted *out)
{
	struct yf_buf form = yf_buf_new(arena, 512);
	struct yf_granted got = { .refresh_token = refresh_token,
				  .client_id = client_id };
	struct yf_fetched reply;
	yf_str body;

	yf_form_put(&form, "grant_type", YF_STR("refresh_token"));
	yf_form_put(&form, "refresh_token", refresh_token);
	if (client_id.len)
		yf_form_put(&form, "client_id", client_id);
	YF_TRY(yf_buf_str(&form, &body));
	YF_TRY(yf_sender_post(sender, arena, token_endpoint,
			      yf_str_of(form_type), body, &reply));
	YF_TRY(take_token(arena, &reply, &got));
	*out = got;
	return YF_OK;
}

yf_str yf_grant_identifier(const struct yf_granted *granted,
			   yf_str configuration_id)
{
	const struct yf_json *details = granted->authorization_details;

	if (!details || details->kind != YF_JSON_ARRAY)
		return (yf_str){ 0 };
	for (size_t i = 0; i < details->count; i++) {
		const struct yf_json *item = &details->items[i];
		const struct yf_json *identifiers =
			yf_json_get(item, "credential_identifiers");
		if (!yf_str_eq(
			    yf_json_text(item, "credential_configuration_id"),
			    configuration_id))
			continue;
		if (identifiers && identifiers->kind == YF_JSON_ARRAY &&
		    identifiers->count &&
		    identifiers->items[0].kind == YF_JSON_STRING)
			return identifiers->items[0].string;
	}
	return (yf_str){ 0 };
}

static yf_err by_code(struct yf_sender *sender, struct yf_arena *arena,
		      const struct yf_grant_ask *ask, struct yf_granted *out)
{
	struct yf_buf form = yf_buf_new(arena, 512);
	struct round round;
	yf_str request_uri = { 0 };
	yf_str url;
	yf_str redirect;
	yf_str code;

	if (!ask->login || !ask->server->authorize_endpoint.len)
		return YF_FAIL(UNSUPPORTED);
	YF_TRY(round_new(arena, &round));
	YF_TRY(push(sender, arena, ask, &round, &request_uri));
	YF_TRY(authorize_url(arena, ask, request_uri, &url));
	YF_TRY(ask->login->run(ask->login->self, arena, sender->wire, url,
			       &redirect));
	YF_TRY(yf_grant_answer(arena, redirect, ask->redirect_uri, round.state,
			       ask->server->issuer, &code));
	yf_form_put(&form, "grant_type", YF_STR("authorization_code"));
	yf_form_put(&form, "code", code);
	yf_form_put(&form, "redirect_uri", ask->redirect_uri);
	yf_form_put(&form, "client_id", ask->client_id);
	yf_form_put(&form, "code_verifier", round.verifier);
	out->client_id = ask->client_id;
	return redeem(sender, arena, ask, &form, out);
}

static yf_err by_pre_authorized(struct yf_sender *sender,
				struct yf_arena *arena,
				const struct yf_grant_ask *ask,
				struct yf_granted *out)
{
	struct yf_buf form = yf_buf_new(arena, 512);

	yf_form_put(&form, "grant_type", YF_STR(PRE_AUTHORIZED));
	yf_form_put(&form, "pre-authorized_code", ask->pre_authorized_code);
	if (ask->tx_code.len)
		yf_form_put(&form, "tx_code", ask->tx_code);
	if (!ask->server->anonymous) {
		yf_form_put(&form, "client_id", ask->client_id);
		out->client_id = ask->client_id;
	}
	return redeem(sender, arena, ask, &form, out);
}

yf_err yf_grant(struct yf_sender *sender, struct yf_arena *arena,
		const struct yf_grant_ask *ask, struct yf_granted *out)
{
	struct yf_granted got = { 0 };

	if (ask->pre_authorized_code.len)
		YF_TRY(by_pre_authorized(sender, arena, ask, &got));
	else
		YF_TRY(by_code(sender, arena, ask, &got));
	*out = got;
	return YF_OK;
}
