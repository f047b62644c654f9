#include "card/vci_api.h"

#include "card/dpop_gate.h"
#include "card/issue.h"
#include "card/nonce.h"
#include "card/offer.h"
#include "http/reply.h"

yf_err yf_nonce_post(const struct yf_env *env, struct yf_exchange *x,
		     struct yf_reply *reply)
{
	struct yf_json_out out = yf_json_out_new(x->arena, 128);
	yf_str nonce;
	yf_str text;

	YF_TRY(yf_nonce_make(env, x->arena, YF_NONCE_CREDENTIAL, &nonce));
	yf_json_out_object(&out, NULL);
	yf_json_out_str(&out, "c_nonce", nonce);
	yf_json_out_close(&out);
	YF_TRY(yf_json_out_end(&out, &text));
	yf_reply_json(reply, 200, text);
	YF_TRY(yf_nonce_make(env, x->arena, YF_NONCE_DPOP, &nonce));
	return yf_reply_header(x, reply, "DPoP-Nonce", nonce);
}

static yf_err decode(const struct yf_exchange *x, struct yf_issue_ask *out)
{
	const struct yf_json *encryption = NULL;
	const struct yf_json_field fields[] = {
		YF_JSON_STR_OPT("credential_configuration_id",
				&out->configuration_id),
		YF_JSON_STR_OPT("credential_identifier", &out->identifier),
		YF_JSON_ANY_OPT("proofs", &out->proofs),
		YF_JSON_ANY_OPT("credential_response_encryption", &encryption),
		YF_JSON_END,
	};

	if (yf_failed(yf_json_decode(x->arena, x->body, fields)))
		return YF_FAIL(INVALID_CREDENTIAL_REQUEST);
	/* Not in the metadata: asking for it must not be answered in clear. */
	return encryption ? YF_FAIL(INVALID_ENCRYPTION) : YF_OK;
}

static yf_err encode(const struct yf_exchange *x,
		     const struct yf_issued *issued, struct yf_reply *reply)
{
	size_t room = 256;
	yf_str text;

	for (size_t i = 0; i < issued->count; i++)
		room += issued->credentials[i].len + 32;
	struct yf_json_out out = yf_json_out_new(x->arena, room);
	yf_json_out_object(&out, NULL);
	yf_json_out_array(&out, "credentials");
	for (size_t i = 0; i < issued->count; i++) {
		yf_json_out_object(&out, NULL);
		yf_json_out_str(&out, "credential", issued->credentials[i]);
		yf_json_out_close(&out);
	}
	yf_json_out_close(&out);
	yf_json_out_str(&out, "notification_id", issued->notification_id);
	yf_json_out_close(&out);
	YF_TRY(yf_json_out_end(&out, &text));
	yf_reply_json(reply, 200, text);
	return YF_OK;
}

/* RFC 9449 7.1: a DPoP-bound token comes under that scheme only. */
static yf_err token_of(const struct yf_exchange *x, yf_str *out)
{
	if (!x->dpop_token.len)
		return YF_FAIL(INVALID_TOKEN);
	*out = x->dpop_token;
	return YF_OK;
}

yf_err yf_credential_post(const struct yf_env *env, struct yf_exchange *x,
			  struct yf_reply *reply)
{
	struct yf_issue_ask ask = { 0 };
	struct yf_issued issued;
	struct yf_dpop dpop;
	yf_str missing = { 0 };

	YF_TRY(token_of(x, &ask.access_token));
	YF_TRY(yf_dpop_gate(env, x, ask.access_token, reply, &dpop));
	ask.dpop = &dpop;
	ask.detail = &missing;
	YF_TRY(decode(x, &ask));
	const yf_err err = yf_issue(env, x->arena, &ask, &issued);
	if (err.code == YF_CODE_NO_DATA)
		YF_TRY(yf_str_format(x->arena, &reply->detail,
				     "not in the register: %.*s",
				     YF_ARG(missing)));
	YF_TRY(err);
	return encode(x, &issued, reply);
}

yf_err yf_offer_get(const struct yf_env *env, struct yf_exchange *x,
		    struct yf_reply *reply)
{
	yf_str json;

	YF_TRY(yf_offer_load(env, x->arena, yf_exchange_param(x, "id"), &json));
	yf_reply_json(reply, 200, json);
	return YF_OK;
}

static bool is_event(yf_str event)
{
	return yf_str_is(event, "credential_accepted") ||
	       yf_str_is(event, "credential_failure") ||
	       yf_str_is(event, "credential_deleted");
}

yf_err yf_notification_post(const struct yf_env *env, struct yf_exchange *x,
			    struct yf_reply *reply)
{
	struct yf_token token;
	struct yf_dpop dpop;
	yf_str access_token;
	yf_str id;
	yf_str event;
	const struct yf_json_field fields[] = {
		YF_JSON_STR("notification_id", &id),
		YF_JSON_STR("event", &event),
		YF_JSON_END,
	};

	YF_TRY(token_of(x, &access_token));
	YF_TRY(yf_dpop_gate(env, x, access_token, reply, &dpop));
	YF_TRY(yf_token_load(env, x->arena, access_token, dpop.jkt, &token));
	if (yf_failed(yf_json_decode(x->arena, x->body, fields)) ||
	    !is_event(event))
		return YF_FAIL(INVALID_NOTIFICATION);
	YF_TRY(yf_issue_notify(env, &token, &dpop, id, event));
	reply->status = 204;
	return YF_OK;
}
