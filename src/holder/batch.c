#include "holder/batch.h"

#include "credential/sdjwt_vc.h"
#include "openid/proof.h"

void yf_batch_wipe(struct yf_batch *batch)
{
	for (size_t i = 0; i < batch->count; i++)
		yf_key_free(batch->keys[i]);
	batch->count = 0;
}

yf_err yf_batch_fill(struct yf_batch *batch, size_t count)
{
	if (count == 0 || count > YF_RECEIVE_BATCH_MAX)
		return YF_FAIL(RANGE);
	while (batch->count < count) {
		YF_TRY(yf_key_new(&batch->keys[batch->count]));
		batch->count++;
	}
	return YF_OK;
}

/* OpenID4VCI 1.0 section 7: POST with an empty body. */
static yf_err nonce_of(const struct yf_wire *wire, struct yf_arena *arena,
		       yf_str endpoint, yf_str *out)
{
	const struct yf_fetch_ask ask = {
		.method = "POST",
		.url = endpoint,
		.body = YF_STR(""),
	};
	const struct yf_json_field fields[] = {
		YF_JSON_STR("c_nonce", out),
		YF_JSON_END,
	};
	struct yf_fetched reply;

	if (!endpoint.len)
		return YF_OK;
	YF_TRY(yf_wire_send(wire, arena, &ask, &reply));
	if (reply.status != 200)
		return yf_wire_refusal(arena, &reply);
	return yf_json_decode(arena, reply.body, fields);
}

static yf_err body_of(const struct yf_batch *batch, struct yf_sender *sender,
		      struct yf_arena *arena, const struct yf_batch_ask *ask,
		      yf_str *out)
{
	struct yf_json_out json = yf_json_out_new(arena, 1024 * batch->count);
	struct yf_proof_ask proof_ask = {
		.issuer = ask->issuer->issuer,
		.client_id = ask->granted->client_id,
		.now_s = yf_clock_now_s(sender->clock),
	};
	const yf_str identifier = ask->granted->credential_identifier;
	yf_str proof;

	YF_TRY(nonce_of(sender->wire, arena, ask->issuer->nonce_endpoint,
			&proof_ask.nonce));
	yf_json_out_object(&json, NULL);
	if (identifier.len)
		yf_json_out_str(&json, "credential_identifier", identifier);
	else
		yf_json_out_str(&json, "credential_configuration_id",
				ask->configuration->id);
	yf_json_out_object(&json, "proofs");
	yf_json_out_array(&json, "jwt");
	for (size_t i = 0; i < batch->count; i++) {
		const struct yf_signer signer =
			yf_signer_of_key(batch->keys[i]);
		YF_TRY(yf_proof_make(arena, &signer, &proof_ask, &proof));
		yf_json_out_str(&json, NULL, proof);
	}
	yf_json_out_close(&json);
	yf_json_out_close(&json);
	yf_json_out_close(&json);
	return yf_json_out_end(&json, out);
}

static yf_err request_once(const struct yf_batch *batch,
			   struct yf_sender *sender, struct yf_arena *arena,
			   const struct yf_batch_ask *ask,
			   struct yf_fetched *reply)
{
	yf_str body;

	YF_TRY(body_of(batch, sender, arena, ask, &body));
	return yf_sender_post(sender, arena, ask->issuer->credential_endpoint,
			      YF_STR("application/json"), body, reply);
}

yf_err yf_batch_request(const struct yf_batch *batch, struct yf_sender *sender,
			struct yf_arena *arena, const struct yf_batch_ask *ask,
			const struct yf_json **credentials)
{
	struct yf_fetched reply;
	const struct yf_json *body;
	const struct yf_json *list;

	YF_TRY(request_once(batch, sender, arena, ask, &reply));
	/* Section 8.3.1.2: after invalid_nonce "retrieve a new c_nonce". */
	if (reply.status == 400 &&
	    yf_wire_refusal(arena, &reply).code == YF_CODE_NONCE)
		YF_TRY(request_once(batch, sender, arena, ask, &reply));
	if (reply.status == 202)
		return YF_FAIL(UNSUPPORTED);
	if (reply.status != 200)
		return yf_wire_refusal(arena, &reply);
	if (!yf_wire_is_type(&reply, "application/json"))
		return YF_FAIL(MEDIA_TYPE);
	YF_TRY(yf_json_parse(arena, reply.body, &body));
	list = yf_json_get(body, "credentials");
	if (!list || list->kind != YF_JSON_ARRAY || list->count == 0)
		return YF_FAIL(MISSING);
	if (list->count > batch->count)
		return YF_FAIL(TOO_LARGE);
	*credentials = list;
	return YF_OK;
}

/* Which of our keys it is bound to; each may be used once. */
static yf_err key_of(const struct yf_batch *batch, const struct yf_vc *vc,
		     bool used[static YF_RECEIVE_BATCH_MAX], size_t *out)
{
	if (!vc->has_holder)
		return YF_FAIL(HOLDER);
	for (size_t i = 0; i < batch->count; i++)
		if (!used[i] && yf_public_key_eq(yf_key_public(batch->keys[i]),
						 &vc->holder)) {
			used[i] = true;
			*out = i;
			return YF_OK;
		}
	return YF_FAIL(HOLDER);
}

/* What is known of each credential once it is verified. */
struct checked {
	struct yf_held held;
	size_t key;
};

static yf_err check_all(const struct yf_batch *batch, struct yf_holder *holder,
			struct yf_arena *arena, const struct yf_batch_ask *ask,
			const struct yf_json *credentials,
			struct checked *checked)
{
	bool used[YF_RECEIVE_BATCH_MAX] = { false };
	const struct yf_trust_list *trust;
	struct yf_vc vc;

	YF_TRY(yf_holder_trust(holder, arena, &trust));
	const struct yf_vc_rule rule = {
		.trust = yf_trust_list_issuers(trust),
		.eku = YF_EKU_DOCUMENT_SIGNER,
		.vcts = &ask->configuration->vct,
		.vct_count = 1,
		.now_s = yf_holder_now_s(holder),
		.skew_s = YF_HOLDER_SKEW_S,
		.binding = YF_BINDING_FORBIDDEN,
	};
	for (size_t i = 0; i < credentials->count; i++) {
		const yf_str text =
			yf_json_text(&credentials->items[i], "credential");
		if (!text.len)
			return YF_FAIL(SYNTAX);
		YF_TRY(yf_vc_verify(arena, text, &rule, &vc));
		YF_TRY(key_of(batch, &vc, used, &checked[i].key));
		checked[i].held = (struct yf_held){
			.text = text,
			.issuer = ask->issuer->issuer,
			.configuration_id = ask->configuration->id,
			.vct = vc.vct,
			.expires_s = vc.expires_s,
		};
	}
	return YF_OK;
}

yf_err yf_batch_keep(struct yf_batch *batch, struct yf_holder *holder,
		     struct yf_arena *arena, const struct yf_batch_ask *ask,
		     const struct yf_json *credentials, struct yf_received *out)
{
	struct checked checked[YF_RECEIVE_BATCH_MAX] = { 0 };
	struct yf_received got = { 0 };
	const int64_t now_s = yf_holder_now_s(holder);

	YF_TRY(check_all(batch, holder, arena, ask, credentials, checked));
	for (size_t i = 0; i < credentials->count; i++) {
		YF_TRY(yf_purse_add(holder->purse, now_s, &checked[i].held,
				    batch->keys[checked[i].key], &got.held[i]));
		batch->keys[checked[i].key] = NULL;
		got.count++;
	}
	*out = got;
	return YF_OK;
}
