#include "card/oauth_api.h"

#include "card/dpop_gate.h"
#include "card/details.h"
#include "card/grant.h"
#include "card/par.h"
#include "card/nonce.h"
#include "card/proof_table.h"
#include "card/proofing_api.h"
#include "card/refresh.h"
#include "card/type.h"
#include "codec/json.h"
#include "http/files.h"
#include "http/reply.h"

/* A parameter that comes twice, or a body that is no form. */
static yf_err form_of(const struct yf_exchange *x, struct yf_form *out)
{
	return yf_failed(yf_exchange_form(x, out)) ? YF_FAIL(INVALID_REQUEST)
						   : YF_OK;
}

struct field {
	const char *name;
	yf_str *target;
};

static yf_err take_fields(const struct yf_form *form,
			  const struct field *fields, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (yf_failed(yf_form_get(form, fields[i].name,
					  fields[i].target)))
			return YF_FAIL(INVALID_REQUEST);
	return YF_OK;
}

/*
 * What anybody may begin leaves something behind (a row, a session), so one
 * address has so much of it and no more.
 */
static yf_err check_rate(const struct yf_env *env, const struct yf_exchange *x)
{
	return env->begins ? yf_limit_take(env->begins, x->peer,
					   yf_clock_mono_ms(&env->clock))
			   : YF_OK;
}

/* --- /oauth/par --- */

static yf_err decode_par(const struct yf_exchange *x, struct yf_par_ask *out)
{
	yf_str request_uri = { 0 };
	struct yf_form form;
	const struct field fields[] = {
		{ "client_id", &out->client_id },
		{ "response_type", &out->response_type },
		{ "redirect_uri", &out->redirect_uri },
		{ "scope", &out->scope },
		{ "authorization_details", &out->details },
		{ "state", &out->state },
		{ "code_challenge", &out->code_challenge },
		{ "code_challenge_method", &out->code_challenge_method },
		{ "dpop_jkt", &out->dpop_jkt },
		{ "request_uri", &request_uri },
	};

	YF_TRY(form_of(x, &form));
	YF_TRY(take_fields(&form, fields, YF_COUNT(fields)));
	/* RFC 9126 2.1: "The request_uri authorization request parameter [...]
	 * MUST NOT be provided". */
	if (request_uri.ptr || !out->response_type.ptr ||
	    !out->redirect_uri.ptr || !out->client_id.ptr)
		return YF_FAIL(INVALID_REQUEST);
	return YF_OK;
}

yf_err yf_par_post(const struct yf_env *env, struct yf_exchange *x,
		   struct yf_reply *reply)
{
	struct yf_par_ask ask = { 0 };
	struct yf_client_auth auth;
	struct yf_dpop dpop;
	const bool with_dpop = yf_exchange_header(x, "DPoP").ptr != NULL;
	yf_str request_uri;
	yf_str text;

	YF_TRY(check_rate(env, x));
	YF_TRY(decode_par(x, &ask));
	YF_TRY(yf_client_auth_gate(env, x, ask.client_id, reply, &auth));
	ask.auth = &auth;
	if (with_dpop)
		YF_TRY(yf_dpop_gate(env, x, (yf_str){ 0 }, reply, &dpop));
	YF_TRY(yf_par_push(env, x->arena, &ask, with_dpop ? &dpop : NULL,
			   &request_uri));

	struct yf_json_out out = yf_json_out_new(x->arena, 256);
	yf_json_out_object(&out, NULL);
	yf_json_out_str(&out, "request_uri", request_uri);
	yf_json_out_int(&out, "expires_in", YF_PAR_LIFE_S);
	yf_json_out_close(&out);
	YF_TRY(yf_json_out_end(&out, &text));
	yf_reply_json(reply, 201, text);
	return YF_OK;
}

/* --- /oauth/authorize --- */

/* A page that is loaded again goes on with its session. */
static bool goes_on(const struct yf_env *env, const struct yf_exchange *x,
		    yf_str request_uri)
{
	const yf_str cookie = yf_exchange_cookie(x, YF_PROOF_COOKIE);
	const struct yf_handle handle = yf_handle_of(cookie);
	struct yf_proof_session *session;

	if (!cookie.len ||
	    yf_failed(yf_proof_take(env->proofing, &handle, yf_env_now_s(env),
				    &session)))
		return false;
	const bool same = yf_par_is(request_uri, &session->par);
	yf_proof_release(env->proofing, session);
	return same;
}

static yf_err open_session(const struct yf_env *env, struct yf_exchange *x,
			   struct yf_reply *reply, const struct yf_par *par)
{
	struct yf_proof_session *session;
	struct yf_handle handle;
	struct yf_cookie cookie = { .name = YF_PROOF_COOKIE,
				    .max_age_s = YF_PROOF_LIFE_S };
	yf_str path;

	/* A proxy may serve us under a path: it is the browser's. */
	YF_TRY(yf_str_format(x->arena, &path, "%.*s/oauth",
			     YF_ARG(env->settings.path)));
	cookie.path = path.ptr;
	YF_TRY(yf_handle_new(x->arena, &cookie.value, &handle));
	YF_TRY(yf_proof_open(env->proofing, &handle, par, yf_env_now_s(env),
			     &session));
	yf_proof_release(env->proofing, session);
	return yf_reply_cookie(x, reply, &cookie);
}

