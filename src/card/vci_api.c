#include "card/vci_api.h"

#include "card/deferred.h"
#include "card/dpop_gate.h"
#include "card/issue.h"
#include "card/nonce.h"
#include "card/offer.h"
#include "card/vci_body.h"
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

static yf_err decode(const struct yf_env *env, const struct yf_exchange *x,
		     struct yf_issue_ask *out,
		     struct yf_vci_encryption *encryption)
{
	const struct yf_json *asked = NULL;
	struct yf_vci_body body;
	const struct yf_json_field fields[] = {
		YF_JSON_STR_OPT("credential_configuration_id",
				&out->configuration_id),
		YF_JSON_STR_OPT("credential_identifier", &out->identifier),
		YF_JSON_ANY_OPT("proofs", &out->proofs),
		YF_JSON_ANY_OPT("credential_response_encryption", &asked),
		YF_JSON_END,
	};

	YF_TRY(yf_vci_body_open(env, x, &body));
	if (yf_failed(yf_json_decode(x->arena, body.json, fields)))
		return YF_FAIL(INVALID_CREDENTIAL_REQUEST);
	YF_TRY(yf_vci_encryption_take(env, asked, body.encrypted, encryption));
	return yf_vci_encryption_encode(x->arena, encryption, &out->encryption);
}

static void encode_credentials(const struct yf_issued *issued,
			       struct yf_json_out *out)
{
	yf_json_out_array(out, "credentials");
	for (size_t i = 0; i < issued->count; i++) {
		yf_json_out_object(out, NULL);
		yf_json_out_str(out, "credential", issued->credentials[i]);
		yf_json_out_close(out);
	}
	yf_json_out_close(out);
	yf_json_out_str(out, "notification_id", issued->notification_id);
}

/* 8.3: 202 while it waits, "interval: REQUIRED if transaction_id is
 * present". */
static yf_err answer(const struct yf_exchange *x,
		     const struct yf_issued *issued,
		     const struct yf_vci_encryption *encryption,
		     struct yf_reply *reply)
{
	const bool waits = issued->transaction_id.len;
	size_t room = 256;
	yf_str text;

	for (size_t i = 0; i < issued->count; i++)
		room += issued->credentials[i].len + 32;
	struct yf_json_out out = yf_json_out_new(x->arena, room);
	yf_json_out_object(&out, NULL);
	if (waits) {
		yf_json_out_str(&out, "transaction_id", issued->transaction_id);
		yf_json_out_int(&out, "interval", YF_DEFERRED_INTERVAL_S);
	} else {
		encode_credentials(issued, &out);
	}
	yf_json_out_close(&out);
	YF_TRY(yf_json_out_end(&out, &text));
	return yf_vci_body_answer(x, waits ? 202 : 200, text, encryption,
				  reply);
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
	struct yf_vci_encryption encryption;
	struct yf_issue_ask ask = { 0 };
	struct yf_issued issued;
	struct yf_dpop dpop;
	yf_str missing = { 0 };

	YF_TRY(token_of(x, &ask.access_token));
	YF_TRY(yf_dpop_gate(env, x, ask.access_token, reply, &dpop));
	ask.dpop = &dpop;
	ask.detail = &missing;
	YF_TRY(decode(env, x, &ask, &encryption));
	const yf_err err = yf_issue(env, x->arena, &ask, &issued);
	if (err.code == YF_CODE_NO_DATA)
		YF_TRY(yf_str_format(x->arena, &reply->detail,
				     "not in the register: %.*s",
				     YF_ARG(missing)));
	YF_TRY(err);
	return answer(x, &issued, &encryption, reply);
}

/* The key of this request, or where it has none the one of the first. */
static yf_err kept_encryption(const struct yf_env *env,
			      const struct yf_exchange *x, yf_str kept,
			      struct yf_vci_encryption *out)
{
	const struct yf_json *tree = NULL;

	if (out->wanted || !kept.len)
		return YF_OK;
	YF_TRY(yf_json_parse(x->arena, kept, &tree));
	return yf_vci_encryption_take(env, tree, true, out);
}

static yf_err decode_deferred(const struct yf_env *env,
			      const struct yf_exchange *x,
			      struct yf_deferred_ask *out,
			      struct yf_vci_encryption *encryption)
{
	const struct yf_json *asked = NULL;
	struct yf_vci_body body;
	const struct yf_json_field fields[] = {
		YF_JSON_STR_OPT("transaction_id", &out->transaction_id),
		YF_JSON_ANY_OPT("credential_response_encryption", &asked),
		YF_JSON_END,
	};

	YF_TRY(yf_vci_body_open(env, x, &body));
	if (yf_failed(yf_json_decode(x->arena, body.json, fields)))
		return YF_FAIL(INVALID_CREDENTIAL_REQUEST);
	if (!out->transaction_id.len)
		return YF_FAIL(INVALID_TRANSACTION_ID);
	*encryption = (struct yf_vci_encryption){ 0 };
	return asked ? yf_vci_encryption_take(env, asked, body.encrypted,
					      encryption)
		     : YF_OK;
}

yf_err yf_deferred_post(const struct yf_env *env, struct yf_exchange *x,
			struct yf_reply *reply)
{
	struct yf_vci_encryption encryption;
	struct yf_deferred_ask ask = { 0 };
	struct yf_issued issued;
	struct yf_dpop dpop;
	yf_str detail = { 0 };

	YF_TRY(token_of(x, &ask.access_token));
	YF_TRY(yf_dpop_gate(env, x, ask.access_token, reply, &dpop));
	ask.dpop = &dpop;
	ask.detail = &detail;
	YF_TRY(decode_deferred(env, x, &ask, &encryption));
	const yf_err err = yf_issue_deferred(env, x->arena, &ask, &issued);
	if (yf_failed(err) && detail.len)
		reply->detail = detail;
	YF_TRY(err);
	YF_TRY(kept_encryption(env, x, issued.encryption, &encryption));
	return answer(x, &issued, &encryption, reply);
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