/* Takes the pushed request; INVALID_REQUEST when there is none to take. */
static yf_err begin(const struct yf_env *env, struct yf_exchange *x,
		    struct yf_reply *reply)
{
	yf_str client_id = { 0 };
	yf_str request_uri = { 0 };
	const struct field fields[] = { { "client_id", &client_id },
					{ "request_uri", &request_uri } };
	struct yf_par par;

	if (yf_failed(take_fields(&x->query, fields, YF_COUNT(fields))) ||
	    !client_id.len || !request_uri.len)
		return YF_FAIL(INVALID_REQUEST);
	if (goes_on(env, x, request_uri))
		return YF_OK;
	YF_TRY(yf_par_take(env, x->arena, client_id, request_uri, &par));
	return open_session(env, x, reply, &par);
}

/*
 * The person is in front of this reply: whatever goes wrong, the page comes
 * and tells it (its first call finds no session).  Who is no browser sees the
 * status.
 */
yf_err yf_authorize_get(const struct yf_env *env, struct yf_exchange *x,
			struct yf_reply *reply)
{
	const yf_err err = begin(env, x, reply);

	if (yf_failed(err) && err.code != YF_CODE_INVALID_REQUEST)
		return err;
	reply->file = yf_files_find(env->files, YF_STR("/proof/"));
	reply->status = yf_failed(err) ? 400 : 200;
	return reply->file ? YF_OK : YF_FAIL(NOT_FOUND);
}

/* --- /oauth/token --- */

static yf_err decode_token(const struct yf_exchange *x,
			   struct yf_token_ask *out,
			   struct yf_refresh_ask *refresh)
{
	yf_str pre_authorized = { 0 };
	struct yf_form form;
	const struct field fields[] = {
		{ "grant_type", &out->grant_type },
		{ "code", &out->code },
		{ "pre-authorized_code", &pre_authorized },
		{ "client_id", &out->client_id },
		{ "redirect_uri", &out->redirect_uri },
		{ "code_verifier", &out->code_verifier },
		{ "tx_code", &out->tx_code },
		{ "authorization_details", &out->details },
		{ "refresh_token", &refresh->token },
		{ "scope", &refresh->scope },
	};

	YF_TRY(form_of(x, &form));
	YF_TRY(take_fields(&form, fields, YF_COUNT(fields)));
	if (yf_str_is(out->grant_type, YF_GRANT_PRE_AUTHORIZED))
		out->code = pre_authorized;
	refresh->client_id = out->client_id;
	refresh->details = out->details;
	return YF_OK;
}

static yf_err encode_token(const struct yf_env *env, struct yf_arena *arena,
			   const struct yf_token_made *made, yf_str *text)
{
	/* A type may go between two starts; its scope goes with it. */
	const struct yf_card_type *type =
		yf_card_type_find(env->types, made->type);
	struct yf_json_out out = yf_json_out_new(arena, 512);

	yf_json_out_object(&out, NULL);
	yf_json_out_str(&out, "access_token", made->token);
	yf_json_out_text(&out, "token_type", "DPoP");
	yf_json_out_int(&out, "expires_in", YF_TOKEN_LIFE_S);
	if (made->refresh.len)
		yf_json_out_str(&out, "refresh_token", made->refresh);
	if (type)
		yf_json_out_str(&out, "scope", type->scope);
	YF_TRY(yf_details_put(&out, made->details));
	yf_json_out_close(&out);
	return yf_json_out_end(&out, text);
}

yf_err yf_token_post(const struct yf_env *env, struct yf_exchange *x,
		     struct yf_reply *reply)
{
	struct yf_token_ask ask = { 0 };
	struct yf_refresh_ask refresh = { 0 };
	struct yf_client_auth auth;
	struct yf_dpop dpop;
	struct yf_token_made made;
	yf_str text;

	YF_TRY(decode_token(x, &ask, &refresh));
	YF_TRY(yf_client_auth_gate(env, x, ask.client_id, reply, &auth));
	/* Who is authenticated need not say again who they are. */
	if (auth.attested)
		ask.client_id = refresh.client_id = auth.attestation.client_id;
	ask.auth = refresh.auth = &auth;
	YF_TRY(yf_dpop_gate(env, x, (yf_str){ 0 }, reply, &dpop));
	YF_TRY(yf_str_is(ask.grant_type, YF_GRANT_REFRESH)
		       ? yf_refresh_exchange(env, x->arena, &refresh, &dpop,
					     &made)
		       : yf_token_exchange(env, x->arena, &ask, &dpop, &made));
	YF_TRY(encode_token(env, x->arena, &made, &text));
	yf_reply_json(reply, 200, text);
	return YF_OK;
}

/* --- /oauth/challenge --- */

yf_err yf_challenge_post(const struct yf_env *env, struct yf_exchange *x,
			 struct yf_reply *reply)
{
	struct yf_json_out out = yf_json_out_new(x->arena, 128);
	yf_str challenge;
	yf_str text;

	YF_TRY(yf_nonce_make(env, x->arena, YF_NONCE_ATTESTATION, &challenge));
	yf_json_out_object(&out, NULL);
	yf_json_out_str(&out, "attestation_challenge", challenge);
	yf_json_out_close(&out);
	YF_TRY(yf_json_out_end(&out, &text));
	yf_reply_json(reply, 200, text);
	return YF_OK;
}
